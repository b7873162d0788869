"""Reading a web page, as programs export transcripts: what a browser shows is text, and all other words are told.

Each block of the page is a line and each table is read by its rows. What a browser does not show is left out and told:
titles, programs, style sheets, deletions, comments, hidden words, and what is said about pictures and fields.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING

from lxml import etree

from programmes.transcripts.reading import LeftOut, ReadingError, TranscriptReading
from programmes.transcripts.tables import lines_of_table
from programmes.transcripts.web_elements import (
    ADDRESSES,
    COLUMNS,
    DESCRIPTIONS,
    FILES,
    FOREIGN,
    HIDING,
    KEEPING_SPACES,
    KNOWN,
    LISTS,
    MARKS_OF_FORM,
    NOT_SHOWN,
    SPACES_KEPT,
    UNNUMBERED,
    is_block,
    kind_not_shown,
    words_inside,
)

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

WHITE_SPACE = re.compile(r"[ \t\n\r\f\xa0]+")
WITH_WORDS = re.compile(r"[^\W_]")
LETTER = re.compile(r"[^\W\d_]")
TICK_BOXES = {"checkbox", "radio"}
BUTTONS = {"button", "submit", "reset", "image", "file"}
END = "\ufdd0"  # no character, put at the end of the page to see whether it is read to its end


class WebPageError(ReadingError):
    """A web page cannot be read to its end; the message says so, and what to do."""


def read_web_page(text: str) -> TranscriptReading:
    """Return what a browser shows of a web page, line by line, and what else stands in it.

    Raises WebPageError where a part of it would be lost.
    """
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True)
    root = etree.fromstring((text.replace(END, "") + END).encode("utf-8", "replace"), parser)
    reader = PageReader()
    for top in [] if root is None else [*reversed(list(root.itersiblings(preceding=True))), root, *root.itersiblings()]:
        reader.read(top)  # there is one more where words stand behind the end of the page
    if not reader.ended:
        raise WebPageError(
            "cannot be read to its end: it breaks off in a tag, or has more than 2,000 parts within one another. Open "
            "it in a browser or word processor, and save it as .docx or plain text (.txt)"
        )
    return TranscriptReading("\n".join(reader.flows[0].lines), tuple(reader.left_out))


class Flow:
    """Lines that grow from the words of a page, or of one cell of a table."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.pieces: list[str] = []  # of the last line
        self.blank = False  # whether it is shown, though it may have no words

    def add(self, words: str, *, kept: bool) -> None:
        """Add words to the line; white space in them is one space, unless it is kept."""
        if kept:
            first, *others = words.replace("\xa0", " ").split("\n")
            self.pieces.append(first)
            for other in others:
                self.end_line(forced=True)
                self.pieces.append(other)
            return
        self.blank = self.blank or "\xa0" in words
        shown = WHITE_SPACE.sub(" ", words)
        if not self.pieces or self.pieces[-1].endswith(" "):
            shown = shown.removeprefix(" ")
        if shown:
            self.pieces.append(shown)

    def end_line(self, *, forced: bool = False) -> bool:
        """End the line, unless it is not begun and nothing forces it; return whether it has words."""
        line = "".join(self.pieces).rstrip()
        if line or forced or self.blank:
            self.lines.append(line)
        self.pieces, self.blank = [], False
        return bool(line)


class PageReader:
    """Walks through a page once, without regard to how deep its parts are within one another."""

    def __init__(self) -> None:
        self.left_out: list[LeftOut] = []
        self.flows = [Flow()]  # that of the page, and those of the cells that the reader is in
        self.tables: list[list[list[str]]] = []  # rows of the tables that it is in
        self.lists: list[bool] = []  # whether the lists that it is in are numbered
        self.kept = [False]  # whether white space is kept in the elements that it is in
        self.tags_kept = set(SPACES_KEPT)
        self.paragraphs = 0
        self.in_head = False
        self.ended = False  # whether the end of the page was met

    def read(self, top: Element) -> None:
        """Read an element, or a comment that stands beside one."""
        if not isinstance(top.tag, str):
            self.comment(top)
            return
        passed_over = None
        walker = etree.iterwalk(top, events=("start", "end", "comment", "pi"))
        for event, element in walker:
            if event == "start":
                if self.begin(element):
                    passed_over = element
                    walker.skip_subtree()
            elif event == "end":
                if element is not passed_over:
                    self.end(element)
                self.add(element.tail or "")
            else:
                self.comment(element)
                self.add(element.tail or "")

    @property
    def place(self) -> str:
        """Where the reader is."""
        return "head" if self.in_head else f"paragraph {self.paragraphs + 1}"

    # What is shown.

    def begin(self, element: Element) -> bool:
        """Begin an element; return whether all in it is told by that."""
        tag, style = str(element.tag), element.get("style", "")
        if kind := kind_not_shown(element):
            self.leave_out(kind, element)
            return True
        self.describe(element)
        if tag == "select":
            self.choices(element)
            return True
        if is_block(element):
            self.end_line()
        spaces = KEEPING_SPACES.search(style)
        self.kept.append(bool(spaces["kept"]) if spaces else self.kept[-1] or tag in self.tags_kept)
        self.begin_table(tag)
        self.begin_list(tag, numbered=not UNNUMBERED.search(style))
        if tag == "br":
            self.end_line(forced=True)
        elif tag == "head":
            self.in_head = True
        elif tag == "input":
            self.add(f" {self.answer(element)} ")
        elif tag == "q":
            self.add("“")
        words = element.text or ""
        self.add(words.removeprefix("\n") if tag in SPACES_KEPT else words)
        return False

    def begin_table(self, tag: str) -> None:
        """Begin a table, a row or a cell, where this is one."""
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in COLUMNS and self.tables:
            self.tables[-1] += [] if self.tables[-1] else [[]]  # of a cell outside of a row
            self.flows.append(Flow())

    def begin_list(self, tag: str, *, numbered: bool) -> None:
        """Begin a list or a point of one, where this is one, and tell the number before a point."""
        if tag in LISTS:
            self.lists.append(tag == "ol" and numbered)
        elif tag == "li" and numbered and self.lists and self.lists[-1]:
            self.left_out.append(LeftOut("numbers of lists", self.place, ""))

    def end(self, element: Element) -> None:
        """End an element."""
        tag = str(element.tag)
        self.kept.pop()
        if is_block(element):
            self.end_line()
        if tag == "head":
            self.in_head = False
        elif tag in LISTS:
            self.lists.pop()
        elif tag == "table":
            rows = [row for row in self.tables.pop() if any(row)]
            self.flows[-1].lines += lines_of_table(rows)
        elif tag in COLUMNS and self.tables:
            self.tables[-1][-1].append("\n".join(self.flows.pop().lines).strip())
        elif tag == "q":
            self.add("”")

    def add(self, words: str) -> None:
        """Add words to the text."""
        self.ended = self.ended or END in words
        self.flows[-1].add(words.replace(END, ""), kept=self.kept[-1])

    def end_line(self, *, forced: bool = False) -> None:
        """End the line of the text, and count it if it has words."""
        self.paragraphs += self.flows[-1].end_line(forced=forced)

    def answer(self, field: Element) -> str:
        """Return what was typed or ticked in a field of a form; what only names it is told."""
        kind, value = field.get("type", "").lower(), field.get("value", "")
        if kind in TICK_BOXES:
            self.tell("descriptions", value)
            return "☒" if "checked" in field.attrib else "☐"
        if kind in BUTTONS:
            self.tell("descriptions", value)
            return ""
        return str(value)

    def choices(self, field: Element) -> None:
        """Add what is chosen in a list of choices, and tell the others."""
        options = list(field.iter("option"))
        selected = [option for option in options if "selected" in option.attrib]
        if "multiple" not in field.attrib:
            falls_open = field.get("size", "1") in {"", "0", "1"}
            selected = selected[-1:] or (options[:1] if falls_open else [])
        words = {option: list(words_inside(option)) for option in options}
        self.add(f" {', '.join(' '.join(words[option]) for option in selected)} ")
        for part in field.iter(etree.Element):
            self.describe(part, "other words")
        for option in options:
            if option not in selected:
                self.tell("choices that were not chosen", " ".join(words[option]))
        beside = Counter(words_inside(field)) - Counter(chain.from_iterable(words.values()))
        self.tell("other words", " ".join(beside.elements()))

    # What is told.

    def tell(self, kind: str, words: str) -> None:
        """Tell words that are left out, if there are any."""
        self.ended = self.ended or END in words
        shown = " ".join(words.replace(END, "").split())
        if WITH_WORDS.search(shown):
            self.left_out.append(LeftOut(kind, self.place, shown))

    def leave_out(self, kind: str, element: Element) -> None:
        """Tell the words of an element and of all in it."""
        self.tell(kind, " ".join(words_inside(element)))
        for part in element.iter(etree.Element):
            self.describe(part, kind)
            if part.tag == "style":
                self.read_rules(part.text or "")

    def describe(self, element: Element, kind: str = "") -> None:
        """Tell what an element says of itself; `kind` is that of the words that it is left out with."""
        tag = str(element.tag)
        for name, value in element.attrib.items():
            if name in DESCRIPTIONS:
                self.tell(DESCRIPTIONS[name], value)
            elif name == "content" and tag == "meta" and "http-equiv" not in element.attrib and LETTER.search(value):
                self.tell("descriptions of the page", value)
            elif name == "value" and tag == "input" and kind:
                self.tell(kind, value)
            elif name in ADDRESSES and tag in FILES:
                self.tell(NOT_SHOWN.get(tag, "files in the document"), value)
            elif name == "href" and tag == "link" and "stylesheet" in element.get("rel", "").lower():
                self.tell("style sheets", value)
        if tag not in KNOWN and kind not in FOREIGN and not {":", "-"} & set(tag):
            self.tell("marks that no browser knows", f"<{' '.join([tag, *element.attrib])}>")

    def comment(self, comment: Element) -> None:
        """Tell a comment, unless it is a mark of Word."""
        words = comment.text or ""
        if not MARKS_OF_FORM.fullmatch(words.strip()):
            self.tell("comments", words)

    def read_rules(self, rules: str) -> None:
        """Heed where a style sheet keeps white space, and tell its rules that may hide words."""
        for rule in rules.split("}"):
            selector, _, said = rule.rpartition("{")
            named = selector.rpartition("*/")[2].strip()
            if HIDING.search(said):
                self.tell("rules that may hide words", f"{named} {{{said.strip()}}}")
            spaces = KEEPING_SPACES.search(said)
            if spaces and spaces["kept"]:
                self.tags_kept |= {name.strip().lower() for name in named.split(",")} & KNOWN
