"""What exceptions of both engines, of the system and of our own tell of."""

import errno
import sqlite3

import psycopg
import psycopg_pool
import pytest
from django.core.exceptions import ValidationError
from django.db import OperationalError

from programmes.models import StaleVersionError
from programmes.trouble import BUSY, DOWN, FULL, LOCKED, NOT_MIGRATED, READ_ONLY, RULE, STALE, trouble_of


def of_postgresql(code):
    return psycopg.errors.lookup(code)("words")


@pytest.mark.parametrize(
    ("code", "trouble"),
    [
        ("55P03", LOCKED),
        ("57014", LOCKED),
        ("40P01", LOCKED),
        ("40001", LOCKED),
        ("25P03", LOCKED),
        ("25006", READ_ONLY),
        ("53100", FULL),
        ("53300", BUSY),
        ("53200", BUSY),
        ("42P01", NOT_MIGRATED),
        ("42703", NOT_MIGRATED),
        ("42883", NOT_MIGRATED),
        ("57P01", DOWN),
        ("57P03", DOWN),
        ("08006", DOWN),
        ("28P01", DOWN),
        ("3D000", DOWN),
        ("23505", RULE),
        ("23503", RULE),
        ("23514", RULE),
        ("23502", None),  # a column without a value is forgotten by us
        ("42601", None),
        ("22001", None),
    ],
)
def test_codes_of_postgresql(code, trouble):
    assert trouble_of(of_postgresql(code), writes=True) == trouble


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (psycopg.OperationalError("connection refused"), DOWN),
        (psycopg.InterfaceError("the connection is closed"), DOWN),
        (psycopg_pool.PoolTimeout("no connection"), DOWN),
        (psycopg.ProgrammingError("too few parameters"), None),
        (OSError(errno.ENOSPC, "no space"), FULL),
        (OSError(errno.EROFS, "read-only"), READ_ONLY),
        (OSError("no number"), None),
        (FileNotFoundError(errno.ENOENT, "not there"), None),
        (StaleVersionError("changed"), STALE),
        (KeyError("number"), None),
    ],
)
def test_exceptions_without_a_code(error, trouble):
    assert trouble_of(error, writes=True) == trouble


def test_cause_that_django_wrapped_is_found():
    error = OperationalError("words")
    error.__cause__ = of_postgresql("53100")
    assert trouble_of(error, writes=False) == FULL


@pytest.mark.parametrize("error", [StaleVersionError("changed"), of_postgresql("23505"), ValidationError("No.")])
def test_who_only_reads_breaks_no_rule(error):
    assert trouble_of(error, writes=False) is None


def test_what_a_check_says_is_the_remedy():
    assert trouble_of(ValidationError(["One.", "Two."]), writes=True).remedy == "One. Two."


def error_of(connection, *statements):
    try:
        for statement in statements:
            connection.execute(statement)
    except sqlite3.Error as error:
        return error
    raise AssertionError(statements)


@pytest.fixture
def file(tmp_path):
    with sqlite3.connect(tmp_path / "a.sqlite3", isolation_level=None) as connection:
        connection.execute("CREATE TABLE a (b UNIQUE, c NOT NULL DEFAULT 1, CHECK (b <> 'zq'))")
    connection.close()
    return tmp_path / "a.sqlite3"


@pytest.fixture
def connect(file):
    opened = []

    def connect(address=f"file:{file}"):
        opened.append(sqlite3.connect(address, uri=True, timeout=0, isolation_level=None))
        return opened[-1]

    yield connect
    for connection in opened:
        connection.close()


@pytest.mark.parametrize(
    ("statements", "trouble"),
    [
        (["PRAGMA max_page_count = 3", "INSERT INTO a VALUES (zeroblob(100000), 1)"], FULL),
        (["SELECT * FROM nowhere"], NOT_MIGRATED),
        (["SELECT zq FROM a"], NOT_MIGRATED),
        (["INSERT INTO a (zq) VALUES (1)"], NOT_MIGRATED),
        (["SELEKT"], None),
        (["INSERT INTO a VALUES (1, 1)", "INSERT INTO a VALUES (1, 1)"], RULE),
        (["INSERT INTO a VALUES ('zq', 1)"], RULE),
        (["INSERT INTO a VALUES (1, NULL)"], None),
    ],
)
def test_sqlite(connect, statements, trouble):
    assert trouble_of(error_of(connect(), *statements), writes=True) == trouble


def test_sqlite_that_is_locked_or_read_only_or_away(connect, file, tmp_path):
    (tmp_path / "b.sqlite3").write_bytes(b"no database at all" * 100)
    holding = connect()
    holding.execute("BEGIN IMMEDIATE")
    insert = "INSERT INTO a VALUES (2, 1)"

    assert trouble_of(error_of(connect(), insert), writes=True) == LOCKED
    holding.execute("ROLLBACK")
    assert trouble_of(error_of(connect(f"file:{file}?mode=ro"), insert), writes=True) == READ_ONLY
    assert trouble_of(error_of(connect(f"file:{tmp_path}/b.sqlite3"), insert), writes=True) == DOWN
    with pytest.raises(sqlite3.OperationalError) as away:
        sqlite3.connect(f"file:{tmp_path}/not/there", uri=True)
    assert trouble_of(away.value, writes=False) == DOWN


def test_rule_with_words_of_its_own_says_them():
    error = sqlite3.IntegrityError("quote_text_in_source")
    assert trouble_of(error, writes=True) is None  # no rule has that name
    named = sqlite3.IntegrityError("CHECK constraint failed: cmoc_statement_agrees_with_reporting")
    found = trouble_of(named, writes=True).remedy
    assert (found.endswith(RULE.remedy), trouble_of(named, writes=True).status) == (True, 409)
