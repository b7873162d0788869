"""The step that rids the database's own files of what was deleted: free pages, dead rows, old parts of indexes."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import DatabaseError, connections

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

log = logging.getLogger(__name__)
SMALL = 200 * 2**20  # bytes of a database that is compacted while somebody waits
SAMPLES = ("pg_statistic", "pg_statistic_ext_data")  # in which PostgreSQL keeps frequent values of each column
PATIENCE = "5s"  # that it waits for a table which others use


def size_of(connection: BaseDatabaseWrapper) -> int:
    """Return the size of the database in bytes."""
    query = {
        "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
        "postgresql": "SELECT pg_database_size(current_database())",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])


def compact(*, only_small: bool = False, using: str = "default") -> bool:
    """Write the database anew without what was deleted; say whether that was done.

    It is not done inside a transaction, nor while others keep it from it, nor, if asked so, where it takes long.
    """
    connection = connections[using]
    if connection.in_atomic_block or (only_small and size_of(connection) > SMALL):
        return False
    try:
        return {"sqlite": compact_sqlite, "postgresql": compact_postgresql}[connection.vendor](connection)
    except DatabaseError as error:
        log.warning("The database could not be compacted: %s. Run: manage.py tidy", str(error).strip())
        return False


def compact_sqlite(connection: BaseDatabaseWrapper) -> bool:
    """Merge the segments of each index, write the file anew, and empty the log of writes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%fts5%'")
        for (index,) in cursor.fetchall():
            cursor.execute(f'INSERT INTO "{index}"("{index}") VALUES (\'optimize\')')  # noqa: S608  a name of our own
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        busy, *_ = cursor.fetchone()
    return not busy


def compact_postgresql(connection: BaseDatabaseWrapper) -> bool:
    """Write every table anew, one after another, each as soon as nobody uses it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename")
        tables = [name for (name,) in cursor.fetchall()]
        cursor.execute(f"SET lock_timeout = '{PATIENCE}'")
        try:
            for table in tables:
                cursor.execute(f'VACUUM (FULL, ANALYZE) "{table}"')
            for table in SAMPLES:
                cursor.execute(f"VACUUM (FULL) pg_catalog.{table}")
        finally:
            cursor.execute("RESET lock_timeout")
    return True
