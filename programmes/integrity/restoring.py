"""The state of a database that is being restored: nobody is served from it until what was erased is erased again.

It is a table of its own, made before anything is loaded and removed when all is done, so that a restore that is killed
at any moment leaves the site shut. It has no model: no migration makes it, and no backup holds it.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper

BEING_RESTORED = "being_restored"  # the table
MAKE = (
    f"CREATE TABLE IF NOT EXISTS {BEING_RESTORED} (backup text NOT NULL, made_at text NOT NULL, listed text NOT NULL)"
)
KEEP = f"INSERT INTO {BEING_RESTORED} VALUES "  # noqa: S608  the name of the table
REMOVE = f"DROP TABLE IF EXISTS {BEING_RESTORED}"
REMEDY = "run: manage.py restore --finish"
ASKED = {
    "sqlite": f"SELECT 1 FROM sqlite_master WHERE name = '{BEING_RESTORED}'",  # noqa: S608  as above
    "postgresql": f"SELECT 1 WHERE to_regclass('{BEING_RESTORED}') IS NOT NULL",
}

serving: ContextVar[bool] = ContextVar("serving", default=False)  # whether somebody's request is being answered


class BeingRestoredError(DatabaseError):
    """Somebody asks the site for something while its database is being restored."""


@contextmanager
def while_serving() -> Iterator[None]:
    """Let each connection that is opened meanwhile be refused if the database is being restored."""
    token = serving.set(True)
    try:
        yield
    finally:
        serving.reset(token)


def refuse_while_restored(connection: BaseDatabaseWrapper, **_: object) -> None:
    """Refuse a new connection for a request while the database is being restored; commands have theirs.

    The connection itself is asked, without Django's cursors, so that this is no query of any page.
    """
    if serving.get() and connection.connection.execute(ASKED[connection.vendor]).fetchone():
        connection.close()  # else the next query would go through
        raise BeingRestoredError(f"The database is being restored; {REMEDY}")


@dataclass(frozen=True)
class BeingRestored:
    """What is being restored: the name of the backup, when it was made, and the erasures that must not be missing."""

    backup: str = "a backup"
    made_at: str = ""
    listed: tuple[str, ...] = ()  # their identities

    @property
    def row(self) -> list[str]:
        """Return it as the table keeps it."""
        return [self.backup, self.made_at, " ".join(self.listed)]


def restored_from(connection: BaseDatabaseWrapper) -> BeingRestored | None:
    """Return what is being restored, or None where nothing is."""
    with connection.cursor() as cursor:
        cursor.execute(ASKED[connection.vendor])
        if not cursor.fetchone():
            return None
        cursor.execute(f"SELECT backup, made_at, listed FROM {BEING_RESTORED}")  # noqa: S608  as above
        found: Any = cursor.fetchone()
    return BeingRestored(found[0], found[1], tuple(found[2].split())) if found else BeingRestored()
