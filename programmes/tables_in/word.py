"""Tables of Word documents, with merged cells; where there is none, the paragraphs as one."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import docx

from programmes.tables_in.grid import (
    ITEMS,
    PARAGRAPHS,
    GridCell,
    GridMaker,
    PrintedTable,
    TableError,
    TablesRead,
    folded_space,
    letter_for_letter,
)
from programmes.tables_in.heads import OWN_KEYWORD
from programmes.tables_in.html import CAPTION, MARK
from programmes.transcripts.word_descriptions import WORD

if TYPE_CHECKING:
    from collections.abc import Iterator

LETTERS = {f"{WORD}tab": "\t", f"{WORD}br": "\n", f"{WORD}cr": "\n", f"{WORD}noBreakHyphen": "\u2011"}
UNSEEN = {
    f"{WORD}del",
    f"{WORD}moveFrom",
    f"{WORD}instrText",
    f"{WORD}delText",
    f"{WORD}rPr",
    f"{WORD}pPr",
    f"{WORD}tcPr",
}
WRAPPERS = {f"{WORD}sdt", f"{WORD}sdtContent", f"{WORD}ins", f"{WORD}customXml", f"{WORD}smartTag", f"{WORD}moveTo"}


def read_docx(content: bytes) -> TablesRead:
    """Return the tables of a document whose size was looked at before."""
    try:
        document = docx.Document(io.BytesIO(content))
        body, told = document.element.body, document.core_properties
        own = OWN_KEYWORD in told.keywords.split()
        title = told.title if own else ""
    except (KeyError, ValueError, SyntaxError) as error:
        raise TableError("is no Word document (.docx). Open it in Word and save it as .docx") from error
    tables: list[PrintedTable] = []
    outside: list[tuple[str, bool]] = []
    for block in blocks_of(body):
        if block.tag == f"{WORD}tbl":
            before = [words for words, _ in outside[-3:] if CAPTION.match(words)]
            tables.append(word_table(block, len(tables) + 1, before[-1] if before else "", own=own))
        elif words := folded_space("".join(printed_words(block, []))):
            outside.append((words, is_bold(block)))
    if tables:
        return TablesRead(tuple(tables), tuple(words for words, _ in outside), own, title)
    cells = tuple(GridCell(words, row, 0, strong=strong) for row, (words, strong) in enumerate(outside))
    return TablesRead((PrintedTable(1, cells, paragraphs=True),) if cells else ())


def blocks_of(parent: Any) -> Iterator[Any]:
    """Yield the paragraphs and tables of a body or a cell, those inside content controls too."""
    for child in parent:
        if child.tag in {f"{WORD}p", f"{WORD}tbl"}:
            yield child
        elif child.tag in WRAPPERS:
            yield from blocks_of(child)


def below(parent: Any, tag: str) -> Iterator[Any]:
    """Yield the rows of a table, or the cells of a row, those inside content controls too."""
    for child in parent:
        if child.tag == f"{WORD}{tag}":
            yield child
        elif child.tag in WRAPPERS:
            yield from below(child, tag)


def printed_words(element: Any, marks: list[str]) -> Iterator[str]:
    """Yield the words of an element as Word shows them; raised marks of footnotes go to `marks`."""
    if element.tag in UNSEEN:
        return
    if element.tag == f"{WORD}r" and is_raised(element):
        words = "".join(part.text or "" for part in element.iter(f"{WORD}t"))
        if MARK.fullmatch(words):
            marks.append(words.strip())
            return
    if element.tag in LETTERS:
        yield LETTERS[element.tag]
    elif element.tag == f"{WORD}t":
        yield element.text or ""
    for child in element:
        yield from printed_words(child, marks)
    if element.tag == f"{WORD}p":
        yield "\n"


def is_raised(run: Any) -> bool:
    """Say whether a run stands above the line."""
    found = run.find(f"{WORD}rPr/{WORD}vertAlign")
    return found is not None and found.get(f"{WORD}val") == "superscript"


def is_bold(element: Any) -> bool:
    """Say whether all words of a paragraph or cell are bold, or it is a heading."""
    style = element.find(f"{WORD}pPr/{WORD}pStyle")
    if style is not None and style.get(f"{WORD}val", "").lower().startswith(("heading", "title", "berschrift")):
        return True
    runs = [run for run in element.iter(f"{WORD}r") if "".join(run.itertext()).strip()]
    return bool(runs) and all(
        (bold := run.find(f"{WORD}rPr/{WORD}b")) is not None and bold.get(f"{WORD}val") not in {"0", "false"}
        for run in runs
    )


def number_in(element: Any, path: str, otherwise: int) -> int:
    """Return a number that stands in an attribute."""
    found = element.find("/".join(f"{WORD}{part}" for part in path.split("/")))
    value = found.get(f"{WORD}val", "") if found is not None else ""
    return int(value) if value.isdecimal() and len(value) < 7 else otherwise  # noqa: PLR2004  # digits


def word_table(element: Any, number: int, caption: str, *, own: bool) -> PrintedTable:
    """Return one table; a cell that goes on from above belongs to the one that began."""
    maker = GridMaker()
    rows = list(below(element, "tr"))
    begun: dict[int, list[Any]] = {}  # by column: the row, the cell and how far it reaches
    made: list[list[Any]] = []
    for at, row in enumerate(rows):
        column = number_in(row, "trPr/gridBefore", 0)
        heads = row.find(f"{WORD}trPr/{WORD}tblHeader") is not None
        for one in below(row, "tc"):
            wide = number_in(one, "tcPr/gridSpan", 1)
            merge = one.find(f"{WORD}tcPr/{WORD}vMerge")
            if merge is not None and merge.get(f"{WORD}val") != "restart" and column in begun:
                begun[column][2] += 1
            else:
                entry = [at, word_cell(one, at, column, wide, head=heads, own=own), 1]
                made.append(entry)
                begun.pop(column, None)
                if merge is not None:
                    begun[column] = entry
            column += wide
    for at, cell, reach in made:
        maker.add(
            at,
            cell.column,
            GridCell(
                cell.text, at, cell.column, reach, cell.columns, cell.head, cell.strong, cell.lines_are, cell.marks
            ),
        )
    return PrintedTable(number, tuple(maker.cells), caption)


def word_cell(element: Any, row: int, column: int, wide: int, *, head: bool, own: bool) -> GridCell:
    """Return the words of a cell; its paragraphs are lines."""
    marks: list[str] = []
    text = (letter_for_letter if own else folded_space)("".join(printed_words(element, marks)))
    filled = [one for one in element.iter(f"{WORD}p") if "".join(printed_words(one, [])).strip()]
    listed = len(filled) > 1 and all(is_item(one) for one in filled)
    lines_are = ITEMS if listed else PARAGRAPHS if len(filled) > 1 else ""
    return GridCell(text, row, column, 1, wide, head, is_bold(element), lines_are, tuple(marks))


def is_item(paragraph: Any) -> bool:
    """Say whether a paragraph is an item of a list."""
    style = paragraph.find(f"{WORD}pPr/{WORD}pStyle")
    named = style is not None and "list" in style.get(f"{WORD}val", "").lower()
    return named or paragraph.find(f"{WORD}pPr/{WORD}numPr") is not None
