"""Everything that must be true of the database is asked, and what is not is named with its place and remedy."""

import datetime as dt
import json

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from programmes.actions import ledger, traces
from programmes.integrity.derived import DerivedObject
from programmes.integrity.invariants import TRIGGERS, install_triggers, remove_triggers
from programmes.integrity.restoring import MAKE
from programmes.models import CMOC, Evidence, Memo, Participant, Quote, Source, erased_words
from programmes.models.erasures import present_key
from programmes.upkeep import sound_promises, sound_tables, verify
from programmes.upkeep.findings import MOST_TOLD, Defect, bounded
from programmes.upkeep.sound_promises import ShownQuote, SpeakerAgreement, why_not_public
from tests.factories import (
    EditorialMarkFactory,
    ErasureFactory,
    EvidenceFactory,
    MemoFactory,
    ParticipantFactory,
    QuoteFactory,
    SourceFactory,
    UploadFactory,
)
from tests.programmes.actions.test_forget_again import CANARY, SAID, go, plant

DAY = dt.date(2026, 3, 4)
ON_POSTGRESQL = connection.vendor == "postgresql"


def found(part):
    """Return what one part of the verification finds."""
    return [str(finding) for finding in verify.PARTS[part]()]


def places(part):
    return [(finding.place, finding.value) for finding in verify.PARTS[part]()]


def execute(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def test_database_in_use_is_as_it_must_be(universe):
    MemoFactory(text="First").delete()
    memo = MemoFactory(text="First")
    memo.text = "Second"
    memo.save()
    assert [(part, finding) for part, finding in verify.verify() if part != "files"] == []
    assert verify.rows_by_table()["programmes_memo"] == Memo.objects.count()


@pytest.mark.once
def test_report(db, capsys, monkeypatch):
    monkeypatch.setitem(verify.PARTS, "files", lambda: iter(()))
    call_command("verify")
    said = capsys.readouterr().out
    assert said.startswith("Verified ")
    assert said.endswith("engine, keys, rules, index, history, erasures, consent, uploads, files. Nothing was found.\n")
    call_command("verify", json=True)
    assert json.loads(capsys.readouterr().out)["clean"] is True

    monkeypatch.setitem(verify.PARTS, "files", lambda: iter([Defect("a", "b", "C")]))
    with pytest.raises(CommandError, match=r"^1 finding$"):
        call_command("verify")
    assert capsys.readouterr().out == "files: a: b. C.\n"
    with pytest.raises(CommandError, match=r"^1 finding$"):
        call_command("verify", json=True)
    report = json.loads(capsys.readouterr().out)
    assert (report["clean"], report["findings"]) == (
        False,
        [{"part": "files", "place": "a", "value": "b", "remedy": "C"}],
    )


def test_migrations_come_first(db):
    ((_, newest),) = MigrationLoader(None).graph.leaf_nodes("programmes")
    execute("DELETE FROM django_migrations WHERE app = 'programmes' AND name = %s", newest)
    execute("INSERT INTO django_migrations (app, name, applied) VALUES ('programmes', '9999_zq', '2026-03-04')")
    assert [str(finding) for _, finding in verify.verify()] == [
        f"migration programmes.{newest}: it was not run. Run: manage.py migrate.",
        "migration programmes.9999_zq: it is of a newer version. Install that version.",
    ]


def test_history_that_says_something_else(db):
    memos = MemoFactory.create_batch(5)
    called = [f"memo {memo.study.slug}:{memo.key} ({memo.pk})" for memo in memos]
    Memo.objects.filter(pk=memos[0].pk).update(text="Other", version=7)
    memos[1].history.all().delete()
    memos[2].history.update(history_type="-")
    Memo.objects.filter(pk=memos[3].pk)._raw_delete("default")
    memos[4].text = "Second"
    memos[4].save()
    memos[4].history.update(version=2)
    memos[4].history.filter(history_type="+").update(version=9)
    states = list(memos[4].history.order_by("history_id").values_list("history_id", flat=True))
    assert places("history") == [
        (called[0], "its history ends with another version, text"),
        (called[1], "it has no history"),
        (called[2], "its history says that it was deleted"),
        (f"memo {memos[3].pk}", "it is gone, and its history does not say so"),
        (called[4], f"state {states[1]} of its history does not follow the one before"),
    ]


def test_many_findings_are_counted():
    told = list(bounded(Defect(str(number), "b", "C") for number in range(MOST_TOLD + 3)))
    assert (len(told), str(told[-1])) == (MOST_TOLD + 1, "and more like this: 3. C.")
    assert list(bounded(iter(()))) == []


@pytest.mark.once
def test_row_that_points_at_nothing(transactional_db):
    evidence = EvidenceFactory()
    execute("PRAGMA foreign_keys = OFF")
    execute("PRAGMA ignore_check_constraints = ON")
    remove_triggers()
    execute("UPDATE programmes_evidence SET cmoc_id = 777, role = 'zq' WHERE id = %s", evidence.pk)
    execute("PRAGMA foreign_keys = ON")
    execute("PRAGMA ignore_check_constraints = OFF")
    install_triggers()
    assert places("keys") == [(f"evidence {evidence.pk}, cmoc", "there is no 777")]
    assert places("engine") == [("the file of the database", "CHECK constraint failed in programmes_evidence")]
    execute("PRAGMA foreign_keys = OFF")
    Evidence.objects.all()._raw_delete("default")


@pytest.mark.postgresql
def test_what_postgresql_does_not_hold(db):
    evidence = EvidenceFactory()
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute("ALTER TABLE programmes_evidence DROP CONSTRAINT evidence_role_known")
    execute("UPDATE programmes_evidence SET role = 'zq' WHERE id = %s", evidence.pk)
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert ("programmes_evidence, evidence_role_known", "this constraint is missing") in places("rules")
    check = "CHECK (role IN ('supports', 'counters'))"
    execute(f"ALTER TABLE programmes_evidence ADD CONSTRAINT evidence_role_known {check} NOT VALID")
    execute("ALTER TABLE programmes_memo DISABLE TRIGGER USER")
    execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'search_programmes_memo'::regclass")
    said = found("engine")
    assert said[0].startswith("programmes_evidence, evidence_role_known: a constraint that was never checked")
    assert "programmes_memo, search_programmes_memo: an index that is not valid" in said[1]
    assert "a trigger that is turned off" in said[2]
    assert "programmes_evidence, evidence_role_known: 1 rows break this check" in said[-1]


@pytest.mark.postgresql
def test_number_that_would_be_given_twice(db):
    memo = MemoFactory()
    execute("SELECT setval('programmes_memo_id_seq', 1)")
    Memo.objects.filter(pk=memo.pk).update(version=1)
    execute("UPDATE programmes_memo SET id = 5000 WHERE id = %s", memo.pk)
    assert found("keys") == [
        "the sequence public.programmes_memo_id_seq: it is at 1, and there is a row 5000. Run in psql: SELECT "
        "setval('public.programmes_memo_id_seq', 5000)."
    ]


@pytest.mark.postgresql
def test_row_of_postgresql_that_points_at_nothing(db):
    evidence = EvidenceFactory()
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute("ALTER TABLE programmes_evidence DISABLE TRIGGER ALL")
    execute("UPDATE programmes_evidence SET cmoc_id = 777 WHERE id = %s", evidence.pk)
    assert places("keys") == [(f"evidence {evidence.pk}, cmoc", "there is no 777")]


@pytest.mark.once
def test_constraints_that_a_table_lost(db, monkeypatch):
    monkeypatch.setattr(sound_tables, "all_models", lambda: [CMOC])
    monkeypatch.setattr(sound_tables, "constraints_there", lambda _: set())
    monkeypatch.setattr(sound_tables, "POINTERS", {"sqlite": "SELECT 'zq' WHERE 1 = 0 AND 'a' = %s"})
    said = {value for place, value in places("rules")}
    assert said == {"this constraint is missing"}
    assert ("programmes_cmoc, the foreign key of theory_id", "this constraint is missing") in places("rules")


def test_rules_that_are_not_held(transactional_db):
    name = next(entry.name for entry in TRIGGERS.declared(connection) if "quote" in entry.name)
    if ON_POSTGRESQL:
        execute(
            f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$'
        )
    else:
        execute(f'DROP TRIGGER "{name}"')
        execute(f'CREATE TRIGGER "{name}" AFTER INSERT ON programmes_quote BEGIN SELECT 1; END')
    assert found("rules") == [f"trigger or index {name}: it was changed by hand. Drop it. Run: manage.py migrate."]
    execute({True: f'DROP FUNCTION "{name}" CASCADE', False: f'DROP TRIGGER "{name}"'}[ON_POSTGRESQL])
    assert found("rules") == [f"triggers and indexes: missing: {name}. Run: manage.py migrate."]


@pytest.fixture
def unwilling(universe):
    """A public quote of somebody who no longer agrees, as no door lets it be."""
    quote = Quote.objects.filter(visibility="public", consent="participant", participant__isnull=False)[0]
    remove_triggers()
    Participant.objects.filter(pk=quote.participant_id).update(consent_scope="unknown")
    install_triggers()
    return f"quote {quote.study.slug}:{quote.key} ({quote.pk})"


def test_quote_that_is_kept_back(unwilling):
    kept_back = "public, but kept back, since its disclosure check or the consent that it needs does not hold"
    assert (unwilling, kept_back) in places("rules")
    assert found("consent") == []  # nobody sees it


def test_index_that_differs(transactional_db):
    memo = MemoFactory(text="zqbefore")
    assert found("index") == []
    if ON_POSTGRESQL:
        return  # PostgreSQL makes the lexemes itself; see below
    execute("DROP TRIGGER search_programmes_memo_update")
    Memo.objects.filter(pk=memo.pk).update(text="zqafter")
    (said,) = found("index")
    assert said.startswith("the index of words of programmes_memo (")
    assert said.endswith(
        "it differs from its rows. Drop that index (DROP TABLE search_…), then run: manage.py migrate."
    )


@pytest.mark.postgresql
def test_lexemes_that_differ(transactional_db):
    memo = MemoFactory(text="zqbefore")
    execute("ALTER TABLE programmes_memo DROP COLUMN search_words")
    execute("CREATE FUNCTION zq(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1; END'")
    execute(
        "ALTER TABLE programmes_memo ADD COLUMN search_words tsvector GENERATED ALWAYS AS "
        "(to_tsvector('simple'::regconfig, zq(text))) STORED"
    )
    execute(
        "CREATE OR REPLACE FUNCTION zq(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$BEGIN RETURN 'other'; END$$"
    )
    assert places("index") == [(f"the index of words of programmes_memo (row {memo.pk})", "it differs from its rows")]


@pytest.mark.postgresql
def test_row_that_is_not_found_through_the_index(transactional_db):
    MemoFactory(text="zqfirst")
    execute("UPDATE pg_index SET indisready = false WHERE indexrelid = 'search_programmes_memo'::regclass")
    MemoFactory(text="zqsecond zqthird")  # and its key
    execute("UPDATE pg_index SET indisready = true WHERE indexrelid = 'search_programmes_memo'::regclass")
    assert found("index") == [
        "the index search_programmes_memo: 3 words are not found in as many rows as have them. Run in psql: REINDEX "
        "INDEX search_programmes_memo."
    ]
    execute("REINDEX INDEX search_programmes_memo")
    assert found("index") == []
    with connection.cursor() as cursor:
        cursor.execute("SHOW enable_seqscan")
        assert cursor.fetchone() == ("on",)


def test_erasures_and_their_list(transactional_db):
    source, two = plant()
    go(source, two)
    assert found("erasures") == []
    path = settings.ERASURES_FILE
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:1]) + "{", encoding="utf-8")
    ErasureFactory(secret="zq", compacted=None)
    ErasureFactory(secret=present_key()[0], compacted=timezone.now())
    execute(MAKE)
    assert places("erasures") == [
        ("the database", "it is being restored, and shut"),
        (str(path), "it cannot be read whole"),
        (str(path), "3 erasures of the database are not on it"),
        ("erasures", "1 were kept with another key, so their words are not known again"),
        ("the files of the database", "1 erasures may have left words in them"),
    ]
    entry = json.loads(lines[1]) | {"identity": "00000000-0000-0000-0000-000000000001"}
    path.write_text("".join(lines) + json.dumps(entry) + "\n", encoding="utf-8")
    assert (str(path), "1 erasures on it are not known to the database") in places("erasures")


def test_erased_words_that_stand_somewhere(transactional_db, monkeypatch):
    monkeypatch.setattr(traces, "MOST_KEPT", 1)
    monkeypatch.setattr(erased_words, "MOST_PLACES", 1)
    source, two = plant()
    go(source, two)
    remove_triggers()
    Memo.objects.filter(key="m1").update(text=SAID)
    install_triggers()
    assert ("memo study:m1, text", "has words that were erased for good") in places("erasures")
    assert CANARY not in "".join(found("erasures"))


def test_what_anybody_can_read_without_consent(unwilling, monkeypatch):
    public = Quote.objects.filter(visibility="public", study__visibility="public")
    monkeypatch.setattr(sound_promises.Quote.objects, "visible_to", lambda _: public, raising=False)
    assert (unwilling, "anybody can read it, but somebody whose words are in it does not agree") in places("consent")


def test_why_a_quote_is_not_public():
    willing, unwilling = SpeakerAgreement("quotes-public", None), SpeakerAgreement("unknown", None)
    quote = ShownQuote(1, "study", "public", "q1", "public", DAY, "Ada", "participant")
    assert [
        why_not_public(quote, [willing]),
        why_not_public(quote._replace(study_visibility="private"), [willing]),
        why_not_public(quote._replace(visibility="private"), [willing]),
        why_not_public(quote._replace(disclosure_checked_date=None), [willing]),
        why_not_public(quote._replace(consent="unknown"), [willing]),
        why_not_public(quote, []),
        why_not_public(quote, [willing, willing]),
        why_not_public(quote, [unwilling]),
        why_not_public(quote, [willing, unwilling]),
        why_not_public(quote, [SpeakerAgreement("quotes-public", DAY)]),
    ] == [
        "",
        "its study is not public",
        "it is not marked public",
        "nobody has signed its disclosure check",
        "its consent is unknown",
        "it rests on a consent that nobody gave",
        "",
        "somebody whose words are in it does not agree",
        "somebody whose words are in it does not agree",
        "somebody whose words are in it does not agree",
    ]


def test_somebody_else_in_a_quote_who_does_not_agree_is_found(universe, monkeypatch):
    other = Quote.objects.filter(visibility="public", study__visibility="public", participant=None)[0]
    public = Quote.objects.filter(pk=other.pk)
    monkeypatch.setattr(sound_promises.Quote.objects, "visible_to", lambda _: public, raising=False)
    place = f"quote {other.study.slug}:{other.key} ({other.pk})"
    assert place not in dict(places("consent"))
    remove_triggers()
    Quote.also_by.through.objects.create(quote=other, participant=ParticipantFactory(consent_scope="unknown"))
    install_triggers()
    assert (place, "anybody can read it, but somebody whose words are in it does not agree") in places("consent")


def test_what_is_left_of_somebody_who_has_withdrawn(db, monkeypatch):
    participant = ParticipantFactory()
    quote = QuoteFactory(study=participant.study, participant=participant)
    source = SourceFactory(study=participant.study, participant=participant, text="a", sha256="0")
    mark = EditorialMarkFactory(quote=quote)
    remove_triggers()
    Participant.objects.filter(pk=participant.pk).update(withdrawn_date=DAY)
    for model in (Source, type(mark)):
        rows = model.objects.all()
        monkeypatch.setattr(model.objects, "visible_to", lambda _, rows=rows: rows, raising=False)
    assert places("consent") == [
        (f"editorial mark {mark.pk}", "it is public, and its quote is not"),
        ("sources and participants", "some can be read by anybody"),
        (f"quote {quote.study.slug}:{quote.key}", "it is of somebody who has withdrawn"),
        (f"source {source.study.slug}:{source.key}", "its text is of somebody who has withdrawn"),
    ]


def test_files_that_have_waited(db):
    UploadFactory()
    assert found("uploads") == []
    UploadFactory(uploaded=timezone.now() - dt.timedelta(days=2))
    assert found("uploads") == [
        "files that wait to be confirmed: 1 have waited for more than a day. Run: manage.py tidy."
    ]


def test_files_that_others_can_open(db, local_dir, monkeypatch):
    local_dir.mkdir()
    monkeypatch.setitem(connection.settings_dict, "NAME", str(local_dir / "db"))
    for name, mode in (("secret-key", 0o640), ("db", 0o600), ("db-wal", 0o604)):
        (local_dir / name).touch()
        (local_dir / name).chmod(mode)
    expected = [(str(local_dir / "secret-key"), "its mode is 640, so others can open it")]
    if not ON_POSTGRESQL:
        expected.append((str(local_dir / "db-wal"), "its mode is 604, so others can open it"))
    assert places("files") == expected


def test_objects_without_a_text_are_as_made(db):
    assert list(sound_tables.altered([DerivedObject("zq", frozenset(), ())])) == []


def test_list_is_not_read_where_there_is_none(db):
    assert not settings.ERASURES_FILE.exists()
    assert found("erasures") == []
    assert ledger.every_line() == []
