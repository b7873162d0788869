"""The database of each test process: a copy of one that the migrations made, once for all processes of a run.

With `--reuse-db` that first one is kept, and serves later runs for as long as the code that it follows from is the
same; its name holds that code's fingerprint, so it can never be taken for the database of other code.
"""

import contextlib
import fcntl
import os
import re
import shutil
from collections.abc import Generator
from pathlib import Path

from django.conf import settings
from django.db import connection

from tests.environment import LOCAL_DIR
from tools.fingerprint import database_fingerprint

FOLDER = LOCAL_DIR / "databases"
PREFIX = "realist_test_"


def process_of_run() -> int:
    """Return the process that a run is known by: the one that was started, not xdist's workers under it."""
    return os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()


def is_over(process: int) -> bool:
    """Return whether a process has ended."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def is_left_over(name: str, first: str) -> bool:
    """Return whether a database belongs to a run that is over, or was kept for other code than the first one."""
    if found := re.match(rf"{PREFIX}run_(\d+)_", name):
        return is_over(int(found[1]))
    kept = f"{PREFIX}kept_"
    return name.startswith(kept) and first.startswith(kept) and name != first


class SQLiteFiles:
    """Databases that are files."""

    def path(self, name: str) -> Path:
        return FOLDER / f"{name}.sqlite3"

    def address(self, name: str) -> str:
        return str(self.path(name))

    def names(self) -> list[str]:
        return [path.stem for path in FOLDER.glob("*.sqlite3")]

    def rename(self, name: str, to: str) -> None:
        self.path(name).rename(self.path(to))

    def copy(self, name: str, to: str) -> None:
        shutil.copyfile(self.path(name), self.path(to))

    def remove(self, name: str) -> None:
        for ending in ("", "-wal", "-shm"):
            Path(f"{self.path(name)}{ending}").unlink(missing_ok=True)


class PostgreSQLDatabases:
    """Databases of one PostgreSQL server."""

    def address(self, name: str) -> str:
        return name

    def ask(self, statement: str) -> list[str]:
        with connection._nodb_cursor() as cursor:
            cursor.execute(statement)
            return [row[0] for row in cursor.fetchall()] if cursor.description else []

    def names(self) -> list[str]:
        return self.ask(f"SELECT datname FROM pg_database WHERE starts_with(datname, '{PREFIX}')")  # noqa: S608

    def rename(self, name: str, to: str) -> None:
        self.ask(f'ALTER DATABASE "{name}" RENAME TO "{to}"')

    def copy(self, name: str, to: str) -> None:
        self.ask(f'CREATE DATABASE "{to}" TEMPLATE "{name}"')

    def remove(self, name: str) -> None:
        self.ask(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def use(address: str) -> None:
    """Let Django's connection be one to this database, from its next query on."""
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = address


def make(databases: SQLiteFiles | PostgreSQLDatabases, name: str) -> None:
    """Make a database by the migrations; it gets its name when it is complete."""
    unfinished = f"{name}_making"
    before = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = databases.address(unfinished)
    databases.remove(unfinished)
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    use(before)
    databases.rename(unfinished, name)


@contextlib.contextmanager
def database_of_this_process(*, keep: bool, anew: bool) -> Generator[None]:
    """Give this process a database of its own, as the migrations leave one."""
    databases = SQLiteFiles() if connection.vendor == "sqlite" else PostgreSQLDatabases()
    run = f"{PREFIX}run_{process_of_run()}"
    first = f"{PREFIX}kept_{database_fingerprint()}" if keep else f"{run}_first"
    own = f"{run}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one process makes it, the others wait
        for name in databases.names():
            if is_left_over(name, first) or (anew and name == first):
                databases.remove(name)
        if first not in databases.names():
            make(databases, first)
        databases.remove(own)
        databases.copy(first, own)
    before = connection.settings_dict["NAME"]
    use(databases.address(own))
    try:
        yield
    finally:
        use(before)
        databases.remove(own)


def forget_this_run() -> None:
    """Remove the first database of a run that kept none."""
    databases = SQLiteFiles()
    databases.remove(f"{PREFIX}run_{os.getpid()}_first")  # on PostgreSQL it goes with the next run, or the cluster
