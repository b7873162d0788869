"""Who is called by which label in a transcript: said once, and the words of every turn are theirs."""

from django.db import models
from django.db.models import F, Q

from programmes.integrity.access import NOBODY, Access
from programmes.integrity.constraints import choice_is_known, not_blank
from programmes.integrity.invariants import Invariant
from programmes.integrity.text import ShortTextField
from programmes.models.base import CuratedModel
from programmes.models.erased_words import is_like_but_for_marks
from programmes.models.participants import Participant
from programmes.models.sources import Source
from programmes.transcripts.runs import MARK
from programmes.vocabulary import SpeakerKind, TeamRole


class Speaker(CuratedModel):
    """A label by which somebody is called in a transcript, and who that is. Never public."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="speakers")
    label = ShortTextField(max_length=200, help_text="As it stands before the words, such as P1.")
    kind = models.CharField(max_length=20, choices=SpeakerKind, default=SpeakerKind.UNKNOWN)
    participant = models.ForeignKey(Participant, models.RESTRICT, null=True, blank=True, related_name="speakers")

    access = Access(study="source__study", public_if=NOBODY, private_role=TeamRole.CURATOR)
    key_fields = ("source__study__slug", "source__key", "label")
    invariants = (
        Invariant(
            name="speaker_participant_in_same_study",
            condition=Q(participant=None) | Q(participant__study=F("source__study")),
            message="The participant belongs to another study than the source.",
            guards=("source", "participant"),
        ),
    )

    class Meta:
        ordering = ("source", "label", "pk")
        constraints = (
            models.UniqueConstraint(fields=["source", "label"], name="speaker_label_unique"),
            not_blank("label", "speaker_label_given"),
            choice_is_known("kind", SpeakerKind, "speaker_kind_known"),
            models.CheckConstraint(
                name="speaker_is_a_participant",
                condition=Q(kind=SpeakerKind.PARTICIPANT, participant__isnull=False)
                | (~Q(kind=SpeakerKind.PARTICIPANT) & Q(participant=None)),
                violation_error_message="A speaker who took part is one of the participants, and nobody else is.",
            ),
        )

    def take_out_erased(self) -> None:
        """Put marks over a label that has them in the transcript."""
        super().take_out_erased()
        if MARK in self.source.text and self.label not in self.source.text:
            there = {turn.speaker for turn in self.source.spoken()}
            self.label = next((label for label in there if is_like_but_for_marks(self.label, label)), self.label)
