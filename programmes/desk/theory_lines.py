"""The configurations of the theory at hand in a line each: number, title, what leads to what, and how many quotes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Count, F, Q, Value
from django.db.models.functions import Cast, Left

from programmes.models import CMOC, Evidence
from programmes.models.configuration import SLOTS
from programmes.models.short_names import LONGEST_TITLE, cut_between_words
from programmes.models.slots import HEADINGS, KIND_HEADINGS, MEANINGS, order_of
from programmes.models.theory import not_retired
from programmes.vocabulary import EvidenceRole
from programmes.words import words_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from programmes.integrity.access import Person
    from programmes.models import Theory
    from programmes.models.configuration import Parts

MOST_LINES_SHOWN = 300


@dataclass(frozen=True)
class LinePart:
    """A part as a line shows it."""

    kind: str
    key: str
    label: str


class CountedQuotes:
    """How many quotes bear on a configuration, for it and against it."""

    roles: dict[str, int]  # how many there are in each role

    @property
    def speaking_for(self) -> int:
        """Return how many quotes bear on it and do not speak against it."""
        return sum(self.roles.values()) - self.against

    @property
    def against(self) -> int:
        """Return how many speak against it."""
        return self.roles.get(EvidenceRole.COUNTERS, 0)


@dataclass
class TheoryLine(CountedQuotes):
    """A configuration in a line."""

    pk: int
    number: int
    name: str  # what people call it
    title: str  # or the beginning of its statement
    status: str
    parts: list[list[LinePart]] = field(default_factory=list)  # in the order of the theory's form
    roles: dict[str, int] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Return its number as lists show it: as printed, where it has a label."""
        return self.name.removeprefix("CMOC ")

    @property
    def plain(self) -> str:
        """Return what leads to what, as one text."""
        return " → ".join("; ".join(part.label for part in column) for column in self.parts)


def lines_of_theory(theory: Theory, user: Person, only: Collection[int] | None = None) -> list[TheoryLine]:
    """Return the standing configurations of a theory in their order; all, or those with these ids."""
    chosen = Q(pk__in=only) if only is not None else Q()
    rows = CMOC.objects.visible_to(user).filter(not_retired(), chosen, theory=theory)
    begins = rows.annotate(begins=Left("statement", LONGEST_TITLE + 20)).order_by("number", "pk")
    found = {
        row.pk: line_begun(row, words_of(CMOC, "statement", row.begins))
        for row in begins.only("number", "label", "title", "status")
    }
    concerned = Q(cmoc__in=only) if only is not None else Q(cmoc__theory=theory)
    parts = line_parts(concerned)
    for pk, line in found.items():
        line.parts = columns_in_order(theory.form, parts[pk])
    counted = Evidence.objects.visible_to(user).filter(concerned, cmoc__theory=theory).order_by()
    for pk, role, number in counted.values_list("cmoc", "role").annotate(Count("pk")):
        if pk in found:
            found[pk].roles[role] = number
    return list(found.values())


def line_begun(cmoc: CMOC, statement: str) -> TheoryLine:
    """Return the line of a configuration but for its parts and counts; of the statement it needs the beginning."""
    title = cmoc.title or cut_between_words(statement[: LONGEST_TITLE + 20], LONGEST_TITLE)
    return TheoryLine(cmoc.pk, cmoc.number, cmoc.name, title, cmoc.status)


def columns_in_order(form: str, parts: dict[str, list[LinePart]]) -> list[list[LinePart]]:
    """Return parts by kind in the order of a theory's form, without the kinds that have none."""
    return [parts[kind] for kind in order_of(form, set(parts)) if parts.get(kind)]


def line_of_cmoc(cmoc: CMOC, parts: Parts, roles: dict[str, int]) -> TheoryLine:
    """Return the line of a configuration of which parts and counts are known already; its theory must be loaded."""
    line = line_begun(cmoc, cmoc.statement)
    named = {kind.name: [LinePart(kind.name, part.key, part.label) for part in kind.of(parts)] for kind in SLOTS}
    line.parts = columns_in_order(cmoc.theory.form, {kind: those for kind, those in named.items() if those})
    line.roles = roles
    return line


def line_parts(concerned: Q) -> defaultdict[int, dict[str, list[LinePart]]]:
    """Return the parts of configurations by id and kind, in their order."""
    columns = ("cmoc_id", "kind", "position", "id", "part_key", "part_label")
    queries: list[Any] = [
        kind.link.objects.filter(concerned)
        .order_by()
        .annotate(
            kind=Value(kind.name),
            part_key=Cast(F(f"{kind.relation}__{kind.key}"), CharField()),
            part_label=Cast(F(f"{kind.relation}__{kind.label}"), CharField()),
        )
        .values_list(*columns)
        for kind in SLOTS
    ]
    models = {kind.name: (kind.model, kind.label) for kind in SLOTS}
    found: defaultdict[int, dict[str, list[LinePart]]] = defaultdict(dict)
    for cmoc, kind, _, _, key, label in sorted(queries[0].union(*queries[1:], all=True)):
        found[cmoc].setdefault(kind, []).append(LinePart(kind, key, words_of(*models[kind], label)))
    return found


@dataclass(frozen=True)
class SlotHead:
    """A kind of part that a theory's form asks for, as forms name it."""

    name: str
    heading: str
    meaning: str
    is_element: bool


def slots_of_form(form: str, used: Iterable[str] = ()) -> list[SlotHead]:
    """Return the slots of theories of a form in its order, with those that are used besides."""
    elements = {kind.name: kind.is_element for kind in SLOTS}
    headings = {**KIND_HEADINGS, **HEADINGS.get(form, {})}
    return [SlotHead(name, headings[name], MEANINGS[name], elements[name]) for name in order_of(form, set(used))]
