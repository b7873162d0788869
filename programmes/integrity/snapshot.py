"""Reading one state of the database for a while, without keeping anybody from writing."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def one_state() -> Iterator[None]:
    """Read one state, whatever others write meanwhile; inside a transaction, what that one reads.

    On SQLite every other transaction takes the lock of the one writer when it begins; this one never does.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        with begun_without_lock(connection), transaction.atomic():
            yield
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


@contextmanager
def begun_without_lock(sqlite: Any) -> Iterator[None]:
    """Let the transactions that begin here take no lock until they write."""
    mode, sqlite.transaction_mode = sqlite.transaction_mode, "DEFERRED"
    try:
        yield
    finally:
        sqlite.transaction_mode = mode
