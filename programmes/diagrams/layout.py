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
    """A line of text, with the start of its baseline."""

    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Pill:
    """A mark with its size and position."""

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
    """The box of a context or outcome."""

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
    """The box of a configuration, with its edges to contexts and outcomes."""

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
    """Return lines of text below one another, the first with its top at y."""
    return tuple(Line(text, x, round(y + LINE * index + FONT * 0.86, 1)) for index, text in enumerate(texts))


def tops_without_overlap(middles: Sequence[float], heights: Sequence[float]) -> list[float]:
    """Return the top of each box, in this order, as close to the desired middles as possible without overlap.

    The squared distances are minimised: boxes that would collide are pooled, and the pool takes their mean.
    """
    pools: list[tuple[float, int]] = []  # mean of the shifted middles, and how many boxes share it
    offsets: list[float] = []
    offset = 0.0
    for middle, height in zip(middles, heights, strict=True):
        offsets.append(offset)
        pools.append((middle - height / 2 - offset, 1))
        offset += height + GAP
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (second, second_size), (first, first_size) = pools.pop(), pools.pop()
            pools.append(
                ((first * first_size + second * second_size) / (first_size + second_size), first_size + second_size)
            )
    shared = [mean for mean, size in pools for _ in range(size)]
    return [top + offset for top, offset in zip(shared, offsets, strict=True)]


def pills_at(marks: Sequence[Mark], bounds: tuple[float, float], top: float, first_x: float) -> tuple[Pill, ...]:
    """Return the marks in rows between a left and a right bound; only the first row may start further right."""
    left, right = bounds
    pills: list[Pill] = []
    x = first_x
    y = top
    for mark in marks:
        length = max(PILL, width(mark.text, SMALL, 700) + 12)
        if x + length > right and x > left:
            y += PILL + PILL_GAP
            x = left
        baseline = round(y + PILL / 2 + SMALL * 0.35, 1)
        pills.append(Pill(mark, round(x, 1), y, round(length, 1), round(x + length / 2, 1), baseline))
        x += length + PILL_GAP
    return tuple(pills)


def cmoc_box(node: CMOCNode, y: float) -> CMOCBox:
    """Return the box of a configuration with its top at y; its text decides its height."""
    x, size = COLUMNS["mechanism"]
    left = x + PADDING
    text_width = size - 2 * PADDING
    texts = [line for label in node.labels for line in wrap(label, text_width, FONT)]
    lines = lines_at(texts, left, y + 10)
    pills_y = y + 10 + LINE * len(texts) + 6
    title = node.title
    first_pill_x = left + width(title, SMALL, 700) + 10
    pills = pills_at(node.services, (left, x + size - PADDING), pills_y, first_pill_x)
    bottom = (pills[-1].y if pills else pills_y) + PILL
    words = [
        *([f"for {' and '.join(node.beneficiaries).lower()}"] if node.beneficiaries else []),
        *([f"{node.counters} counter{'s' if node.counters > 1 else ''}"] if node.counters else []),
        *([f"{node.caveats} caveat{'s' if node.caveats > 1 else ''}"] if node.caveats else []),
        *node.missing,
    ]
    note_lines = wrap(" · ".join(words), text_width, SMALL) if words else ()
    notes = lines_at(note_lines, left, bottom + 4)
    height = bottom - y + (LINE * len(notes) + 4 if notes else 0) + 10
    number_baseline = pills_y + PILL / 2 + SMALL * 0.35
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
    nodes: Sequence[ElementNode], middles: Sequence[float], column: str, line_counts: Sequence[int]
) -> list[Box]:
    """Return the boxes of a column of contexts or outcomes, as close to these middles as possible."""
    x, size = COLUMNS[column]
    padding = PADDING + (4 if column == "context" else 6)
    texts = [wrap(node.label, size - padding - PADDING, FONT) for node in nodes]
    bounds = (x + padding, x + size - PADDING)
    pill_heights = [pills_height_of(pills_at(node.ripples, bounds, 0, bounds[0])) for node in nodes]
    heights = [
        max(LINE * len(lines) + pills_height + 18, 14.0 * count + 6)
        for lines, pills_height, count in zip(texts, pill_heights, line_counts, strict=True)
    ]
    boxes = []
    for node, lines, pills_height, y, height in zip(
        nodes, texts, pill_heights, tops_without_overlap(middles, heights), heights, strict=True
    ):
        text_y = y + (height - LINE * len(lines) - pills_height) / 2
        radius = 4 if column == "context" else min(height / 2, 22)
        pills = pills_at(node.ripples, bounds, text_y + LINE * len(lines) + PILL_GAP, bounds[0])
        boxes.append(Box(node, x, y, size, height, lines_at(lines, bounds[0], text_y), radius, pills))
    return boxes


def pills_height_of(pills: Sequence[Pill]) -> float:
    """Return the height that a label's marks need below it."""
    return pills[-1].y + PILL + PILL_GAP if pills else 0


def edge_curve(start: tuple[float, float], end: tuple[float, float]) -> Edge:
    """Return a curve from one column to the next that leaves and arrives horizontally."""
    (x1, y1), (x2, y2) = start, end
    bend = (x2 - x1) * 0.5
    path = f"M{x1:g} {y1:.1f}C{x1 + bend:g} {y1:.1f} {x2 - bend:g} {y2:.1f} {x2 - HEAD:g} {y2:.1f}"
    return Edge(path, f"M{x2:g} {y2:.1f}l{-HEAD} -4v8z")


def port_ys(box: Box | CMOCBox, count: int, step: float = 14) -> list[float]:
    """Return the y at which each of a box's edges meets it, evenly spaced around its middle."""
    middle = box.y + box.height / 2
    step = min(step, (box.height - 8) / count)
    return [middle + (index - (count - 1) / 2) * step for index in range(count)]


def arrange(web: Web, title: str = "") -> Picture:
    """Lay out a web. The same web always gives the same picture."""
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
    left = element_boxes(
        *desired_middles(contexts, middle, "contexts"), "context", line_counts(contexts, middle, "contexts")
    )
    right = element_boxes(
        *desired_middles(outcomes, middle, "outcomes"), "outcome", line_counts(outcomes, middle, "outcomes")
    )
    everything: list[Box | CMOCBox] = [*left, *middle, *right]
    shift = TOP - min((box.y for box in everything), default=float(TOP))
    left, right = ([moved_down(box, shift) for box in side] for side in (left, right))
    middle = [cmoc_moved_down(box, shift) for box in middle]
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
        crossings=columns.count_crossings(),
        title=title,
    )


def moved_down(box: Box, shift: float) -> Box:
    """Return a copy of a box, moved down."""
    lines = tuple(replace(line, y=round(line.y + shift, 1)) for line in box.lines)
    pills = tuple(
        replace(pill, y=round(pill.y + shift, 1), baseline=round(pill.baseline + shift, 1)) for pill in box.pills
    )
    return replace(box, y=round(box.y + shift, 1), height=round(box.height, 1), lines=lines, pills=pills)


def cmoc_moved_down(box: CMOCBox, shift: float) -> CMOCBox:
    """Return the box of a configuration moved down; it is built again, since most of its parts have a y."""
    return box if not shift else cmoc_box(box.node, box.y + shift)


def line_counts(nodes: Sequence[ElementNode], middle: Sequence[CMOCBox], slot: str) -> list[int]:
    """Return how many edges each element has."""
    return [sum(getattr(box.node, slot).count(node.key) for box in middle) for node in nodes]


def desired_middles(
    nodes: Sequence[ElementNode], middle: Sequence[CMOCBox], slot: str
) -> tuple[Sequence[ElementNode], list[float]]:
    """Return the elements with the y at which each would stand best: the mean of its configurations."""
    middles = []
    last = float(TOP)
    for node in nodes:
        heights = [box.y + box.height / 2 for box in middle if node.key in getattr(box.node, slot)]
        last = sum(heights) / len(heights) if heights else last
        middles.append(last)
    return nodes, middles


def with_edges(middle: Sequence[CMOCBox], left: Sequence[Box], right: Sequence[Box]) -> list[CMOCBox]:
    """Return the configurations with their edges; at each box they are in the order of their other ends."""
    edges: dict[int, list[Edge]] = {box.node.number: [] for box in middle}
    arriving = cmoc_port_ys(middle, left, "contexts")
    leaving = cmoc_port_ys(middle, right, "outcomes")
    for box in left:
        linked = [other for other in middle if box.node.key in other.node.contexts]
        for y, other in zip(port_ys(box, len(linked)), linked, strict=True) if linked else ():
            target = arriving[other.node.number, box.node.key]
            edges[other.node.number].append(edge_curve((box.x + box.width, y), (other.x - 1, target)))
    for box in right:
        linked = [other for other in middle if box.node.key in other.node.outcomes]
        for y, other in zip(port_ys(box, len(linked)), linked, strict=True) if linked else ():
            source = leaving[other.node.number, box.node.key]
            edges[other.node.number].append(edge_curve((other.x + other.width, source), (box.x - 1, y)))
    return [replace(box, edges=tuple(edges[box.node.number])) for box in middle]


def cmoc_port_ys(middle: Sequence[CMOCBox], side: Sequence[Box], slot: str) -> dict[tuple[int, str], float]:
    """Return the y at which each configuration meets the edge to each of its elements on one side."""
    port_ys_by_link = {}
    for box in middle:
        linked = [other.node.key for other in side if other.node.key in getattr(box.node, slot)]
        for y, key in zip(port_ys(box, len(linked)), linked, strict=True) if linked else ():
            port_ys_by_link[box.node.number, key] = y
    return port_ys_by_link


def panels(web: Web) -> list[Picture]:
    """Return one picture for each outcome, and one for configurations without any."""
    pictures = []
    for outcome in web.outcomes:
        chosen = tuple(cmoc for cmoc in web.cmocs if outcome.key in cmoc.outcomes)
        if chosen:
            pictures.append(arrange(subweb(web, chosen, (outcome,)), outcome.label))
    without = tuple(cmoc for cmoc in web.cmocs if not cmoc.outcomes)
    if without:
        pictures.append(arrange(subweb(web, without, ()), "No outcome stated"))
    return pictures


def subweb(web: Web, cmocs: tuple[CMOCNode, ...], outcomes: tuple[ElementNode, ...]) -> Web:
    """Return the web of these configurations and outcomes alone; a context may appear in several such webs."""
    kept = {outcome.key for outcome in outcomes}
    used = {key for cmoc in cmocs for key in cmoc.contexts}
    return Web(
        contexts=tuple(node for node in web.contexts if node.key in used),
        cmocs=tuple(replace(cmoc, outcomes=tuple(key for key in cmoc.outcomes if key in kept)) for cmoc in cmocs),
        outcomes=outcomes,
    )


def pictures_of(web: Web) -> list[Picture]:
    """Return one picture of a small web, or one panel for each outcome of a large one."""
    return [arrange(web)] if len(web.cmocs) <= MOST_IN_ONE else panels(web)
