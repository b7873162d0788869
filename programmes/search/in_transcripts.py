"""Where words are said in a transcript: turn by turn, whatever their case, accents and inflection.

Transcripts are never public and stand in no index, so that words that are erased are erased. They are read one after
another, and this module finds, cuts and marks the words, alike on both databases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from programmes.search.stems import Ranking, excerpt, marked, spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from programmes.search.stems import SearchTerm
    from programmes.transcripts.turns import SpokenTurn
    from programmes.words import ShownWords


@dataclass(frozen=True)
class SaidPassage:
    """A turn that has every word that was asked for, or a line of a text in which nobody is known to speak."""

    line: int  # of the transcript, where the first of the words stands
    speaker: str
    time: str
    page: int | None
    words: ShownWords  # a little around the first of them, with each in a mark

    @property
    def place(self) -> str:
        """Return where it is said, as "line 12, at 0:01:02, page 3"."""
        time, page = f"at {self.time}" if self.time else "", f"page {self.page}" if self.page else ""
        return ", ".join(filter(None, (f"line {self.line}", time, page)))


@dataclass(frozen=True)
class Stretch:
    """A part of a text in which the words must all be."""

    start: int
    end: int
    turn: SpokenTurn | None


class TranscriptQuestion:
    """Words that are looked for in transcripts: every one of them, and phrases word after word."""

    def __init__(self, terms: Sequence[SearchTerm]) -> None:
        self.terms = terms
        self.ranking = Ranking(terms)

    def may_be_in(self, text: str) -> bool:
        """Say whether a text has every word, at a glance: of a phrase it is enough that it has the words."""
        return self.ranking.terms_in("", text) == len(self.terms)

    def is_in(self, words: str) -> bool:
        """Say whether every word and phrase is there."""
        return self.may_be_in(words) and all(any(spans(words, [term])) for term in self.terms)

    def stretches_in(self, text: str, turns: Sequence[SpokenTurn]) -> list[Stretch]:
        """Return where a transcript has the words, in its order."""
        return [each for each in stretches_of(text, turns) if self.is_in(text[each.start : each.end])]

    def shown(self, text: str, stretch: Stretch) -> SaidPassage:
        """Return a part of a transcript that has the words as it is shown."""
        words = text[stretch.start : stretch.end]
        first = stretch.start + next(spans(words, self.terms))[0]
        turn = stretch.turn
        return SaidPassage(
            line=text.count("\n", 0, first) + 1,
            speaker=turn.speaker if turn else "",
            time=turn.time if turn else "",
            page=turn.page if turn else None,
            words=marked(excerpt(words, self.terms), self.terms),
        )


def stretches_of(text: str, turns: Sequence[SpokenTurn]) -> Iterator[Stretch]:
    """Yield the turns of a text, and each line that is in none; the label before a turn is nobody's words."""
    end = 0
    for turn in turns:
        before = text[end : turn.start].rstrip()
        yield from lines_between(text, end, end + before.rfind("\n") + 1)
        yield Stretch(turn.start, turn.end, turn)
        end = turn.end
    yield from lines_between(text, end, len(text))


def lines_between(text: str, start: int, end: int) -> Iterator[Stretch]:
    """Yield the lines of a part of a text, of which some have no words."""
    for line in text[start:end].split("\n"):
        yield Stretch(start, start + len(line), None)
        start += len(line) + 1
