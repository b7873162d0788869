"""What a backup needs of a database, whichever engine it has."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from programmes.upkeep.facts import rows_of
from programmes.upkeep.private_files import UpkeepError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from django.db.backends.base.base import BaseDatabaseWrapper

    from programmes.integrity.restoring import BeingRestored
    from programmes.upkeep.archive import Facts, OpenBackup
    from programmes.upkeep.facts import Ask

TOLD_TABLES = 3  # that are named
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass
class Snapshot:
    """One moment of a database: what is true of it, and its bytes."""

    facts: Facts
    parts: Iterable[bytes]


class Engine(ABC):
    """A database that is backed up or restored."""

    member: ClassVar[str]  # what its copy is called in a backup
    packed: ClassVar[bool]  # whether the copy is as small as can be

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection

    @property
    @abstractmethod
    def place(self) -> str:
        """Return how people call it; without a password."""

    @abstractmethod
    def refuse_unless_there(self) -> None:
        """Raise UpkeepError where there is no database; asking Django would make one."""

    @abstractmethod
    def snapshot(self, folder: Path) -> AbstractContextManager[Snapshot]:
        """Give one moment of it; what must be written meanwhile is written into a folder."""

    @abstractmethod
    def refuse_unless_empty(self) -> None:
        """Raise UpkeepError where anything is in it."""

    @abstractmethod
    def load(self, backup: OpenBackup, state: BeingRestored) -> None:
        """Put a backup in its place: all of it, and shut, or nothing."""

    def not_empty(self, tables: list[str]) -> UpkeepError:
        """Return the refusal to restore over something."""
        named = ", ".join(tables[:TOLD_TABLES])
        more = f" and {len(tables) - TOLD_TABLES} more" if len(tables) > TOLD_TABLES else ""
        return UpkeepError(
            f"{self.place} is not empty: it has {named}{more}. A backup is restored into an empty place only: move "
            "that database away, or name another one in DATABASE_URL. Do not run migrate before."
        )

    def compare_rows(self, ask: Ask, backup: OpenBackup) -> None:
        """Raise UpkeepError unless each table has the rows that the manifest tells of."""
        expected = backup.manifest.facts.rows
        found = rows_of(ask, list(expected))
        for table, number in expected.items():
            if found[table] != number:
                raise UpkeepError(
                    f"{backup.path} is damaged: {table} has {found[table]:,} rows, and its manifest says {number:,}. "
                    "Take another backup."
                )
