"""Databases of the versions before keep all that they hold, in the history too."""

import itertools

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.programmes.migrations import contradictions, interventions_as_parts, signed_notes, study_lists

SUMMARY = "0001_squashed_0026_nothing_claimed_by_default"  # of the migrations up to the version before


def migrate_to(name):
    """Take the database to a version; return the models that it had then."""
    call_command("migrate", "programmes", name, verbosity=0)
    return MigrationExecutor(connection).loader.project_state([("programmes", name)]).apps


def begin_as_the_first_version():
    """Take the database to the first of all migrations, of which a new database runs a summary."""
    call_command("migrate", "programmes", "zero", verbosity=0)
    executor = MigrationExecutor(connection)
    executor.loader.replace_migrations = False
    executor.loader.build_graph()
    executor.migrate([("programmes", "0001_initial")])


def parts(sql):
    """Return the columns and constraints of a table, which stand between its outermost commas, by the alphabet."""
    depth, found = 0, [""]
    inside = sql[sql.index("(") + 1 : sql.rindex(")")]
    for quoted, text in zip(itertools.cycle([False, True]), inside.split("'")):
        for sign in [f"'{text}'"] if quoted else text:
            depth += {"(": 1, ")": -1}.get(sign, 0)
            if sign == "," and not depth:
                found.append("")
            else:
                found[-1] += sign
    return sorted(part.strip() for part in found)


def described():
    """Return what tables, indexes and triggers there are, and what each group may do."""
    rows = Group.objects.values_list("name", "permissions__content_type__app_label", "permissions__codename")
    if connection.vendor == "sqlite":
        statement = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"
    else:
        statement = """
            SELECT relation.relname || '.' || attname, format_type(atttypid, atttypmod) || attnotnull
            FROM pg_attribute JOIN pg_class relation ON relation.oid = attrelid
            WHERE attnum > 0 AND NOT attisdropped AND relation.relnamespace = 'public'::regnamespace
            UNION SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) FROM pg_constraint
            UNION SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
            UNION SELECT tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
        """
    with connection.cursor() as cursor:
        cursor.execute(statement)
        objects = {name: parts(sql) if sql.startswith("CREATE TABLE") else sql for name, sql in cursor.fetchall()}
    return {**objects, "permissions": sorted(rows)}


@pytest.fixture
def new(transactional_db):
    """What a new database is."""
    return described()


@pytest.fixture
def upgraded(transactional_db):
    """A database to which each version before added what it could hold."""
    try:
        begin_as_the_first_version()
        interventions_as_parts.make_texts(migrate_to(interventions_as_parts.BEFORE))
        study_lists.make_terms(migrate_to(study_lists.BEFORE))
        signed_notes.make_notes(migrate_to(signed_notes.BEFORE))
        contradictions.make_contradictions(migrate_to(contradictions.BEFORE))
        call_command("migrate", "surveys", verbosity=0)  # as a database in use has them, too
        call_command("migrate", verbosity=0)
        yield
    finally:
        call_command("migrate", verbosity=0)


@pytest.mark.once
@pytest.mark.slow(seconds=5, reason="migrates back and forth")
def test_nothing_is_lost_on_the_way_from_the_version_before(transactional_db):
    new = described()
    try:
        contradictions.make_contradictions(migrate_to(SUMMARY))
        call_command("migrate", verbosity=0)
        contradictions.check_contradictions_are_gone()
    finally:
        call_command("migrate", verbosity=0)
    assert described() == new


@pytest.mark.once
@pytest.mark.soak
def test_nothing_is_lost_on_the_way_from_the_first_version(new, upgraded):
    interventions_as_parts.check_texts_became_parts()
    study_lists.check_terms_became_entries()
    signed_notes.check_notes_are_signed()
    contradictions.check_contradictions_are_gone()
    before = described()
    assert {name: (before.get(name), new.get(name)) for name in before | new if before.get(name) != new.get(name)} == {}


@pytest.mark.soak
def test_nothing_is_lost_on_the_way_here_and_back(upgraded):
    interventions_as_parts.check_texts_became_parts()
    study_lists.check_terms_became_entries()
    signed_notes.check_notes_are_signed()
    contradictions.check_contradictions_are_gone()
    study_lists.check_entries_became_terms_again(migrate_to(study_lists.BEFORE))
    interventions_as_parts.check_parts_became_texts_again(migrate_to(interventions_as_parts.BEFORE))
