"""Files that hold tables: Word, spreadsheets, text and web pages, also those that are made to do harm."""

import datetime as dt
import io
import zipfile

import pytest
import xlsxwriter

from programmes.tables_in.files import read_tables
from programmes.tables_in.grid import TableError
from programmes.tables_in.read import read_configurations
from tests.word_files import paragraph, run, word_document

HEADS = ("Theme", "Context", "Mechanism", "Outcome")


def cell(words, properties=""):
    inner = words if words.startswith("<w:p>") else paragraph(words)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


def row(*cells, properties=""):
    inner = "".join(one if one.startswith("<") else cell(one) for one in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{inner}</w:tr>"


def word_table(*rows):
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def found(name, content):
    read = read_configurations(read_tables(name, content))
    return [(one.label, one.title, one.group, one.statement, one.parts) for one in read.configurations]


def in_word(body, **parts):
    return found("table.docx", word_document(body, **parts))


BEGUN, GOES_ON = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
RAISED = '<w:vertAlign w:val="superscript"/>'
LIST = "<w:numPr/>"
STYLED = '<w:pStyle w:val="ListBullet"/>'


def test_word_table_with_merged_cells_lists_and_raised_marks():
    marked = paragraph(run("Trust") + run("a", RAISED))
    listed = paragraph("Calls", LIST) + paragraph("Visits", STYLED)
    body = (
        paragraph("Table 1 CMO configurations")
        + word_table(
            row(*HEADS, properties="<w:tblHeader/>"),
            row(cell("Access", BEGUN), "Rural", cell(marked), cell(listed)),
            row(cell("", GOES_ON), "Urban", cell(paragraph(run("Fear") + run("10", RAISED))), "Silence"),
            row(cell("Cost", '<w:gridSpan w:val="4"/>')),
            row("", "Poor", "Shame", cell(paragraph(run("x") + run("2 of them", RAISED)))),
        )
        + paragraph("")
        + "<w:sectPr/>"
        + paragraph("After")
    )
    assert in_word(body) == [
        ("", "", "Access", "", {"contexts": ["Rural"], "mechanisms": ["Trust"], "outcomes": ["Calls", "Visits"]}),
        ("", "", "Access", "", {"contexts": ["Urban"], "mechanisms": ["Fear"], "outcomes": ["Silence"]}),
        ("", "", "Cost", "", {"contexts": ["Poor"], "mechanisms": ["Shame"], "outcomes": ["x2 of them"]}),
    ]
    tables = read_tables("table.docx", word_document(body))
    assert (tables.tables[0].caption, tables.outside) == (
        "Table 1 CMO configurations",
        ("Table 1 CMO configurations", "After"),
    )


BROKEN = run("Where wards are calm (C), patients feel safe (M) and") + "<w:r><w:br/></w:r>" + run("sleep (O).")


def test_word_paragraphs_that_are_no_table():
    bold = "<w:b/>"
    body = (
        paragraph("Findings", '<w:pStyle w:val="Heading2"/>')
        + paragraph(run("CMOC 1: Feeling safe", bold))
        + paragraph(BROKEN)
        + paragraph(run("Trust", '<w:b w:val="0"/>'))
    )  # fmt: skip
    assert [one[:4] for one in in_word(body)] == [
        ("CMOC 1", "Feeling safe", "Findings", "Where wards are calm (C), patients feel safe (M) and\nsleep (O).")
    ]


def test_word_shows_no_deleted_words_and_looks_into_content_controls():
    deleted = paragraph("<w:del><w:r><w:delText>never</w:delText></w:r></w:del>" + run("Rural"))
    control = f"<w:sdt><w:sdtContent>{row(cell(deleted), 'Trust', 'Calls', properties='')}</w:sdtContent></w:sdt>"
    inside = word_table(row("Context", "Mechanism", "Outcome"), control)
    body = f"<w:sdt><w:sdtContent>{inside}</w:sdtContent></w:sdt>"
    assert [one[4] for one in in_word(body)] == [
        {"contexts": ["Rural"], "mechanisms": ["Trust"], "outcomes": ["Calls"]},
    ]


def workbook(write):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd"}) as book:
        write(book)
    return out.getvalue()


def test_spreadsheet_with_merged_cells_and_several_sheets():
    def write(book):
        sheet = book.add_worksheet("CMOCs")
        sheet.write_row(2, 1, ("No", *HEADS[1:]))
        sheet.merge_range(3, 2, 4, 2, "Rural")
        sheet.merge_range(3, 4, 4, 4, "Calls")
        sheet.write_row(3, 1, (1,))
        sheet.write(3, 3, "Trust")
        sheet.write(4, 3, "Hope")
        sheet.write_row(5, 1, (2, dt.datetime(2024, 5, 6), True, 1.5))  # noqa: DTZ001  # a day has no zone
        sheet.write_row(6, 1, (3, dt.datetime(2024, 5, 6, 7, 30), False, "x"))  # noqa: DTZ001  # nor a time
        book.add_worksheet("Empty")
        book.add_worksheet("Blank").write(0, 0, " ")

    tables = read_tables("t.xlsx", workbook(write)).tables
    assert [table.caption for table in tables] == ["CMOCs"]
    assert [one[4] for one in found("t.xlsx", workbook(write))] == [
        {"contexts": ["Rural"], "mechanisms": ["Trust", "Hope"], "outcomes": ["Calls"]},
        {"contexts": ["2024-05-06"], "mechanisms": ["yes"], "outcomes": ["1.5"]},
        {"contexts": ["2024-05-06 07:30:00"], "mechanisms": ["no"], "outcomes": ["x"]},
    ]


def test_formulas_are_what_they_show_and_stay_words():
    def write(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADS[1:])
        sheet.write_row(1, 0, ("Rural", "Trust"))
        sheet.write_formula(1, 2, '=HYPERLINK("https://example.org")', None, "Calls")

    assert [one[4]["outcomes"] for one in found("t.xlsx", workbook(write))] == [["Calls"]]
    told = found("t.csv", b"Context,Mechanism,Outcome\n=1+1,@SUM(B1),+cmd\n")
    assert told[0][4] == {"contexts": ["=1+1"], "mechanisms": ["@SUM(B1)"], "outcomes": ["+cmd"]}


def test_tabs_bars_and_right_to_left_words():
    told = found("t.tsv", "Context\tMechanism\tOutcome\nريف\tثقة\tزيارات\n".encode())
    assert told[0][4] == {"contexts": ["ريف"], "mechanisms": ["ثقة"], "outcomes": ["زيارات"]}
    told = found("t.md", b"|Context|Mechanism|Outcome|\n|:--|--|--|\n|a \\| b|**c**<br>d|e|")
    assert told[0][4] == {"contexts": ["a | b"], "mechanisms": ["c\nd"], "outcomes": ["e"]}
    told = found("t.md", b"# Group\n\n**CMOC 1: Safe**\n\nWhere calm (C), they feel safe (M) and sleep (O).")
    assert [one[:3] for one in told] == [("CMOC 1", "Safe", "Group")]


def test_scripts_are_no_words():
    page = "<script>alert(1)</script><style>x</style><p onclick='x'>Where a (C), b (M), c (O).</p>"
    assert [one[3] for one in found("t.html", page.encode())] == ["Where a (C), b (M), c (O)."]


def packed(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as into:
        for name, content in files.items():
            into.writestr(name, content)
    return out.getvalue()


ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><w:document '
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&b;</w:t></w:r>'
    "</w:p></w:body></w:document>"
)
DEEP = "<span>" * 5000 + "x"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("t.docx", b"nothing", r"t\.docx is no Word document \(\.docx\)\. Open it"),
        ("t.docx", packed(a="b"), r"t\.docx is no Word document \(\.docx\)\. Open it in Word and save it as \.docx\."),
        ("t.docx", b"\xd0\xcf\x11\xe0", r"t\.docx is of an old form, or has a password\. Save it anew"),
        ("t.docx", packed(bomb=b"\0" * 100_000_001), r"unpacks to 100,000,001 bytes; at most 100,000,000 are read"),
        ("t.docx", word_document(ENTITIES), "is no Word document"),
        ("t.xlsx", packed(a="b"), r"t\.xlsx cannot be read as a spreadsheet \(.*\)\. Open it, save it as \.xlsx\."),
        ("t.csv", b"a,b\n" + b"x" * 100_001, r"t\.csv has 100,001 letters in row 2, column 1, beginning “x{40}”; at"),
        ("t.csv", b"x" * 20_000_001, "has 20,000,001 bytes; at most 20,000,000 are read"),
        ("t.csv", "a,ü".encode("latin-1"), r"t\.csv is not in Unicode \(UTF-8\): look at line 1"),
        ("t.csv", b"a,\0", "NULL"),
        ("t.csv", b"", "has no table and no paragraphs"),
        ("t.md", b"", "has no table and no paragraphs"),
        ("t.html", b"", "has no table and no paragraphs"),
        ("t.html", b"<table></table><div></div>", "has no table and no paragraphs"),
        ("t.html", b"<table><tr><td colspan=401>x</table>", "a table of more than 400 columns or 200,000 cells"),
        ("t.html", b"<table><tr>" + b"<td rowspan=999999 colspan=400>x" * 2 + b"</table>", "more than 400 columns"),
        ("t.html", f"<table><tr><td>{DEEP}</table>".encode(), "elements inside one another too deeply"),
        ("table", b"x", "ends in nothing; give a file"),
    ],
)
def test_file_that_cannot_be_read_is_refused_in_a_sentence(name, content, words):
    with pytest.raises(TableError, match=words):
        read_tables(name, content)


def tall_sheet(sheet):
    """Fill the first cell of a sheet and one far below it."""
    sheet.write(0, 0, "x")
    sheet.write(300_000, 0, "x")


def test_sheet_of_too_many_cells_is_refused():
    with pytest.raises(TableError, match=r"has a sheet “Sheet1” of more than 400 columns or 200,000 cells\. Divide it"):
        read_tables("t.xlsx", workbook(lambda book: tall_sheet(book.add_worksheet())))
