"""What is kept while Rich Text is read: words and lines as they are met, and what holds in each group."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from programmes.transcripts.reading import ReadingError
from programmes.transcripts.tables import lines_of_table

if TYPE_CHECKING:
    from collections.abc import Callable


MOST_PIECES = 64  # of words, before they become one
HALF_LETTER = re.compile("[\ud800-\udfff]")
WIDE_SPACES = {code: " " for code in range(0x3001) if chr(code).isspace()}  # with the narrow one
NO_SPACES = dict.fromkeys(WIDE_SPACES)


class RichTextError(ReadingError):
    """A file is no Rich Text, or has what cannot be read without a guess; the message goes on from its name."""


def with_whole_letters(words: str, errors: str = "surrogatepass") -> str:
    """Return words in which letters that were written as two halves are one."""
    if not HALF_LETTER.search(words):
        return words
    return words.encode("utf-16-le", "surrogatepass").decode("utf-16-le", errors)


def with_single_spaces(words: str) -> str:
    """Return words with one space between them; a list of millions of them would need much memory."""
    words = words.translate(WIDE_SPACES)
    while "  " in words:
        words = words.replace("  ", " ")
    return words.strip()


class WordsMet(list[str]):
    """Words one after another, of which many short ones become one, so that no letter needs much memory."""

    whole = 0  # pieces at the beginning that became one

    def add(self, words: str) -> None:
        """Put words at the end."""
        self.append(words)
        if len(self) == self.whole + MOST_PIECES:
            self[self.whole :] = ["".join(self[self.whole :])]
            self.whole += 1


@dataclass
class WordsApart:
    """Words that are no part of the text, such as those of a header; without a kind they are not told."""

    kind: str
    place: str
    words: WordsMet = field(default_factory=WordsMet)
    has_lines: bool = False

    def __str__(self) -> str:
        return with_single_spaces(with_whole_letters("".join(self.words), "backslashreplace"))

    def add(self, words: str) -> None:
        """Put words, or the end of a line, after those that are here."""
        self.words.add(words)
        self.has_lines |= words == "\n"


@dataclass
class NewerForm:
    """Words in the text without their spaces, to be compared with those of an older form."""

    words: WordsMet = field(default_factory=WordsMet)
    letters: int = 0

    def add(self, words: str) -> None:
        """Put words at the end."""
        words = words.translate(NO_SPACES)
        self.words.add(words)
        self.letters += len(words)

    def is_like(self, older: str) -> bool:
        """Return whether words are the same but for spaces and for letters that older programs do not know."""
        letters = older.translate(NO_SPACES)
        if len(letters) != self.letters:
            return False
        return all(a == b or not b.isascii() for a, b in zip(letters, "".join(self.words), strict=True))


@dataclass
class OpenTable:
    """A table of which rows may follow, with the cells of the present row and the lines of the present cell."""

    rows: list[list[str]] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    told: bool = False  # words of the present row are left out

    def end_cell(self) -> None:
        """Make the lines a cell."""
        self.cells.append("\n".join(self.lines).rstrip("\n"))
        self.lines = []

    def end_row(self, merged: list[bool]) -> None:
        """Make the cells a row, without those that are one with the cell before, unless all of it is left out."""
        if self.lines:
            self.end_cell()
        row = [cell for at, cell in enumerate(self.cells) if cell or not any(merged[at : at + 1])]
        if any(row) or (row and not self.told):
            self.rows.append(row)
        self.cells, self.told = [], False


@dataclass
class Story:
    """What is read from one beginning to one end: the document, a note, a text box."""

    name: str = ""  # "note 2"; the document has none
    paragraphs: int = 1
    words: WordsMet = field(default_factory=WordsMet)  # of the present paragraph
    boxes: list[str] = field(default_factory=list)  # lines of text boxes that belong to it
    tables: list[OpenTable] = field(default_factory=lambda: [OpenTable()])  # the first of them is the story itself

    @property
    def place(self) -> str:
        """Where the reader is."""
        return self.name or f"paragraph {self.paragraphs}"

    def end_paragraph(self, depth: int, *, told: bool = False) -> None:
        """Make the words a line of the text or of a cell, unless all of them are left out."""
        table = self.table(depth)
        table.told |= told
        words = "".join(self.words)
        table.lines += [words] * bool(words or not told) + self.boxes
        self.words, self.boxes = WordsMet(), []
        self.paragraphs += 1

    def table(self, depth: int) -> OpenTable:
        """Return the table that stands in so many others, once those that stand in it have ended."""
        while len(self.tables) > depth + 1:
            ended = self.tables.pop()
            ended.end_row([])
            self.tables[-1].lines += lines_of_table(ended.rows)
        while len(self.tables) <= depth:
            self.tables.append(OpenTable())
        return self.tables[-1]

    def all_lines(self) -> list[str]:
        """Return the lines, once nothing follows."""
        if self.words or self.boxes:
            self.end_paragraph(len(self.tables) - 1 if self.tables[-1].cells else 0)
        return self.table(0).lines


@dataclass
class ListedFont:
    """A font in the file's list of them, which says how the bytes of its letters are read."""

    page: int = 0  # none is that of the document
    name: bytes = b""
    is_of_symbols: bool = False


@dataclass
class FieldInText:
    """A field, which may be one of a form: a box to tick, or a list to choose from."""

    numbers: dict[str, int] = field(default_factory=dict)
    entries: list[WordsApart] = field(default_factory=list)
    words: WordsMet = field(default_factory=WordsMet)


@dataclass
class GroupState:
    """What holds in a group, and what is to be done at its end."""

    sink: Story | WordsApart  # where its words go
    ends: list[Callable[[], None]] = field(default_factory=list)
    lists: str = ""  # "fonttbl" in the list of fonts
    font: int | None = None  # none is that of the document
    stand_ins: int = 1  # bytes after a letter in Unicode, for programs without it
    hidden: bool | None = None
    style_hides: bool = False
    paragraph_hides: bool = False
    changed: str = ""  # what words are called that a tracked change takes away
    in_table: int = 0
    tables: int = 0
    form: FieldInText | None = None
    copies: NewerForm | None = None  # of words in the text
    story: Story | None = None  # where words in Unicode go while those for older programs go apart

    @property
    def kind(self) -> str:
        """Return what its words are called if they do not become text, or nothing."""
        hidden = self.style_hides or self.paragraph_hides if self.hidden is None else self.hidden
        return self.changed or "hidden words" * hidden

    def within(self) -> GroupState:
        """Return what holds at the beginning of a group within this one."""
        return GroupState(**{**vars(self), "ends": []})
