"""What stands in a file in JSON: each of its strings and objects, with the place where it is."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from programmes.transcripts.reading import ReadingError

if TYPE_CHECKING:
    from collections.abc import Iterator

    Mark = tuple[int, str | int]  # what tells one string of a file from all others

NOT_BLANK = re.compile(r"[^ \t\r\n]")
ALTERNATIVES = ("alternatives", "nbest")  # names of lists of which the first entry is the likeliest
LONGEST_PLACE = 200
HOLDING_WORDS = (str, dict, list)
REMEDY = "export it anew from the program that it comes from, or as plain text (.txt)"


class SpeechError(ReadingError):
    """A file in JSON is damaged or has no words; the message says so, and what to do."""


class Number(float):
    """A number of a file, which also knows how it is written there."""

    written: str

    def __new__(cls, written: str) -> Self:
        """Return the number that is written so."""
        number = super().__new__(cls, written)
        number.written = written
        return number


class Repeated(dict[str, Any]):
    """An object that has several values of one name, of which the last counts and the others are told."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        last = {name: at for at, (name, _) in enumerate(pairs)}
        self.earlier = [
            (at, name, value)
            for at, (name, value) in enumerate(pairs)
            if last[name] != at and isinstance(value, HOLDING_WORDS)
        ]


class Node(NamedTuple):
    """A string or an object, and where in the file it is."""

    value: Any
    mark: Mark  # the identity of what it is in, with its name or number there
    name: str  # in small letters; in a list, the name of that
    place: str  # "segments[].text", the same for all entries of a list


def parsed_json(text: str) -> Any:
    """Return the value that a file holds, or a list of them where it holds several, as with one on each line."""
    decoder = json.JSONDecoder(object_pairs_hook=object_of, parse_int=Number, parse_float=Number, strict=False)
    values = []
    at = after_blanks(text, 0)
    try:
        while at < len(text):
            value, at = decoder.raw_decode(text, at)
            values.append(value)
            at = after_blanks(text, at)
    except json.JSONDecodeError as error:
        raise SpeechError(f"breaks off or is damaged in line {error.lineno}, column {error.colno}; {REMEDY}") from error
    except RecursionError as error:
        raise SpeechError(f"has parts within parts more deeply than is read; {REMEDY}") from error
    return values[0] if len(values) == 1 else values


def after_blanks(text: str, at: int) -> int:
    """Return where the next value begins, or where the file ends."""
    found = NOT_BLANK.search(text, at)
    return found.start() if found else len(text)


def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object with all of its values."""
    plain = dict(pairs)
    return plain if len(plain) == len(pairs) else Repeated(pairs)


def nodes(root: Any) -> Iterator[Node]:
    """Yield each string and each object of a file in its order."""
    waiting = [Node(root, (0, ""), "", "")] if isinstance(root, HOLDING_WORDS) else []
    while waiting:
        node = waiting.pop()
        if not isinstance(node.value, list):
            yield node
        if not isinstance(node.value, str):
            waiting += reversed(list(children(node)))


def children(node: Node) -> Iterator[Node]:
    """Yield what stands directly in an object or a list, but for numbers."""
    holder = id(node.value)
    if isinstance(node.value, list):
        likeliest, others = (place_in_list(node.place, node.name, at) for at in (0, 1))
        for at, value in enumerate(node.value):
            if isinstance(value, HOLDING_WORDS):
                yield Node(value, (holder, at), node.name, others if at else likeliest)
        return
    for at, name, value in node.value.earlier if isinstance(node.value, Repeated) else ():
        yield Node(value, (holder, at), *place_under(node.place, node.name, name))
    for name, value in node.value.items():
        if isinstance(value, HOLDING_WORDS):
            yield Node(value, (holder, name), *place_under(node.place, node.name, name))


@lru_cache(maxsize=10_000)
def place_under(place: str, parent: str, name: str) -> tuple[str, str]:
    """Return the name and place of what stands in an object by a name; an object whose names are numbers is a list."""
    if name.isdecimal():
        return parent, place_in_list(place, parent, int(name[:1]))
    return name.lower(), (f"{place}.{name}" if place else name)[:LONGEST_PLACE]


def place_in_list(place: str, name: str, at: int) -> str:
    """Return the place of an entry of a list, the same for all but the likeliest of several wordings."""
    return (f"{place}[0]" if at == 0 and name in ALTERNATIVES else f"{place}[]")[:LONGEST_PLACE]
