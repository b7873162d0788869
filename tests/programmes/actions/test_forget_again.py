"""What was erased stays erased: in the files of the database, and in one that is restored from an older copy."""

import datetime as dt
import json
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from programmes import checks
from programmes.actions import erase, forget_again, ledger
from programmes.actions.erase import Signed, erase_passage
from programmes.actions.withdraw import withdraw_participant
from programmes.integrity import compaction
from programmes.models import ErasedRun, Erasure, Evidence, Memo, Participant, Quote, Source, Upload
from programmes.models.erasures import hash_keys, remembered, remembered_once
from programmes.transcripts.read import checksum
from tests.factories import (
    CMOCFactory,
    EvidenceFactory,
    MemoFactory,
    ParticipantFactory,
    QuoteFactory,
    SourceFactory,
    SpeakerFactory,
    TheoryFactory,
    UploadFactory,
)
from tests.programmes.actions.test_withdraw import everything

DAY = dt.date(2026, 3, 4)
CANARY = "zqcanary"
SAID = f"The {CANARY} nurse told me to sit down and have a cup of tea before we talked about the {CANARY} plan."
GROUP = f"M: Who is {CANARY}name Smith to you all?\nP1: A friend of my brother, so I knew the face at once.\n"
TEXT = GROUP + f"P2: {SAID}"


def plant():
    """Make a study with a focus group in which somebody says words that will go, and a name that will go."""
    theory = TheoryFactory(slug="theory", study__slug="study")
    one, two = (ParticipantFactory(study=theory.study, pseudonym=name) for name in ("p1", "p2"))
    source = SourceFactory(study=theory.study, key="group", kind="focus-group", text=TEXT, sha256=checksum(TEXT))
    SpeakerFactory(source=source, label="M", kind="interviewer")
    SpeakerFactory(source=source, label="P1", kind="participant", participant=one)
    SpeakerFactory(source=source, label="P2", kind="participant", participant=two)
    start = TEXT.index(SAID)
    quote = QuoteFactory(
        study=theory.study, key="q01", source=source, participant=two, text=SAID, start=start, end=start + len(SAID)
    )
    asked = "Smith to you all?"
    start = TEXT.index(asked)
    QuoteFactory(study=theory.study, key="q02", source=source, text=asked, start=start, end=start + len(asked))
    EvidenceFactory(cmoc=CMOCFactory(theory=theory), quote=quote, note=f"Says {SAID}")
    MemoFactory(study=theory.study, quote=quote, text=f"Note: {SAID}")
    MemoFactory(study=theory.study, key="m1", text=f"On “{SAID}”, and on {CANARY}name Smith to you")
    for number in range(200):  # words that fill pages, so that some of them are freed
        MemoFactory(study=theory.study, key=f"filler-{number}", text=f"Filler {number}: {SAID}").delete()
    Memo.history.filter(key__startswith="filler").delete()
    return source, two


def go(source, two):
    """Erase both, and the places beside."""
    chosen = [f"programmes.memo.text:{Memo.objects.get(key='m1').pk}"]
    withdraw_participant(participant=two, reason="Asked by letter", on=DAY, chosen=chosen)
    start = TEXT.index(f"{CANARY}name")
    span = (start, start + len(f"{CANARY}name Smith"))
    erase_passage(source=source, span=span, everywhere=True, signed=Signed("A name", DAY, None, chosen))


def files_with(words):
    """Return the files of the database in which words stand: on PostgreSQL by the names of tables and indexes."""
    if connection.vendor == "sqlite":
        path = Path(connection.settings_dict["NAME"])
        return [file.name for file in path.parent.glob(f"{path.name}*") if words.encode() in file.read_bytes()]
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute(
            "SELECT c.oid::regclass::text, pg_read_binary_file(pg_relation_filepath(c.oid)) FROM pg_class c "
            "WHERE relkind IN ('r', 'i', 't', 'm') AND pg_relation_filepath(c.oid) LIKE 'base/%'"
        )
        return [name for name, content in cursor.fetchall() if words.encode() in bytes(content)]


@pytest.mark.untraced
def test_no_byte_of_what_was_erased_is_left(transactional_db, monkeypatch):
    monkeypatch.setattr("programmes.integrity.compaction.TRIES_WHILE_SERVING", 80)  # a busy machine is no fault
    source, two = plant()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # which keeps frequent values
    assert files_with(CANARY)

    go(source, two)

    assert CANARY not in everything()
    assert files_with(CANARY) == []
    assert {erasure.compacted is not None for erasure in Erasure.objects.all()} == {True}
    Source.objects.get().full_clean()


def without_erasures():
    """Take the database back to before it heard of any erasure, as an older copy would be."""
    ErasedRun.objects.all().delete()
    Erasure.objects.all().delete()
    for model in (Evidence, Memo, Quote):
        model.objects.all().delete()
    Source.objects.get().speakers.all().delete()
    Source.objects.all().delete()
    Participant.objects.all().delete()


def test_a_restored_database_forgets_again(transactional_db):
    source, two = plant()
    go(source, two)
    lines = settings.ERASURES_FILE.read_text().splitlines()
    assert [json.loads(line)["kind"] for line in lines] == ["withdrawal", "passage"]
    assert CANARY not in settings.ERASURES_FILE.read_text()
    assert stat.S_IMODE(settings.ERASURES_FILE.stat().st_mode) == 0o600
    without_erasures()
    study = source.study
    theory = study.theories.get()
    theory.cmocs.all().delete()
    theory.delete()
    study.delete()
    plant()
    SourceFactory(
        study=Participant.objects.first().study, key="other", text="P9: Other.", sha256=checksum("P9: Other.")
    )
    assert CANARY in everything()
    assert [message.id for message in run_checks(tags=["database"], databases=["default"])] == ["programmes.W002"]

    done = forget_again.forget_again()

    assert done[:3] == [
        "2 erasures were not known to this database.",
        "A passage of the source group of study was erased again.",
        "The participant p2 of study was withdrawn again.",
    ]
    assert CANARY not in everything()
    assert Participant.objects.get(pseudonym="p2").withdrawn_date == DAY
    assert run_checks(tags=["database"], databases=["default"]) == []
    assert forget_again.forget_again() == []
    Source.objects.get(key="group").full_clean()


def test_words_that_came_back_past_every_door_are_told(db, capsys, monkeypatch):
    monkeypatch.setattr(forget_again, "compact", lambda **_: True)
    source, two = plant()
    study = source.study
    left = MemoFactory(study=study, key="left", text=f"Left on purpose: {SAID}")
    chosen = [f"programmes.memo.text:{Memo.objects.get(key='m1').pk}"]
    withdraw_participant(participant=two, reason="Asked by letter", on=DAY, chosen=chosen)
    call_command("tidy")
    assert "came" not in capsys.readouterr().out
    Memo.objects.filter(key="m1").update(text=f"So: {SAID}")
    assert left.history.count() == 1

    call_command("tidy")

    assert capsys.readouterr().out.splitlines() == [
        "memo study:m1, text: has words that were erased for good. Erase them again."
    ]


def test_two_servers_that_start_at_once_forget_once(db, monkeypatch):
    entry = {"identity": "5d0c8a3f-58b8-4be7-8a6d-0a7f9c0b1a11", "kind": "withdrawal", "study_slug": "s", "keys": []}
    entry |= {"reason": "r", "signed_by": "", "signed_date": "2026-03-04", "secret": "x", "shapes": [], "left": []}
    ledger.keep_from_file({**entry, "runs": []})
    monkeypatch.setattr(forget_again, "missing_here", lambda: {entry["identity"]: {**entry, "runs": []}})
    assert forget_again.forget_again() == []
    assert Erasure.objects.count() == 1


def test_file_with_a_torn_line_is_read_as_far_as_it_can_be(db, caplog):
    Erasure.objects.create(kind="passage", study_slug="s", reason="r", signed_by="A", signed_date=DAY, secret="x")
    assert ledger.write_missing()
    with settings.ERASURES_FILE.open("a") as file:
        file.write('{"identity": "torn')
    assert len(ledger.erasures_on_file()) == 1
    assert "Line 2 of" in caplog.text
    assert ledger.write_missing()
    assert len(settings.ERASURES_FILE.read_text().splitlines()) == 2


def test_file_that_cannot_be_written_is_told_and_written_later(db, caplog, monkeypatch, tmp_path, capsys):
    blocked = tmp_path / "file"
    blocked.write_text("")
    settings.ERASURES_FILE = blocked / "erasures.jsonl"
    erasure = Erasure.objects.create(
        kind="passage", study_slug="s", reason="r", signed_by="A", signed_date=DAY, secret="x"
    )
    monkeypatch.setattr(erase, "compact", lambda **_: False)
    erase.settle(erasure)
    assert "could not be written into" in caplog.text
    monkeypatch.setattr(forget_again, "compact", lambda **_: False)
    call_command("tidy")
    told = capsys.readouterr().out.splitlines()
    assert told == [
        "The file of erasures could not be written; see the log.",
        "The database could not be compacted now; run this again.",
    ]
    settings.ERASURES_FILE = tmp_path / "there" / "erasures.jsonl"
    monkeypatch.setattr(forget_again, "compact", lambda **_: True)
    call_command("tidy")
    assert capsys.readouterr().out.splitlines() == [
        "The database was compacted: what was erased is gone from its files too."
    ]
    assert len(ledger.erasures_on_file()) == 1
    call_command("tidy")
    assert capsys.readouterr().out == "Nothing was due.\n"


def test_old_uploads_are_thrown_away(db, capsys):
    UploadFactory()
    UploadFactory(uploaded=timezone.now() - dt.timedelta(days=2))
    call_command("tidy")
    assert capsys.readouterr().out == "1 files that waited for more than a day were thrown away.\n"
    assert Upload.objects.count() == 1


def test_hashes_of_an_earlier_secret_are_known_as_long_as_it_is_named(db, settings):
    theory = TheoryFactory()
    who = ParticipantFactory(study=theory.study)
    QuoteFactory(study=theory.study, participant=who, text=SAID, locator="p. 1")
    withdraw_participant(participant=who, reason="Asked", on=DAY)
    settings.SECRET_KEY = "another"
    assert [message.id for message in run_checks(tags=["database"], databases=["default"])] == ["programmes.W003"]
    assert MemoFactory(text=SAID).pk
    settings.SECRET_KEY_FALLBACKS = ["the key of the tests"]
    assert len(hash_keys()) == 2
    assert run_checks(tags=["database"], databases=["default"]) == []
    with pytest.raises(Exception, match="somebody who has withdrawn"):
        MemoFactory(text=SAID)


def test_server_that_starts_forgets_first(db, caplog, monkeypatch):
    monkeypatch.setattr(checks, "forget_again", lambda: ["Done."])
    monkeypatch.setattr(connection, "close", lambda: None)
    checks.log_what_differs()
    assert "A restored database was made to forget: 1 steps." in caplog.text


class PostgreSQL:
    """Stands for a connection to PostgreSQL that tells how many deleted rows each table keeps, time after time."""

    def __init__(self, **kept):
        self.kept, self.done, self.listening = kept, [], []
        self.connection = SimpleNamespace(
            add_notice_handler=self.listening.append, remove_notice_handler=self.listening.remove
        )

    def cursor(self):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def execute(self, statement):
        self.done.append(statement)
        told = [table for table in self.kept if statement.startswith("VACUUM") and table in statement]
        for table in told:
            number = self.kept[table].pop(0)
            self.listening[0](SimpleNamespace(message_detail=f"{number} dead row versions cannot be removed yet."))
        for listen in self.listening:
            listen(SimpleNamespace(message_detail=None))

    def fetchall(self):
        return [("one",), ("two",)]


def test_postgresql_writes_every_table_anew_and_then_its_samples(monkeypatch):
    monkeypatch.setattr(compaction, "PAUSE", 0)
    database = PostgreSQL(one=[3, 0])
    assert compaction.compact_postgresql(database, 2)
    assert database.done[1:] == [
        "SET lock_timeout = '1s'",
        'VACUUM (FULL, VERBOSE) "one"',
        'ANALYZE "one"',
        'VACUUM (FULL, VERBOSE) "two"',
        'ANALYZE "two"',
        'VACUUM (FULL, VERBOSE) "one"',
        'ANALYZE "one"',
        "VACUUM (FULL, VERBOSE) pg_catalog.pg_statistic",
        "VACUUM (FULL, VERBOSE) pg_catalog.pg_statistic_ext_data",
        "RESET lock_timeout",
    ]


def test_while_somebody_reads_an_older_state_it_is_due(monkeypatch, caplog):
    monkeypatch.setattr(compaction, "PAUSE", 0)
    assert not compaction.compact_postgresql(PostgreSQL(two=[1] * 3), 3)
    assert 'it keeps deleted rows of "two".' in caplog.text


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no states of before for those who read")
def test_deleted_rows_wait_for_whoever_reads_an_older_state(transactional_db, monkeypatch):
    monkeypatch.setattr(compaction, "TRIES_WHILE_SERVING", 1)
    _, two = plant()
    chosen = [f"programmes.memo.text:{Memo.objects.get(key='m1').pk}"]
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT count(*) FROM programmes_quote")
            withdraw_participant(participant=two, reason="Asked by letter", on=DAY, chosen=chosen)
            assert Erasure.objects.get().compacted is None
            cursor.execute("COMMIT")
    finally:
        other.close()
    monkeypatch.undo()
    assert "The database was compacted: what was erased is gone from its files too." in forget_again.tidy()
    assert files_with("have a cup of tea") == []


def test_before_the_tables_are_made_nothing_is_said_of_erasures(db, monkeypatch):
    monkeypatch.setattr(connection.introspection, "table_names", list)
    assert checks.erasures_are_obeyed(["default"]) == []
    assert checks.erasures_are_obeyed(None) == []


def test_big_database_is_compacted_later(transactional_db, monkeypatch):
    monkeypatch.setattr(compaction, "SMALL", 1)
    assert not compaction.compact(only_small=True)
    with transaction.atomic():
        assert not compaction.compact()


def test_database_in_use_is_compacted_later(transactional_db, monkeypatch, caplog):
    def busy(*_):
        raise OperationalError("database table is locked")

    monkeypatch.setattr(compaction, f"compact_{connection.vendor}", busy)
    assert not compaction.compact()
    assert "could not be compacted: django.db.utils.OperationalError. Run: manage.py tidy" in caplog.text


def test_what_is_known_is_asked_once_while_much_is_written(db, django_assert_num_queries):
    assert not remembered()
    with django_assert_num_queries(1), remembered_once():  # what was erased, of which there is nothing
        assert not remembered()
        assert not remembered()
