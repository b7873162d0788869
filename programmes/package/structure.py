"""Checking a theory package without the database: its JSON, its schema and its keys."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING, Any

from django.db import models
from jsonschema import Draft202012Validator, FormatChecker

from programmes.characters import is_blank, refused_character
from programmes.integrity.known_dates import PATTERN, is_known_date
from programmes.integrity.text import TextRulesMixin
from programmes.models import Theory
from programmes.package.format_1 import from_format_1
from programmes.package.problems import PackageError, Problem, path_text, schema_problems
from programmes.package.schema import package_schema
from programmes.package.sections import SECTIONS, Section, is_required
from programmes.search.did_you_mean import shown, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator

Path = tuple[str | int, ...]
DATES = FormatChecker(formats=())


@DATES.checks("date", raises=ValueError)
def is_date(value: object) -> bool:
    """Say whether a text is a real date, written as YYYY-MM-DD."""
    return not isinstance(value, str) or dt.date.fromisoformat(value).isoformat() == value


@DATES.checks("known-date")
def is_known_or_malformed(value: object) -> bool:
    """Say whether the calendar has a year, month or day; a text of another form breaks the pattern instead."""
    return not isinstance(value, str) or not re.search(PATTERN, value) or is_known_date(value or "2021")


def parse(data: bytes) -> dict[str, Any]:
    """Return the document in these bytes in the present format. Raises PackageError where they are no JSON object."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = Problem(f"byte {error.start}", "", "is not UTF-8", "save the file with the encoding UTF-8")
        raise PackageError([problem]) from None
    repeated: list[Problem] = []

    def unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        repeated.extend(
            Problem(name, "", "is given twice in one object", "keep one of the two")
            for name in sorted({name for name in names if names.count(name) > 1})
        )
        return dict(pairs)

    try:
        document = json.loads(text, object_pairs_hook=unique_names)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}"
        raise PackageError([Problem(place, "", f"is not JSON: {error.msg}", "correct the file there")]) from None
    except (RecursionError, ValueError) as error:
        raise PackageError([Problem("the document", "", f"is not usable JSON: {error}", "correct the file")]) from None
    if repeated:
        raise PackageError(repeated)
    if not isinstance(document, dict):
        raise PackageError([Problem("the document", shown(document), "must be an object in braces", "start it with {")])
    return from_format_1(document) if document.get("version") == 1 else document


def structure_problems(document: dict[str, Any]) -> list[Problem]:
    """Return every problem that a document has by itself."""
    validator = Draft202012Validator(package_schema(), format_checker=DATES)
    problems = [problem for error in validator.iter_errors(document) for problem in schema_problems(error)]
    problems += [
        Problem(path_text(path), shown(text), found.place, "delete it there")
        for path, text in texts_in(document)
        if (found := refused_character(text))
    ]
    keys = keys_of(document)
    for section, path, rows in sections_in(document):
        problems += blank_problems(section, path, rows)
        problems += repeated_key_problems(section, path, rows)
        problems += reference_problems(section, path, rows, keys)
    return list(dict.fromkeys(problems))


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


def rows_in(document: dict[str, Any], section: Section) -> list[Any]:
    """Return the rows of a section of an object; none where the section has not the type that it should have."""
    found = document.get(section.name)
    if section.single:
        return [found] if isinstance(found, dict) else []
    return found if isinstance(found, list) else []


def row_path(section: Section, path: Path, index: int) -> Path:
    """Return the path of a row."""
    return (*path, section.name) if section.single else (*path, section.name, index)


def sections_in(
    document: dict[str, Any], sections: tuple[Section, ...] | None = None, path: Path = ()
) -> Iterator[tuple[Section, Path, list[Any]]]:
    """Yield every section of a document, nested ones too, with its path and its rows."""
    for section in SECTIONS if sections is None else sections:
        rows = rows_in(document, section)
        yield section, path, rows
        for index, row in enumerate(rows):
            if section.nested and isinstance(row, dict):
                yield from sections_in(row, section.nested, row_path(section, path, index))


def is_key(value: Any) -> bool:
    """Say whether a value can identify a row."""
    return isinstance(value, str | int) and not isinstance(value, bool)


def key_in(section: Section, row: Any) -> Any:
    """Return the key in a row of a document, or None where there is none that could identify it."""
    key = row.get(section.key) if isinstance(row, dict) else None
    return key if is_key(key) else None


def keys_of(document: dict[str, Any]) -> dict[type[models.Model], list[Any]]:
    """Return the keys of a document's rows, by model; malformed sections are skipped."""
    return {
        section.model: [key for row in rows_in(document, section) if (key := key_in(section, row)) is not None]
        for section in SECTIONS
        if isinstance(document.get(section.name, None if section.single else []), dict if section.single else list)
    }


def blank_problems(section: Section, path: Path, rows: list[Any]) -> Iterator[Problem]:
    """Yield a problem for each text that is needed and shows nothing; of an empty one the schema tells."""
    needed = [entry.name for entry in section.fields if isinstance(entry, TextRulesMixin) and is_required(entry)]
    for index, row in enumerate(rows):
        for name in needed if isinstance(row, dict) else ():
            value = row.get(name)
            if isinstance(value, str) and value and is_blank(value):
                place = path_text((*row_path(section, path, index), name))
                yield Problem(place, shown(value), "shows nothing but white space", "give a text")


def repeated_key_problems(section: Section, path: Path, rows: list[Any]) -> Iterator[Problem]:
    """Yield a problem for each row with the key of an earlier one."""
    first: dict[Any, int] = {}
    for index, row in enumerate(rows):
        key = key_in(section, row)
        if key is None:
            continue
        place = path_text((*row_path(section, path, index), section.key))
        if key in first:
            earlier = path_text(row_path(section, path, first[key]))
            yield Problem(place, shown(key), f"is already given at {earlier}", "give each row its own, or remove one")
        first.setdefault(key, index)


def reference_problems(
    section: Section, path: Path, rows: list[Any], keys: dict[type[models.Model], list[Any]]
) -> Iterator[Problem]:
    """Yield a problem for each key that refers to no row of the document."""
    relations = [entry for entry in section.fields if isinstance(entry, models.ForeignKey)]
    for index, row in enumerate(rows):
        for entry in relations:
            related = entry.related_model
            key = row.get(entry.name) if isinstance(row, dict) else None
            if not is_key(key) or related not in keys or key in keys[related]:
                continue
            if section.model is Theory and related is Theory:
                continue  # a predecessor has a package of its own; the database knows it
            place = path_text((*row_path(section, path, index), entry.name))
            yield Problem(
                place, shown(key), f"no {related._meta.verbose_name} {shown(key)}", suggestion(key, keys[related])
            )
