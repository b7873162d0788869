"""The parts of an OpenDocument text: their names in XML, their words, and what their styles say of words."""

from __future__ import annotations

import re
import zipfile
import zlib
from typing import TYPE_CHECKING

from lxml import etree

from programmes.transcripts.reading import ReadingError
from programmes.transcripts.word import PARSER, parsed

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    StyleKey = tuple[str | None, str | None]  # family and name

DRAW, FORM, META, NUMBER, OFFICE, STYLE, SVG, TABLE, TEXT = (
    f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}"
    for name in ("drawing", "form", "meta", "datastyle", "office", "style", "svg-compatible", "table", "text")
)
DC = "{http://purl.org/dc/elements/1.1/}"
FIELD = "{urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0}"
LATER = "{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}"  # what LibreOffice adds to the format
MATH = "{http://www.w3.org/1998/Math/MathML}"
PARAGRAPHS = (f"{TEXT}p", f"{TEXT}h")
DELETED, HIDDEN, CODES, NUMBERS = "deleted words", "hidden words", "field codes", "numbers of lists"
CHOICES, PROMPTS = "choices that were not chosen", "prompts where nobody wrote"
MARKS = ("bookmark", "reference-mark", "change", "toc-mark", "user-index-mark", "alphabetical-index-mark")
INDEXES = ("table-of-content", "illustration-index", "table-index", "object-index", "user-index", "alphabetical-index")
# What is not shown where it stands.
NOT_SHOWN = {
    f"{OFFICE}annotation": "comments",
    f"{TEXT}number": NUMBERS,
    f"{TEXT}ruby-text": "readings above characters",
    f"{TEXT}placeholder": PROMPTS,
    f"{TEXT}script": CODES,
    **dict.fromkeys((f"{TEXT}{index}-source" for index in (*INDEXES, "bibliography")), CODES),
    **dict.fromkeys((f"{SVG}title", f"{SVG}desc"), "descriptions of pictures"),
    **dict.fromkeys((f"{TABLE}title", f"{TABLE}desc"), "descriptions of tables"),
    f"{MATH}math": "formulas",
}
# What stands among words without parting them: white space before and after it is one.
AMONG_WORDS = {
    *(f"{TEXT}{name}" for name in ("span", "a", "meta", "meta-field", "ruby", "ruby-base", "soft-page-break")),
    *(f"{TEXT}{mark}{end}" for mark in MARKS for end in ("", "-start", "-end")),
    *(f"{FIELD}fieldmark{end}" for end in ("-start", "-separator", "-end")),
    f"{LATER}content-control",
}
WHITE_SPACE = re.compile(r"[ \t\r\n]+")
MOST_PARENTS = 50  # of a style
MANIFEST = "META-INF/manifest.xml"
# What zipfile raises for a damaged file; the last, for one that is packed in a way which it does not know.
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError)
HARMLESS = {"DTD_XMLID_VALUE", "DTD_ID_REDEFINED", "NS_ERR_UNDEFINED_NAMESPACE"}  # faults by which no word is lost
SAVE_ANEW = "Open it in the program that it comes from, save it anew, and give it again"
UNKNOWN = f"is damaged, or made in a way that is not known here (in {{}}). {SAVE_ANEW}"


def content_of_part(packed: zipfile.ZipFile, name: str) -> bytes:
    """Return what is packed under a name. Raises ValueError if it is damaged."""
    try:
        return packed.read(name)
    except DAMAGED as error:
        raise ReadingError(UNKNOWN.format(name)) from error


def root_of_part(packed: zipfile.ZipFile, name: str) -> Element:
    """Return the root of a part in XML. Only the list of parts may name a document type, as older programs do."""
    content = content_of_part(packed, name)
    try:
        return etree.fromstring(content, PARSER) if name == MANIFEST else parsed(content)
    except (ValueError, etree.XMLSyntaxError) as error:
        if "memory" in str(error).lower() or "unknown error" in str(error):  # as lxml says that there is none left
            raise MemoryError from error
        if (root := mended(content)) is None:
            raise ReadingError(UNKNOWN.format(name)) from error
        return root


def mended(content: bytes) -> Element | None:
    """Return the root of a part that has no faults but names used twice or not explained, or else None."""
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        return None
    faults = {fault.type_name for fault in parser.error_log}
    return root if faults and faults <= HARMLESS and root.getroottree().docinfo.internalDTD is None else None


def take_words(element: Element) -> str:
    """Take all words out of an element, and return them."""
    said: list[str] = []
    for event, part in etree.iterwalk(element, events=("start", "end")):
        said.append("" if part.tag in AMONG_WORDS else " ")
        if event == "start":
            said.append(part.text or "")
            part.text = None
        elif part is not element:
            said.append(part.tail or "")
            part.tail = None
    return " ".join("".join(said).split())


def number_of_times(element: Element, name: str) -> int:
    """Return the number that an attribute gives, or one."""
    said = element.get(name, "")[:9]
    return max(int(said), 1) if said.isdecimal() else 1


class StylesOfWords:
    """What the styles of a document say of words: whether they are hidden, and whether numbers stand before them."""

    def __init__(self, document: Element, looks: Element) -> None:
        self.parents: dict[StyleKey, str | None] = {}
        self.displays: dict[StyleKey, str] = {}
        self.lists: dict[StyleKey, str] = {}
        self.numbered: set[tuple[str, str]] = set()  # levels of lists
        for root in (document, *looks.iterchildren(f"{OFFICE}styles")):
            for style in root.iter(f"{STYLE}style"):
                self.keep(style)
            for level in root.iterdescendants(f"{TEXT}list-level-style-number", f"{TEXT}outline-level-style"):
                if level.get(f"{STYLE}num-format"):
                    of_list = level.tag == f"{TEXT}list-level-style-number"
                    name = level.getparent().get(f"{STYLE}name", "") if of_list else "headings"
                    self.numbered.add((name, level.get(f"{TEXT}level", "")))

    def keep(self, style: Element) -> None:
        """Keep what a style says, unless the document has one of its own by this name."""
        key = style.get(f"{STYLE}family"), style.get(f"{STYLE}name")
        if key in self.parents:
            return
        self.parents[key] = style.get(f"{STYLE}parent-style-name")
        for letters in style.iterchildren(f"{STYLE}text-properties"):
            if f"{TEXT}display" in letters.attrib:
                self.displays[key] = letters.get(f"{TEXT}display", "")
        if f"{STYLE}list-style-name" in style.attrib:
            self.lists[key] = style.get(f"{STYLE}list-style-name", "")

    def say(self, said: dict[StyleKey, str], family: str, element: Element) -> str | None:
        """Return what is said of an element by its style, or by one that it is based on."""
        key = family, element.get(f"{TEXT}style-name")
        for _ in range(MOST_PARENTS):
            if key in said or key not in self.parents:
                break
            key = family, self.parents[key]
        return said.get(key)

    def kind(self, family: str, element: Element, kind: str = "") -> str:
        """Return as what the words of an element are left out for its style, or the kind of those around it."""
        return {"none": HIDDEN, "true": ""}.get(self.say(self.displays, family, element) or "", kind)

    def has_number(self, paragraph: Element, point: str | None, level: int) -> bool:
        """Return whether a number stands before a paragraph that begins a point of a list of this style, or none."""
        style = self.say(self.lists, "paragraph", paragraph)
        if point is not None:
            return (point or style or "", str(level)) in self.numbered
        heading = style != "" and paragraph.get(f"{TEXT}is-list-header") != "true"
        return heading and ("headings", paragraph.get(f"{TEXT}outline-level", "")) in self.numbered


class ParagraphWords:
    """The words of a paragraph as they are met, each with the kind as which it is left out, or with none."""

    def __init__(self) -> None:
        self.pieces: list[tuple[str, str]] = []
        self.after_space = True

    def write(self, words: str | None, kind: str) -> None:
        """Add words, whose white space OpenDocument takes for one space, and for none at the start."""
        shown = WHITE_SPACE.sub(" ", words or "")
        shown = shown.removeprefix(" ") if self.after_space else shown
        if shown:
            self.put(shown, kind)
            self.after_space = shown.endswith(" ")

    def put(self, words: str, kind: str) -> None:
        """Add words as they are."""
        self.pieces.append((kind, words))
        self.after_space = False
