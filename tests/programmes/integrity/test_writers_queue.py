"""Whoever waits to write comes before whoever writes again, so that nobody is kept out by somebody without a pause."""

import fcntl
import os
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import OperationalError, connection, transaction
from django.db.backends.sqlite3.base import DatabaseWrapper

from programmes.integrity.writers_queue import is_ours
from programmes.models import Study
from programmes.trouble import LOCKED, trouble_of
from tests.factories import StudyFactory

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]


def queue_file():
    return Path(f"{connection.settings_dict['NAME']}-queue")


@contextmanager
def opened():
    number = os.open(queue_file(), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield number
    finally:
        os.close(number)


def until_somebody_waits():
    waits = False
    while not waits:
        with opened() as number:
            waits = not is_ours(number)
        time.sleep(0.001)


def patience():
    return connection.connection.execute("PRAGMA busy_timeout").fetchone()[0]


def test_who_waits_writes_before_who_writes_again():
    order = []

    def write():
        with transaction.atomic():
            order.append("waiting")
        connection.close()

    waiting = threading.Thread(target=write)
    with transaction.atomic():
        waiting.start()
        until_somebody_waits()
        order.append("first")
    with transaction.atomic():
        order.append("again")
    waiting.join()
    assert order == ["first", "waiting", "again"]


def test_who_waits_in_vain_is_refused_as_by_the_database_and_waits_as_long_the_next_time():
    StudyFactory(slug="before")
    connection.connection.execute("PRAGMA busy_timeout = 50")
    with opened() as number:
        fcntl.flock(number, fcntl.LOCK_EX)
        with pytest.raises(OperationalError, match="database is locked") as refused, transaction.atomic():
            StudyFactory()
        assert trouble_of(refused.value, writes=True) == LOCKED  # and so a served request is told when to ask again
    other = connection.copy()
    other.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    with pytest.raises(OperationalError, match="database is locked"), transaction.atomic():
        StudyFactory()
    other.rollback()
    other.close()
    assert patience() == 50
    StudyFactory(slug="after")
    assert list(Study.objects.order_by("pk").values_list("slug", flat=True)) == ["before", "after"]


def test_where_no_file_can_be_made_nobody_waits_for_a_turn():
    queue_file().unlink(missing_ok=True)
    queue_file().mkdir()
    try:
        with transaction.atomic():
            StudyFactory()
    finally:
        queue_file().rmdir()
    assert Study.objects.count() == 1


def test_who_only_reads_takes_no_turn():
    with opened() as number:
        fcntl.flock(number, fcntl.LOCK_EX)
        assert Study.objects.count() == 0


def test_database_in_memory_has_no_queue(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    memory = DatabaseWrapper({**connection.settings_dict, "NAME": ":memory:"})
    memory.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    memory.cursor().execute("CREATE TABLE kept (number integer)")
    memory.close()
    assert list(tmp_path.iterdir()) == []
