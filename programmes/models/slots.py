"""What stands in the slots of a configuration, in the order and under the heads of its theory's form.

Pictures, tables, pages, files and forms all ask here, so that they cannot tell different things.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Exists, F, OuterRef, Value, When

from programmes.models.configuration import CONFIGURATION, ELEMENTS, SLOTS, Part, PartKind, Parts, parts_of_theory
from programmes.vocabulary import Reporting, TheoryForm

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from programmes.integrity.access import Person
    from programmes.models.theory import CMOC


@dataclass(frozen=True)
class SlotColumn:
    """A slot of a theory of some form: a column of its picture and of its table."""

    kind: PartKind
    heading: str
    meaning: str  # what it asks, in a few words

    @property
    def name(self) -> str:
        """Return what the slot is called in addresses and filters."""
        return self.kind.name


# What each slot asks. The words hold for any theory; what the authors of one count as context stands with the theory.
MEANINGS = {
    "strategy": "what those who run it do",
    "intervention": "what is done",
    "context": "in what circumstances",
    "actor": "who acts",
    "mechanism": "why",
    "outcome": "what follows",
}
# The slots of each form, in its order. A narrative is one text without parts.
ORDERS: dict[str, tuple[str, ...]] = {
    TheoryForm.CMO: ("context", "mechanism", "outcome"),
    TheoryForm.ICAMO: ("intervention", "context", "actor", "mechanism", "outcome"),
    TheoryForm.SCMO: ("strategy", "context", "mechanism", "outcome"),
    TheoryForm.CIMO: ("context", "intervention", "mechanism", "outcome"),
    TheoryForm.IF_THEN: ("context", "outcome", "mechanism"),
    TheoryForm.NARRATIVE: (),
    "": ("context", "mechanism", "outcome"),  # of a form that nobody named
}
HEADINGS: dict[str, dict[str, str]] = {
    TheoryForm.ICAMO: {"actor": "Actor"},
    TheoryForm.IF_THEN: {"context": "If", "outcome": "Then", "mechanism": "Because"},
}
KIND_HEADINGS = {kind.name: kind.heading for kind in SLOTS}
BESIDE = "actor"  # who acts stands with whoever benefits, unless the form has a slot for it


def plain_meaning(slot: str, heading: str, *, context_defined: bool = False) -> str:
    """Return in plain words what a slot asks; nothing where the form, or who defines context, has words of its own."""
    of_the_field = heading.lower() in {slot, KIND_HEADINGS[slot].lower()}
    return MEANINGS[slot] if of_the_field and not (slot == "context" and context_defined) else ""


def order_of(form: str, used: set[str]) -> list[str]:
    """Return the slots of a form and those that are used besides, each of these before what it leads to."""
    order = list(ORDERS[form])
    lead = list(MEANINGS)
    for name in reversed(lead):
        if name in used and name not in order:
            later = [order.index(other) for other in lead[lead.index(name) + 1 :] if other in order]
            order.insert(min(later, default=len(order)), name)
    return order


def columns_of(form: str, configurations: Iterable[tuple[CMOC, Parts]]) -> list[SlotColumn]:
    """Return the columns of configurations of a theory of this form: the slots that something is said of in any."""
    kinds = {kind.name: kind for kind in SLOTS}
    filled: set[str] = set()
    absent: set[str] = set()
    for cmoc, parts in configurations:
        filled |= {name for name, kind in kinds.items() if kind.of(parts)}
        absent |= {name for name, kind in kinds.items() if kind.absence and getattr(cmoc, kind.absence)}
    headings = HEADINGS.get(form, {})
    return [
        SlotColumn(kinds[name], headings.get(name, kinds[name].heading), MEANINGS[name])
        for name in order_of(form, filled - {BESIDE})
        if name in filled | absent
    ]


@dataclass(frozen=True)
class FilledSlot:
    """What stands in a slot of a configuration, or in which way it is missing; neither where nobody said anything."""

    name: str
    label: str
    parts: list[Part]
    absence: str

    @property
    def has_page(self) -> bool:
        """Say whether its parts have pages of their own."""
        return self.name in {kind.name for kind in ELEMENTS}

    @property
    def words(self) -> list[str]:
        """Return what stands there in short: the labels, or in which way it is missing."""
        return [part.label for part in self.parts] or [self.absence] * bool(self.absence)

    @property
    def missing(self) -> str:
        """Say which slot is missing and in which way; nothing where it is filled, or nobody said."""
        return f"{self.label}: {self.absence.lower()}" if self.absence and not self.parts else ""


def absence_told(kind: PartKind) -> str:
    """Return the annotation that says in which way a slot of a configuration is missing, if it is."""
    return f"{kind.absence}_told"


def with_absences(cmocs: QuerySet[Any, Any], user: Person) -> QuerySet[Any, Any]:
    """Add to each configuration in which way its slots are missing, of those that are: what stands there wins."""
    annotated: QuerySet[Any, Any] = cmocs.annotate(
        **{
            absence_told(kind): Case(
                When(Exists(kind.link.objects.visible_to(user).filter(cmoc=OuterRef("pk"))), then=Value("")),
                default=F(kind.absence),
            )
            for kind in CONFIGURATION
            if kind.absence
        }
    )
    return annotated


def absence_words(absence: str) -> str:
    """Return in which way a slot is missing, as people read it; nothing where nobody said."""
    return str(Reporting(absence).label) if absence else ""


def slots_from(cmoc: CMOC, parts: Parts, columns: Iterable[SlotColumn]) -> list[FilledSlot]:
    """Return what stands in these columns of a configuration."""
    return [
        FilledSlot(
            column.name,
            column.heading,
            column.kind.of(parts),
            absence_words(getattr(cmoc, column.kind.absence)) if column.kind.absence else "",
        )
        for column in columns
    ]


def slots_said(slots: Iterable[FilledSlot]) -> list[FilledSlot]:
    """Return the slots that something is said of; a table has an empty cell for the others, a list nothing."""
    return [slot for slot in slots if slot.words]


def slots_of(cmoc: CMOC, user: Person) -> list[FilledSlot]:
    """Return the slots of a configuration as it is saved, those that something is said of."""
    parts = parts_of_theory(cmoc.theory_id, user).get(cmoc.pk, Parts())
    return slots_said(slots_from(cmoc, parts, columns_of(cmoc.theory.form, [(cmoc, parts)])))
