"""The page of one configuration, the unit that people cite."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from programmes.models import CMOC, Caveat, CMOCLink, EditorialMark, Evidence, Memo, Reading, SubstantiveTheoryLink
from programmes.parts import Part, Parts, parts_of_theory
from programmes.presenters.lineage import EventRow, rows_of
from programmes.presenters.reviews import ReviewStanding, standings_of
from programmes.vocabulary import CMOCStatus, EvidenceRole, LineageKind, Reporting

if TYPE_CHECKING:
    from programmes.querysets import Person


@dataclass(frozen=True)
class Group:
    """The quotes of a configuration in one role."""

    role: EvidenceRole
    evidence: list[Evidence]

    @property
    def heading(self) -> str:
        """Return how many they are and what they do, such as "2 quotes that support it"."""
        does = self.role.label.lower()
        return (
            f"1 quote that {does} it" if len(self.evidence) == 1 else f"{len(self.evidence)} quotes that {does[:-1]} it"
        )


@dataclass(frozen=True)
class Slot:
    """A column of the configuration: what stands in it, or in which way it is missing."""

    name: str
    label: str
    parts: list[Part]
    absence: str


@dataclass(frozen=True)
class Sibling:
    """Another configuration of the same theory."""

    number: int
    title: str


@dataclass(frozen=True)
class Neighbour:
    """Another configuration with the same context, mechanism or outcome."""

    cmoc: Sibling
    shared: list[str]


@dataclass(frozen=True)
class CMOCPage:
    """Everything that the page of a configuration shows."""

    cmoc: CMOC
    parts: Parts
    slots: list[Slot]
    groups: list[Group]
    services_quoted: list[tuple[str, str]]
    caveats: list[Caveat]
    readings: list[Reading]
    substantive_theories: list[SubstantiveTheoryLink]
    links: list[CMOCLink]
    notes: list[Memo]
    neighbours: list[Neighbour]
    previous: Sibling | None
    following: Sibling | None
    siblings: int
    standing: ReviewStanding
    decisions: list[EventRow]

    @property
    def successors(self) -> list[CMOC]:
        """Return what a configuration was merged or split into, by the decision that holds."""
        ending = {LineageKind.MERGE, LineageKind.SPLIT, LineageKind.RETIRE}
        rows = [row for row in self.decisions if row.kind in ending and self.cmoc in row.before and not row.reversed_by]
        return [cmoc for row in rows[-1:] for cmoc in row.after if cmoc != self.cmoc]


def cmoc_page(cmoc: CMOC, user: Person) -> CMOCPage:
    """Return what the page of a configuration shows."""
    everybody = parts_of_theory(cmoc.theory_id, user)
    parts = everybody.get(cmoc.pk, Parts())
    siblings = {
        other: Sibling(int(part.key), part.label)
        for other, its in everybody.items()
        for part in its.itself
        if part.detail != CMOCStatus.RETIRED or other == cmoc.pk
    }
    others = sorted(siblings.values(), key=lambda sibling: sibling.number)
    place = others.index(siblings[cmoc.pk])
    evidence = list(
        Evidence.objects.visible_to(user)
        .filter(cmoc=cmoc)
        .select_related("quote__study", "quote__participant__service")
        .order_by("position", "pk")
    )
    marks = defaultdict(list)
    quotes = [entry.quote_id for entry in evidence]
    for mark in EditorialMark.objects.visible_to(user).filter(quote__in=quotes).order_by("position", "pk"):
        marks[mark.quote_id].append(mark)
    for entry in evidence:
        entry.quote.marks = marks[entry.quote_id]  # type: ignore[attr-defined]  # for the template
    return CMOCPage(
        cmoc=cmoc,
        parts=parts,
        slots=slots_from(cmoc, parts),
        groups=[
            Group(role, chosen)
            for role in EvidenceRole
            if (chosen := [entry for entry in evidence if entry.role == role])
        ],
        services_quoted=services_of(evidence),
        caveats=list(
            Caveat.objects.visible_to(user)
            .filter(cmoc=cmoc)
            .select_related("outcome", "refutes")
            .order_by("number", "pk")
        ),
        readings=list(Reading.objects.visible_to(user).filter(cmoc=cmoc).order_by("kind", "pk")),
        substantive_theories=list(
            SubstantiveTheoryLink.objects.visible_to(user)
            .filter(cmoc=cmoc)
            .select_related("substantive_theory")
            .order_by("substantive_theory__name", "pk")
        ),
        links=list(
            CMOCLink.objects.visible_to(user)
            .filter(Q(source_cmoc=cmoc) | Q(target_cmoc=cmoc))
            .select_related("source_cmoc", "source_outcome", "target_cmoc", "target_outcome")
            .order_by("number", "pk")
        ),
        notes=list(Memo.objects.visible_to(user).filter(cmoc=cmoc).order_by("key", "pk")),
        neighbours=neighbours_of(cmoc, siblings, everybody),
        previous=others[place - 1] if place else None,
        following=others[place + 1] if place + 1 < len(others) else None,
        siblings=len(siblings),
        standing=standings_of(cmoc.theory, [cmoc], everybody, user)[cmoc.pk],
        decisions=rows_of(cmoc.theory, user, cmoc),
    )


def slots_from(cmoc: CMOC, parts: Parts) -> list[Slot]:
    """Return the three columns of a configuration."""
    return [
        Slot(name, name.capitalize(), getattr(parts, f"{name}s"), Reporting(getattr(cmoc, f"{name}_absence")).label)
        for name in ("context", "mechanism", "outcome")
    ]


def slots_of(cmoc: CMOC, user: Person) -> list[Slot]:
    """Return the three columns of a configuration as it is saved."""
    return slots_from(cmoc, parts_of_theory(cmoc.theory_id, user).get(cmoc.pk, Parts()))


def services_of(evidence: list[Evidence]) -> list[tuple[str, str]]:
    """Return the number and type of each service whose staff are quoted."""
    found = {}
    for entry in evidence:
        participant = entry.quote.participant
        if participant is not None and participant.service is not None:
            found[participant.service.number] = participant.service.service_type
    return sorted(found.items())


def neighbours_of(cmoc: CMOC, siblings: dict[int, Sibling], everybody: dict[int, Parts]) -> list[Neighbour]:
    """Return the configurations that share a context, mechanism or outcome with one, and what they share."""
    own = everybody.get(cmoc.pk, Parts())
    found = []
    for other, sibling in sorted(siblings.items(), key=lambda item: item[1].number):
        shared = [
            f"same {slot}: {part.label}"
            for slot in ("context", "mechanism", "outcome")
            for part in getattr(own, f"{slot}s")
            if any(part.key == theirs.key for theirs in getattr(everybody[other], f"{slot}s"))
        ]
        if shared and other != cmoc.pk:
            found.append(Neighbour(sibling, shared))
    return found
