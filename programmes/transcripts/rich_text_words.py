"""The words of Rich Text: which letters its bytes are, and whether they become text or are told as left out of it."""

from __future__ import annotations

import re
import sys
from functools import partial
from typing import TYPE_CHECKING

from programmes.transcripts.reading import LeftOut
from programmes.transcripts.rich_text_states import (
    GroupState,
    ListedFont,
    RichTextError,
    Story,
    WordsApart,
    with_single_spaces,
)

if TYPE_CHECKING:
    from collections.abc import Callable

# What stands for a letter.
LETTERS = {
    "tab": "\t", "pmartabql": "\t", "pmartabqc": "\t", "pmartabqr": "\t", "pindtabql": "\t", "pindtabqc": "\t",
    "pindtabqr": "\t", "\t": "\t", "line": "\n", "page": "\n", "column": "\n", "emdash": "—", "endash": "–",
    "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•", "emspace": "\u2003",
    "enspace": "\u2002", "qmspace": "\u2005", "zwbo": "\u200b", "zwnj": "\u200c", "zwj": "\u200d",
    "ltrmark": "\u200e", "rtlmark": "\u200f", "zwnbo": "\u2060", "~": "\u00a0", "-": "\u00ad", "_": "\u2011",
}  # fmt: skip
# Code pages by the number that a font gives for its letters, and the names of those that are more to Python than "cp".
PAGES = {
    0: 1252, 77: 10000, 78: 10001, 79: 10003, 80: 10008, 81: 10002, 84: 10004, 85: 10006, 86: 10081, 88: 10029,
    89: 10007, 128: 932, 129: 949, 130: 1361, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258, 177: 1255,
    178: 1256, 186: 1257, 204: 1251, 222: 874, 238: 1250, 254: 437, 255: 850,
}  # fmt: skip
CODECS = {
    10000: "mac_roman", 10001: "shift_jis", 10002: "big5", 10003: "euc_kr", 10004: "mac_arabic", 10006: "mac_greek",
    10007: "mac_cyrillic", 10008: "gb2312", 10029: "mac_latin2", 10079: "mac_iceland", 10081: "mac_turkish",
    20866: "koi8_r", 21866: "koi8_u", 54936: "gb18030",
}  # fmt: skip
ANSI, OLDEST_OF_OTHERS, SYMBOLS = 1252, 10000, 2  # two code pages, and what fonts such as Wingdings give
PRIVATE_USE = range(0xF000, 0xF100)  # where such fonts have their signs
SIGNS = {byte: f" F0{byte:02X} " for byte in range(0x80, 0x100)}
UNLISTED = ListedFont()
LONGEST_FONT_NAME = 100  # bytes
MOST_PARTS = 1_000_000  # lines, cells and the like; each needs about 100 bytes of memory
PARTS_OF_ENTRY, PARTS_OF_NOTE = 3, 12  # as many parts as one that is told, or a note, needs the memory of


class RichTextWords:
    """Puts the words that are met where they belong: into the text, or apart to be told."""

    def __init__(self) -> None:
        self.left_out: list[LeftOut] = []
        self.parts = 0  # that are kept until the end
        self.page, self.font = ANSI, 0  # of the document
        self.fonts: dict[int, ListedFont] = {}
        self.listed_font, self.listed_style = ListedFont(), 0
        self.hiding: dict[int, bool] = {}  # what styles say of hidden words
        self.based_on: dict[int, int] = {}
        self.merged: list[bool] = []  # which cells of a row are one with the cell before
        self.merges = False
        self.raw = bytearray()  # letters that are not decoded yet, since one may be several bytes
        self.stand_ins = 0  # bytes that are still to be passed over
        self.may_pass_over = False
        self.apart: WordsApart | None = None  # the latest words that were hidden or deleted
        self.authors: list[str] = []  # of the next comment
        self.property = ""  # of a drawing
        self.notes: list[Story] = []
        self.after = WordsApart("other words", "after the end")
        self.state = GroupState(self.after)
        self.around: list[GroupState] = []  # what holds in the groups around the present one

    def count_parts(self, parts: int = 1) -> None:
        """Count what is kept until the end. Raises RichTextError if it would need too much memory."""
        self.parts += parts
        if self.parts > MOST_PARTS:
            raise RichTextError("has too many lines, notes, or words that are left out, for all to be kept; divide it")

    # Letters.

    def write(self, letters: str) -> None:
        """Write what stands for a letter, unless it only stands in for one in Unicode."""
        if self.stand_ins:
            self.stand_ins -= 1
        else:
            self.flush()
            self.put(letters)

    def write_bytes(self, letters: bytes, *, in_letters: bool = False) -> None:
        """Keep the bytes of letters, but for those that only stand in for one in Unicode."""
        if self.stand_ins and letters:
            passed, letters = letters[: self.stand_ins], letters[self.stand_ins :]
            self.stand_ins -= len(passed)
            if in_letters and re.search(rb"\w", passed) and isinstance(self.state.sink, Story):  # most write "?"
                self.tell_here("letters for older programs", passed.decode("ascii", "backslashreplace"))
        self.raw += letters

    def letter(self, number: int | None) -> None:
        """Write a letter in Unicode; what stands in for it follows."""
        if number is None:
            return
        code = number + 0x10000 * (number < 0)  # the format knows no numbers above 32,767
        sink = self.state.sink
        if not 0 <= code <= sys.maxunicode:
            raise RichTextError(f"has a letter with the number {number} in {sink.place}, which Unicode does not have")
        if code in PRIVATE_USE and isinstance(sink, Story):
            self.tell_symbols(self.font_in_use(), f"{code:04X}")
        else:
            self.put(chr(code))
        self.stand_ins = self.state.stand_ins

    def flush(self) -> None:
        """Write the letters whose bytes were kept."""
        if not self.raw:
            return
        raw = bytes(self.raw)
        self.raw.clear()
        font = self.font_in_use()
        if self.state.lists == "fonttbl":
            self.listed_font.name = (self.listed_font.name + raw)[:LONGEST_FONT_NAME]
        if font.is_of_symbols and isinstance(self.state.sink, Story):
            self.tell_symbols(font, raw.decode("latin-1").translate(SIGNS))
        else:
            self.put(raw.decode() if raw.isascii() else self.decoded(raw, font))

    def font_in_use(self) -> ListedFont:
        """Return the font of the present group."""
        number = self.font if self.state.font is None else self.state.font
        return self.fonts.get(number, UNLISTED)

    def decoded(self, raw: bytes, font: ListedFont) -> str:
        """Return the letters of bytes. Raises RichTextError where they would become text but are no letters."""
        page = font.page
        if not page or (page == ANSI and self.page >= OLDEST_OF_OTHERS):  # what "ANSI" is where Windows is not
            page = self.page
        try:
            return raw.decode(CODECS.get(page, f"cp{page}"))
        except UnicodeDecodeError as error:
            place = self.state.sink.place
            problem = f"has the byte {raw[error.start]:02X} in {place}, which is no letter in its code page ({page})"
        except LookupError:
            problem = f"has letters in the code page {page}, which is not known here"
        if self.is_text:
            raise RichTextError(f"{problem}; save it anew, or as plain text (.txt)")
        return raw.decode("latin-1")

    # Where they go.

    @property
    def is_text(self) -> bool:
        """Whether words become text here."""
        return isinstance(self.state.sink, Story) and not self.state.kind

    def put(self, words: str) -> None:
        """Put words into the text, or to those that are told."""
        state = self.state
        if isinstance(state.sink, WordsApart):
            state.sink.add(words)
        elif state.kind:
            if self.apart is None or (self.apart.kind, self.apart.place) != (state.kind, state.sink.place):
                self.end_apart()
                self.apart = WordsApart(state.kind, state.sink.place)
            self.apart.add(words)
        else:
            self.end_apart()
            state.sink.words.add(words)
            if state.form:
                state.form.words.add(words)
            if state.copies:
                state.copies.add(words)

    # What is told.

    def tell(self, apart: WordsApart) -> None:
        """Tell words that are left out; those without a kind, too, if they have lines, for then a brace is lost."""
        kind = apart.kind or "other words" * apart.has_lines
        if kind and (words := str(apart)):
            self.report(kind, apart.place, words)

    def tell_here(self, kind: str, words: str = "") -> None:
        """Tell something that is left out of the present paragraph."""
        self.report(kind, self.state.sink.place, words)

    def report(self, kind: str, place: str, words: str) -> None:
        """Put an entry among all that is told."""
        self.count_parts(PARTS_OF_ENTRY + len(words) // 100)
        self.left_out.append(LeftOut(kind, place, words))

    def end_apart(self) -> None:
        """Tell the words that were hidden or deleted just before."""
        if self.apart:
            self.tell(self.apart)
            self.apart = None

    def tell_symbols(self, font: ListedFont, symbols: str) -> None:
        """Tell signs that only their font knows; a space is one in any font."""
        if symbols.isspace():
            self.put(symbols)
        else:
            name = font.name.decode("ascii", "backslashreplace").strip("; ")
            self.tell_here("symbols that only their font knows", f"{name} {with_single_spaces(symbols)}".strip())

    def keep_apart(self, apart: WordsApart, end: Callable[[WordsApart], None] | None = None) -> None:
        """Keep the words of the present group apart until it ends."""
        self.state.sink = apart
        self.state.ends.append(partial(end or self.tell, apart))

    def leave_out(self, kind: str, place: str = "", end: Callable[[WordsApart], None] | None = None) -> None:
        """Keep the words of the present group apart, unless those around it are apart themselves."""
        if isinstance(self.state.sink, Story):
            self.keep_apart(WordsApart(kind, place or self.state.sink.place), end)
