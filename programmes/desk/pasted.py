"""Rows copied from a spreadsheet, or from a table of a text, as a browser pastes them: cells with tabs between."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from programmes.characters import is_blank
from programmes.search.stems import folded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LEAST_HEADS = 2  # that are known, for a first row to be one of heads
csv.field_size_limit(10_000_000)  # letters of a cell; how many are kept is said when it is written


def pasted_cells(text: str) -> list[list[str]]:
    """Return the rows of a pasted text, each a list of its cells; rows that hold nothing are left out.

    Spreadsheets put cells of several lines, and those with quotation marks, between quotation marks. Where the marks do
    not fit that, they are part of the words.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
    try:
        rows = list(csv.reader(io.StringIO(plain, newline=""), delimiter="\t", strict=True))
    except csv.Error:
        rows = [line.split("\t") for line in plain.split("\n")]
    return [[cell.strip() for cell in row] for row in rows if not all(map(is_blank, row))]


def cells_in_columns(
    rows: Sequence[Sequence[str]], columns: Sequence[str], heads: Mapping[str, str], first: str
) -> tuple[list[list[tuple[str, str]]], int]:
    """Return rows as cells of columns, and how many of their cells had no column any more.

    A first row of heads says which column is which; otherwise they follow each other from one on. `heads` gives for
    each word that may stand above a column its name.
    """
    known = {folded(head): name for head, name in heads.items()}
    names = [known.get(folded(cell), "") for cell in rows[0]] if rows else []
    if sum(map(bool, names)) >= LEAST_HEADS:
        body = rows[1:]
    else:
        names, body = list(columns[columns.index(first) :]), rows
    found, left_out = [], 0
    for row in body:
        cells = [(name, cell) for name, cell in zip(names, row, strict=False) if name]
        left_out += sum(not is_blank(cell) for cell in row) - sum(not is_blank(cell) for _, cell in cells)
        found.append(cells)
    return found, left_out
