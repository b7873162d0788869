"""What the list of a theory is narrowed to: what speaks against, what rests on one quote, what waits for a review."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from programmes.desk.theory_lines import TheoryLine

CHIPS = {"": "All", "against": "Against", "one": "One quote", "review": "To review"}


@dataclass(frozen=True)
class TheoryChip:
    """A choice above the list, with how many configurations it leaves there."""

    name: str
    label: str
    number: int
    is_current: bool


def stays(name: str, line: TheoryLine, to_review: Collection[int]) -> bool:
    """Say whether a configuration stays in the list when it is narrowed so."""
    if name == "against":
        return line.against > 0
    if name == "one":
        return line.speaking_for + line.against == 1
    return line.pk in to_review if name == "review" else True


def chips_of(lines: list[TheoryLine], to_review: Collection[int], current: str) -> list[TheoryChip]:
    """Return the choices; that of reviews only where somebody has one to write."""
    return [
        TheoryChip(name, label, sum(stays(name, line, to_review) for line in lines), name == current)
        for name, label in CHIPS.items()
        if name != "review" or to_review or current == "review"
    ]
