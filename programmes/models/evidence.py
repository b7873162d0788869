"""The words behind a theory: who spoke, in what source, which words, and what they do to which configuration."""

import re
from collections.abc import Collection
from contextlib import suppress
from typing import Any, ClassVar

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.urls import reverse

from programmes.characters import with_line_feeds
from programmes.integrity.access import Access
from programmes.integrity.constraints import (
    choice_is_known,
    not_blank,
)
from programmes.integrity.covered_copies import CoveredCopyField, copies_of
from programmes.integrity.dates import ActDateField
from programmes.integrity.invariants import Invariant
from programmes.integrity.strips import WordsAt
from programmes.integrity.text import STATEMENT_LETTERS, LinesField, LongTextField, ShortTextField
from programmes.models.base import CuratedModel
from programmes.models.erased_words import is_like_but_for_marks
from programmes.models.open_quotes import everybody_agreed, public_with_leave_of_all, quote_is_open
from programmes.models.participants import Participant
from programmes.models.quote_masks import refuse_masks, refuse_repetition
from programmes.models.quote_spans import PIECE, span_matches_source
from programmes.models.short_names import quoted_name, speaker_name, with_number
from programmes.models.signed_notes import note_signed_by, note_signed_date
from programmes.models.sources import Source
from programmes.models.studies import Study
from programmes.models.theory import CMOC
from programmes.transcripts.masks import mask_lines, mask_spans, moved
from programmes.transcripts.passages import around
from programmes.vocabulary import (
    ConsentScope,
    EvidenceRole,
    MarkKind,
    QuoteConsent,
    Slot,
    SourceKind,
    TeamRole,
    Visibility,
)
from programmes.words import Sentence


class Quote(CuratedModel):
    """Exact words of a participant or document.

    Its place is a span of its source in code points, with the words before and after it (as in the W3C Web Annotation
    model), or a locator in a publication where the source text is not held.
    """

    study = models.ForeignKey(Study, models.CASCADE, related_name="quotes")
    key = models.SlugField(max_length=80, help_text="Short name in addresses, such as q01.")
    text = LongTextField(
        max_length=STATEMENT_LETTERS, help_text="Exact words, without the quotation marks around them."
    )
    text_as_printed = LongTextField(
        blank=True, max_length=STATEMENT_LETTERS, help_text="With the quotation marks as printed."
    )
    label_as_printed = ShortTextField(max_length=80, blank=True, help_text="Such as [#13].")
    locator = ShortTextField(max_length=200, blank=True, help_text="Where it stands in the publication.")
    participant = models.ForeignKey(Participant, models.RESTRICT, null=True, blank=True, related_name="quotes")
    source = models.ForeignKey(Source, models.RESTRICT, null=True, blank=True, related_name="quotes")
    start = models.PositiveIntegerField(null=True, blank=True, help_text="First code point in the source text.")
    end = models.PositiveIntegerField(null=True, blank=True, help_text="Code point after the last.")
    pieces = LinesField(
        line_pattern=PIECE,
        line_form="the first code point and the one after the last, as in 4 15",
        help_text="Of a quote that goes over several turns: the place of each speaker’s words in the source text.",
    )
    also_by = models.ManyToManyField(
        Participant,
        editable=False,
        related_name="quotes_with_others",
        help_text="Everybody whose words are in a quote that goes over several turns; worked out from its pieces.",
    )
    masks = LinesField(
        line_pattern=PIECE,
        line_form="the first code point and the one after the last, as in 4 15",
        help_text="Of words that only the team reads: the place of each of them in the text of the quote.",
    )
    shown_text = CoveredCopyField(
        of="text", max_length=STATEMENT_LETTERS, help_text="The words that everybody reads, with […] for each mask."
    )
    shown_as_printed = CoveredCopyField(
        of="text_as_printed",
        as_printed="text",
        max_length=STATEMENT_LETTERS,
        help_text="The same with the quotation marks as printed.",
    )
    prefix = ShortTextField(
        max_length=100, blank=True, verbatim=True, help_text="The words before, to find the place again."
    )
    suffix = ShortTextField(max_length=100, blank=True, verbatim=True, help_text="The words after.")
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.PRIVATE)
    consent = models.CharField(max_length=20, choices=QuoteConsent, default=QuoteConsent.UNKNOWN)
    disclosure_checked_by = ShortTextField(max_length=150, blank=True)
    disclosure_checked_date = ActDateField(null=True, blank=True)
    disclosure_note = LongTextField(blank=True)

    access = Access(study="study", public_if=quote_is_open(), private_role=TeamRole.REVIEWER)
    key_fields = ("study__slug", "key")
    searched = ("shown_text",)
    searched_by_team = ("text",)
    called = ("label_as_printed", "key")
    history_indexes = (models.Index(fields=["study", "history_type"], name="deleted_quotes"),)
    invariants = (
        Invariant(
            name="quote_span_in_source",
            condition=Q(start=None)
            | Q(source=None)
            | ~Q(pieces=[])
            | (Q(end=F("start") + Length("text")) & Q(text=WordsAt(Source, "source", "start", "end"))),
            message="The words do not stand at this place of the source.",
            guards=("source",),
            in_python=span_matches_source,
        ),
        Invariant(
            name="quote_source_in_same_study",
            condition=Q(source=None) | Q(source__study=F("study")),
            message="The source belongs to another study than the quote.",
            guards=("source",),
        ),
        Invariant(
            name="quote_participant_in_same_study",
            condition=Q(participant=None) | Q(participant__study=F("study")),
            message="The participant belongs to another study than the quote.",
            guards=("participant",),
        ),
        Invariant(
            name="quote_public_within_consent",
            condition=~Q(visibility=Visibility.PUBLIC)
            | Q(participant=None)
            | Q(participant__consent_scope=ConsentScope.QUOTES_PUBLIC, participant__withdrawn_date=None),
            message="A public quote needs a participant who consented to publication and has not withdrawn.",
            guards=("participant",),
        ),
        Invariant(
            name="quote_public_within_consent_of_all",
            condition=~Q(visibility=Visibility.PUBLIC) | everybody_agreed(),
            message="A public quote needs everybody in it to have consented to publication and not withdrawn.",
            guards=("also_by",),
            in_python=public_with_leave_of_all,
        ),
    )

    class Meta:
        ordering = ("study", "key", "pk")
        constraints = (
            models.UniqueConstraint(fields=["study", "key"], name="quote_key_unique"),
            not_blank("text", "quote_text_given"),
            choice_is_known("visibility", Visibility, "quote_visibility_known"),
            choice_is_known("consent", QuoteConsent, "quote_consent_known"),
            models.CheckConstraint(
                name="quote_span_complete",
                condition=Q(start=None, end=None) | Q(start__isnull=False, end__isnull=False, source__isnull=False),
                violation_error_message="A span has a start, an end and a source.",
            ),
            models.CheckConstraint(
                name="quote_span_in_order",
                condition=Q(start=None) | Q(start__lt=F("end")),
                violation_error_message="A span ends after it starts.",
            ),
            models.CheckConstraint(
                name="quote_place_given",
                condition=Q(start__isnull=False) | ~Q(locator=""),
                violation_error_message="Give the span in a source, or a locator in a publication.",
            ),
            models.CheckConstraint(
                name="quote_public_is_checked",
                condition=~Q(visibility=Visibility.PUBLIC)
                | (Q(disclosure_checked_date__isnull=False) & ~Q(disclosure_checked_by="")),
                violation_error_message="A public quote needs a disclosure check: by whom, and when.",
            ),
            models.CheckConstraint(
                name="quote_public_has_consent",
                condition=~Q(visibility=Visibility.PUBLIC) | ~Q(consent=QuoteConsent.UNKNOWN),
                violation_error_message="A public quote needs a known ground of consent.",
            ),
            models.CheckConstraint(
                name="quote_shown_with_its_masks",
                condition=Q(masks=[], shown_text=F("text")) | (~Q(masks=[]) & ~Q(shown_text=F("text"))),
                violation_error_message="What everybody reads of a quote is its text with its masks.",
            ),
            models.CheckConstraint(
                name="quote_consent_of_a_participant",
                condition=~Q(consent=QuoteConsent.PARTICIPANT) | Q(participant__isnull=False) | ~Q(pieces=[]),
                violation_error_message="Consent of a participant needs a participant.",
            ),
        )
        # The keys that the next one is counted on from, the longest first.
        indexes = (models.Index("study", Length("key").desc(), F("key").desc(), name="quote_by_length_of_key"),)

    @property
    def of_document(self) -> bool:
        """Say whether these are words of a document and of nobody who took part; the source must be loaded with it."""
        return self.participant_id is None and self.source is not None and self.source.kind == SourceKind.DOCUMENT

    @property
    def voice(self) -> str:
        """Return whose words these are: a participant's, a document's, or of nobody who is known."""
        if self.of_document:
            return "document"
        return "participant" if self.participant_id is not None or self.source is not None else "quoted"

    @property
    def speaker(self) -> Sentence:
        """Return who speaks, as far as it is known; participant, service and reference must be loaded with it."""
        if self.participant is not None:
            service = self.participant.service
            words = service.in_words if service else None
            return speaker_name(self.participant.role, self.participant.role_reporting, words)
        reference = self.source.reference if self.source else None
        if self.pieces and not self.of_document:
            return Sentence("Several voices")
        return quoted_name(self.voice, reference.name_in_credit if reference else "")

    @property
    def short_name(self) -> Sentence:
        """Return who speaks, and the label or key of the quote."""
        return with_number(self.speaker, self.label_as_printed or self.key)

    def take_out_erased(self) -> None:
        """Put marks over passages that were erased before, where the source has them: there they are the same."""
        given = {name: getattr(self, name) for name in ("text", "prefix", "suffix")}
        super().take_out_erased()
        if self.source is None or self.start is None or self.end is None:
            return
        text = self.source.text
        spans = [tuple(map(int, found.groups())) for piece in self.pieces if (found := re.fullmatch(PIECE, piece))]
        words = "\n".join(text[start:end] for start, end in spans or [(self.start, self.end)])
        prefix, suffix = around(text, self.start, self.end)
        for name, there in (("text", words), ("prefix", prefix), ("suffix", suffix)):
            if given[name] == there or is_like_but_for_marks(getattr(self, name), there):
                setattr(self, name, there)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; masks go with their words, and what everybody reads with both."""
        if self.masks and not self._state.adding:
            stored = type(self)._base_manager.filter(pk=self.pk).values_list("text", "masks").first()
            if stored and stored[1] == self.masks and stored[0] != self.text:
                self.masks = mask_lines(moved(stored[0], mask_spans(self.masks), self.text))
        if kwargs.get("update_fields") is not None:
            copies = [entry.name for entry in copies_of(type(self))]
            kwargs["update_fields"] = {*kwargs["update_fields"], "masks", *copies}
        super().save(*args, **kwargs)

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Check each field; a mask covers whole words of the text."""
        super().clean_fields(exclude)
        if self.masks and "masks" not in (exclude or ()):
            refuse_masks(self.text, self.masks)

    def clean(self) -> None:
        """Take the ends of lines from the source, where they are counted, before asking whether the words are there."""
        if self.source is not None and self.start is not None and self.end is not None:
            words = self.source.text[self.start : self.end]
            self.text = words if with_line_feeds(words) == with_line_feeds(self.text) else self.text
        super().clean()
        if self.masks and self.pk:
            for mark in self.editorial_marks.all():
                refuse_repetition(self, mark.text)

    def get_absolute_url(self) -> str:
        """Return the permalink of the quote; the study must be loaded with it."""
        return reverse("quote", args=[self.study.slug, self.key])


class EditorialMark(CuratedModel):
    """An editorial trace inside a quote: a gloss, a citation, dots, or a split by a page break."""

    quote = models.ForeignKey(Quote, models.CASCADE, related_name="editorial_marks")
    position = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=20, choices=MarkKind)
    text = ShortTextField(max_length=300, blank=True, help_text="As printed.")

    access = Access(study="quote__study", public_if=quote_is_open("quote"), private_role=TeamRole.REVIEWER)
    key_fields = ("quote__study__slug", "quote__key", "position")

    class Meta:
        ordering = ("quote", "position", "pk")
        constraints = (
            models.UniqueConstraint(fields=["quote", "position"], name="editorialmark_position_unique"),
            choice_is_known("kind", MarkKind, "editorialmark_kind_known"),
        )

    def __str__(self) -> str:
        return self.text or self.get_kind_display()

    def clean(self) -> None:
        """Refuse words that a mask of the quote covers: everybody reads what is written here."""
        super().clean()
        with suppress(ObjectDoesNotExist):  # a quote is required; its own field says so
            refuse_repetition(self.quote, self.text)


class Evidence(CuratedModel):
    """What a quote does to a configuration, with an optional slot that it speaks to."""

    cmoc = models.ForeignKey(CMOC, models.CASCADE, related_name="evidence")
    quote = models.ForeignKey(Quote, models.CASCADE, related_name="evidence")
    position = models.PositiveSmallIntegerField(default=1)
    role = models.CharField(max_length=20, choices=EvidenceRole)
    slot = models.CharField(max_length=20, choices=Slot, blank=True, help_text="Which part it speaks to, if one.")
    note = LongTextField(blank=True, help_text="Why it counts so.")
    signed_by = note_signed_by()
    signed_date = note_signed_date()

    access: ClassVar[Access] = Access(
        study="cmoc__theory__study",
        theory="cmoc__theory",
        public_if=quote_is_open("quote"),
        private_role=TeamRole.REVIEWER,
    )
    key_fields = ("cmoc__theory__slug", "cmoc__number", "quote__key")
    signs = "note"
    searched = ("note",)
    invariants = (
        Invariant(
            name="evidence_in_same_study",
            condition=Q(cmoc__theory__study=F("quote__study")),
            message="The quote belongs to another study than the CMOC.",
            guards=("cmoc", "quote"),
        ),
    )

    class Meta:
        verbose_name_plural = "evidence"
        ordering = ("cmoc", "position", "pk")
        constraints = (
            models.UniqueConstraint(fields=["cmoc", "quote"], name="evidence_unique"),
            choice_is_known("role", EvidenceRole, "evidence_role_known"),
            models.CheckConstraint(name="evidence_slot_known", condition=Q(slot__in=["", *Slot.values])),
        )
        indexes = (models.Index(fields=["quote", "cmoc"], name="evidence_by_quote"),)

    def __str__(self) -> str:
        return self.get_role_display()
