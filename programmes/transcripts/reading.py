"""What was read from a file: the text, and every word of the file that is not part of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from programmes.transcripts.turns import turns_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from programmes.transcripts.turns import SpokenTurn

MOST_PLACES = 3  # that are named of one kind


class ReadingError(ValueError):
    """A file cannot be read; the message goes on from its name, says why and what to do."""


@dataclass(frozen=True)
class LeftOut:
    """Words of a file that are not part of its text, such as a deletion in Word that nobody has accepted yet."""

    kind: str  # "deleted words"
    place: str  # "paragraph 3", "page 2", "cue 00:01:02.000", "header"
    words: str


@dataclass(frozen=True)
class TranscriptReading:
    """The text of a file, and what of the file is left out of it: together every word that the file holds."""

    text: str
    left_out: tuple[LeftOut, ...] = ()
    turns: tuple[SpokenTurn, ...] = ()  # where the file says who speaks; otherwise they are found in the text
    pages: tuple[int, ...] = ()  # where each page of a PDF begins in the text

    def spoken(self, no_speakers: Collection[str] = ()) -> list[SpokenTurn]:
        """Return whose words are where; of `no_speakers` somebody said that they are none."""
        if not self.turns:
            return turns_of(self.text, no_speakers=no_speakers, pages=self.pages)
        return [turn for turn in self.turns if turn.speaker not in no_speakers]


@dataclass(frozen=True)
class LeftOutKind:
    """All that is left out of one kind, without its words, so that it may be kept beside the text."""

    kind: str
    count: int
    places: tuple[str, ...]  # the first of them

    def __str__(self) -> str:
        """Return it as "deleted words: 5 (paragraph 3, paragraph 4, paragraph 9 and others)"."""
        others = " and others" if self.count > len(self.places) else ""
        return f"{self.kind}: {self.count} ({', '.join(self.places)}{others})"


def kinds_of(left_out: Iterable[LeftOut]) -> list[LeftOutKind]:
    """Return what was left out by its kind, in the order in which each is met first."""
    counts: Counter[str] = Counter()
    places: dict[str, list[str]] = {}
    for entry in left_out:
        counts[entry.kind] += 1
        known = places.setdefault(entry.kind, [])
        if entry.place not in known and len(known) < MOST_PLACES:
            known.append(entry.place)
    return [LeftOutKind(kind, count, tuple(places[kind])) for kind, count in counts.items()]
