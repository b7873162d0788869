"""What the characters of a text are to a reader: ends of lines, blanks, marks of direction, and those no text has.

Pure Python, asked at every door: forms, packages, transcripts and pages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Everything that programs write for the end of a line or of a page, as the Unicode standard lists it (section 5.8).
# A browser sends CR LF whatever stood in the text, Word writes VT and LS, a PDF writes FF. All of them become LF, or
# a form would give back another text than it was given. Nothing else of a text is changed.
ENDS_OF_LINES = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")

# Controls that stand for no letter, halves of surrogate pairs, and the code points that Unicode keeps for no character.
NONCHARACTERS = "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
REFUSED = re.compile(
    f"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef{NONCHARACTERS}]"  # line ends have gone before
)
NAMES_OF_CONTROLS = (  # Unicode itself gives them none; these are its aliases, from U+0000 on
    "NULL,START OF HEADING,START OF TEXT,END OF TEXT,END OF TRANSMISSION,ENQUIRY,ACKNOWLEDGE,BELL,BACKSPACE,TAB,"
    "LINE FEED,LINE TABULATION,FORM FEED,CARRIAGE RETURN,SHIFT OUT,SHIFT IN,DATA LINK ESCAPE,DEVICE CONTROL ONE,"
    "DEVICE CONTROL TWO,DEVICE CONTROL THREE,DEVICE CONTROL FOUR,NEGATIVE ACKNOWLEDGE,SYNCHRONOUS IDLE,"
    "END OF TRANSMISSION BLOCK,CANCEL,END OF MEDIUM,SUBSTITUTE,ESCAPE,INFORMATION SEPARATOR FOUR,"
    "INFORMATION SEPARATOR THREE,INFORMATION SEPARATOR TWO,INFORMATION SEPARATOR ONE"
)
CONTROLS = dict(enumerate(NAMES_OF_CONTROLS.split(","))) | {0x7F: "DELETE"}

# What shows nothing: white space, and characters that Unicode says are ignored where they are shown. Written out and
# not asked of Python, so that Python and both databases always agree.
BLANK_RANGES = (
    (0x09, 0x0D),  # tab and ends of lines
    (0x20, 0x20),
    (0x85, 0x85),
    (0xA0, 0xA0),  # no-break space
    (0xAD, 0xAD),  # soft hyphen
    (0x034F, 0x034F),  # combining grapheme joiner
    (0x061C, 0x061C),  # Arabic letter mark
    (0x115F, 0x1160),  # Hangul fillers
    (0x1680, 0x1680),  # Ogham space
    (0x17B4, 0x17B5),  # Khmer inherent vowels
    (0x180B, 0x180F),  # Mongolian separators
    (0x2000, 0x200F),  # spaces by width, zero-width characters, marks of direction
    (0x2028, 0x202F),
    (0x205F, 0x206F),
    (0x2800, 0x2800),  # Braille without a dot
    (0x3000, 0x3000),  # ideographic space
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFEFF, 0xFEFF),  # byte order mark
    (0xFFA0, 0xFFA0),
)
BLANKS = "".join(chr(code) for first, last in BLANK_RANGES for code in range(first, last + 1))

# What moves letters about, or stands between them unseen, so that a reader sees another text than is stored. The marks
# U+200E, U+200F and U+061C are not among them: Arabic and Hebrew are typed with them, and they move no letter.
UNSEEN_MARKS = {  # with what Unicode calls them, in short and in full
    "\u202a": ("LRE", "left-to-right embedding"),
    "\u202b": ("RLE", "right-to-left embedding"),
    "\u202c": ("PDF", "end of embedding or override"),
    "\u202d": ("LRO", "left-to-right override"),
    "\u202e": ("RLO", "right-to-left override"),
    "\u2066": ("LRI", "left-to-right isolate"),
    "\u2067": ("RLI", "right-to-left isolate"),
    "\u2068": ("FSI", "first strong isolate"),
    "\u2069": ("PDI", "end of isolate"),
    "\ufeff": ("BOM", "byte order mark"),
}


# What XML has no way to write (https://www.w3.org/TR/xml/#charsets): SVG, GraphML and Word documents are XML.
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class RefusedCharacter:
    """A character that no text may have, and where it stands."""

    code: int
    line: int
    column: int
    others: int  # how many more the text has

    @property
    def name(self) -> str:
        """Return what people call it."""
        if 0xD800 <= self.code <= 0xDFFF:  # noqa: PLR2004  as Unicode divides its code points
            return "HALF OF A SURROGATE PAIR"
        return CONTROLS.get(self.code, "CONTROL" if self.code < 0xA0 else "NOT A CHARACTER")  # noqa: PLR2004

    @property
    def place(self) -> str:
        """Return where it is, as a sentence that can go on."""
        more = f", and {self.others} more like it" if self.others else ""
        return f"has U+{self.code:04X} ({self.name}) in line {self.line}, column {self.column}{more}"


def in_xml(text: str) -> str:
    """Return a text as files can hold it: an older record may have characters that no text is given any more."""
    return NOT_IN_XML.sub("\ufffd", text)


def with_line_feeds(text: str) -> str:
    """Return a text whose lines all end in a line feed."""
    return ENDS_OF_LINES.sub("\n", text)


def is_blank(text: str) -> bool:
    """Say whether there is nothing in a text that a reader could see."""
    return not text.strip(BLANKS)


def as_kept(text: str) -> str:
    """Return a text as it is kept: ends of lines alike, all else to the letter. One that shows nothing is none."""
    return "" if is_blank(text) else with_line_feeds(text)


def refused_character(text: str) -> RefusedCharacter | None:
    """Return the first character of a text that no text may have, or None. Lines and columns count from one."""
    found = REFUSED.search(text)
    if found is None:
        return None
    before = with_line_feeds(text[: found.start()])
    others = len(REFUSED.findall(text)) - 1
    return RefusedCharacter(ord(found[0]), before.count("\n") + 1, len(before) - before.rfind("\n"), others)
