"""A transcript as it is read: row after row, each a turn, a stretch of a long one, or a line that nobody speaks."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from programmes.transcripts.turns import TextKey, turns_beside

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from programmes.transcripts.turns import SpokenTurn

LONGEST_ROW = 2_000  # letters, after which a row ends with a line, a sentence or a word
ENDS = ("\n", ". ", "? ", "! ", " ")
ROWS_AT_ONCE = 40
LETTERS_AT_ONCE = 24_000
SHOWN = re.compile(r"\S")
KEPT_ROWS = 4  # texts whose rows are kept in memory


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row: a span of the text in code points, with who speaks and when it began."""

    number: int  # from 1
    start: int
    end: int
    speaker: str = ""
    time: str = ""
    page: int | None = None
    goes_on: bool = False  # a turn that began in the row before


class ReadRows:
    """The rows of a transcript, in their order."""

    def __init__(self, rows: Sequence[ReadRow]) -> None:
        self.rows = rows
        self.starts = [row.start for row in rows]
        self.speakers = frozenset(row.speaker for row in rows if row.speaker)

    def number_at(self, place: int) -> int:
        """Return the number of the row in which a place of the text is, or after which it comes; 1 before the first."""
        return max(1, bisect_right(self.starts, place))

    def of(self, start: int, end: int) -> Sequence[ReadRow]:
        """Return the rows that a passage touches."""
        return [row for row in self.rows[self.number_at(start) - 1 : self.number_at(end - 1)] if row.end > start]

    def window(self, number: int, *, before: int = 0) -> Sequence[ReadRow]:
        """Return so many rows as are shown at once, from a few before one on."""
        first = min(max(1, number - before), max(1, len(self.rows)))
        return self.rows[first - 1 : first - 1 + self.fitting(self.rows[first - 1 :][:ROWS_AT_ONCE])]

    def until(self, number: int) -> Sequence[ReadRow]:
        """Return so many rows as are shown at once, of those before one."""
        earlier = self.rows[max(0, number - 1 - ROWS_AT_ONCE) : number - 1]
        return earlier[len(earlier) - self.fitting(earlier[::-1]) :] if earlier else ()

    def fitting(self, rows: Sequence[ReadRow]) -> int:
        """Return how many of these rows are shown at once: one at least."""
        letters = accumulate(row.end - row.start for row in rows)
        return max(1, sum(so_far <= LETTERS_AT_ONCE for so_far in letters))


@lru_cache(maxsize=KEPT_ROWS)
def rows_found(key: TextKey) -> ReadRows:
    """Return the rows of a text; those of texts that were asked for last are kept."""
    text, lines, nobody = key.taken()
    return ReadRows(list(numbered_rows(text, turns_beside(text, lines, nobody))))


def rows_beside(text: str, lines: Sequence[str], nobody: Collection[str]) -> ReadRows:
    """Return the rows of a text, with the turns that are kept as lines beside it; of `nobody` are words."""
    return rows_found(TextKey(text, lines, nobody))


def numbered_rows(text: str, turns: Sequence[SpokenTurn]) -> Iterator[ReadRow]:
    """Yield the rows of a text: its turns, and each line that is in none; the label before a turn is in no row."""
    number = 0
    for start, end, turn in stretches(text, turns):
        for place, (first, last) in enumerate(parts_of_stretch(text, start, end)):
            number += 1
            told = (turn.speaker, turn.time, turn.page) if turn else ("", "", None)
            yield ReadRow(number, first, last, *told, goes_on=place > 0)


def stretches(text: str, turns: Sequence[SpokenTurn]) -> Iterator[tuple[int, int, SpokenTurn | None]]:
    """Yield each turn of a text and each line between turns that shows something."""
    place = 0
    for turn in turns:
        before = text[place : turn.start].rstrip()
        yield from shown_lines(text, place, place + before.rfind("\n") + 1)
        yield max(place, turn.start), turn.end, turn
        place = max(place, turn.end)
    yield from shown_lines(text, place, len(text))


def shown_lines(text: str, start: int, end: int) -> Iterator[tuple[int, int, None]]:
    """Yield the lines of a part of a text that show something, without the blanks around them."""
    for line in text[start:end].split("\n"):
        words = line.strip()
        if words:
            first = start + len(line) - len(line.lstrip())
            yield first, first + len(words), None
        start += len(line) + 1


def parts_of_stretch(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of a stretch that are rows of their own, which leave out nothing but blanks between them."""
    end = start + len(text[start:end].rstrip())  # so that something is left after every cut
    while end - start > LONGEST_ROW:
        cut = next(
            (found + len(mark) for mark in ENDS if (found := text.rfind(mark, start + 1, start + LONGEST_ROW)) > 0),
            start + LONGEST_ROW,
        )
        yield start, start + (len(text[start:cut].rstrip()) or cut - start)
        shown = SHOWN.search(text, cut, end)
        start = shown.start() if shown else cut
    yield start, end


class Coverage:
    """How much of what was said by those who were asked is coded."""

    def __init__(self, rows: ReadRows, asking: Collection[str], spans: Iterable[tuple[int, int]]) -> None:
        self.rows, self.spans = rows, merged_spans(spans)
        others = frozenset({*asking, ""})  # lines that nobody speaks stand beside what is said
        self.asking = others if rows.speakers - others else frozenset()
        self.starts = [start for start, _ in self.spans]

    @property
    def share(self) -> int:
        """Return in per cent how many letters of theirs are coded; a little is never nothing, nor almost all all."""
        upto = LettersSaid.of(self.rows, self.asking)
        all_letters = upto(len(self.rows.rows), None)
        coded = sum(upto(*self.rows_up_to(end)) - upto(*self.rows_up_to(start)) for start, end in self.spans)
        if not 0 < coded < all_letters:
            return 100 if coded and coded == all_letters else 0
        return min(99, max(1, round(100 * coded / all_letters)))

    def rows_up_to(self, place: int) -> tuple[int, int | None]:
        """Return how many rows are before a place, and the place if it is in or after the last of them."""
        return bisect_right(self.rows.starts, place), place

    def is_coded(self, row: ReadRow) -> bool:
        """Say whether anything in a row is coded."""
        before = bisect_right(self.starts, row.end - 1)
        return before > 0 and self.spans[before - 1][1] > row.start

    def counts(self, row: ReadRow) -> bool:
        """Say whether somebody who was asked speaks in a row."""
        return row.speaker not in self.asking

    def next_uncoded(self, number: int) -> int | None:
        """Return the first row after one in which nothing is coded; after the last come the first ones."""
        rows = self.rows.rows
        order = [*range(number, len(rows)), *range(min(number, len(rows)))]
        return next(
            (rows[at].number for at in order if self.counts(rows[at]) and not self.is_coded(rows[at])),
            None,
        )

    def strip(self, cells: int) -> list[tuple[int, int]]:
        """Return where coded words are in the whole: cells of equal size that have some, as first and how many."""
        rows, filled = self.rows.rows, set()
        last = rows[-1].end if rows else 1
        for start, end in self.spans:
            filled |= set(range(start * cells // last, min(cells, (max(start, end - 1) * cells // last) + 1)))
        return runs_of(sorted(filled))


class LettersSaid:
    """Counts the letters of those who were asked, up to a place of a transcript."""

    kept: tuple[ReadRows, frozenset[str], LettersSaid] | None = None  # what was asked last

    def __init__(self, rows: ReadRows, asking: frozenset[str]) -> None:
        self.rows, self.asking = rows.rows, asking
        said = (0 if row.speaker in asking else row.end - row.start for row in rows.rows)
        self.sums = [0, *accumulate(said)]

    @classmethod
    def of(cls, rows: ReadRows, asking: frozenset[str]) -> LettersSaid:
        """Return the one of these rows."""
        kept = cls.kept
        if kept is None or kept[0] is not rows or kept[1] != asking:
            kept = cls.kept = (rows, asking, cls(rows, asking))
        return kept[2]

    def __call__(self, rows: int, place: int | None) -> int:
        """Return how many there are in so many rows, of the last of which a place may be in the middle."""
        if place is None or not rows:
            return self.sums[rows]
        row = self.rows[rows - 1]
        past = max(0, row.end - place) if row.speaker not in self.asking else 0
        return self.sums[rows] - past


def merged_spans(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans that do not overlap and cover the same, in their order."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def runs_of(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Return runs of numbers that follow each other: the first of each, and how many there are."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and number == sum(found[-1]):
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((number, 1))
    return found
