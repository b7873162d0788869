"""Reading an OpenDocument text (.odt): each of its words becomes part of the text, or is told as left out of it.

Tracked changes are read as if they had been accepted. What is shown beside the text (headers, comments) or not at all
(hidden words) is left out and told. Words are taken out of the document as they are read; what then still stands in it
is told too, so that nothing is lost that this reader does not know.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from programmes.transcripts.open_document_fields import FIELDS, answer_of
from programmes.transcripts.open_document_package import OpenDocumentPackage
from programmes.transcripts.open_document_parts import (
    AMONG_WORDS,
    CODES,
    DELETED,
    DRAW,
    FIELD,
    HIDDEN,
    LATER,
    MANIFEST,
    NOT_SHOWN,
    NUMBERS,
    OFFICE,
    PARAGRAPHS,
    SAVE_ANEW,
    TABLE,
    TEXT,
    ParagraphWords,
    StylesOfWords,
    number_of_times,
    root_of_part,
    take_words,
)
from programmes.transcripts.reading import ReadingError, TranscriptReading
from programmes.transcripts.tables import lines_of_table

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Callable, Iterable

    from lxml.etree import _Element as Element

LETTERS = {f"{TEXT}s": " ", f"{TEXT}tab": "\t", f"{TEXT}line-break": "\n"}
ROWS = (f"{TABLE}table-header-rows", f"{TABLE}table-rows", f"{TABLE}table-row-group")
NUMERAL = re.compile(r"\d+|[ivxlcdm]+|[IVXLCDM]+|[a-zA-Z]")
MOST_LEVELS = 10  # of a list
MOST_REPEATED = 1_000_000  # letters that a document shows again without writing them again


def read_open_document(packed: zipfile.ZipFile) -> TranscriptReading:
    """Return the text of an OpenDocument text, and what of it is left out.

    Raises ValueError, whose message follows the name of the file, if it has a password, is damaged or of another form.
    """
    names = packed.namelist()
    if len(set(names)) < len(names):
        raise ReadingError(f"is damaged: two parts in it have one name. {SAVE_ANEW}")
    if MANIFEST in names and next(root_of_part(packed, MANIFEST).iter("{*}encryption-data"), None) is not None:
        raise ReadingError("has a password. Open it, save it without one, and give it again")
    if "content.xml" not in names:
        raise ReadingError(f"is no OpenDocument text (.odt). {SAVE_ANEW}")
    reader = OpenDocumentReader(packed)
    return TranscriptReading(reader.text(), tuple(reader.left_out))


class OpenDocumentReader(OpenDocumentPackage):
    """Walks through a document once, and takes the words out of it."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        super().__init__(packed)
        self.paragraphs = 0
        self.words = ParagraphWords()
        self.boxes: list[str] = []  # lines of text boxes that belong to the present paragraph
        self.begun = ""  # words whose paragraph was deleted the end of
        self.lists: list[str] = []  # the styles of the lists around
        self.point: str | None = None  # the style of the list of which a point begins
        self.number_is_told = False
        self.notes: list[Element] = []
        self.ranges: dict[object, str] = {}  # what leaves out all that stands in it, as a kind
        self.codes: list[tuple[ParagraphWords, int]] = []  # where those of fields begin
        self.left_to_repeat = MOST_REPEATED
        self.styles = StylesOfWords(self.document, self.looks)

    def text(self) -> str:
        """Return the text: paragraphs, tables and text boxes in order, and the notes at the end."""
        lines = self.apart(self.document.iterchildren(f"{OFFICE}body"))
        for number, note in enumerate(self.notes, 1):  # which grow, where a note has one of its own
            lines.append(f"[note {number}] " + "\n".join(self.apart([note])).strip())
        self.tell_what_was_not_met()
        self.tell_other_parts()
        return "\n".join(lines)

    # What stands below one another.

    def blocks(self, elements: Iterable[Element]) -> list[str]:
        """Return the paragraphs and rows in elements as lines."""
        lines = []
        for element in elements:
            tag = str(element.tag)
            if tag in BLOCKS:
                lines += BLOCKS[tag](self, element)
            elif tag in NOT_SHOWN:
                self.leave_out(NOT_SHOWN[tag], element)
            elif tag in RANGES:
                RANGES[tag](self, element, "")
            else:
                lines += self.blocks(element)
        return lines

    def apart(self, elements: Iterable[Element]) -> list[str]:
        """Return the lines of what belongs to no list and no paragraph around it."""
        outer = self.lists, self.point, self.begun, self.place
        self.lists, self.point, self.begun = [], None, ""
        lines = self.blocks(elements)
        lines += [self.begun] * bool(self.begun)
        self.lists, self.point, self.begun, self.place = outer
        return lines

    def without(self, element: Element) -> list[str]:
        """Return no lines of an element that is not shown; its words are told."""
        self.ranges[element] = HIDDEN
        lines = self.blocks(element)
        del self.ranges[element]
        return lines

    def paragraph(self, paragraph: Element) -> list[str]:
        """Return a paragraph and the text boxes in it as lines; none, if all of it is left out."""
        self.paragraphs += 1
        self.place = f"paragraph {self.paragraphs}"
        outer, self.words, self.boxes = (self.words, self.boxes), ParagraphWords(), []
        told = len(self.left_out)
        if paragraph in self.hidden:
            self.ranges[paragraph] = HIDDEN
        self.tell_number(paragraph)
        self.inline(paragraph, self.styles.kind("paragraph", paragraph))
        pieces, lines = self.words.pieces, self.boxes
        self.words, self.boxes = outer
        for kind, of_kind in itertools.groupby(pieces, lambda piece: piece[0]):
            if kind and (left := "".join(words for _, words in of_kind).strip()):
                self.tell(kind, left)
        words = "".join(words for kind, words in pieces if not kind)
        is_left_out = bool(self.ranges) or len(self.left_out) > told
        self.ranges.pop(paragraph, None)
        if DELETED in self.ranges.values():
            self.begun += words
            return lines
        words, self.begun = self.begun + words, ""
        return lines if not words and is_left_out else [words, *lines]

    def tell_number(self, paragraph: Element) -> None:
        """Tell the number before a point of a list or a heading, unless the file has it."""
        point, self.point = self.point, None
        told, self.number_is_told = self.number_is_told, False
        in_file = told or paragraph.find(f"{TEXT}number") is not None
        if not in_file and self.styles.has_number(paragraph, point, len(self.lists)):
            self.tell(NUMBERS, "")

    def number(self, number: Element) -> list[str]:
        """Tell the number before the next paragraph, where the file has it."""
        self.leave_out(NUMBERS, number, f"paragraph {self.paragraphs + 1}")
        self.number_is_told = True
        return []

    def points(self, points: Element) -> list[str]:
        """Return the points of a list as lines."""
        style = points.get(f"{TEXT}style-name") or (self.lists[-1] if self.lists else "")
        self.lists.append(style)
        lines = []
        for point in points:
            self.point = point.get(f"{TEXT}style-override", style) if point.tag == f"{TEXT}list-item" else None
            lines += self.blocks([point])
        self.point = None
        self.lists.pop()
        return lines

    def lone_point(self, point: Element) -> list[str]:
        """Return a point that stands in no list."""
        outer, self.point = self.lists, point.get(f"{TEXT}style-name", "")
        self.lists = [self.point] * min(number_of_times(point, f"{TEXT}level"), MOST_LEVELS)
        lines = self.blocks(point)
        self.lists, self.point = outer, None
        return lines

    def section(self, section: Element) -> list[str]:
        """Return the lines of a section, unless it is hidden."""
        display = section.get(f"{TEXT}display")
        condition = display == "condition" and section.get(f"{TEXT}is-hidden") == "true"
        return self.without(section) if display == "none" or condition else self.blocks(section)

    def table(self, table: Element) -> list[str]:
        """Return the rows of a table as lines."""
        outer = self.lists, self.point
        self.lists, self.point = [], None
        rows = self.rows(table)
        self.lists, self.point = outer
        return lines_of_table(rows)

    def rows(self, parent: Element) -> list[list[str]]:
        """Return the cells of a table, row by row; a row of which all is left out is none."""
        rows: list[list[str]] = []
        for child in parent:
            tag = str(child.tag)
            if tag == f"{TABLE}table-row":
                told = len(self.left_out)
                cells = self.cells(child)
                if any(cells) or not (self.ranges or len(self.left_out) > told):
                    rows += [cells] * self.times(child, f"{TABLE}number-rows-repeated", "".join(cells))
            elif tag in ROWS:
                rows += self.rows(child)
            elif tag in NOT_SHOWN:
                self.leave_out(NOT_SHOWN[tag], child)
        return rows

    def cells(self, row: Element) -> list[str]:
        """Return the cells of a row; one that spans several columns is one, what a cell above it covers is empty."""
        cells: list[str] = []
        spanned = 0
        for cell in row:
            if cell.tag == f"{TABLE}table-cell":
                words = "\n".join(self.blocks(cell))
                cells += [words] * self.times(cell, f"{TABLE}number-columns-repeated", words)
                spanned = number_of_times(cell, f"{TABLE}number-columns-spanned") - 1
            elif cell.tag == f"{TABLE}covered-table-cell":
                cells += filter(None, self.without(cell))
                covered = self.times(cell, f"{TABLE}number-columns-repeated", "")
                cells += [""] * (covered - spanned)
                spanned = max(spanned - covered, 0)
        return cells

    def times(self, element: Element, name: str, words: str) -> int:
        """Return how many times words are shown, and tell where that is too many."""
        wanted = number_of_times(element, name)
        given = min(wanted, 1 + self.left_to_repeat // (len(words) + 1))
        self.left_to_repeat -= (given - 1) * (len(words) + 1)
        if given < wanted:
            self.tell("repetitions", f"{wanted - given:,} × {words}")
        return given

    def embedded(self, element: Element) -> list[str]:
        """Tell the words of a chart or a formula, which is a document of its own."""
        address = element.get("{http://www.w3.org/1999/xlink}href", "").removeprefix("./").rstrip("/")
        name = f"{address}/content.xml"
        if name in self.packed.NameToInfo and name not in self.opened:
            self.tell_part(name, self.place)
        return self.blocks(element)

    def control(self, shape: Element) -> list[str]:
        """Return what was typed or chosen in a field of a form, where it is shown."""
        control = self.controls.pop(shape.get(f"{DRAW}control"), None)
        answer = "" if control is None else self.told_of(answer_of(control))
        if kind := self.kind_here(""):
            self.tell(kind, answer)
            return self.blocks(shape)
        return [*[answer] * bool(answer), *self.blocks(shape)]

    # What stands beside one another.

    def inline(self, parent: Element, kind: str) -> None:
        """Add the words in an element to those of the paragraph."""
        self.words.write(parent.text, self.kind_here(kind))
        parent.text = None
        for child in parent:
            tag = str(child.tag)
            if tag in NOT_SHOWN:
                self.leave_out(NOT_SHOWN[tag], child)
            elif tag == f"{DRAW}control" and child.get(f"{TEXT}anchor-type") == "as-char":
                self.words.put(" ".join(self.control(child)), self.kind_here(kind))
            elif tag.startswith(DRAW):
                self.boxes += self.apart([child])
            else:
                hidden = child.get(f"{TEXT}display") == "none" or child.get(f"{TEXT}is-hidden") == "true"
                of_child = HIDDEN if hidden else kind
                INLINE.get(tag, OpenDocumentReader.inline)(self, child, of_child)
            self.words.after_space &= tag in AMONG_WORDS
            self.words.write(child.tail, self.kind_here(kind))
            child.tail = None

    def kind_here(self, kind: str) -> str:
        """Return as what words are left out: as what they stand in, or else this kind."""
        return next(iter(self.ranges.values()), kind)

    def letter(self, element: Element, kind: str) -> None:
        """Add spaces, a tabulator or the break of a line."""
        letter = LETTERS[str(element.tag)]
        self.words.put(letter * self.times(element, f"{TEXT}c", ""), self.kind_here(kind))

    def span(self, span: Element, kind: str) -> None:
        """Add words of one style."""
        self.inline(span, self.styles.kind("text", span, kind))

    def begin(self, mark: Element, _: str) -> None:
        """Begin to leave out what was deleted and still stands in the text, or what a bookmark hides."""
        change, name = mark.get(f"{TEXT}change-id"), mark.get(f"{TEXT}name")
        if change in self.deletions and change in self.ends:
            self.ranges[change] = DELETED
        elif mark.get(f"{LATER}hidden") == "true" and name in self.ends:
            self.ranges[name] = HIDDEN

    def end(self, mark: Element, _: str) -> None:
        """End what such a mark began."""
        self.ranges.pop(mark.get(f"{TEXT}change-id") or mark.get(f"{TEXT}name"), None)

    def deleted(self, mark: Element, _: str) -> None:
        """Tell words that were deleted here and stand elsewhere in the file."""
        if (deletion := self.deletions.get(mark.get(f"{TEXT}change-id"))) is not None:
            self.leave_out(DELETED, deletion)

    def note(self, note: Element, kind: str) -> None:
        """Add the mark of a note, whose words stand at the end."""
        body = note.find(f"{TEXT}note-body")
        if body is None or self.kind_here(kind):
            self.leave_out(self.kind_here(kind) or "notes without words", note)
            return
        for citation in note.iterchildren(f"{TEXT}note-citation"):
            if not NUMERAL.fullmatch(said := take_words(citation)):
                self.tell("marks of notes", said)
        self.notes.append(body)
        self.words.put(f"[note {len(self.notes)}]", "")

    def field(self, field: Element, kind: str) -> None:
        """Add what a field shows."""
        if shown := self.told_of(FIELDS[str(field.tag)](field)):
            self.words.put(shown, self.kind_here(kind))
        self.inline(field, kind)

    def begin_field(self, mark: Element, kind: str) -> None:
        """Begin a field that comes from Word."""
        self.field(mark, kind)
        self.codes.append((self.words, len(self.words.pieces)))

    def end_code(self, _: Element, __: str) -> None:
        """Leave out what stands in a field before this: its code."""
        words, begin = self.codes[-1] if self.codes else (None, 0)
        if words is self.words:
            words.pieces[begin:] = [(kind or CODES, code) for kind, code in words.pieces[begin:]]

    def end_field(self, _: Element, __: str) -> None:
        """End a field that comes from Word."""
        del self.codes[-1:]


RANGES: dict[str, Callable[[OpenDocumentReader, Element, str], None]] = {
    **dict.fromkeys((f"{TEXT}change-start", f"{TEXT}bookmark-start"), OpenDocumentReader.begin),
    **dict.fromkeys((f"{TEXT}change-end", f"{TEXT}bookmark-end"), OpenDocumentReader.end),
    f"{TEXT}change": OpenDocumentReader.deleted,
}
INLINE: dict[str, Callable[[OpenDocumentReader, Element, str], None]] = {
    **RANGES,
    **dict.fromkeys(LETTERS, OpenDocumentReader.letter),
    f"{TEXT}span": OpenDocumentReader.span,
    f"{TEXT}note": OpenDocumentReader.note,
    **dict.fromkeys(FIELDS, OpenDocumentReader.field),
    f"{FIELD}fieldmark-start": OpenDocumentReader.begin_field,
    f"{FIELD}fieldmark-separator": OpenDocumentReader.end_code,
    f"{FIELD}fieldmark-end": OpenDocumentReader.end_field,
}
BLOCKS: dict[str, Callable[[OpenDocumentReader, Element], list[str]]] = {
    **dict.fromkeys(PARAGRAPHS, OpenDocumentReader.paragraph),
    f"{TEXT}number": OpenDocumentReader.number,
    f"{TEXT}list": OpenDocumentReader.points,
    f"{TEXT}numbered-paragraph": OpenDocumentReader.lone_point,
    f"{TEXT}section": OpenDocumentReader.section,
    # What is read where marks refer to it.
    **dict.fromkeys((f"{TEXT}tracked-changes", f"{OFFICE}forms"), lambda _reader, _element: []),
    f"{TABLE}table": OpenDocumentReader.table,
    f"{DRAW}object": OpenDocumentReader.embedded,
    f"{DRAW}control": OpenDocumentReader.control,
}
