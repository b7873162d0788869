"""What became of configurations: merged, split, retired, renamed, given evidence of others; and each of it undone."""

from django.db import models
from django.db.models import F, Q

from programmes.integrity.access import Access
from programmes.integrity.constraints import choice_is_known, choice_or_nothing, not_blank
from programmes.integrity.dates import ActDateField
from programmes.integrity.invariants import Invariant
from programmes.integrity.text import LongTextField, ShortTextField
from programmes.models.base import CuratedModel
from programmes.models.evidence import Quote
from programmes.models.open_quotes import quote_is_open
from programmes.models.theory import CMOC, Theory
from programmes.models.theory_notes import in_same_theory
from programmes.vocabulary import CMOCStatus, LineageKind, TeamRole


class LineageEvent(CuratedModel):
    """One decision about whole configurations of a theory, with its reason: a merge, a split, a retirement and so on.

    Nothing is lost by it: a configuration that was merged or split stays as it stood, retired, and names what follows
    it. A decision is taken back by another decision, which is recorded too.
    """

    theory = models.ForeignKey(Theory, models.CASCADE, related_name="lineage")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=LineageKind)
    reason = LongTextField(help_text="Why; shown with the configurations.")
    signed_by = ShortTextField(max_length=150)
    signed_date = ActDateField()
    title_before = ShortTextField(max_length=300, blank=True, help_text="Of a configuration that was renamed.")
    title_after = ShortTextField(max_length=300, blank=True, help_text="Its new title.")
    reverses = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reversed_by",
        help_text="The decision that this one takes back.",
    )

    access = Access(study="theory__study", theory="theory")
    key_fields = ("theory__slug", "number")
    invariants = (in_same_theory("reverses", "lineage_reverses_in_same_theory"),)

    class Meta:
        verbose_name = "decision about CMOCs"
        verbose_name_plural = "decisions about CMOCs"
        ordering = ("theory", "number", "pk")
        constraints = (
            models.UniqueConstraint(fields=["theory", "number"], name="lineage_number_unique"),
            models.UniqueConstraint(
                fields=["reverses"],
                name="lineage_reversed_once",
                violation_error_message="That decision was taken back already.",
            ),
            models.CheckConstraint(name="lineage_number_positive", condition=Q(number__gt=0)),
            not_blank("reason", "lineage_reason_given"),
            not_blank("signed_by", "lineage_signed"),
            choice_is_known("kind", LineageKind, "lineage_kind_known"),
            models.CheckConstraint(
                name="lineage_reverses_something",
                condition=Q(kind=LineageKind.REVERSE, reverses__isnull=False)
                | (~Q(kind=LineageKind.REVERSE) & Q(reverses=None)),
                violation_error_message="Taking back names the decision that is taken back, and nothing else does.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"


class LineageStep(CuratedModel):
    """That by a decision one configuration followed from another, or none did. A merge of two has two steps."""

    event = models.ForeignKey(LineageEvent, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField(default=1)
    before = models.ForeignKey(CMOC, models.CASCADE, related_name="steps_from_it")
    after = models.ForeignKey(CMOC, models.CASCADE, null=True, blank=True, related_name="steps_to_it")
    status_before = models.CharField(max_length=20, choices=CMOCStatus, blank=True)

    access = Access(study="event__theory__study", theory="event__theory")
    key_fields = ("event__theory__slug", "event__number", "position")
    invariants = (
        Invariant(
            name="lineage_step_in_same_theory",
            condition=Q(before__theory=F("event__theory")) & (Q(after=None) | Q(after__theory=F("event__theory"))),
            message="The CMOC belongs to another theory than the decision.",
            guards=("event", "before", "after"),
        ),
    )

    class Meta:
        ordering = ("event", "position", "pk")
        constraints = (
            models.UniqueConstraint(fields=["event", "position"], name="lineage_step_position_unique"),
            choice_or_nothing("status_before", CMOCStatus, "lineage_step_status_known"),
        )

    def __str__(self) -> str:
        return f"{self.before} → {self.after or 'nothing'}"


class LineageMove(CuratedModel):
    """That a quote was moved from one configuration to another by a decision."""

    event = models.ForeignKey(LineageEvent, models.CASCADE, related_name="moves")
    position = models.PositiveSmallIntegerField(default=1)
    quote = models.ForeignKey(Quote, models.CASCADE, related_name="moves")

    access = Access(
        study="event__theory__study",
        theory="event__theory",
        public_if=quote_is_open("quote"),
        private_role=TeamRole.REVIEWER,
    )
    key_fields = ("event__theory__slug", "event__number", "position")
    invariants = (
        Invariant(
            name="lineage_move_in_same_study",
            condition=Q(event__theory__study=F("quote__study")),
            message="The quote belongs to another study than the decision.",
            guards=("event", "quote"),
        ),
    )

    class Meta:
        ordering = ("event", "position", "pk")
        constraints = (models.UniqueConstraint(fields=["event", "quote"], name="lineage_move_unique"),)

    def __str__(self) -> str:
        return str(self.quote)
