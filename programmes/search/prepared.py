"""Queries whose SQL is kept for readers who are not signed in: to make it takes longer than to ask it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.db import connections

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.db.models import QuerySet

    from programmes.integrity.access import Person

    Rows = Callable[[Person, Sequence[int]], QuerySet[Any, Any]]

SIZES = (1, 20, 200, 1_000)  # of lists of keys; a shorter one is filled up with its last key


def rows_for(rows: Rows, user: Person, keys: Sequence[int], using: str = "default") -> list[tuple[Any, ...]]:
    """Return the values of some records, as `rows` asks for them: a function of the reader and of the keys.

    What it asks for must be texts and numbers, which need no conversion.
    """
    if user.is_authenticated or len(keys) > SIZES[-1]:
        return list(rows(user, keys).using(using))
    size = next(size for size in SIZES if len(keys) <= size)
    sql, parameters = sql_for_public(rows, size, using, connections[using].vendor)
    filled = [*keys, *[keys[-1] if keys else 0] * (size - len(keys))]
    actual = {-number: key for number, key in enumerate(filled, 1)}
    with connections[using].cursor() as cursor:
        cursor.execute(sql, [actual.get(value, value) if isinstance(value, int) else value for value in parameters])
        return cursor.fetchall()


@lru_cache(maxsize=50)
def sql_for_public(rows: Rows, size: int, using: str, _vendor: str) -> tuple[str, tuple[Any, ...]]:
    """Return the SQL for so many keys, for which negative numbers stand."""
    query = rows(AnonymousUser(), [-number for number in range(1, size + 1)]).query
    sql, parameters = query.get_compiler(using).as_sql()
    return sql, tuple(parameters)
