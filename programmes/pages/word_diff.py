"""What changed between two versions of a text, word by word."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from programmes.words import like

if TYPE_CHECKING:
    from collections.abc import Iterable

WORDS = re.compile(r"\s+|[^\w\s]|\w+")


class Change(StrEnum):
    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class DiffPiece:
    """A run of words that were all kept, all removed or all added."""

    change: Change
    text: str


def word_diff(before: str, after: str) -> list[DiffPiece]:
    """Merge both texts into one, in reading order.

    The pieces not added make up the text before; the pieces not removed make up the text after.
    """
    old, new = WORDS.findall(before), WORDS.findall(after)
    pieces = []
    for kind, start, end, first, last in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        removed, added = like(before, "".join(old[start:end])), like(after, "".join(new[first:last]))
        if kind == "equal":
            pieces.append(DiffPiece(Change.KEPT, added))
            continue
        if removed:
            pieces.append(DiffPiece(Change.REMOVED, removed))
        if added:
            pieces.append(DiffPiece(Change.ADDED, added))
    return pieces


def text_without(pieces: list[DiffPiece], without: Change) -> str:
    """Return one of the two texts that a difference was made of."""
    return "".join(str(piece.text) for piece in pieces if piece.change != without)


def changed_lines(before: list[str], after: list[str], *, order: Iterable[str]) -> list[list[DiffPiece]]:
    """Return the lines "name: value" that differ between two wordings, word by word, in the order given."""
    old, new = ({line_name(line): line for line in lines} for lines in (before, after))
    names = dict.fromkeys(map(line_name, order))
    return [word_diff(old.get(name, ""), new.get(name, "")) for name in names if old.get(name) != new.get(name)]


def line_name(line: str) -> str:
    """Return the property that a line of a wording is about."""
    return line.partition(":")[0]
