"""Lists as files: every row that the filters leave, in one state of the database, each written as it is read."""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

import orjson
from rest_framework import exceptions

from programmes.api.csv_rows import csv_of
from programmes.api.flat_rows import DAY, LINES, MOMENT, NUMBER, TRUTH
from programmes.api.parameter_errors import BadParameterError
from programmes.characters import in_xml
from programmes.formats import workbooks
from programmes.integrity.snapshot import one_state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from programmes.api.flat_rows import FlatColumn, FlatRows

LARGE_ENOUGH = 65_536  # bytes that leave together
ROWS_OF_A_GROUP = 10_000  # of Parquet
WRITTEN_AT = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)  # so that the same rows are the same bytes


class NotInstalledError(exceptions.APIException):
    """A format that this site does not write, since what writes it is not installed."""

    status_code = 501
    default_code = "not-installed"


def in_one_state(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield parts of a file, all of which are read from one state of the database."""
    with one_state():
        yield from gathered(parts)


def gathered(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield parts together, once there is enough; the first, which readers wait for, at once."""
    kept: list[bytes] = []
    size, enough = 0, 0
    for part in parts:
        kept.append(part)
        size += len(part)
        if size > enough:
            yield b"".join(kept)
            kept, size, enough = [], 0, LARGE_ENOUGH
    yield b"".join(kept)


def json_lines(rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """Yield rows as JSON Lines."""
    return (orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_NAIVE_UTC) for row in rows)


IN_WORKBOOK = {NUMBER: workbooks.NUMBER, DAY: workbooks.DAY}


def as_text(value: Any) -> str:
    """Return a value that is no number and no day as a text, as CSV has it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return "\n".join(value) if isinstance(value, list) else str(value.isoformat())


class WorkbookRows:
    """Rows as the one writer of workbooks takes them; they end before one that has a value which no cell holds."""

    def __init__(self, rows: FlatRows) -> None:
        self.rows = rows
        self.refusal: BadParameterError | None = None

    def __iter__(self) -> Iterator[list[Any]]:
        """Yield them."""
        columns = self.rows.columns
        for key, row in self.rows.with_keys():
            try:
                yield [cell_of_workbook(value, column, key) for column, value in zip(columns, row, strict=True)]
            except BadParameterError as error:
                self.refusal = error
                return


def cell_of_workbook(value: Any, column: FlatColumn, key: str) -> Any:
    """Return a value as a cell has it. Raises BadParameterError for one that none can have."""
    if value is None or column.kind in IN_WORKBOOK:
        return value
    text = as_text(value)
    letters = len(text) if len(text) <= workbooks.MOST_LETTERS // 2 else len(text.encode("utf-16-le")) // 2
    remedy = f"take csv, jsonl or parquet, or leave it out with exclude={column.name}"
    if letters > workbooks.MOST_LETTERS:
        said = f"{letters:,} letters, and a cell of a workbook holds {workbooks.MOST_LETTERS:,}"
    elif in_xml(text) != text:
        said = "a character that no workbook holds"
    else:
        return text
    raise BadParameterError(
        "format", "xlsx", f"cannot be written: {column.name} of {key} has {said}; {remedy}", "too-large"
    )


def write_xlsx(file: IO[bytes], rows: FlatRows, name: str) -> None:
    """Write a table as a workbook, which goes on in another sheet where one is full."""
    columns = [
        workbooks.TableColumn(column.name, column.meaning, IN_WORKBOOK.get(column.kind, workbooks.TEXT), 20)
        for column in rows.columns
    ]
    meaning = " ".join((rows.serializer.__doc__ or "").split())
    cells = WorkbookRows(rows)
    table = workbooks.DataTable(name, meaning, columns, cells)
    about = workbooks.AboutFile(f"Realist: {name}", [("From", rows.address)], written_at=WRITTEN_AT)
    workbooks.write_workbook(file, about, [table])
    if cells.refusal:  # now that the writer has closed its own files
        raise cells.refusal


def parquet_writer() -> Any:
    """Return what writes Parquet, with what its types are made of. Raises NotInstalledError."""
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError:
        raise NotInstalledError(
            "This site does not write Parquet, as pyarrow is not installed; take csv or jsonl, or ask whoever runs the "
            "site to install pyarrow."
        ) from None


def write_parquet(file: IO[bytes], rows: FlatRows, name: str) -> None:
    """Write a table as Parquet, in which each column has its type."""
    arrow, parquet = parquet_writer()
    kinds = {
        NUMBER: arrow.int64(),
        TRUTH: arrow.bool_(),
        DAY: arrow.date32(),
        MOMENT: arrow.timestamp("us", tz="UTC"),
    }
    types = [(column.name, kinds.get(column.kind, arrow.string())) for column in rows.columns]
    schema = arrow.schema(types, metadata={"title": f"Realist: {name}"})
    lines = [place for place, column in enumerate(rows.columns) if column.kind == LINES]
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for part in batched(rows, ROWS_OF_A_GROUP):
            columns = [list(values) for values in zip(*part, strict=True)]
            for place in lines:
                columns[place] = [None if value is None else as_text(value) for value in columns[place]]
            writer.write_table(arrow.table(columns, schema=schema))


def batched(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Yield rows in lists of a size, the last of which may be shorter."""
    left = iter(rows)
    while part := list(islice(left, size)):
        yield part


@dataclass(frozen=True)
class FileFormat:
    """A format of files: what writes it a part at a time, or as a whole, where its end belongs to its beginning."""

    parts: Callable[[Any], Iterable[bytes]] | None = None
    write: Callable[[IO[bytes], Any, str], None] | None = None
    flat: bool = True
    needs: Callable[[], Any] | None = None  # asked before any row is read


FILE_FORMATS = {
    "csv": FileFormat(csv_of),
    "jsonl": FileFormat(json_lines, flat=False),
    "xlsx": FileFormat(write=write_xlsx),
    "parquet": FileFormat(write=write_parquet, needs=parquet_writer),
}


def spooled(form: FileFormat, rows: Any, name: str) -> IO[bytes]:
    """Return a file that is written whole, from one state of the database."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  it is closed with the answer
    try:
        with one_state():
            if form.write:
                form.write(file, rows, name)
            else:
                for part in gathered((form.parts or json_lines)(rows)):
                    file.write(part)
    except BaseException:
        file.close()
        raise
    return file
