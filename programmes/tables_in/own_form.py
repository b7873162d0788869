"""An appendix that was written here, read back: its heads are known, so that nothing is guessed and nothing is asked.

A cell of it is taken letter for letter. What an appendix tells beside configurations, quotes, caveats, services and
sources follows from the record, and is listed as not carried.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from programmes.tables_in.account import ReadConfiguration
from programmes.tables_in.columns import TableLayout
from programmes.tables_in.heads import (
    ACTOR,
    BENEFICIARY,
    CONTEXT,
    COUNTERS,
    GROUP,
    INTERVENTION,
    LABEL,
    MECHANISM,
    NOT_PLACED,
    OUTCOME,
    PARTS,
    QUOTE,
    STATEMENT,
    STRATEGY,
    SUPPORTS,
    TITLE,
    slot_of_head,
)
from programmes.tables_in.quotes import PrintedQuote
from programmes.vocabulary import CaveatKind, EvidenceRole, MechanismKind, Reporting, Slot, SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from programmes.tables_in.account import CellAccount
    from programmes.tables_in.grid import GridCell, PrintedTable

CALLED, NUMBER, SERVICES = "CMOC no.", "Number", "Services stated relevant"
# What each column of the table of CMOCs holds, in every form of a theory.
COLUMNS = {
    CALLED: LABEL,
    NUMBER: "number",
    "Group": GROUP,
    "Title": TITLE,
    "Statement": STATEMENT,
    "Context": CONTEXT,
    "If": CONTEXT,
    "Mechanism": MECHANISM,
    "Because": MECHANISM,
    "Outcome": OUTCOME,
    "Then": OUTCOME,
    "Intervention": INTERVENTION,
    "Strategy": STRATEGY,
    "Actor": ACTOR,
    "Who acts": ACTOR,
    "Who benefits": BENEFICIARY,
    SERVICES: "services",
}
# The tables that are carried besides: by a head that only they have, the heads that are read of them.
BESIDE: dict[str, tuple[set[str], set[str]]] = {
    "quotes": (
        {CALLED, "Quote"},
        {CALLED, "Role", "Part", "Quote", "Speaker", "Source", "Line", "Place", "Key"},
    ),
    "caveats": ({"Kind", "Text"}, {"Caveat", CALLED, "Outcome", "Kind", "Text", "Place", "Speaks against"}),
    "services": (
        {"Service", "Type"},
        {"Service", "Name", "Type", "Sector", "Location", "Programme", "Said to be missing"},
    ),
    "names": ({CALLED, "Column", "Name"}, {CALLED, "Column", "Words", "Name", "Half"}),
    "sources": ({"Source", "Kind of source"}, {"Source", "Kind of source", "Title"}),
}
OTHERS = {"Verdict"}  # heads of tables that name CMOCs and are of something else
FOLLOWS = "is not carried: it follows from the record, or is made anew"
NOT_CARRIED = "is not carried: an appendix gives back CMOCs, quotes, caveats, services and sources"
CUT = re.compile(r"\[… [\d,]+ more letters than a cell holds\]$")
WORDS_OF = {
    model: {str(term.label): term.value for term in model}
    for model in (Reporting, EvidenceRole, CaveatKind, SourceKind, MechanismKind, Slot)
}
ABSENCES = {label: value for label, value in WORDS_OF[Reporting].items() if value != Reporting.REPORTED}
SIDES: dict[str, str] = {EvidenceRole.SUPPORTS: SUPPORTS, EvidenceRole.COUNTERS: COUNTERS}


@dataclass(frozen=True)
class PartName:
    """What a part is called whose words are others in its configuration, and which half of a mechanism it is."""

    words: str
    name: str
    half: str = ""


@dataclass(frozen=True)
class OwnRow:
    """A row of a table, by its heads, with its place."""

    table: PrintedTable
    row: int
    cells: dict[str, GridCell]

    def text(self, head: str) -> str:
        """Return what stands under a head; nothing where nothing does."""
        return self.cells[head].text if head in self.cells else ""


@dataclass
class OwnRows:
    """What an appendix tells beside its configurations, row by row."""

    caveats: list[dict[str, str]] = field(default_factory=list)
    services: list[dict[str, str]] = field(default_factory=list)
    sources: list[dict[str, str]] = field(default_factory=list)


def is_appendix(tables: tuple[PrintedTable, ...]) -> bool:
    """Say whether there is a table of CMOCs under heads of ours; a file may have our mark and no such table."""
    return any(kind_of_table(heads_in_first_row(table)) == "cmocs" for table in tables)


def heads_in_first_row(table: PrintedTable) -> list[str]:
    """Return what stands in the first row of a table, column by column."""
    first = (table.owners.get((0, column)) for column in range(table.width))
    return ["" if cell is None else " ".join(cell.text.split()) for cell in first]


def kind_of_table(heads: list[str]) -> str:
    """Return what a table is of, by its heads; nothing where it is not carried."""
    named = set(heads)
    for kind, (needed, _) in BESIDE.items():
        if needed <= named:
            return kind
    slots = {COLUMNS[head] for head in named if head in COLUMNS}
    told = slots & {STATEMENT, TITLE, *PARTS}
    return "cmocs" if CALLED in named and (told or NUMBER in named) and not named & OTHERS else ""


class OwnFormReader:
    """Reads the tables of an appendix."""

    def __init__(self, tables: tuple[PrintedTable, ...], account: CellAccount) -> None:
        self.tables, self.account = tables, account
        self.kinds = [(table, kind_of_table(heads_in_first_row(table))) for table in tables]
        self.found: list[ReadConfiguration] = []
        self.called: dict[str, list[ReadConfiguration]] = {}
        self.beside = OwnRows()

    def read(self) -> list[TableLayout]:
        """Read all tables, those first that others name; return the layout of each."""
        layouts = {table.number: self.layout(table, kind) for table, kind in self.kinds}
        readers = {
            "cmocs": self.configuration,
            "names": self.name,
            "quotes": self.quote,
            "caveats": self.caveat,
            "services": self.service,
            "sources": self.source,
        }
        for wanted, reader in readers.items():
            for table, kind in self.kinds:
                if kind == wanted:
                    for row in self.rows(table, layouts[table.number]):
                        reader(row)
        for table, kind in self.kinds:
            for cell in table.cells:
                if not cell.blank:
                    self.account.leave(table, cell, FOLLOWS if kind else NOT_CARRIED)
        return list(layouts.values())

    def layout(self, table: PrintedTable, kind: str) -> TableLayout:
        """Return what the columns of a table hold; a head that somebody added is read as others are, or asked about."""
        heads = heads_in_first_row(table)
        if not kind:
            return TableLayout(table, 1, tuple(heads), (NOT_PLACED,) * len(heads))
        slots = []
        for column, head in enumerate(heads):
            known = BESIDE[kind][1] if kind in BESIDE else set(COLUMNS)
            slots.append((COLUMNS[head] if kind == "cmocs" else head) if head in known else NOT_PLACED)
            cell = table.owners.get((0, column))
            if cell is not None and not cell.blank:
                self.account.place(table, cell, "head")
        if kind == "cmocs":
            slots = [self.chosen(table, column, slot, heads[column]) for column, slot in enumerate(slots)]
        return TableLayout(table, 1, tuple(heads), tuple(slots))

    def chosen(self, table: PrintedTable, column: int, slot: str, head: str) -> str:
        """Return what somebody chose for a column, or what it holds by its head; what no head says is asked."""
        if chosen := self.account.choices.columns.get((table.number, column)):
            return chosen
        if slot == NOT_PLACED and head not in {"Status", "For", "Against", "Address"}:
            slot = slot_of_head(head)
            filled = (table.owners.get((row, column)) for row in range(1, table.height))
            cells = [cell for cell in filled if cell is not None and not cell.blank]
            for cell in cells if not slot else ():
                self.account.ask("column", table, cell, head)
        return slot

    def rows(self, table: PrintedTable, layout: TableLayout) -> Iterator[OwnRow]:
        """Yield the rows below the heads in which anything stands, by what their columns hold."""
        for row in range(1, table.height):
            cells: dict[str, GridCell] = {}
            for column, slot in enumerate(layout.slots):
                cell = table.owners.get((row, column))
                if cell is not None and not cell.blank and slot != NOT_PLACED:
                    cells.setdefault(slot, cell)
            if cells:
                yield OwnRow(table, row, cells)

    def take(self, row: OwnRow, *heads: str) -> None:
        """Say that cells of a row were taken; one that its file had to cut is told of."""
        for head in heads:
            if head in row.cells:
                cell = row.cells[head]
                self.account.place(row.table, cell, head)
                if CUT.search(cell.text):
                    why = "a cell of a workbook holds no more; the Word file has all of it"
                    self.account.leave(row.table, cell, why, cell.text[-60:])

    def configuration(self, row: OwnRow) -> None:
        """Read a CMOC."""
        called, number = row.text(LABEL), row.text("number")
        has_numbers = NUMBER in heads_in_first_row(row.table)
        one = ReadConfiguration(row.table.number, row.row + 1, is_own=True)
        digits = number if number or not has_numbers else called
        one.number = int(digits) if digits.isdecimal() and len(digits) < 7 else None  # noqa: PLR2004  # digits
        one.label = "" if has_numbers and not number else called
        one.title, one.group = row.text(TITLE), row.text(GROUP)
        for slot, cell in row.cells.items():
            if slot == STATEMENT or slot in PARTS:
                term = ABSENCES.get(cell.text, "")
                if term:
                    one.absences[slot] = term
                elif slot == STATEMENT:
                    one.statement = cell.text
                else:
                    for line in filter(str.strip, cell.text.split("\n")):
                        one.add(slot, line)
        stated = row.text("services")
        if stated in ABSENCES:
            one.absences["services"] = ABSENCES[stated]
        else:
            one.services = [line for line in stated.split("\n") if line.strip()]
        self.take(row, *row.cells)
        self.found.append(one)
        self.called.setdefault(called, []).append(one)

    def named(self, row: OwnRow) -> ReadConfiguration | None:
        """Return the configuration that a row is on; a name that none has, or two have, is told of."""
        found = self.called.get(row.text(CALLED), [])
        if len(found) == 1:
            self.take(row, CALLED)
            return found[0]
        why = "two CMOCs are called so" if found else "no CMOC is called so"
        for cell in row.cells.values():
            self.account.leave(row.table, cell, why)
        return None

    def name(self, row: OwnRow) -> None:
        """Read what a part is called."""
        one, slot = self.named(row), COLUMNS.get(row.text("Column"), "")
        if one is None or slot not in PARTS or not row.text("Name"):
            return
        words = row.text("Words") or row.text("Name")
        half = WORDS_OF[MechanismKind].get(row.text("Half"), "")
        printed = " ".join(words.split())
        there = one.parts.get(slot, [])
        printed = printed if printed in there else row.text("Name")
        one.names[slot, printed] = PartName(words, row.text("Name"), half)
        self.take(row, *row.cells)

    def quote(self, row: OwnRow) -> None:
        """Read a quote on a CMOC."""
        if (one := self.named(row)) is None or not row.text("Quote"):
            return
        role = WORDS_OF[EvidenceRole].get(row.text("Role"), "")
        part = WORDS_OF[Slot].get(row.text("Part"), "")
        words, line = row.text("Quote"), row.text("Line")
        quote = PrintedQuote(
            words,
            words,
            row.text("Speaker"),
            role,
            part,
            row.text("Key"),
            row.text("Source"),
            int(line) if line.isdecimal() and len(line) < 9 else None,  # noqa: PLR2004  # digits
            row.text("Place"),
        )
        one.quotes.append((SIDES.get(role, QUOTE), quote))
        unread = {head for head, known in (("Role", role), ("Part", part), ("Line", quote.line)) if not known}
        self.take(row, *(row.cells.keys() - unread))

    def caveat(self, row: OwnRow) -> None:
        """Read a caveat: on a CMOC, on an outcome or on the whole theory."""
        kind = WORDS_OF[CaveatKind].get(row.text("Kind"), "")
        one = self.named(row) if row.text(CALLED) else None
        if (row.text(CALLED) and one is None) or not row.text("Text"):
            return
        if not kind:
            for cell in row.cells.values():
                self.account.leave(row.table, cell, "its kind is not one that caveats have here")
            return
        self.beside.caveats.append({**texts(row), "Kind": kind, "on": row.text(CALLED)})
        self.take(row, *row.cells)

    def service(self, row: OwnRow) -> None:
        """Read a service."""
        if row.text("Service") and row.text("Type"):
            self.beside.services.append(texts(row))
            self.take(row, *row.cells)

    def source(self, row: OwnRow) -> None:
        """Read what a source of quotes is."""
        if kind := WORDS_OF[SourceKind].get(row.text("Kind of source"), ""):
            self.beside.sources.append({**texts(row), "Kind of source": kind})
            self.take(row, *row.cells)


def texts(row: OwnRow) -> dict[str, str]:
    """Return what stands in a row, by heads."""
    return {head: cell.text for head, cell in row.cells.items()}
