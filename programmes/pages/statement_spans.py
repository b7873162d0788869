"""A printed statement with its parts marked where they stand in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from programmes.models.slots import FilledSlot


@dataclass(frozen=True)
class StatementPiece:
    """A piece of a statement, letter for letter; one that is a part names the slot that it fills."""

    text: str
    slot: str = ""
    label: str = ""


@dataclass(frozen=True)
class _Span:
    start: int
    end: int
    slot: FilledSlot


def statement_pieces(statement: str, slots: Iterable[FilledSlot]) -> list[StatementPiece]:
    """Return a statement in pieces, which joined give it back.

    A part is marked where its wording stands once, or once before the mark of its slot, such as (C) or (M2). Where
    two would overlap, the longer is marked.
    """
    found = [span for slot in slots for part in slot.parts for span in spans_of(part.wording, slot, statement)]
    kept: list[_Span] = []
    for span in sorted(found, key=lambda one: (one.start - one.end, one.start)):
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    pieces = []
    place = 0
    for span in sorted(kept, key=lambda one: one.start):
        pieces.append(StatementPiece(statement[place : span.start]))
        pieces.append(StatementPiece(statement[span.start : span.end], span.slot.name, span.slot.label))
        place = span.end
    return [piece for piece in (*pieces, StatementPiece(statement[place:])) if piece.text]


def spans_of(wording: str, slot: FilledSlot, statement: str) -> Iterator[_Span]:
    """Yield the place of a wording, if there is one that is certain."""
    words = wording.strip()
    starts = [found.start() for found in re.finditer(rf"(?={re.escape(words)})", statement)] if words else []
    if len(starts) > 1:
        mark = re.compile(rf"\s*[(\[]{slot.name[0]}\d*[)\]]", re.IGNORECASE)
        starts = [start for start in starts if mark.match(statement, start + len(words))]
    if len(starts) == 1 and stands_alone(statement, starts[0], starts[0] + len(words)):
        yield _Span(starts[0], starts[0] + len(words), slot)


def stands_alone(statement: str, start: int, end: int) -> bool:
    """Say whether a span cuts no word in two."""
    before, after = statement[:start][-1:], statement[end : end + 1]
    return not (before.isalnum() and statement[start].isalnum()) and not (
        after.isalnum() and statement[end - 1].isalnum()
    )
