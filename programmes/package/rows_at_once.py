"""Writing many rows of one kind with their history in a few statements, since others wait until all is written.

What is written is what saving and deleting them one by one would write; a test holds the two alike.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.utils import timezone

from programmes.models import StaleVersionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from programmes.models import CuratedModel

AT_ONCE = 1_000  # rows of one statement of PostgreSQL

# What becomes of rows with these columns, the key and the version last. SQLite does it for each row, PostgreSQL for all
# of some columns, which come as lists.
SQLITE = {
    "create": 'INSERT INTO "{table}" ({columns}) VALUES ({marks})',
    "change": 'UPDATE "{table}" SET {changes}version = version + 1 WHERE id = %s AND version = %s',
    "remove": 'DELETE FROM "{table}" WHERE id = %s AND version = %s',
}
POSTGRESQL = {
    "create": 'INSERT INTO "{table}" ({columns}) SELECT * FROM unnest({marks})',
    "change": (
        'UPDATE "{table}" SET {changes}version = "{table}".version + 1 FROM unnest({marks}) AS given ({columns}) '
        'WHERE "{table}".id = given.id AND "{table}".version = given.version'
    ),
    "remove": (
        'DELETE FROM "{table}" USING unnest({marks}) AS given ({columns}) '
        'WHERE "{table}".id = given.id AND "{table}".version = given.version'
    ),
}
AMONG = {"sqlite": "IN (SELECT value FROM json_each(%s))", "postgresql": "= ANY(%s)"}


def quoted_columns(fields: Iterable[Any]) -> str:
    """Return the columns of fields as SQL has them."""
    return ", ".join(f'"{entry.column}"' for entry in fields)


@dataclass
class Prepared:
    """A row as the database will get it, but for the keys of rows that are new themselves."""

    row: CuratedModel
    values: list[Any]
    waits_for: list[
        tuple[int, Any, CuratedModel]
    ]  # the place among the values, the field, and the row that it refers to

    def completed(self) -> list[Any]:
        """Return the values with the keys that the new rows have by now."""
        for place, entry, other in self.waits_for:
            self.values[place] = other.pk
            setattr(self.row, entry.attname, other.pk)
        return self.values


def written_fields_of(model: type[CuratedModel]) -> list[Any]:
    """Return the fields that are written: all but the key and the version, which are counted."""
    return [entry for entry in model._meta.local_concrete_fields if entry.name not in {"id", "version"}]


def prepare(row: CuratedModel) -> Prepared:
    """Work out what the database gets for a row, which takes longer than writing it."""
    database = connections[DEFAULT_DB_ALIAS]
    prepared = Prepared(row, [], [])
    for place, entry in enumerate(written_fields_of(type(row))):
        other = entry.get_cached_value(row, default=None) if entry.is_relation else None
        if other is not None and other.pk is None:
            prepared.waits_for.append((place, entry, other))
            prepared.values.append(None)
        else:
            prepared.values.append(entry.get_db_prep_save(getattr(row, entry.attname), database))
    return prepared


def create_rows(model: type[CuratedModel], ready: Sequence[Prepared], reason: str) -> None:
    """Create rows in their order with their history; each may refer to one before it."""
    rows = [one.row for one in ready]
    for row, key in zip(rows, new_keys(model, len(rows)), strict=True):
        row.pk = key
    write_each("create", model, written_fields_of(model), [one.completed() for one in ready], rows)
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    keep_states(model, rows, "+", reason)


def change_rows(model: type[CuratedModel], ready: Sequence[Prepared], reason: str) -> None:
    """Save changed rows with their history. Raises StaleVersionError where somebody else saved one of them."""
    rows = [one.row for one in ready]
    write_each("change", model, written_fields_of(model), [one.completed() for one in ready], rows)
    for row in rows:
        row.version += 1
    keep_states(model, rows, "~", reason)


def remove_rows(model: type[CuratedModel], ready: Sequence[Prepared], reason: str) -> None:
    """Delete rows that nothing leads to. Raises StaleVersionError where somebody else saved one of them."""
    rows = [one.row for one in ready]
    keep_states(model, rows, "-", reason)
    write_each("remove", model, [], [[] for _ in rows], rows)


def write_each(
    what: str, model: type[CuratedModel], fields: list[Any], values: list[list[Any]], rows: Sequence[CuratedModel]
) -> None:
    """Carry out a statement with the values of each row, its key and its version; each must concern one row."""
    written = [*fields, model._meta.pk, model._meta.get_field("version")]
    parameters = [[*given, row.pk, row.version] for given, row in zip(values, rows, strict=True)]
    names = {"table": model._meta.db_table, "columns": quoted_columns(written)}
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            changes = "".join(f'"{entry.column}" = %s, ' for entry in fields)
            statement = SQLITE[what].format(**names, changes=changes, marks=", ".join(["%s"] * len(written)))
            cursor.executemany(statement, parameters)
            concerned = cursor.rowcount
        else:
            changes = "".join(f'"{entry.column}" = given."{entry.column}", ' for entry in fields)
            # The column itself is asked whether a text is too long; a cast would cut it.
            marks = ", ".join(f"%s::{(entry.db_type(connection) or '').partition('(')[0]}[]" for entry in written)
            statement, concerned = POSTGRESQL[what].format(**names, changes=changes, marks=marks), 0
            for first in range(0, len(parameters), AT_ONCE):
                cursor.execute(
                    statement, [list(given) for given in zip(*parameters[first : first + AT_ONCE], strict=True)]
                )
                concerned += cursor.rowcount
    if concerned != len(rows):
        raise StaleVersionError("a row was changed by somebody else since it was read")


def new_keys(model: type[CuratedModel], number: int) -> list[int]:
    """Return the keys that as many new rows get."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            query = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
            cursor.execute(query, [f'"{table}"', number])
            return [key for (key,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        (last,) = cursor.fetchone() or (0,)
        return list(range(last + 1, last + 1 + number))


def keep_states(model: type[CuratedModel], rows: Sequence[CuratedModel], kind: str, reason: str) -> None:
    """Write into the history what rows are now, in one statement."""
    history = model.history.model
    columns = quoted_columns(model._meta.local_concrete_fields)
    user = history.get_default_history_user(rows[0])
    said = {
        "history_date": timezone.now(),
        "history_change_reason": reason,
        "history_type": kind,
        "history_user": user.pk if user else None,
    }
    own = [history._meta.get_field(name) for name in said]
    values = [entry.get_db_prep_save(value, connection) for entry, value in zip(own, said.values(), strict=True)]
    keys: Any = [row.pk for row in rows]
    if connection.vendor == "sqlite":
        keys = json.dumps(keys)
    marks = ", ".join(["%s"] * len(own))
    insert = (
        f'INSERT INTO "{history._meta.db_table}" ({columns}, {quoted_columns(own)}) '  # noqa: S608  as above
        f'SELECT {columns}, {marks} FROM "{model._meta.db_table}" WHERE id {AMONG[connection.vendor]} ORDER BY id'
    )
    with connection.cursor() as cursor:
        cursor.execute(insert, [*values, keys])
