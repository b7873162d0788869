"""A transcript as screens show it: its lines, the passages highlighted in them, and a note on each."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from programmes.transcripts.passages import lines_of, segments_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from programmes.models import Source
    from programmes.transcripts.passages import TranscriptLine


@dataclass(frozen=True)
class Passage:
    """A highlighted passage."""

    anchor: str  # its name in addresses of the page
    start: int
    end: int
    summary: str
    kinds: frozenset[str]  # what decides how it is underlined
    name: str = ""
    address: str = ""  # of the record behind it, if it may be opened
    record: int = 0  # its id, if it may be removed
    part: int = 1  # which of the turns that it goes over this is
    parts: int = 1  # over how many turns it goes


@dataclass(frozen=True)
class ShownSegment:
    """A part of a line covered by the same passages throughout, and the passages that end with it."""

    text: str
    style: str
    ends: list[Passage]


@dataclass(frozen=True)
class ShownLine:
    line: TranscriptLine
    segments: list[ShownSegment]
    begins: list[Passage]


@dataclass(frozen=True)
class Transcript:
    """A transcript with its highlighted passages."""

    lines: list[ShownLine]
    passages: list[tuple[int, Passage]]  # each with the number of the line where it begins
    words: int
    speakers: list[str]

    @property
    def listed(self) -> list[tuple[int, Passage]]:
        """Return each passage once, where it goes over several turns too."""
        return [(line, passage) for line, passage in self.passages if passage.part == 1]


def styled_by_role(passages: list[Passage]) -> str:
    """Return how text under these passages is underlined: by their roles."""
    roles = sorted(set().union(*(passage.kinds for passage in passages)))
    return " ".join(["coded", *(f"role-{role}" for role in roles)])


def shown_transcript(
    source: Source, passages: Sequence[Passage], style: Callable[[list[Passage]], str] = styled_by_role
) -> Transcript:
    """Return the transcript of a source with these passages highlighted."""
    text = source.text
    lines = lines_of(text, source.spoken())
    starts = [line.start for line in lines]
    spans: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    begins = [bisect_right(starts, passage.start) for passage in passages]
    for index, passage in enumerate(passages):
        for number in range(begins[index], bisect_right(starts, passage.end - 1) + 1):
            spans[number].append((index, passage.start, passage.end))
    return Transcript(
        lines=[
            ShownLine(
                line,
                [
                    ShownSegment(
                        segment.text,
                        style([passages[index] for index in segment.quotes]) if segment.quotes else "",
                        [passages[index] for index in segment.ends],
                    )
                    for segment in segments_of(line, spans[line.number])
                ],
                [passages[index] for index, start, _ in spans[line.number] if line.start <= start],
            )
            for line in lines
        ],
        passages=list(zip(begins, passages, strict=True)),
        words=len(text.split()),
        speakers=list(dict.fromkeys(line.speaker for line in lines if line.speaker)),
    )
