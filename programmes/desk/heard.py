"""A quote in the turn that it stands in, for those who judge it without reading the transcript.

Who speaks is told by what they do there, never by a name: what a transcript calls somebody may be one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from programmes.models.spoken import SourceVoices, quote_spans
from programmes.transcripts.turns import SpokenTurn, asks_by_label
from programmes.words import like

if TYPE_CHECKING:
    from collections.abc import Iterable

    from programmes.models import Quote, Source

AROUND = 600  # letters at most that are shown of a turn before a quote, and after it
INTERVIEWER, PARTICIPANT = "Interviewer", "Participant"


@dataclass(frozen=True)
class HeardPiece:
    """Some words of a turn, and whether they are those of the quote."""

    words: str
    is_quoted: bool


@dataclass(frozen=True)
class HeardTurn:
    """A turn around a quote, or as much of it as stands near; of a document, the text around."""

    who: str  # what the speaker does there; nothing where nobody speaks
    pieces: list[HeardPiece]


def heard_around(quotes: Iterable[Quote]) -> dict[int, list[HeardTurn]]:
    """Return the turns that each quote stands in, by its id, and the question before them; none without a transcript.

    The quotes come with their sources.
    """
    voices: dict[int, SourceVoices] = {}
    found = {}
    for quote in quotes:
        source = quote.source
        if source is None or quote.start is None or quote.end is None or not source.text:
            continue
        if source.pk not in voices:
            voices[source.pk] = SourceVoices.of_source(source)
        found[quote.pk] = turns_around(quote, source, voices[source.pk])
    return found


def turns_around(quote: Quote, source: Source, voices: SourceVoices) -> list[HeardTurn]:
    """Return the turns that a quote stands in, and the question that they answer."""
    spans = quote_spans(quote)
    first = bisect_right(voices.turns.furthest, spans[0][0])
    last = bisect_left(voices.turns.nearest, spans[-1][1])
    turns = list(voices.turns[first:last])
    if not turns:
        return [HeardTurn("", pieces_around(source.text, SpokenTurn(0, len(source.text), ""), spans))]
    before = voices.turns[first - 1] if first else None
    if before is not None and does_there(before.speaker, voices) == INTERVIEWER:
        turns = [before, *turns]
    return [HeardTurn(does_there(turn.speaker, voices), pieces_around(source.text, turn, spans)) for turn in turns]


def does_there(label: str, voices: SourceVoices) -> str:
    """Return what somebody who speaks does in an interview."""
    asks = voices.asks(label) or (voices.is_unsaid(label) and asks_by_label(label))
    return INTERVIEWER if asks else PARTICIPANT


def pieces_around(text: str, turn: SpokenTurn, spans: list[tuple[int, int]]) -> list[HeardPiece]:
    """Return a turn with what is quoted of it; far from the quote it is left out."""
    inside = [(max(start, turn.start), min(end, turn.end)) for start, end in spans]
    inside = [(start, end) for start, end in inside if start < end]
    start = max(turn.start, (inside[0][0] if inside else turn.end) - AROUND)
    end = min(turn.end, (inside[-1][1] if inside else turn.end) + AROUND)
    pieces = [HeardPiece("…", is_quoted=False)] * (start > turn.start)
    place = start
    for begins, ends in inside:
        pieces += [HeardPiece(text[place:begins], is_quoted=False), HeardPiece(text[begins:ends], is_quoted=True)]
        place = ends
    pieces += [HeardPiece(text[place:end], is_quoted=False), *[HeardPiece("…", is_quoted=False)] * (end < turn.end)]
    return [HeardPiece(like(text, piece.words), piece.is_quoted) for piece in pieces if piece.words]
