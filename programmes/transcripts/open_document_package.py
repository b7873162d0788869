"""What is packed in an OpenDocument text beside the text itself, and how all that is left out of it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from programmes.transcripts.open_document_fields import answer_of
from programmes.transcripts.open_document_parts import (
    DC,
    DELETED,
    FORM,
    LATER,
    MATH,
    META,
    NUMBER,
    NUMBERS,
    OFFICE,
    PARAGRAPHS,
    STYLE,
    TEXT,
    content_of_part,
    root_of_part,
    take_words,
)
from programmes.transcripts.reading import LeftOut

if TYPE_CHECKING:
    import zipfile

    from lxml.etree import _Element as Element

    from programmes.transcripts.open_document_fields import FieldWords

# Parts in which no words stand that anybody wrote for others to read.
WITHOUT_WORDS = ("mimetype", "settings.xml", "manifest.rdf", "layout-cache", "meta.xml")
FOLDERS_WITHOUT_WORDS = ("META-INF/", "Thumbnails/", "ObjectReplacements/", "Configurations2/", "Fonts/")
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".svg", ".svm", ".wmf", ".emf", ".tif", ".tiff", ".webp")
READABLE = (".xml", ".txt", ".html", ".htm", ".rdf", ".py", ".js")
AUTHORS = (f"{DC}creator", f"{DC}date", f"{META}date-string", f"{META}creator-initials", f"{LATER}sender-initials")
PROPERTIES = (f"{DC}title", f"{DC}subject", f"{DC}description", f"{META}keyword", f"{META}user-defined")
FILES, CHARTS, BESIDE = "files in the document", "words in charts", "words beside the document"
WORDLESS = {NUMBERS, FILES}  # kinds of what is told where there are no words too
HEADS_AND_FEET = {"header": "headers", "footer": "footers"}
CONTROLS = tuple(
    f"{FORM}{name}"
    for name in (
        *("text", "textarea", "formatted-text", "number", "date", "time", "password", "file", "hidden"),
        *("combobox", "listbox", "checkbox", "radio", "button", "image", "fixed-text", "frame", "generic-control"),
    )
)
IDS = ("{http://www.w3.org/XML/1998/namespace}id", f"{FORM}id", f"{TEXT}id")


class OpenDocumentPackage:
    """All that is packed in a document, and what is told of it."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self.packed = packed
        self.left_out: list[LeftOut] = []
        self.place = "paragraph 1"  # where the reader is
        self.opened: set[str] = set()  # parts
        self.authors: dict[str, None] = {}  # with dates
        self.document = self.part("content.xml")
        self.looks = self.part("styles.xml") if "styles.xml" in packed.NameToInfo else etree.Element("nothing")
        self.deletions = {
            region.get(name): deletion
            for region in self.document.iter(f"{TEXT}changed-region")
            for deletion in region.iterchildren(f"{TEXT}deletion")
            for name in IDS
            if name in region.attrib
        }
        self.ends = {end.get(f"{TEXT}change-id") for end in self.document.iter(f"{TEXT}change-end")}
        self.ends |= {end.get(f"{TEXT}name") for end in self.document.iter(f"{TEXT}bookmark-end")}
        self.ends.discard(None)
        self.hidden = {
            next(mark.iterancestors(*PARAGRAPHS), mark)
            for mark in self.document.iter(f"{TEXT}hidden-paragraph")
            if mark.get(f"{TEXT}is-hidden") == "true"
        }
        said = {(field.get(f"{TEXT}name"), field.text) for field in self.document.iter(f"{TEXT}user-field-get")}
        self.values = [
            value
            for field in self.document.iter(f"{TEXT}*")
            if (value := field.get(f"{OFFICE}string-value"))
            and value != field.text
            and (field.get(f"{TEXT}name"), value) not in said
        ]
        self.controls: dict[object, Element] = {}  # fields of forms
        for control in self.document.iter(*CONTROLS):
            key = next((control.get(name) for name in IDS if name in control.attrib), control)
            self.controls[control if key in self.controls else key] = control

    def part(self, name: str) -> Element:
        """Return the root of a part, without pictures and formats of dates, and without who wrote beside the text."""
        self.opened.add(name)
        place = "document" if name == "content.xml" else name
        root = root_of_part(self.packed, name)
        for form in root.iter(f"{NUMBER}*"):
            form.text = None
        for data in root.iterdescendants(f"{OFFICE}binary-data"):
            data.text = None
            if not str(data.getparent().tag).endswith("image"):
                self.tell(FILES, "", place)
        self.authors |= dict.fromkeys(take_words(author) for author in root.iter(*AUTHORS))
        for change in root.iter(f"{OFFICE}change-info"):
            self.leave_out("comments", change, place)
        return root

    def tell(self, kind: str, words: str, place: str = "") -> None:
        """Tell words that are left out here, or at another place."""
        if words or kind in WORDLESS:
            self.left_out.append(LeftOut(kind, place or self.place, words))

    def leave_out(self, kind: str, element: Element, place: str = "") -> None:
        """Tell all words of an element."""
        self.tell(kind, take_words(element), place)

    def told_of(self, field: FieldWords, place: str = "") -> str:
        """Tell what a field holds beside what it shows, and return that."""
        shown, told = field
        for kind, words in told:
            self.tell(kind, words, place)
        return shown

    def tell_what_was_not_met(self) -> None:
        """Tell what the document holds beside its text, and every word in it that is not told yet."""
        for deletion in self.deletions.values():
            self.leave_out(DELETED, deletion, "document")
        for control in self.controls.values():
            self.tell("other words", self.told_of(answer_of(control), "document"), "document")
        for value in self.values:
            self.tell("values of fields", value, "document")
        self.leave_out("other words", self.document, "document")
        for page in self.looks.iter(f"{STYLE}master-page"):
            for part in page:
                name = str(part.tag).rpartition("}")[2]
                self.leave_out(HEADS_AND_FEET.get(name[:6], "other words"), part, name)
        self.leave_out("other words", self.looks, "styles")

    def tell_part(self, name: str, place: str) -> None:
        """Tell the words of a document within the document."""
        try:
            root = self.part(name)
        except ValueError:  # older programs give formulas a document type
            self.tell_file(name)
            return
        formula = root.tag == f"{MATH}math"
        chart = next(root.iter(f"{OFFICE}chart"), None) is not None
        self.leave_out("formulas" if formula else CHARTS if chart else BESIDE, root, place)

    def tell_file(self, name: str) -> None:
        """Tell that a file of another form is packed with the document, and what words are in it, if they are plain."""
        content = content_of_part(self.packed, name)
        words = content.decode("utf-8", "replace") if name.lower().endswith(READABLE) else ""
        self.tell(FILES, words, name)

    def tell_other_parts(self) -> None:
        """Tell what else is packed with the document, and who wrote beside the text."""
        if "meta.xml" in self.packed.NameToInfo:
            for entry in root_of_part(self.packed, "meta.xml").iter(*PROPERTIES):
                self.leave_out("properties of the document", entry, "document")
        for name in self.packed.namelist():
            last = name.rpartition("/")[2].lower()
            if name in self.opened or last in {"", *WITHOUT_WORDS} or name.startswith(FOLDERS_WITHOUT_WORDS):
                continue
            if last in {"content.xml", "styles.xml"}:
                self.tell_part(name, name)
            elif not last.endswith(PICTURES):
                self.tell_file(name)
        self.tell("names and dates of changes and comments", ", ".join(filter(None, self.authors)), "document")
