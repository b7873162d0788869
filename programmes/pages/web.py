"""The web of a theory's configurations, shared by the picture, the table and the files."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from programmes.diagrams.graph import CMOCNode, ElementNode, Mark, Web
from programmes.models import CMOC, CMOCLink, Evidence, Theory
from programmes.models.configuration import Parts, parts_of_theory, slots_from
from programmes.pages.base import distinct_parts
from programmes.vocabulary import CMOCStatus, EvidenceRole, LinkKind, LinkStatus, Slot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from programmes.integrity.access import Person
    from programmes.models.configuration import FilledSlot


@dataclass
class CMOCRow:
    """A configuration in the table."""

    cmoc: CMOC
    parts: Parts
    quoted: list[str] = field(default_factory=list)
    roles: dict[str, int] = field(default_factory=dict)
    caveats: int = 0
    slots: list[FilledSlot] = field(default_factory=list)

    @property
    def counters(self) -> int:
        """Return how many quotes speak against it."""
        return self.roles.get(EvidenceRole.COUNTERS, 0)

    @property
    def evidence(self) -> list[tuple[str, int]]:
        """Say how many quotes it has in each role."""
        return [(role.label.lower(), self.roles[role]) for role in EvidenceRole if role in self.roles]


# Where each value stands by which evidence is looked for, seen from a piece of evidence, and its label.
SPEAKER = "quote__participant__"
EVIDENCE_VALUES = {
    "role": ("role", "role"),
    "slot": ("slot", "slot"),
    "service": (f"{SPEAKER}service__number", f"{SPEAKER}service__service_type"),
    "sector": (f"{SPEAKER}service__sector", f"{SPEAKER}service__sector"),
    "speaker_role": (f"{SPEAKER}role", f"{SPEAKER}role"),
}


def add_evidence(rows: dict[int, CMOCRow], user: Person, theory: Theory) -> dict[str, dict[str, str]]:
    """Count the quotes of each configuration by role, and collect the services whose staff are quoted.

    Returns by what the evidence of this theory can be chosen: by the name of the filter the values and their labels.
    """
    found: dict[str, dict[str, str]] = {name: {} for name in EVIDENCE_VALUES}
    evidence = Evidence.objects.visible_to(user).filter(cmoc__theory=theory)
    columns = itertools.chain.from_iterable(EVIDENCE_VALUES.values())
    for cmoc, *values in evidence.order_by(f"{SPEAKER}service__number").values_list("cmoc_id", *columns):
        for name, value, label in zip(EVIDENCE_VALUES, values[::2], values[1::2], strict=True):
            if value:
                found[name][value] = label
        role, service = values[0], values[4]
        row = rows[cmoc]
        row.roles[role] = row.roles.get(role, 0) + 1
        if service and service not in row.quoted:
            row.quoted.append(service)
    return found


def unretired_rows(theory: Theory, user: Person) -> dict[int, CMOCRow]:
    """Return the configurations of a theory that are not retired, with parts and evidence, by id."""
    parts = parts_of_theory(theory.pk, user)
    cmocs = CMOC.objects.visible_to(user).filter(theory=theory).select_related("group").order_by("number", "pk")
    rows = {cmoc.pk: CMOCRow(cmoc, parts.get(cmoc.pk, Parts())) for cmoc in cmocs}
    add_evidence(rows, user, theory)
    return {key: row for key, row in rows.items() if row.cmoc.status != CMOCStatus.RETIRED}


def ripples_of(theory: Theory, links: list[CMOCLink], site: str = "") -> dict[str, list[Mark]]:
    """Return, for each outcome that is a context elsewhere, links to the configurations where it is."""
    found: dict[str, list[Mark]] = defaultdict(list)
    for link in links:
        becomes = link.kind == LinkKind.OUTCOME_BECOMES_CONTEXT and link.status != LinkStatus.DECLINED
        if becomes and link.source_outcome and link.target_cmoc:
            name = link.target_cmoc.name
            says = f"{link.source_outcome.label} becomes a context of {name}: {link.get_status_display().lower()}"
            href = site + reverse("cmoc", args=[theory.slug, link.target_cmoc.number])
            found[link.source_outcome.key].append(Mark(f"→ {name}", href, "ripple", says))
    return found


def web_of(theory: Theory, rows: list[CMOCRow], ripples: dict[str, list[Mark]], site: str = "") -> Web:
    """Return the web of these configurations; outside the site its links begin with the site's address."""
    slug, study = theory.slug, theory.study.slug

    def address(name: str, *arguments: Any) -> str:
        return site + reverse(name, args=arguments)

    def nodes(slot: str, name: str) -> tuple[ElementNode, ...]:
        return tuple(
            ElementNode(key, label, address(name, slug, key), tuple(ripples.get(key, [])) if name == "outcome" else ())
            for key, label in distinct_parts([row.parts for row in rows], slot)
        )

    def marks(row: CMOCRow) -> tuple[Mark, ...]:
        stated = [part.key for part in row.parts["services"]]
        words = {"quoted": "staff quoted", "stated": "stated relevant"}
        return tuple(
            Mark(number, address("service", study, number), basis, f"Service {number}, {words[basis]}")
            for numbers, basis in ((row.quoted, "quoted"), (stated, "stated"))
            for number in numbers
        )

    return Web(
        contexts=nodes("contexts", "context"),
        cmocs=tuple(
            CMOCNode(
                number=row.cmoc.number,
                name=row.cmoc.name,
                group=row.cmoc.group.heading if row.cmoc.group else "",
                labels=tuple(part.label for part in row.parts["mechanisms"]) or missing_mechanism(row),
                href=address("cmoc", slug, row.cmoc.number),
                contexts=tuple(part.key for part in row.parts["contexts"]),
                outcomes=tuple(part.key for part in row.parts["outcomes"]),
                services=marks(row),
                beneficiaries=tuple(part.label for part in row.parts["beneficiaries"]),
                counters=row.counters,
                caveats=row.caveats,
                missing=missing_words(row),
            )
            for row in rows
        ),
        outcomes=nodes("outcomes", "outcome"),
    )


def missing_slots(row: CMOCRow) -> Iterator[tuple[str, str]]:
    """Yield each empty slot with the words that say in which way it is, where somebody said that."""
    for slot in slots_from(row.cmoc, row.parts):
        if slot.absence and not slot.parts:
            yield slot.name, f"{slot.label}: {slot.absence.lower()}"


def missing_mechanism(row: CMOCRow) -> tuple[str, ...]:
    """Say in which way the mechanism is missing, in its place in the picture."""
    return tuple(words for name, words in missing_slots(row) if name == Slot.MECHANISM)


def missing_words(row: CMOCRow) -> tuple[str, ...]:
    """Say in which way the outer slots are missing."""
    return tuple(words.lower() for name, words in missing_slots(row) if name != Slot.MECHANISM)
