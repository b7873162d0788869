"""The web of a theory's configurations, shared by the picture, the table and the files."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from programmes.diagrams.graph import CMOCNode, ElementNode, Head, Mark, Web
from programmes.models import CMOC, CMOCLink, Evidence, Theory
from programmes.models.configuration import Parts, parts_of_theory
from programmes.models.short_names import joined, with_number
from programmes.models.slots import columns_of, plain_meaning, slots_from
from programmes.pages.choices import EVIDENCE_VALUES, SERVICE, SPEAKER, add_values, sectors_quoted, values_read
from programmes.vocabulary import CMOCStatus, EvidenceRole, Holding, LinkKind, LinkStatus, StatementOrigin
from programmes.words import Sentence, like

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from programmes.integrity.access import Person
    from programmes.models.slots import FilledSlot, SlotColumn


@dataclass
class CMOCRow:
    """A configuration in the table."""

    cmoc: CMOC
    parts: Parts
    quoted: dict[str, Sentence] = field(default_factory=dict)  # the services, by number
    speakers: set[tuple[int | None, str | None]] = field(default_factory=set)  # and the kinds of their sources
    roles: dict[str, int] = field(default_factory=dict)
    caveats: int = 0
    slots: list[FilledSlot] = field(default_factory=list)  # none where nothing is said of any

    @property
    def status_word(self) -> str:
        """Return the word for a configuration that no longer stands as it was put."""
        return STATUS_WORDS.get(self.cmoc.status, "")

    @property
    def counters(self) -> int:
        """Return how many quotes speak against it."""
        return self.roles.get(EvidenceRole.COUNTERS, 0)

    @property
    def evidence(self) -> list[tuple[str, int]]:
        """Say how many quotes it has in each role."""
        return [(role.label.lower(), self.roles[role]) for role in EvidenceRole if role in self.roles]


WHO = (f"{SPEAKER}pk", "quote__source__kind")


def add_evidence(
    rows: dict[int, CMOCRow], user: Person, theory: Theory, among: QuerySet[Evidence, Any] | None = None
) -> dict[str, dict[str, str]]:
    """Count the quotes of each configuration by role, and collect the services that are quoted.

    Where evidence is given, that is counted, instead of all that the reader may see. Returns by what the evidence of
    this theory can be chosen: by the name of the filter the values and their labels.
    """
    found: dict[str, dict[str, Any]] = {name: {} for name in (*EVIDENCE_VALUES, "sector")}
    evidence = (Evidence.objects.visible_to(user) if among is None else among).filter(cmoc__theory=theory)
    columns = itertools.chain.from_iterable(EVIDENCE_VALUES.values())
    evidence = evidence.order_by(f"{SERVICE}number", "quote__source__reference__number")
    for cmoc, who, kind, *read in evidence.values_list("cmoc_id", *WHO, *columns):
        chosen = values_read(read)
        add_values(found, chosen)
        role, service = chosen["role"][0], chosen["service"][0]
        row = rows[cmoc]
        row.speakers.add((who, kind))
        row.roles[role] = row.roles.get(role, 0) + 1
        if service:
            row.quoted[service] = found["service"][service]
    found["sector"] = sectors_quoted(theory, user, found["service"])
    return found


def unretired_rows(theory: Theory, user: Person) -> dict[int, CMOCRow]:
    """Return the configurations of a theory that are not retired, with parts and evidence, by id."""
    parts = parts_of_theory(theory.pk, user)
    visible = CMOC.objects.visible_to(user).filter(theory=theory).select_related("group")
    cmocs = theory.in_own_order(visible, lambda cmoc: (None, cmoc.number))  # the picture finds groups by itself
    rows = {cmoc.pk: CMOCRow(cmoc, parts.get(cmoc.pk, Parts())) for cmoc in cmocs}
    add_evidence(rows, user, theory)
    return {key: row for key, row in rows.items() if row.cmoc.status != CMOCStatus.RETIRED}


# How a relation is told at its start, before what it leads to. In the first two one leads on to the other.
RELATION_WORDS = {
    LinkKind.OUTCOME_BECOMES_CONTEXT: "→",
    LinkKind.DISTAL_OUTCOME: "→",
    LinkKind.OPPOSES: "opposes",
    LinkKind.REINFORCES: "reinforces",
    LinkKind.NESTED_IN: "nested in",
    LinkKind.ALTERNATIVE_TO: "alternative to",
    LinkKind.SIMILAR_CONTEXT: "context like that of",
    LinkKind.SIMILAR_MECHANISM: "mechanism like that of",
    LinkKind.SAME_CONSTRUCT: "same construct as in",
}
MARK_KINDS = {LinkKind.OUTCOME_BECOMES_CONTEXT: "ripple", LinkKind.DISTAL_OUTCOME: "chain"}
DOUBTS = {LinkStatus.POSSIBLE, LinkStatus.INFERRED}  # of a relation that nobody states: told wherever it is drawn
SHORT = 20  # letters of a label in a mark


def ends_of(link: CMOCLink) -> tuple[tuple[str, Any], tuple[str, Any]]:
    """Return what a link starts from and what it leads to: the kind of record, and the record or the text."""
    source = ("cmoc", link.source_cmoc) if link.source_cmoc else ("outcome", link.source_outcome)
    targets = [
        ("cmoc", link.target_cmoc),
        ("outcome", link.target_outcome),
        ("context", link.target_context),
        ("text", link.target_text),
    ]
    return source, next((kind, end) for kind, end in targets if end)


def node_name(kind: str, end: Any) -> str:
    """Return what the node of a record is called in files."""
    return f"cmoc:{end.number}" if kind == "cmoc" else f"{kind}:{end.key}" if kind != "text" else ""


def link_marks(theory: Theory, links: list[CMOCLink], site: str = "") -> dict[str, list[Mark]]:
    """Return, for each outcome and configuration, marks that lead to what it leads on or is related to."""
    found: dict[str, list[Mark]] = defaultdict(list)
    for link in links:
        if link.status == LinkStatus.DECLINED:
            continue
        (start_kind, start), (kind, end) = ends_of(link)
        name = str(end) if kind == "cmoc" else end if kind == "text" else end.label
        short = name if len(name) <= SHORT else f"{name[:SHORT].rpartition(' ')[0] or name[:SHORT]} …"
        words = RELATION_WORDS[LinkKind(link.kind)]
        kind_words = link.get_kind_display().lower()
        label = str(start) if start_kind == "cmoc" else start.label
        status = f" ({link.get_status_display().lower()})" if link.status else ""
        doubt = f" ({link.status})" if link.status in DOUBTS else ""
        address = [theory.slug, end.number if kind == "cmoc" else end.key] if kind != "text" else []
        found[node_name(start_kind, start)].append(
            Mark(
                text=like(name, f"{words} {short}{doubt}"),
                href=site + reverse(kind, args=address) if address else "",
                kind=MARK_KINDS.get(LinkKind(link.kind), "link"),
                aria_label=f"{label}: {kind_words}: {name}{status}",
                said=Sentence(label, f": {kind_words}: ", name, status),
                target=node_name(kind, end),
                relation=link.kind,
                status=link.status,
            )
        )
    return found


# The words for configurations that no longer stand as they were put.
STATUS_WORDS: dict[str, str] = {
    status: str(status.label).lower() for status in (CMOCStatus.CONTESTED, CMOCStatus.REFUTED, CMOCStatus.RETIRED)
}


def web_of(
    theory: Theory,
    rows: list[CMOCRow],
    links: dict[str, list[Mark]],
    site: str = "",
    holds: Mapping[str, str] | None = None,
) -> Web:
    """Return the web of these configurations; outside the site its links begin with the site's address.

    Quotes and caveats are counted where the theory holds any that the reader may see.
    """
    counted = {kind for kind, word in (holds or {}).items() if word == Holding.LOADED}
    slug, study = theory.slug, theory.study.slug
    columns = columns_of(theory.form, [(row.cmoc, row.parts) for row in rows])
    names = [column.name for column in columns]
    before = names[: names.index("context")] if "context" in names else []

    def address(name: str, *arguments: Any) -> str:
        return site + reverse(name, args=arguments)

    def nodes(column: SlotColumn) -> tuple[ElementNode, ...]:
        found = {part.key: part for row in rows for part in column.kind.of(row.parts)}
        return tuple(
            ElementNode(
                part.key,
                part.label,
                address(column.name, slug, part.key),
                tuple(links.get(f"{column.name}:{part.key}", [])),
                tuple(part.quality_words) if column.name == "outcome" else (),
                part.valence,
                part.sign,
            )
            for part in sorted(found.values(), key=lambda part: (part.label.lower(), part.key))
        )

    def marks(row: CMOCRow) -> tuple[Mark, ...]:
        stated = {part.key: with_number(joined(part.label), part.key) for part in row.parts["services"]}
        words = {"quoted": "quoted", "stated": "stated relevant"}
        return tuple(
            Mark(number, address("service", study, number), basis, f"{name}, {words[basis]}", name=name)
            for services, basis in ((row.quoted, "quoted"), (stated, "stated"))
            for number, name in services.items()
        )

    def cmoc_node(row: CMOCRow) -> CMOCNode:
        slots = {slot.name: slot for slot in slots_from(row.cmoc, row.parts, columns)}
        inside = {
            name: tuple(part.label for part in slot.parts) or tuple(filter(None, [slot.missing]))
            for name, slot in slots.items()
        }
        return CMOCNode(
            number=row.cmoc.number,
            name=row.cmoc.name,
            group=row.cmoc.group.heading if row.cmoc.group else "",
            labels=inside.get("mechanism", ()),
            href=address("cmoc", slug, row.cmoc.number),
            contexts=tuple(part.key for part in row.parts["contexts"]),
            outcomes=tuple(part.key for part in row.parts["outcomes"]),
            services=marks(row),
            beneficiaries=tuple(part.label for part in row.parts["beneficiaries"]),
            counters=row.counters if "quotes" in counted else None,
            caveats=row.caveats if "caveats" in counted else None,
            missing=tuple(
                slots[name].missing.lower() for name in names if name in {"context", "outcome"} and slots[name].missing
            ),
            further=tuple((name, tuple(part.key for part in slots[name].parts)) for name in before),
            cells=tuple(
                (name, inside[name]) for name in names if name not in {*before, "context", "mechanism", "outcome"}
            ),
            actors=tuple(part.label for part in row.parts["actors"]) if "actor" not in names else (),
            links=tuple(links.get(f"cmoc:{row.cmoc.number}", [])),
            status=STATUS_WORDS.get(row.cmoc.status, ""),
            stands=row.cmoc.status,
            absent=tuple(slot.missing for slot in slots.values() if slot.missing),
        )

    boxes = {column.name: nodes(column) for column in columns if column.name in {*before, "context", "outcome"}}
    return Web(
        contexts=boxes.get("context", ()),
        cmocs=tuple(cmoc_node(row) for row in rows),
        outcomes=boxes.get("outcome", ()),
        further=tuple((name, boxes[name]) for name in before),
        heads=tuple(head_of(theory, column) for column in in_picture(columns)),
    )


def in_picture(columns: list[SlotColumn]) -> list[SlotColumn]:
    """Return the columns from left to right: lines lead on to the outcomes, so these stand last."""
    return sorted(columns, key=lambda column: column.name == "outcome")


def head_of(theory: Theory, column: SlotColumn) -> Head:
    """Return the head of a column, with plain words unless the form or the authors have words of their own."""
    plain = plain_meaning(column.name, column.heading, context_defined=bool(theory.context_meaning))
    return Head(column.name, column.heading, meaning_of(theory, column), plain)


def meaning_of(theory: Theory, column: SlotColumn) -> str:
    """Return what a column asks, unless the authors say themselves what they count as context."""
    if column.name == "context" and theory.context_meaning:
        return (
            "as the team defines it" if theory.study.statements == StatementOrigin.OWN else "as the authors define it"
        )
    return column.meaning
