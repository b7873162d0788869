"""What another analyst codes in the same transcript, without seeing the first coding, to compare the two."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from programmes.integrity.access import NOBODY, Access
from programmes.integrity.constraints import choice_is_known, not_blank
from programmes.integrity.dates import ActDateField
from programmes.integrity.invariants import Invariant
from programmes.integrity.strips import LettersOf
from programmes.integrity.text import ShortTextField
from programmes.models.base import CuratedModel
from programmes.models.sources import Source
from programmes.models.theory import CMOC
from programmes.vocabulary import EvidenceRole, TeamRole


class SecondCoding(CuratedModel):
    """A blind coding of a transcript by another analyst. Until it is finished, only that analyst works with it."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="second_codings")
    number = models.PositiveIntegerField()
    analyst = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="second_codings"
    )
    signed_by = ShortTextField(max_length=150)
    started_date = ActDateField()
    finished_date = ActDateField(null=True, blank=True)

    access = Access(study="source__study", public_if=NOBODY, private_role=TeamRole.CURATOR)
    key_fields = ("source__study__slug", "source__key", "number")

    class Meta:
        ordering = ("source", "number", "pk")
        constraints = (
            models.UniqueConstraint(fields=["source", "number"], name="secondcoding_number_unique"),
            models.UniqueConstraint(
                fields=["source", "analyst"],
                condition=Q(finished_date=None),
                name="secondcoding_one_at_a_time",
                violation_error_message="You are coding this source blind already.",
            ),
            models.CheckConstraint(name="secondcoding_number_positive", condition=Q(number__gt=0)),
            not_blank("signed_by", "secondcoding_signed"),
        )

    def __str__(self) -> str:
        return f"Second coding {self.number} by {self.signed_by}"


def span_within_source(code: "SecondCode") -> bool:
    """Say whether a passage lies within its source; that its end is missing, its own field says."""
    return code.end is None or code.end <= len(code.coding.source.text)  # type: ignore[redundant-expr]  # a form may lack it


class SecondCode(CuratedModel):
    """A passage that the second analyst marked, and what it does to which configuration."""

    coding = models.ForeignKey(SecondCoding, models.CASCADE, related_name="codes")
    start = models.PositiveIntegerField(help_text="First code point in the source text.")
    end = models.PositiveIntegerField(help_text="Code point after the last.")
    cmoc = models.ForeignKey(CMOC, models.CASCADE, related_name="second_codes")
    role = models.CharField(max_length=20, choices=EvidenceRole)

    access = Access(study="coding__source__study", public_if=NOBODY, private_role=TeamRole.CURATOR)
    key_fields = ("coding__source__study__slug", "coding__source__key", "coding__number", "start", "end")
    invariants = (
        Invariant(
            name="secondcode_within_source",
            condition=Q(end__lte=LettersOf(Source, "coding__source")),
            message="The passage does not lie within the source.",
            guards=("coding",),
            in_python=span_within_source,
        ),
        Invariant(
            name="secondcode_in_same_study",
            condition=Q(cmoc__theory__study=F("coding__source__study")),
            message="The CMOC belongs to another study than the source.",
            guards=("cmoc", "coding"),
        ),
    )

    class Meta:
        ordering = ("coding", "start", "end", "cmoc", "pk")
        constraints = (
            models.UniqueConstraint(fields=["coding", "start", "end", "cmoc"], name="secondcode_unique"),
            choice_is_known("role", EvidenceRole, "secondcode_role_known"),
            models.CheckConstraint(
                name="secondcode_span_in_order",
                condition=Q(start__lt=F("end")),
                violation_error_message="A passage ends after it starts.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.start}–{self.end}: {self.get_role_display()}"
