"""The formats of the API: JSON, and CSV that spreadsheets open without running anything."""

from __future__ import annotations

import csv
from typing import Any

import orjson
from rest_framework.renderers import BaseRenderer

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class ORJSONRenderer(BaseRenderer):
    """JSON at the speed of the database."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        """Return the data as JSON."""
        del accepted_media_type, renderer_context
        return orjson.dumps(data)


class CSVRenderer(BaseRenderer):
    """Names the format; the view writes it itself, row by row."""

    media_type = "text/csv"
    format = "csv"


def csv_values(row: dict[str, Any]) -> list[Any]:
    """Return a row's values for a table: nested ones as JSON, and no text that a spreadsheet would run."""
    return [csv_value(value) for value in row.values()]


def csv_value(value: Any) -> Any:
    """Return a value for a table."""
    if isinstance(value, dict | list):
        return orjson.dumps(value).decode()
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


class _Line:
    """A file whose write returns what it is given."""

    def write(self, text: str) -> str:
        """Return the text."""
        return text


def csv_lines(rows: list[Any]) -> str:
    """Return rows as CSV."""
    writer = csv.writer(_Line())
    return "".join(writer.writerow(row) for row in rows)
