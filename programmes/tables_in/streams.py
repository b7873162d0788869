"""Configurations that stand below each other: tables of one column, pairs of head and words, and bold paragraphs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from programmes.tables_in.account import ReadConfiguration
from programmes.tables_in.cells import items_of
from programmes.tables_in.columns import LONGEST_LABEL, SIGN, TableLayout, part_named
from programmes.tables_in.filling import CellFiller
from programmes.tables_in.heads import CORE, NOT_PLACED, OUTCOME, PARTS, QUOTES, STATEMENT, slot_of_head
from programmes.tables_in.quotes import quotes_in
from programmes.tables_in.sentences import label_before, read_sentence

if TYPE_CHECKING:
    from programmes.tables_in.account import CellAccount
    from programmes.tables_in.grid import GridCell, PrintedTable

HEADED = re.compile(r"\s*[+=]?\s*(?P<head>[^:\n]{1,40}?)\s*[:\n]\s*(?P<words>\S.*)", re.DOTALL)
LONGEST_HEADING = 150
OUTSIDE = "outside"  # the slot of what stands under a head that is no part


def headed(text: str) -> tuple[str, str]:
    """Return the part that a text names at its beginning, and the words that follow."""
    found = HEADED.fullmatch(text)
    if found and (slot := part_named(found["head"])):
        return slot, found["words"].strip()
    return (slot, "") if len(text) <= LONGEST_LABEL and (slot := part_named(text)) else ("", text)


def is_stream(table: PrintedTable) -> bool:
    """Say whether the parts of configurations stand below each other, each after its head."""
    if table.width > 2:  # noqa: PLR2004  # head and words
        return False
    texts = [cell.text for row in range(table.height) if (cell := table.owners.get((row, 0))) is not None]
    named = [slot for text in texts if (slot := headed(text)[0]) in CORE]
    first = [part_named(cell.text) for cell in table.row_cells(0)]
    return len(set(named)) > 1 and not (len(first) > 1 and all(first))


class StreamReader:
    """Reads configurations that stand below each other."""

    def __init__(self, table: PrintedTable, account: CellAccount) -> None:
        self.table, self.account = table, account
        layout = TableLayout(table, 0, ("",) * table.width, (STATEMENT,) * table.width)
        self.filler = CellFiller(layout, account)
        self.found: list[ReadConfiguration] = []
        self.group, self.slot = "", ""
        self.open = False  # what comes next belongs to the last configuration

    def read(self) -> list[ReadConfiguration]:
        """Return the configurations."""
        for row in range(self.table.height):
            for cell in self.table.row_cells(row):
                if not cell.blank:
                    self.read_cell(cell)
        return [one for one in self.found if one.parts or one.statement]

    def read_cell(self, cell: GridCell) -> None:
        """Read what comes next: a sign, a head, words under it, a label, a sentence or a heading."""
        slot, words = headed(cell.text)
        if not slot and self.read_other(cell):
            return
        if SIGN.fullmatch(cell.text):
            self.account.place(self.table, cell, "sign")
        elif slot:
            self.begin_part(cell, slot, words)
        elif self.begins_configuration(cell):
            self.account.place(self.table, cell, "label")
        elif len({span.slot for span in read_sentence(cell.text).spans}) > 1 and not self.slot:
            if not self.open:
                self.found.append(ReadConfiguration(self.table.number, cell.row + 1, group=self.group))
            self.filler.sentence(self.found[-1], cell)
            self.open = False
        elif self.slot in PARTS and self.found and not cell.strong:
            self.add(cell, self.slot, cell.text)
        elif (cell.strong or cell.columns > 1) and len(cell.text) <= LONGEST_HEADING:
            self.group, self.slot, self.open = cell.text, "", False
            self.account.place(self.table, cell, "group")
        else:
            self.account.leave(self.table, cell, "stands outside the configurations")

    def read_other(self, cell: GridCell) -> bool:
        """Read what stands under a head that names no part: quotes are taken, and what else it is stands outside.

        Such a head stands beside its words, or before them and a colon.
        """
        beside = self.table.owners.get((cell.row, 1)) if cell.column == 0 and cell.columns == 1 else None
        named = bool(label_before(f"{cell.text}:")[0])
        if beside is not None and not beside.blank and not named and len(cell.text) <= LONGEST_LABEL:
            self.slot = kind if (kind := slot_of_head(cell.text)) in QUOTES and self.found else OUTSIDE
            self.account.place(self.table, cell, "head")
            return True
        found = HEADED.fullmatch(cell.text)
        kind = slot_of_head(found["head"]) if found else ""
        if found and self.found and kind in {*QUOTES, NOT_PLACED}:
            self.slot = kind if kind in QUOTES else OUTSIDE
        if self.slot in QUOTES and not self.begins_other(cell):
            words = found["words"] if found and kind in QUOTES else cell.text
            quotes, rest = quotes_in(words)
            self.found[-1].quotes += [(self.slot, quote) for quote in quotes]
            self.account.place(self.table, cell, self.slot)
            for left in rest:
                self.account.leave(self.table, cell, "stands beside the quotes", left)
            return True
        if self.slot == OUTSIDE and not self.begins_other(cell):
            self.account.leave(self.table, cell, "its head names no part of a configuration")
            return True
        return False

    def begins_other(self, cell: GridCell) -> bool:
        """Say whether a cell begins something new: it is strong, over all columns, or has a label."""
        return cell.strong or cell.columns > 1 or bool(label_before(cell.text)[0])

    def begins_configuration(self, cell: GridCell) -> bool:
        """Begin a configuration with a label such as “CMOC 1: Title”, if this is one."""
        label, start = label_before(cell.text if label_before(cell.text)[0] else f"{cell.text}:")
        rest = cell.text[start:].strip()
        if not label or read_sentence(cell.text).spans or len(rest) > LONGEST_HEADING:
            return False
        if label.isdigit() and not cell.strong:
            return False
        self.found.append(
            ReadConfiguration(
                self.table.number, cell.row + 1, label=label[:LONGEST_LABEL], title=rest, group=self.group
            )
        )
        self.slot, self.open = "", True
        return True

    def begin_part(self, cell: GridCell, slot: str, words: str) -> None:
        """Begin a part; one that comes after an outcome, or comes again, is of the next configuration."""
        last = self.found[-1] if self.found and self.open else None
        if last is None or (slot != self.slot and last.parts.get(slot) and last.parts.get(OUTCOME)):
            self.found.append(ReadConfiguration(self.table.number, cell.row + 1, group=self.group))
        self.slot, self.open = slot, True
        if words:
            self.add(cell, slot, words)
        else:
            self.account.place(self.table, cell, "head")

    def add(self, cell: GridCell, slot: str, words: str) -> None:
        """Add words to the part that is open."""
        items, sure = items_of(words, cell.lines_are)
        if not sure and self.account.ask("list", self.table, cell) == "one":
            items = [words]
        for item in items:
            self.filler.item(self.found[-1], cell, slot, item)
