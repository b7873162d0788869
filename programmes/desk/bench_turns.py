"""A transcript at the bench: its rows a window at a time, with what is coded in each, and how much of it is coded."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.urls import reverse

from programmes.models import CMOC, Evidence, Quote, Speaker
from programmes.models.spoken import quote_spans
from programmes.transcripts.passages import TranscriptLine, segments_of
from programmes.transcripts.reading_rows import Coverage, ReadRows, rows_beside
from programmes.transcripts.turns import asks_by_label
from programmes.vocabulary import CMOCStatus, EvidenceRole, SpeakerKind
from programmes.words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from programmes.models import Source
    from programmes.transcripts.reading_rows import ReadRow

BEFORE = 8  # rows that are shown before the one that was asked for
CELLS = 120  # of the strip beside a transcript
ROLE_WORDS = {
    EvidenceRole.SUPPORTS: "supports",
    EvidenceRole.REFINES: "refines",
    EvidenceRole.COUNTERS: "against",
    EvidenceRole.ILLUSTRATES: "illustrates",
}


@dataclass(frozen=True)
class MarginBar:
    """What a quote does to a configuration, beside the words."""

    quote: str  # its key
    evidence: int  # 0 where it bears on none
    version: int
    start: int  # in the row's text, in code points
    end: int
    number: str
    title: str
    role: str
    address: str
    theory: str = ""  # of the configuration, where it is another than the one at hand
    is_first: bool = True  # of the rows that the quote is in

    @property
    def role_words(self) -> str:
        """Return what the quote does, in a word."""
        return ROLE_WORDS[EvidenceRole(self.role)] if self.role else ""

    @property
    def role_key(self) -> str:
        """Return the key of the role, where there is no room for the word."""
        return {"supports": "s", "refines": "r", "counters": "c", "illustrates": "i"}.get(self.role, "")


@dataclass(frozen=True)
class CodedSegment:
    """A part of a row's words under the same quotes throughout."""

    text: str
    style: str
    quotes: str  # their keys


@dataclass(frozen=True)
class BenchRow:
    """A row of a transcript with what is coded in it."""

    row: ReadRow
    segments: list[CodedSegment]
    bars: list[MarginBar]
    asks: bool
    is_uncoded: bool

    @property
    def time(self) -> str:
        """Return when it was said, in as few figures as it needs."""
        return short_time(self.row.time)


def short_time(time: str) -> str:
    """Return a time as "05:17", or with hours where there are some."""
    if not time:
        return ""
    hours, minutes, seconds = time.split(":")
    return f"{minutes}:{seconds}" if hours == "0" else f"{int(hours)}:{minutes}:{seconds}"


class BenchTranscript:
    """A transcript as somebody codes it; the source has its text."""

    def __init__(self, source: Source, address: str, theory: int | None = None) -> None:
        self.source, self.address, self.theory = source, address, theory

    @cached_property
    def labels(self) -> dict[str, str]:
        """Return of each label of a speaker that somebody spoke of what it is."""
        return dict(Speaker.objects.filter(source=self.source).values_list("label", "kind"))

    @cached_property
    def rows(self) -> ReadRows:
        """Return all rows."""
        nobody = {label for label, kind in self.labels.items() if kind == SpeakerKind.NOBODY}
        return rows_beside(self.source.text, self.source.turns, nobody)

    @cached_property
    def asking(self) -> frozenset[str]:
        """Return the labels of those who ask."""
        return frozenset(label for label in self.rows.speakers if self.asks(label))

    def asks(self, label: str) -> bool:
        """Say whether somebody who is called so asks: it was said of them, or common usage calls them so."""
        kind = self.labels.get(label, SpeakerKind.UNKNOWN)
        return kind == SpeakerKind.INTERVIEWER or (kind == SpeakerKind.UNKNOWN and asks_by_label(label))

    @cached_property
    def coverage(self) -> Coverage:
        """Return how much is coded: whatever is a quote."""
        quotes = Quote.objects.filter(source=self.source, start__isnull=False).order_by()
        spans = quotes.values_list("start", "end")
        return Coverage(self.rows, self.asking, ((start or 0, end or 0) for start, end in spans))

    def shown(self, rows: Sequence[ReadRow]) -> list[BenchRow]:
        """Return rows with what is coded in them."""
        if not rows:
            return []
        first, last = min(row.start for row in rows), max(row.end for row in rows)
        quotes = list(
            Quote.objects.filter(source=self.source, start__lt=last, end__gt=first)
            .only("key", "start", "end", "pieces", "source")
            .order_by("start", "end", "pk")
        )
        bearing: dict[int, list[Evidence]] = defaultdict(list)
        evidence = Evidence.objects.filter(quote__in=quotes).exclude(cmoc__status=CMOCStatus.RETIRED)
        fields = ("quote", "role", "version", *(f"cmoc__{name}" for name in ("number", "label", "title", "theory")))
        for entry in (
            evidence.select_related("cmoc__theory").only(*fields, "cmoc__theory__title").order_by("cmoc__number", "pk")
        ):
            bearing[entry.quote_id].append(entry)
        return [self.row_shown(row, quotes, bearing) for row in rows]

    def row_shown(self, row: ReadRow, quotes: list[Quote], bearing: dict[int, list[Evidence]]) -> BenchRow:
        """Return a row with what is coded in it."""
        text = words_of(type(self.source), "text", self.source.text)[row.start : row.end]
        line = TranscriptLine(row.number, row.start, text, row.speaker)
        here = [
            (place, start, end)
            for place, quote in enumerate(quotes)
            for start, end in quote_spans(quote)
            if start < row.end and end > row.start
        ]
        segments = [
            CodedSegment(
                segment.text,
                style_of([entry for place in segment.quotes for entry in bearing.get(quotes[place].pk, ())])
                if segment.quotes
                else "",
                " ".join(quotes[place].key for place in segment.quotes),
            )
            for segment in segments_of(line, here)
        ]
        bars = [bar for place, start, end in here for bar in self.bars(row, quotes[place], start, end, bearing)]
        asks = row.speaker in self.asking
        return BenchRow(
            row, segments, bars, asks, not here and not asks and bool(row.speaker or not self.rows.speakers)
        )

    def bars(
        self, row: ReadRow, quote: Quote, start: int, end: int, bearing: dict[int, list[Evidence]]
    ) -> Iterable[MarginBar]:
        """Yield a bar for each configuration that a quote bears on; one where there is none."""
        place = (max(start, row.start) - row.start, min(end, row.end) - row.start)
        first = (quote.start or 0) >= row.start
        entries = bearing.get(quote.pk, ())
        if not entries:
            yield MarginBar(quote.key, 0, 0, *place, "", "", "", self.quote_address(quote.key), is_first=first)
        for entry in entries:
            cmoc: CMOC = entry.cmoc
            yield MarginBar(
                quote=quote.key,
                evidence=entry.pk,
                version=entry.version,
                start=place[0],
                end=place[1],
                number=cmoc.name.removeprefix("CMOC "),
                title=cmoc.title,
                role=entry.role,
                address=self.quote_address(quote.key),
                theory=cmoc.theory.title if cmoc.theory_id != self.theory else "",
                is_first=first,
            )

    def quote_address(self, key: str) -> str:
        """Return the address of the page on which a quote is coded otherwise."""
        return f"{self.address}quotes/{key}/"

    def strip_cells(self) -> list[tuple[int, int]]:
        """Return where coded words are in the whole, in cells of the strip."""
        return self.coverage.strip(CELLS)


def style_of(entries: Iterable[Evidence]) -> str:
    """Return how words under these codings are underlined: by what they do."""
    roles = {entry.role for entry in entries}
    return " ".join(["coded", *(f"role-{role}" for role in sorted(roles))])


def source_at_bench(study: str, source: str) -> str:
    """Return the address of a transcript at the bench."""
    return reverse("desk-bench-source", args=[study, source])
