"""The copy of a text that everybody reads, in which masks cover words: worked out whenever it is asked for.

A field that holds it never differs from its text and the masks over it, whoever saves the record and how. In the
database it is a text like any other, so that lists, searches and programs read it and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models.query_utils import DeferredAttribute

from programmes.integrity.text import LongTextField
from programmes.transcripts.masks import covered, covered_as_printed, mask_spans

if TYPE_CHECKING:
    from django.db import models


class CoveredCopy(DeferredAttribute):
    """The value of such a field on a record."""

    field: CoveredCopyField

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:
        """Work it out, unless the text was not read from the database."""
        if instance is None:
            return self
        read = instance.__dict__
        if self.field.of not in read and self.field.attname in read:
            return read[self.field.attname]
        return self.field.worked_out(instance)

    def __set__(self, instance: models.Model, value: Any) -> None:
        """Keep what the database had; nobody else gives it."""
        instance.__dict__[self.field.attname] = value


class CoveredCopyField(LongTextField):
    """A text of the record as everybody reads it."""

    descriptor_class = CoveredCopy

    def __init__(self, *args: Any, of: str, as_printed: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **{"editable": False, "blank": True, "default": "", **kwargs})
        self.of, self.as_printed = of, as_printed  # the text, and the text in which the masks are counted if another

    def worked_out(self, record: Any) -> str:
        """Return the text of a record with its masks."""
        text, spans = getattr(record, self.of), mask_spans(record.masks)
        if self.as_printed:
            return covered_as_printed(getattr(record, self.as_printed), spans, text)
        return covered(text, spans)

    def clone(self) -> Any:
        """Return the same field; migrations know it as a text and no more."""
        _, _, args, kwargs = self.deconstruct()
        return type(self)(*args, of=self.of, as_printed=self.as_printed, **kwargs)


def copies_of(model: type[models.Model]) -> list[CoveredCopyField]:
    """Return the fields of a model that everybody reads instead of others."""
    return [entry for entry in model._meta.concrete_fields if isinstance(entry, CoveredCopyField)]
