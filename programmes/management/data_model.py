"""The data-model page of the documentation, made from the models."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import models

from programmes.integrity.known_dates import KnownDateField
from programmes.models.field_table import curated_models

if TYPE_CHECKING:
    from programmes.models import CuratedModel

if TYPE_CHECKING:
    from collections.abc import Iterable

PAGE = Path(__file__).resolve().parents[2] / "docs" / "data-model.md"
KINDS: tuple[tuple[type[models.Field[Any, Any]], str], ...] = (
    (models.BooleanField, "yes or no"),
    (models.DateField, "date"),
    (KnownDateField, "date to the precision known"),
    (models.IntegerField, "whole number"),
    (models.JSONField, "list of texts"),
)
HEAD = """# Data model

Made from the models by `make schema`; do not edit it by hand. Every record also has a `version`, which counts its
saves, and a history of who changed what, when and why.
"""


def data_model_page() -> str:
    """Return the whole page."""
    return "\n".join([HEAD, *(section(model) for model in curated_models())])


def section(model: type[CuratedModel]) -> str:
    """Return what the page says of one model."""
    options = model._meta
    lines = [f"## {model.__name__}", "", " ".join((model.__doc__ or "").split()), ""]
    lines += ["| field | kind | meaning |", "|---|---|---|"]
    lines += [row(entry) for entry in options.concrete_fields if entry.name not in {"id", "version"}]
    lines += ["", f"Named by: {', '.join(f'`{name}`' for name in model.key_fields)}.", ""]
    rules = [f"- `{constraint.name}`{sentence(constraint)}" for constraint in options.constraints]
    rules += [f"- `{invariant.name}`: {invariant.message}" for invariant in model.invariants]
    return "\n".join([*lines, "Always true:", "", *rules, ""]) if rules else "\n".join(lines)


def row(entry: models.Field[Any, Any]) -> str:
    """Return what the page says of one field."""
    meaning = str(entry.help_text) or str(entry.verbose_name).capitalize() + "."
    if entry.choices:
        meaning += " One of: " + ", ".join(f"`{value}` ({label})" for value, label in entry.flatchoices if value) + "."
    return f"| `{entry.name}` | {kind(entry)} | {meaning} |"


def kind(entry: models.Field[Any, Any]) -> str:
    """Return the kind of a field's value in plain words."""
    if isinstance(entry, models.ForeignKey):
        return f"{'' if not entry.null else 'maybe a '}{entry.related_model.__name__}"
    words = next((words for field, words in KINDS if isinstance(entry, field)), "text")
    return f"{words}, or none" if entry.null else words


def sentence(constraint: models.BaseConstraint) -> str:
    """Return what a constraint says, where it says it in words."""
    if isinstance(constraint, models.UniqueConstraint):
        return f": one for each {' and '.join(names(constraint.fields))}."
    own = constraint.violation_error_message
    return "" if own == constraint.default_violation_error_message else f": {own}"


def names(fields: Iterable[str]) -> list[str]:
    """Return field names as people read them."""
    return [name.replace("_", " ") for name in fields]
