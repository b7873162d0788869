"""Long texts cut into strips, so that a rule about a few words of a text reads these, and not the whole of it.

A model names such a text in `in_strips`. The database itself keeps the strips in a table beside the model's, by
triggers: what is erased from the text is gone from them too, whoever erased it. The table is derived: it is dropped
before migrations and made again after them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connection
from django.db.models import F, Func, IntegerField, TextField

from programmes.integrity.derived import DerivedObject, Family

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db import models
    from django.db.backends.base.base import BaseDatabaseWrapper

PREFIX = "strips_"
LETTERS = 4_096  # of each strip but the last of a text

# Where a part is divided: after half of its strips. Cutting off one strip after another would count the letters of a
# long text anew for each.
HALF = f"(part.letters + {LETTERS - 1}) / {LETTERS} / 2 * {LETTERS}"
STRIPS = f"""
WITH RECURSIVE part (row_id, first, letters, words) AS (
  {{seed}}
  UNION ALL
  SELECT
    part.row_id,
    part.first + side.second * {HALF},
    CASE side.second WHEN 0 THEN {HALF} ELSE part.letters - {HALF} END,
    CASE side.second WHEN 0 THEN substr(part.words, 1, {HALF}) ELSE substr(part.words, {HALF} + 1) END
  FROM part CROSS JOIN (SELECT 0 AS second UNION ALL SELECT 1) side WHERE part.letters > {LETTERS}
)
SELECT row_id, first / {LETTERS} AS number, words FROM part WHERE letters BETWEEN 1 AND {LETTERS}
"""  # noqa: S608  names of our own
TABLE = (
    'CREATE TABLE "{strips}" (row_id bigint NOT NULL, number integer NOT NULL, words text NOT NULL, '
    "PRIMARY KEY (row_id, number))"
)
INTO = 'INSERT INTO "{strips}" (row_id, number, words)'
SEED = 'SELECT {row}.id, 0, length({row}."{text}"), {row}."{text}"'
JOINED = {  # strips in their order; before version 3.44 SQLite has none inside group_concat
    "sqlite": "(SELECT group_concat(words, '') FROM (SELECT words FROM {there} ORDER BY number) strip)",
    "postgresql": "(SELECT string_agg(words, '' ORDER BY number) FROM {there})",
}

# Each table of strips, or what is left of it, and whether all its triggers are there.
SQLITE_STRIPS = f"""
SELECT name, (
  SELECT count(*) FROM sqlite_master t WHERE t.type = 'trigger' AND
  t.name IN (m.name || '_insert', m.name || '_update', m.name || '_delete')
) = 3 FROM sqlite_master m WHERE type = 'table' AND substr(name, 1, {len(PREFIX)}) = '{PREFIX}'
UNION
SELECT '{PREFIX}' || tbl_name, 0 FROM sqlite_master t WHERE type = 'trigger'
AND substr(name, 1, {len(PREFIX)}) = '{PREFIX}'
AND NOT EXISTS (SELECT 1 FROM sqlite_master m WHERE m.name = '{PREFIX}' || t.tbl_name)
"""  # noqa: S608  names of our own
POSTGRESQL_STRIPS = f"""
SELECT tablename, (
  SELECT count(*) FROM pg_trigger JOIN pg_proc p ON p.oid = tgfoid
  WHERE proname = tablename AND pronamespace = current_schema()::regnamespace AND tgenabled <> 'D'
) = 4 FROM pg_tables WHERE schemaname = current_schema() AND starts_with(tablename, '{PREFIX}')
UNION
SELECT proname, FALSE FROM pg_proc
WHERE pronamespace = current_schema()::regnamespace AND starts_with(proname, '{PREFIX}')
AND NOT EXISTS (SELECT FROM pg_tables WHERE schemaname = current_schema() AND tablename = proname)
"""  # noqa: S608  names of our own


def strips_of(table: str) -> str:
    """Return the name of the table with the strips of a table's texts."""
    return f"{PREFIX}{table}"


class WordsAt(Func):
    """The letters that the text of a row has between two places; what each stands in is named as in a query."""

    def __init__(self, model: type[models.Model], row: str, start: str, end: str) -> None:
        super().__init__(F(row), F(start), F(end), output_field=TextField())
        self.model = model

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """Join the strips that the place touches, and cut the letters out of these."""
        row, start, end = (compiler.compile(column)[0] for column in self.get_source_expressions())
        strips = f'"{strips_of(self.model._meta.db_table)}"'
        there = f"{strips} WHERE row_id = {row} AND number BETWEEN {start} / {LETTERS} AND ({end} - 1) / {LETTERS}"
        joined = JOINED[connection.vendor].format(there=there)
        return f"substr({joined}, {start} - {start} / {LETTERS} * {LETTERS} + 1, {end} - {start})", []


class LettersOf(Func):
    """The length of the text of a row, which is named as in a query."""

    def __init__(self, model: type[models.Model], row: str) -> None:
        super().__init__(F(row), output_field=IntegerField())
        self.model = model

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """Ask the last strip alone."""
        del connection
        (row,) = (compiler.compile(column)[0] for column in self.get_source_expressions())
        strips = f'"{strips_of(self.model._meta.db_table)}"'
        last = f"SELECT number * {LETTERS} + length(words) FROM {strips} WHERE row_id = {row}"  # noqa: S608  as above
        return f"coalesce(({last} ORDER BY number DESC LIMIT 1), 0)", []


def texts_in_strips() -> Iterator[tuple[str, str]]:
    """Yield the table and the column of each text that is kept in strips."""
    for model in apps.get_models():
        if name := getattr(model, "in_strips", ""):
            entry: Any = model._meta.get_field(name)
            yield model._meta.db_table, entry.column


def sqlite_strips(table: str, text: str) -> tuple[str, ...]:
    """Return the statements that make the triggers which keep the strips of a table's texts, and the strips."""
    strips, into = f'"{strips_of(table)}"', INTO.format(strips=strips_of(table))
    new = f"{into} SELECT * FROM ({STRIPS.format(seed=SEED.format(row='NEW', text=text))}) strip;"  # noqa: S608  as above
    old = f"DELETE FROM {strips} WHERE row_id = OLD.id;"  # noqa: S608  as above
    differs = f'NEW."{text}" IS NOT OLD."{text}" OR NEW.id IS NOT OLD.id'
    seed = f'{SEED.format(row="held", text=text)} FROM "{table}" held'
    trigger = f'CREATE TRIGGER "{strips_of(table)}_{{}}" {{}} ON "{table}" {{}} BEGIN {{}} END'
    return (
        trigger.format("insert", "AFTER INSERT", "", new),
        trigger.format("update", f'BEFORE UPDATE OF id, "{text}"', f"WHEN {differs}", old + new),
        trigger.format("delete", "AFTER DELETE", "", old),
        f"{into} {STRIPS.format(seed=seed)}",
    )


def postgresql_strips(table: str, text: str) -> tuple[str, ...]:
    """Return the same for PostgreSQL, where one function serves all triggers, and tables can be emptied at once."""
    name = strips_of(table)
    into, new = INTO.format(strips=name), STRIPS.format(seed=SEED.format(row="NEW", text=text))
    differs = f'NEW."{text}" IS DISTINCT FROM OLD."{text}" OR NEW.id IS DISTINCT FROM OLD.id'
    trigger = f'CREATE TRIGGER "{name}_{{}}" {{}} ON "{table}" {{}} EXECUTE FUNCTION "{name}"()'
    held = STRIPS.format(seed=SEED.format(row="held", text=text))
    return (
        f"""
        CREATE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF TG_OP = 'TRUNCATE' THEN TRUNCATE "{name}"; RETURN NULL; END IF;
          IF TG_OP <> 'INSERT' THEN DELETE FROM "{name}" WHERE row_id = OLD.id; END IF;
          IF TG_OP = 'DELETE' THEN RETURN NULL; END IF;
          {into} {new};
          RETURN NEW;
        END $$
        """,  # noqa: S608  as above
        trigger.format("insert", "AFTER INSERT", "FOR EACH ROW"),
        trigger.format("update", f'BEFORE UPDATE OF id, "{text}"', f"FOR EACH ROW WHEN ({differs})"),
        trigger.format("delete", "AFTER DELETE", "FOR EACH ROW"),
        trigger.format("truncate", "AFTER TRUNCATE", "FOR EACH STATEMENT"),
        f'{into} SELECT strip.* FROM "{table}" held CROSS JOIN LATERAL ({held}) strip',  # noqa: S608  as above
    )


MADE_BY = {"sqlite": sqlite_strips, "postgresql": postgresql_strips}


class Strips(Family):
    """The strips of each table with a long text."""

    def declared(self, connection: BaseDatabaseWrapper) -> list[DerivedObject]:
        """Return the strips of each model that names a text in `in_strips`."""
        return [
            DerivedObject(
                strips_of(table),
                frozenset([table]),
                (TABLE.format(strips=strips_of(table)), *MADE_BY[connection.vendor](table, text)),
            )
            for table, text in texts_in_strips()
        ]

    def found(self, connection: BaseDatabaseWrapper) -> dict[str, bool]:
        """Return each table of strips, or what is left of it, and whether it has all that keeps it."""
        with connection.cursor() as cursor:
            cursor.execute({"sqlite": SQLITE_STRIPS, "postgresql": POSTGRESQL_STRIPS}[connection.vendor])
            return {name: bool(whole) for name, whole in cursor.fetchall()}

    def removal(self, name: str, connection: BaseDatabaseWrapper) -> list[str]:
        """Return the statements that remove the strips of a table with what keeps them."""
        if connection.vendor == "sqlite":
            triggers = [f'DROP TRIGGER IF EXISTS "{name}_{kind}"' for kind in ("insert", "update", "delete")]
        else:
            triggers = [f'DROP FUNCTION IF EXISTS "{name}" CASCADE']
        return [*triggers, f'DROP TABLE IF EXISTS "{name}"']


STRIPS_OF_TEXTS = Strips()


def rows_with_other_strips(model: type[models.Model]) -> Iterator[int]:
    """Yield the ids of rows whose strips are not their text: somebody changed one of the two past the triggers."""
    table, entry = model._meta.db_table, model._meta.get_field(model.in_strips)  # type: ignore[attr-defined]  # asked of those alone
    asked = f'SELECT number, words FROM "{strips_of(table)}" WHERE row_id = %s ORDER BY number'  # noqa: S608  as above
    rows = model._base_manager.order_by("pk").values_list("pk", entry.name)
    with connection.cursor() as cursor:
        for row, text in rows.iterator(chunk_size=1):
            cursor.execute(asked, [row])
            strips = [text[first : first + LETTERS] for first in range(0, len(text), LETTERS)]
            if cursor.fetchall() != list(enumerate(strips)):
                yield row
