"""A table as it was printed: cells with what they span, before anybody says what its columns are."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from programmes.characters import is_blank

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_CELLS = 200_000  # of a table, counted with what they span
MOST_COLUMNS = 400
MOST_LETTERS = 100_000  # of a cell
ITEMS, PARAGRAPHS = "items", "paragraphs"  # what the lines of a cell are, where its file says so


class TableError(ValueError):
    """A file that cannot be taken in as a table; the message says why and what to do."""


@dataclass(frozen=True)
class GridCell:
    """A cell as printed, with its first row and column (from 0) and how far it reaches."""

    text: str
    row: int
    column: int
    rows: int = 1
    columns: int = 1
    head: bool = False
    strong: bool = False
    lines_are: str = ""
    marks: tuple[str, ...] = ()  # of footnotes, which stood raised in it

    @property
    def blank(self) -> bool:
        """Say whether it shows nothing."""
        return is_blank(self.text)

    @property
    def place(self) -> str:
        """Return where it stands, as people count."""
        return f"row {self.row + 1}, column {self.column + 1}"


@dataclass(frozen=True)
class PrintedTable:
    """One table of a file, or the paragraphs of a file that has none, each as a row of one cell."""

    number: int
    cells: tuple[GridCell, ...]
    caption: str = ""
    paragraphs: bool = False  # it is no table in its file

    @cached_property
    def owners(self) -> dict[tuple[int, int], GridCell]:
        """Return for each row and column the cell that covers it."""
        return {
            (row, column): cell
            for cell in self.cells
            for row in range(cell.row, cell.row + cell.rows)
            for column in range(cell.column, cell.column + cell.columns)
        }

    @cached_property
    def height(self) -> int:
        """Return the number of rows."""
        return max((cell.row + cell.rows for cell in self.cells), default=0)

    @cached_property
    def width(self) -> int:
        """Return the number of columns."""
        return max((cell.column + cell.columns for cell in self.cells), default=0)

    def row_cells(self, row: int) -> list[GridCell]:
        """Return the cells that cover a row, each once, from left to right."""
        found = (self.owners.get((row, column)) for column in range(self.width))
        return list(dict.fromkeys(cell for cell in found if cell is not None))

    def turned(self) -> PrintedTable:
        """Return it with rows as columns."""
        cells = (
            GridCell(
                cell.text,
                cell.column,
                cell.row,
                cell.columns,
                cell.rows,
                cell.head,
                cell.strong,
                cell.lines_are,
                cell.marks,
            )
            for cell in self.cells
        )
        return PrintedTable(self.number, tuple(cells), self.caption)


@dataclass(frozen=True)
class TablesRead:
    """What a file holds: its tables, and the words around them."""

    tables: tuple[PrintedTable, ...]
    outside: tuple[str, ...] = ()
    own: bool = False  # written here, and read letter for letter
    title: str = ""  # of the file, where it was written here

    @property
    def called(self) -> str:
        """Return what the file or its first table is called."""
        return self.title or self.tables[0].caption


@dataclass
class GridMaker:
    """Rows of cells that reach over others, set where they belong, as HTML and Word say it."""

    cells: list[GridCell] = field(default_factory=list)
    taken: set[tuple[int, int]] = field(default_factory=set)

    def add(self, row: int, start: int, cell: GridCell) -> int:
        """Set a cell in a row at the first free column from `start` on; return the column after it."""
        column = start
        while (row, column) in self.taken:
            column += 1
        rows, columns = max(1, cell.rows), max(1, cell.columns)
        if column + columns > MOST_COLUMNS or len(self.taken) + rows * columns > MOST_CELLS:
            raise TableError(
                f"has a table of more than {MOST_COLUMNS} columns or {MOST_CELLS:,} cells. Divide it, and give it again"
            )
        self.taken.update((at, below) for at in range(row, row + rows) for below in range(column, column + columns))
        placed = GridCell(cell.text, row, column, rows, columns, cell.head, cell.strong, cell.lines_are, cell.marks)
        self.cells.append(checked(placed))
        return column + columns


def checked(cell: GridCell) -> GridCell:
    """Return a cell whose text is not longer than any slot holds. Raises TableError."""
    if len(cell.text) > MOST_LETTERS:
        raise TableError(
            f"has {len(cell.text):,} letters in {cell.place}, beginning “{cell.text[:40]}”; at most {MOST_LETTERS:,} "
            "are taken. Divide the cell, and give the file again"
        )
    return cell


def folded_space(text: str) -> str:
    """Return a text with each run of white space as one blank, lines apart."""
    lines = (re.sub(r"[^\S\n]+", " ", line).strip() for line in text.split("\n"))
    return re.sub(r"\n{2,}", "\n", "\n".join(lines)).strip()


def letter_for_letter(text: str) -> str:
    """Return a text as it stands in a file of ours, without the end of its last line."""
    return text.removesuffix("\n")


def table_of_rows(rows: Iterable[Sequence[str]], number: int = 1) -> PrintedTable:
    """Return rows of plain cells as a table."""
    maker = GridMaker()
    for at, row in enumerate(rows):
        column = 0
        for text in row:
            column = maker.add(at, column, GridCell(folded_space(text), at, column))
    return PrintedTable(number, tuple(maker.cells))
