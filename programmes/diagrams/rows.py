"""A configuration as a row: what it is made of in few words, at its end number, services and what speaks against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from programmes.diagrams.boxes import PILL_GAP, CMOCBox, Divider, Line, Pill, Tag, lines_at
from programmes.diagrams.graph import Mark
from programmes.diagrams.text import width, wrap_at_most

if TYPE_CHECKING:
    from programmes.diagrams.boxes import Places
    from programmes.diagrams.graph import CMOCNode
    from programmes.diagrams.styles import Style

MOST_OF_ROW = 0.55  # of the width of its last column that number and services may take


def row_box(node: CMOCNode, y: float, places: Places, style: Style) -> CMOCBox:
    """Return a configuration as a row with its top at y.

    The labels are cut to the lines that the style allows; services that have no room are counted.
    """
    last = places.inner[-1] if places.inner else None
    right = places.x + places.width - style.padding
    room = (last.width if last else places.width) - 2 * style.padding
    tags = [
        *((words, "missing") for words in node.missing),
        *([(f"{node.counters} against", "against")] if node.counters else []),
        *([(node.status, "status")] if node.status else []),
    ]
    tags_width = sum(width(words, style.small, 700) + 20 + PILL_GAP for words, _ in tags)
    (title,) = wrap_at_most(node.title, room * MOST_OF_ROW, style.small, 1)
    number_width = width(title, style.small)
    marks = services_shown(node, style, room * MOST_OF_ROW - number_width)
    pills_width = sum(length + PILL_GAP for _, length in marks) + (PILL_GAP if marks else 0)
    below = bool(tags) and style.tags_below
    block = max(number_width + pills_width + (0 if below else tags_width), tags_width if below else 0)
    lines: list[Line] = []
    texts = {"mechanism": node.labels, **dict(node.cells)}
    cells = []
    for place in places.inner:
        space = place.width - 2 * style.padding - (block + style.padding if place is last else 0)
        labels = texts.get(place.head.name, ())
        text = type(next(iter(labels), ""))("; ".join(labels))
        cells.append((place, wrap_at_most(text, space, style.font, style.most_lines) if text else ()))
    rows = max([1, *(len(cell) for _, cell in cells)])
    two = style.pill + 6 + style.line if below else style.pill if marks else style.line
    height = round(max(rows * style.line, two) + style.padding * 0.8, 1)
    for place, cell in cells:
        lines += lines_at(
            cell, place.x + style.padding, y + (height - len(cell) * style.line) / 2 + style.line * 0.07, style
        )
    top = y + (height - two) / 2
    line_height = style.pill if marks else style.line
    baseline = round(top + line_height / 2 + style.small * 0.35, 1)
    x = right - pills_width + (PILL_GAP if marks else 0)
    pills = []
    for mark, length in marks:
        x += PILL_GAP
        pill_y = round(top + (line_height - style.pill) / 2, 1)
        pills.append(Pill(mark, round(x, 1), pill_y, round(length, 1), round(x + length / 2, 1), baseline, style.pill))
        x += length
    number_x = right - pills_width - number_width
    placed = []
    tag_y = top + (line_height + 6 if below else (line_height - style.line) / 2)
    x = (right if below else number_x - PILL_GAP) - tags_width + PILL_GAP
    for words, kind in tags:
        length = width(words, style.small, 700) + 20
        placed.append(
            Tag(
                words,
                kind,
                round(x, 1),
                round(tag_y, 1),
                round(length, 1),
                style.line,
                round(x + length / 2, 1),
                round(tag_y + style.line / 2 + style.small * 0.35, 1),
            )
        )
        x += length + PILL_GAP
    return CMOCBox(
        node=node,
        x=places.x,
        y=y,
        width=places.width,
        height=height,
        lines=tuple(lines),
        number=Line(title, round(number_x, 1), baseline),
        pills=tuple(pills),
        notes=(),
        dividers=tuple(Divider(place.x, round(y + 4, 1), round(y + height - 4, 1)) for place in places.inner[1:]),
        tags=tuple(placed),
    )


def services_shown(node: CMOCNode, style: Style, room: float) -> list[tuple[Mark, float]]:
    """Return the services for which a row has room, each with the width of its mark; the last may count the others."""
    marks = [(mark, max(style.pill, width(mark.text, style.small, 700) + 16)) for mark in node.services]
    shown = marks[: style.most_pills]
    while shown and sum(length + PILL_GAP for _, length in shown) > room:
        shown.pop()
    left_out = len(marks) - len(shown)
    if not style.most_pills or not left_out:
        return shown
    more = Mark(f"+{left_out + (1 if shown else 0)}", kind="more")
    return [*shown[:-1], (more, max(style.pill, width(more.text, style.small, 700) + 16))]
