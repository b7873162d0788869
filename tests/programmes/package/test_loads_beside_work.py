"""A package is prepared while others write, and keeps them waiting for the writing alone."""

import copy
import datetime as dt
import json
import threading

import pytest
from django.core.management import call_command
from django.db import IntegrityError, OperationalError, connection
from django.test.utils import CaptureQueriesContext

from programmes.actions.code import Coding, code_passage
from programmes.actions.withdraw import withdraw_participant
from programmes.models import (
    Evidence,
    Membership,
    Participant,
    Quote,
    Source,
    Study,
    Theory,
)
from programmes.models.field_table import curated_models
from programmes.package import read
from programmes.package.present import PresentRows
from programmes.package.problems import PackageError
from programmes.package.read import Load, read_package
from programmes.package.write import canonical, write_package
from programmes.package.writing import Writer
from programmes.transcripts.read import checksum
from programmes.vocabulary import EvidenceRole
from tests import theories
from tests.factories import (
    CaveatFactory,
    CMOCFactory,
    EvidenceFactory,
    QuoteFactory,
    SourceFactory,
    StudyFactory,
    TheoryFactory,
    UserFactory,
)

LINE = "P: In line {} it was said once that hope came back.\n"
WRITES = ("INSERT", "UPDATE", "DELETE")


def package_of(quotes, **values):
    """Return a package with one transcript and as many quotes of it, each evidence on a CMOC."""
    lines = [LINE.format(number) for number in range(quotes)]
    places = [sum(map(len, lines[:number])) for number in range(quotes)]
    return {
        "format": "realist-theory-package",
        "version": 2,
        "programme": {"slug": "beside", "name": "Beside"},
        "study": {"slug": "beside", "title": "Beside", "kind": "evaluation", "statements": "own"},
        "participants": [{"pseudonym": "p1"}],
        "sources": [{"key": "i1", "kind": "interview", "title": "I", "participant": "p1", "text": "".join(lines)}],
        "quotes": [
            {
                "key": f"q{number}",
                "text": line[3:-1],
                "participant": "p1",
                "source": "i1",
                "start": place + 3,
                "end": place + len(line) - 1,
                **values,
            }
            for number, (line, place) in enumerate(zip(lines, places, strict=True))
        ],
        "theory": {"slug": "beside", "title": "Beside"},
        "cmocs": [
            {
                "number": 1,
                "title": "Hope",
                "evidence": [{"quote": f"q{number}", "role": "supports"} for number in range(quotes)],
            }
        ],
    }


def load(document, **values):
    return read_package(canonical(document), **values)


def without_evidence(document):
    return {**document, "cmocs": [{"number": 1, "title": "Hope"}]}


def waited_for(document, **values):
    """Return the statements for which others wait: those from the first lock on."""
    with CaptureQueriesContext(connection) as captured:
        load(document, **values)
    said = [query["sql"].lstrip() for query in captured]
    locks = {
        "sqlite": lambda sql: sql == "BEGIN IMMEDIATE",
        "postgresql": lambda sql: "FOR NO KEY UPDATE" in sql or sql.startswith(WRITES),
    }[connection.vendor]
    first = next((place for place, sql in enumerate(said) if locks(sql)), len(said))
    return said[first:]


@pytest.mark.django_db(transaction=True)
def test_for_as_many_rows_as_there_are_others_wait_for_as_many_statements():
    counts = []
    for number in (3, 30):
        package, labelled = package_of(number), package_of(number, label_as_printed="[#]")
        kinds = {
            "new": waited_for(package),
            "changed": waited_for(labelled),
            "removed": waited_for(without_evidence(labelled)),
        }
        asked = [sql for sql in (*kinds["changed"], *kinds["removed"]) if sql.startswith("SELECT") and '"text"' in sql]
        counts.append(({name: len(statements) for name, statements in kinds.items()}, asked))
        empty()
    assert counts[0] == counts[1]
    assert counts[0][1] == []  # no words are read while others wait


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_a_preview_nor_for_what_changes_nothing():
    assert waited_for(package_of(3), dry_run=True) == []
    assert waited_for(package_of(3)) != []
    assert waited_for(package_of(3)) == []
    assert waited_for(package_of(3, label_as_printed="[#]"), dry_run=True) == []
    with pytest.raises(PackageError):
        waited_for(package_of(3, participant="p2"))


def beside(act):
    """Do an act on a connection of its own, as somebody else would, and wait for it."""
    failed = []

    def run():
        try:
            with connection.cursor() as cursor:
                if connection.vendor == "sqlite":
                    cursor.execute("PRAGMA busy_timeout = 100")
                else:
                    cursor.execute("SET lock_timeout = '100ms'")
            act()
        except Exception as error:  # noqa: BLE001  told by the test
            failed.append(error)
        finally:
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("RESET lock_timeout")
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert failed == []


@pytest.fixture
def meanwhile(transactional_db, monkeypatch):
    """Let others do something after a package was prepared, and before it is written, so often as there are acts."""

    def after_preparing(*acts):
        waiting, checked = list(acts), Load.checked

        def checked_and_then(loading):
            plan = checked(loading)
            if waiting:
                beside(waiting.pop(0))
            return plan

        monkeypatch.setattr(Load, "checked", checked_and_then)
        return waiting

    return after_preparing


def saved(row, **values):
    def save():
        present = type(row).objects.get(pk=row.pk)
        for name, value in values.items():
            setattr(present, name, value)
        present.save()

    return save


@pytest.mark.parametrize("times", [1, 2, 3])
def test_what_somebody_changed_meanwhile_is_read_again(meanwhile, times):
    load(package_of(3))
    quote = Quote.objects.get(key="q1")
    left = meanwhile(*(saved(quote, locator=f"line {number}") for number in range(times)))
    report = load(package_of(3, label_as_printed="[#]"))
    quote.refresh_from_db()
    assert (left, quote.locator, quote.label_as_printed) == ([], "", "[#]")
    assert "updated: quote q1 (label_as_printed, locator)" in report.changes
    states = quote.history.order_by("history_id").values_list("version", "locator", "label_as_printed")
    others = [(number + 2, f"line {number}", "") for number in range(times)]
    assert list(states) == [(1, "", ""), *others, (times + 2, "", "[#]")]


def test_what_came_meanwhile_stays_as_if_it_had_come_afterwards(meanwhile):
    load(package_of(3))
    cmoc, study = Theory.objects.get().cmocs.get(), Study.objects.get()
    meanwhile(lambda: EvidenceFactory(cmoc=cmoc, quote=QuoteFactory(study=study, key="new")))
    report = load(package_of(3, label_as_printed="[#]"))
    assert report.counts["quotes"] == {"updated": 3}
    assert set(Evidence.objects.values_list("quote__key", flat=True)) == {"q0", "q1", "q2", "new"}


def test_what_the_package_removes_and_somebody_changed_is_removed_as_it_is_then(meanwhile):
    load(package_of(3))
    evidence = Evidence.objects.get(quote__key="q1")
    left = meanwhile(saved(evidence, note="Why."))
    load(without_evidence(package_of(3)))
    assert (left, Evidence.objects.count()) == ([], 0)
    last = Evidence.history.filter(id=evidence.pk).order_by("-history_id")[0]
    assert (last.history_type, last.note, last.version) == ("-", "Why.", 2)


def test_what_somebody_deleted_meanwhile_is_there_again(meanwhile):
    load(package_of(3))
    left = meanwhile(lambda: Evidence.objects.get(quote__key="q1").delete())
    report = load(package_of(3, label_as_printed="[#]"))
    assert (left, Evidence.objects.count(), report.counts["evidence"]["created"]) == ([], 3, 1)


def test_what_was_erased_meanwhile_does_not_come_back(meanwhile, settings, tmp_path):
    settings.ERASURES_FILE = tmp_path / "erasures"
    load(package_of(3))
    person = Participant.objects.get()
    left = meanwhile(lambda: withdraw_participant(participant=person, reason="They asked.", on=dt.date(2026, 1, 2)))
    with pytest.raises(PackageError) as caught:
        load(package_of(3, label_as_printed="[#]"))
    assert any("has withdrawn" in problem.message for problem in caught.value.problems)
    assert (left, Quote.objects.count(), Source.objects.get().text) == ([], 0, "")


def test_that_there_are_none_is_refused_where_one_came_meanwhile(meanwhile):
    load(package_of(1))
    theory = Theory.objects.get()
    meanwhile(lambda: CaveatFactory(theory=theory))
    with pytest.raises(PackageError) as caught:
        load({**package_of(1), "theory": {**package_of(1)["theory"], "caveats_absence": "none"}})
    assert [str(problem) for problem in caught.value.problems] == [
        'theory.caveats_absence: says that there are no caveats, but there is 1 (found "none"); leave it out'
    ]


def test_programme_that_somebody_else_uses_meanwhile_is_kept_as_it_is(meanwhile):
    load(package_of(1))
    programme = Study.objects.get().programme
    meanwhile(lambda: StudyFactory(programme=programme))
    changed = {**package_of(1), "programme": {"slug": "beside", "name": "Another name"}}
    report = load(changed)
    programme.refresh_from_db()
    assert (programme.name, report.counts["programme"]) == ("Beside", {"unchanged": 1})


def test_study_that_somebody_else_loaded_meanwhile_is_compared(meanwhile):
    meanwhile(lambda: load(package_of(3)))
    report = load(package_of(3), lead=UserFactory())
    assert {kind: dict(counter) for kind, counter in report.counts.items()} == {
        "programme": {"unchanged": 1},
        "study": {"unchanged": 1},
        "participants": {"unchanged": 1},
        "sources": {"unchanged": 1},
        "quotes": {"unchanged": 3},
        "theory": {"unchanged": 1},
        "cmocs": {"unchanged": 1},
        "evidence": {"unchanged": 3},
    }
    assert Membership.objects.count() == 1


SECONDS = 60


def at_once(*documents):
    """Load packages at the same time; return for each how many rows changed, or what is wrong with it."""
    ended = {}
    barrier = threading.Barrier(len(documents))

    def run(place, document):
        try:
            barrier.wait(SECONDS)
            report = load(document)
            ended[place] = sum(report.total(what) for what in ("created", "updated", "removed"))
        except PackageError as error:
            ended[place] = [str(problem) for problem in error.problems]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=entry, daemon=True) for entry in enumerate(documents)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    return [ended[place] for place in range(len(documents))]


def of_study(name, document):
    return {
        **document,
        "study": {**document["study"], "slug": name},
        "theory": {**document["theory"], "slug": name},
    }


@pytest.mark.django_db(transaction=True)
def test_two_loads_of_one_file_at_once_are_one_load():
    assert sorted(at_once(package_of(5), package_of(5))) == [0, 16]
    changed = package_of(5, label_as_printed="[#]")
    assert sorted(at_once(changed, changed)) == [0, 5]
    assert {model.history.count() for model in (Study, Theory, Source)} == {1}
    assert Quote.history.count() == 10


@pytest.mark.django_db(transaction=True)
def test_loads_of_two_files_of_a_study_and_of_two_studies_at_once_end_well():
    rows = at_once(package_of(4), package_of(4, label_as_printed="[#]"))
    assert sorted(rows) == [4, 14]
    assert len(set(Quote.objects.values_list("label_as_printed", flat=True))) == 1
    assert at_once(of_study("a", package_of(4)), of_study("b", package_of(4))) == [13, 13]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("refused", [OperationalError("database is locked"), OperationalError("lock timeout")])
def test_database_that_stays_busy_is_told_with_what_to_do(monkeypatch, refused):
    def refuse(*_):
        raise refused

    monkeypatch.setattr(read, "hold", refuse)
    with pytest.raises(PackageError) as caught:
        load(package_of(1))
    assert [str(problem) for problem in caught.value.problems] == [
        "study: could not be written: the database is busy, or its disk is full; "
        "load it again; if that goes on, ask who looks after the database"
    ]


@pytest.mark.django_db(transaction=True)
def test_row_that_the_database_alone_refuses_is_named(monkeypatch):
    monkeypatch.setattr("programmes.models.evidence.span_matches_source", lambda _: True)
    document = package_of(3)
    document["quotes"][1]["start"] += 1
    document["quotes"][1]["end"] += 1
    monkeypatch.setattr("programmes.package.plan.problems_of_row", lambda *_: [])
    with pytest.raises(PackageError) as caught:
        load(document)
    assert [str(problem) for problem in caught.value.problems] == [
        "quotes[1]: the words do not stand at this place of the source; change it, and load it again"
    ]
    assert Study.objects.count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["breakfast", "discharge", "audit-review", "gardens-first", "night-shift"])
def test_rows_written_at_once_are_as_if_they_were_saved_one_by_one(name, monkeypatch):
    first = json.loads(theories.package(name))
    second = copy.deepcopy(first)
    for section in ("cmocs", "quotes", "mechanisms", "sources"):
        for row in second.get(section, ()):
            row.update({"title": f"{row['title']}, again"} if "title" in row else {})
            for below in ("evidence", "editorial_marks", "readings"):
                row.pop(below, None)
    found = []
    for one_by_one in (False, True):
        if one_by_one:
            monkeypatch.setattr(Writer, "write_at_once", lambda writer, steps: list(map(writer.carry_out, steps)))
        load(first)
        loaded = [write_package(theory) for theory in Theory.objects.order_by("slug")]
        load(second)
        found.append((loaded, [write_package(theory) for theory in Theory.objects.order_by("slug")], counted_states()))
        empty()
    assert found[0] == found[1]


def counted_states():
    """Return how often each kind of record has been in which state."""
    return {
        model._meta.label: sorted(model.history.values_list("history_type", "version", "history_change_reason"))
        for model in curated_models()
    }


def empty():
    call_command("flush", interactive=False, inhibit_post_migrate=True, verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_transcript_is_read_once_however_many_quotes_it_has():
    document = package_of(40, label_as_printed="[#]")
    load(package_of(40))
    for act in (
        lambda: load(document),
        lambda: load(document),
        lambda: write_package(Theory.objects.get()),
    ):
        with CaptureQueriesContext(connection) as captured:
            act()
        with_text = [query["sql"] for query in captured if '"programmes_source"."text"' in query["sql"]]
        of_quotes = [sql for sql in with_text if 'FROM "programmes_source"' not in sql]
        assert (of_quotes, len(with_text)) == ([], 1)


@pytest.mark.django_db
def test_related_rows_of_others_are_read_together(monkeypatch):
    monkeypatch.setattr("programmes.package.present.AT_ONCE", 2)
    theory = TheoryFactory()
    quotes = [
        QuoteFactory(study=theory.study, source=SourceFactory(study=theory.study), start=None, end=None)
        for _ in range(5)
    ]
    present = PresentRows()
    present.link(Quote._meta.get_field("source"), list(Quote.objects.all()))
    assert set(present.by_id[Source]) == {quote.source_id for quote in quotes}


def test_integrity_error_without_words_is_somebody_elses_change():
    assert str(read.why_not_written("study", IntegrityError("?"))) == (
        "study: was changed by somebody else while the package was loaded; load it again"
    )


LONG = 4_400_000  # letters of a transcript


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("quotes", "letters"), [(60, 60_000), pytest.param(10_000, LONG, marks=pytest.mark.soak)], ids=["small", "whole"]
)
def test_coders_are_not_refused_during_loads_of_a_long_transcript(quotes, letters):
    scene = theories_scene(letters)
    documents = [long_package(quotes, letters), long_package(quotes, letters, label_as_printed="[#]")]
    refused, done = [], threading.Event()

    def code():
        number = 0
        try:
            while not done.is_set() or number < 2:
                place = (number * 10, number * 10 + 5)
                coding = Coding(role=EvidenceRole.SUPPORTS, cmocs=[scene["cmoc"]])
                try:
                    code_passage(source=scene["source"], span=place, coding=coding, by=scene["user"])
                except Exception as error:  # noqa: BLE001  told by the test
                    refused.append(error)
                number += 1
        finally:
            connection.close()

    coder = threading.Thread(target=code)
    coder.start()
    try:
        changed = [load(document).total(what) for document, what in zip(documents, ("created", "updated"), strict=True)]
    finally:
        done.set()
        coder.join(SECONDS)
    assert (refused, changed) == ([], [quotes * 2 + 6, quotes])


def long_package(quotes, letters, **values):
    """Return a package with so many quotes spread over a transcript of so many letters."""
    document = package_of(quotes, **values)
    each = letters // quotes
    filled = [line.ljust(each - 1, "x") for line in document["sources"][0]["text"].split("\n")[:-1]]
    document["sources"][0]["text"] = "\n".join(filled)
    for number, quote in enumerate(document["quotes"]):
        quote["start"], quote["end"] = number * each + 3, number * each + 3 + len(quote["text"])
    return document


def theories_scene(letters):
    """Return what a coder in another study works with."""
    theory = TheoryFactory()
    text = "word " * (letters // 50)
    return {
        "cmoc": CMOCFactory(theory=theory),
        "source": SourceFactory(study=theory.study, text=text, sha256=checksum(text)),
        "user": UserFactory(),
    }


@pytest.mark.django_db(transaction=True)
def test_what_is_refused_only_together_is_told_of_the_first(monkeypatch):
    def refuse(*_):
        raise IntegrityError("refused")

    monkeypatch.setattr("programmes.package.writing.change_rows", refuse)
    load(package_of(2))
    with pytest.raises(PackageError) as caught:
        load(package_of(2, label_as_printed="[#]"))
    assert [str(problem) for problem in caught.value.problems] == [
        "quotes[0]: was changed by somebody else while the package was loaded; load it again"
    ]
    assert set(Quote.objects.values_list("label_as_printed", flat=True)) == {""}


@pytest.mark.django_db(transaction=True)
def test_lead_whom_the_database_refuses_each_time_is_told(monkeypatch):
    def refuse(*_, **__):
        raise IntegrityError("refused")

    monkeypatch.setattr(Membership, "save", refuse)
    with pytest.raises(PackageError) as caught:
        load(package_of(1), lead=UserFactory())
    assert [problem.path for problem in caught.value.problems] == ["study"]
    assert Study.objects.count() == 0
