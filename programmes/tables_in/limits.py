"""Reading the tables of a file in a process of its own, which may use only so much memory and time."""

from __future__ import annotations

from pathlib import PurePath

from programmes.tables_in.files import PACKED, read_tables
from programmes.tables_in.grid import GridCell, PrintedTable, TableError, TablesRead
from programmes.transcripts.limits import answered_in_limits
from programmes.transcripts.read import MOST_BYTES, TranscriptError

MOST_BYTES_HERE = 100_000  # of a text, which costs less than to begin a process


def read_tables_in_limits(name: str, content: bytes) -> TablesRead:
    """Return what `read_tables` does, read in a process of its own unless it is a short text. Raises TableError."""
    if len(content) > MOST_BYTES or (PurePath(name).suffix.lower() not in PACKED and len(content) <= MOST_BYTES_HERE):
        return read_tables(name, content)
    try:
        found = answered_in_limits("programmes.tables_in.reading_process", {"name": name}, content)
    except TranscriptError as error:
        raise TableError(str(error)) from error
    if "refused" in found:
        raise TableError(found["refused"])
    return TablesRead(
        tuple(table_from_json(table) for table in found["tables"]),
        tuple(found["outside"]),
        found["own"],
        found["title"],
    )


def table_from_json(table: dict[str, object]) -> PrintedTable:
    """Return a table from its JSON."""
    cells = table.pop("cells")
    made = tuple(GridCell(**{**cell, "marks": tuple(cell["marks"])}) for cell in cells)  # type: ignore[attr-defined]
    return PrintedTable(cells=made, **table)  # type: ignore[arg-type]  # as it was written
