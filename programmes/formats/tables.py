"""Tables as CSV that is safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_values(values: Iterable[Any]) -> list[Any]:
    """Return the values of a row for CSV: nested ones as JSON, and no text that a spreadsheet would run."""
    return [csv_value(value) for value in values]


def csv_value(value: Any) -> Any:
    """Return one value for CSV, as above."""
    if isinstance(value, dict | list):
        return orjson.dumps(value).decode()
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


class _Line:
    """A file that hands back what is written to it, so that csv.writer returns the line."""

    def write(self, text: str) -> str:
        """Return the text."""
        return text


def csv_lines(rows: Iterable[list[Any]]) -> str:
    """Return rows as the text of a CSV file."""
    writer = csv.writer(_Line())
    return "".join(writer.writerow(row) for row in rows)
