"""The coding screen: a transcript with the quotes that are marked in it, and what each does."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from programmes.models import Evidence, Quote
from programmes.transcripts.passages import TranscriptLine, lines_of, segments_of

if TYPE_CHECKING:
    from programmes.models import Source
    from programmes.querysets import Person
    from programmes.transcripts.passages import Segment


@dataclass(frozen=True)
class CodedQuote:
    """A quote of a transcript with what it does, and the line where it begins."""

    quote: Quote
    evidence: list[Evidence]
    line: int

    @property
    def says(self) -> str:
        """Return what it does, in words."""
        return "; ".join(f"{entry.get_role_display().lower()} {entry.cmoc}" for entry in self.evidence) or "no CMOC yet"


@dataclass(frozen=True)
class ShownSegment:
    """A part of a line, with the quotes on it and those that end with it."""

    text: str
    start: int
    roles: str
    ends: list[CodedQuote]


@dataclass(frozen=True)
class ShownLine:
    """A line of the transcript."""

    line: TranscriptLine
    segments: list[ShownSegment]
    begins: list[CodedQuote]


@dataclass(frozen=True)
class CodingPage:
    """Everything that the coding screen shows."""

    lines: list[ShownLine]
    quotes: list[CodedQuote]
    words: int
    speakers: list[str]


def coding_page(source: Source, user: Person, cmoc: int | None = None) -> CodingPage:
    """Return a transcript with its quotes; with a CMOC's id only those that bear on it."""
    lines = lines_of(source.text)
    starts = [line.start for line in lines]
    evidence = Evidence.objects.visible_to(user).filter(quote__source=source).select_related("cmoc")
    by_quote: dict[int, list[Evidence]] = defaultdict(list)
    for entry in evidence.order_by("cmoc__number", "pk"):
        by_quote[entry.quote_id].append(entry)
    quotes = Quote.objects.visible_to(user).filter(source=source, start__isnull=False).order_by("start", "end", "pk")
    coded = {
        quote.pk: CodedQuote(quote, by_quote[quote.pk], bisect_right(starts, quote.start or 0))
        for quote in quotes
        if cmoc is None or any(entry.cmoc_id == cmoc for entry in by_quote[quote.pk])
    }
    spans: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for key, mark in coded.items():
        start, end = mark.quote.start or 0, mark.quote.end or 0
        for number in range(mark.line, bisect_right(starts, end - 1) + 1):
            spans[number].append((key, start, end))
    return CodingPage(
        lines=[
            ShownLine(
                line,
                [shown(segment, coded) for segment in segments_of(line, spans[line.number])],
                [coded[key] for key, start, _ in spans[line.number] if line.start <= start],
            )
            for line in lines
        ],
        quotes=list(coded.values()),
        words=len(source.text.split()),
        speakers=list(dict.fromkeys(line.speaker for line in lines if line.speaker)),
    )


def shown(segment: Segment, coded: dict[int, CodedQuote]) -> ShownSegment:
    """Return a part of a line as the screen shows it."""
    roles = {entry.role for key in segment.quotes for entry in coded[key].evidence}
    names = " ".join(sorted(f"role-{role}" for role in roles))
    return ShownSegment(
        segment.text,
        segment.start,
        f"coded {names}".strip() if segment.quotes else "",
        [coded[key] for key in segment.ends],
    )
