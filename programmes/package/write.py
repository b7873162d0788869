"""Writing a theory package in one canonical form, so that equal content gives equal bytes."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from django.db import models

from programmes.models import CuratedModel, Programme, Study, Theory
from programmes.models.holdings import HELD
from programmes.package.reader import ReadersRecord, WholeRecord
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

    from programmes.package.reader import PackageReader


def canonical(document: dict[str, Any]) -> bytes:
    """Return a document as the bytes that are stored, compared and hashed."""
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def write_package(theory: Theory, reader: PackageReader | None = None) -> bytes:
    """Return a theory with everything that belongs to it and to its study, as bytes; for a reader what they see."""
    return canonical(theory_document(theory, ReadersRecord(theory, reader) if reader else None))


def theory_document(theory: Theory, told: WholeRecord | None = None) -> dict[str, Any]:
    """Return the package of a theory as a document, with all of the record or with what is told of it."""
    told = told or WholeRecord()
    document: dict[str, Any] = {"format": FORMAT, "version": VERSION}
    for section in SECTIONS:
        rows = section_rows(section, section_instances(section, theory, told), told)
        if section.single:
            document[section.name] = rows[0]
        elif rows:
            document[section.name] = rows
    for kind in HELD:  # what is there speaks for itself, whatever was said while it was not
        name, holder = ("theory", theory) if kind.holder is Theory else ("study", theory.study)
        if kind.absence in document[name] and kind.rows(holder).exists():
            del document[name][kind.absence]
    document |= told.more_sections()
    names = ("format", "version", *(section.name for section in SECTIONS))
    return {name: document[name] for name in names if name in document}


def section_instances(section: Section, theory: Theory, told: WholeRecord) -> Iterable[CuratedModel]:
    """Return the rows of a section that belong to a theory or its study, with related rows fetched."""
    if section.model is Theory:
        return [theory]
    if section.model is Study:
        return [theory.study]
    if section.model is Programme:
        return [theory.study.programme]
    rows = rows_with_keys(section, told)
    if section.parent == "theory":
        return rows.filter(theory=theory)
    rows = rows.filter(study=theory.study)
    if any(entry.name == "theory" for entry in section.fields):
        # A memo on another theory of the same study travels with that theory.
        rows = rows.filter(models.Q(theory=theory) | models.Q(theory=None))
    return rows


def rows_with_keys(section: Section, told: WholeRecord) -> models.QuerySet[Any, Any]:
    """Return the rows of a section with the keys of related rows alone: else each quote brings a transcript."""
    keys = [
        f"{entry.name}__{key_field_of(entry.related_model)}"
        for entry in section.fields
        if isinstance(entry, models.ForeignKey)
    ]
    own = [entry.name for entry in section.model._meta.concrete_fields]
    return told.rows(section.model).select_related(*section.relations).only(*own, *keys)


def section_rows(
    section: Section, rows: Iterable[CuratedModel], told: WholeRecord | None = None
) -> list[dict[str, Any]]:
    """Return the rows of a section as objects, in the order of the document."""
    told = told or WholeRecord()
    in_order = sorted(rows, key=lambda row: sort_key(section, row))
    children: dict[str, dict[int, list[CuratedModel]]] = {}
    for nested in section.nested:
        by_parent = children.setdefault(nested.name, {})
        found = rows_with_keys(nested, told)
        for child in found.filter(**{f"{nested.parent}__in": in_order}):
            by_parent.setdefault(getattr(child, f"{nested.parent}_id"), []).append(child)
    documents = []
    for row in in_order:
        document = row_document(section, row, told)
        for nested in section.nested:
            below = section_rows(nested, children[nested.name].get(row.pk, []), told)
            if below:
                document[nested.name] = below
        documents.append(document)
    return documents


def sort_key(section: Section, row: CuratedModel) -> tuple[Any, ...]:
    """Return what decides a row's position in its list."""
    if section.positioned:
        return (row.position, section.key_of(row))  # type: ignore[attr-defined]  # positioned rows have it
    return (section.key_of(row),)


def row_document(section: Section, row: CuratedModel, told: WholeRecord | None = None) -> dict[str, Any]:
    """Return a row as an object, without fields that have their default value or are not told."""
    values = (told or WholeRecord()).values(row, [entry.name for entry in section.fields])
    document = {}
    for entry in section.fields:
        if entry.name in values and (is_required(entry) or values[entry.name] != default_of(entry)):
            document[entry.name] = value_document(values[entry.name])
    return document


def value_document(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, CuratedModel):
        return related_key(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value
