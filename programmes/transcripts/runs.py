"""Runs of words: what two texts have in common, whatever their white space, case, punctuation and ends of lines.

A run is remembered as a keyed hash, from which nobody reads the words, and found again in any text.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate, groupby
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

MARK = "█"  # over a letter that was erased
KEPT_RUN = 8  # words of the runs by which a text is known again
SEARCHED_RUN = 4  # words of the runs that are searched for
WORDS_AROUND = 3  # words beside an erased passage by which it is known again


def letters_in_categories(*categories: str) -> str:
    """Return the letters of some categories of Unicode, in ranges, as a set of letters in a pattern has them."""
    letters = (chr(code) for code in range(0x300, 0x20000))
    found = groupby(letters, lambda letter: unicodedata.category(letter) in categories and letter != MARK)
    ranges = [list(group) for is_among, group in found if is_among]
    return "".join(f"{group[0]}-{group[-1]}" for group in ranges)


# Letters that are written without spaces count one by one, and so do signs such as smileys. An accent or a vowel that
# is written on a letter belongs to it; what shows nothing inside a word is no part of it.
ALONE = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
SIGNS = letters_in_categories("So")
HIDDEN = "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff"
UPON = f"{letters_in_categories('Mn', 'Mc', 'Me')}\U0001f3fb-\U0001f3ff{HIDDEN}"
WORD = re.compile(rf"[^\W_{ALONE}](?:[^\W_{ALONE}]+|[{UPON}]+)*+|[{ALONE}{SIGNS}][{UPON}]*")
UNSEEN = re.compile(f"[{HIDDEN}]")
SIGN = re.compile(f"[{SIGNS}]")


class RunWord(NamedTuple):
    """A word as it is compared, and where it stands in its text."""

    folded: str
    start: int
    end: int


def run_words(text: str) -> list[RunWord]:
    """Return the words of a text, alike where only case, composition of letters or what stands between differs."""
    return [RunWord(fold(found[0]), *found.span()) for found in WORD.finditer(text)]


def has_word(text: str, start: int, end: int) -> bool:
    """Say whether a word begins in a span of a text."""
    return end - start > 1 and WORD.search(text, start, end) is not None


def spoken_words(text: str) -> list[RunWord]:
    """Return the words of a text but for numbers and signs, which stand between the words of some files."""
    return [word for word in run_words(text) if is_spoken(word)]


def is_spoken(word: RunWord) -> bool:
    """Say whether a word is no number and no sign."""
    return not word.folded.isdigit() and (word.folded.isascii() or SIGN.match(word.folded) is None)


def fold(word: str) -> str:
    """Return a word as it is compared."""
    if word.isascii():
        return word.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", UNSEEN.sub("", word)).casefold())


def runs_in(words: Sequence[RunWord], length: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield every run of so many words, with the number of its first word."""
    folded = [word.folded for word in words]
    for first in range(len(folded) - length + 1):
        yield first, tuple(folded[first : first + length])


def keyed_hash(key: bytes, run: Iterable[str]) -> int:
    """Return the keyed hash of a run as a whole number that every database keeps."""
    digest = blake2b("\x1f".join(run).encode("utf-8", "surrogatepass"), digest_size=8, key=key).digest()
    return int.from_bytes(digest, "big", signed=True)


def run_hashes(key: bytes, words: Sequence[RunWord], length: int) -> list[int]:
    """Return the keyed hashes of every run of so many words, as `keyed_hash` gives them, in a fraction of the time."""
    encoded = [word.folded.encode("utf-8", "surrogatepass") for word in words]
    joined = b"\x1f".join(encoded)
    starts = list(accumulate((len(word) + 1 for word in encoded), initial=0))
    empty = blake2b(digest_size=8, key=key)
    found = []
    for first in range(len(encoded) - length + 1):
        run = empty.copy()
        run.update(joined[starts[first] : starts[first + length] - 1])
        found.append(int.from_bytes(run.digest(), "big", signed=True))
    return found


@dataclass(frozen=True)
class RunShape:
    """How a remembered run is made: the words that are erased, and how many of those before and after are known."""

    before: int
    erased: int
    after: int

    @property
    def length(self) -> int:
        """Return the number of words."""
        return self.before + self.erased + self.after

    @property
    def is_common(self) -> bool:
        """Say whether anybody may use such words, so that they are known again as a whole text alone.

        Who erased the name Will where nothing else stood would otherwise erase “will” from every text. Of signs
        without a word, the words on both sides must be the same.
        """
        around = WORDS_AROUND if self.erased else 2 * WORDS_AROUND
        return self.length < KEPT_RUN and self.before + self.after < around


PERSON = RunShape(0, KEPT_RUN, 0)  # eight words of somebody


def whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a span that begins and ends with whole words, so that no part of one stays to be read."""
    for word in run_words(text):
        if word.start < start < word.end:
            start = word.start
        if word.start < end < word.end:
            end = word.end
    return start, end


def places_of_run(text: str, run: Sequence[str]) -> list[tuple[int, int]]:
    """Return where the words of a run stand in a text, one after another."""
    words, wanted = run_words(text), tuple(run)
    return [
        (words[first].start, words[first + len(wanted) - 1].end)
        for first, found in runs_in(words, len(wanted))
        if wanted and found == wanted
    ]


def common_places(text: str, runs: Collection[tuple[str, ...]], length: int) -> list[tuple[int, int]]:
    """Return the spans of a text whose words, but for numbers, are in runs of this length; neighbours are one span."""
    words = spoken_words(text)
    spans: list[tuple[int, int]] = []
    after = -1  # the word after the last that was found
    for first, run in runs_in(words, length):
        if run in runs:
            start = spans.pop()[0] if first <= after else words[first].start
            after = first + length
            spans.append((start, words[after - 1].end))
    return spans


def masked(text: str, start: int, end: int) -> str:
    """Return a text with a mark over every letter of a span; white space and every place in it stay."""
    return text[:start] + "".join(letter if letter.isspace() else MARK for letter in text[start:end]) + text[end:]
