"""Tables of spreadsheets: each sheet that holds something, with its merged cells; what cells show, not formulas."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from html import unescape

from python_calamine import CalamineError, CalamineWorkbook, WorksheetNotFound

from programmes.tables_in.grid import (
    MOST_CELLS,
    MOST_COLUMNS,
    GridCell,
    PrintedTable,
    TableError,
    TablesRead,
    checked,
    folded_space,
)
from programmes.tables_in.heads import OWN_KEYWORD

TITLE = re.compile(r"<dc:title>([^<]*)</dc:title>")
PROPERTIES = ("docProps/core.xml", "meta.xml")  # of .xlsx, of .ods


def read_sheets(content: bytes) -> TablesRead:
    """Return the tables of a workbook whose size was looked at before."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        title = title_of_ours(content)
        own = title is not None
        tables = [sheet_table(book, name, number, own=own) for number, name in enumerate(book.sheet_names, 1)]
    except (CalamineError, WorksheetNotFound) as error:
        raise TableError(f"cannot be read as a spreadsheet ({error}). Open it, save it as .xlsx") from error
    return TablesRead(tuple(table for table in tables if table.cells), own=own, title=title or "")


def title_of_ours(content: bytes) -> str | None:
    """Return the title of a workbook that was written here, as its properties say; None of any other."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        there = [name for name in PROPERTIES if name in packed.namelist()]
        told = packed.read(there[0]) if there else b""
    if OWN_KEYWORD.encode() not in told:
        return None
    title = TITLE.search(told.decode(errors="replace"))
    return unescape(title[1]) if title else ""


def sheet_table(book: CalamineWorkbook, name: str, number: int, *, own: bool) -> PrintedTable:
    """Return one sheet, without the rows and columns around what it holds."""
    sheet = book.get_sheet_by_name(name)
    if sheet.width > MOST_COLUMNS or sheet.height * sheet.width > MOST_CELLS:
        raise TableError(f"has a sheet “{name}” of more than {MOST_COLUMNS} columns or {MOST_CELLS:,} cells. Divide it")
    start = sheet.start or (0, 0)
    rows = [
        [value if own and isinstance(value, str) else shown_value(value) for value in row]
        for row in sheet.to_python(skip_empty_area=True)
    ]
    reach = {
        (top - start[0], left - start[1]): (bottom - top + 1, right - left + 1)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    }
    hidden = {
        (row, column)
        for (top, left), (high, wide) in reach.items()
        for row in range(top, top + high)
        for column in range(left, left + wide)
        if (row, column) != (top, left)
    }
    cells = []
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            if (at, column) not in hidden:
                high, wide = reach.get((at, column), (1, 1))
                cells.append(checked(GridCell(text, at, column, min(high, len(rows) - at), wide)))
    if not any(not cell.blank for cell in cells):
        cells = []
    return PrintedTable(number, tuple(cells), name)


def shown_value(value: object) -> str:
    """Return a value as its sheet shows it, near enough: whole numbers without a fraction, dates as days."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return folded_space(str(value))
