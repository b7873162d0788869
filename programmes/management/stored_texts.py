"""Texts and days that were stored before there was a rule, and break it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

from programmes.characters import with_line_feeds
from programmes.integrity.dates import ActDateField
from programmes.integrity.invariants import follow
from programmes.integrity.text import LinesField, TextRulesMixin, joined_key
from programmes.models.field_table import curated_models

if TYPE_CHECKING:
    from collections.abc import Iterator

OTHER_ENDS = "Its lines end in other ways than with a line feed. They stay so until the text is changed."


def faults() -> Iterator[str]:
    """Yield a sentence for each value that a form or a package would refuse, or would keep with other ends of lines."""
    for model in curated_models():
        asked = [
            entry
            for entry in model._meta.concrete_fields
            if isinstance(entry, TextRulesMixin | LinesField | ActDateField)
        ]
        for row in model._base_manager.order_by("pk").iterator(chunk_size=100):
            for entry in asked:
                if fault := refusal_of(entry, row):
                    key = joined_key(follow(row, path) for path in model.key_fields)
                    yield f"{model._meta.verbose_name} {key}, {entry.verbose_name}: {fault}"


def refusal_of(entry: Any, row: Any) -> str:
    """Return what is wrong with a stored value, or nothing."""
    value = getattr(row, entry.name)
    try:
        entry.validate(value, row)
    except ValidationError as error:
        return " ".join(error.messages)
    other_ends = isinstance(entry, TextRulesMixin) and not entry.verbatim and value != with_line_feeds(value)
    return OTHER_ENDS if other_ends else ""
