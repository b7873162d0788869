"""Problems in a theory package: where, the value, what is wrong with it, and what to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from django.apps import apps

from programmes.integrity.known_dates import PATTERN
from programmes.integrity.text import LinesField
from programmes.search.did_you_mean import shown, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jsonschema import ValidationError

MOST_PLACES = 3  # of what is true of more places the first are said, and how many more there are

Path = tuple[str | int, ...]  # the names and indexes that lead to a value in a document


@dataclass(frozen=True)
class Problem:
    """One problem in a document."""

    path: str  # such as cmocs[3].contexts[0].context
    value: str  # as it stands there, shortened
    message: str
    remedy: str
    cause: str = field(default="", compare=False)  # what several problems may have in common
    rows: tuple[str, ...] = field(default=(), compare=False)  # paths of other rows that may be the faulty ones

    def __str__(self) -> str:
        found = f" (found {self.value})" if self.value else ""
        return f"{self.path}: {self.message}{found}; {self.remedy}"


class PackageError(Exception):
    """A package that cannot be loaded. Nothing was changed; `problems` has everything that was found."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problem{'s' if len(problems) != 1 else ''} in the package")
        self.problems = problems


def path_text(parts: Iterable[str | int]) -> str:
    """Return a path in a document as people write it."""
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text or "the document"


def and_elsewhere(places: list[str]) -> str:
    """Return what follows a message that is true of other places too."""
    if not places:
        return ""
    more = f" and {len(places) - MOST_PLACES} more places" if len(places) > MOST_PLACES else ""
    return f", as also at {', '.join(places[:MOST_PLACES])}{more}"


def schema_problems(error: ValidationError) -> list[Problem]:
    """Turn an error of the JSON Schema check into problems, one for each name that is wrong."""
    path = list(error.absolute_path)
    expected: Any = error.validator_value
    found: Any = error.instance
    if error.validator == "required":
        shapes = error.schema["properties"]  # type: ignore[index]  # this schema is an object
        return [
            Problem(path_text([*path, name]), "", "is missing", f"add it{wanted(shapes[name])}")
            for name in expected
            if name not in found
        ]
    if error.validator == "additionalProperties":
        known = error.schema["properties"]  # type: ignore[index]  # this schema is an object
        return [
            Problem(path_text([*path, name]), shown(found[name]), "is not a field here", suggestion(name, known))
            for name in found
            if name not in known
        ]
    message, remedy = explanation(str(error.validator), expected, found)
    if path[0] == "cmocs" and path[2:] == ["number"] and isinstance(found, str) and not found.isdigit():
        remedy = f"write a whole number for the order, and {shown(found)} as the label"
    return [Problem(path_text(path), shown(found), message, remedy)]


def explanation(rule: str, expected: Any, found: Any) -> tuple[str, str]:  # noqa: PLR0911  one for each rule
    """Say what a rule of the schema demands, and what to do where it is broken."""
    match rule:
        case "type":
            return f"must be {indefinite_article(expected)}", rewritten(expected, found)
        case "enum":
            return "is not one of the terms", suggestion(found, expected)
        case "const":
            return f"must be {shown(expected)}", f"write {shown(expected)}"
        case "minLength":
            return "must not be empty", "give a text, or leave the row out"
        case "maxLength":
            return f"has {len(found):,} letters; at most {expected:,} are kept", "shorten it"
        case "maxItems":
            return f"has {len(found):,} entries; at most {expected:,} are kept", "leave some out"
        case "minimum":
            return f"must be at least {expected}", "give a larger number"
        case "maximum":
            return f"must be at most {expected}", "give a smaller number"
        case _:
            return FORMS.get(expected) or forms_of_lines()[expected]


SLUG_PATTERN = "^[-a-zA-Z0-9_]+$"
KNOWN_DATE = (
    "is not a date of the calendar",
    "write it as YYYY, YYYY-MM or YYYY-MM-DD, as far as it is known",
)
# What the schema calls a format or a pattern.
FORMS = {
    "date": ("is not a date of the calendar", "write it as YYYY-MM-DD"),
    "uri": ("is not an address of the web", "write it whole, as in https://example.org/page"),
    SLUG_PATTERN: ("does not have the right form", "use letters, digits, hyphens and underscores only"),
    "known-date": KNOWN_DATE,
    PATTERN: KNOWN_DATE,
}


@cache
def forms_of_lines() -> dict[str, tuple[str, str]]:
    """Return what is wrong with a line that does not fit its pattern, and what to do, by that pattern."""
    fields = (entry for model in apps.get_models() for entry in model._meta.get_fields())
    return {
        f"^{entry.line_pattern}$": ("does not have the right form", f"write {entry.line_form}")
        for entry in fields
        if isinstance(entry, LinesField) and entry.line_pattern
    }


def wanted(shape: dict[str, Any]) -> str:
    """Return what a schema asks for, as people say it after "add it"."""
    if "enum" in shape:
        return f"; {suggestion('', shape['enum'])}"
    if shape.get("format") == "date":
        return ": a date, as YYYY-MM-DD"
    return f": {shown(shape['const']) if 'const' in shape else indefinite_article(shape['type'])}"


def rewritten(expected: str, found: Any) -> str:
    """Return how to write a value of the wrong type; as it is meant where that can be told."""
    if found is None:
        return f"write {indefinite_article(expected)}, or leave it out if it may be missing"
    if expected == "integer" and isinstance(found, str) and found.isascii() and found.isdigit():
        return f"write {int(found)}"
    if expected == "string" and isinstance(found, int | float) and not isinstance(found, bool):
        return f"write {shown(str(found))}"
    return f"write {indefinite_article(expected)}"


def indefinite_article(name: str) -> str:
    """Return a JSON type with its article."""
    return {
        "string": "a text in quotation marks",
        "integer": "a whole number without quotation marks",
        "boolean": "true or false",
        "array": "a list in square brackets",
        "object": "an object in braces",
    }[name]
