"""Triggers that note which records were written, so that whoever copies the site through the API learns of it.

They are triggers, because records are also written many at once, and deleted with others. A note is a row of its own
and in the writer's transaction: nobody waits for anybody, and what is rolled back was never noted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.backends.utils import truncate_name

from programmes.integrity.derived import DerivedObject
from programmes.integrity.invariants import LONGEST_NAME, Triggers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db import models
    from django.db.backends.base.base import BaseDatabaseWrapper

PREFIX = "touch_"
NOTES = "programmes_touch"  # the table of the notes
EVENTS = ("insert", "update", "delete")


@dataclass(frozen=True)
class Noted:
    """What is noted when a row is written: the record that one of its columns names."""

    kind: str
    column: str
    below: str = ""  # the kind of the row, where the record is only what it leads to


def watched_models() -> list[Any]:
    """Return the models of records, and those that decide with them what the API tells."""
    return [model for model in apps.get_models() if hasattr(model, "access") or hasattr(model, "told_below")]


def noted_relations(model: type[models.Model]) -> list[Noted]:
    """Return the records that a row leads to."""
    watched = set(watched_models())
    fields: Any = model._meta.local_concrete_fields
    return [
        Noted(entry.related_model._meta.label_lower, entry.column, model._meta.label_lower)
        for entry in fields
        if entry.is_relation and entry.related_model in watched
    ]


class Touches(Triggers):
    """The triggers that note what is written."""

    prefix = PREFIX

    def declared(self, connection: BaseDatabaseWrapper) -> list[DerivedObject]:
        """Return the triggers of every table of records, and of the lists that lead from records to others."""
        found: list[DerivedObject] = []
        for model in watched_models():
            own = Noted(model._meta.label_lower, "id")
            found += note_triggers(model, own, connection)
            for relation in model._meta.local_many_to_many:
                found += note_triggers(relation.remote_field.through, None, connection)
        return found


def note_triggers(model: Any, own: Noted | None, connection: BaseDatabaseWrapper) -> Iterator[DerivedObject]:
    """Yield the triggers of one table: of a record itself, and of what it led to when it goes or leads elsewhere.

    A row of a list is no record of its own: what it leads to is noted when it comes, too.
    """
    table = model._meta.db_table
    relations = noted_relations(model)
    for event in EVENTS:
        noted = [*([own] if own else []), *(relations if event != "insert" or own is None else [])]
        name = truncate_name(f"{PREFIX}{table}_{event}", LONGEST_NAME)
        statements = {"sqlite": sqlite_trigger, "postgresql": postgresql_trigger}[connection.vendor]
        yield DerivedObject(name, frozenset({table, NOTES}), tuple(statements(name, table, event, noted)))


def sqlite_trigger(name: str, table: str, event: str, noted: list[Noted]) -> list[str]:
    """Return the statement that makes a trigger, which is called for each row. All names come from the code."""
    row = "OLD" if event == "delete" else "NEW"
    parts = []
    for each in noted:
        value = f'{row}."{each.column}"'
        if each.below and event == "update":
            value = f'OLD."{each.column}"'
        where = f"{value} IS NOT NULL" + (
            f' AND {value} IS NOT NEW."{each.column}"' * bool(each.below and event == "update")
        )
        parts.append(f"SELECT '{each.kind}', {value}, '{each.below}' WHERE {where}")
    body = " ".join(f"INSERT INTO {NOTES} (kind, record, below) {part};" for part in parts)
    return [f'CREATE TRIGGER "{name}" AFTER {event.upper()} ON "{table}" BEGIN {body} END']


def postgresql_trigger(name: str, table: str, event: str, noted: list[Noted]) -> list[str]:
    """Return the statements that make a trigger, which is called once for all rows of a statement."""
    tables = {
        "insert": "NEW TABLE AS new_rows",
        "update": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
        "delete": "OLD TABLE AS old_rows",
    }[event]
    parts = []
    for each in noted:
        rows = "old_rows" if event == "delete" or (each.below and event == "update") else "new_rows"
        value = f'{rows}."{each.column}"'
        where = f"{value} IS NOT NULL"
        if each.below and event == "update":
            rows = "old_rows JOIN new_rows USING (id)"
            where += f' AND {value} IS DISTINCT FROM new_rows."{each.column}"'
        parts.append(f"SELECT DISTINCT '{each.kind}', {value}, '{each.below}' FROM {rows} WHERE {where}")  # noqa: S608
    body = " ".join(f"INSERT INTO {NOTES} (kind, record, below) {part};" for part in parts)
    return [
        f'CREATE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$',
        (
            f'CREATE TRIGGER "{name}" AFTER {event.upper()} ON "{table}" REFERENCING {tables} '
            f'FOR EACH STATEMENT EXECUTE FUNCTION "{name}"()'
        ),
    ]


NOTES_OF_WRITES = Touches()
