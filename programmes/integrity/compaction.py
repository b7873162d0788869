"""The step that rids the database's own files of what was deleted: free pages, dead rows, old parts of indexes."""

from __future__ import annotations

import logging
import re
import time
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, connections

from programmes.words import NobodysWords

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.backends.base.base import BaseDatabaseWrapper

log = logging.getLogger(__name__)
SMALL = 200 * 2**20  # bytes of a database that is compacted while somebody waits
SAMPLES = (
    "pg_catalog.pg_statistic",
    "pg_catalog.pg_statistic_ext_data",
)  # in which PostgreSQL keeps frequent values of each column
TRIES, PAUSE = 20, 0.25  # times, and seconds between them, that a table is written anew while others read
TRIES_WHILE_SERVING = 2  # for whoever comes after it waits each time
PATIENCE = "1s"  # that it waits for a table which others use, since all who come later wait behind it


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
        if connection.vendor == "sqlite":
            return compact_sqlite(connection)
        return compact_postgresql(connection, TRIES_WHILE_SERVING if only_small else TRIES)
    except DatabaseError as error:
        log.warning("The database could not be compacted: %s. Run: manage.py tidy", error)
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


def compact_postgresql(connection: BaseDatabaseWrapper, tries: int) -> bool:
    """Write every table anew, one after another, each as soon as nobody uses it.

    What was deleted stays in a table while anybody still reads an older state of the database, so that is tried again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename")
        tables = [f'"{name}"' for (name,) in cursor.fetchall()]
        cursor.execute(f"SET lock_timeout = '{PATIENCE}'")
        try:
            return all(tables_rewritten(connection, cursor, among, tries) for among in (tables, SAMPLES))
        finally:
            cursor.execute("RESET lock_timeout")


def tables_rewritten(connection: BaseDatabaseWrapper, cursor: Any, tables: Iterable[str], tries: int) -> bool:
    """Write tables anew, several times if need be; say whether nothing that was deleted is kept in any."""
    left = list(tables)
    for _ in range(tries):
        left = [table for table in left if rows_kept(connection, cursor, table)]
        if not left:
            return True
        time.sleep(PAUSE)
    log.warning(
        "Somebody reads an older state of the database, or writes in another one of its server, so it keeps deleted "
        "rows of %s.",
        NobodysWords(", ".join(left)),
    )
    return False


def rows_kept(connection: BaseDatabaseWrapper, cursor: Any, table: str) -> int:
    """Write a table anew; return how many deleted rows are kept in it. PostgreSQL tells that beside its answer."""
    told: list[int] = []

    def listen(diagnosis: Any) -> None:
        number = re.search(
            r"\d+", diagnosis.message_detail or ""
        )  # "3 dead row versions cannot be removed yet", translated
        told.append(int(number[0]) if number else 0)

    connection.connection.add_notice_handler(listen)
    try:
        cursor.execute(f"VACUUM (FULL, VERBOSE) {table}")
    finally:
        connection.connection.remove_notice_handler(listen)
    if not table.startswith("pg_catalog"):
        cursor.execute(f"ANALYZE {table}")
    return sum(told)
