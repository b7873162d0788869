"""Reading very many rows as the database gives them: compiled once, without what Django makes of each value.

All rows of a list are read along their own table, so that the first of them come at once; left to itself a database
would begin elsewhere, and sort them all before it gives the first. SQLite is told where to begin, and PostgreSQL reads
them a span of numbers at a time, each of which is soon sorted.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

import orjson
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Max, Min
from django.db.models.expressions import RawSQL
from django.db.models.sql.constants import INNER
from django.db.models.sql.datastructures import BaseTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db.models import QuerySet

AT_ONCE = 2000  # rows that are read from the database at a time
FIRST_SPAN = 1000  # numbers of rows
LONGEST_SPAN = 5_000  # whose rows are sorted in memory


class UnknownYet:
    """Stands for a value in a query that is compiled before it is known."""


KEYS, FIRST, LAST = UnknownYet(), UnknownYet(), UnknownYet()


class AlongTable(BaseTable):
    """A table that is read from its beginning, whatever indexes it has."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Return how it is named after FROM."""
        sql, parameters = super().as_sql(compiler, connection)
        return f"{sql} NOT INDEXED", parameters


def from_its_table(queryset: QuerySet[Any, Any], *, along: bool) -> QuerySet[Any, Any]:
    """Return the same rows, read from their own table on, or all along it, as SQLite must be told."""
    if connection.vendor != "sqlite":
        return queryset
    found = queryset.all()
    for alias, join in found.query.alias_map.items():
        if getattr(join, "join_type", None) == INNER:
            found.query.alias_map[alias] = ordered = copy(join)
            ordered.join_type = "CROSS JOIN"
        elif along and isinstance(join, BaseTable):
            found.query.alias_map[alias] = AlongTable(join.table_name, join.table_alias)
    return found


class BareQuery:
    """A query, compiled."""

    def __init__(self, queryset: QuerySet[Any, Any], *, along_table: bool = False) -> None:
        self.model = queryset.model
        self.backwards = queryset.query.order_by == ("-id",)
        self.in_spans = along_table and connection.vendor == "postgresql"
        if self.in_spans:
            span = {"pk__gte": RawSQL("%s", [FIRST]), "pk__lte": RawSQL("%s", [LAST])}
            queryset = queryset.filter(**span)
        elif along_table:
            queryset = from_its_table(queryset, along=True)
        # Where no row can be found it is asked for all the same, and there is none.
        sql, parameters = queryset.query.get_compiler(DEFAULT_DB_ALIAS, elide_empty=False).as_sql()
        self.sql: str = sql
        self.parameters: list[Any] = list(parameters)

    def with_values(self, values: dict[UnknownYet, Any]) -> list[Any]:
        """Return the parameters, with values for those that were not known."""
        return [values[one] if isinstance(one, UnknownYet) else one for one in self.parameters]

    def runs(self, keys: Sequence[int] = ()) -> Iterator[list[Any]]:
        """Yield the parameters with which the query is to be run, once after another."""
        if self.in_spans:
            yield from (self.with_values({FIRST: first, LAST: last}) for first, last in self.spans())
        else:
            yield self.with_values({KEYS: orjson.dumps(keys).decode() if connection.vendor == "sqlite" else [*keys]})

    def spans(self) -> Iterator[tuple[int, int]]:
        """Yield spans of the numbers of rows, in order: the first is short, so that its rows come at once."""
        ends = self.model._base_manager.aggregate(first=Min("pk"), last=Max("pk"))
        if ends["first"] is None:
            return
        first, last, size = ends["first"], ends["last"], FIRST_SPAN
        while first <= last:
            if self.backwards:
                yield max(first, last - size + 1), last
                last -= size
            else:
                yield first, min(first + size - 1, last)
                first += size
            size = LONGEST_SPAN

    def rows(self, keys: Sequence[int] = ()) -> Iterator[Sequence[Any]]:
        """Yield the rows, read a part at a time."""
        for parameters in self.runs(keys):
            with connection.chunked_cursor() as cursor:
                cursor.execute(self.sql, parameters)
                while part := cursor.fetchmany(AT_ONCE):
                    yield from part
