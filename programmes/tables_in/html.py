"""Tables of web pages, of spreadsheets and of Word, as a browser's clipboard has them: HTML without its scripts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import nh3
from lxml import html as lxml_html

from programmes.tables_in.grid import (
    ITEMS,
    PARAGRAPHS,
    GridCell,
    GridMaker,
    PrintedTable,
    TableError,
    TablesRead,
    folded_space,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCKS = {"p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "dt", "dd", "figcaption"}
TAGS = {
    *BLOCKS,
    *("table", "caption", "thead", "tbody", "tfoot", "td", "th", "br", "ul", "ol", "b", "strong", "sup", "sub", "span"),
}
NUMBERS = {"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
NO_WORDS = {"script", "style", "title", "head", "template", "noscript"}
MARK = re.compile(r"\s*(?:[a-z]|\d{1,3}|[*†‡§¶#]{1,3})(?:\s*[,–-]\s*(?:[a-z]|\d{1,3}|[*†‡§¶#])|\s+\d{1,3})*\s*")
CAPTION = re.compile(r"\s*(?:table|tabelle|tableau|tabla|tabela|tabella|box|appendix|additional file)\b", re.IGNORECASE)
DEEPEST = 200  # elements inside one another


def read_html(text: str) -> TablesRead:
    """Return the tables of a page; where it has none, its paragraphs as one."""
    clean = nh3.clean(text, tags=TAGS, attributes=NUMBERS, clean_content_tags=NO_WORDS - {"head"}, link_rel=None)
    if not clean.strip():
        return TablesRead(())
    root = lxml_html.document_fromstring(f"<body>{clean}</body>", parser=lxml_html.HTMLParser(huge_tree=False))
    found = [one for one in root.iter("table") if next(one.iterancestors("table"), None) is None]
    outside = [folded_space(cell) for cell, _ in paragraphs_of(root)]
    tables = []
    for number, one in enumerate(found, 1):
        before = outside_before(one)
        tables.append(web_table(one, number, before))
    tables = [table for table in tables if table.cells]
    if not tables:
        cells = tuple(
            GridCell(folded_space(words), row, 0, strong=strong)
            for row, (words, strong) in enumerate(paragraphs_of(root))
        )
        return TablesRead((PrintedTable(1, cells, paragraphs=True),) if cells else ())
    return TablesRead(tuple(tables), tuple(outside))


def paragraphs_of(root: Any) -> list[tuple[str, bool]]:
    """Return the paragraphs outside tables, and whether each is bold."""
    found = []
    for one in root.iter(*BLOCKS, "body"):
        if next(one.iterancestors("table"), None) is None:
            words = "".join(paragraph_words(one)).strip()
            if words:
                bold = "".join(part for tag in ("b", "strong") for each in one.iter(tag) for part in each.itertext())
                found.append((words, one.tag[0] == "h" or (bool(bold) and folded_space(bold) == folded_space(words))))
    return found


def paragraph_words(element: Any) -> Iterator[str]:
    """Yield the words of an element that stand in no block or table inside it."""
    yield element.text or ""
    for child in element:
        if child.tag == "br":
            yield "\n"
        elif child.tag not in BLOCKS and child.tag != "table" and child.tag not in {"ul", "ol"}:
            yield from paragraph_words(child)
        yield child.tail or ""


def outside_before(table: Any) -> str:
    """Return the caption of a table: its own, or the nearest paragraph before it that begins like one."""
    own = next(table.iter("caption"), None)
    if own is not None:
        return folded_space(" ".join(own.itertext()))
    before = [one for one in table.itersiblings(preceding=True) if isinstance(one.tag, str)][:3]
    words = [folded_space(" ".join(one.itertext())) for one in before]
    return next((one for one in words if CAPTION.match(one)), "")


def web_table(element: Any, number: int, caption: str) -> PrintedTable:
    """Return one table."""
    maker = GridMaker()
    rows = [row for row in element.iter("tr") if next(row.iterancestors("table")) is element]
    for at, row in enumerate(rows):
        column = 0
        for one in row:
            column = maker.add(at, column, web_cell(one, len(rows) - at))
    return PrintedTable(number, tuple(maker.cells), caption)


def span_of(element: Any, name: str) -> int:
    """Return how far a cell reaches; 1 where that is no number."""
    value = element.get(name, "1").strip()
    return max(1, int(value)) if value.isdecimal() and len(value) < 7 else 1  # noqa: PLR2004  # digits


def web_cell(element: Any, rows_left: int) -> GridCell:
    """Return a cell without raised marks of footnotes; paragraphs, items and breaks are lines."""
    marks: list[str] = []
    text = folded_space("".join(web_cell_words(element, marks, 0)))
    tags = [one.tag for one in element.iter("li", "p")]
    lines_are = ITEMS if "li" in tags else PARAGRAPHS if tags.count("p") > 1 else ""
    bold = "".join(part for tag in ("b", "strong") for one in element.iter(tag) for part in one.itertext())
    return GridCell(
        text,
        0,
        0,
        min(span_of(element, "rowspan"), rows_left),
        span_of(element, "colspan"),
        element.tag == "th",
        bool(bold) and folded_space(bold) == text,
        lines_are,
        tuple(marks),
    )


def web_cell_words(element: Any, marks: list[str], depth: int) -> Iterator[str]:
    """Yield the words of a cell; what is raised and looks like the mark of a footnote goes to `marks`."""
    if depth > DEEPEST:
        raise TableError("has elements inside one another too deeply. Save the page anew, and give it again")
    yield words_in_line(element.text)
    for child in element:
        words = "".join(child.itertext())
        if child.tag == "br":
            yield "\n"
        elif child.tag == "sup" and MARK.fullmatch(words):
            marks.append(words.strip())
        elif child.tag in BLOCKS:
            yield "\n"
            yield from web_cell_words(child, marks, depth + 1)
            yield "\n"
        else:
            yield from web_cell_words(child, marks, depth + 1)
        yield words_in_line(child.tail)


def words_in_line(text: str | None) -> str:
    """Return words with the ends of lines of their file as blanks: they mean nothing in HTML."""
    return re.sub(r"\s+", " ", text or "")
