"""Writers of SQLite take turns, so that nobody who writes without a pause keeps the others out.

SQLite has one writer, and whoever waits for it looks every tenth of a second whether it is free. Somebody who writes
again at once is nearly always before them, until they give up. So the next one to write holds a second lock, that of a
file beside the database, until it is their turn: whoever comes after that waits behind them.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import OperationalError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper

BESIDE_DATABASE = "-queue"  # the end of the file's name
TAKES_THE_LOCK = "BEGIN IMMEDIATE"
LOCKED = "database is locked"  # what SQLite says
PAUSE = 0.002  # seconds between two looks at the file


def take_turns(connection: BaseDatabaseWrapper, **_: object) -> None:
    """Let what is written over a new connection take its turn."""
    if connection.vendor == "sqlite" and in_turn not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, in_turn)  # whoever adds one for a while takes the last one off again


def in_turn(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:  # noqa: FBT001  as Django calls it
    """Carry out a statement, that which takes the writer's lock when it is its turn."""
    sqlite = context["connection"]
    path = Path(f"{sqlite.settings_dict['NAME']}{BESIDE_DATABASE}")
    if sql != TAKES_THE_LOCK or not is_file_of_a_database(path):
        return execute(sql, params, many, context)
    patience = sqlite.connection.execute("PRAGMA busy_timeout").fetchone()[0]
    end = time.monotonic() + patience / 1000
    with first_in_queue(path, end):
        left = max(0, round((end - time.monotonic()) * 1000))
        sqlite.connection.execute(f"PRAGMA busy_timeout = {left}")
        try:
            return execute(sql, params, many, context)
        finally:
            sqlite.connection.execute(f"PRAGMA busy_timeout = {patience}")


def is_file_of_a_database(path: Path) -> bool:
    """Say whether there is a database beside such a file: one in memory has a single process, and no file."""
    return path.with_name(path.name.removesuffix(BESIDE_DATABASE)).is_file()


@contextmanager
def first_in_queue(path: Path, end: float) -> Iterator[None]:
    """Wait until nobody is before us, at most until a moment; where no file can be made, nobody waits for anybody."""
    try:
        number = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:  # the disk is full, or nothing may be written there
        yield
        return
    try:
        while not is_ours(number):
            if time.monotonic() >= end:
                raise OperationalError(LOCKED) from sqlite3.OperationalError(LOCKED)  # as if SQLite itself had waited
            time.sleep(PAUSE)
        yield
    finally:
        os.close(number)  # lets the next one come


def is_ours(number: int) -> bool:
    """Take the lock of an open file, unless somebody else has it."""
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
