"""Triggers and indexes follow what the models declare in a database in use, and a check names those that do not."""

import io
import re
import sqlite3
from dataclasses import replace

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import F, Q
from django.test.utils import CaptureQueriesContext

from programmes import checks
from programmes.integrity.derived import complete_tables
from programmes.integrity.invariants import Invariant
from programmes.management.commands.runserver import Command as Runserver
from programmes.models import CMOC, Mechanism, Programme, Quote, Service
from programmes.search.index import INDEXES, matches
from programmes.search.stems import terms_of
from tests.factories import CMOCFactory, ServiceFactory, SurveyFactory

NO_ZQ = Invariant("service_zq", ~Q(location="zq"), "Not there.")


def migrate():
    call_command("migrate", verbosity=0)


def bring_up_to_date():
    """Do what `migrate` does at its end; the whole of it takes seconds."""
    checks.install_after_migrate("default")


@pytest.fixture
def in_use(transactional_db, monkeypatch):
    """A database whose triggers and indexes are put back after the test."""
    yield
    monkeypatch.undo()
    bring_up_to_date()


def complaints():
    """Return what the check of the database says, having made sure that it says how to mend it."""
    messages = [
        message for message in run_checks(tags=["database"], databases=["default"]) if message.id == "programmes.W001"
    ]
    assert {message.hint for message in messages} <= {"Run: manage.py migrate"}
    return [message.msg for message in messages]


def named_in(complaint):
    return re.findall(r"\w+", complaint.partition(": ")[2])


def cmocs_with(word):
    return list(CMOC.objects.filter(matches(CMOC, terms_of(word))))


def execute(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def recorded():
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, fingerprint FROM derived_object")
        return dict(cursor.fetchall())


def place_of_the_index():
    """Return what changes when the words of quotes are indexed anew."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT rootpage FROM sqlite_master WHERE name LIKE 'search_programmes_quote%' ORDER BY 1")
        else:
            cursor.execute(
                "SELECT pg_relation_filenode('programmes_quote'), pg_relation_filenode('search_programmes_quote')"
            )
        return cursor.fetchall()


@pytest.mark.untraced
def test_field_that_becomes_searched_is_found_after_migrate_and_no_more_when_it_is_not(in_use, monkeypatch):
    cmoc = CMOCFactory(title="zqtitle", figure="zqfield")
    before = recorded()
    others = place_of_the_index()
    assert (complaints(), cmocs_with("zqfield"), cmocs_with("zqtitle")) == ([], [], [cmoc])

    monkeypatch.setattr(CMOC, "searched", (*CMOC.searched, "figure"))
    assert complaints() == ["In the database, not as declared: search_programmes_cmoc."]
    migrate()
    assert (complaints(), cmocs_with("zqfield"), cmocs_with("zqtitle")) == ([], [cmoc], [cmoc])
    assert {name for name, fingerprint in recorded().items() if before[name] != fingerprint} == {
        "search_programmes_cmoc"
    }
    CMOC.objects.update(figure="zqother")
    assert (cmocs_with("zqfield"), cmocs_with("zqother")) == ([], [cmoc])

    monkeypatch.undo()
    assert complaints() == ["In the database, not as declared: search_programmes_cmoc."]
    migrate()
    assert (complaints(), cmocs_with("zqother"), cmocs_with("zqtitle")) == ([], [], [cmoc])
    assert (recorded(), place_of_the_index()) == (before, others)


@pytest.mark.untraced
def test_model_that_is_no_longer_searched_loses_its_index(in_use, monkeypatch):
    CMOCFactory(title="zqtitle")
    monkeypatch.setattr(CMOC, "searched", ())
    assert complaints() == ["In the database, no longer declared: search_programmes_cmoc."]
    bring_up_to_date()
    assert (complaints(), "search_programmes_cmoc" in recorded()) == ([], False)
    monkeypatch.undo()
    assert complaints() == ["In the database, missing: search_programmes_cmoc."]
    bring_up_to_date()
    assert (complaints(), len(cmocs_with("zqtitle"))) == ([], 1)


@pytest.mark.untraced
def test_invariant_that_is_new_changed_or_gone(in_use, monkeypatch):
    service = ServiceFactory(location="here")
    names = ["invariant_service_zq_insert", "invariant_service_zq_update"]

    def may_be(location):
        try:
            with transaction.atomic():
                Service.objects.filter(pk=service.pk).update(location=location)
        except IntegrityError:
            return False
        return True

    for invariants, complaint, allowed in (
        ((NO_ZQ,), f"In the database, missing: {', '.join(names)}.", {"zq": False, "zz": True}),
        (
            (replace(NO_ZQ, condition=~Q(location="zz")),),
            f"In the database, not as declared: {', '.join(names)}.",
            {"zq": True, "zz": False},
        ),
        ((), f"In the database, no longer declared: {', '.join(names)}.", {"zq": True, "zz": True}),
    ):
        monkeypatch.setattr(Service, "invariants", invariants)
        assert complaints() == [complaint]
        migrate()
        assert complaints() == []
        assert {location: may_be(location) for location in allowed} == allowed


TAMPERING = {
    "sqlite": [
        ('DROP TRIGGER "invariant_evidence_in_same_study_cmoc"', "missing: invariant_evidence_in_same_study_cmoc"),
        ('DROP TRIGGER "search_programmes_cmoc_update"', "missing: search_programmes_cmoc"),
        ('DROP TABLE "search_programmes_cmoc"', "missing: search_programmes_cmoc"),
        ('DROP TRIGGER "strips_programmes_source_update"', "missing: strips_programmes_source"),
        ('DROP TABLE "strips_programmes_source"', "missing: strips_programmes_source"),
    ],
    "postgresql": [
        (
            'DROP TRIGGER "invariant_evidence_in_same_study_cmoc" ON programmes_cmoc',
            "missing: invariant_evidence_in_same_study_cmoc",
        ),
        (
            'ALTER TABLE programmes_cmoc DISABLE TRIGGER "invariant_evidence_in_same_study_cmoc"',
            "missing: invariant_evidence_in_same_study_cmoc",
        ),
        ('DROP INDEX "search_programmes_cmoc"', "missing: search_programmes_cmoc"),
        ("ALTER TABLE programmes_cmoc DROP COLUMN search_words", "missing: search_programmes_cmoc"),
        ('DROP TRIGGER "strips_programmes_source_truncate" ON programmes_source', "missing: strips_programmes_source"),
        ('DROP TABLE "strips_programmes_source"', "missing: strips_programmes_source"),
    ],
}
TAMPERING = [(statement, complaint) for statement, complaint in TAMPERING[connection.vendor]]


@pytest.mark.untraced
@pytest.mark.parametrize(("statement", "complaint"), TAMPERING)
def test_what_is_taken_by_hand_is_named_and_put_back(in_use, statement, complaint):
    cmoc = CMOCFactory(title="zqtitle")
    before = recorded()
    execute(statement)
    assert complaints() == [f"In the database, {complaint}."]
    bring_up_to_date()
    assert (complaints(), recorded(), cmocs_with("zqtitle")) == ([], before, [cmoc])
    CMOC.objects.update(title="zqother")
    assert (cmocs_with("zqtitle"), cmocs_with("zqother")) == ([], [cmoc])


@pytest.mark.postgresql
def test_indexes_go_and_come_with_the_configuration_that_they_are_made_with(in_use):
    cmoc = CMOCFactory(title="zqtitle")
    before = recorded()
    indexes = [name for name in before if name.startswith("search_")]
    execute("DROP TEXT SEARCH CONFIGURATION realist CASCADE")
    (complaint,) = complaints()
    assert sorted(named_in(complaint)) == sorted(["realist_words", *indexes])
    bring_up_to_date()
    assert (complaints(), recorded(), cmocs_with("zqtitle")) == ([], before, [cmoc])

    execute("DELETE FROM derived_object WHERE name = 'realist_words'")
    (complaint,) = complaints()
    assert sorted(named_in(complaint)) == sorted(["realist_words", *indexes])
    bring_up_to_date()
    assert (complaints(), recorded(), cmocs_with("zqtitle")) == ([], before, [cmoc])


@pytest.mark.once
def test_triggers_of_an_index_that_is_gone_and_not_declared_go_too(in_use, monkeypatch):
    monkeypatch.setattr(CMOC, "searched", ())
    execute('DROP TABLE "search_programmes_cmoc"')
    bring_up_to_date()
    assert CMOCFactory().title == CMOC.objects.get().title


def test_nothing_is_written_where_nothing_differs(in_use):
    before = (place_of_the_index(), recorded())
    with CaptureQueriesContext(connection) as queries:
        migrate()
        complaints()
    statements = [query["sql"] for query in queries if not query["sql"].lstrip().startswith(("SELECT", "PRAGMA"))]
    assert [statement for statement in statements if "django_" not in statement and "auth_" not in statement] == []
    assert ((place_of_the_index(), recorded()), len(queries) > 0) == (before, True)


def test_database_of_a_version_without_fingerprints_is_made_anew_once(in_use):
    cmoc = CMOCFactory(title="zqtitle")
    before = recorded()
    execute("DROP TABLE derived_object")
    named = [name for complaint in complaints() for name in named_in(complaint)]
    assert sorted(named) == sorted(before)
    bring_up_to_date()
    assert (complaints(), recorded(), cmocs_with("zqtitle")) == ([], before, [cmoc])


def test_rebuilding_that_breaks_off_leaves_what_was(in_use, monkeypatch):
    cmoc = CMOCFactory(title="zqtitle", figure="zqfield")
    before = (recorded(), place_of_the_index())
    monkeypatch.setattr(CMOC, "searched", (*CMOC.searched, "figure"))
    broken_off = 0

    def break_off(run, sql, *rest):
        nonlocal allowed
        if not sql.lstrip().startswith(("SELECT", "PRAGMA")):
            allowed -= 1
            if allowed < 0:
                raise OperationalError("broken off")
        return run(sql, *rest)

    differing = {"search_programmes_cmoc": "not as declared"}
    while INDEXES.compare("default")[0] == differing:
        allowed = broken_off
        try:
            with connection.execute_wrapper(break_off):
                INDEXES.install("default")
        except OperationalError:
            broken_off += 1
            assert (recorded(), place_of_the_index()) == before
            assert (cmocs_with("zqtitle"), cmocs_with("zqfield")) == ([cmoc], [])
    assert (complaints(), cmocs_with("zqfield"), broken_off >= 5) == ([], [cmoc], True)


@pytest.mark.slow(seconds=5, reason="takes the migrations of the surveys back and does them again")
def test_migrations_go_back_and_forth(in_use):
    before = recorded()
    tables = ("survey", "topicgroup", "questionform", "respondentrole")
    of_surveys = {name for name in before if any(table in name for table in tables)}
    call_command("migrate", "surveys", "zero", verbosity=0)
    assert (complaints(), set(before) - set(recorded())) == ([], of_surveys)
    CMOCFactory(title="zqtitle")
    migrate()
    survey = SurveyFactory(title="zqsurvey")
    assert (complaints(), recorded(), len(cmocs_with("zqtitle"))) == ([], before, 1)
    assert list(type(survey).objects.filter(matches(type(survey), terms_of("zqsurvey")))) == [survey]


def test_table_that_waits_for_a_migration_is_left_as_it_is(in_use):
    execute("ALTER TABLE programmes_quote RENAME COLUMN suffix TO later")
    try:
        assert "programmes_quote" not in complete_tables("default")
        execute("DELETE FROM derived_object WHERE name = 'search_programmes_quote'")
        before = recorded()
        checks.install_after_migrate("default")
        assert (complaints(), recorded()) == ([], before)
    finally:
        execute("ALTER TABLE programmes_quote RENAME COLUMN later TO suffix")
    assert complaints() == ["In the database, not as declared: search_programmes_quote."]


def test_check_without_a_database_asks_none():
    assert checks.derived_objects_as_declared() == []


def test_server_that_starts_logs_what_differs(in_use, monkeypatch, caplog):
    checks.log_what_differs()
    assert caplog.messages == []
    monkeypatch.setattr(Service, "invariants", (NO_ZQ,))
    checks.log_what_differs()
    assert caplog.messages == [
        "In the database, missing: invariant_service_zq_insert, invariant_service_zq_update. Run: manage.py migrate"
    ]


def test_server_starts_without_its_database(transactional_db, caplog):
    def refuse(*_):
        raise OperationalError("no such host\n")

    with connection.execute_wrapper(refuse):
        checks.log_what_differs()
        Runserver().check_migrations()
    assert caplog.messages == ["The database does not answer: no such host. Pages are 503 until it does."] * 2


def test_server_that_starts_before_migrate_names_the_command():
    error = OperationalError("no such table: zq")
    error.__cause__ = sqlite3.OperationalError("no such table: zq")
    assert checks.why_no_database(error) == ("The database is not as this version needs it. Run: manage.py migrate")


def test_server_for_development_looks_for_migrations(transactional_db):
    Runserver(stdout=io.StringIO()).check_migrations()


@pytest.mark.parametrize(
    ("model", "condition", "fault"),
    [
        (Mechanism, Q(resource__zq=1), "follows what is no column: resource__zq"),
        (Mechanism, Q(kind__zq=1), "follows what is no column: kind__zq"),
        (Mechanism, Q(reasonings=None), "follows what is no column: reasonings"),
        (Quote, Q(study__year=2020), "follows what is no column: study__year"),
        (Mechanism, Q(theory=1), "compares with a value that is none of its column: theory"),
        (Mechanism, Q(theory__number__in=["1"]), "follows what is no column: theory__number__in"),
        (CMOC, Q(number__in=[1, "2"]), "compares with a value that is none of its column: number__in"),
        (CMOC, Q(theory=F("number")), "compares with F(number), which is no column of the same kind: theory"),
        (Programme, Q(directions=["one"]), "compares with a value that is none of its column: directions"),
        (CMOC, Q(number=F("title")), "compares with F(title), which is no column of the same kind: number"),
        (CMOC, Q(number=F("zq")), "compares with F(zq), which is no column of the same kind: number"),
    ],
)
def test_comparison_that_python_and_the_database_would_answer_differently_is_refused(
    monkeypatch, model, condition, fault
):
    monkeypatch.setattr(model, "invariants", (Invariant("zq", condition, "No."),))
    errors = [message.msg for message in run_checks(tags=["models"]) if message.id == "programmes.E001"]
    assert errors == [f"The invariant zq of {model.__name__} {fault}."]


def test_every_invariant_can_be_asked():
    assert [message for message in run_checks(tags=["models"]) if message.id == "programmes.E001"] == []
