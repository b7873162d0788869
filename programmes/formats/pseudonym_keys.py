"""The key of pseudonyms: which words were replaced by which. It is handed out and never stored."""

from __future__ import annotations

import csv
import io

from programmes.formats.tables import FORMULA_STARTS, csv_lines, csv_values

HEAD = ["words", "replacement"]


class KeyFileError(ValueError):
    """A key cannot be read; the message names the line and the remedy."""


def key_file(key: dict[str, str]) -> str:
    """Return a key as CSV: the words, and what stands for them."""
    return csv_lines([HEAD, *(csv_values(row) for row in key.items())])


def read_key(content: bytes) -> dict[str, str]:
    """Return the replacements of a key, by their words. Raises KeyFileError for what is none."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise KeyFileError("The key is not in UTF-8. Give the file as it was downloaded.") from error
    rows = csv.reader(io.StringIO(text))
    if next(rows, []) != HEAD:
        raise KeyFileError(f"Line 1 of the key is not “{','.join(HEAD)}”. Give the file as it was downloaded.")
    key: dict[str, str] = {}
    for row in rows:
        if not row:
            continue
        words, replacement = (unguarded(value) for value in (*row, "", "")[:2])
        if not words or not replacement:
            raise KeyFileError(f"Line {rows.line_num} of the key lacks its words or what stands for them.")
        if key.setdefault(words, replacement) != replacement:
            raise KeyFileError(f"Line {rows.line_num} of the key has “{words}” again, with another replacement.")
    return key


def unguarded(value: str) -> str:
    """Return a value without the apostrophe that keeps spreadsheets from running it."""
    return value[1:] if value[:1] == "'" and value[1:].startswith(FORMULA_STARTS) else value
