"""New configurations that replace others, with copies of what they take over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from programmes.actions.decisions import (
    RETIRED,
    Decision,
    load_unretired,
    lock_theory,
    record_decision,
    record_steps,
    save_with_reason,
    set_status,
)
from programmes.actions.parts import part_called
from programmes.integrity.numbering import next_number, next_position
from programmes.models import CMOC, Caveat, CuratedModel, Evidence, LineageEvent, SubstantiveTheoryLink, Theory
from programmes.models.configuration import CONFIGURATION
from programmes.vocabulary import CMOCStatus

if TYPE_CHECKING:
    from programmes.models.configuration import PartKind
    from programmes.vocabulary import LineageKind

MERGED_FROM = 2  # the fewest configurations that a merge joins, and that a split makes


# What a configuration hands on, with the relation that two of its rows may not share in one configuration.
COPIED_MODELS: dict[type[Any], str] = {
    **{kind.link: kind.relation for kind in CONFIGURATION},
    Evidence: "quote",
    SubstantiveTheoryLink: "substantive_theory",
    Caveat: "",
}


@dataclass(frozen=True)
class NamedPart:
    """A part that a new configuration has and its predecessor had not, by its short wording."""

    kind: PartKind  # of an element of the theory
    label: str


@dataclass(frozen=True)
class Successor:
    """A new configuration: its title and statement, the rows it takes over, and parts of its own.

    Of rows about the same thing, such as two pieces of evidence with one quote, it takes the first. What a row says of
    the new configuration may differ: the role of a quote, or the wording of a part.
    """

    title: str
    statement: str
    takes: tuple[CuratedModel, ...]
    changes: dict[CuratedModel, dict[str, str]] = field(default_factory=dict)
    parts: tuple[NamedPart, ...] = ()


def rows_to_copy(cmoc: CMOC) -> list[CuratedModel]:
    """Return everything of a configuration that a successor can take over, in order."""
    rows: list[CuratedModel] = []
    for model, relation in COPIED_MODELS.items():
        found = model.objects.filter(cmoc=cmoc)
        if relation:
            found = found.select_related(relation)
        ordered = [entry.name for entry in model._meta.concrete_fields if entry.name in {"position", "number"}]
        rows += found.order_by(*ordered, "pk")
    return rows


def replace_cmocs(
    kind: LineageKind, cmocs: list[CMOC], into: list[Successor], decision: Decision
) -> tuple[LineageEvent, list[CMOC]]:
    """Create successors of some configurations, and retire those; return the decision and the successors."""
    theory = lock_theory(cmocs[0].theory_id)
    before = load_unretired(cmocs, decision)
    event = record_decision(kind, theory, decision)
    groups = {cmoc.group_id for cmoc in before}
    group = groups.pop() if len(groups) == 1 else None  # successors stay where all that they follow stood
    after = [create_successor(theory, successor, group, decision.reason) for successor in into]
    statuses = [cmoc.status for cmoc in before]
    for cmoc in before:
        set_status(cmoc, RETIRED, decision.reason)
    record_steps(
        event,
        ((old, new, status) for old, status in zip(before, statuses, strict=True) for new in after),
    )
    return event, after


def create_successor(theory: Theory, successor: Successor, group: int | None, reason: str) -> CMOC:
    """Create a configuration with copies of the rows it takes over."""
    cmoc = CMOC(
        theory=theory,
        number=next_number(CMOC, theory=theory),
        title=successor.title,
        statement=successor.statement,
        group_id=group,
        status=CMOCStatus.CANDIDATE,
    )
    save_with_reason(cmoc, reason)
    taken: set[tuple[type, int]] = set()
    for row in successor.takes:
        relation = COPIED_MODELS[type(row)]
        same = (type(row), getattr(row, f"{relation}_id") if relation else row.pk)
        if same in taken:
            continue
        taken.add(same)
        copy = unsaved_copy(row)
        copy.cmoc = cmoc  # type: ignore[attr-defined]  # every kind that is handed on has it
        for name, value in successor.changes.get(row, {}).items():
            setattr(copy, name, value)
        if isinstance(copy, Caveat):
            copy.number = next_number(Caveat, theory=theory)
        elif not isinstance(copy, SubstantiveTheoryLink):
            copy.position = next_position(type(copy), cmoc=cmoc)  # type: ignore[attr-defined]  # as above
        save_with_reason(copy, reason)
    for part in successor.parts:
        element = part_called(theory, part.kind, part.label, reason)
        if (part.kind.link, element.pk) not in taken:
            taken.add((part.kind.link, element.pk))
            position = next_position(part.kind.link, cmoc=cmoc)
            save_with_reason(part.kind.link(cmoc=cmoc, position=position, **{part.kind.relation: element}), reason)
    return cmoc


def unsaved_copy(row: CuratedModel) -> CuratedModel:
    values = {
        entry.attname: getattr(row, entry.attname)
        for entry in row._meta.concrete_fields
        if entry.name not in {"id", "version"}
    }
    return type(row)(**values)
