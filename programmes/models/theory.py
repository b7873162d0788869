"""Programme theories, their elements (contexts, mechanisms, outcomes) and their configurations."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from programmes.integrity.access import Access
from programmes.integrity.constraints import (
    choice_is_known,
    choice_or_nothing,
    not_blank,
    text_agrees_with_reporting,
)
from programmes.integrity.dates import ActDateField
from programmes.integrity.invariants import Invariant
from programmes.integrity.text import STATEMENT_LETTERS, LinesField, LongTextField, ShortTextField
from programmes.models.absences import absence_fits_theory, absence_of
from programmes.models.base import CuratedModel
from programmes.models.short_names import cmoc_in_words, cmoc_name
from programmes.models.signed_notes import note_signed_by, note_signed_date
from programmes.models.studies import Study
from programmes.vocabulary import (
    CMOCStatus,
    Distance,
    Hedge,
    Intention,
    Level,
    MechanismKind,
    Missing,
    Reporting,
    TheoryForm,
    TheoryStage,
    Valence,
    Visibility,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from programmes.words import Sentence


def not_retired(cmoc: str = "") -> Q:
    """Return the condition that a configuration, at the end of a path, is part of its theory: it is not retired."""
    return ~Q(**{f"{cmoc}__status" if cmoc else "status": CMOCStatus.RETIRED})


Row = TypeVar("Row")
NUMBER_DIGITS = 9
MOST_CMOCS = 100_000  # that an order names
ABSENCES = ["", *(reason for reason in Reporting.values if reason != Reporting.REPORTED)]
ABSENCE_HELP = "In which way the slot is missing, if it is empty and somebody knows."
REPORTING_HELP = "In which way it is missing, if it is and somebody knows; a text that is given speaks for itself."


class Theory(CuratedModel):
    """A programme theory at one stage: a set of configurations that say how a programme is thought to work."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="theories")
    slug = models.SlugField(max_length=80, help_text="Short name in addresses.")
    title = ShortTextField(max_length=300)
    question = ShortTextField(max_length=300, blank=True, help_text="What it answers, in plain words.")
    summary = LongTextField(blank=True, help_text="The curator's introduction for readers outside research.")
    key_messages = LinesField(
        help_text="What a reader should take away, in plain words, one on a line; three at most are read."
    )
    signed_by = note_signed_by()
    signed_date = note_signed_date()
    form = models.CharField(max_length=20, choices=TheoryForm, blank=True, help_text="If somebody says.")
    stage = models.CharField(max_length=20, choices=TheoryStage, blank=True, help_text="If somebody says.")
    stage_as_printed = ShortTextField(max_length=200, blank=True)
    predecessor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="successors",
        help_text="The theory it refines.",
    )
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.PRIVATE)
    locator = ShortTextField(max_length=200, blank=True, help_text="Where it stands in the publication.")
    figure_title = ShortTextField(max_length=300, blank=True, help_text="As printed.")
    figure_legend = LongTextField(blank=True, help_text="As printed.")
    context_meaning = LongTextField(blank=True, help_text="What the authors count as context.")
    cmoc_order = LinesField(
        "order of its CMOCs",
        line_letters=NUMBER_DIGITS,
        most_lines=MOST_CMOCS,
        line_pattern="[1-9][0-9]*",
        line_form="the number of a CMOC, such as 8",
        help_text="Numbers of CMOCs in the order in which the team has put them; the others follow by number.",
    )
    statements_absence = absence_of("statements of its CMOCs")
    quotes_absence = absence_of("quotes on its CMOCs")
    caveats_absence = absence_of("caveats")

    access = Access(study="study", public_if=Q(visibility=Visibility.PUBLIC))
    key_fields = ("slug",)
    signs = "key_messages"
    searched = ("title", "question", "summary")
    invariants = absence_fits_theory("statements", "quotes", "caveats")

    class Meta:
        ordering = ("title", "pk")
        verbose_name_plural = "theories"
        constraints = (
            models.UniqueConstraint(fields=["slug"], name="theory_slug_unique"),
            not_blank("title", "theory_title_given"),
            choice_or_nothing("form", TheoryForm, "theory_form_known"),
            choice_or_nothing("stage", TheoryStage, "theory_stage_known"),
            choice_is_known("visibility", Visibility, "theory_visibility_known"),
            choice_or_nothing("statements_absence", Missing, "theory_statements_absence_known"),
            choice_or_nothing("quotes_absence", Missing, "theory_quotes_absence_known"),
            choice_or_nothing("caveats_absence", Missing, "theory_caveats_absence_known"),
            models.CheckConstraint(
                name="theory_not_its_own_predecessor",
                condition=Q(predecessor=None) | ~Q(predecessor=F("id")),
                violation_error_message="A theory cannot be its own predecessor.",
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the page of the theory."""
        return reverse("theory", args=[self.slug])

    def in_own_order(self, rows: Iterable[Row], place: Callable[[Row], tuple[int | None, int]]) -> list[Row]:
        """Return what is about CMOCs in the order of this theory: group by group, and in each as the team has put them.

        `place` gives the number of the group of a row, if it is in one, and that of the CMOC.
        """
        own = {number: place for place, number in enumerate(self.cmoc_order)}

        def key(row: Row) -> tuple[bool, int, int, int]:
            group, number = place(row)
            return group is None, group or 0, own.get(str(number), len(own)), number

        return sorted(rows, key=key)


class Element(CuratedModel):
    """A context, mechanism, outcome or the like of one theory, used by one or more of its configurations."""

    theory = models.ForeignKey(Theory, models.CASCADE, related_name="%(class)ss")
    key = models.SlugField(max_length=80)
    label = ShortTextField(max_length=300, help_text="Short, as in a diagram: the curator's wording.")
    description = LongTextField(blank=True)
    level = models.CharField(max_length=20, choices=Level, default=Level.UNSPECIFIED)

    access: ClassVar[Access] = Access(study="theory__study", theory="theory")
    key_fields = ("theory__slug", "key")
    searched = ("label", "description")

    class Meta:
        abstract = True
        ordering = ("theory", "key", "pk")
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.UniqueConstraint(fields=["theory", "key"], name="%(class)s_key_unique"),
            not_blank("label", "%(class)s_label_given"),
            choice_is_known("level", Level, "%(class)s_level_known"),
        )

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        """Return the page of the element; the theory must be loaded with it."""
        return reverse(self._meta.model_name or "", args=[self.theory.slug, self.key])


class Context(Element):
    """In what circumstances a mechanism is thought to fire: the C of a configuration."""


class Mechanism(Element):
    """Why an outcome is thought to come about: the M of a configuration.

    A mechanism whose kind is reasoning may name the resource that it responds to; the two are a pair.
    """

    kind = models.CharField(max_length=20, choices=MechanismKind, default=MechanismKind.UNSPECIFIED)
    resource = models.ForeignKey(
        "self",
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="reasonings",
        help_text="The resource that this reasoning responds to.",
    )

    invariants = (
        Invariant(
            name="mechanism_resource_is_a_resource",
            condition=Q(resource=None) | Q(resource__kind=MechanismKind.RESOURCE),
            message="The resource of a pair must be a mechanism of kind resource.",
            guards=("resource",),
        ),
        Invariant(
            name="mechanism_resource_in_same_theory",
            condition=Q(resource=None) | Q(resource__theory=F("theory")),
            message="The resource of a pair must belong to the same theory.",
            guards=("resource",),
        ),
    )

    class Meta(Element.Meta):
        abstract = False
        constraints = (
            *Element.Meta.constraints,
            choice_is_known("kind", MechanismKind, "mechanism_kind_known"),
            models.CheckConstraint(
                name="mechanism_pair_only_on_reasoning",
                condition=Q(resource=None) | Q(kind=MechanismKind.REASONING),
                violation_error_message="Only a mechanism of kind reasoning can be paired with a resource.",
            ),
        )


class Outcome(Element):
    """What changes, for whom, wanted or not: the O of a configuration."""

    distance = models.CharField(max_length=20, choices=Distance, default=Distance.UNSPECIFIED)
    valence = models.CharField(max_length=20, choices=Valence, default=Valence.UNSPECIFIED)
    intention = models.CharField(max_length=20, choices=Intention, default=Intention.UNSPECIFIED)

    class Meta(Element.Meta):
        abstract = False
        constraints = (
            *Element.Meta.constraints,
            choice_is_known("distance", Distance, "outcome_distance_known"),
            choice_is_known("valence", Valence, "outcome_valence_known"),
            choice_is_known("intention", Intention, "outcome_intention_known"),
        )


class Intervention(Element):
    """What is done, where the source sets it apart: the I of a configuration."""


class Strategy(Element):
    """What those who run a programme do to bring the mechanism about: the S of a strategy–CMO configuration."""

    theory = models.ForeignKey(Theory, models.CASCADE, related_name="strategies")

    class Meta(Element.Meta):
        abstract = False
        verbose_name_plural = "strategies"


class CMOCGroup(CuratedModel):
    """A heading under which a source sets some of a theory's configurations: a theme, a case, a stage, a level."""

    theory = models.ForeignKey(Theory, models.CASCADE, related_name="groups")
    number = models.PositiveIntegerField(help_text="Its place among the groups of the theory.")
    heading = ShortTextField(max_length=300, help_text="As printed.")
    text = LongTextField(blank=True, help_text="What the source says of the whole group, as printed.")
    locator = ShortTextField(max_length=200, blank=True, help_text="Where it stands in the source.")

    access: ClassVar[Access] = Access(study="theory__study", theory="theory")
    key_fields = ("theory__slug", "number")
    searched = ("heading", "text")

    class Meta:
        verbose_name = "group of CMOCs"
        verbose_name_plural = "groups of CMOCs"
        ordering = ("theory", "number", "pk")
        constraints = (
            models.UniqueConstraint(fields=["theory", "number"], name="cmocgroup_number_unique"),
            models.CheckConstraint(name="cmocgroup_number_positive", condition=Q(number__gt=0)),
            not_blank("heading", "cmocgroup_heading_given"),
        )

    def __str__(self) -> str:
        return self.heading


class CMOC(CuratedModel):
    """A context–mechanism–outcome configuration: in this context, this mechanism is thought to bring this outcome.

    The statement comes first and is kept as printed; the slots are read from it.
    """

    theory = models.ForeignKey(Theory, models.CASCADE, related_name="cmocs")
    number = models.PositiveIntegerField(help_text="Its place among the CMOCs of the theory, which never changes.")
    label = ShortTextField(
        max_length=40, blank=True, help_text="As printed, where that is no such number: 1a, 3.2 or Proposition 2."
    )
    group = models.ForeignKey(CMOCGroup, models.SET_NULL, null=True, blank=True, related_name="cmocs")
    title = ShortTextField(max_length=300, blank=True, help_text="As printed.")
    statement = LongTextField(
        blank=True,
        max_length=STATEMENT_LETTERS,
        help_text="As printed, never corrected: an oddity gets a note beside it.",
    )
    statement_reporting = models.CharField(max_length=20, choices=Reporting, blank=True, help_text=REPORTING_HELP)
    locator = ShortTextField(max_length=200, blank=True, help_text="Where it stands in the source.")
    figure = ShortTextField(max_length=200, blank=True, help_text="Caption of its figure, as printed.")
    hedge = models.CharField(max_length=20, choices=Hedge, blank=True, help_text="How firmly it is put.")
    status = models.CharField(
        max_length=20, choices=CMOCStatus, blank=True, help_text="What has become of it, if somebody says."
    )
    review_asked_date = ActDateField(
        "put to reviewers on", null=True, blank=True, help_text="Empty while its curators still work on it."
    )
    context_absence = models.CharField(max_length=20, choices=Reporting, blank=True, help_text=ABSENCE_HELP)
    mechanism_absence = models.CharField(max_length=20, choices=Reporting, blank=True, help_text=ABSENCE_HELP)
    outcome_absence = models.CharField(max_length=20, choices=Reporting, blank=True, help_text=ABSENCE_HELP)
    services_reporting = models.CharField(
        max_length=20,
        choices=Reporting,
        blank=True,
        help_text="Whether the source states the services it is relevant to.",
    )
    services_as_extracted = LongTextField(blank=True, help_text="What of that can be read, as extracted.")
    people_reporting = models.CharField(
        max_length=20,
        choices=Reporting,
        blank=True,
        help_text="Whether the source states the subgroups of people it is relevant to.",
    )
    people_as_extracted = LongTextField(blank=True, help_text="What of that can be read, as extracted.")

    access: ClassVar[Access] = Access(study="theory__study", theory="theory")
    key_fields = ("theory__slug", "number")
    searched = ("title", "statement", "label")
    called = ("number",)
    invariants = (
        Invariant(
            name="cmoc_group_in_same_theory",
            condition=Q(group=None) | Q(group__theory=F("theory")),
            message="The group belongs to another theory than the CMOC.",
            guards=("group",),
        ),
    )

    class Meta:
        verbose_name = "CMOC"
        verbose_name_plural = "CMOCs"
        ordering = ("theory", "number", "pk")
        constraints = (
            models.UniqueConstraint(fields=["theory", "number"], name="cmoc_number_unique"),
            models.CheckConstraint(name="cmoc_number_positive", condition=Q(number__gt=0)),
            text_agrees_with_reporting("statement", "cmoc_statement_agrees_with_reporting"),
            choice_or_nothing("statement_reporting", Reporting, "cmoc_statement_reporting_known"),
            choice_or_nothing("hedge", Hedge, "cmoc_hedge_known"),
            choice_or_nothing("status", CMOCStatus, "cmoc_status_known"),
            choice_or_nothing("services_reporting", Reporting, "cmoc_services_reporting_known"),
            choice_or_nothing("people_reporting", Reporting, "cmoc_people_reporting_known"),
            models.CheckConstraint(
                name="cmoc_absence_is_a_reason",
                condition=Q(*[Q(**{f"{slot}_absence__in": ABSENCES}) for slot in ("context", "mechanism", "outcome")]),
                violation_error_message="Say in which way the slot is missing.",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Return what people call it."""
        return cmoc_name(self.number, self.label)

    @property
    def short_name(self) -> Sentence:
        """Return what it is about, and what people call it."""
        return cmoc_in_words(self.number, self.label, self.title, self.statement)

    def get_absolute_url(self) -> str:
        """Return the page of the configuration; the theory must be loaded with it."""
        return reverse("cmoc", args=[self.theory.slug, self.number])
