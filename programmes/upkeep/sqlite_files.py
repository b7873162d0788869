"""How a database that is a file is copied while people work, and put in its place again."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from programmes.integrity.restoring import KEEP, MAKE
from programmes.upkeep.archive import parts_of
from programmes.upkeep.engines import Engine, Snapshot
from programmes.upkeep.facts import database_facts, tables_of
from programmes.upkeep.private_files import (
    UpkeepError,
    make_private_folder,
    remove_left_over,
    told,
    unfinished_file,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from programmes.integrity.restoring import BeingRestored
    from programmes.upkeep.archive import OpenBackup
    from programmes.upkeep.facts import Ask

SECONDS = 20  # that a lock is waited for
BESIDE = ("-wal", "-journal")  # what SQLite would take for the unwritten rest of a database of this name


class SQLiteEngine(Engine):
    """A database in a file."""

    member, packed = "database.sqlite3", False

    @property
    def path(self) -> Path:
        """Return the file."""
        return Path(self.connection.settings_dict["NAME"]).absolute()

    @property
    def place(self) -> str:
        """Return how people call it."""
        return str(self.path)

    def refuse_unless_there(self) -> None:
        """Raise UpkeepError where there is no file."""
        if not self.path.is_file():
            raise UpkeepError(f"There is no database at {self.path}. Look at DATABASE_URL.")

    @contextmanager
    def snapshot(self, folder: Path) -> Iterator[Snapshot]:
        """Give a copy of this moment, without free pages: what was deleted is in none."""
        with unfinished_file(folder) as copy:
            try:
                with closing(opened_sqlite(self.path)) as source:
                    source.execute("VACUUM INTO ?", [str(copy.path)])
                with closing(opened_sqlite(copy.path)) as made:
                    facts = database_facts(asking(made), "sqlite", self.place)
            except sqlite3.Error as error:
                raise sqlite_trouble(error, self.path, folder) from None
            copy.stream.seek(0)
            yield Snapshot(facts, parts_of(copy.stream))

    def refuse_unless_empty(self) -> None:
        """Raise UpkeepError where a database stands already, or what one left."""
        for ending in BESIDE:
            rest = Path(f"{self.path}{ending}")
            if rest.exists() and not self.path.exists():
                raise UpkeepError(
                    f"{rest} belongs to another database, and would be taken for a part of this one. Move it."
                )
        if not self.path.exists():
            return
        try:
            with closing(opened_sqlite(self.path)) as there:
                tables = tables_of(asking(there), "sqlite")
        except sqlite3.Error as error:
            raise UpkeepError(f"{self.path} is there, and is no empty database ({error}). Move it away.") from None
        if tables:
            raise self.not_empty(tables)

    def load(self, backup: OpenBackup, state: BeingRestored) -> None:
        """Write the database beside its place, shut; then give it its name."""
        folder = self.path.parent
        try:
            make_private_folder(folder)
            remove_left_over(folder)
            with unfinished_file(folder) as copy:
                copy.stream.writelines(backup.parts(backup.manifest.database))
                copy.stream.flush()
                with closing(opened_sqlite(copy.path)) as made:
                    made.execute(MAKE)
                    made.execute(f"{KEEP} (?, ?, ?)", state.row)
                    made.commit()
                    self.compare_rows(asking(made), backup)
                self.refuse_unless_empty()
                for ending in (*BESIDE, "-shm"):  # of the empty one that stands there
                    Path(f"{self.path}{ending}").unlink(missing_ok=True)
                copy.put_in_place(self.path, over_empty=self.path.exists())
        except sqlite3.Error as error:
            raise sqlite_trouble(error, self.path, folder) from None
        except FileExistsError:
            raise UpkeepError(f"{self.path} has appeared meanwhile. Nothing was changed; look who made it.") from None
        except OSError as error:
            raise told(error, folder) from None


def opened_sqlite(path: Path) -> sqlite3.Connection:
    """Open a file that is there."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=SECONDS)


def asking(connection: sqlite3.Connection) -> Ask:
    """Return the function that asks a database."""
    return lambda query: connection.execute(query).fetchall()


def sqlite_trouble(error: sqlite3.Error, path: Path, folder: Path) -> UpkeepError:
    """Return what SQLite says as a sentence with a remedy."""
    if "full" in str(error):
        return UpkeepError(f"{folder}: the disk is full. Make room, or name another place.")
    if "locked" in str(error):
        return UpkeepError(f"{path} was locked for {SECONDS} seconds by a long write. Try again.")
    if "not a database" in str(error):
        return UpkeepError(f"{path} is no database. Look at DATABASE_URL.")
    if not os.access(path, os.R_OK):
        return UpkeepError(f"{path}: this account may not read it. Run this as the account of the site.")
    return UpkeepError(f"{path} cannot be copied: {error}. Run: manage.py verify")
