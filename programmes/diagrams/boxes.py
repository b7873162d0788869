"""The boxes of a picture: how wide its columns are, and how high the words in a box make it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from programmes.diagrams.styles import MARGIN, SHEET, USUAL
from programmes.diagrams.text import width, wrap, wrap_at_most

if TYPE_CHECKING:
    from collections.abc import Sequence

    from programmes.diagrams.graph import CMOCNode, ElementNode, Head, Mark, Web
    from programmes.diagrams.styles import Style

FONT, SMALL, LINE, GAP, PILL = SHEET.font, SHEET.small, SHEET.line, SHEET.gap, SHEET.pill
PILL_GAP = 6


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
    height: float = PILL


@dataclass(frozen=True)
class Tag:
    """A few words in a frame at the end of a row: what speaks against it, or what has become of it."""

    words: str
    kind: str
    x: float
    y: float
    width: float
    height: float
    middle: float
    baseline: float


@dataclass(frozen=True)
class Edge:
    """A line from one column to another, with the head of its arrow."""

    path: str
    head: str


@dataclass(frozen=True)
class Box:
    """The box of an element."""

    column: str
    node: ElementNode
    x: float
    y: float
    width: float
    height: float
    lines: tuple[Line, ...]
    radius: float = 4
    notes: tuple[Line, ...] = ()
    pills: tuple[Pill, ...] = ()


@dataclass(frozen=True)
class Divider:
    """A line between two columns inside the box of a configuration."""

    x: float
    top: float
    bottom: float


@dataclass(frozen=True)
class CMOCBox:
    """The box of a configuration, with its edges to the elements that have boxes of their own."""

    node: CMOCNode
    x: float
    y: float
    width: float
    height: float
    lines: tuple[Line, ...]
    number: Line
    pills: tuple[Pill, ...]
    notes: tuple[Line, ...]
    dividers: tuple[Divider, ...] = ()
    edges: tuple[Edge, ...] = ()
    tags: tuple[Tag, ...] = ()


@dataclass(frozen=True)
class ColumnPlace:
    """Where a column is drawn: its left edge and its width."""

    head: Head
    x: float
    width: float


@dataclass(frozen=True)
class Places:
    """Where all columns are drawn, and between which edges the boxes of configurations."""

    columns: dict[str, ColumnPlace]
    left: tuple[str, ...]  # the columns of boxes before the configurations
    inner: tuple[ColumnPlace, ...]  # the columns inside their boxes
    x: float
    width: float
    whole: float  # the width of the picture


def places_of(web: Web, style: Style = SHEET, left: float = 0, right: float = 0) -> Places:
    """Return where the columns of a web are drawn, with some room to the left and right of them.

    Those up to the contexts stand on the left, outcomes on the right, and all others in the box of the configuration.
    """
    names = [head.name for head in web.heads]
    widths = style.widths if len(names) <= USUAL else style.narrow
    before = names[: names.index("context") + 1] if "context" in names else []
    inside = [head for head in web.heads if head.name not in {*before, "outcome"}]
    heads = {head.name: head for head in web.heads}

    def placed(scale: float = 1) -> Places:
        columns = {}
        x = MARGIN + left
        for name in before:
            size, room = (round(part * scale) for part in widths.get(name, style.further))
            columns[name] = ColumnPlace(heads[name], x, size)
            x += size + room
        start = x
        for head in inside:
            size = round((widths["mechanism"][0] if head.name == "mechanism" else style.cell) * scale)
            columns[head.name] = ColumnPlace(head, x, size)
            x += size
        end = x if inside else x + round(style.bare * scale)
        if "outcome" in heads:
            x = end + round(widths["mechanism"][1] * scale)
            columns["outcome"] = ColumnPlace(heads["outcome"], x, round(widths["outcome"][0] * scale))
            x += columns["outcome"].width
        inner = tuple(columns[head.name] for head in inside)
        return Places(columns, tuple(before), inner, start, end - start, max(x, end) + MARGIN + right)

    natural = placed()
    if not style.whole:
        return natural
    around = 2 * MARGIN + left + right
    return placed((style.whole - around) / (natural.whole - around))


def lines_at(texts: Sequence[str], x: float, y: float, style: Style = SHEET) -> tuple[Line, ...]:
    """Return lines of text below one another, the first with its top at y."""
    first = y + style.font * 0.86
    return tuple(Line(text, x, round(first + style.line * index, 1)) for index, text in enumerate(texts))


def fitted(mark: Mark, room: float) -> Mark:
    """Return a mark whose text fits; what it leads to is cut before the doubt that stands in brackets behind it."""
    if width(mark.text, SMALL, 700) <= room:
        return mark
    name, bracket, doubt = mark.text.rpartition(" (") if mark.text.endswith(")") else (mark.text, "", "")
    behind = type(mark.text)(f"{bracket}{doubt}")
    (short,) = wrap_at_most(name.removesuffix(" …"), room - width(behind, SMALL, 700), SMALL, 1, 700)
    ellipsis = "" if short.endswith("…") or not name.endswith(" …") else " …"
    return replace(mark, text=type(mark.text)(f"{short}{ellipsis}{behind}"))


def pills_at(marks: Sequence[Mark], bounds: tuple[float, float], top: float, first_x: float) -> tuple[Pill, ...]:
    """Return the marks in rows between a left and a right bound; only the first row may start further right."""
    left, right = bounds
    pills: list[Pill] = []
    x = first_x
    y = top
    for mark in (fitted(mark, right - left - 12) for mark in marks):
        length = max(PILL, width(mark.text, SMALL, 700) + 12)
        if x + length > right and x > left:
            y += PILL + PILL_GAP
            x = left
        baseline = round(y + PILL / 2 + SMALL * 0.35, 1)
        pills.append(Pill(mark, round(x, 1), y, round(length, 1), round(x + length / 2, 1), baseline))
        x += length + PILL_GAP
    return tuple(pills)


def pills_height_of(pills: Sequence[Pill]) -> float:
    """Return the height that a label's marks need below it."""
    return pills[-1].y + PILL + PILL_GAP if pills else 0


def cmoc_box(node: CMOCNode, y: float, places: Places) -> CMOCBox:
    """Return the box of a configuration with its top at y; its text decides its height."""
    texts = {"mechanism": node.labels, **dict(node.cells)}
    lines: list[Line] = []
    rows = 0
    for place in places.inner:
        room = place.width - 2 * SHEET.padding
        cell = [line for text in texts.get(place.head.name, ()) for line in wrap(text, room, FONT)]
        lines += lines_at(cell, place.x + SHEET.padding, y + 10)
        rows = max(rows, len(cell))
    left, right = places.x + SHEET.padding, places.x + places.width - SHEET.padding
    pills_y = y + 10 + LINE * rows + 6
    title = node.title + (f" · {node.status}" if node.status else "")
    pills = pills_at((*node.services, *node.links), (left, right), pills_y, left + width(title, SMALL, 700) + 10)
    bottom = (pills[-1].y if pills else pills_y) + PILL
    words = [
        *([f"who acts: {' and '.join(node.actors)}"] if node.actors else []),
        *([f"for {' and '.join(node.beneficiaries)}"] if node.beneficiaries else []),
        *([f"{node.counters} against"] if node.counters else []),
        *([f"{node.caveats} caveat{'s' if node.caveats > 1 else ''}"] if node.caveats else []),
        *node.missing,
    ]
    kind = type(next(iter((*node.actors, *node.beneficiaries)), ""))  # whoever named the people put it so
    note_lines = wrap(kind(" · ".join(words)), right - left, SMALL) if words else ()
    notes = lines_at(note_lines, left, bottom + 4)
    return CMOCBox(
        node=node,
        x=places.x,
        y=y,
        width=places.width,
        height=bottom - y + (LINE * len(notes) + 4 if notes else 0) + 10,
        lines=tuple(lines),
        number=Line(title, left, round(pills_y + PILL / 2 + SMALL * 0.35, 1)),
        pills=pills,
        notes=notes,
        dividers=tuple(Divider(place.x, round(y + 8, 1), round(pills_y - 2, 1)) for place in places.inner[1:]),
    )


def element_boxes(
    nodes: Sequence[ElementNode], place: ColumnPlace, counts: Sequence[int], style: Style = SHEET
) -> list[Box]:
    """Return the boxes of a column, each with its top at 0; so many lines end at each.

    In a picture of rows they have their label alone, with a sign where an outcome is not a welcome one.
    """
    padding = style.padding + (6 if place.head.name == "outcome" else 4)
    left, right = place.x + padding, place.x + place.width - style.padding
    boxes = []
    for node, count in zip(nodes, counts, strict=True):
        words = type(node.label)(f"{node.sign} {node.label}") if style.in_rows and node.sign else node.label
        label = wrap_at_most(words, right - left, style.font, style.most_lines)
        note = wrap(node.said, right - left, SMALL) if node.qualities and not style.in_rows else ()
        links = () if style.in_rows else node.links
        pills_height = pills_height_of(pills_at(links, (left, right), 0, left))
        words_height = style.line * (len(label) + len(note))
        height = max(words_height + pills_height + (style.padding if style.in_rows else 18), 14.0 * count + 6)
        top = (height - words_height - pills_height) / 2
        boxes.append(
            Box(
                column=place.head.name,
                node=node,
                x=place.x,
                y=0,
                width=place.width,
                height=height,
                lines=lines_at(label, left, top, style),
                radius=min(height / 2, 22) if place.head.name == "outcome" else 4,
                notes=lines_at(note, left, top + LINE * len(label)),
                pills=pills_at(links, (left, right), top + words_height + PILL_GAP, left),
            )
        )
    return boxes
