"""Tables as CSV, of which the database makes each line: COPY on PostgreSQL, an expression on SQLite.

A text stands in quotation marks and is otherwise as it is; where there is no value, there is nothing, so that it is
told from a text that is empty. Moments and days are as in JSON, and so are true and false. The entries of a list of
texts, of which none has an end of line, stand on lines of their own within the cell.
"""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING

from django.db import connection

from programmes.api.bare_rows import AT_ONCE, BareQuery
from programmes.api.flat_rows import DAY, LINES, MOMENT, NUMBER, TEXT, TRUTH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from programmes.api.flat_rows import FlatColumn, FlatRows

TRUE_OR_FALSE = "CASE WHEN {0} THEN 'true' WHEN NOT {0} THEN 'false' END"
# How a value is written, by the kind of its column. Texts that COPY puts in quotation marks have none themselves.
IN_POSTGRESQL = {
    TEXT: "{0}",
    NUMBER: "{0}",
    TRUTH: TRUE_OR_FALSE,
    DAY: "to_char({0}, 'YYYY-MM-DD')",
    MOMENT: "replace(to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US') || '+00:00', '.000000+', '+')",
    LINES: "CASE WHEN {0} IS NOT NULL THEN coalesce((SELECT string_agg(line, chr(10) ORDER BY place) "
    "FROM jsonb_array_elements_text({0}) WITH ORDINALITY AS entry(line, place)), '') END",
}
IN_SQLITE = {
    TEXT: "'\"' || replace({0}, '\"', '\"\"') || '\"'",
    NUMBER: "{0}",
    TRUTH: TRUE_OR_FALSE,
    DAY: "{0}",
    MOMENT: "replace({0}, ' ', 'T') || '+00:00'",
    LINES: "CASE WHEN {0} IS NOT NULL THEN '\"' || replace(coalesce((SELECT group_concat(value, char(10)) "
    "FROM json_each({0})), ''), '\"', '\"\"') || '\"' END",
}


def literal(text: str) -> str:
    """Return a text as it stands in a statement that takes parameters."""
    return "'" + text.replace("'", "''").replace("%", "%%") + "'"


def link_read(template: str, site: str, keys: int) -> str:
    """Return the expression of what is made from the key of a row, whose parts are the first columns."""
    whole = " || ':' || ".join(f"CAST(c{number} AS text)" for number in range(keys))
    pieces = []
    for before, name, _, _ in Formatter().parse(template):
        pieces += [literal(before)] if before else []
        if name is not None:
            pieces.append({"id": whole, "site": literal(site)}.get(name) or f"CAST(c{name} AS text)")
    return " || ".join(pieces)


def cells_read(rows: FlatRows, keys: int, forms: dict[str, str]) -> list[str]:
    """Return the expression of the cell of each column; what is read for them follows the key."""
    places = iter(range(keys, keys + len(rows.columns)))
    return [
        forms[column.kind].format(
            f"({link_read(column.link.template, rows.site, keys)})" if column.link else f"c{next(places)}"
        )
        for column in rows.columns
    ]


def head_of(columns: list[FlatColumn]) -> bytes:
    """Return the first line: the names of the columns, of which none needs quotation marks."""
    return (",".join(column.name for column in columns) + "\n").encode()


def csv_of(rows: FlatRows) -> Iterator[bytes]:
    """Yield a table as CSV, exactly as its values are; its head comes with the first rows, and not before them."""
    lines = csv_lines_of(rows)
    yield head_of([*rows.columns]) + next(lines, b"")
    yield from lines


def csv_lines_of(rows: FlatRows) -> Iterator[bytes]:
    """Yield the lines of the rows, some at a time."""
    query = BareQuery(rows.values(), along_table=rows.along_table)
    keys = len(rows.serializer.Meta.model.key_fields)
    read = keys + sum(not column.link for column in rows.columns)
    table = f"WITH given({', '.join(f'c{number}' for number in range(read))}) AS ({query.sql})"
    if connection.vendor == "postgresql":
        cells = ", ".join(f"{cell} AS t{place}" for place, cell in enumerate(cells_read(rows, keys, IN_POSTGRESQL)))
        quoted = ", ".join(f"t{place}" for place, column in enumerate(rows.columns) if column.kind in {TEXT, LINES})
        force = f", FORCE_QUOTE ({quoted})" if quoted else ""
        statement = f"COPY ({table} SELECT {cells} FROM given) TO STDOUT (FORMAT csv{force})"  # noqa: S608  our own words
        for parameters in query.runs():
            with connection.cursor() as cursor, cursor.copy(statement, parameters) as copied:
                yield from map(bytes, copied)
    else:
        form = literal(",".join(["%s"] * len(rows.columns)) + "\n")
        line = f"printf({form}, {', '.join(cells_read(rows, keys, IN_SQLITE))})"
        with connection.cursor() as cursor:
            cursor.execute(f"{table} SELECT {line} FROM given", query.parameters)  # noqa: S608  as above
            while part := cursor.fetchmany(min(AT_ONCE, 200)):
                yield "".join(text for (text,) in part).encode()
