"""The key to the services of a picture: by each number that stands in it, what people call the service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from programmes.diagrams.boxes import Line
from programmes.diagrams.slides import KeyEntry
from programmes.diagrams.text import width, wrap_at_most

if TYPE_CHECKING:
    from programmes.diagrams.graph import Mark, Web

GAP = 28  # between the columns
WIDEST = 460  # that a column is


@dataclass(frozen=True)
class ServiceKey:
    """The names, in columns, and where the next thing may stand."""

    entries: list[KeyEntry]
    bottom: float


def service_key(web: Web, left: float, top: float, room: float, size: float) -> ServiceKey:
    """Return the names of all services that a picture shows, column by column, with the top of the first line."""
    marks = {mark.text: mark for cmoc in web.cmocs for mark in cmoc.services}
    found = [marks[number] for number in sorted(marks)]
    widest = max((width(f"{name_in(mark)} ", size) + indent_of(mark, size) for mark in found), default=0)
    column = min(widest, WIDEST) + GAP
    columns = max(1, int((room + GAP) // column))
    lines = -(-len(found) // columns)
    leading = size * 1.5
    return ServiceKey(
        [
            entry_at(mark, left + column * (place // lines), top + leading * (place % lines + 1), column - GAP, size)
            for place, mark in enumerate(found)
        ],
        top + leading * lines,
    )


def name_in(mark: Mark) -> str:
    """Return the name of a service without its number, which stands before it."""
    return mark.name.removesuffix(f" {mark.text}")


def indent_of(mark: Mark, size: float) -> float:
    """Return the room of a number before the name."""
    return width(mark.text, size, 700) + size * 0.6


def entry_at(mark: Mark, x: float, y: float, room: float, size: float) -> KeyEntry:
    """Return a service at its place; a name that is too long is cut at the end of a word."""
    indent = indent_of(mark, size)
    (words,) = wrap_at_most(name_in(mark), room - indent, size, 1)
    return KeyEntry(Line(mark.text, round(x, 1), round(y, 1)), Line(words, round(x + indent, 1), round(y, 1)))
