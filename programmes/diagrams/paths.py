"""A picture for one screen, and the paths in it that light up: of a configuration, or of all through one element."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from programmes.diagrams.layout import Picture, arrange
from programmes.diagrams.order import best_orders
from programmes.diagrams.styles import SCREEN

if TYPE_CHECKING:
    from programmes.diagrams.boxes import Box, CMOCBox
    from programmes.diagrams.graph import Web

HIGHEST = 780  # of a picture that fits one screen with a heading
TIGHTER = (
    SCREEN,
    replace(SCREEN, most_lines=1),
    replace(SCREEN, most_lines=1, padding=8, gap=5),
    replace(SCREEN, most_lines=1, padding=6, gap=3, font=13, line=15, top=44),
)  # as much as fits, with smaller distances from one to the next


@dataclass(frozen=True)
class LitPath:
    """The boxes of a picture that light up together with the lines between them."""

    name: str  # of the box that is pressed, as the address names it
    cmocs: tuple[CMOCBox, ...]
    boxes: tuple[Box, ...]


def picture_for_screen(web: Web) -> Picture:
    """Return a picture of rows, as roomy as fits one screen."""
    order = best_orders(web)
    picture = arrange(web, style=TIGHTER[0], order=order)
    for style in TIGHTER[1:]:
        if picture.height <= HIGHEST:
            break
        picture = arrange(web, style=style, order=order)
    return picture


def path_name(column: str, key: object) -> str:
    """Return the name by which an address lights the path of a box."""
    return f"path-{column}-{key}"


def paths_in(picture: Picture) -> list[LitPath]:
    """Return what lights up for each box of a picture: configurations first, in the order of the theory."""
    elements = (*picture.further, *picture.contexts, *picture.outcomes)
    found = [
        LitPath(path_name("cmoc", box.node.number), (box,), boxes_on(elements, (box,)))
        for box in sorted(picture.cmocs, key=lambda box: box.node.number)
    ]
    for element in elements:
        cmocs = tuple(box for box in picture.cmocs if element.node.key in box.node.keys_in(element.column))
        found.append(
            LitPath(path_name(element.column, element.node.key), cmocs, boxes_on(elements, cmocs) or (element,))
        )
    return found


def boxes_on(elements: tuple[Box, ...], cmocs: tuple[CMOCBox, ...]) -> tuple[Box, ...]:
    """Return the elements of these configurations."""
    keys = {(column, key) for box in cmocs for column in columns_of_node(box) for key in box.node.keys_in(column)}
    return tuple(box for box in elements if (box.column, box.node.key) in keys)


def columns_of_node(box: CMOCBox) -> list[str]:
    """Return the columns in which a configuration has elements with boxes of their own."""
    return ["context", "outcome", *(column for column, _ in box.node.further)]
