"""What a picture's marks and lines mean: only of those that it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from programmes.diagrams.boxes import SMALL
from programmes.diagrams.text import width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from programmes.diagrams.graph import Web
    from programmes.diagrams.layout import Picture

PILL, LINE, CMOC, OUTCOME = "pill", "line", "cmoc", "outcome"  # in which shape a sample is drawn
SAMPLE = 36  # width of a sample
MEANINGS = {
    "quoted": (PILL, "service of which somebody is quoted"),
    "stated": (PILL, "service stated relevant"),
    "counters": (LINE, "at least one quote counters it"),
    "ripple": (PILL, "the outcome becomes a context there"),
    "chain": (PILL, "may lead on to this"),
    "chain-line": (LINE, "what it leads on to"),
    "contested": (CMOC, "contested CMOC"),
    "refuted": (CMOC, "refuted CMOC"),
    "retired": (CMOC, "retired CMOC"),
    "positive": (OUTCOME, "positive outcome"),
    "negative": (OUTCOME, "negative outcome"),
    "mixed": (OUTCOME, "mixed outcome"),
    "neither": (OUTCOME, "outcome that is neither welcome nor harmful"),
    "no-change": (OUTCOME, "no change"),
}


@dataclass(frozen=True)
class LegendItem:
    """A mark or style of line with a sample of it, and what it means."""

    sign: str
    shape: str
    sample: str
    words: str

    @property
    def width(self) -> float:
        """Return the width of the sample."""
        return round(max(SAMPLE, width(self.sample, SMALL, 700) + 12), 1)

    @property
    def box(self) -> float:
        """Return the width of the sample with the lines around it."""
        return self.width + 2

    @property
    def middle(self) -> float:
        """Return where the middle of the sample is."""
        return round(self.width / 2, 1)


def legend_of_rows(web: Web, picture: Picture) -> list[LegendItem]:
    """Return what a picture of rows has that needs to be explained: it names no service and has no marks."""
    return [item for item in legend_of(web, [picture]) if item.shape != PILL]


def legend_of(web: Web, pictures: Sequence[Picture]) -> list[LegendItem]:
    """Return what the pictures of a web have that needs to be explained, each with a sample from it."""
    drawn = web.signs | {"chain-line" for picture in pictures if picture.chains}
    services = {mark.kind: mark.text for cmoc in reversed(web.cmocs) for mark in reversed(cmoc.services)}
    signs = {node.valence: node.sign for node in web.outcomes}
    samples = {**signs, **services, "ripple": "→", "chain": "→"}
    return [
        LegendItem(sign, shape, samples.get(sign, ""), words)
        for sign, (shape, words) in MEANINGS.items()
        if sign in drawn
    ]
