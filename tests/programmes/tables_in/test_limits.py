"""Hostile and huge tables cost a process of its own no more than its limits, and the person one sentence."""

import io
import json
import runpy
import sys
import zipfile

import docx
import pytest
import xlsxwriter

from programmes.tables_in import limits, reading_process
from programmes.tables_in.files import read_tables
from programmes.tables_in.grid import TableError
from programmes.tables_in.limits import read_tables_in_limits
from programmes.tables_in.read import read_configurations
from programmes.transcripts import limits as transcript_limits

ENTITIES = "".join(f'<!ENTITY e{at} "{f"&e{at - 1};" * 10 if at else "lol"}">' for at in range(12))
NAMES = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def workbook(*rows):
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate(rows):
            for column, value in enumerate(cells):
                sheet.write(row, column, value)
    return file.getvalue()


def with_part(content, name, text):
    """Return a packed file of which one part is another."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as parts, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in parts.infolist():
            packed.writestr(part.filename, text if part.filename == name else parts.read(part))
    return written.getvalue()


def word_file():
    file = io.BytesIO()
    document = docx.Document()
    table = document.add_table(2, 3)
    for place, words in enumerate(("Context", "Mechanism", "Outcome", "a", "b", "c")):
        table.cell(place // 3, place % 3).text = words
    document.save(file)
    return file.getvalue()


CMO = [("Context", "Mechanism", "Outcome"), ("a", "b", "c")]


@pytest.mark.parametrize("name", ["t.xlsx", "t.docx", "t.csv"])
def test_tables_are_the_same_in_a_process_of_their_own(monkeypatch, name):
    monkeypatch.setattr(limits, "MOST_BYTES_HERE", 0)
    content = {"t.xlsx": workbook(*CMO), "t.docx": word_file(), "t.csv": b"Context,Mechanism,Outcome\na,b,c\n"}[name]
    assert read_tables_in_limits(name, content) == read_tables(name, content)


def test_short_text_begins_no_process(monkeypatch):
    monkeypatch.setattr(transcript_limits.subprocess, "run", None)
    assert read_tables_in_limits("t.csv", b"a,b\nc,d\n").tables[0].height == 2
    with pytest.raises(TableError, match="at most"):
        read_tables_in_limits("t.xlsx", b"x" * 20_000_001)


def test_entities_that_grow_end_in_a_sentence():
    body = "<w:body><w:p><w:r><w:t>&e11;</w:t></w:r></w:p></w:body>"
    bomb = f"<!DOCTYPE w [{ENTITIES}]><w:document {NAMES}>{body}</w:document>"
    with pytest.raises(TableError, match=r"^t\.docx "):
        read_tables_in_limits("t.docx", with_part(word_file(), "word/document.xml", bomb))
    shared = f"<!DOCTYPE s [{ENTITIES}]><sst><si><t>&e11;</t></si></sst>"
    with pytest.raises(TableError, match=r"^t\.xlsx "):
        read_tables_in_limits("t.xlsx", with_part(workbook(*CMO), "xl/sharedStrings.xml", shared))


def test_file_that_unpacks_to_too_much_is_not_unpacked():
    with pytest.raises(TableError, match="unpacks to"):
        read_tables_in_limits("t.xlsx", with_part(workbook(*CMO), "xl/sharedStrings.xml", " " * 100_000_001))


@pytest.mark.parametrize(("limit", "value"), [("MOST_MEMORY", 60 * 1024 * 1024), ("PATIENCE", 0.001)])
def test_what_takes_too_much_is_told_and_the_site_goes_on(monkeypatch, limit, value):
    monkeypatch.setattr(transcript_limits, limit, value)
    with pytest.raises(TableError, match="takes more than"):
        read_tables_in_limits("t.xlsx", workbook(*[("word " * 50,) * 20] * 3000))


def test_cell_of_ten_million_letters_is_told_with_its_place():
    with pytest.raises(TableError, match=r"10,000,000 letters in row 2, column 3"):
        read_tables_in_limits("t.csv", b"Context,Mechanism,Outcome\na,b," + b"x" * 10_000_000 + b"\n")


def test_formulas_are_words_and_never_worked_out():
    told = '=HYPERLINK("http://x","y")'
    quoted = told.replace('"', '""')
    text = f'Context,Mechanism,Outcome\n"{quoted}",b,@c\n'
    read = read_configurations(read_tables_in_limits("t.csv", text.encode()))
    assert read.configurations[0].parts == {"contexts": [told], "mechanisms": ["b"], "outcomes": ["@c"]}
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, CMO[0])
        sheet.write_row(1, 0, ("a", "b"))
        sheet.write_formula(1, 2, '=CONCATENATE("c","d")', None, "shown")
    read = read_configurations(read_tables_in_limits("t.xlsx", file.getvalue()))
    assert read.configurations[0].parts["outcomes"] == ["shown"]


def test_heads_and_words_from_right_to_left_are_read_and_stay_as_they_are():
    heads, words = ("السياق", "الآلية", "النتيجة"), ("\u202bالقرية\u202c", "الثقة", "زيارات")
    read = read_configurations(read_tables_in_limits("t.xlsx", workbook(heads, words)))
    assert read.configurations[0].parts == {"contexts": [words[0]], "mechanisms": [words[1]], "outcomes": [words[2]]}
    hebrew = read_configurations(read_tables_in_limits("t.csv", "הקשר,מנגנון,תוצאה\nא,ב,ג\n".encode()))
    assert hebrew.configurations[0].parts == {"contexts": ["א"], "mechanisms": ["ב"], "outcomes": ["ג"]}


def test_error_that_nobody_foresaw_is_told_without_the_words_of_the_file(monkeypatch):
    monkeypatch.setattr(reading_process, "read_tables", lambda *_: {}["secret"])
    told = reading_process.answer_with_tables("t.csv", b"secret")
    assert told["cause"] == "KeyError"
    assert "secret" not in told["refused"]
    monkeypatch.setattr(limits, "answered_in_limits", lambda *_: told)
    with pytest.raises(TableError, match="made in a way that is not known here"):
        read_tables_in_limits("t.xlsx", b"x")


@pytest.mark.parametrize("error", [MemoryError(), ValueError("out of memory")])
def test_want_of_memory_ends_the_process(monkeypatch, error):
    def failing(*_):
        raise error

    monkeypatch.setattr(reading_process, "read_tables", failing)
    with pytest.raises(MemoryError):
        reading_process.answer_with_tables("t.csv", b"")


def test_refusal_is_told_by_the_process():
    told = reading_process.answer_with_tables("t.txt2", b"")
    assert told["refused"].startswith("t.txt2 ends in .txt2; give a file that ends in one of .html, ")


def test_process_answers_in_a_line(monkeypatch, capsys):
    asked = json.dumps({"name": "t.csv", "memory": 1, "seconds": 1}).encode() + b"\na,b\nc,d\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(asked)))
    monkeypatch.setattr("programmes.transcripts.reading_process.resource.setrlimit", lambda *_: None)
    monkeypatch.delitem(sys.modules, "programmes.tables_in.reading_process")
    runpy.run_module("programmes.tables_in.reading_process", run_name="__main__")
    assert json.loads(capsys.readouterr().out)["tables"][0]["cells"][3]["text"] == "d"
