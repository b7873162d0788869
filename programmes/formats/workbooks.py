"""Tables as workbooks (XLSX): typed cells, filters, frozen heads, and a sheet that says what each column holds.

Rows are written as they come, so that a workbook takes no more memory than one of them. A text is a text: no cell is
run as a formula or followed as a link, whatever it begins with.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
import tempfile
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import xlsxwriter

from programmes.characters import in_xml
from programmes.formats.file_format import as_property

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT, NUMBER, DAY = "text", "number", "day"
IN_WORDS = {TEXT: "Text", NUMBER: "Number", DAY: "Date"}
MOST_LETTERS = 32_767  # that Excel takes in a cell
MOST_ROWS = 1_048_576  # that Excel takes in a sheet, heads among them
LONGEST_NAME = 31  # letters of a sheet's name
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
ABOUT = "About"  # the sheet that explains the others


@dataclass(frozen=True)
class TableColumn:
    """A column of a table: what stands above it, what it holds, and of which type that is."""

    head: str
    meaning: str
    kind: str = TEXT
    width: int = 16  # in letters


@dataclass(frozen=True)
class DataTable:
    """Rows of one kind under their heads."""

    name: str
    meaning: str  # what one row is
    columns: Sequence[TableColumn]
    rows: Iterable[Sequence[Any]]


@dataclass(frozen=True)
class AboutFile:
    """What a file says of itself: its title, facts such as how to cite it, and who alone may have it."""

    title: str
    facts: Sequence[tuple[str, str]] = ()
    notice: str = ""  # stands on every page
    keywords: str = ""  # for programs
    written_at: dt.datetime | None = None  # what it says of when it was written, if that is not now


def write_workbook(file: IO[bytes], about: AboutFile, tables: Sequence[DataTable]) -> None:
    """Write tables as the sheets of a workbook, each with what its columns hold on the last."""
    with tempfile.TemporaryDirectory() as folder:
        options = {"constant_memory": True, "tmpdir": folder, "default_date_format": "yyyy-mm-dd"}
        with xlsxwriter.Workbook(file, options) as book:
            told = {"title": as_property(about.title), "author": "Realist", "comments": about.notice}
            written = {"created": about.written_at} if about.written_at else {}
            book.set_properties({**told, "keywords": about.keywords, **written})
            styles = SheetStyles(
                head=book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
                kinds={
                    TEXT: book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
                    NUMBER: book.add_format({"valign": "top"}),
                    DAY: book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
                },
            )
            names = SheetNames()
            for table in tables:
                for name, rows in in_sheets(table.rows, names, table.name):
                    write_sheet(book.add_worksheet(name), table.columns, rows, styles, about)
            write_about(book.add_worksheet(ABOUT), about, tables, styles)


@dataclass(frozen=True)
class SheetStyles:
    """How heads and the cells of each kind look."""

    head: Format
    kinds: dict[str, Format]


class SheetNames:
    """The names of sheets, each of which a workbook takes once, whatever the size of its letters."""

    def __init__(self) -> None:
        self.taken = {ABOUT.lower(), "history"}  # Excel keeps the second for itself

    def new(self, wished: str) -> str:
        """Return a name that is not taken, like the one that is wished for."""
        plain = " ".join(NOT_IN_NAMES.sub(" ", in_xml(wished)).split()) or "Table"
        suffixes = itertools.chain([""], (f" {number}" for number in itertools.count(start=2)))
        names = (plain[: LONGEST_NAME - len(suffix)].rstrip() + suffix for suffix in suffixes)
        name = next(name for name in names if name.lower() not in self.taken)
        self.taken.add(name.lower())
        return name


def in_sheets(
    rows: Iterable[Sequence[Any]], names: SheetNames, wished: str
) -> Iterator[tuple[str, Iterator[Sequence[Any]]]]:
    """Yield the rows of a table sheet by sheet: more than one can hold go on in the next."""
    left = iter(rows)
    first: Sequence[Any] | None = next(left, None)
    yield names.new(wished), itertools.islice(itertools.chain([] if first is None else [first], left), MOST_ROWS - 1)
    while (first := next(left, None)) is not None:
        yield names.new(wished), itertools.islice(itertools.chain([first], left), MOST_ROWS - 1)


def write_sheet(
    sheet: Worksheet,
    columns: Sequence[TableColumn],
    rows: Iterable[Sequence[Any]],
    styles: SheetStyles,
    about: AboutFile,
) -> None:
    """Write rows under their heads, which stay in sight and have filters."""
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width, styles.kinds[column.kind])
        sheet.write_string(0, place, column.head, styles.head)
    sheet.freeze_panes(1, 0)
    last = 0
    for last, row in enumerate(rows, 1):
        for place, (column, value) in enumerate(zip(columns, row, strict=True)):
            write_value(sheet, (last, place), value, column.kind, styles.kinds[column.kind])
    sheet.autofilter(0, 0, last, len(columns) - 1)
    for_paper(sheet, about)
    sheet.repeat_rows(0)


def write_value(sheet: Worksheet, place: tuple[int, int], value: Any, kind: str, style: Format) -> None:
    """Write a value as what its column holds; where there is none, the cell stays empty."""
    row, column = place
    if value is None or value == "":
        return
    if kind == NUMBER:
        sheet.write_number(row, column, value, style)
    elif kind == DAY:
        sheet.write_datetime(row, column, dt.datetime.combine(value, dt.time.min), style)
    else:
        sheet.write_string(row, column, within_cell(in_xml(str(value))), style)


def within_cell(text: str) -> str:
    """Return a text as a cell can hold it; one that is too long ends with how much of it is left out."""
    letters = len(text.encode("utf-16-le")) // 2  # as Excel counts
    if letters <= MOST_LETTERS:
        return text
    kept = text.encode("utf-16-le")[: 2 * (MOST_LETTERS - 60)].decode("utf-16-le", "ignore")
    return f"{kept} [… {letters - MOST_LETTERS + 60:,} more letters than a cell holds]"


def for_paper(sheet: Worksheet, about: AboutFile) -> None:
    """Set a sheet for print: as wide as the page, with the title, who may have it, and the number of the page."""
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.set_header(f"&L{in_margin(about.title)}&R{in_margin(about.notice)}")
    sheet.set_footer("&L&A&R&P / &N")


def in_margin(text: str) -> str:
    """Return a text for the margin of a page, where a sign of its own begins commands; long ones are cut."""
    return as_property(text)[:100].replace("&", "&&")


def write_about(sheet: Worksheet, about: AboutFile, tables: Sequence[DataTable], styles: SheetStyles) -> None:
    """Write what the file is, and what each column of each table holds."""
    text = styles.kinds[TEXT]
    for place, width in enumerate((22, 28, 80, 10)):
        sheet.set_column(place, place, width, text)
    lines: list[tuple[str, ...]] = [(about.title,), *([(about.notice,)] if about.notice else []), *about.facts, ()]
    heads = {0, len(lines)}
    lines += [("Table", "Column", "What it holds", "Type")]
    for table in tables:
        lines.append((table.name, "", table.meaning))
        lines += [(table.name, column.head, column.meaning, IN_WORDS[column.kind]) for column in table.columns]
    for row, line in enumerate(lines):
        for place, value in enumerate(line):
            write_value(sheet, (row, place), value, TEXT, styles.head if row in heads else text)
    for_paper(sheet, about)
