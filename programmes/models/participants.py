"""Those who took part in a study, by pseudonym."""

from django.db import models
from django.db.models import F, Q

from programmes.integrity.access import NOBODY, Access
from programmes.integrity.constraints import choice_is_known, choice_or_nothing, text_agrees_with_reporting
from programmes.integrity.dates import ActDateField
from programmes.integrity.invariants import Invariant
from programmes.integrity.text import LongTextField, ShortTextField
from programmes.models.base import CuratedModel
from programmes.models.services import Service
from programmes.models.short_names import speaker_name
from programmes.models.studies import Study
from programmes.vocabulary import Basis, ConsentScope, Reporting, TeamRole
from programmes.words import Sentence


class Participant(CuratedModel):
    """Somebody who took part in a study, by pseudonym. Never public."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="participants")
    pseudonym = models.SlugField(max_length=80, help_text="Never a real name.")
    label_as_printed = ShortTextField(max_length=80, blank=True, help_text="Such as [#13].")
    role = ShortTextField(max_length=200, blank=True, help_text="Such as service staff; shown with the quotes.")
    role_reporting = models.CharField(max_length=20, choices=Reporting, blank=True)
    service = models.ForeignKey(Service, models.SET_NULL, null=True, blank=True, related_name="participants")
    service_basis = models.CharField(
        max_length=20, choices=Basis, blank=True, help_text="How the service is known, if somebody says."
    )
    service_note = LongTextField(blank=True)
    consent_scope = models.CharField(max_length=20, choices=ConsentScope, default=ConsentScope.UNKNOWN)
    consent_note = LongTextField(blank=True)
    withdrawn_date = ActDateField(null=True, blank=True)

    access = Access(study="study", public_if=NOBODY, private_role=TeamRole.CURATOR)
    key_fields = ("study__slug", "pseudonym")
    invariants = (
        Invariant(
            name="participant_service_in_same_study",
            condition=Q(service=None) | Q(service__study=F("study")),
            message="The service belongs to another study than the participant.",
            guards=("service",),
        ),
    )

    class Meta:
        ordering = ("study", "pseudonym", "pk")
        constraints = (
            models.UniqueConstraint(fields=["study", "pseudonym"], name="participant_pseudonym_unique"),
            text_agrees_with_reporting("role", "participant_role_agrees_with_reporting"),
            choice_or_nothing("role_reporting", Reporting, "participant_role_reporting_known"),
            choice_or_nothing("service_basis", Basis, "participant_service_basis_known"),
            choice_is_known("consent_scope", ConsentScope, "participant_consent_scope_known"),
        )

    @property
    def in_words(self) -> Sentence:
        """Return who it is, for readers: the role, or in which way it is missing."""
        return speaker_name(self.role, self.role_reporting, None)
