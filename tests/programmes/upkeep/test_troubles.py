"""What goes wrong with a file or a database is told in one sentence, and leaves everything as it was."""

import sqlite3
from collections import defaultdict
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.management import CommandError
from django.db import DatabaseError

from programmes.models import Quote
from programmes.models.base import StaleVersionError
from programmes.package.rows_at_once import write_each
from programmes.upkeep import downgrade, sqlite_files
from programmes.upkeep.facts import database_facts
from programmes.upkeep.postgresql_programs import program_version
from programmes.upkeep.private_files import UpkeepError
from programmes.upkeep.sqlite_files import SQLiteEngine
from programmes.upkeep.troubles import told_in_words
from tests.factories import QuoteFactory, RestorationFactory, ServiceFactory


def engine_at(path):
    return SQLiteEngine(SimpleNamespace(settings_dict={"NAME": str(path)}))


def present_columns():
    found = defaultdict(set)
    for model in apps.get_models(include_auto_created=True):
        found[model._meta.db_table] |= {field.column for field in model._meta.local_concrete_fields}
    return found


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (UpkeepError("It is full."), "It is full."),
        (
            DatabaseError("no\nroute"),
            "The database refuses it: no route. Look at DATABASE_URL, and whether it runs.",
        ),
    ],
)
def test_command_ends_with_a_sentence(error, said):
    with pytest.raises(CommandError) as raised, told_in_words():
        raise error
    assert str(raised.value) == said


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (sqlite3.OperationalError("database or disk is full"), "the disk is full. Make room, or name another place."),
        (FileExistsError("taken"), "has appeared meanwhile. Nothing was changed; look who made it."),
        (PermissionError(13, "Permission denied"), "this account may not write or read there."),
    ],
)
def test_file_that_cannot_be_written(tmp_path, monkeypatch, error, said):
    def refuses(_folder):
        raise error

    monkeypatch.setattr(sqlite_files, "make_private_folder", refuses)
    path = tmp_path / "new.sqlite3"
    with pytest.raises(UpkeepError) as raised:
        engine_at(path).load(None, None)
    assert (said in str(raised.value), path.exists()) == (True, False)


def test_file_that_is_no_database_is_left_alone(tmp_path):
    path = tmp_path / "notes.sqlite3"
    path.write_text("These are notes and no database. " * 40, encoding="ascii")
    before = path.read_bytes()
    with pytest.raises(UpkeepError, match=r"notes.sqlite3 is there, and is no empty database .* Move it away\."):
        engine_at(path).refuse_unless_empty()
    assert path.read_bytes() == before


def test_database_of_before_there_were_erasures_has_none():
    asked = []

    def ask(query, *_parameters):
        asked.append(query)
        if "sqlite_master" in query:
            return [("django_migrations",)]
        return [("programmes", "0001_initial")] if "django_migrations" in query and "count" not in query else [("1",)]

    facts = database_facts(ask, "sqlite", "a place")
    assert (list(facts.erasures), [query for query in asked if "programmes_erasure" in query]) == ([], [])


def test_values_without_a_place_are_counted_but_not_those_that_nobody_gave(db):
    ServiceFactory(name="Hub")
    QuoteFactory(visibility="private")
    after = present_columns()
    after["programmes_service"].discard("name")
    after["programmes_quote"] -= {"visibility", "start"}
    assert list(downgrade.what_is_lost("default", apps, after)) == ["1 values of name of services"]


def test_nothing_is_refused_where_nothing_is_lost(db, settings, monkeypatch):
    settings.LOSE_DATA = False
    ServiceFactory()
    monkeypatch.setattr(downgrade, "columns_after", lambda *_: present_columns())
    downgrade.refuse_to_lose("default", [(None, True)], apps)


@pytest.mark.parametrize(("said", "version"), [("pg_dump (PostgreSQL) 15.8", 15), ("Usage: none", 0)])
def test_version_of_a_program(tmp_path, said, version):
    program = tmp_path / "pg_dump"
    program.write_text(f"#!/bin/sh\necho '{said}'\n", encoding="ascii")
    program.chmod(0o700)
    assert (program_version(str(program)), program_version(str(tmp_path / "none"))) == (version, 0)


def test_row_that_somebody_saved_meanwhile_is_not_written_at_once(db):
    quote = QuoteFactory()
    quote.version += 1
    with pytest.raises(StaleVersionError):
        write_each("remove", Quote, [], [[]], [quote])
    assert Quote.objects.count() == 1


def test_restoration_is_called_by_its_day(db):
    restored = RestorationFactory()
    assert str(restored) == f"Restored on {restored.restored_at:%Y-%m-%d}"
