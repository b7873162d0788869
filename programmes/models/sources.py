"""Where words come from: interviews, focus groups, documents. Read by the team alone."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from programmes.integrity.access import NOBODY, Access
from programmes.integrity.constraints import choice_is_known, not_blank
from programmes.integrity.dates import ActDateField
from programmes.integrity.invariants import Invariant
from programmes.integrity.text import LinesField, LongTextField, ShortTextField
from programmes.models.base import CuratedModel
from programmes.models.erased_words import is_like_but_for_marks
from programmes.models.erasures import remembered
from programmes.models.participants import Participant
from programmes.models.studies import Reference, Study
from programmes.transcripts.labels_with_marks import turns_under_marks
from programmes.transcripts.read import MOST_CHARACTERS, MOST_LINES, checksum
from programmes.transcripts.turns import TURN_LINE, SpokenTurns, turns_beside
from programmes.vocabulary import SourceKind, SpeakerKind, TeamRole


class Source(CuratedModel):
    """An interview, focus group, survey answer, document or field note. Never public."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="sources")
    key = models.SlugField(max_length=80)
    kind = models.CharField(max_length=20, choices=SourceKind)
    title = ShortTextField(max_length=300)
    participant = models.ForeignKey(Participant, models.RESTRICT, null=True, blank=True, related_name="sources")
    reference = models.ForeignKey(
        Reference,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="documents",
        help_text="The work that a document is; it is public, and its quotes are credited with it.",
    )
    interviewer = ShortTextField(max_length=100, blank=True)
    collected_date = ActDateField(null=True, blank=True)
    note = LongTextField(blank=True)
    text = LongTextField(
        blank=True, verbatim=True, max_length=MOST_CHARACTERS, help_text="The transcript; empty if it is not held here."
    )
    sha256 = models.CharField("SHA-256 of the text", max_length=64, blank=True)
    turns = LinesField(
        most_lines=MOST_LINES,
        line_pattern=TURN_LINE,
        line_form="start, end, time, page and speaker, as in 4 15 0:00:17 - GP2",
        help_text="Where the file said who speaks: first code point, the one after the last, time, page, speaker.",
    )

    access = Access(study="study", public_if=NOBODY, private_role=TeamRole.CURATOR)
    key_fields = ("study__slug", "key")
    in_strips = "text"
    invariants = (
        Invariant(
            name="source_participant_in_same_study",
            condition=Q(participant=None) | Q(participant__study=F("study")),
            message="The participant belongs to another study than the source.",
            guards=("participant",),
        ),
        Invariant(
            name="source_reference_in_same_study",
            condition=Q(reference=None) | Q(reference__study=F("study")),
            message="The reference belongs to another study than the source.",
            guards=("reference",),
        ),
    )

    class Meta:
        ordering = ("study", "key", "pk")
        constraints = (
            models.UniqueConstraint(fields=["study", "key"], name="source_key_unique"),
            not_blank("title", "source_title_given"),
            choice_is_known("kind", SourceKind, "source_kind_known"),
            models.CheckConstraint(
                name="source_reference_of_a_document",
                condition=Q(reference=None) | Q(kind=SourceKind.DOCUMENT),
                violation_error_message="Only a document is a work with a reference.",
            ),
            models.CheckConstraint(
                name="source_text_has_checksum",
                condition=Q(text="", sha256="") | (~Q(text="") & ~Q(sha256="")),
                violation_error_message="A text has a checksum, and a checksum has a text.",
            ),
        )

    def __str__(self) -> str:
        return self.title

    def spoken(self) -> SpokenTurns:
        """Return whose words are where in the transcript, as far as its labels or its file tell."""
        rows = self.speakers.filter(kind=SpeakerKind.NOBODY) if self.pk else ()
        return turns_beside(self.text, self.turns, {row.label for row in rows})

    def erase(self, text: str) -> None:
        """Take words out of the transcript, whose letters are marks in the text that is given. Nothing else moves."""
        self.text, self.sha256, self._erased = text, checksum(text), True

    def take_out_erased(self) -> None:
        """Put marks over passages that were erased before; the checksum is that of the text with its marks.

        A transcript that is here already takes the marks that it has here, and no more: quotes are places in it, so a
        passage is erased in it by the act alone.
        """
        given = self.text
        super().take_out_erased()
        if self.text != given and not self._state.adding:
            stored = type(self)._base_manager.filter(pk=self.pk, text=given)
            self.text = given if stored.exists() else self.text
        if given and remembered().shapes:
            here = type(self)._base_manager.filter(study=self.study_id, key=self.key).values_list("text", flat=True)
            alike = (text for text in here for form in (given, self.text) if is_like_but_for_marks(form, text))
            self.text = next(alike, self.text)
        if self.text != given:
            self.sha256 = checksum(self.text)
            self.turns = turns_under_marks(given, self.text, self.turns)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, unless the transcript would become another: quotes are places in it. It may be erased."""
        if not self._state.adding and self.text and not getattr(self, "_erased", False):
            stored = type(self).objects.filter(pk=self.pk).values_list("text", flat=True).first()
            if stored and stored != self.text:
                raise ValidationError("A transcript stays as it is; add the corrected one as a new source.", "fixed")
        super().save(*args, **kwargs)
