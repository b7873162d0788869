"""The state of the database as a short text: while it is the same, whatever was read before would be read again.

It costs less than any query of rows, and it is asked of the database itself, so that no writer need say anything:
whatever is committed by any process, in any table, changes it.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path

from django.db import connection

# Which database it is, and which transactions are seen and which are not.
POSTGRESQL = "SELECT current_database() || ' ' || pg_current_snapshot()"


class WatchedFile:
    """A SQLite database watched through a connection that never writes, so that every commit is one of others."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.identity: tuple[int, ...] = ()
        self.connection: sqlite3.Connection | None = None

    def state(self, path: Path) -> str | None:
        """Return the state of a file, or None where it is none that can be read. A file put in its place is another."""
        with self.lock:
            try:
                found = path.stat()
                identity = (os.getpid(), found.st_dev, found.st_ino)
                if self.connection is None or identity != self.identity:
                    self.connection, self.identity = opened(path), identity
                (version,) = self.connection.execute("PRAGMA data_version").fetchone()
            except (OSError, sqlite3.Error):
                self.connection = None
                return None
            return f"{identity} {version}"


def opened(path: Path) -> sqlite3.Connection:
    """Return a connection to a file that only reads it."""
    address = f"{path.absolute().as_uri()}?mode=ro"
    return sqlite3.connect(address, uri=True, check_same_thread=False, isolation_level=None)


WATCHED = WatchedFile()


def database_state() -> str | None:
    """Return the state of the database; None where there is no telling, as within a transaction."""
    if connection.in_atomic_block:
        return None
    if connection.vendor == "sqlite":
        return WATCHED.state(Path(connection.settings_dict["NAME"]))
    with connection.cursor() as cursor:
        cursor.execute(POSTGRESQL)
        state: str = cursor.fetchone()[0]
    return state
