"""Checking a theory package without the database: its schema, its texts and its keys."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from jsonschema import Draft202012Validator, FormatChecker

from programmes.characters import is_blank, refused_character
from programmes.integrity.known_dates import PATTERN, is_known_date
from programmes.integrity.text import LinesField, TextRulesMixin
from programmes.package.problems import Path, Problem, path_text, schema_problems
from programmes.package.references import reference_problems, repeated_key_problems, row_path, sections_in
from programmes.package.schema import package_schema
from programmes.package.sections import is_required
from programmes.search.did_you_mean import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMATS = FormatChecker(formats=())


@FORMATS.checks("date", raises=ValueError)
def is_date(value: object) -> bool:
    """Say whether a text is a real date, written as YYYY-MM-DD."""
    return not isinstance(value, str) or dt.date.fromisoformat(value).isoformat() == value


@FORMATS.checks("uri", raises=ValidationError)
def is_address(value: object) -> bool:
    """Say whether a text is an address of the web, or empty."""
    if isinstance(value, str) and value:
        URLValidator()(value)
    return True


@cache
def validator() -> Draft202012Validator:
    """Return what asks the schema; made once, for the sections are known when the site has started."""
    return Draft202012Validator(package_schema(conditions=False), format_checker=FORMATS)


@FORMATS.checks("known-date")
def is_known_or_malformed(value: object) -> bool:
    """Say whether the calendar has a year, month or day; a text of another form breaks the pattern instead."""
    return not isinstance(value, str) or not re.search(PATTERN, value) or is_known_date(value or "2021")


def structure_problems(document: dict[str, Any]) -> list[Problem]:
    """Return every problem that a document has by itself, one for each place.

    What a row's fields must be to one another is not asked here but of the row itself, which has better words for it.
    """
    problems: dict[str, Problem] = {}

    def add(found: Iterator[Problem]) -> None:
        for problem in list(found):
            problems.setdefault(problem.path, problem)

    add(problem for error in validator().iter_errors(document) for problem in schema_problems(error))
    add(
        Problem(path_text(path), shown(text), found.place, "delete it there")
        for path, text in texts_in(document)
        if (found := refused_character(text))
    )
    add(blank_problems(document))
    add(repeated_key_problems(document))
    add(reference_problems(document, set(problems)))
    return [*problems.values()]


def blank_problems(document: dict[str, Any]) -> Iterator[Problem]:
    """Yield a problem for each text that is needed and shows nothing; of an empty one the schema tells."""
    for section, path, rows in sections_in(document):
        needed = [entry.name for entry in section.fields if isinstance(entry, TextRulesMixin) and is_required(entry)]
        lists = [entry.name for entry in section.fields if isinstance(entry, LinesField)]
        for index, row in enumerate(rows):
            if isinstance(row, dict):
                chosen = {name: row[name] for name in [*needed, *lists] if name in row}
                for below, text in texts_in(chosen):
                    if text and is_blank(text):
                        place = path_text((*row_path(section, path, index), *below))
                        yield Problem(place, shown(text), "shows nothing but white space", "give a text")


def texts_in(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield every text of a document with its path, field names included."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from texts_in(item, (*path, index))
    elif isinstance(value, dict):
        for name, item in value.items():
            yield path, name
            yield from texts_in(item, (*path, name))
