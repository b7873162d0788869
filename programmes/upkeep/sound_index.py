"""Whether the index of words says what the rows do: that of SQLite, and PostgreSQL's lexemes and what leads to them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from django.db import DatabaseError, connection

from programmes.search.index import index_of
from programmes.upkeep.findings import Defect, answers_to

if TYPE_CHECKING:
    from collections.abc import Iterator


def sound_index() -> Iterator[Defect]:
    """Yield the tables whose index of words does not say what their rows do."""
    for (name,) in list(answers_to(INDEXED[connection.vendor])):
        rows = SEARCHED[connection.vendor](name)
        for place in islice(rows, 1):
            yield Defect(f"the index of words of {place}", "it differs from its rows", REBUILD[connection.vendor])
        if connection.vendor == "postgresql":
            yield from words_not_found(name)


def differing_index(name: str) -> Iterator[str]:
    """Yield an index of SQLite's that does not hold the words of its table; it is only compared."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(f'INSERT INTO "{name}"("{name}", rank) VALUES (\'integrity-check\', 1)')  # noqa: S608  our own name
    except DatabaseError as error:
        yield f"{name.removeprefix('search_')} ({error})"


def differing_lexemes(table: str) -> Iterator[str]:
    """Yield a row of PostgreSQL's whose lexemes are not those of its words."""
    for (expression,) in list(answers_to(GENERATED, [table])):
        query = f'SELECT id FROM "{table}" WHERE search_words IS DISTINCT FROM ({expression}) LIMIT 1'  # noqa: S608  as above
        for (pk,) in answers_to(query.replace("%", "%%")):
            yield f"{table} (row {pk})"


def words_not_found(table: str) -> Iterator[Defect]:
    """Yield the index of PostgreSQL's through which other rows are found than have the words.

    The commonest words are looked for, which almost every row has, and some of all others.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan TO off")
    try:
        for (number,) in answers_to(NOT_FOUND.format(table=table)):
            if number:
                value = f"{number} words are not found in as many rows as have them"
                yield Defect(f"the index {index_of(table)}", value, f"Run in psql: REINDEX INDEX {index_of(table)}")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET enable_seqscan TO DEFAULT")


NOT_FOUND = """
WITH words AS MATERIALIZED (SELECT word, ndoc FROM ts_stat('SELECT search_words FROM "{table}"')),
asked AS (
  (SELECT * FROM words ORDER BY ndoc DESC, word LIMIT 100) UNION (SELECT * FROM words ORDER BY md5(word) LIMIT 1000)
)
SELECT count(*) FROM asked
WHERE ndoc <> (SELECT count(*) FROM "{table}" WHERE search_words @@ quote_literal(word)::tsquery)
"""
GENERATED = (
    "SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum "
    "JOIN pg_class c ON c.oid = adrelid "
    "WHERE relname = %s AND attname = 'search_words' AND relnamespace = current_schema()::regnamespace"
)
INDEXED = {
    "sqlite": (
        "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE \"search!_%' ESCAPE '!' ORDER BY name"
    ),
    "postgresql": (
        "SELECT table_name FROM information_schema.columns "
        "WHERE table_schema = current_schema() AND column_name = 'search_words' ORDER BY 1"
    ),
}
SEARCHED = {"sqlite": differing_index, "postgresql": differing_lexemes}
REBUILD = {
    "sqlite": "Drop that index (DROP TABLE search_…), then run: manage.py migrate",
    "postgresql": "Drop its column search_words, then run: manage.py migrate",
}
