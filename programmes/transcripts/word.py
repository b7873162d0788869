"""Reading a Word document: each of its words becomes part of the text, or is told as left out of it.

Tracked changes are read as if they had been accepted. What Word shows beside the text (headers, comments, hidden words)
is left out and told. Whatever this reader does not know is told too, for at the end it looks for words that it has not
met.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from programmes.transcripts.reading import LeftOut, TranscriptReading
from programmes.transcripts.tables import lines_of_table
from programmes.transcripts.word_descriptions import WORD, described, described_in

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator

    from docx.document import Document
    from docx.opc.part import Part
    from lxml.etree import _Element as Element

MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
ALTERNATIVES = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
# What stands for a letter.
LETTERS = {
    f"{WORD}tab": "\t",
    f"{WORD}ptab": "\t",
    f"{WORD}br": "\n",
    f"{WORD}cr": "\n",
    f"{WORD}noBreakHyphen": "\u2011",
    f"{WORD}softHyphen": "\u00ad",
}
# What Word does not show, or shows struck out.
LEFT_OUT = {
    f"{WORD}del": "deleted words",
    f"{WORD}moveFrom": "words that were moved elsewhere",
    f"{WORD}delText": "deleted words",
    f"{WORD}delInstrText": "field codes",
    f"{WORD}instrText": "field codes",
    f"{WORD}rt": "readings above characters",
}
DRAWINGS = {f"{WORD}drawing", f"{WORD}pict", f"{WORD}object"}
NOTES = {f"{WORD}footnoteReference": "footnotes", f"{WORD}endnoteReference": "endnotes"}
# Parts of a document in which no words stand that anybody wrote for others to read.
WITHOUT_WORDS = (
    "styles",
    "settings",
    "fontTable",
    "webSettings",
    "theme",
    "numbering",
    "core",
    "app",
    "custom",
    "item",
)
KINDS_OF_PARTS = {
    "header": "headers",
    "footer": "footers",
    "comments": "comments",
    "footnotes": "notes that nothing refers to",
    "endnotes": "notes that nothing refers to",
    "chart": "words in charts",
    "data": "words in diagrams",
    "drawing": "words in diagrams",
}
PICTURES = ("image/", "application/x-font", "application/vnd.openxmlformats-officedocument.obfuscatedFont")
PRIVATE_USE = range(0xE000, 0xF900)  # letters that only their font knows
PLACES_ON_PAGE = {"posOffset", "align", "pctWidth", "pctHeight", "pctPosHOffset", "pctPosVOffset"}  # of drawings
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)


def read_document(document: Document) -> TranscriptReading:
    """Return the text of a Word document, and what of it is left out."""
    reader = DocumentReader(document)
    return TranscriptReading(reader.text(), tuple(reader.left_out))


def is_on(properties: Element | None, name: str) -> bool | None:
    """Return whether a property such as `vanish` is on; None where nothing is said of it."""
    found = properties.find(f"{WORD}{name}") if properties is not None else None
    return None if found is None else found.get(f"{WORD}val", "true") not in {"0", "false", "off"}


def value_of(properties: Element | None, path: str) -> str:
    """Return the value of a property, or nothing."""
    found = properties.find("/".join(f"{WORD}{name}" for name in path.split("/"))) if properties is not None else None
    return "" if found is None else found.get(f"{WORD}val", "")


class DocumentReader:
    """Walks through a document once, and keeps what it has met."""

    def __init__(self, document: Document) -> None:
        self.left_out: list[LeftOut] = []
        self.met: set[Element] = set()  # whose words are told
        self.described: set[str] = set()  # what attributes say and is told
        self.paragraphs = 0
        self.boxes: list[str] = []  # lines of text boxes that belong to the present paragraph
        self.begun = ""  # words whose paragraph was deleted the end of
        self.notes: list[tuple[str, str]] = []  # those referred to, as kind and id
        self.main = document.part
        self.document = etree.fromstring(
            self.main.blob, PARSER
        )  # without the classes of python-docx, whose words differ
        self.roots = {part: root_of(part) for part in document.part.package.iter_parts() if part is not self.main}
        self.beside = [link.target_part for link in self.main.rels.values() if not link.is_external]
        self.styles = {
            style.get(f"{WORD}styleId", ""): style for style in self.root_named("styles").iter(f"{WORD}style")
        }
        self.numbered = set(self.numbered_levels())

    def root_named(self, name: str) -> Element:
        """Return the part of this name that belongs to the document itself, or an empty one."""
        found = (self.roots[part] for part in self.beside if part_name(part) == name)
        return next((root for root in found if root is not None), etree.Element("nothing"))

    def numbered_levels(self) -> Iterator[tuple[str, str]]:
        """Yield the lists whose points Word numbers, as id and level."""
        numbering = self.root_named("numbering")
        levels = {
            (abstract.get(f"{WORD}abstractNumId"), level.get(f"{WORD}ilvl"))
            for abstract in numbering.iter(f"{WORD}abstractNum")
            for level in abstract.iter(f"{WORD}lvl")
            if value_of(level, "numFmt") not in {"", "bullet", "none"}
        }
        for number in numbering.iter(f"{WORD}num"):
            for abstract, level in levels:
                if value_of(number, "abstractNumId") == abstract:
                    yield number.get(f"{WORD}numId", ""), str(level)

    def text(self) -> str:
        """Return the text: paragraphs, tables and text boxes in order, and the notes at the end."""
        lines = self.blocks(self.document)
        lines += [self.begun] * bool(self.begun)
        for number, (kind, key) in enumerate(self.notes, 1):  # which grows, where a note refers to another one
            for note in self.root_named(kind):
                if note.get(f"{WORD}id") == key:
                    lines.append(f"[note {number}] " + "\n".join(self.blocks(note)).strip())
        self.tell_other_parts()
        self.tell_what_was_not_met(self.document, "other words", "document")
        return "\n".join(lines)

    # What stands below one another.

    def blocks(self, parent: Element) -> list[str]:
        """Return the paragraphs and rows in an element as lines."""
        lines = []
        for child in parent:
            if child.tag == f"{WORD}p":
                lines += self.paragraph(child)
            elif child.tag == f"{WORD}tbl":
                lines += lines_of_table(self.rows(child))
            elif child.tag in LEFT_OUT:
                self.leave_out(LEFT_OUT[child.tag], child)
            else:
                lines += self.blocks(self.shown_part(child))
        return lines

    def shown_part(self, element: Element) -> Element:
        """Return the part of an element that Word shows: of two drawings of the same one, of a control its content."""
        if element.tag == ALTERNATIVES and len(element):
            shown = element[0]
            for other in element[1:]:  # the same for older programs
                if words_under(other) == words_under(shown):
                    self.met.update(other.iter())
            return shown
        if element.tag == f"{WORD}sdt" and is_on(element.find(f"{WORD}sdtPr"), "showingPlcHdr"):
            self.leave_out("prompts where nobody wrote", element)
            return etree.Element("nothing")
        return element

    def paragraph(self, paragraph: Element) -> list[str]:
        """Return a paragraph and the text boxes in it as lines; none, if all of it is left out."""
        self.paragraphs += 1
        outer, self.boxes = self.boxes, []
        told = len(self.left_out)
        properties = paragraph.find(f"{WORD}pPr")
        self.tell_number(properties)
        words = self.inline(paragraph, hidden=self.is_hidden(value_of(properties, "pStyle")))
        lines, self.boxes = self.boxes, outer
        mark = properties.find(f"{WORD}rPr") if properties is not None else None
        if mark is not None and any(mark.find(f"{WORD}{name}") is not None for name in ("del", "moveFrom")):
            self.begun += words
            return lines
        words, self.begun = self.begun + words, ""
        return lines if not words and len(self.left_out) > told else [words, *lines]

    def tell_number(self, properties: Element | None) -> None:
        """Tell the number that Word writes before a point of a list."""
        number, level = value_of(properties, "numPr/numId"), value_of(properties, "numPr/ilvl")
        style = value_of(properties, "pStyle")
        while not number and style in self.styles:
            of_style = self.styles[style].find(f"{WORD}pPr")
            number, level = value_of(of_style, "numPr/numId"), value_of(of_style, "numPr/ilvl")
            style = value_of(self.styles[style], "basedOn")
        if (number, level or "0") in self.numbered:
            self.left_out.append(LeftOut("numbers of lists", self.place, ""))

    @property
    def place(self) -> str:
        """Where the reader is."""
        return f"paragraph {self.paragraphs}"

    def rows(self, table: Element) -> list[list[str]]:
        """Return the cells of a table, row by row; a cell that spans several columns is one."""
        rows = []
        for row in self.parts_named(table, "tr"):
            if row.find(f"{WORD}trPr/{WORD}del") is not None:
                self.leave_out("deleted words", row)
                continue
            cells = []
            for cell in self.parts_named(row, "tc"):
                if cell.find(f"{WORD}tcPr/{WORD}cellDel") is not None:
                    self.leave_out("deleted words", cell)
                else:
                    cells.append("\n".join(self.blocks(cell)))
            rows.append(cells)
        return rows

    def parts_named(self, parent: Element, name: str) -> Iterator[Element]:
        """Yield rows or cells, those in content controls and insertions too, but none of tables in cells."""
        for child in parent:
            if child.tag == f"{WORD}{name}":
                yield child
            elif child.tag != f"{WORD}tc":
                yield from self.parts_named(self.shown_part(child), name)

    # What stands beside one another.

    def inline(self, parent: Element, *, hidden: bool = False) -> str:
        """Return the words in an element."""
        return "".join(self.words_in(child, hidden=hidden) for child in parent)

    def words_in(self, element: Element, *, hidden: bool) -> str:
        """Return the words of one element of a paragraph."""
        tag = str(element.tag)
        if tag in LETTERS:
            return LETTERS[tag]
        if tag in LEFT_OUT:
            return self.leave_out(LEFT_OUT[tag], element)
        if tag == f"{WORD}r":
            return self.run(element, hidden=hidden)
        if tag in WORDS_OF:
            return WORDS_OF[tag](self, element)
        if code := element.get(f"{WORD}instr"):
            self.left_out.append(LeftOut("field codes", self.place, code))
        return self.inline(self.shown_part(element), hidden=hidden)

    def run(self, run: Element, *, hidden: bool) -> str:
        """Return the words of a run, unless Word hides them."""
        properties = run.find(f"{WORD}rPr")
        said = is_on(properties, "vanish")
        if (hidden or self.is_hidden(value_of(properties, "rStyle"))) if said is None else said:
            return self.leave_out("hidden words", run)
        return self.inline(run)

    def note(self, reference: Element) -> str:
        """Return the mark of a note, whose words stand at the end."""
        self.notes.append((NOTES[str(reference.tag)], reference.get(f"{WORD}id", "")))
        return f"[note {len(self.notes)}]"

    def drawn(self, drawing: Element) -> str:
        """Keep the lines of the text boxes in a drawing for the end of the paragraph."""
        self.boxes += self.drawing(drawing)
        return ""

    def is_hidden(self, style: str) -> bool:
        """Return whether a style, or one that it is based on, hides its words."""
        while style in self.styles:
            if (said := is_on(self.styles[style].find(f"{WORD}rPr"), "vanish")) is not None:
                return said
            style = value_of(self.styles[style], "basedOn")
        return False

    def symbol(self, symbol: Element) -> str:
        """Return a letter that is told by its number, unless only its font knows what it is."""
        code = int(symbol.get(f"{WORD}char", "0"), 16)
        if code and code not in PRIVATE_USE:
            return chr(code)
        font = symbol.get(f"{WORD}font", "")
        self.left_out.append(LeftOut("symbols that only their font knows", self.place, f"{font} {code:04X}"))
        return ""

    def form_field(self, field: Element) -> str:
        """Return what was chosen in a field of a form; what was typed in one stands in the text after it."""
        box = field.find(f"{WORD}ffData/{WORD}checkBox")
        if box is not None:
            checked = is_on(box, "checked")
            return "☒" if (is_on(box, "default") if checked is None else checked) else "☐"
        choices = field.find(f"{WORD}ffData/{WORD}ddList")
        if choices is None:
            return ""
        entries = [entry.get(f"{WORD}val", "") for entry in choices.iter(f"{WORD}listEntry")]
        chosen = int(value_of(choices, "result") or value_of(choices, "default") or 0)
        others = [entry for at, entry in enumerate(entries) if at != chosen]
        self.left_out += [LeftOut("choices that were not chosen", self.place, entry) for entry in others]
        return entries[chosen] if chosen < len(entries) else ""

    def drawing(self, element: Element) -> list[str]:
        """Return the lines of the text boxes in a drawing; what describes it is told."""
        lines = []
        for child in element:
            if child.tag == f"{WORD}txbxContent":
                lines += self.blocks(child)
                continue
            self.describe(described(child), self.place)
            lines += self.drawing(self.shown_part(child))
        return lines

    # What is told.

    def meet(self, element: Element) -> str:
        """Return the words of an element, which are told by that."""
        self.met.add(element)
        return element.text or ""

    def leave_out(self, kind: str, element: Element) -> str:
        """Tell the words of an element and of all in it; return nothing, which is what becomes text of it."""
        words = " ".join(self.meet(part) for part in element.iter() if not is_bare(part))
        if words:
            self.left_out.append(LeftOut(kind, self.place, words))
        return ""

    def tell_other_parts(self) -> None:
        """Tell the words of headers, comments, charts and whatever else stands beside the document."""
        for part, root in self.roots.items():
            name = part_name(part)
            kind = KINDS_OF_PARTS.get(name.rstrip("0123456789"), "words beside the document")
            if root is not None and name.rstrip("0123456789") not in WITHOUT_WORDS:
                self.tell_what_was_not_met(root, kind, name)
            elif root is None and not part.content_type.startswith(PICTURES):
                words = part.blob.decode("utf-8", "replace") if part.content_type.startswith("text/") else ""
                self.left_out.append(LeftOut("files in the document", str(part.partname), words))

    def describe(self, said: Iterable[tuple[str, str]], place: str) -> None:
        """Tell what attributes say."""
        for kind, words in said:
            self.described.add(words)
            self.left_out.append(LeftOut(kind, place, words))

    def tell_what_was_not_met(self, root: Element, kind: str, place: str) -> None:
        """Tell every word of a part that is neither in the text nor told yet, those in attributes too."""
        said = dict.fromkeys(described_in(root))  # such as of drawings that were deleted, or drawn for older programs
        self.describe([entry for entry in said if entry[1] not in self.described], place)
        if words := list(words_that_count(root, self.met)):
            self.left_out.append(LeftOut(kind, place, " ".join(words)))


WORDS_OF: dict[str, Callable[[DocumentReader, Element], str]] = {
    f"{WORD}t": DocumentReader.meet,
    MATH_TEXT: DocumentReader.meet,
    f"{WORD}sym": DocumentReader.symbol,
    f"{WORD}fldChar": DocumentReader.form_field,
    **dict.fromkeys(NOTES, DocumentReader.note),
    **dict.fromkeys(DRAWINGS, DocumentReader.drawn),
}


def words_under(element: Element) -> str:
    """Return all words in an element."""
    return "".join(words_that_count(element))


def words_that_count(root: Element, met: Container[Element] = ()) -> Iterator[str]:
    """Yield the words of an element and of all in it, but for those in elements that are met already."""
    for element in root.iter(etree.Element):
        if etree.QName(element).localname not in PLACES_ON_PAGE:
            for words in ("" if element in met else element.text, element.tail):
                if words and words.strip():
                    yield words.strip()


def is_bare(element: Element) -> bool:
    """Return whether an element has no words of its own."""
    return not (element.text or "").strip()


def part_name(part: Part) -> str:
    """Return the name of a part without folder and ending, such as "header1"."""
    return str(part.partname).rpartition("/")[2].partition(".")[0]


def root_of(part: Part) -> Element | None:
    """Return the root of a part in XML, or None for one that is not."""
    return parsed(part.blob) if part.content_type.endswith("xml") else None


def parsed(content: bytes) -> Element:
    """Return the root of a part. Raises ValueError where it declares entities, whose words would be lost."""
    root = etree.fromstring(content, PARSER)
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("entities")
    return root
