"""The databases of each test process: copies of one that the migrations made, once for all processes of a run.

A process has a copy for each content that its tests ask for (CONTENTS names the fixtures), and keeps it: what a test
changes is rolled back. Only after a test that commits is its copy made anew. The demo theories are read once for all
processes too.

With `--reuse-db` that first one is kept, and serves later runs for as long as the code that it follows from is the
same; its name holds that code's fingerprint, so it can never be taken for the database of other code.
"""

import contextlib
import fcntl
import itertools
import os
import re
import shutil
from collections.abc import Callable, Generator
from pathlib import Path

from django.conf import settings
from django.db import connection

from programmes.package.read import read_package
from tests import theories
from tests.environment import LOCAL_DIR
from tests.tracing import untraced
from tools.fingerprint import database_fingerprint

DEMO = settings.BASE_DIR / "programmes" / "demo"


def load_demo() -> None:
    """Load the theories that `make run` loads."""
    for theory in ("thompson-2023", "halsall-2022"):
        read_package((DEMO / f"{theory}.json").read_bytes())


CONTENTS: dict[str, Callable[[], None]] = {"demo": load_demo, "universe": theories.load}
EMPTY = "empty"  # but for what migrations leave
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
        for ending in ("", "-wal", "-shm", "-queue"):
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


class ProcessDatabase:
    """The database that this process uses now, one of its copies."""

    def __init__(self, *, keep: bool, anew: bool) -> None:
        run = f"{PREFIX}run_{process_of_run()}"
        self.databases = SQLiteFiles() if connection.vendor == "sqlite" else PostgreSQLDatabases()
        self.before = connection.settings_dict["NAME"]
        self.empty = f"{PREFIX}kept_{database_fingerprint()}" if keep else f"{run}_{EMPTY}"
        self.run = run
        self.own = f"{run}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
        self.current = ""
        self.unchanged: dict[str, str] = {}  # by content, the copies that hold what they were copied from
        self.numbers = itertools.count(1)
        with one_at_a_time():
            for name in self.databases.names():
                if is_left_over(name, self.empty) or (anew and name == self.empty):
                    self.databases.remove(name)
        self.make_once(self.empty, self.migrate)
        self.switch_to(EMPTY)

    def make_once(self, name: str, fill: Callable[[str], None]) -> None:
        """Make a database that others are copied from, if no process has yet; it gets its name when it is complete."""
        with one_at_a_time():
            if name not in self.databases.names():
                unfinished = f"{name}_making"
                self.databases.remove(unfinished)
                with untraced():  # tests of their own reach what makes a database
                    fill(unfinished)
                use(self.before)
                self.databases.rename(unfinished, name)

    def migrate(self, name: str) -> None:
        """Make a database by the migrations."""
        connection.settings_dict["TEST"]["NAME"] = self.databases.address(name)
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)

    def filled_with(self, content: str) -> str:
        """Return the name of a database that holds what CONTENTS names, which is made if it is not there yet."""
        if content == EMPTY:
            return self.empty
        filled = f"{self.run}_{content}"

        def fill(name: str) -> None:
            self.databases.copy(self.empty, name)
            use(self.databases.address(name))
            CONTENTS[content]()

        self.make_once(filled, fill)
        return filled

    def switch_to(self, content: str) -> None:
        """Use a database that holds theories, or nothing but what migrations leave.

        No name is given twice: a thread of a server that has not ended yet may close the copy before, and SQLite then
        removes the files that stand beside that name.
        """
        if self.current and self.current == self.unchanged.get(content):
            return
        if content not in self.unchanged:
            basis = self.filled_with(content)
            use(self.before)
            name = f"{self.own}_{next(self.numbers)}_{content}"
            self.databases.copy(basis, name)
            self.unchanged[content] = name
        self.current = self.unchanged[content]
        use(self.databases.address(self.current))

    def discard(self) -> None:
        """Let nobody use this copy again, for something was committed to it."""
        changed = self.current
        self.unchanged = {content: name for content, name in self.unchanged.items() if name != changed}
        self.switch_to(EMPTY)
        self.databases.remove(changed)

    def remove(self) -> None:
        """Let go of the databases."""
        use(self.before)
        for name in self.unchanged.values():
            self.databases.remove(name)


@contextlib.contextmanager
def one_at_a_time() -> Generator[None]:
    """Let one process make a database while the others wait for it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def forget_run() -> None:
    """Remove what the processes of this run copied from; on PostgreSQL that goes with the cluster or the next run."""
    for name in (EMPTY, *CONTENTS):
        SQLiteFiles().remove(f"{PREFIX}run_{os.getpid()}_{name}")
