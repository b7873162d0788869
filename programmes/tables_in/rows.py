"""The rows of a table as configurations: which rows belong together, what heads them, what is none at all."""

from __future__ import annotations

import re
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from programmes.tables_in.account import ReadConfiguration
from programmes.tables_in.columns import is_of_configurations, spans_whole
from programmes.tables_in.filling import CellFiller
from programmes.tables_in.heads import (
    ACTOR,
    CORE,
    GROUP,
    INTERVENTION,
    LABEL,
    QUOTES,
    SLOT_GROUPS,
    STATEMENT,
    STRATEGY,
)
from programmes.tables_in.quotes import opens_quote
from programmes.tables_in.sentences import label_before

if TYPE_CHECKING:
    from programmes.tables_in.account import CellAccount
    from programmes.tables_in.columns import TableLayout
    from programmes.tables_in.grid import GridCell

NOTE = re.compile(
    r"\s*(?:[*†‡§a-z¹²³]\s*[A-Z(]|notes?\b|abbreviations?\b|key\b|legend\b|source\b|anmerkung|abk[üu]rzung|"
    r"[CMO]\s*[=:]|[A-Z]{1,6}\s*=)",
    re.IGNORECASE,
)
INVENTORY = re.compile(
    r"\b(inventor|list of|lists of|overview of|codes?\b|examples? of|identified|summary of (the )?(contexts|factors))",
    re.IGNORECASE,
)
CONFIGURED = re.compile(
    r"configur|cmoc?s?\b|frames?\b|programme? theor|icamo|cimo|scmo|hypothes|proposition", re.IGNORECASE
)


class RowsReader:
    """Reads the rows of one table whose columns are known."""

    def __init__(self, layout: TableLayout, account: CellAccount) -> None:
        self.layout, self.account, self.table = layout, account, layout.table
        self.filler = CellFiller(layout, account)
        self.found: list[ReadConfiguration] = []
        self.group = ""
        self.heading: tuple[str, str] = ("", "")  # label and title of a row above those of its configuration
        self.last_row = -1

    def read(self) -> list[ReadConfiguration]:
        """Return the configurations of the table."""
        if not is_of_configurations(self.layout.slots):
            return []
        if self.leaves_out():
            for row in range(self.layout.first, self.table.height):
                for cell in self.table.row_cells(row):
                    if not cell.blank:
                        self.account.asked_about.add((self.table.number, cell))
                        self.account.leave(self.table, cell, "its row is no configuration")
            return []
        for row in range(self.layout.first, self.table.height):
            self.read_row(row)
        return [one for one in self.found if one.parts or one.statement]

    def read_row(self, row: int) -> None:
        """Read one row: a heading, a note, or cells of a configuration."""
        cells = self.table.row_cells(row)
        filled = [cell for cell in cells if not cell.blank]
        if not filled or row in self.repeated_heads:
            for cell in filled:
                self.account.place(self.table, cell, "head")
        elif len(filled) == 1 and spans_whole(self.table, cells):
            self.read_heading(row, filled[0])
        elif self.is_alone(row, filled):
            self.read_alone(row, filled[0])
        else:
            self.read_cells(row)

    @cached_property
    def repeated_heads(self) -> set[int]:
        """Return the rows that repeat the heads, as tables over several pages do."""
        first = self.layout.first - 1
        heads = [cell.text for cell in self.table.row_cells(first)] if first >= 0 else []
        return {
            row
            for row in range(self.layout.first, self.table.height)
            if heads and [cell.text for cell in self.table.row_cells(row)] == heads
        }

    def is_alone(self, row: int, filled: list[GridCell]) -> bool:
        """Say whether a row has one cell and no more, that reaches no further and is the first of its row."""
        if len(filled) != 1 or filled[0].rows > 1 or len(self.layout.columns(*CORE, STATEMENT, *QUOTES)) < 2:  # noqa: PLR2004  # of a narrow table each row has one
            return False
        return filled[0].column == 0 and row > filled[0].row - 1

    def read_alone(self, row: int, cell: GridCell) -> None:
        """Read a row of one cell: it heads the rows below, or it goes on with what is above."""
        slot = self.layout.slots[0]
        if (
            slot in {"", GROUP, LABEL, STATEMENT}
            or cell.strong
            or cell.columns > 1
            or label_before(cell.text)[0]
            or self.account.ask("alone", self.table, cell, self.layout.heads[0]) == "group"
        ):
            self.read_heading(row, cell)
        else:
            self.read_cells(row)

    def read_heading(self, row: int, cell: GridCell) -> None:
        """Read a cell over all columns: a note below the table, a label with a title, a sentence, or a group."""
        label, start = label_before(cell.text)
        if self.found and opens_quote(cell.text, 0):
            self.filler.quotes_between(self.found[-1], cell)
        elif not self.rows_below(row):
            self.account.leave(self.table, cell, "a note below the rows")
        elif label and not label.isdigit():
            self.heading = (label, cell.text[start:].strip())
            self.last_row = -1
            self.account.place(self.table, cell, "label")
        elif NOTE.match(cell.text) and cell.text.rstrip().endswith(".") and len(cell.text.split()) > 12:  # noqa: PLR2004  # a heading is short
            self.account.leave(self.table, cell, "a note between the rows")
        else:
            self.group, self.last_row = cell.text.replace("\n", " "), -1
            self.heading = ("", "")
            self.account.place(self.table, cell, "group")

    def rows_below(self, row: int) -> bool:
        """Say whether rows of several cells follow."""
        below = (self.table.row_cells(at) for at in range(row + 1, self.table.height))
        return any(not spans_whole(self.table, cells) and any(not cell.blank for cell in cells) for cells in below)

    def read_cells(self, row: int) -> None:
        """Read the cells of a row into the configuration above, or into a new one."""
        goes_on = bool(self.found) and self.last_row >= 0 and self.goes_on(row)
        if not goes_on:
            self.found.append(self.new(row))
        for column in range(self.table.width):
            cell = self.table.owners.get((row, column))
            if cell is not None and not cell.blank and (not goes_on or cell.row == row) and cell.column == column:
                self.filler.fill(self.found, cell)
        self.last_row = row

    def new(self, row: int) -> ReadConfiguration:
        """Return a new configuration, with what heads it."""
        label, title = self.heading
        return ReadConfiguration(self.table.number, row + 1, label=label, title=title, group=self.group)

    def goes_on(self, row: int) -> bool:
        """Say whether a row is of the same configuration as the one above: by its label, or by what they share."""
        above = self.last_row
        if self.heading[0]:
            return True
        for column in self.layout.columns(LABEL):
            cell, before = self.cell(row, column), self.cell(above, column)
            if cell is not None:
                return cell is before
        own = [self.share(row, above, slots) for slots in SLOT_GROUPS if self.layout.columns(*slots)]
        if not own:
            return self.goes_on_in_words(row, above)
        return self.by_shares(row, own)

    def goes_on_in_words(self, row: int, above: int) -> bool:
        """Say whether a row of a table of sentences goes on: it has none, or no label where the others have one."""
        if self.share(row, above, {STATEMENT}) != "own":
            return True
        named = [self.cell(above, column) for column in self.layout.columns(LABEL)]
        first = next(cell for cell in self.table.row_cells(row) if not cell.blank)
        return any(named) and self.account.ask("together", self.table, first, whole=True) == "one"

    def by_shares(self, row: int, own: list[str]) -> bool:
        """Say whether a row goes on, by whether each of its slots is shared with the row above, blank or its own."""
        new = own.count("own")
        if not new:
            return True
        if new > 1:
            self.ask_for_blanks(row, own)
            return False
        beside = [self.share(row, self.last_row, {slot}) for slot in (ACTOR, INTERVENTION, STRATEGY)]
        if len(own) > 2 and "own" not in beside:  # noqa: PLR2004  # of three slots two are shared
            return True
        first = next(cell for cell in self.table.row_cells(row) if not cell.blank)
        return len(own) > 1 and self.account.ask("together", self.table, first, whole=True) == "one"

    def ask_for_blanks(self, row: int, own: list[str]) -> None:
        """Ask about a slot that is blank here and filled above: it is not there, or it is shared."""
        if "blank" not in own:
            return
        for column in self.layout.columns(*CORE):
            above = self.cell(self.last_row, column)
            if self.cell(row, column) is None and above is not None:
                answer = self.account.ask("shared", self.table, above, self.layout.heads[column])
                self.filler.carried[row] = [above] if answer == "shared" else []

    def share(self, row: int, above: int, slots: set[str]) -> str:
        """Say of some columns whether their cells are those of the row above, blank, or the row's own."""
        cells = [self.cell(row, column) for column in self.layout.columns(*slots)]
        before = [self.cell(above, column) for column in self.layout.columns(*slots)]
        if all(cell is None for cell in cells):
            return "blank"
        return "shared" if all(cell is None or cell in before for cell in cells) else "own"

    def cell(self, row: int, column: int) -> GridCell | None:
        """Return the filled cell at a place."""
        found = self.table.owners.get((row, column))
        return None if found is None or found.blank else found

    def leaves_out(self) -> bool:
        """Say whether the rows are no configurations, as somebody said, or as they look until somebody says."""
        columns = [self.layout.columns(*slots) for slots in SLOT_GROUPS]
        if self.layout.columns(STATEMENT) or not self.looks_like_lists([one for one in columns if one]):
            return False
        first = next(
            (c for row in range(self.layout.first, self.table.height) for c in self.table.row_cells(row)), None
        )
        return first is not None and self.account.ask("inventory", self.table, first, whole=True) == "leave"

    def looks_like_lists(self, columns: list[list[int]]) -> bool:
        """Say whether columns are lists of different length that stand side by side."""
        if self.layout.columns(LABEL) or CONFIGURED.search(self.table.caption):
            return False
        if INVENTORY.search(self.table.caption):
            return True
        body = range(self.layout.first, self.table.height)
        single = {column for one in columns for column in one}
        if any(cell.rows > 1 and cell.column in single for cell in self.table.cells):
            return False
        lengths = {self.filled_rows(column) for column in single}
        rows = [row for row in body if any(self.cell(row, column) for column in single)]
        if len(rows) == 1:
            cells = [self.cell(rows[0], column) for column in single]
            return sum(cell is not None and "\n" in cell.text for cell in cells) > 1
        ends = sorted(lengths)
        return len(ends) > 1 and ends[-1] - ends[0] > 1 and -1 not in lengths

    def filled_rows(self, column: int) -> int:
        """Return how many rows a column fills from the first on; -1 where it has gaps."""
        filled = [self.cell(row, column) is not None for row in range(self.layout.first, self.table.height)]
        return -1 if any(after and not before for before, after in pairwise(filled)) else sum(filled)
