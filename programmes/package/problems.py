"""Problems in a theory package: where, the value, what is wrong with it, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from programmes.integrity.known_dates import PATTERN
from programmes.search.did_you_mean import shown, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jsonschema import ValidationError


@dataclass(frozen=True)
class Problem:
    """One problem in a document."""

    path: str  # such as cmocs[3].contexts[0].context
    value: str  # as it stands there, shortened
    message: str
    remedy: str

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


def schema_problems(error: ValidationError) -> list[Problem]:
    """Turn an error of the JSON Schema check into problems, one for each name that is wrong."""
    path = list(error.absolute_path)
    expected: Any = error.validator_value
    found: Any = error.instance
    if error.validator == "required":
        missing = [name for name in expected if name not in found]
        return [Problem(path_text([*path, name]), "", "is missing", "add it") for name in missing]
    if error.validator == "additionalProperties":
        known = error.schema["properties"]  # type: ignore[index]  # this schema is an object
        return [
            Problem(path_text([*path, name]), shown(found[name]), "is not a field here", suggestion(name, known))
            for name in found
            if name not in known
        ]
    message, remedy = explanation(str(error.validator), expected, found)
    return [Problem(path_text(path), shown(found), message, remedy)]


def explanation(rule: str, expected: Any, found: Any) -> tuple[str, str]:  # noqa: C901, PLR0911  one for each rule
    """Say what a rule of the schema demands, and what to do where it is broken."""
    match rule:
        case "type":
            return f"must be {indefinite_article(expected)}", f"write {indefinite_article(expected)}"
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
        case "format" if expected == "date":
            return "is not a date of the calendar", "write it as YYYY-MM-DD"
        case "format" | "pattern" if expected in {"known-date", PATTERN}:
            return "is not a date of the calendar", "write it as YYYY, YYYY-MM or YYYY-MM-DD, as far as it is known"
        case _:
            return "does not have the right form", "use letters, digits, hyphens and underscores only"


def indefinite_article(name: str) -> str:
    """Return a JSON type with its article."""
    return {
        "string": "a text in quotation marks",
        "integer": "a whole number without quotation marks",
        "boolean": "true or false",
        "array": "a list in square brackets",
        "object": "an object in braces",
    }[name]
