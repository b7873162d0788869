"""The picture of services by sector and place: a row for each place as printed, a column for each sector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from programmes.diagrams.boxes import FONT, LINE, PILL, PILL_GAP, Line, Pill, lines_at, pills_at
from programmes.diagrams.text import wrap

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from programmes.diagrams.graph import Mark

PLACE = 230  # width of the column of places
SECTOR = 125  # width of the column of a sector
HEAD = 52
PADDING = 10


@dataclass(frozen=True)
class ServicePoint:
    """A service by sector and place."""

    mark: Mark
    sector: str
    place: str


@dataclass(frozen=True)
class SectorRow:
    """One row of the picture: a place and its services."""

    y: float
    height: float
    lines: tuple[Line, ...]
    pills: tuple[Pill, ...]


@dataclass(frozen=True)
class Overview:
    """Everything that the template draws."""

    width: float
    height: float
    heads: tuple[tuple[Line, ...], ...]
    rows: tuple[SectorRow, ...]


def overview(points: Sequence[ServicePoint], sectors: Sequence[str], unknown: Collection[str]) -> Overview:
    """Lay out the picture; places are in alphabetical order, the unknown ones last."""
    columns = [sector for sector in sectors if any(point.sector == sector for point in points)]
    heads = tuple(
        lines_at(wrap(sector, SECTOR - PADDING, FONT, 700), PLACE + SECTOR * index, 6)
        for index, sector in enumerate(columns)
    )
    y = float(HEAD)
    rows = []
    for place in sorted({point.place for point in points}, key=lambda place: (place in unknown, place.lower(), place)):
        lines = lines_at(wrap(place, PLACE - 2 * PADDING, FONT), PADDING, y + PADDING)
        pills: list[Pill] = []
        for index, sector in enumerate(columns):
            marks = [point.mark for point in points if (point.place, point.sector) == (place, sector)]
            left = PLACE + SECTOR * index
            pills += pills_at(marks, (left, left + SECTOR - PADDING), y + PADDING - 3, left)
        bottom = max([y + PADDING + LINE * len(lines), *(pill.y + PILL + PILL_GAP for pill in pills)])
        rows.append(SectorRow(y, round(bottom + PADDING / 2 - y, 1), lines, tuple(pills)))
        y = round(bottom + PADDING / 2, 1)
    return Overview(PLACE + SECTOR * len(columns), y, heads, tuple(rows))
