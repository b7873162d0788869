"""The rows of a page by their keys; for readers who are not signed in by SQL that is made once, as it takes longest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson
from django.contrib.auth.models import AnonymousUser
from django.db import connection, models
from django.db.models import F, Func, Value

from programmes.api.rows import RowShape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db.models import QuerySet

    from programmes.api.rows import RowSerializer
    from programmes.integrity.access import Person

    Conversion = tuple[int, list[Callable[..., Any]], Any]

KEYS = object()  # stands for the keys in SQL that is kept


class AmongKeys(Func):
    """Whether a row has one of some primary keys, which are one parameter however many they are."""

    output_field = models.BooleanField()
    conditional = True

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """Return it for PostgreSQL, which takes an array."""
        return super().as_sql(compiler, connection, template="%(expressions)s)", arg_joiner=" = ANY(", **extra)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """Return it for SQLite, which takes a JSON list."""
        joiner = " IN (SELECT value FROM json_each("
        return super().as_sql(compiler, connection, template="%(expressions)s))", arg_joiner=joiner, **extra)


def among(model: Any, keys: Any) -> QuerySet[Any, Any]:
    """Return the rows with some primary keys, whoever may see them."""
    found: QuerySet[Any, Any] = model._base_manager.filter(AmongKeys(F("pk"), Value(keys)))
    return found


def as_parameter(keys: list[int]) -> Any:
    """Return keys as the database takes them."""
    return keys if connection.vendor == "postgresql" else orjson.dumps(keys).decode()


def rows_of_page(
    serializer: type[RowSerializer], keys: list[int], user: Person, base: str, only: frozenset[str] | None = None
) -> dict[int, dict[str, Any]]:
    """Return the rows with some primary keys in their public shape, by key. Who may see them was asked before."""
    if not keys:
        return {}
    if user.is_authenticated:
        shape = RowShape(serializer(), user, only)
        return shape.documents(shape.asked(among(serializer.Meta.model, as_parameter(keys))), base)
    kept = kept_statement(serializer, only, connection.vendor)
    return kept.shape.documents(kept.rows(as_parameter(keys)), base)


@dataclass(frozen=True)
class KeptStatement:
    """The SQL of rows, and what must be done to some of their values, which databases have in other forms."""

    shape: RowShape
    sql: str
    parameters: tuple[Any, ...]
    conversions: list[Conversion]

    def rows(self, keys: Any) -> Iterator[tuple[Any, ...]]:
        """Yield the values of the rows with some keys."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, [keys if value is KEYS else value for value in self.parameters])
            found = cursor.fetchall()
        if not self.conversions:
            yield from found
            return
        for row in map(list, found):
            for index, conversions, expression in self.conversions:
                for convert in conversions:
                    row[index] = convert(row[index], expression, connection)
            yield tuple(row)


@lru_cache(maxsize=200)
def kept_statement(serializer: type[RowSerializer], only: frozenset[str] | None, _vendor: str) -> KeptStatement:
    """Return the statement for the rows of a serializer, as everybody reads them."""
    shape = RowShape(serializer(), AnonymousUser(), only)
    compiler = shape.asked(among(serializer.Meta.model, KEYS)).order_by().query.get_compiler("default")
    sql, parameters = compiler.as_sql()
    found = compiler.get_converters([expression for expression, _, _ in compiler.select])
    conversions = [
        (index, functions, expression)
        for index, (functions, expression) in found.items()
        if not isinstance(expression.output_field, models.CharField | models.TextField)
    ]
    return KeptStatement(shape, sql, tuple(parameters), conversions)
