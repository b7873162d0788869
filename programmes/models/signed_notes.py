"""Whose note a curator's note is, such as why a quote counts as it does, and of which day.

Both may be unknown: a package of the first form does not say, and nobody is named who was not.
"""

from __future__ import annotations

from programmes.integrity.dates import ActDateField
from programmes.integrity.text import ShortTextField


def note_signed_by() -> ShortTextField:
    """Return the field of the name."""
    return ShortTextField("note signed by", max_length=150, blank=True, help_text="Whose note it is.")


def note_signed_date() -> ActDateField:
    """Return the field of the day."""
    return ActDateField("note signed on", null=True, blank=True, help_text="Of which day the note is.")
