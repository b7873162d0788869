"""Documents for paper: what Word and PDF have of the same blocks, and that nothing is wider than its page."""

import io
import zipfile

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from programmes.formats.pdf_documents import pdf_document
from programmes.formats.printed_document import (
    PaperTable,
    PrintedDocument,
    PrintedFigure,
    PrintedHeading,
    PrintedText,
)
from programmes.formats.word_documents import word_document

CIRCLE = '<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="{}"><circle cx="20" cy="20" r="9"/></svg>'
TABLE = PaperTable(
    caption="A <table> & more",
    heads=["CMOC", "Words"],
    shares=[1, 6],
    rows=[["1", "First line\nsecond line"], ["2", "#let x = 1 \\ *bold* $a$ @x"], ["3", "a\x00b"]],
    description='A row is a "row".',
)


def figure(width, height):
    return PrintedFigure("A figure", "A circle.", CIRCLE.format(width, height), width, height)


def document(*blocks, landscape=False, notice="Not for others"):
    return PrintedDocument("A title", notice, "From here", landscape, blocks)


WHOLE = (PrintedHeading("Head"), PrintedText("A text."), PrintedText("Small.", quiet=True), figure(100, 400), TABLE)


def opened(source):
    return docx.Document(io.BytesIO(word_document(source)))


def text_of(paragraph):
    """Return the text of a paragraph, with what stands in its fields."""
    return "".join(entry.text or "" for entry in paragraph._p.iter(qn("w:t")))


def text_of_pdf(source):
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf_document(source))).pages]


def test_word_has_each_block_with_its_style():
    found = opened(document(*WHOLE))
    assert [(paragraph.style.name, text_of(paragraph)) for paragraph in found.paragraphs if paragraph.text] == [
        ("Heading 1", "Head"),
        ("Normal", "A text."),
        ("Quiet", "Small."),
        ("Caption", "Figure 1. A figure"),
        ("Caption", "Table 1. A <table> & more"),
    ]
    assert found.core_properties.title == "A title"
    assert [[cell.text for cell in row.cells] for row in found.tables[0].rows] == [
        ["CMOC", "Words"],
        ["1", "First line\nsecond line"],
        ["2", "#let x = 1 \\ *bold* $a$ @x"],
        ["3", "a\ufffdb"],
    ]


def test_word_repeats_heads_numbers_captions_and_has_words_for_what_is_seen():
    content = word_document(document(TABLE, figure(400, 100), TABLE))
    found = docx.Document(io.BytesIO(content))
    first, *others = found.tables[0].rows
    assert first._tr.trPr.find(qn("w:tblHeader")) is not None
    assert [row._tr.trPr.find(qn("w:tblHeader")) for row in others] == [None] * 3
    properties = found.tables[0]._tbl.tblPr
    assert properties.find(qn("w:tblCaption")).get(qn("w:val")) == "A <table> & more"
    assert properties.find(qn("w:tblDescription")).get(qn("w:val")) == 'A row is a "row".'
    assert found.inline_shapes[0]._inline.docPr.get("descr") == "A circle."
    numbered = [text_of(paragraph) for paragraph in found.paragraphs if paragraph.style.name == "Caption"]
    assert numbered == ["Table 1. A <table> & more", "Figure 1. A figure", "Table 2. A <table> & more"]
    section = found.sections[0]
    assert section.header.paragraphs[0].text == "Not for others"
    assert text_of(section.footer.paragraphs[0]) == "From here · 1 / 1"
    fields = [entry.get(qn("w:instr")).strip() for entry in section.footer._element.iter(qn("w:fldSimple"))]
    assert fields == ["PAGE", "NUMPAGES"]
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None


@pytest.mark.parametrize("landscape", [False, True])
def test_pages_lie_or_stand_and_a_high_figure_stands(landscape):
    source = document(*WHOLE, landscape=landscape)
    sizes = [(round(section.page_width.cm, 1), round(section.page_height.cm, 1)) for section in opened(source).sections]
    upright, lying = (21.0, 29.7), (29.7, 21.0)
    assert sizes == ([lying, upright, lying] if landscape else [upright])
    pages = PdfReader(io.BytesIO(pdf_document(source))).pages
    in_pdf = [page.mediabox.width > page.mediabox.height for page in pages]
    assert in_pdf == ([True, False, True] if landscape else [False] * len(pages))


def test_pdf_has_the_same_words_on_every_page():
    pages = text_of_pdf(document(*WHOLE, landscape=True))
    assert all("Not for others" in page and "From here" in page for page in pages)
    assert ["1 / 3" in pages[0], "2 / 3" in pages[1], "3 / 3" in pages[2]] == [True] * 3
    words = " ".join(" ".join(pages).split())
    for said in ("A text.", "Small.", "Figure 1: A figure", "Table 1: A <table> & more", "#let x = 1 \\ *bold* $a$ @x"):
        assert said in words
    for_all = document(*WHOLE, notice="")
    assert "Not for others" not in " ".join(text_of_pdf(for_all))
    assert text_of(opened(for_all).sections[0].header.paragraphs[0]) == ""


def test_heads_stand_on_every_page_of_a_long_table():
    rows = [[str(number), "word " * 60] for number in range(30)]
    table = PaperTable("Long", ["CMOC", "What was said"], [1, 6], rows, "")
    pages = text_of_pdf(document(table))
    assert len(pages) > 1
    assert all("What was said" in page for page in pages)


def test_row_longer_than_a_page_goes_on_in_the_next():
    table = PaperTable("Long", ["CMOC", "What was said"], [1, 6], [["1", "word " * 3000 + "end"]], "")
    pages = text_of_pdf(document(table))
    assert len(pages) > 2
    assert "end" in pages[-1]
    row = opened(document(table)).tables[0].rows[1]
    assert row._tr.trPr.find(qn("w:cantSplit")) is None


@given(
    st.lists(st.tuples(st.integers(1, 20), st.text(max_size=40), st.text(max_size=200)), min_size=1, max_size=14),
    st.booleans(),
)
def test_no_table_is_wider_than_its_page(columns, landscape):
    shares, heads, cells = zip(*columns, strict=True)
    source = document(landscape=landscape)
    widths = source.widths_of(PaperTable("", heads, shares, [cells], ""))
    assert sum(widths) == pytest.approx(source.text_width)
    assert min(widths) > 0.3


@given(st.floats(10, 5000), st.floats(10, 5000), st.booleans())
def test_no_figure_is_larger_than_its_page(width, height, landscape):
    source = document(landscape=landscape)
    drawn = figure(width, height)
    across = source.width_of(drawn)
    page = (21.0, 29.7) if source.stands_upright(drawn) else source.page
    assert across <= page[0] - 3.99
    assert across * height / width <= page[1] - 6.99


def test_short_words_are_not_broken():
    source = document(landscape=True)
    heads = ["CMOC", *(f"Head {number}" for number in range(10)), "Against"]
    widths = source.widths_of(PaperTable("", heads, [1, *[9] * 10, 1], [["12"] * 12], ""))
    assert widths[0] > 1.2
    assert widths[-1] > 1.2
