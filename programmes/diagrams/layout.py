"""The picture of a web: columns in orders with few crossings, at heights with short lines."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from programmes.diagrams.boxes import (
    Box,
    CMOCBox,
    ColumnPlace,
    Edge,
    Line,
    Places,
    cmoc_box,
    element_boxes,
    places_of,
)
from programmes.diagrams.chains import chain_edges, chains_in, room_around, room_to_the_right
from programmes.diagrams.order import Columns, best_orders
from programmes.diagrams.rows import row_box
from programmes.diagrams.styles import SHEET
from programmes.diagrams.text import width

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from programmes.diagrams.graph import CMOCNode, ElementNode, Web
    from programmes.diagrams.styles import Style

WITHOUT_HEADS = 8
HEAD = 8  # length of an arrow's head
SPARE = 36  # by which a head may be wider than its column
LANE = 2  # room that a line takes which passes a column
MOST_IN_ONE = 30  # configurations in one picture; above, each outcome has its own

Route = tuple[str, str, int]  # of a line from the left: its column, its element, the number of its configuration


@dataclass(frozen=True)
class HeadLines:
    """The head of a column, and what it asks below."""

    heading: Line
    meaning: Line


@dataclass(frozen=True)
class Picture:
    """Everything that the template draws."""

    width: float
    height: float
    heads: tuple[HeadLines, ...]
    further: tuple[Box, ...]  # of columns before the contexts
    contexts: tuple[Box, ...]
    cmocs: tuple[CMOCBox, ...]
    outcomes: tuple[Box, ...]
    chains: tuple[Edge, ...]  # to what outcomes and configurations lead on to
    crossings: int
    columns: tuple[str, ...] = ()  # what they are called, from left to right, also where no heads say it
    title: str = ""

    @property
    def description(self) -> str:
        """Say what stands where, from left to right."""
        return f"{', '.join(self.columns)}: from left to right, joined by lines."


def tops_without_overlap(middles: Sequence[float], heights: Sequence[float], gap: float = SHEET.gap) -> list[float]:
    """Return the top of each box, in this order, as close to the desired middles as possible without overlap.

    The squared distances are minimised: boxes that would collide are pooled, and the pool takes their mean.
    """
    pools: list[tuple[float, int]] = []  # mean of the shifted middles, and how many boxes share it
    offsets: list[float] = []
    offset = 0.0
    for middle, height in zip(middles, heights, strict=True):
        offsets.append(offset)
        pools.append((middle - height / 2 - offset, 1))
        offset += height + gap
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (second, second_size), (first, first_size) = pools.pop(), pools.pop()
            pools.append(
                ((first * first_size + second * second_size) / (first_size + second_size), first_size + second_size)
            )
    shared = [mean for mean, size in pools for _ in range(size)]
    return [top + offset for top, offset in zip(shared, offsets, strict=True)]


def edge_curve(*points: tuple[float, float]) -> Edge:
    """Return a line through these points, which leaves and arrives horizontally and is straight inside a column."""
    (x, y), (last_x, last_y) = points[0], points[-1]
    path = [f"M{x:g} {y:.1f}"]
    for index, (to_x, to_y) in enumerate(points[1:], 1):
        if index % 2:
            bend = (to_x - x) * 0.5
            stop = to_x - HEAD if index == len(points) - 1 else to_x
            path.append(f"C{x + bend:g} {y:.1f} {to_x - bend:g} {to_y:.1f} {stop:g} {to_y:.1f}")
        else:
            path.append(f"H{to_x:g}")
        x, y = to_x, to_y
    return Edge("".join(path), f"M{last_x:g} {last_y:.1f}l{-HEAD} -4v8z")


def port_ys(box: Box | CMOCBox, count: int, step: float = 14) -> list[float]:
    """Return the y at which each of a box's edges meets it, evenly spaced around its middle."""
    middle = box.y + box.height / 2
    step = min(step, (box.height - 8) / count)
    return [middle + (index - (count - 1) / 2) * step for index in range(count)]


def stacked(
    boxes: list[Box], middles: Sequence[float], lanes: Sequence[float], gap: float = SHEET.gap
) -> tuple[list[Box], list[float]]:
    """Return boxes below one another, as close to these middles as possible, and lanes for lines that pass between.

    Boxes keep their order; each lane goes to the place among them that its own middle asks for.
    """
    places: list[tuple[int, bool]] = []  # an index, and whether it is of a lane
    waiting = sorted(range(len(lanes)), key=lambda index: lanes[index])
    for index in range(len(boxes)):
        while waiting and lanes[waiting[0]] < middles[index]:
            places.append((waiting.pop(0), True))
        places.append((index, False))
    places += [(index, True) for index in waiting]
    wanted = [lanes[index] if lane else middles[index] for index, lane in places]
    heights = [LANE if lane else boxes[index].height for index, lane in places]
    tops = dict(zip(places, tops_without_overlap(wanted, heights, gap), strict=True))
    moved = [moved_down(box, tops[index, False]) for index, box in enumerate(boxes)]
    return moved, [tops[index, True] + LANE / 2 for index in range(len(lanes))]


class LeftSide:
    """The columns before the configurations, with the way of each line through those that it passes."""

    def __init__(self, web: Web, order: Sequence[int], middle: Sequence[CMOCBox], places: Places, style: Style) -> None:
        self.places = places
        self.boxes: dict[str, list[Box]] = {}
        self.lanes: dict[Route, list[float]] = {}  # where it passes each column between, from left to right
        self.routes = [
            (column, key, box.node.number)
            for column in places.left
            for box in middle
            for key in box.node.keys_in(column)
        ]
        next_y = {
            route: box.y + box.height / 2 for route in self.routes for box in middle if box.node.number == route[2]
        }
        for index in reversed(range(len(places.left))):
            column = places.left[index]
            nodes = list(web.boxes[column])
            own = {
                node.key: [next_y[route] for route in self.routes if route[:2] == (column, node.key)] for node in nodes
            }
            if column == "context":
                nodes = [nodes[place] for place in order]
            else:
                nodes.sort(key=lambda node: mean(own[node.key], 0))
            passing = [route for route in self.routes if places.left.index(route[0]) < index]
            boxes = element_boxes(nodes, places.columns[column], [len(own[node.key]) for node in nodes], style)
            middles = middles_of([own[node.key] for node in nodes], style)
            self.boxes[column], lanes = stacked(boxes, middles, [next_y[route] for route in passing], style.gap)
            for route, y in zip(passing, lanes, strict=True):
                next_y[route] = y
                self.lanes.setdefault(route, []).insert(0, y)

    def top(self) -> float:
        """Return the highest y of a box or a lane."""
        tops = [box.y for boxes in self.boxes.values() for box in boxes]
        return min([*tops, *(y for lanes in self.lanes.values() for y in lanes)], default=math.inf)

    def bottom(self) -> float:
        """Return the lowest y of a box or a lane."""
        bottoms = [box.y + box.height for boxes in self.boxes.values() for box in boxes]
        return max([*bottoms, *(y for lanes in self.lanes.values() for y in lanes)], default=0.0)

    def move_down(self, shift: float) -> None:
        """Move all of it down."""
        self.boxes = {column: [moved_down(box, shift) for box in boxes] for column, boxes in self.boxes.items()}
        self.lanes = {route: [y + shift for y in lanes] for route, lanes in self.lanes.items()}

    def edges(self, middle: Sequence[CMOCBox]) -> dict[int, list[Edge]]:
        """Return the lines to each configuration; at each box they are in the order of their other ends."""
        starts = {(column, box.node.key): box for column, boxes in self.boxes.items() for box in boxes}
        by_number = {box.node.number: box for box in middle}

        def last_y(route: Route) -> float:
            box = starts[route[:2]]
            return self.lanes[route][-1] if route in self.lanes else box.y + box.height / 2

        def first_y(route: Route) -> float:
            return self.lanes[route][0] if route in self.lanes else by_number[route[2]].y

        leaving = ports(
            {place: [route for route in self.routes if route[:2] == place] for place in starts}, first_y, starts
        )
        arriving = ports(
            {number: [route for route in self.routes if route[2] == number] for number in by_number}, last_y, by_number
        )
        found: dict[int, list[Edge]] = {}
        for number, cmoc in by_number.items():
            routes = sorted((route for route in self.routes if route[2] == number), key=last_y)
            found[number] = [self.edge(route, leaving[route], (cmoc.x - 1, arriving[route])) for route in routes]
        return found

    def edge(self, route: Route, start: float, end: tuple[float, float]) -> Edge:
        """Return the line of a route, through its lanes."""
        column = self.places.columns[route[0]]
        points = [(column.x + column.width, start)]
        first = self.places.left.index(route[0]) + 1
        for name, y in zip(self.places.left[first:], self.lanes.get(route, ()), strict=True):
            passed = self.places.columns[name]
            points += [(passed.x, y), (passed.x + passed.width, y)]
        return edge_curve(*points, end)


def mean(values: Sequence[float], otherwise: float) -> float:
    """Return the mean, or something else where there are no values."""
    return sum(values) / len(values) if values else otherwise


def middles_of(ends: Sequence[Sequence[float]], style: Style) -> list[float]:
    """Return the y at which each element would stand best: the mean of the other ends of its lines."""
    middles: list[float] = []
    for ys in ends:
        middles.append(mean(ys, middles[-1] if middles else style.top))
    return middles


def ports(
    routes: dict[Any, list[Route]], by: Callable[[Route], float], boxes: Mapping[Any, Box | CMOCBox]
) -> dict[Route, float]:
    """Return the y at which each line meets a box, by the box that it meets."""
    found: dict[Route, float] = {}
    for place, meeting in routes.items():
        ys = port_ys(boxes[place], len(meeting)) if meeting else []
        found |= dict(zip(sorted(meeting, key=by), ys, strict=True))
    return found


def arrange(
    web: Web,
    title: str = "",
    *,
    headed: bool = True,
    style: Style = SHEET,
    order: Sequence[Sequence[int]] | None = None,
) -> Picture:
    """Lay out a web. The same web always gives the same picture.

    `order` is that of the columns where it is known already; to find it takes a while.
    """
    top = style.top if headed else WITHOUT_HEADS
    order = order or best_orders(web)
    chains = chains_in(web)
    around = room_around(chains)
    places = places_of(web, style, around + HEAD if around else 0, max(around, room_to_the_right(chains)))
    middle: list[CMOCBox] = []
    y = top

    def box_of(node: CMOCNode, y: float) -> CMOCBox:
        return row_box(node, y, places, style) if style.in_rows else cmoc_box(node, y, places)

    for node in (web.cmocs[index] for index in order[1]):
        middle.append(box_of(node, y))
        y += middle[-1].height + style.gap
    left = LeftSide(web, order[0], middle, places, style)
    right = outcome_boxes([web.outcomes[index] for index in order[2]], middle, places, style)
    shift = top - min([left.top(), top, *(box.y for box in right)])
    left.move_down(shift)
    right = [moved_down(box, shift) for box in right]
    middle = [box_of(box.node, box.y + shift) if shift else box for box in middle]
    bottom = max([left.bottom(), *(box.y + box.height for box in middle), *(box.y + box.height for box in right)])
    columns = Columns(web)
    columns.orders = [list(part) for part in order]
    return Picture(
        width=places.whole,
        height=round(bottom + style.gap + around, 1),
        heads=tuple(head_lines(place, style) for place in places.columns.values()) if headed else (),
        further=tuple(box for column in places.left if column != "context" for box in left.boxes[column]),
        contexts=tuple(left.boxes.get("context", ())),
        cmocs=tuple(with_edges(middle, left.edges(middle), right)),
        outcomes=tuple(right),
        chains=tuple(chain_edges(chains, [*left.boxes.get("context", ()), *middle, *right], bottom)),
        crossings=columns.count_crossings(),
        columns=tuple(place.head.heading for place in places.columns.values()),
        title=title,
    )


def head_lines(place: ColumnPlace, style: Style) -> HeadLines:
    """Return the head of a column at its place, with what it asks; that comes first where it is in plain words."""
    head = place.head
    plain = f"{head.plain[:1].upper()}{head.plain[1:]}"
    length = width(plain, style.heading, 700)
    if not head.plain or length > place.width + SPARE:
        meaning = "" if style.most_pills else head.meaning
        return HeadLines(Line(head.heading, place.x, style.head), Line(meaning, place.x, style.head + 19))
    heading = head.heading.lower()
    if style.most_pills:  # on a slide there is room for one line
        fits = length + 10 + width(heading, style.small) <= place.width + SPARE
        behind = Line(heading if fits else "", round(place.x + length + 10, 1), style.head)
        return HeadLines(Line(plain, place.x, style.head), behind)
    return HeadLines(Line(plain, place.x, style.head), Line(heading, place.x, style.head + 19))


def outcome_boxes(nodes: list[ElementNode], middle: Sequence[CMOCBox], places: Places, style: Style) -> list[Box]:
    """Return the boxes of the outcomes, close to the configurations that lead to them."""
    if "outcome" not in places.columns:
        return []
    ends = [[box.y + box.height / 2 for box in middle if node.key in box.node.outcomes] for node in nodes]
    boxes = element_boxes(nodes, places.columns["outcome"], [len(ys) for ys in ends], style)
    return stacked(boxes, middles_of(ends, style), (), style.gap)[0]


def moved_down(box: Box, shift: float) -> Box:
    """Return a copy of a box, moved down."""
    pills = tuple(
        replace(pill, y=round(pill.y + shift, 1), baseline=round(pill.baseline + shift, 1)) for pill in box.pills
    )
    return replace(
        box,
        y=round(box.y + shift, 1),
        height=round(box.height, 1),
        lines=tuple(replace(line, y=round(line.y + shift, 1)) for line in box.lines),
        notes=tuple(replace(line, y=round(line.y + shift, 1)) for line in box.notes),
        pills=pills,
    )


def with_edges(middle: Sequence[CMOCBox], edges: dict[int, list[Edge]], right: Sequence[Box]) -> list[CMOCBox]:
    """Return the configurations with their lines, those to outcomes too."""
    by_key = {box.node.key: box for box in right}
    routes = [
        ("outcome", box.node.key, other.node.number)
        for other in middle
        for box in right
        if box.node.key in other.node.outcomes
    ]
    by_number = {box.node.number: box for box in middle}
    leaving = ports(
        {number: [route for route in routes if route[2] == number] for number in by_number},
        lambda route: by_key[route[1]].y,
        by_number,
    )
    arriving = ports(
        {key: [route for route in routes if route[1] == key] for key in by_key},
        lambda route: by_number[route[2]].y,
        by_key,
    )
    for route in routes:
        start, end = by_number[route[2]], by_key[route[1]]
        edge = edge_curve((start.x + start.width, leaving[route]), (end.x - 1, arriving[route]))
        edges[route[2]].append(edge)
    return [replace(box, edges=tuple(edges[box.node.number])) for box in middle]


def panels(web: Web) -> list[Picture]:
    """Return one picture for each outcome, and one for configurations without any. The first alone has the heads."""
    chosen: list[tuple[str, tuple[CMOCNode, ...], tuple[ElementNode, ...]]] = [
        (outcome.label, tuple(cmoc for cmoc in web.cmocs if outcome.key in cmoc.outcomes), (outcome,))
        for outcome in web.outcomes
    ]
    chosen.append(("No outcome named", tuple(cmoc for cmoc in web.cmocs if not cmoc.outcomes), ()))
    drawn = [(title, subweb(web, cmocs, outcomes)) for title, cmocs, outcomes in chosen if cmocs]
    return [arrange(part, title, headed=not index) for index, (title, part) in enumerate(drawn)]


def subweb(web: Web, cmocs: tuple[CMOCNode, ...], outcomes: tuple[ElementNode, ...]) -> Web:
    """Return the web of these configurations and outcomes alone; a context may appear in several such webs."""
    kept = {outcome.key for outcome in outcomes}
    used = {column: {key for cmoc in cmocs for key in cmoc.keys_in(column)} for column in web.boxes}
    return replace(
        web,
        contexts=tuple(node for node in web.contexts if node.key in used["context"]),
        cmocs=tuple(replace(cmoc, outcomes=tuple(key for key in cmoc.outcomes if key in kept)) for cmoc in cmocs),
        outcomes=outcomes,
        further=tuple(
            (column, tuple(node for node in nodes if node.key in used[column])) for column, nodes in web.further
        ),
    )


def pictures_of(web: Web) -> list[Picture]:
    """Return one picture of a small web, or one panel for each outcome of a large one; none where it has no columns."""
    if not web.cmocs or not web.heads:
        return []
    return [arrange(web)] if len(web.cmocs) <= MOST_IN_ONE else panels(web)
