"""Lines, speakers and passages of a transcript. All positions count code points, as Python does."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from programmes.transcripts.turns import turns_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from programmes.transcripts.turns import SpokenTurn

AROUND = 60  # letters that are kept before and after a quote, to find its place again


class PassageError(ValueError):
    """A passage does not stand in a text, or in several places; the message says what to do."""


@dataclass(frozen=True)
class TranscriptLine:
    """A line of a transcript, by its number and the position of its first letter."""

    number: int
    start: int
    text: str
    speaker: str

    @property
    def end(self) -> int:
        """Return the position after its last letter."""
        return self.start + len(self.text)


def lines_of(text: str, turns: Sequence[SpokenTurn] | None = None) -> list[TranscriptLine]:
    """Return the lines of a text; a line without a speaker belongs to the one who spoke last.

    The turns are those that the text tells, unless others are given.
    """
    turns = turns_of(text) if turns is None else turns
    begins = beginnings(text, turns)
    lines = []
    start = 0
    for number, row in enumerate(text.split("\n"), 1):
        spoken = bisect_right(begins, start + len(row))
        lines.append(TranscriptLine(number, start, row, turns[spoken - 1].speaker if spoken else ""))
        start += len(row) + 1
    return lines


def beginnings(text: str, turns: Sequence[SpokenTurn]) -> list[int]:
    """Return where each turn begins with its label, which stands between it and the turn before."""
    places: list[int] = []
    end = 0
    for turn in turns:
        between = text[end : turn.start]
        label = between.rstrip().rpartition("\n")[2] if not places else between.lstrip()
        places.append(end + len(between.rstrip() if not places else between) - len(label))
        end = turn.end
    return places


def is_label_alone(text: str, turns: Sequence[SpokenTurn], start: int, end: int) -> bool:
    """Say whether a passage is nothing but the label before a turn, or the time beside it."""
    first = max(0, bisect_left(turns, start, key=lambda turn: turn.start) - 1)  # its label begins where this one ends
    near = turns[first : bisect_left(turns, end, key=lambda turn: turn.start) + 1]
    labels = zip(beginnings(text, near), near, strict=True)
    return any(begins <= start and end <= turn.start for begins, turn in labels)


def find_passage(text: str, passage: str) -> tuple[int, int]:
    """Return where a passage stands: its first code point, and the one after its last.

    White space may differ, as it does after copying. Raises PassageError unless it stands in exactly one place.
    """
    words = passage.split()
    if not words:
        raise PassageError("Give the words of the passage.")
    places = list(re.finditer(r"\s+".join(map(re.escape, words)), text))
    if not places:
        raise PassageError("These words do not stand in the text. Copy them from it exactly.")
    if len(places) > 1:
        lines = ", ".join(str(text.count("\n", 0, place.start()) + 1) for place in places[:5])
        raise PassageError(f"Found {len(places)} times (lines {lines}): give a longer passage.")
    return places[0].span()


def around(text: str, start: int, end: int) -> tuple[str, str]:
    """Return the words before and after a passage."""
    return text[max(0, start - AROUND) : start], text[end : end + AROUND]


@dataclass(frozen=True)
class Segment:
    """A part of a line with the same quotes on all of it."""

    text: str
    start: int
    quotes: tuple[int, ...]
    ends: tuple[int, ...]  # the quotes that end with it


def segments_of(line: TranscriptLine, spans: list[tuple[int, int, int]]) -> list[Segment]:
    """Return a line cut where quotes begin and end; each span is a quote's number, its start and its end."""
    here = [span for span in spans if span[1] < line.end and span[2] > line.start]
    cuts = {line.start, line.end}
    for _, start, end in here:
        cuts |= {max(start, line.start), min(end, line.end)}
    places = sorted(cuts)
    return [
        Segment(
            line.text[first - line.start : last - line.start],
            first,
            tuple(quote for quote, start, end in here if start < last and end > first),
            tuple(quote for quote, _, end in here if end == last),
        )
        for first, last in itertools.pairwise(places)
    ]
