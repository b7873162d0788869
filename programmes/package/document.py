"""Reading a file as a JSON document; what is wrong with the file itself is said before any row is read."""

from __future__ import annotations

import codecs
import itertools
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from programmes.package.format_1 import from_format_1
from programmes.package.problems import PackageError, Path, Problem, path_text
from programmes.search.did_you_mean import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEPEST = 12  # brackets inside one another; a package needs six
MOST_DIGITS = 20  # no field holds a longer number
EXCERPT = 20  # letters of a file that show where the fault is

UTF_16 = ("is written in UTF-16 or UTF-32", "save the file with the encoding UTF-8")
OFFICE = ("is a document of an office program", "give the package as a JSON file")
# What files begin with that were given by mistake; the longer beginning first.
OTHER_FILES = {
    codecs.BOM_UTF32_LE: UTF_16,
    codecs.BOM_UTF32_BE: UTF_16,
    codecs.BOM_UTF16_LE: UTF_16,
    codecs.BOM_UTF16_BE: UTF_16,
    b"{\0": UTF_16,
    b"\0": UTF_16,
    b"PK": ("is a ZIP file, as those of Word and Excel are", "unpack it, and give the JSON file that is in it"),
    b"\x1f\x8b": ("is a packed file", "unpack it, and give the JSON file that is in it"),
    b"%PDF": ("is a PDF", "give the package as a JSON file"),
    b"\xd0\xcf\x11\xe0": OFFICE,
    b"{\\rtf": OFFICE,
    codecs.BOM_UTF8 * 2: ("begins with two byte-order marks", "save the file anew with the encoding UTF-8"),
}

# What Python's reader says, and what a person can do about it.
FAULTS = {
    "Expecting property name": (
        "lacks the name of a field",
        "write the name in double quotes; no comma stands before a closing brace",
    ),
    "Illegal trailing comma": (  # since Python 3.13
        "has a comma that nothing follows",
        "remove the comma before the closing bracket",
    ),
    "Expecting ':'": ("lacks the colon between a name and its value", "put a colon there"),
    "Expecting ','": (
        "lacks a comma, or a quotation mark inside a text looks like its end",
        'put a comma between two values; write \\" for a quotation mark inside a text',
    ),
    "Expecting value": (
        "has no value that JSON knows",
        "write texts in double quotes, and no comma before a closing bracket",
    ),
    "Extra data": ("goes on after the package has ended", "remove the rest, or load it as a file of its own"),
    "Unterminated string": ("begins a text that never ends", "close it with a double quotation mark"),
    "Invalid control character": (
        "has a line break, tab or other control character inside a text",
        "write \\n for a line break and \\t for a tab",
    ),
    "Invalid \\": ("has a backslash that means nothing", "write \\\\ for a backslash"),
}


@dataclass(frozen=True)
class UnusableNumber:
    """A number that JSON does not have, or that is too long for any field."""

    text: str

    def __str__(self) -> str:
        return self.text if len(self.text) <= MOST_DIGITS else f"{self.text[:MOST_DIGITS]}…"


def parse(data: bytes) -> dict[str, Any]:
    """Return the document in these bytes in the present format. Raises PackageError where they are no JSON object."""
    text = text_of(data)
    repeated: list[tuple[dict[str, Any], dict[str, list[Any]]]] = []

    def with_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        row = dict(pairs)
        if len(row) < len(pairs):
            values: dict[str, list[Any]] = {}
            for name, value in pairs:
                values.setdefault(name, []).append(value)
            repeated.append((row, {name: found for name, found in values.items() if len(found) > 1}))
        return row

    try:
        document: dict[str, Any] = json.loads(
            text, object_pairs_hook=with_names, parse_constant=UnusableNumber, parse_int=whole, parse_float=decimal
        )
    except json.JSONDecodeError as error:
        raise PackageError([syntax_problem(text, error)]) from None
    except RecursionError:
        raise PackageError([Problem(place_in(text, depth_place(text)), "", *TOO_DEEP)]) from None
    problems = list(value_problems(document, {id(row): names for row, names in repeated}))
    if problems:
        raise PackageError(problems)
    return from_format_1(document) if document.get("version") == 1 else document


TOO_DEEP = ("has more brackets inside one another than any package", "close the brackets that were left open")


def text_of(data: bytes) -> str:
    """Return the text of a file. Raises PackageError where it is another kind of file, or does not begin an object."""
    for beginning, (message, remedy) in OTHER_FILES.items():
        if data.startswith(beginning):
            raise PackageError([Problem("the file", "", message, remedy)])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        place = place_in(before, len(before))
        found = f"byte {data[error.start]:02X}"
        raise PackageError([Problem(place, found, "is not UTF-8", "save the file with the encoding UTF-8")]) from None
    start = len(text) - len(text.lstrip(" \t\r\n"))
    if not text[start:]:
        raise PackageError([Problem("the file", "", "is empty", "give the file of a package")])
    if text[start] == "<":
        message, remedy = "is a page in HTML or XML", "download the file itself, not the page that shows it"
        raise PackageError([Problem("the file", shown(text[start : start + EXCERPT]), message, remedy)])
    if text[start] == "[":
        message, remedy = "is a list, not an object in braces", "give each package of the list as a file of its own"
        raise PackageError([Problem("the document", shown(text[start : start + EXCERPT]), message, remedy)])
    if text[start] != "{":
        message = "must be an object in braces"
        remedy = "begin it with {; a table or a text has to be written as a package first"
        raise PackageError([Problem("the document", shown(text[start : start + EXCERPT]), message, remedy)])
    return text


def place_in(text: str, position: int) -> str:
    """Return a place in a file as editors count it."""
    line = text.count("\n", 0, position) + 1
    return f"line {line} column {position - text.rfind(chr(10), 0, position)}"


def syntax_problem(text: str, error: json.JSONDecodeError) -> Problem:
    """Say in other words than Python's why a file is not JSON."""
    place, rest = place_in(text, error.pos), text[error.pos : error.pos + EXCERPT]
    if not rest.strip():
        return Problem(place, "", "is where the file ends, before the package does", "copy the whole file anew")
    explained = (words for beginning, words in FAULTS.items() if error.msg.startswith(beginning))
    message, remedy = next(explained, ("is not JSON", "correct the file there"))
    return Problem(place, shown(rest), message, remedy)


def depth_place(text: str) -> int:
    """Return where brackets stand deeper inside one another than in any package, in a text where they do."""
    found = [match for match in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[{\]}]', text) if match[0][0] != '"']
    depths = itertools.accumulate(1 if match[0] in "[{" else -1 for match in found)
    return next(match.start() for match, depth in zip(found, depths, strict=True) if depth > DEEPEST)


def whole(digits: str) -> int | UnusableNumber:
    """Return a whole number."""
    return int(digits) if len(digits) <= MOST_DIGITS else UnusableNumber(digits)


def decimal(digits: str) -> int | float | UnusableNumber:
    """Return a number with a point or an exponent; one such as 2.0 is whole."""
    value = float(digits)
    if abs(value) >= 10.0**MOST_DIGITS:
        return UnusableNumber(digits)
    return int(value) if value.is_integer() else value


def value_problems(document: dict[str, Any], repeated: dict[int, dict[str, list[Any]]]) -> Iterator[Problem]:
    """Yield what JSON allows, or Python reads, but no package has; `repeated` has repeated names by object."""
    waiting: list[tuple[Path, Any]] = [((), document)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, UnusableNumber):
            message = "is a number that no field holds"
            yield Problem(path_text(path), shown(value), message, "write it with few digits, or leave it out")
        elif len(path) > DEEPEST:
            yield Problem(path_text(path), "", *TOO_DEEP)
        elif isinstance(value, dict):
            for name, values in repeated.get(id(value), {}).items():
                found = " and ".join(map(shown, values))
                yield Problem(path_text((*path, name)), found, "is given twice in one object", "keep one of them")
            waiting += reversed([((*path, name), item) for name, item in value.items()])
        elif isinstance(value, list):
            waiting += reversed([((*path, index), item) for index, item in enumerate(value)])
