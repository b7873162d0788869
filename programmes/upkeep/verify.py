"""Everything that must be true of the database, asked of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from programmes.upkeep.facts import rows_of, tables_of
from programmes.upkeep.findings import Defect, answers_to
from programmes.upkeep.sound_history import sound_history
from programmes.upkeep.sound_index import sound_index
from programmes.upkeep.sound_promises import sound_consent, sound_erasures, sound_files, sound_uploads
from programmes.upkeep.sound_tables import MIGRATE, sound_engine, sound_keys, sound_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PARTS: dict[str, Callable[[], Iterator[Defect]]] = {
    "engine": sound_engine,
    "keys": sound_keys,
    "rules": sound_rules,
    "index": sound_index,
    "history": sound_history,
    "erasures": sound_erasures,
    "consent": sound_consent,
    "uploads": sound_uploads,
    "files": sound_files,
}


def migrations_to_run() -> list[Defect]:
    """Return what stands before everything else: tables of another version cannot be asked."""
    loader = MigrationLoader(None)
    applied = set(MigrationRecorder(connection).applied_migrations())
    waiting, unknown = sorted(set(loader.graph.leaf_nodes()) - applied), sorted(applied - loader.disk_migrations.keys())
    found = [Defect(f"migration {app}.{name}", "it was not run", MIGRATE) for app, name in waiting]
    return found + [
        Defect(f"migration {app}.{name}", "it is of a newer version", "Install that version") for app, name in unknown
    ]


def verify() -> Iterator[tuple[str, Defect]]:
    """Yield each finding with the part of the verification that found it."""
    before = migrations_to_run()
    yield from (("migrations", finding) for finding in before)
    for name, part in PARTS.items() if not before else ():
        yield from ((name, finding) for finding in part())


def rows_by_table() -> dict[str, int]:
    """Return how many rows each table has, having read all of them."""

    def ask(query: str) -> list[tuple[object, ...]]:
        return list(answers_to(query))

    return rows_of(ask, tables_of(ask, connection.vendor))
