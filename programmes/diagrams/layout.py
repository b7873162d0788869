"""The picture of a web: three columns, in orders with few crossings, at heights with short lines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from programmes.diagrams.graph import CMOCNode, ElementNode, Mark, Web
from programmes.diagrams.order import Columns, best_orders
from programmes.diagrams.text import width, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH = 1000
COLUMNS = {"context": (8, 240), "mechanism": (372, 270), "outcome": (784, 208)}  # left edge and width
FONT = 14
SMALL = 13
LINE = 18
PADDING = 14
TOP = 64  # below the heads of the columns
GAP = 14
PILL = 26
PILL_GAP = 6
HEAD = 8  # length of an arrow's head
MOST_IN_ONE = 30  # configurations in one picture; above, each outcome has its own


@dataclass(frozen=True)
class Line:
    """A line of text."""

    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Pill:
    """A mark at its place."""

    mark: Mark
    x: float
    y: float
    width: float
    middle: float
    baseline: float


@dataclass(frozen=True)
class Edge:
    """A line from one column to the next, with the head of its arrow."""

    path: str
    head: str


@dataclass(frozen=True)
class Box:
    """A context or outcome."""

    node: ElementNode
    x: float
    y: float
    width: float
    height: float
    lines: tuple[Line, ...]
    radius: float = 4
    pills: tuple[Pill, ...] = ()


@dataclass(frozen=True)
class CMOCBox:
    """A configuration with its lines to both sides."""

    node: CMOCNode
    x: float
    y: float
    width: float
    height: float
    lines: tuple[Line, ...]
    number: Line
    pills: tuple[Pill, ...]
    notes: tuple[Line, ...]
    edges: tuple[Edge, ...] = ()


@dataclass(frozen=True)
class Picture:
    """Everything that the template draws."""

    width: float
    height: float
    contexts: tuple[Box, ...]
    cmocs: tuple[CMOCBox, ...]
    outcomes: tuple[Box, ...]
    crossings: int
    title: str = ""


def lines_at(texts: Sequence[str], x: float, y: float) -> tuple[Line, ...]:
    """Return lines of text below each other, the first with its top at y."""
    return tuple(Line(text, x, round(y + LINE * index + FONT * 0.86, 1)) for index, text in enumerate(texts))


def spread(wanted: Sequence[float], heights: Sequence[float]) -> list[float]:
    """Return tops for boxes in this order, as near to the wanted middles as possible without overlap.

    Least squares under the order: neighbours that collide are pooled and share their mean.
    """
    pools: list[tuple[float, int]] = []  # mean shifted wish, and how many boxes share it
    offsets: list[float] = []
    offset = 0.0
    for middle, height in zip(wanted, heights, strict=True):
        offsets.append(offset)
        pools.append((middle - height / 2 - offset, 1))
        offset += height + GAP
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (second, many), (first, few) = pools.pop(), pools.pop()
            pools.append(((first * few + second * many) / (few + many), few + many))
    shared = [value for value, count in pools for _ in range(count)]
    return [base + extra for base, extra in zip(shared, offsets, strict=True)]


def pills_at(marks: Sequence[Mark], ends: tuple[float, float], top: float, first: float) -> tuple[Pill, ...]:
    """Return marks in rows between two ends, the first row from its own start."""
    left, right = ends
    pills: list[Pill] = []
    at = first
    row = top
    for mark in marks:
        size = max(PILL, width(mark.text, SMALL, 700) + 12)
        if at + size > right and at > left:
            row += PILL + PILL_GAP
            at = left
        baseline = round(row + PILL / 2 + SMALL * 0.35, 1)
        pills.append(Pill(mark, round(at, 1), row, round(size, 1), round(at + size / 2, 1), baseline))
        at += size + PILL_GAP
    return tuple(pills)


def cmoc_box(node: CMOCNode, y: float) -> CMOCBox:
    """Return the box of a configuration with its top at y."""
    x, size = COLUMNS["mechanism"]
    left = x + PADDING
    room = size - 2 * PADDING
    texts = [line for label in node.labels for line in wrap(label, room, FONT)] or ["Mechanism not stated"]
    lines = lines_at(texts, left, y + 10)
    row = y + 10 + LINE * len(texts) + 6
    title = f"CMOC {node.number}"
    first = left + width(title, SMALL, 700) + 10
    pills = pills_at(node.services, (left, x + size - PADDING), row, first)
    bottom = (pills[-1].y if pills else row) + PILL
    words = [
        *([f"for {' and '.join(node.beneficiaries).lower()}"] if node.beneficiaries else []),
        *([f"{node.counters} counter{'s' if node.counters > 1 else ''}"] if node.counters else []),
        *([f"{node.caveats} caveat{'s' if node.caveats > 1 else ''}"] if node.caveats else []),
        *node.missing,
    ]
    note_lines = wrap(" · ".join(words), room, SMALL) if words else ()
    notes = lines_at(note_lines, left, bottom + 4)
    height = bottom - y + (LINE * len(notes) + 4 if notes else 0) + 10
    number_baseline = row + PILL / 2 + SMALL * 0.35
    return CMOCBox(
        node=node,
        x=x,
        y=y,
        width=size,
        height=height,
        lines=lines,
        number=Line(title, left, round(number_baseline, 1)),
        pills=pills,
        notes=notes,
    )


def element_boxes(
    nodes: Sequence[ElementNode], wanted: Sequence[float], column: str, ports: Sequence[int]
) -> list[Box]:
    """Return the boxes of a column of elements, near to their wanted middles."""
    x, size = COLUMNS[column]
    padding = PADDING + (4 if column == "context" else 6)
    texts = [wrap(node.label, size - padding - PADDING, FONT) for node in nodes]
    ends = (x + padding, x + size - PADDING)
    below = [room_below(pills_at(node.ripples, ends, 0, ends[0])) for node in nodes]
    heights = [
        max(LINE * len(lines) + extra + 18, 14.0 * count + 6)
        for lines, extra, count in zip(texts, below, ports, strict=True)
    ]
    boxes = []
    for node, lines, extra, y, height in zip(nodes, texts, below, spread(wanted, heights), heights, strict=True):
        first = y + (height - LINE * len(lines) - extra) / 2
        radius = 4 if column == "context" else min(height / 2, 22)
        pills = pills_at(node.ripples, ends, first + LINE * len(lines) + PILL_GAP, ends[0])
        boxes.append(Box(node, x, y, size, height, lines_at(lines, ends[0], first), radius, pills))
    return boxes


def room_below(pills: Sequence[Pill]) -> float:
    """Return the height that rows of marks take below a label."""
    return pills[-1].y + PILL + PILL_GAP if pills else 0


def edge_curve(start: tuple[float, float], end: tuple[float, float]) -> Edge:
    """Return a line from one column to the next."""
    (x1, y1), (x2, y2) = start, end
    bend = (x2 - x1) * 0.5
    path = f"M{x1:g} {y1:.1f}C{x1 + bend:g} {y1:.1f} {x2 - bend:g} {y2:.1f} {x2 - HEAD:g} {y2:.1f}"
    return Edge(path, f"M{x2:g} {y2:.1f}l{-HEAD} -4v8z")


def ports(box: Box | CMOCBox, count: int, step: float = 14) -> list[float]:
    """Return the heights at which lines meet a box, spread around its middle."""
    middle = box.y + box.height / 2
    step = min(step, (box.height - 8) / count)
    return [middle + (index - (count - 1) / 2) * step for index in range(count)]


def arrange(web: Web, title: str = "") -> Picture:
    """Return the picture of a web. The same web always gives the same picture."""
    order = best_orders(web)
    contexts = [web.contexts[index] for index in order[0]]
    cmocs = [web.cmocs[index] for index in order[1]]
    outcomes = [web.outcomes[index] for index in order[2]]
    middle: list[CMOCBox] = []
    y = float(TOP)
    for node in cmocs:
        box = cmoc_box(node, y)
        middle.append(box)
        y += box.height + GAP
    left = element_boxes(*column_wishes(contexts, middle, "contexts"), "context", counts(contexts, middle, "contexts"))
    right = element_boxes(*column_wishes(outcomes, middle, "outcomes"), "outcome", counts(outcomes, middle, "outcomes"))
    everything: list[Box | CMOCBox] = [*left, *middle, *right]
    shift = TOP - min((box.y for box in everything), default=float(TOP))
    left, right = ([replace_y(box, shift) for box in side] for side in (left, right))
    middle = [replace_cmoc_y(box, shift) for box in middle]
    everything = [*left, *middle, *right]
    bottom = max((box.y + box.height for box in everything), default=float(TOP))
    columns = Columns(web)
    columns.orders = [list(part) for part in order]
    return Picture(
        width=WIDTH,
        height=round(bottom + GAP, 1),
        contexts=tuple(left),
        cmocs=tuple(with_edges(middle, left, right)),
        outcomes=tuple(right),
        crossings=columns.count(),
        title=title,
    )


def replace_y(box: Box, shift: float) -> Box:
    """Return a box moved down."""
    lines = tuple(replace(line, y=round(line.y + shift, 1)) for line in box.lines)
    pills = tuple(
        replace(pill, y=round(pill.y + shift, 1), baseline=round(pill.baseline + shift, 1)) for pill in box.pills
    )
    return replace(box, y=round(box.y + shift, 1), height=round(box.height, 1), lines=lines, pills=pills)


def replace_cmoc_y(box: CMOCBox, shift: float) -> CMOCBox:
    """Return the box of a configuration moved down."""
    return box if not shift else cmoc_box(box.node, box.y + shift)


def counts(nodes: Sequence[ElementNode], middle: Sequence[CMOCBox], slot: str) -> list[int]:
    """Return how many lines each element has."""
    return [sum(getattr(box.node, slot).count(node.key) for box in middle) for node in nodes]


def column_wishes(
    nodes: Sequence[ElementNode], middle: Sequence[CMOCBox], slot: str
) -> tuple[Sequence[ElementNode], list[float]]:
    """Return elements with the height at which each would best stand: the mean of its configurations."""
    wishes = []
    last = float(TOP)
    for node in nodes:
        heights = [box.y + box.height / 2 for box in middle if node.key in getattr(box.node, slot)]
        last = sum(heights) / len(heights) if heights else last
        wishes.append(last)
    return nodes, wishes


def with_edges(middle: Sequence[CMOCBox], left: Sequence[Box], right: Sequence[Box]) -> list[CMOCBox]:
    """Return the configurations with the paths of their lines; lines meet a box in the order of their other ends."""
    edges: dict[int, list[Edge]] = {box.node.number: [] for box in middle}
    arriving = side_ports(middle, left, "contexts")
    leaving = side_ports(middle, right, "outcomes")
    for box in left:
        ends = [other for other in middle if box.node.key in other.node.contexts]
        for y, other in zip(ports(box, len(ends)), ends, strict=True) if ends else ():
            target = arriving[other.node.number, box.node.key]
            edges[other.node.number].append(edge_curve((box.x + box.width, y), (other.x - 1, target)))
    for box in right:
        ends = [other for other in middle if box.node.key in other.node.outcomes]
        for y, other in zip(ports(box, len(ends)), ends, strict=True) if ends else ():
            source = leaving[other.node.number, box.node.key]
            edges[other.node.number].append(edge_curve((other.x + other.width, source), (box.x - 1, y)))
    return [replace(box, edges=tuple(edges[box.node.number])) for box in middle]


def side_ports(middle: Sequence[CMOCBox], side: Sequence[Box], slot: str) -> dict[tuple[int, str], float]:
    """Return the height at which each configuration meets the line to each of its elements on one side."""
    found = {}
    for box in middle:
        ends = [other.node.key for other in side if other.node.key in getattr(box.node, slot)]
        for y, key in zip(ports(box, len(ends)), ends, strict=True) if ends else ():
            found[box.node.number, key] = y
    return found


def panels(web: Web) -> list[Picture]:
    """Return one picture for each outcome, and one for configurations without any."""
    pictures = []
    for outcome in web.outcomes:
        chosen = tuple(cmoc for cmoc in web.cmocs if outcome.key in cmoc.outcomes)
        if chosen:
            pictures.append(arrange(part_of(web, chosen, (outcome,)), outcome.label))
    without = tuple(cmoc for cmoc in web.cmocs if not cmoc.outcomes)
    if without:
        pictures.append(arrange(part_of(web, without, ()), "No outcome stated"))
    return pictures


def part_of(web: Web, cmocs: tuple[CMOCNode, ...], outcomes: tuple[ElementNode, ...]) -> Web:
    """Return the part of a web with these configurations and outcomes; contexts are repeated in every part."""
    kept = {outcome.key for outcome in outcomes}
    used = {key for cmoc in cmocs for key in cmoc.contexts}
    return Web(
        contexts=tuple(node for node in web.contexts if node.key in used),
        cmocs=tuple(replace(cmoc, outcomes=tuple(key for key in cmoc.outcomes if key in kept)) for cmoc in cmocs),
        outcomes=outcomes,
    )


def pictures_of(web: Web) -> list[Picture]:
    """Return one picture of a small web, or a panel for each outcome of a large one."""
    return [arrange(web)] if len(web.cmocs) <= MOST_IN_ONE else panels(web)
