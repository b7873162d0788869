"""Trouble that is expected: what of an exception is no fault of the site, and what whoever meets it should do.

Databases say it in words and codes of their own. Here they become one of a few kinds, alike for SQLite and PostgreSQL,
for pages and the API.
"""

from __future__ import annotations

import errno
import sqlite3
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING

import psycopg
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import BaseConstraint

from programmes.integrity.invariants import models_with_invariants
from programmes.integrity.restoring import BeingRestoredError
from programmes.models import StaleVersionError, TooManyTriesError

if TYPE_CHECKING:
    from collections.abc import Iterator


class NotCollectedError(ValueError):
    """A file that goes with pages is not among those that were collected; to whoever may do without, a ValueError."""


@dataclass(frozen=True)
class Trouble:
    """What stands in the way, and what to do about it."""

    name: str  # for the log
    status: int
    heading: str
    remedy: str  # for whoever asked
    for_operators: str = ""
    seconds: int | None = None  # after which to ask again
    again: bool = True  # whether the same can be sent once more
    signs_in: bool = False  # whether a sign-in is what is missing
    is_done: bool = False  # whether what was asked is done all the same
    is_bare: bool = False  # whether its page must do without style and signs


STALE = Trouble(
    "stale version",
    HTTPStatus.CONFLICT,
    "Somebody else changed this in the meantime",
    "Nothing was overwritten. Open the page again, look at what they wrote, and enter yours beside it.",
    again=False,
)
RULE = Trouble(
    "broken rule",
    HTTPStatus.CONFLICT,
    "A rule of the record stands against this",
    "Perhaps somebody else wrote the same in the same moment, or changed what this rests on. Send it again; if it is "
    "refused again, open the page anew and put it right there.",
)
LOCKED = Trouble(
    "locked",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "Somebody else’s work takes longer than usual",
    "Such as loading a package. Wait a few seconds and ask again.",
    "Something holds a lock of the database: a package that is being loaded, a migration, a backup or another program.",
    seconds=5,
)
BUSY = Trouble(
    "busy",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "Too many ask at once",
    "Wait a few seconds and ask again.",
    "The database takes no more connections, or has no memory: see max_connections and DATABASE_POOL_SIZE.",
    seconds=5,
)
READ_ONLY = Trouble(
    "read-only",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "Nothing can be written at the moment",
    "Keep what you entered, and try again later; tell whoever runs the site if it lasts.",
    "The database can only be read: look at the rights of its files and folder, at how the disk is mounted, and "
    "whether the server is a standby.",
    seconds=60,
)
DOWN = Trouble(
    "down",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "The database does not answer",
    "Wait a few seconds and ask again; tell whoever runs the site if it lasts.",
    "Look whether the database runs, and at DATABASE_URL.",
    seconds=5,
)
NOT_MIGRATED = Trouble(
    "not migrated",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "The site is being set up",
    "Come back in a few minutes; tell whoever runs the site if it lasts.",
    "The database is not as this version needs it. Run: manage.py migrate",
    seconds=60,
)
NOT_COLLECTED = Trouble(
    "not collected",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "The site is being set up",
    "Come back in a few minutes; tell whoever runs the site if it lasts.",
    "Files that go with the pages of this version are missing. Run: manage.py collectstatic --noinput, and start the "
    "site again.",
    seconds=60,
    is_bare=True,
)
SIGNED_OUT = Trouble(
    "signed out",
    HTTPStatus.FORBIDDEN,
    "You are signed out",
    "Sign in in another tab, come back to this page, and send it again.",
    signs_in=True,
)
OTHER_SIGN_IN = Trouble(
    "other sign-in",
    HTTPStatus.FORBIDDEN,
    "You have signed in or out since you opened this form",
    "Look at what you entered, and send it again. If this comes up once more, let your browser keep cookies.",
)
BEING_RESTORED = Trouble(
    "being restored",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "The site is being restored",
    "Come back in a few minutes; tell whoever runs the site if it lasts.",
    "Nobody is served until what was erased is erased again. Run: manage.py restore --finish",
    seconds=60,
)
FULL = Trouble(
    "full",
    HTTPStatus.INSUFFICIENT_STORAGE,
    "The disk is full",
    "Pages can still be read. Keep what you entered, tell whoever runs the site, and send it again when there is room.",
    "Make room where the database and LOCAL_DIR are.",
)

TOO_MANY_TRIES = Trouble(
    "too many tries",
    HTTPStatus.TOO_MANY_REQUESTS,
    "Too many wrong passwords",
    "",
)

SAID_BY_OURSELVES = {
    StaleVersionError: STALE,
    BeingRestoredError: BEING_RESTORED,
    NotCollectedError: NOT_COLLECTED,
}
SAID_BY_SQLITE = {  # in its words, as far as they are always the same
    "database is locked": LOCKED,
    "database table is locked": LOCKED,
    "database schema is locked": LOCKED,
    "database or disk is full": FULL,
    "attempt to write a readonly database": READ_ONLY,
    "no such table": NOT_MIGRATED,
    "no such column": NOT_MIGRATED,
    "has no column named": NOT_MIGRATED,
    "unable to open database file": DOWN,
    "disk I/O error": DOWN,
    "file is not a database": DOWN,
    "database disk image is malformed": DOWN,
}
SAID_BY_POSTGRESQL = {  # by the longest beginning of the code: https://www.postgresql.org/docs/current/errcodes-appendix
    "08": DOWN,
    "23503": RULE,
    "23505": RULE,
    "23514": RULE,
    "23P01": RULE,
    "25006": READ_ONLY,
    "25P": LOCKED,
    "28": DOWN,
    "3D": DOWN,
    "3F": NOT_MIGRATED,
    "40": LOCKED,
    "42703": NOT_MIGRATED,
    "42704": NOT_MIGRATED,
    "42883": NOT_MIGRATED,
    "42P01": NOT_MIGRATED,
    "53": BUSY,
    "53100": FULL,
    "55P03": LOCKED,
    "57014": LOCKED,
    "57P": DOWN,
    "58": DOWN,
}
IN_SQLITES_RULES = ("UNIQUE constraint", "FOREIGN KEY constraint", "CHECK constraint")
SAID_BY_SYSTEM = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EROFS: READ_ONLY,
}
UNSAID = str(BaseConstraint.default_violation_error_message)  # of a rule that has no words of its own


def trouble_of(error: BaseException, *, writes: bool) -> Trouble | None:
    """Return the trouble that an exception tells of, or None where it is a fault of the site.

    A rule can only be broken, and a record be stale, where something is written.
    """
    for link in chain_of(error):
        found = trouble_in(link)
        if found is not None:
            return found if writes or found.status != HTTPStatus.CONFLICT else None
    return None


def without_sign_in(trouble: Trouble) -> Trouble:
    """Return a trouble as it is told to somebody whose password was right, or was changed, but who is not signed in."""
    return replace(
        trouble,
        heading="You are not signed in",
        remedy="Your password is right, but your sign-in could not be written down. Wait a few seconds and sign in "
        "again; if you have just changed your password, with the new one.",
        signs_in=True,
        is_done=True,
    )


def chain_of(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception and what caused it; Django wraps what databases raise."""
    while error is not None:
        yield error
        error = error.__cause__


def trouble_in(error: BaseException) -> Trouble | None:
    """Return what one exception tells of, without its causes."""
    if known := next((trouble for kind, trouble in SAID_BY_OURSELVES.items() if isinstance(error, kind)), None):
        return known
    if isinstance(error, TooManyTriesError):
        return replace(TOO_MANY_TRIES, remedy=error.sentence, seconds=error.seconds)
    if isinstance(error, ValidationError):
        return replace(RULE, remedy=" ".join(error.messages))
    if isinstance(error, psycopg.Error):
        return in_words_of_postgresql(error)
    if isinstance(error, OSError):
        return SAID_BY_SYSTEM.get(error.errno or 0)
    return in_words_of_sqlite(error) if isinstance(error, sqlite3.Error) else None


def in_words_of_postgresql(error: psycopg.Error) -> Trouble | None:
    """Return what PostgreSQL, or the pool of connections to it, tells of; without a code there was no answer."""
    if error.sqlstate is None:
        return DOWN if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError) else None
    code = error.sqlstate
    known = (SAID_BY_POSTGRESQL[code[:length]] for length in (5, 3, 2) if code[:length] in SAID_BY_POSTGRESQL)
    found = next(known, None)
    return with_rule(error.diag.constraint_name or "") if found is RULE else found


def in_words_of_sqlite(error: sqlite3.Error) -> Trouble | None:
    """Return what SQLite tells of."""
    said = str(error)
    if isinstance(error, sqlite3.IntegrityError):
        name = said.removeprefix("CHECK constraint failed: ")
        return with_rule(name) if said.startswith(IN_SQLITES_RULES) or name in sentences_of_rules() else None
    return next((trouble for words, trouble in SAID_BY_SQLITE.items() if words in said), None)


def with_rule(name: str) -> Trouble:
    """Return the trouble of a broken rule, with the sentence of that rule if it has one."""
    sentence = sentences_of_rules().get(name, "")
    return replace(RULE, remedy=f"{sentence} {RULE.remedy}" if sentence else RULE.remedy)


def sentences_of_rules() -> dict[str, str]:
    """Return what each rule says that the database knows by name."""
    rules = {
        rule.name: str(rule.violation_error_message) for model in apps.get_models() for rule in model._meta.constraints
    }
    invariants = {rule.name: rule.message for _, rule in models_with_invariants()}
    return {name: "" if sentence == UNSAID else sentence for name, sentence in {**rules, **invariants}.items()}
