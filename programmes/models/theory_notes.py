"""What stands beside the configurations of a theory: readings, caveats, links and the theories they draw on."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from programmes.integrity.access import Access
from programmes.integrity.constraints import choice_is_known, choice_or_nothing, not_blank
from programmes.integrity.dates import ActDateField
from programmes.integrity.invariants import Invariant
from programmes.integrity.text import LongTextField, ShortTextField
from programmes.models.base import CuratedModel
from programmes.models.caveat_words import CAVEATS_IN_PLAIN_WORDS
from programmes.models.short_names import caveat_name
from programmes.models.signed_notes import note_signed_by, note_signed_date
from programmes.models.studies import Reference
from programmes.models.theory import CMOC, Context, Outcome, Theory
from programmes.vocabulary import Basis, CaveatKind, LinkKind, LinkStatus, ReadingKind


def in_same_theory(relation: str, name: str) -> Invariant:
    """Return the rule that a related row, if there is one, belongs to the same theory."""
    return Invariant(
        name=name,
        condition=Q(**{relation: None}) | Q(**{f"{relation}__theory": F("theory")}),
        message=f"The {relation.replace('_', ' ')} belongs to another theory.",
        guards=(relation,),
    )


class Reading(CuratedModel):
    """The curator's own layer on a configuration: signed, dated, marked as such, and hideable."""

    cmoc = models.ForeignKey(CMOC, models.CASCADE, related_name="readings")
    kind = models.CharField(max_length=20, choices=ReadingKind)
    text = LongTextField(blank=True, help_text="The configuration in plain words.")
    resource = LongTextField(blank=True, help_text="What the programme introduces.")
    reasoning = LongTextField(blank=True, help_text="How people respond to it.")
    basis = ShortTextField(max_length=200, blank=True, help_text="On what it rests.")
    signed_by = ShortTextField(max_length=150)
    signed_date = ActDateField()
    shown = models.BooleanField(default=True, help_text="Whether the public pages show it.")

    access = Access(study="cmoc__theory__study", theory="cmoc__theory", public_if=Q(shown=True))
    key_fields = ("cmoc__theory__slug", "cmoc__number", "kind")
    searched = ("text", "resource", "reasoning")

    class Meta:
        ordering = ("cmoc", "kind", "pk")
        constraints = (
            models.UniqueConstraint(fields=["cmoc", "kind"], name="reading_kind_unique"),
            not_blank("signed_by", "reading_signed"),
            models.CheckConstraint(
                name="reading_fits_its_kind",
                condition=(Q(kind=ReadingKind.PLAIN_SUMMARY, resource="", reasoning="") & ~Q(text=""))
                | (Q(kind=ReadingKind.RESOURCE_REASONING, text="") & ~Q(resource="") & ~Q(reasoning="")),
                violation_error_message=(
                    "A plain summary has a text and no resource or reasoning; "
                    "a resource and reasoning have both and no text."
                ),
            ),
        )

    def __str__(self) -> str:
        return self.get_kind_display()


class Caveat(CuratedModel):
    """When a configuration may not fire, or what else limits it: on a CMOC, an outcome or the whole theory."""

    theory = models.ForeignKey(Theory, models.CASCADE, related_name="caveats")
    number = models.PositiveIntegerField()
    cmoc = models.ForeignKey(CMOC, models.CASCADE, null=True, blank=True, related_name="caveats")
    outcome = models.ForeignKey(Outcome, models.CASCADE, null=True, blank=True, related_name="caveats")
    kind = models.CharField(max_length=30, choices=CaveatKind)
    text = LongTextField(help_text="As printed.")
    locator = ShortTextField(max_length=200, blank=True)
    refutes = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="refuted_by",
        help_text="The caveat that this one speaks against.",
    )

    access: ClassVar[Access] = Access(study="theory__study", theory="theory")
    key_fields = ("theory__slug", "number")
    searched = ("text",)
    called = ("number",)
    invariants = (
        in_same_theory("cmoc", "caveat_cmoc_in_same_theory"),
        in_same_theory("outcome", "caveat_outcome_in_same_theory"),
        in_same_theory("refutes", "caveat_refutes_in_same_theory"),
    )

    class Meta:
        ordering = ("theory", "number", "pk")
        constraints = (
            models.UniqueConstraint(fields=["theory", "number"], name="caveat_number_unique"),
            models.CheckConstraint(name="caveat_number_positive", condition=Q(number__gt=0)),
            not_blank("text", "caveat_text_given"),
            choice_is_known("kind", CaveatKind, "caveat_kind_known"),
            models.CheckConstraint(
                name="caveat_on_one_thing",
                condition=Q(cmoc=None) | Q(outcome=None),
                violation_error_message="A caveat is on a CMOC or on an outcome, not on both.",
            ),
            models.CheckConstraint(
                name="caveat_not_refuting_itself",
                condition=Q(refutes=None) | ~Q(refutes=F("id")),
                violation_error_message="A caveat cannot refute itself.",
            ),
        )

    def __str__(self) -> str:
        return str(caveat_name(self.kind, self.number))

    @property
    def in_plain_words(self) -> str:
        """Return in which way something may not hold, for a reader who does not know the terms."""
        return CAVEATS_IN_PLAIN_WORDS[CaveatKind(self.kind)]


class CMOCLink(CuratedModel):
    """A relation between two configurations, outcomes or contexts of a theory, with the reason it was drawn."""

    theory = models.ForeignKey(Theory, models.CASCADE, related_name="cmoc_links")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=30, choices=LinkKind)
    source_cmoc = models.ForeignKey(CMOC, models.CASCADE, null=True, blank=True, related_name="links_from")
    source_outcome = models.ForeignKey(Outcome, models.CASCADE, null=True, blank=True, related_name="links_from")
    target_cmoc = models.ForeignKey(CMOC, models.CASCADE, null=True, blank=True, related_name="links_to")
    target_outcome = models.ForeignKey(Outcome, models.CASCADE, null=True, blank=True, related_name="links_to")
    target_context = models.ForeignKey(
        Context,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="links_to",
        help_text="The context that an outcome becomes.",
    )
    target_text = ShortTextField(
        max_length=300, blank=True, help_text="What it leads to, where that is no record of the theory."
    )
    status = models.CharField(
        max_length=20, choices=LinkStatus, blank=True, help_text="How firmly it is put, if somebody says."
    )
    reason = LongTextField()
    signed_by = note_signed_by()
    signed_date = note_signed_date()
    locator = ShortTextField(max_length=200, blank=True)

    access: ClassVar[Access] = Access(study="theory__study", theory="theory")
    key_fields = ("theory__slug", "number")
    signs = "reason"
    invariants = (
        in_same_theory("source_cmoc", "cmoclink_source_cmoc_in_same_theory"),
        in_same_theory("source_outcome", "cmoclink_source_outcome_in_same_theory"),
        in_same_theory("target_cmoc", "cmoclink_target_cmoc_in_same_theory"),
        in_same_theory("target_outcome", "cmoclink_target_outcome_in_same_theory"),
        in_same_theory("target_context", "cmoclink_target_context_in_same_theory"),
    )

    class Meta:
        verbose_name = "CMOC link"
        ordering = ("theory", "number", "pk")
        constraints = (
            models.UniqueConstraint(fields=["theory", "number"], name="cmoclink_number_unique"),
            models.CheckConstraint(name="cmoclink_number_positive", condition=Q(number__gt=0)),
            not_blank("reason", "cmoclink_reason_given"),
            choice_is_known("kind", LinkKind, "cmoclink_kind_known"),
            choice_or_nothing("status", LinkStatus, "cmoclink_status_known"),
            models.CheckConstraint(
                name="cmoclink_one_source",
                condition=Q(source_cmoc=None, source_outcome__isnull=False)
                | Q(source_cmoc__isnull=False, source_outcome=None),
                violation_error_message="A link starts at one CMOC or one outcome.",
            ),
            models.CheckConstraint(
                name="cmoclink_one_target",
                condition=Q(target_cmoc__isnull=False, target_outcome=None, target_context=None, target_text="")
                | Q(target_cmoc=None, target_outcome__isnull=False, target_context=None, target_text="")
                | Q(target_cmoc=None, target_outcome=None, target_context__isnull=False, target_text="")
                | (Q(target_cmoc=None, target_outcome=None, target_context=None) & ~Q(target_text="")),
                violation_error_message="A link ends at one CMOC, one outcome, one context or one text.",
            ),
            models.CheckConstraint(
                name="cmoclink_not_to_itself",
                condition=(Q(source_cmoc=None) | Q(target_cmoc=None) | ~Q(source_cmoc=F("target_cmoc")))
                & (Q(source_outcome=None) | Q(target_outcome=None) | ~Q(source_outcome=F("target_outcome"))),
                violation_error_message="A link leads to something else than it starts from.",
            ),
        )

    def __str__(self) -> str:
        return f"Link {self.number}: {self.get_kind_display()}"


class SubstantiveTheory(CuratedModel):
    """A named theory of the social sciences that a programme theory draws on."""

    theory = models.ForeignKey(Theory, models.CASCADE, related_name="substantive_theories")
    key = models.SlugField(max_length=80)
    name = ShortTextField(max_length=300)
    citation = ShortTextField(max_length=300, blank=True, help_text="Author and year.")
    citation_as_printed = ShortTextField(max_length=100, blank=True, help_text="Where it differs from the references.")
    used_by = ShortTextField(max_length=300, blank=True, help_text="Who brings it in.")
    description = LongTextField(blank=True, help_text="As the source describes it.")
    locator = ShortTextField(max_length=200, blank=True)
    informs_all = models.BooleanField("informs every CMOC", default=False)

    access: ClassVar[Access] = Access(study="theory__study", theory="theory")
    key_fields = ("theory__slug", "key")
    searched = ("name", "description")

    class Meta:
        verbose_name_plural = "substantive theories"
        ordering = ("theory", "key", "pk")
        constraints = (
            models.UniqueConstraint(fields=["theory", "key"], name="substantivetheory_key_unique"),
            not_blank("name", "substantivetheory_name_given"),
        )

    def __str__(self) -> str:
        return self.name


class SubstantiveTheoryReference(CuratedModel):
    """A work that a substantive theory is cited to."""

    substantive_theory = models.ForeignKey(SubstantiveTheory, models.CASCADE, related_name="reference_links")
    reference = models.ForeignKey(Reference, models.RESTRICT, related_name="substantive_theory_links")
    position = models.PositiveSmallIntegerField(default=1)

    access = Access(study="substantive_theory__theory__study", theory="substantive_theory__theory")
    key_fields = ("substantive_theory__theory__slug", "substantive_theory__key", "reference__number")
    invariants = (
        Invariant(
            name="substantivetheory_reference_in_same_study",
            condition=Q(substantive_theory__theory__study=F("reference__study")),
            message="The reference belongs to another study than the theory.",
            guards=("substantive_theory", "reference"),
        ),
    )

    class Meta:
        verbose_name = "reference of the substantive theory"
        verbose_name_plural = "references of the substantive theory"
        ordering = ("substantive_theory", "position", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["substantive_theory", "reference"], name="substantivetheory_reference_unique"
            ),
        )

    def __str__(self) -> str:
        return f"reference {self.position}"


class SubstantiveTheoryLink(CuratedModel):
    """That a substantive theory informs a configuration, and how that is known."""

    substantive_theory = models.ForeignKey(SubstantiveTheory, models.CASCADE, related_name="cmoc_links")
    cmoc = models.ForeignKey(CMOC, models.CASCADE, related_name="substantive_theory_links")
    basis = models.CharField(max_length=20, choices=Basis, blank=True, help_text="How that is known, if somebody says.")
    note = LongTextField(blank=True)
    signed_by = note_signed_by()
    signed_date = note_signed_date()

    access = Access(study="cmoc__theory__study", theory="cmoc__theory")
    key_fields = ("substantive_theory__theory__slug", "substantive_theory__key", "cmoc__number")
    signs = "note"
    invariants = (
        Invariant(
            name="substantivetheory_link_in_same_theory",
            condition=Q(cmoc__theory=F("substantive_theory__theory")),
            message="The CMOC belongs to another theory.",
            guards=("cmoc", "substantive_theory"),
        ),
    )

    class Meta:
        verbose_name = "CMOC informed"
        verbose_name_plural = "CMOCs informed"
        ordering = ("substantive_theory", "cmoc", "pk")
        constraints = (
            models.UniqueConstraint(fields=["substantive_theory", "cmoc"], name="substantivetheory_link_unique"),
            choice_or_nothing("basis", Basis, "substantivetheory_link_basis_known"),
        )

    def __str__(self) -> str:
        return self.get_basis_display() or "informs the CMOC"
