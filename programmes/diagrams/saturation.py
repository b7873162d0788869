"""The saturation curve: how many new configurations each interview brought, and how many there were by then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

STEP = 26  # width of an interview
HEIGHT = 120  # of the plot without its labels
LEFT = 34
TOP = 14
BOTTOM = 26
NARROWEST = 280
EVERY = 5  # interviews between two labels below the plot


@dataclass(frozen=True)
class Interview:
    """An interview, and how many configurations were first quoted from it."""

    name: str
    new: int


@dataclass(frozen=True)
class SaturationBar:
    """The bar of one interview: the configurations it was the first to bring."""

    interview: Interview
    x: float
    y: float
    height: float
    total: int


@dataclass(frozen=True)
class Tick:
    """A number on the axis."""

    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Saturation:
    """Everything that the template draws."""

    width: float
    height: float
    bars: tuple[SaturationBar, ...]
    line: str
    ticks: tuple[Tick, ...]
    ground: float
    aria_label: str


def saturation(interviews: Sequence[Interview]) -> Saturation:
    """Plot interviews in order: a bar for what is new in each, a line for the running total."""
    most = max(sum(interview.new for interview in interviews), 1)
    ground = float(TOP + HEIGHT)

    def level(number: int) -> float:
        return round(ground - HEIGHT * number / most, 1)

    total = 0
    bars, points = [], [f"M{LEFT} {ground:g}"]
    for index, interview in enumerate(interviews):
        total += interview.new
        x = LEFT + STEP * index
        bars.append(
            SaturationBar(interview, x + 4, level(interview.new), round(ground - level(interview.new), 1), total)
        )
        points.append(f"V{level(total):g} H{x + STEP}")
    below = [
        Tick(str(index + 1), LEFT + STEP * (index + 0.5), ground + 18)
        for index in range(len(interviews))
        if index == 0 or (index + 1) % EVERY == 0
    ]
    beside = [Tick(str(number), LEFT - 8, level(number) + 4) for number in sorted({0, most})]
    last = next((place for place, entry in reversed(list(enumerate(interviews, 1))) if entry.new), 0)
    return Saturation(
        width=max(LEFT + STEP * len(interviews) + 10, NARROWEST),
        height=ground + BOTTOM,
        bars=tuple(bars),
        line=" ".join(points),
        ticks=(*beside, *below),
        ground=ground,
        aria_label=(
            f"CMOCs so far: {total}. Coded sources: {len(interviews)}. The last new CMOC came with source {last}"
        ),
    )
