"""Writing a theory package in one canonical form, so that equal content gives equal bytes."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from django.db import models

from programmes.models import CuratedModel, Programme, Quote, Study, Theory
from programmes.models.holdings import HELD
from programmes.models.open_quotes import quote_is_open
from programmes.package.covered_words import for_others
from programmes.package.sections import (
    FORMAT,
    SECTIONS,
    VERSION,
    Section,
    default_of,
    is_required,
    key_field_of,
    related_key,
)

if TYPE_CHECKING:
    from collections.abc import Iterable


def canonical(document: dict[str, Any]) -> bytes:
    """Return a document as the bytes that are stored, compared and hashed."""
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def write_package(theory: Theory, *, others: bool = False) -> bytes:
    """Return a theory with everything that belongs to it and to its study, as bytes; for others, what they may read."""
    document = theory_document(theory)
    if others:
        document = for_others(document, open_quotes_of(theory.study))
    return canonical(document)


def open_quotes_of(study: Study) -> set[str]:
    """Return the keys of the quotes that everybody may read."""
    return set(Quote.objects.filter(quote_is_open(), study=study).values_list("key", flat=True))


def theory_document(theory: Theory) -> dict[str, Any]:
    """Return the package of a theory as a document."""
    document: dict[str, Any] = {"format": FORMAT, "version": VERSION}
    for section in SECTIONS:
        rows = section_rows(section, section_instances(section, theory))
        if section.single:
            document[section.name] = rows[0]
        elif rows:
            document[section.name] = rows
    for kind in HELD:  # what is there speaks for itself, whatever was said while it was not
        name, holder = ("theory", theory) if kind.holder is Theory else ("study", theory.study)
        if kind.absence in document[name] and kind.rows(holder).exists():
            del document[name][kind.absence]
    return document


def section_instances(section: Section, theory: Theory) -> Iterable[CuratedModel]:
    """Return the rows of a section that belong to a theory or its study, with related rows fetched."""
    if section.model is Theory:
        return [theory]
    if section.model is Study:
        return [theory.study]
    if section.model is Programme:
        return [theory.study.programme]
    rows = rows_with_keys(section)
    if section.parent == "theory":
        return rows.filter(theory=theory)
    rows = rows.filter(study=theory.study)
    if any(entry.name == "theory" for entry in section.fields):
        # A memo on another theory of the same study travels with that theory.
        rows = rows.filter(models.Q(theory=theory) | models.Q(theory=None))
    return rows


def rows_with_keys(section: Section) -> models.QuerySet[Any, Any]:
    """Return the rows of a section with the keys of related rows alone: else each quote brings a transcript."""
    keys = [
        f"{entry.name}__{key_field_of(entry.related_model)}"
        for entry in section.fields
        if isinstance(entry, models.ForeignKey)
    ]
    own = [entry.name for entry in section.model._meta.concrete_fields]
    rows: models.QuerySet[Any, Any] = section.model._base_manager.select_related(*section.relations)
    return rows.only(*own, *keys)


def section_rows(section: Section, rows: Iterable[CuratedModel]) -> list[dict[str, Any]]:
    """Return the rows of a section as objects, in the order of the document."""
    in_order = sorted(rows, key=lambda row: sort_key(section, row))
    children: dict[str, dict[int, list[CuratedModel]]] = {}
    for nested in section.nested:
        by_parent = children.setdefault(nested.name, {})
        found = rows_with_keys(nested)
        for child in found.filter(**{f"{nested.parent}__in": in_order}):
            by_parent.setdefault(getattr(child, f"{nested.parent}_id"), []).append(child)
    documents = []
    for row in in_order:
        document = row_document(section, row)
        for nested in section.nested:
            below = section_rows(nested, children[nested.name].get(row.pk, []))
            if below:
                document[nested.name] = below
        documents.append(document)
    return documents


def sort_key(section: Section, row: CuratedModel) -> tuple[Any, ...]:
    """Return what decides a row's position in its list."""
    if section.positioned:
        return (row.position, section.key_of(row))  # type: ignore[attr-defined]  # positioned rows have it
    return (section.key_of(row),)


def row_document(section: Section, row: CuratedModel) -> dict[str, Any]:
    """Return a row as an object, without fields that have their default value."""
    document = {}
    for entry in section.fields:
        value = getattr(row, entry.name)
        if is_required(entry) or value != default_of(entry):
            document[entry.name] = value_document(value)
    return document


def value_document(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, CuratedModel):
        return related_key(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value
