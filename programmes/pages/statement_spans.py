"""A printed statement with its parts marked where they stand in it."""

from __future__ import annotations

import re
import unicodedata
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


# What Arabic and Hebrew write in one with the word that follows: and, so, in, like, for, will, and the article.
JOINED_BEFORE = re.compile("[وفأ]?[بكلس]?(?:ال|ل)?|[והבכלמש]{1,4}")
LONGEST_JOINED = 5  # letters that are looked at before a word: more than any of these has
WITHOUT_SPACES = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN")
WITH_PARTICLES_BEHIND = ("HANGUL",)


def stands_alone(statement: str, start: int, end: int) -> bool:
    """Say whether a span cuts no word in two, in the manner of its script, and no letter from its mark."""
    before = re.split(r"[\W_]", statement[max(0, start - LONGEST_JOINED) : start])[-1]
    whole = not (before and statement[start].isalnum()) or begins_there(before, statement[start])
    after = statement[end : end + 1]
    if after.isalnum() and statement[end - 1].isalnum():
        whole &= is_of(statement[end - 1], WITHOUT_SPACES + WITH_PARTICLES_BEHIND) and is_of(
            after, WITHOUT_SPACES + WITH_PARTICLES_BEHIND
        )
    return whole and not unicodedata.combining(after or " ")


def begins_there(before: str, first: str) -> bool:
    """Say whether a word begins at a letter, although letters stand before it without a space."""
    if is_of(first, WITHOUT_SPACES) and is_of(before[-1], WITHOUT_SPACES):
        return True
    return bool(JOINED_BEFORE.fullmatch(before)) and is_of(first, ("ARABIC", "HEBREW"))


def is_of(letter: str, scripts: tuple[str, ...]) -> bool:
    """Say whether a letter is of one of some scripts, by its name in Unicode."""
    return unicodedata.name(letter, "").startswith(scripts)
