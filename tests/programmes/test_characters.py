"""What the characters of a text are: ends of lines, blanks, and those that no text has."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.characters import BLANKS, UNSEEN_MARKS, as_kept, is_blank, refused_character, with_line_feeds

ENDS = ("\r\n", "\r", "\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029")
LETTERS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Cn")))
# As the Unicode Character Database has them: White_Space, and what is ignored where it is shown.
WHITE = {chr(code) for code in range(sys.maxunicode + 1) if chr(code).isspace()} - set("\x1c\x1d\x1e\x1f")


@given(st.lists(LETTERS), st.lists(st.sampled_from(ENDS), min_size=20, max_size=20))
def test_only_ends_of_lines_are_changed(lines, ends):
    text = "".join(f"{line}{end}" for line, end in zip(lines, ends, strict=False))
    kept = with_line_feeds(text)
    if "\r\n" not in "".join(ends):  # two ends that stand together are one
        assert kept.split("\n")[:-1] == lines[:20]
    assert [letter for letter in kept if letter != "\n"] == [letter for letter in text if letter not in "".join(ENDS)]
    assert with_line_feeds(kept) == kept


@given(LETTERS)
def test_what_shows_something_is_kept_to_the_letter(text):
    assert as_kept(text) == ("" if is_blank(text) else text)
    assert refused_character(text) is None


@given(st.text(st.sampled_from(BLANKS)), st.characters(categories=("L", "N", "P", "S"), exclude_characters=BLANKS))
def test_blank_is_what_shows_nothing(blanks, letter):
    assert is_blank(blanks)
    assert not is_blank(f"{blanks}{letter}{blanks}")


def test_all_white_space_and_zero_width_characters_are_blank():
    zero_width = {"\u00ad", "\u034f", "\u061c", "\u180e", *map(chr, range(0x200B, 0x2010)), "\u2060", "\ufeff"}
    assert (WHITE | zero_width | set(UNSEEN_MARKS)) - set(BLANKS) == set()
    assert all(unicodedata.category(letter)[0] not in "NPS" for letter in set(BLANKS) - {"\u2800"})


@given(LETTERS, st.sampled_from([*range(9), *range(14, 32), 127, 128, 159, 0xD800, 0xDFFF, 0xFDD0, 0xFDEF, 0x10FFFF]))
def test_refused_character_is_found_where_it_stands(before, code):
    found = refused_character(f"{before}\r\n{before}{chr(code)}{chr(code)}")
    assert (found.code, found.line, found.column, found.others) == (code, 2, len(before) + 1, 1)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a\0", "has U+0000 (NULL) in line 1, column 2"),
        ("a\r\nb\x0cc\x07 \x07\x07", "has U+0007 (BELL) in line 3, column 2, and 2 more like it"),
        ("\x7f", "has U+007F (DELETE) in line 1, column 1"),
        ("\x93", "has U+0093 (CONTROL) in line 1, column 1"),
        ("\ud83d", "has U+D83D (HALF OF A SURROGATE PAIR) in line 1, column 1"),
        ("\ufffe", "has U+FFFE (NOT A CHARACTER) in line 1, column 1"),
        ("\U0005ffff", "has U+5FFFF (NOT A CHARACTER) in line 1, column 1"),
    ],
)
def test_place_and_name_of_a_refused_character(text, place):
    assert refused_character(text).place == place
