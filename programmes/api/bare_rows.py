"""Reading very many rows as the database gives them: compiled once, without what Django makes of each value.

A query of all rows begins at the table of the rows and goes along it, so that the first of them come at once; left to
itself SQLite would begin at the smallest table, and sort.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

import orjson
from django.db import connection
from django.db.models.expressions import RawSQL
from django.db.models.sql.constants import INNER
from django.db.models.sql.datastructures import BaseTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db.models import QuerySet

AT_ONCE = 2000  # rows that are read from the database at a time
KEYS = "the keys"  # stands for them in a query that is compiled before they are known
AMONG = {"sqlite": "SELECT value FROM json_each(%s)", "postgresql": "SELECT unnest(%s::bigint[])"}


class AlongTable(BaseTable):
    """A table that is read from its beginning, whatever indexes it has."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Return how it is named after FROM."""
        sql, parameters = super().as_sql(compiler, connection)
        return f"{sql} NOT INDEXED", parameters


def from_its_table(queryset: QuerySet[Any, Any], *, along: bool) -> QuerySet[Any, Any]:
    """Return the same rows, read from their own table on, or all along it; PostgreSQL needs not be told so."""
    if connection.vendor != "sqlite":
        return queryset
    found = queryset.all()
    for alias, join in found.query.alias_map.items():
        if getattr(join, "join_type", None) == INNER:
            found.query.alias_map[alias] = ordered = copy(join)
            ordered.join_type = "CROSS JOIN"  # type: ignore[attr-defined]  # by which SQLite keeps the order of tables
        elif along and isinstance(join, BaseTable):
            found.query.alias_map[alias] = AlongTable(join.table_name, join.table_alias)
    return found


def among_keys() -> RawSQL:
    """Return what stands for keys in a condition of a query that is compiled once for many of them."""
    return RawSQL(AMONG[connection.vendor], [KEYS])  # noqa: S611  our own words


class BareQuery:
    """A query, compiled."""

    def __init__(self, queryset: QuerySet[Any, Any]) -> None:
        sql, parameters = queryset.query.sql_with_params()
        self.sql: str = sql
        self.parameters: list[Any] = list(parameters)

    def of(self, keys: Sequence[int]) -> list[Any]:
        """Return the parameters for keys."""
        given: Any = orjson.dumps(keys).decode() if connection.vendor == "sqlite" else list(keys)
        return [given if parameter is KEYS else parameter for parameter in self.parameters]

    def rows(self, keys: Sequence[int] = ()) -> Iterator[Sequence[Any]]:
        """Yield the rows, read a part at a time."""
        with connection.chunked_cursor() as cursor:
            cursor.execute(self.sql, self.of(keys))
            while part := cursor.fetchmany(AT_ONCE):
                yield from part
