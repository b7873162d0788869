"""Keys of a package: each is given once, and what is referred to is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from programmes.models import Theory
from programmes.package.problems import Path, Problem, and_elsewhere, path_text
from programmes.package.sections import SECTIONS, Section
from programmes.search.did_you_mean import shown, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator


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


def repeated_key_problems(document: dict[str, Any]) -> Iterator[Problem]:
    """Yield a problem for each row with the key of an earlier one."""
    for section, path, rows in sections_in(document):
        first: dict[Any, int] = {}
        for index, row in enumerate(rows):
            key = key_in(section, row)
            if key is None:
                continue
            place = path_text((*row_path(section, path, index), section.key))
            if key in first:
                earlier = path_text(row_path(section, path, first[key]))
                message, remedy = f"is already given at {earlier}", "give each row its own, or remove one"
                yield Problem(place, shown(key), message, remedy, rows=(earlier,))
            first.setdefault(key, index)


def reference_problems(document: dict[str, Any], wrong: set[str]) -> Iterator[Problem]:
    """Yield a problem for each key that no row of the document has, with the places that name it.

    `wrong` has the paths of problems that are known. A key that a faulty row was meant to have is no problem of its
    own: it is there as soon as that row is put right.
    """
    places: dict[type[models.Model], dict[Any, list[str]]] = {}
    for related, key, place in references_in(document):
        if place not in wrong:
            places.setdefault(related, {}).setdefault(key, []).append(place)
    for section in SECTIONS:
        if section.name in wrong or (section.name not in document and not wrong.isdisjoint(document)):
            continue  # its rows may stand under the name that is wrong
        named = places.get(section.model, {})
        keys, unreadable = keys_of(document, section, wrong)
        missing = {key: found for key, found in named.items() if key not in keys}
        misspelt = {str(key).casefold() for key in unreadable}
        unexplained = [key for key in missing if str(key).casefold() not in misspelt]
        if len(unexplained) <= len(unreadable) - (len(missing) - len(unexplained)):
            continue
        for key in unexplained:
            kind = section.model._meta.verbose_name
            message = f"no {kind} {shown(key)}{and_elsewhere(missing[key][1:])}"
            yield Problem(missing[key][0], shown(key), message, suggestion(key, keys))


def references_in(document: dict[str, Any]) -> Iterator[tuple[type[models.Model], Any, str]]:
    """Yield every key by which a row names another row of the document, with the model of that one and the place."""
    for section, path, rows in sections_in(document):
        relations = [entry for entry in section.fields if isinstance(entry, models.ForeignKey)]
        for index, row in enumerate(rows):
            for entry in relations:
                key = row.get(entry.name) if isinstance(row, dict) else None
                if not is_key(key) or section.model is Theory:
                    continue  # a predecessor has a package of its own; the database knows it
                yield entry.related_model, key, path_text((*row_path(section, path, index), entry.name))


def keys_of(document: dict[str, Any], section: Section, wrong: set[str]) -> tuple[list[Any], list[Any]]:
    """Return the keys that rows of a section have, and of each row whose key is faulty what stands in its place."""
    keys: list[Any] = []
    unreadable: list[Any] = []
    for index, row in enumerate(rows_in(document, section)):
        path = row_path(section, (), index)
        key = key_in(section, row)
        if key is None or path_text((*path, section.key)) in wrong:
            unreadable.append(row.get(section.key) if isinstance(row, dict) else None)
        else:
            keys.append(key)
    return keys, unreadable
