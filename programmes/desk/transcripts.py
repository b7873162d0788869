"""A transcript as screens show it: its lines, the passages that are marked in them, and what each mark says."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from programmes.transcripts.passages import lines_of, segments_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from programmes.transcripts.passages import TranscriptLine


@dataclass(frozen=True)
class Passage:
    """A passage that is marked in a transcript."""

    anchor: str  # its name in addresses of the page
    start: int
    end: int
    summary: str
    kinds: frozenset[str]  # what decides how it is underlined
    name: str = ""
    address: str = ""  # of the record behind it, if it may be opened
    record: int = 0  # its id, if it may be removed


@dataclass(frozen=True)
class ShownSegment:
    """A part of a line with the same passages on all of it, and those that end with it."""

    text: str
    style: str
    ends: list[Passage]


@dataclass(frozen=True)
class ShownLine:
    """A line of a transcript."""

    line: TranscriptLine
    segments: list[ShownSegment]
    begins: list[Passage]


@dataclass(frozen=True)
class Transcript:
    """A transcript with its marked passages."""

    lines: list[ShownLine]
    passages: list[tuple[int, Passage]]  # each with the number of the line where it begins
    words: int
    speakers: list[str]


def styled_by_role(passages: list[Passage]) -> str:
    """Return how words are underlined on which these passages stand: by what the passages do."""
    roles = sorted(set().union(*(passage.kinds for passage in passages)))
    return " ".join(["coded", *(f"role-{role}" for role in roles)])


def shown_transcript(
    text: str, passages: Sequence[Passage], style: Callable[[list[Passage]], str] = styled_by_role
) -> Transcript:
    """Return a transcript with these passages marked in it."""
    lines = lines_of(text)
    starts = [line.start for line in lines]
    spans: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    begins = [bisect_right(starts, passage.start) for passage in passages]
    for place, passage in enumerate(passages):
        for number in range(begins[place], bisect_right(starts, passage.end - 1) + 1):
            spans[number].append((place, passage.start, passage.end))
    return Transcript(
        lines=[
            ShownLine(
                line,
                [
                    ShownSegment(
                        segment.text,
                        style([passages[place] for place in segment.quotes]) if segment.quotes else "",
                        [passages[place] for place in segment.ends],
                    )
                    for segment in segments_of(line, spans[line.number])
                ],
                [passages[place] for place, start, _ in spans[line.number] if line.start <= start],
            )
            for line in lines
        ],
        passages=list(zip(begins, passages, strict=True)),
        words=len(text.split()),
        speakers=list(dict.fromkeys(line.speaker for line in lines if line.speaker)),
    )
