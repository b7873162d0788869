"""A table that is to be taken in, as it is looked at: what its columns and the words of its sentences were read as."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from programmes.tables_in import heads
from programmes.tables_in.sentences import read_sentence

if TYPE_CHECKING:
    from programmes.package.from_table import TablePackage
    from programmes.tables_in.account import CellAccount
    from programmes.tables_in.columns import TableLayout
    from programmes.tables_in.grid import GridCell

MOST_ROWS = 200  # of a table that are shown
COLUMN, SPAN = "column", "span"  # begin the names of fields
SLOTS = {
    "": "Not said",
    heads.LABEL: "Label",
    heads.TITLE: "Title",
    heads.GROUP: "Heading of a group",
    heads.STATEMENT: "Statement",
    heads.CONTEXT: "Context",
    heads.MECHANISM: "Mechanism",
    heads.RESOURCE: "Mechanism: resource",
    heads.REASONING: "Mechanism: reasoning",
    heads.OUTCOME: "Outcome",
    heads.INTERVENTION: "Intervention",
    heads.STRATEGY: "Strategy",
    heads.ACTOR: "Who acts",
    heads.BENEFICIARY: "Who benefits",
    heads.SUPPORTS: "Quote, supports",
    heads.COUNTERS: "Quote, speaks against",
    heads.QUOTE: "Quote",
    heads.NOT_PLACED: "Not placed",
}


@dataclass(frozen=True)
class ShownCell:
    """A cell of the table as it is shown, and what it became."""

    text: str
    rows: int
    columns: int
    became: str
    is_asked: bool
    pieces: list[ShownPiece] = field(default_factory=list)  # of a sentence that was read


@dataclass(frozen=True)
class ShownPiece:
    """Words of a sentence: what they were read as, and the field by which they can be read otherwise; or neither."""

    words: str
    slot: str = ""
    name: str = ""

    @property
    def label(self) -> str:
        """Return what they were read as, for people."""
        return SLOTS.get(self.slot, "")


@dataclass(frozen=True)
class ShownHead:
    """What stands above a column, and what it was read as: to be chosen, unless an appendix of ours says it itself."""

    column: int
    head: str
    name: str  # of the field
    slot: str
    is_fixed: bool


@dataclass(frozen=True)
class ShownTable:
    """A table with its heads as printed, what each column was read as, and its rows."""

    number: int
    caption: str
    heads: list[ShownHead]
    rows: list[tuple[int, str, list[ShownCell]]]  # number, what becomes of it, cells
    height: int


def shown_pieces(table: int, cell: GridCell, account: CellAccount) -> list[ShownPiece]:
    """Return a sentence as what was read in it and what lies between, or nothing where nothing was read."""
    reading = read_sentence(cell.text)
    place = (table, cell.row, cell.column)
    spans = [
        replace(span, slot=account.choices.spans.get((*place, at), span.slot)) for at, span in enumerate(reading.spans)
    ]
    names = {(span.start, span.end): f"{SPAN}:{'-'.join(map(str, (*place, at)))}" for at, span in enumerate(spans)}
    found, at = [], 0
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if span.start >= at:  # who acts is named inside other words
            found += [ShownPiece(cell.text[at : span.start])] * (span.start > at)
            found.append(ShownPiece(cell.text[span.start : span.end], span.slot, names[span.start, span.end]))
            at = span.end
    return [*found, ShownPiece(cell.text[at:])] if found else []


def pieces_asked(made: TablePackage, question: dict[str, Any]) -> list[ShownPiece]:
    """Return the sentence that a question shows, with its reading; nothing where the question is of no sentence."""
    layout = next(layout for layout in made.read.layouts if layout.table.number == question["table"])
    cell = layout.table.owners.get((question["row"] - 1, (question["column"] or 1) - 1))
    if cell is None or "-sentence" not in question["key"]:
        return []
    return shown_pieces(layout.table.number, cell, made.read.account)


def shown_table(layout: TableLayout, made: TablePackage) -> ShownTable:
    """Return one table as it is shown."""
    table, account = layout.table, made.read.account
    read_of = {one.statement for one in made.configurations if one.parts and not one.is_own}
    read_of = set() if layout.columns(*heads.CORE) else read_of  # its parts stand in columns of their own
    what = {one.row: became for one, _, became in made.rows.became if one.table == table.number}

    def shown(cell: GridCell) -> ShownCell:
        place = (table.number, cell)
        reach = min(cell.rows, MOST_ROWS + 1)
        became, asked = account.became.get(place, ""), place in account.asked_about
        pieces = shown_pieces(table.number, cell, account) if cell.text in read_of else []
        return ShownCell(cell.text, reach, cell.columns, became, asked, pieces)

    rows = [
        (row + 1, what.get(row + 1, ""), [shown(cell) for cell in table.row_cells(row) if cell.row == row])
        for row in range(min(table.height, MOST_ROWS))
    ]
    own = made.read.is_own
    columns = [
        ShownHead(column + 1, head, f"{COLUMN}:{table.number}-{column}", slot, own and bool(slot))
        for column, (head, slot) in enumerate(zip(layout.heads, layout.slots, strict=True))
    ]
    return ShownTable(table.number, table.caption, columns, rows, table.height)
