"""Lines from outcomes and configurations to what they lead on to, which may close circles: drawn around the boxes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from programmes.diagrams.boxes import Box, CMOCBox, Edge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from programmes.diagrams.graph import Web

CHAINS = frozenset({"ripple", "chain"})  # the kinds of mark of what leads on
LANE = 8  # between lines that go around the picture
MOST_LANES = 8  # beside one another; further lines share them
HEAD = 8  # length of an arrow's head
BULGE = 46  # of a line between two boxes of a column


@dataclass(frozen=True)
class Chain:
    """What leads on: the names of the nodes at both ends."""

    start: str
    end: str

    @property
    def goes_around(self) -> bool:
        """Say whether the line leads from the right of the picture back to its left."""
        return self.end.startswith("context:") and not self.start.startswith("context:")

    @property
    def stays(self) -> bool:
        """Say whether the line leads from one outcome to another, to the right of both."""
        return self.start.startswith("outcome:") and self.end.startswith("outcome:")


def chains_in(web: Web) -> list[Chain]:
    """Return what leads on to something else that is drawn."""
    links = {f"outcome:{node.key}": node.links for node in web.outcomes}
    links |= {f"cmoc:{node.number}": node.links for node in web.cmocs}
    known = {*links, *(f"context:{node.key}" for node in web.contexts)}
    found = [Chain(start, mark.target) for start, marks in links.items() for mark in marks if mark.kind in CHAINS]
    return [chain for chain in dict.fromkeys(found) if chain.end in known and chain.start != chain.end]


def room_around(chains: Sequence[Chain]) -> float:
    """Return the room that lines need which go around, on each side of the picture."""
    return LANE * min(MOST_LANES, sum(chain.goes_around for chain in chains))


def room_to_the_right(chains: Sequence[Chain]) -> float:
    """Return the room that lines between outcomes need."""
    return BULGE if any(chain.stays for chain in chains) else 0


def chain_edges(chains: Sequence[Chain], boxes: Sequence[Box | CMOCBox], bottom: float) -> list[Edge]:
    """Return the lines: from outcomes back to configurations, beside a column, or below the whole picture."""
    by_name = {name_of(box): box for box in boxes}
    around = [chain for chain in chains if chain.goes_around]
    edges = []
    for chain in chains:
        start, end = by_name[chain.start], by_name[chain.end]
        if chain.goes_around:
            lane = LANE * (around.index(chain) % MOST_LANES + 1)
            edges.append(around_edge(start, end, lane, bottom + lane))
        else:
            edges.append(short_edge(start, end))
    return edges


def name_of(box: Box | CMOCBox) -> str:
    """Return the name of the node that a box is of."""
    return f"{box.column}:{box.node.key}" if isinstance(box, Box) else f"cmoc:{box.node.number}"


def low(box: Box | CMOCBox) -> float:
    """Return where a line leaves a box that other lines leave at its middle."""
    return round(box.y + box.height * 0.8, 1)


def high(box: Box | CMOCBox) -> float:
    """Return where a line arrives at a box at whose middle other lines arrive."""
    return round(box.y + box.height * 0.2, 1)


def around_edge(start: Box | CMOCBox, end: Box | CMOCBox, lane: float, below: float) -> Edge:
    """Return a line that leaves at the right, goes below all boxes and arrives from the left."""
    right, left = start.x + start.width, end.x - 1
    path = f"M{right:g} {low(start):g}H{right + lane:g}V{below:g}H{left - HEAD - lane:g}V{high(end):g}H{left - HEAD:g}"
    return Edge(path, arrow(left, high(end), from_left=True))


def short_edge(start: Box | CMOCBox, end: Box | CMOCBox) -> Edge:
    """Return a line on to the next column, back to the one before, or beside a column between two boxes of it."""
    onward = start.x < end.x
    x = start.x if start.x > end.x else start.x + start.width
    tip = end.x - 1 if onward else end.x + end.width + 1
    last = tip - HEAD if onward else tip + HEAD
    out = x + BULGE * 0.8 if start.x == end.x else (x + last) / 2
    path = f"M{x:g} {low(start):g}C{out:g} {low(start):g} {out:g} {high(end):g} {last:g} {high(end):g}"
    return Edge(path, arrow(tip, high(end), from_left=onward))


def arrow(x: float, y: float, *, from_left: bool) -> str:
    """Return the head of an arrow with its tip at this point."""
    return f"M{x:g} {y:g}l{-HEAD if from_left else HEAD} -4v8z"
