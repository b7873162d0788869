"""The key of pseudonyms: which words were replaced by which. It is given to the researcher and never stored."""

from __future__ import annotations

import csv
import io

from programmes.formats.tables import FORMULA_STARTS, csv_lines, csv_values

HEAD = ["words", "replacement"]


class KeyFileError(ValueError):
    """A key that cannot be read; the message names the line and what to do."""


def key_file(key: dict[str, str]) -> str:
    """Return a key as CSV: the words, and their replacements."""
    return csv_lines([HEAD, *(csv_values(row) for row in key.items())])


def read_key(content: bytes) -> dict[str, str]:
    """Return the replacements in a key, by the words they replace. Raises KeyFileError where the file is not a key."""
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
    """Return a value without the apostrophe that keeps a spreadsheet from running it as a formula."""
    return value[1:] if value[:1] == "'" and value[1:].startswith(FORMULA_STARTS) else value
