"""What the database makes out of the models, such as a trigger or an index, and whether it is still what they say.

Every derived object has a fingerprint of its definition in the table `derived_object`, written in the transaction that
makes the object: a process that is killed leaves both as they were. The table has no model, as that of Django's
migrations has none among ours, so that emptying the database leaves it alone.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import connections, transaction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "derived_object"
MISSING, STALE, UNDECLARED = "missing", "not as declared", "no longer declared"


@dataclass(frozen=True)
class DerivedObject:
    """Something that the database keeps by itself, the tables it reads, and the statements that make it."""

    name: str
    tables: frozenset[str]
    statements: tuple[str, ...]
    basis: DerivedObject | None = None  # what it is made with: it goes when that goes

    @property
    def fingerprint(self) -> str:
        """Return a hash of everything that decides what the object is."""
        parts = [*self.statements, self.basis.fingerprint if self.basis else ""]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


class Family(ABC):
    """The derived objects of one kind: which the models declare, and which the database has."""

    @abstractmethod
    def declared(self, connection: BaseDatabaseWrapper) -> list[DerivedObject]:
        """Return what the models declare, in the order in which it can be made."""

    @abstractmethod
    def found(self, connection: BaseDatabaseWrapper) -> dict[str, bool]:
        """Return the name of each object that the database has, if only in part, and whether it is whole."""

    @abstractmethod
    def removal(self, name: str, connection: BaseDatabaseWrapper) -> Sequence[str]:
        """Return the statements that remove an object, or what is left of it."""

    def compare(self, using: str) -> tuple[dict[str, str], dict[str, DerivedObject]]:
        """Return the name of each object that is not as declared, with how it differs, and all that is declared.

        Nothing is said about what reads a table that waits for a migration: the migration will bring it along.
        """
        connection = connections[using]
        found, fingerprints, complete = self.found(connection), recorded_fingerprints(using), complete_tables(using)
        declared = {entry.name: entry for entry in self.declared(connection)}
        differing = {name: UNDECLARED for name in sorted(found) if name not in declared}
        for name, entry in declared.items():
            if entry.tables <= complete:
                if not found.get(name):
                    differing[name] = MISSING
                elif fingerprints.get(name) != entry.fingerprint or (entry.basis and entry.basis.name in differing):
                    differing[name] = STALE
        return differing, declared

    def install(self, using: str) -> None:
        """Make, make again or remove what is not as the models declare it; nothing else is touched."""
        differing, declared = self.compare(using)
        if differing:
            make_table(using)
        for name in differing:
            with transaction.atomic(using=using), connections[using].cursor() as cursor:
                statements = declared[name].statements if name in declared else ()
                for statement in (*self.removal(name, connections[using]), *statements):
                    cursor.execute(statement)
                cursor.execute(f"DELETE FROM {TABLE} WHERE name = %s", [name])  # noqa: S608  no text of a person
                if name in declared:
                    cursor.execute(f"INSERT INTO {TABLE} VALUES (%s, %s)", [name, declared[name].fingerprint])  # noqa: S608

    def remove(self, using: str) -> None:
        """Remove every object, so that tables can be changed."""
        make_table(using)
        with transaction.atomic(using=using), connections[using].cursor() as cursor:
            for name in sorted(self.found(connections[using])):
                for statement in self.removal(name, connections[using]):
                    cursor.execute(statement)
                cursor.execute(f"DELETE FROM {TABLE} WHERE name = %s", [name])  # noqa: S608  no text of a person


def make_table(using: str) -> None:
    """Make the table of the fingerprints unless it is there."""
    with connections[using].cursor() as cursor:
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {TABLE} (name varchar(200) PRIMARY KEY, fingerprint char(64))")


def recorded_fingerprints(using: str) -> dict[str, str]:
    """Return the fingerprint of each object as it was made, by its name."""
    connection = connections[using]
    if TABLE not in connection.introspection.table_names():
        return {}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT name, fingerprint FROM {TABLE}")  # noqa: S608  no text of a person
        return dict(cursor.fetchall())


def complete_tables(using: str) -> set[str]:
    """Return the tables of models that have all their columns: those that wait for no migration."""
    connection = connections[using]
    query = {
        "sqlite": "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'",
        "postgresql": (
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
        ),
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query)
        columns = set(cursor.fetchall())
    return {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if all((model._meta.db_table, field.column) in columns for field in model._meta.local_concrete_fields)
    }
