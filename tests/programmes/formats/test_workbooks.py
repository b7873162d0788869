"""Workbooks: what stands in which cell, and of which type it is."""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from programmes.formats import workbooks
from programmes.formats.workbooks import (
    DAY,
    NUMBER,
    AboutFile,
    DataTable,
    SheetNames,
    TableColumn,
    write_workbook,
)

COLUMNS = (
    TableColumn("Words", "What was said.", width=30),
    TableColumn("Quotes", "How many.", NUMBER),
    TableColumn("On", "When.", DAY),
)


def written(*tables, about=None):
    file = io.BytesIO()
    write_workbook(file, about or AboutFile("A theory"), tables)
    file.seek(0)
    return file


def opened(*tables, about=None):
    return openpyxl.load_workbook(written(*tables, about=about))


def table(*rows, name="Rows", columns=COLUMNS):
    return DataTable(name, "A row is a row.", columns, rows)


def cells(sheet):
    return [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows()]


def test_each_cell_has_the_type_of_its_column():
    book = opened(table(("Yes.", 3, dt.date(2026, 1, 2)), (None, 0, None), ("", None, None)))
    assert cells(book["Rows"]) == [
        [("Words", "s"), ("Quotes", "s"), ("On", "s")],
        [("Yes.", "s"), (3, "n"), (dt.datetime(2026, 1, 2), "d")],  # noqa: DTZ001  a day has no zone
        [(None, "n"), (0, "n"), (None, "n")],
    ]


@pytest.mark.parametrize(
    "said",
    [
        *("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x.example","y")', "{=1}", "\t=1"),
        *(
            "https://x.example",
            "mailto:a@x.example",
            "internal:A1",
            "external:a.xlsx",
            "007",
            "1e5",
            "TRUE",
            "2026-01-02",
        ),
        *("_x0041_", "<b>&amp;</b>", "Zeile 1\nZeile 2", "  blanks  ", "שלום", "\N{GRINNING FACE}", "'quoted"),
    ],
)
def test_text_stays_the_text_that_it_is(said):
    file = written(table((said, 1, None)))
    assert CalamineWorkbook.from_filelike(file).get_sheet_by_name("Rows").to_python()[1][0] == said
    assert openpyxl.load_workbook(file)["Rows"]["A2"].data_type == "s"
    names = zipfile.ZipFile(file).namelist()
    sheets = b"".join(zipfile.ZipFile(file).read(name) for name in names if "sheet" in name)
    assert b"<f>" not in sheets
    assert b"hyperlink" not in sheets


def test_character_that_no_file_takes_is_replaced():
    assert opened(table(("a\x00b\ud800c", 1, None)))["Rows"]["A2"].value == "a\ufffdb\ufffdc"


@pytest.mark.parametrize("letter", ["a", "\N{GRINNING FACE}"])
def test_text_that_no_cell_holds_says_how_much_is_left_out(letter):
    size = len(letter.encode("utf-16-le")) // 2
    longest = letter * (32_767 // size)
    book = opened(table((longest, 1, None), (letter * 40_000, 1, None)))
    assert book["Rows"]["A2"].value == longest
    cut = book["Rows"]["A3"].value
    assert cut == f"{letter * (32_707 // size)} [… {40_000 * size - 32_707:,} more letters than a cell holds]"
    assert len(cut.encode("utf-16-le")) // 2 <= 32_767


def test_heads_stay_in_sight_with_filters_and_stand_on_every_page():
    sheet = opened(table(("Yes.", 3, None)), about=AboutFile("A & B", notice="Not for others"))["Rows"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("A2", "A1:C2", "$1:$1")
    assert (sheet.page_setup.fitToHeight, sheet.page_setup.orientation) == (0, "landscape")
    assert (sheet.oddHeader.left.text, sheet.oddHeader.right.text) == ("A && B", "Not for others")
    assert sheet.column_dimensions["A"].width == pytest.approx(30, abs=1)


def test_last_sheet_says_what_each_column_holds():
    about = AboutFile("A theory", [("Citation", "Doe 2026"), ("Licence", "CC BY 4.0")], "Not for others")
    book = opened(table(("Yes.", 3, None)), about=about)
    assert book.sheetnames == ["Rows", "About"]
    assert [[value for value in row if value] for row in book["About"].iter_rows(values_only=True)] == [
        ["A theory"],
        ["Not for others"],
        ["Citation", "Doe 2026"],
        ["Licence", "CC BY 4.0"],
        [],
        ["Table", "Column", "What it holds", "Type"],
        ["Rows", "A row is a row."],
        ["Rows", "Words", "What was said.", "Text"],
        ["Rows", "Quotes", "How many.", "Number"],
        ["Rows", "On", "When.", "Date"],
    ]
    assert (book.properties.title, book.properties.creator) == ("A theory", "Realist")
    assert book.properties.description == "Not for others"


def test_table_without_rows_has_its_heads():
    sheet = opened(table())["Rows"]
    assert cells(sheet) == [[("Words", "s"), ("Quotes", "s"), ("On", "s")]]
    assert sheet.auto_filter.ref == "A1:C1"


def test_rows_that_no_sheet_holds_go_on_in_the_next(monkeypatch):
    monkeypatch.setattr(workbooks, "MOST_ROWS", 3)
    book = opened(table(*((str(number), number, None) for number in range(5))), table(name="Others"))
    assert book.sheetnames == ["Rows", "Rows 2", "Rows 3", "Others", "About"]
    found = [[row[1].value for row in book[name].iter_rows(min_row=2)] for name in book.sheetnames[:4]]
    assert found == [[0, 1], [2, 3], [4], []]


def test_full_sheet_is_followed_by_none(monkeypatch):
    monkeypatch.setattr(workbooks, "MOST_ROWS", 3)
    assert opened(table(("a", 1, None), ("b", 2, None))).sheetnames == ["Rows", "About"]


@pytest.mark.parametrize(
    ("wished", "given"),
    [
        ("a/b: [c]*?'", "a b c"),
        ("", "Table"),
        ("About", "About 2"),
        ("HISTORY", "HISTORY 2"),
        ("ä" * 40, "ä" * 31),
        ("Rows", "Rows 2"),
    ],
)
def test_names_of_sheets_are_ones_that_excel_takes(wished, given):
    names = SheetNames()
    names.new("rows")
    assert names.new(wished) == given


def test_fault_while_rows_come_leaves_nothing_behind(tmp_path, monkeypatch):
    def rows():
        yield ("a", 1, None)
        raise LookupError

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(LookupError):
        write_workbook(io.BytesIO(), AboutFile("A theory"), [DataTable("Rows", "", COLUMNS, rows())])
    assert list(tmp_path.iterdir()) == []
