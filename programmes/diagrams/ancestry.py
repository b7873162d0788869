"""The picture of a theory's lineage: a line for each configuration and a column for each decision, in order.

A line runs from where a configuration was made to where it was retired; a decision joins the lines it concerns.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from programmes.diagrams.boxes import FONT, LINE, SMALL, Line, lines_at
from programmes.diagrams.text import width, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

LABEL = 250  # width of the column of names
COLUMN = 120  # width of the column of a decision
PADDING = 10
TOP = 64  # below the names of the decisions


@dataclass(frozen=True)
class Lane:
    """A configuration: its name, its page, and whether it existed before the first decision."""

    number: int
    name: str
    title: str
    href: str
    original: bool


@dataclass(frozen=True)
class Turn:
    """A decision: the configurations it concerns, and which of them are in the theory after it.

    `joins` are pairs of configurations; the second followed from the first.
    """

    label: str
    href: str
    joins: tuple[tuple[int, int], ...]
    begins: frozenset[int] = field(default_factory=frozenset)
    ends: frozenset[int] = field(default_factory=frozenset)
    touches: frozenset[int] = field(default_factory=frozenset)
    undone: bool = False


@dataclass(frozen=True)
class LaneSegment:
    """A stretch of a line during which a configuration is in the theory."""

    start: float
    end: float
    y: float


@dataclass(frozen=True)
class Name:
    """The name of a configuration, to the left of its line."""

    lane: Lane
    lines: tuple[Line, ...]
    top: float
    height: float


@dataclass(frozen=True)
class Column:
    """A decision, with the curves it draws and the points it marks."""

    turn: Turn
    lines: tuple[Line, ...]
    x: float
    curves: tuple[str, ...]
    begins: tuple[float, ...]
    ends: tuple[float, ...]
    touches: tuple[float, ...]
    left: float
    size: float


@dataclass(frozen=True)
class Ancestry:
    """Everything that the template draws."""

    width: float
    height: float
    names: tuple[Name, ...]
    stretches: tuple[LaneSegment, ...]
    columns: tuple[Column, ...]


def ancestry(lanes: Sequence[Lane], turns: Sequence[Turn]) -> Ancestry:
    """Lay out these configurations from top to bottom and these decisions from left to right."""
    names = []
    middle: dict[int, float] = {}
    y = float(TOP)
    for lane in lanes:
        texts = [line for text in (lane.name, lane.title) if text for line in wrap(text, LABEL - 2 * PADDING, FONT)]
        height = LINE * len(texts) + PADDING
        names.append(Name(lane, lines_at(texts, PADDING, y + PADDING / 2), y, height))
        middle[lane.number] = y + height / 2
        y += height + PADDING
    right = LABEL + COLUMN * len(turns) + COLUMN / 2
    columns = []
    open_at = {lane.number: float(LABEL) for lane in lanes if lane.original}
    stretches = []
    for index, turn in enumerate(turns):
        x = LABEL + COLUMN * (index + 0.5)
        ended = sorted(turn.ends & open_at.keys())
        stretches += [LaneSegment(open_at.pop(number), x, middle[number]) for number in ended]
        for number in turn.begins - open_at.keys():
            open_at[number] = x
        lines = wrap(turn.label, COLUMN - PADDING, SMALL, 700)
        columns.append(
            Column(
                turn,
                lines_at(lines, x, PADDING - 2),
                x,
                tuple(join_curve(x, middle[before], middle[after]) for before, after in turn.joins),
                tuple(middle[number] for number in sorted(turn.begins)),
                tuple(middle[number] for number in sorted(turn.ends)),
                tuple(middle[number] for number in sorted(turn.touches)),
                x - COLUMN / 2 + 2,
                max(width(line, SMALL, 700) for line in lines),
            )
        )
    stretches += [LaneSegment(start, right, middle[number]) for number, start in sorted(open_at.items())]
    return Ancestry(right, y, tuple(names), tuple(stretches), tuple(columns))


def join_curve(x: float, start: float, end: float) -> str:
    """Return the path from one line to another at a decision."""
    bow = round(x + COLUMN / 3, 1)
    return f"M{x:g} {start:g} C{bow:g} {start:g} {bow:g} {end:g} {x:g} {end:g}"
