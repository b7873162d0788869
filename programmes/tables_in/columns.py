"""What the columns of a table hold: by their heads, by the marks in their cells, or by what somebody chose."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from programmes.tables_in.cells import slots_in_cell
from programmes.tables_in.heads import (
    CONTEXT,
    CORE,
    GROUP,
    LABEL,
    MARK_IN_HEAD,
    MECHANISM,
    NOT_PLACED,
    OUTCOME,
    OWN_FORM,
    PARTS,
    QUOTES,
    SLOT_GROUPS,
    STATEMENT,
    plain_head,
    slot_of_head,
    slot_of_word,
    slots_named,
)
from programmes.tables_in.quotes import PAIRS, opens_quote
from programmes.tables_in.sentences import label_before, read_sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from programmes.tables_in.account import CellAccount
    from programmes.tables_in.grid import GridCell, PrintedTable

LONGEST_HEAD = 120  # letters
LONGEST_LABEL = 40
SIGN = re.compile(r"[\s+=→➔➜⇒&]+")  # between parts, as in C + M = O
IN_BRACKETS = re.compile(r"\([^()]*\)")
MOST = 0.5  # of the cells of a column, that show what it is


@dataclass(frozen=True)
class TableLayout:
    """Where the rows of a table begin, and what each of its columns is headed and holds."""

    table: PrintedTable
    first: int  # row of the body
    heads: tuple[str, ...]
    slots: tuple[str, ...]

    @property
    def own_form(self) -> bool:
        """Say whether it is a table of this house, in which each line of a cell is a part."""
        return set(self.heads) >= OWN_FORM

    def columns(self, *slots: str) -> list[int]:
        """Return the columns that hold one of these."""
        return [column for column, slot in enumerate(self.slots) if slot in slots]


def spans_whole(table: PrintedTable, cells: list[GridCell]) -> bool:
    """Say whether a row is one cell over all columns, of several."""
    return len(cells) == 1 and cells[0].columns == table.width > 1


def known_heads(cells: list[GridCell]) -> int:
    """Return how many cells of a row are words that stand above columns."""
    words = (MARK_IN_HEAD.sub("", cell.text) for cell in cells if len(cell.text) <= LONGEST_HEAD)
    return sum(bool(slot_of_head(one)) for one in words)


def is_head_row(table: PrintedTable, row: int) -> bool:
    """Say whether a row names columns: its file says so, or the words do."""
    cells = table.row_cells(row)
    filled = [cell for cell in cells if not cell.blank]
    if not filled or spans_whole(table, cells):
        return False
    if all(cell.head for cell in cells):
        return True
    if any(len(cell.text) > LONGEST_HEAD or is_marked_sentence(cell.text) for cell in filled):
        return False
    known = known_heads(filled)
    return known >= min(2, len(filled)) and known * 2 >= len(filled)


def is_marked_sentence(text: str) -> bool:
    """Say whether a cell is too long for a head and ends in a mark, as cells of a body do."""
    return len(text) > LONGEST_LABEL and bool(slots_in_cell(text)[0])


def head_rows(table: PrintedTable) -> tuple[int, int]:
    """Return the first row of heads and the first row of the body; rows before the heads are a title."""
    first = 0
    while first < table.height - 1 and spans_whole(table, table.row_cells(first)) and first < 3:  # noqa: PLR2004  # lines of a title
        first += 1
    if not is_head_row(table, first):
        return 0, 0
    below = max([first + 1, *(cell.row + cell.rows for cell in table.row_cells(first) if cell.rows < table.height)])
    while below < table.height and goes_on(table, first, below):
        below += 1
    return first, below


def goes_on(table: PrintedTable, first: int, row: int) -> bool:
    """Say whether a row below heads is one of heads too: under a head that spans columns, or by its file."""
    cells = table.row_cells(row)
    if spans_whole(table, cells):
        return False
    if all(cell.head for cell in cells):
        return True
    spanning = any(cell.columns > 1 for cell in table.row_cells(first)) or any(
        cell.blank for cell in table.row_cells(first)
    )
    return row == first + 1 and spanning and is_head_row(table, row)


def head_of_column(table: PrintedTable, column: int, first: int, below: int) -> str:
    """Return all heads above a column, the uppermost first."""
    found = (table.owners.get((row, column)) for row in range(first, below))
    return " / ".join(
        dict.fromkeys(cell.text.replace("\n", " ") for cell in found if cell is not None and not cell.blank)
    )


def slot_of_heads(head: str) -> str:
    """Return what the heads above a column say that it holds: the lowest first that says it."""
    levels = head.split(" / ")
    for words in reversed(levels):
        if slot := slot_of_head(words):
            above = {slot_of_head(upper) for upper in levels} - {slot, ""}
            if slot in PARTS or not above & set(PARTS):
                return slot
    return slot_of_head(head)


def layout_of(table: PrintedTable, account: CellAccount) -> TableLayout:
    """Return what is proposed for the columns of a table; what cannot be told is asked."""
    first, below = head_rows(table)
    for row in range(below):
        for cell in table.row_cells(row):
            if not cell.blank:
                account.place(table, cell, "head")
    heads = [head_of_column(table, column, first, below) for column in range(table.width)]
    slots = [
        account.choices.columns.get((table.number, column)) or slot_of_column(table, column, below, heads[column])
        for column in range(table.width)
    ]
    slots_between_signs(table, heads, slots)
    keep_one_statement(table, below, heads, slots)
    labels_from_statements(table, below, slots)
    keep_one_label(heads, slots)
    for column, slot in enumerate(slots):
        cells = body_cells(table, column, below)
        if not slot and cells and is_of_configurations(slots):
            for cell in cells:
                account.ask("column", table, cell, heads[column])
    return TableLayout(table, below, tuple(heads), tuple(slots))


def slots_between_signs(table: PrintedTable, heads: list[str], slots: list[str]) -> None:
    """Let columns without heads that stand before +, before = and after it be context, mechanism and outcome."""
    signs: dict[str, list[int]] = {}
    for column in range(table.width):
        words = {cell.text.strip() for cell in body_cells(table, column, 0)}
        if len(words) == 1 and (sign := next(iter(words))) in {"+", "="}:
            signs.setdefault(sign, []).append(column)
    if any(heads) or {sign: len(columns) for sign, columns in signs.items()} != {"+": 1, "=": 1}:
        return
    (plus,), (equals,) = signs["+"], signs["="]
    for column, slot in ((plus - 1, CONTEXT), (equals - 1, MECHANISM), (equals + 1, OUTCOME)):
        if plus < equals and 0 <= column < table.width and not slots[column]:
            slots[column] = slot


def is_of_configurations(slots: Iterable[str]) -> bool:
    """Say whether columns hold sentences, or parts of two slots at least: one alone is no configuration."""
    held = set(slots)
    return STATEMENT in held or sum(not held.isdisjoint(group) for group in SLOT_GROUPS) > 1


def keep_one_label(heads: list[str], slots: list[str]) -> None:
    """Let of several columns of labels the one headed CMOC be it, or the first."""
    columns = [column for column, slot in enumerate(slots) if slot == LABEL]
    for column in sorted(columns, key=lambda column: not plain_head(heads[column]).startswith("cmo"))[1:]:
        slots[column] = NOT_PLACED


def body_cells(table: PrintedTable, column: int, below: int) -> list[GridCell]:
    """Return the filled cells of a column below the heads, without those that span the whole table."""
    found = (table.owners.get((row, column)) for row in range(below, table.height))
    return [
        cell
        for cell in dict.fromkeys(found)
        if cell is not None and not cell.blank and not (cell.columns == table.width > 1)
    ]


def slot_of_column(table: PrintedTable, column: int, below: int, head: str) -> str:
    """Return what a column holds by its head, and by its cells where the head says nothing or too much."""
    by_head = slot_of_heads(head) if head else ""
    cells = body_cells(table, column, below)
    if not cells:
        return by_head
    marked = Counter(slot for cell in cells if (slot := slots_in_cell(cell.text)[0]))
    if not by_head and marked and marked.most_common(1)[0][1] >= MOST * len(cells):
        several = sum(len({s.slot for s in read_sentence(cell.text).spans} & set(CORE)) > 1 for cell in cells)
        return STATEMENT if several >= MOST * len(cells) else marked.most_common(1)[0][0]
    numbers = all(cell.text.isdigit() for cell in cells)  # under a head of their own they count something
    if (by_head == STATEMENT or not (by_head or (head and numbers))) and are_labels(cells):
        return LABEL
    if all(SIGN.fullmatch(cell.text) for cell in cells):
        return NOT_PLACED
    if by_head in QUOTES and sum(is_citation(cell.text) for cell in cells) >= MOST * len(cells):
        return NOT_PLACED
    return by_head or slot_by_words(cells)


def is_citation(text: str) -> bool:
    """Say whether words are numbers or names and years of an article's list, and no quote."""
    quoted = any(mark in text for mark in PAIRS)
    return not quoted and (re.search(r"\b(19|20)\d\d[a-z]?\b", text) is not None or not re.search(r"[^\W\d_]", text))


def are_labels(cells: list[GridCell]) -> bool:
    """Say whether all cells of a column are labels and nothing else."""
    return all(
        len(cell.text) <= LONGEST_LABEL
        and (cell.text.strip("().:").replace(".", "").isdigit() or bool(label_before(f"{cell.text.rstrip(':.')}: ")[0]))
        and label_before(f"{cell.text.rstrip(':.')}: ")[1] >= len(cell.text.rstrip(":."))
        for cell in cells
    )


def slot_by_words(cells: list[GridCell]) -> str:
    """Return what cells without a head are by their words: sentences that can be read, or quotes."""
    readable = sum(len({span.slot for span in read_sentence(cell.text).spans}) > 1 for cell in cells)
    if readable >= MOST * len(cells):
        return STATEMENT
    quoted = sum(bool(cell.text) and opens_quote(cell.text, 0) for cell in cells)
    return QUOTES[-1] if quoted >= MOST * len(cells) else ""


def keep_one_statement(table: PrintedTable, below: int, heads: list[str], slots: list[str]) -> None:
    """Leave of several columns of sentences the one that reads as configurations; the others have labels or titles."""
    columns = [column for column, slot in enumerate(slots) if slot == STATEMENT]
    if len(columns) > 1:
        best = max(columns, key=lambda column: (readable_cells(table, column, below), is_later(heads[column]), column))
        for column in columns:
            other = GROUP if GROUP in slots_named(heads[column]) else ""
            slots[column] = STATEMENT if column == best else other


def is_later(head: str) -> bool:
    """Say whether a head is of what a study came to, not of what it began with."""
    return re.search(r"refin|revis|final|modif|tested|endg|definitiv", plain_head(head)) is not None


def readable_cells(table: PrintedTable, column: int, below: int) -> int:
    """Return in how many cells of a column a configuration can be read."""
    return sum(bool(read_sentence(cell.text).spans) for cell in body_cells(table, column, below))


def labels_from_statements(table: PrintedTable, below: int, slots: list[str]) -> None:
    """Let a column headed “CMOC” that only names its rows be their label, where other columns have their parts."""
    parts = {slot for slot in slots if slot in CORE}
    for column, slot in enumerate(slots):
        cells = body_cells(table, column, below)
        short = bool(cells) and all(len(cell.text) <= LONGEST_LABEL for cell in cells)
        named = slot == STATEMENT and len(parts) > 1 and LABEL not in slots
        if named and short and not readable_cells(table, column, below):
            slots[column] = LABEL


def is_turned(table: PrintedTable) -> bool:
    """Say whether the heads of a table stand in its first column, each above no other."""
    column = [
        cell for row in range(table.height) if (cell := table.owners.get((row, 0))) is not None and not cell.blank
    ]
    named = {slot for cell in column if len(cell.text) <= LONGEST_LABEL and (slot := part_named(cell.text))}
    above = {slot for cell in table.row_cells(0) if (slot := slot_of_head(cell.text)) in CORE}
    return len(named & set(CORE)) > 1 and len(above) < 2 and table.width > 1  # noqa: PLR2004  # two are heads


def part_named(text: str) -> str:
    """Return the part that a short text names as a head, such as “+ Mechanism” or “Context (C)”."""
    bare = text.strip(" +=:\n→➔*")
    words = [word.strip("():;,–-") for word in IN_BRACKETS.sub("", bare).split()]
    heads = [word for word in words if not word.isdigit()]
    if not heads or not all(slot_of_word(word) and (len(word) > 1 or len(heads) == 1) for word in heads):
        return ""
    slot = slot_of_word(bare) or slot_of_head(bare)
    return slot if slot in PARTS else ""
