"""What a configuration is made of: its parts, each kind of which is a table of links, and what they say together."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast

from programmes.integrity.access import Access
from programmes.integrity.constraints import choice_is_known
from programmes.integrity.invariants import Invariant
from programmes.models.base import CuratedModel
from programmes.models.services import Population, Service
from programmes.models.theory import CMOC, Context, Mechanism, Outcome
from programmes.vocabulary import (
    Basis,
    MechanismKind,
    Reporting,
)

if TYPE_CHECKING:
    from programmes.integrity.access import Person


def element_of_same_theory(slot: str) -> tuple[Invariant, ...]:
    """Return the rule that an element belongs to its CMOC's theory."""
    return (
        Invariant(
            name=f"cmoc_{slot}_in_same_theory",
            condition=Q(cmoc__theory=F(f"{slot}__theory")),
            message=f"The {slot} belongs to another theory than the CMOC.",
            guards=("cmoc", slot),
        ),
    )


def of_same_study(relation: str, name: str) -> tuple[Invariant, ...]:
    """Return the rule that something of the study's own belongs to the CMOC's study."""
    return (
        Invariant(
            name=name,
            condition=Q(cmoc__theory__study=F(f"{relation}__study")),
            message=f"The {relation} belongs to another study than the CMOC.",
            guards=("cmoc", relation),
        ),
    )


class CMOCPart(CuratedModel):
    """A link from a configuration to something it is made of, in order."""

    position = models.PositiveSmallIntegerField(default=1)

    access: ClassVar[Access] = Access(study="cmoc__theory__study", theory="cmoc__theory")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.position} of {self.cmoc}"  # type: ignore[attr-defined]  # each kind of part has its own link


class CMOCContext(CMOCPart):
    """A context in a configuration, in the words of that configuration."""

    cmoc = models.ForeignKey(CMOC, models.CASCADE, related_name="context_links")
    context = models.ForeignKey(Context, models.RESTRICT, related_name="cmoc_links")
    wording = models.TextField(blank=True, help_text="As printed in this CMOC.")

    invariants = element_of_same_theory("context")
    key_fields = ("cmoc__theory__slug", "cmoc__number", "context__key")
    searched = ("wording",)

    class Meta:
        verbose_name = "CMOC context"
        verbose_name_plural = "CMOC contexts"
        ordering = ("cmoc", "position", "pk")
        constraints = (models.UniqueConstraint(fields=["cmoc", "context"], name="cmoc_context_unique"),)


class CMOCMechanism(CMOCPart):
    """A mechanism in a configuration, in the words of that configuration."""

    cmoc = models.ForeignKey(CMOC, models.CASCADE, related_name="mechanism_links")
    mechanism = models.ForeignKey(Mechanism, models.RESTRICT, related_name="cmoc_links")
    wording = models.TextField(blank=True, help_text="As printed in this CMOC.")

    invariants = element_of_same_theory("mechanism")
    key_fields = ("cmoc__theory__slug", "cmoc__number", "mechanism__key")
    searched = ("wording",)

    class Meta:
        verbose_name = "CMOC mechanism"
        verbose_name_plural = "CMOC mechanisms"
        ordering = ("cmoc", "position", "pk")
        constraints = (models.UniqueConstraint(fields=["cmoc", "mechanism"], name="cmoc_mechanism_unique"),)


class CMOCOutcome(CMOCPart):
    """An outcome in a configuration, in the words of that configuration."""

    cmoc = models.ForeignKey(CMOC, models.CASCADE, related_name="outcome_links")
    outcome = models.ForeignKey(Outcome, models.RESTRICT, related_name="cmoc_links")
    wording = models.TextField(blank=True, help_text="As printed in this CMOC.")

    invariants = element_of_same_theory("outcome")
    key_fields = ("cmoc__theory__slug", "cmoc__number", "outcome__key")
    searched = ("wording",)

    class Meta:
        verbose_name = "CMOC outcome"
        verbose_name_plural = "CMOC outcomes"
        ordering = ("cmoc", "position", "pk")
        constraints = (models.UniqueConstraint(fields=["cmoc", "outcome"], name="cmoc_outcome_unique"),)


class CMOCActor(CMOCPart):
    """A group of people who act in a configuration."""

    cmoc = models.ForeignKey(CMOC, models.CASCADE, related_name="actor_links")
    population = models.ForeignKey(Population, models.RESTRICT, related_name="actor_links")

    invariants = of_same_study("population", "cmoc_actor_in_same_study")
    key_fields = ("cmoc__theory__slug", "cmoc__number", "population__key")

    class Meta:
        verbose_name = "CMOC actor"
        verbose_name_plural = "CMOC actors"
        ordering = ("cmoc", "position", "pk")
        constraints = (models.UniqueConstraint(fields=["cmoc", "population"], name="cmoc_actor_unique"),)


class CMOCBeneficiary(CMOCPart):
    """A group of people who benefit in a configuration, and how that is known."""

    cmoc = models.ForeignKey(CMOC, models.CASCADE, related_name="beneficiary_links")
    population = models.ForeignKey(Population, models.RESTRICT, related_name="beneficiary_links")
    basis = models.CharField(max_length=20, choices=Basis, default=Basis.EXPLICIT)
    note = models.TextField(blank=True)

    invariants = of_same_study("population", "cmoc_beneficiary_in_same_study")
    key_fields = ("cmoc__theory__slug", "cmoc__number", "population__key")

    class Meta:
        verbose_name = "CMOC beneficiary"
        verbose_name_plural = "CMOC beneficiaries"
        ordering = ("cmoc", "position", "pk")
        constraints = (
            models.UniqueConstraint(fields=["cmoc", "population"], name="cmoc_beneficiary_unique"),
            choice_is_known("basis", Basis, "cmoc_beneficiary_basis_known"),
        )


class CMOCService(CMOCPart):
    """A service that the source states a configuration to be relevant to.

    That staff of a service are quoted is another fact; it follows from the evidence.
    """

    cmoc = models.ForeignKey(CMOC, models.CASCADE, related_name="service_links")
    service = models.ForeignKey(Service, models.RESTRICT, related_name="cmoc_links")
    locator = models.CharField(max_length=200, blank=True)

    invariants = of_same_study("service", "cmoc_service_in_same_study")
    key_fields = ("cmoc__theory__slug", "cmoc__number", "service__number")

    class Meta:
        verbose_name = "service stated relevant"
        verbose_name_plural = "services stated relevant"
        ordering = ("cmoc", "position", "pk")
        constraints = (models.UniqueConstraint(fields=["cmoc", "service"], name="cmoc_service_unique"),)


@dataclass(frozen=True)
class Part:
    """One part of a configuration: an element, a group of people or a service."""

    key: str
    label: str
    wording: str
    detail: str = ""  # the kind of a mechanism, or how a beneficiary is known

    @property
    def detail_words(self) -> str:
        """Return the detail as people read it."""
        return dict([*MechanismKind.choices, *Basis.choices]).get(self.detail, "")


@dataclass
class Parts:
    """The parts of one configuration, each kind in its order."""

    contexts: list[Part] = field(default_factory=list)
    mechanisms: list[Part] = field(default_factory=list)
    outcomes: list[Part] = field(default_factory=list)
    actors: list[Part] = field(default_factory=list)
    beneficiaries: list[Part] = field(default_factory=list)
    services: list[Part] = field(default_factory=list)
    itself: list[Part] = field(default_factory=list)  # the configuration: its number, title and status


def as_text(expression: Any) -> Any:
    """Return an expression as text, so that every part of the union has the same columns."""
    return Cast(expression, CharField())


NOTHING = Value("")
COLUMNS = ("cmoc_id", "slot", "place", "part_key", "part_label", "part_wording", "part_detail")
KINDS: tuple[tuple[str, Any, str, str, Any, Any], ...] = (
    ("contexts", CMOCContext, "context__key", "context__label", F("wording"), NOTHING),
    ("mechanisms", CMOCMechanism, "mechanism__key", "mechanism__label", F("wording"), F("mechanism__kind")),
    ("outcomes", CMOCOutcome, "outcome__key", "outcome__label", F("wording"), NOTHING),
    ("actors", CMOCActor, "population__key", "population__label", NOTHING, NOTHING),
    ("beneficiaries", CMOCBeneficiary, "population__key", "population__label", F("note"), F("basis")),
    ("services", CMOCService, "service__number", "service__service_type", F("locator"), NOTHING),
)


def parts_of_theory(theory_id: int, user: Person) -> dict[int, Parts]:
    """Return the parts of every configuration of a theory that the reader may see, by configuration."""
    queries = [
        model.objects.visible_to(user)
        .filter(cmoc__theory=theory_id)
        .order_by()
        .annotate(
            slot=Value(kind),
            place=F("position"),
            part_key=as_text(F(key)),
            part_label=as_text(F(label)),
            part_wording=as_text(wording),
            part_detail=as_text(detail),
        )
        .values_list(*COLUMNS)
        for kind, model, key, label, wording, detail in KINDS
    ]
    own = CMOC.objects.visible_to(user).filter(theory=theory_id).order_by()
    queries.append(
        own.annotate(
            cmoc_id=F("pk"),
            slot=Value("itself"),
            place=F("number"),
            part_key=as_text(F("number")),
            part_label=as_text(F("title")),
            part_wording=as_text(NOTHING),
            part_detail=as_text(F("status")),
        ).values_list(*COLUMNS)
    )
    found: dict[int, Parts] = defaultdict(Parts)
    for cmoc, slot, _, key, label, wording, detail in sorted(queries[0].union(*queries[1:], all=True)):
        getattr(found[cmoc], slot).append(Part(key, label, wording, detail))
    return found


OWN_FIELDS = ("title", "statement", "intervention", "hedge", "context_absence", "mechanism_absence", "outcome_absence")
SLOTS = {
    "contexts": "context",
    "mechanisms": "mechanism",
    "outcomes": "outcome",
    "actors": "actor",
    "beneficiaries": "beneficiary",
    "services": "service stated",
}


# The parts of a configuration, and which of their fields it says.
PARTS: tuple[tuple[type[Any], tuple[str, ...]], ...] = (
    (CMOCContext, ("context_id", "wording")),
    (CMOCMechanism, ("mechanism_id", "wording")),
    (CMOCOutcome, ("outcome_id", "wording")),
    (CMOCActor, ("population_id",)),
    (CMOCBeneficiary, ("population_id", "basis", "note")),
    (CMOCService, ("service_id", "locator")),
)


def wording_of(cmoc: CMOC, parts: Parts) -> list[str]:
    """Return what a configuration says, a property on each line, as reviews keep it.

    Quotes and caveats are not part of it: they are what the configuration is judged by.
    """
    lines = [f"{name}: {value}" for name in OWN_FIELDS if (value := getattr(cmoc, name))]
    for slot, name in SLOTS.items():
        for part in getattr(parts, slot):
            detail = part.detail if slot == "beneficiaries" else ""
            said = "; ".join(filter(None, (detail, part.wording)))
            lines.append(f"{name} {part.key}: {said}" if said else f"{name} {part.key}")
    return lines


@dataclass(frozen=True)
class FilledSlot:
    """A column of the configuration: what stands in it, or in which way it is missing."""

    name: str
    label: str
    parts: list[Part]
    absence: str


def slots_from(cmoc: CMOC, parts: Parts) -> list[FilledSlot]:
    """Return the three columns of a configuration."""
    return [
        FilledSlot(
            name, name.capitalize(), getattr(parts, f"{name}s"), Reporting(getattr(cmoc, f"{name}_absence")).label
        )
        for name in ("context", "mechanism", "outcome")
    ]


def slots_of(cmoc: CMOC, user: Person) -> list[FilledSlot]:
    """Return the three columns of a configuration as it is saved."""
    return slots_from(cmoc, parts_of_theory(cmoc.theory_id, user).get(cmoc.pk, Parts()))
