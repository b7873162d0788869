"""A backup is one private file that is whole or not there, and says what is in it."""

import errno
import fcntl
import json
import os
import stat
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from programmes.actions import ledger
from programmes.integrity.restoring import BEING_RESTORED
from programmes.models import Erasure
from programmes.models.erasures import present_key
from programmes.upkeep import backup, postgresql_programs, private_files
from programmes.upkeep.private_files import UNFINISHED, UpkeepError
from programmes.upkeep.sqlite_files import SQLiteEngine, sqlite_trouble
from tests.factories import ErasedRunFactory, ErasureFactory, QuoteFactory, UserFactory

FOLDERS = postgresql_programs.FOLDERS
MEMBER = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}


@pytest.fixture
def held(transactional_db):
    """A quote, a lead, and an erasure that only the database knows and one that only the file does."""
    QuoteFactory()
    UserFactory(username="root", is_superuser=True)
    ErasedRunFactory(erasure=ErasureFactory(secret=present_key()[0]))
    ledger.write_missing()
    Erasure.objects.all().delete()
    return ErasureFactory(secret=present_key()[0])


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def refusal(*words):
    with pytest.raises(CommandError) as error:
        call_command("backup", *map(str, words))
    return str(error.value)


def test_backup_says_what_is_in_it(held, tmp_path, command, open_umask):
    folder = tmp_path / "a" / "b"
    said = command("backup", folder)
    (path,) = folder.iterdir()
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        lines = archive.read("erasures.jsonl").decode().splitlines()
        names = archive.namelist()
    facts = manifest["facts"]
    assert names == [MEMBER[connection.vendor], "erasures.jsonl", "manifest.json"]
    assert [mode(place) for place in (path, folder, folder.parent)] == [0o600, 0o700, 0o700]
    assert len(lines) == 2
    assert (facts["engine"], facts["rows"]["programmes_quote"], facts["leads"]) == (connection.vendor, 1, ["root"])
    assert (facts["erasures"], facts["keys"]) == ([str(held.identity)], [present_key()[0]])
    assert facts["migrations"][-1] != facts["migrations"][0]
    assert BEING_RESTORED not in facts["rows"]
    newest = {"identity": str(held.identity), "signed_date": "2026-03-04"}
    assert (manifest["erasures_on_list"], manifest["newest_erasure"], manifest["key"]) == (2, newest, present_key()[0])
    assert settings.SECRET_KEY.encode() not in path.read_bytes()
    assert said == [
        f"Wrote {path}: {path.stat().st_size:,} bytes, {sum(facts['rows'].values()):,} rows",
        "It has the list of 2 erasures, for which restoring needs the newest list.",
        f"Keep elsewhere, for it is not in the backup: the key with the fingerprint {present_key()[0]} (ERASURE_KEY, "
        "or SECRET_KEY where there is none). Without it what was erased is not known again: nothing is restored.",
    ]
    assert len(ledger.erasures_on_file()) == 2  # the list beside the database travels, and is brought up to date


def test_names_of_backups(transactional_db, tmp_path, local_dir, command, monkeypatch):
    now = timezone.now()
    monkeypatch.setattr(backup, "timezone", SimpleNamespace(now=lambda: now))
    for _ in range(2):
        command("backup")
    command("backup", tmp_path / "mine.zip")
    stem = f"realist-{now:%Y%m%dT%H%M%SZ}"
    assert sorted(path.name for path in (local_dir / "backups").iterdir()) == [f"{stem}-2.backup", f"{stem}.backup"]
    before = (tmp_path / "mine.zip").read_bytes()
    taken = f"{tmp_path / 'mine.zip'} is there already, and no backup is overwritten. Give another name."
    assert refusal(tmp_path / "mine.zip") == taken
    monkeypatch.setattr(backup, "names_for", lambda *_: (tmp_path, iter([tmp_path / "mine.zip"])))
    assert refusal() == taken  # it appeared while the backup was written
    assert (tmp_path / "mine.zip").read_bytes() == before
    assert not list(tmp_path.glob(".realist*"))


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "the disk is full. Make room, or name another place."),
        (errno.EACCES, "this account may not write or read there. Change its rights, or name another place."),
        (errno.EIO, "input/output error."),
    ],
)
def test_place_that_cannot_be_written(transactional_db, tmp_path, monkeypatch, number, said):
    def fail(*_, **__):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(private_files.os, "fsync", fail)
    assert refusal(tmp_path) == f"{tmp_path}: {said}"
    assert list(tmp_path.iterdir()) == []


def test_full_disk_while_writing(transactional_db, tmp_path, monkeypatch):
    class Full(backup.ArchiveWriter):
        def add(self, *_, **__):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(backup, "ArchiveWriter", Full)
    assert refusal(tmp_path) == f"{tmp_path}: the disk is full. Make room, or name another place."
    assert list(tmp_path.iterdir()) == []


def test_place_under_a_file(transactional_db, tmp_path):
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", tmp_path / "file" / "folder"):
        assert refusal(place) == f"{place}: a part of its path is a file. Name another place."


def test_list_that_cannot_be_written_is_told(held, tmp_path, monkeypatch):
    monkeypatch.setattr(backup, "write_missing", lambda: False)
    assert refusal(tmp_path) == (
        "The backup is whole; but the list of erasures beside the database could not be written."
    )
    assert len(list(tmp_path.glob("*.backup"))) == 1


def test_what_killed_backups_left_is_removed_and_what_is_being_written_is_not(transactional_db, tmp_path, command):
    left, written = tmp_path / UNFINISHED.format("left"), tmp_path / UNFINISHED.format("written")
    left.touch()
    with written.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        command("backup", tmp_path)
        assert [left.exists(), written.exists()] == [False, True]


@pytest.mark.parametrize("number", [errno.EPERM, errno.EIO])
def test_file_system_without_links(tmp_path, monkeypatch, number):
    def fail(*_):
        raise OSError(number, "zq")

    unfinished, path = tmp_path / "u", tmp_path / "p"
    monkeypatch.setattr(private_files.os, "link", fail)
    unfinished.write_text("a")
    if number == errno.EIO:
        with pytest.raises(OSError, match="zq"):
            private_files.rename_beside_none(unfinished, path)
        return
    private_files.rename_beside_none(unfinished, path)
    assert (path.read_text(), unfinished.exists()) == ("a", False)
    unfinished.write_text("b")
    with pytest.raises(FileExistsError):
        private_files.rename_beside_none(unfinished, path)
    assert path.read_text() == "a"


def test_names_that_are_all_taken(tmp_path):
    file = SimpleNamespace(put_in_place=lambda _: None)
    with pytest.raises(FileExistsError):
        backup.link_under_free_name(file, iter([]))
    assert backup.link_under_free_name(file, iter([tmp_path])) == tmp_path


def test_folder_that_another_process_makes(tmp_path, monkeypatch):
    def made_meanwhile(path, *_):
        os.mkdir(path)  # noqa: PTH102  the stand-in is of Path.mkdir
        raise FileExistsError

    monkeypatch.setattr(Path, "mkdir", made_meanwhile)
    private_files.make_private_folder(tmp_path / "a")
    assert (tmp_path / "a").is_dir()


@pytest.mark.once
def test_database_that_is_not_there(places, tmp_path):
    place = places.use_new()
    assert refusal(tmp_path / "b") == f"There is no database at {place}. Look at DATABASE_URL."
    assert not Path(place).exists()
    Path(place).touch()
    assert (
        refusal(tmp_path / "b")
        == f"{place} has no tables of Realist, so there is nothing to back up. Look at DATABASE_URL."
    )
    Path(place).write_text("zq" * 2000)
    assert refusal(tmp_path / "b") == f"{place} is no database. Look at DATABASE_URL."


@pytest.mark.once
@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("database or disk is full", "{folder}: the disk is full. Make room, or name another place."),
        ("database is locked", "{path} was locked for 20 seconds by a long write. Try again."),
        ("malformed", "{path} cannot be copied: malformed. Run: manage.py verify"),
    ],
)
def test_what_sqlite_says(transactional_db, tmp_path, monkeypatch, said, told):
    import sqlite3  # noqa: PLC0415  for this test alone

    def fail(_):
        raise sqlite3.OperationalError(said)

    monkeypatch.setattr("programmes.upkeep.sqlite_files.opened_sqlite", fail)
    path = SQLiteEngine(connection).path
    assert refusal(tmp_path) == told.format(folder=tmp_path, path=path)
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert str(sqlite_trouble(sqlite3.OperationalError("zq"), path, tmp_path)) == (
        f"{path}: this account may not read it. Run this as the account of the site."
    )


@pytest.mark.once
@pytest.mark.parametrize("ending", ["-wal", "-journal"])
def test_rest_of_another_database_is_not_taken_for_a_part_of_this(places, ending):
    place = places.use_new()
    rest = Path(f"{place}{ending}")
    rest.touch()
    with pytest.raises(UpkeepError) as error:
        SQLiteEngine(connection).refuse_unless_empty()
    assert str(error.value) == (
        f"{rest} belongs to another database, and would be taken for a part of this one. Move it."
    )


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """A folder with programs of ours in the place of PostgreSQL's."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setattr(postgresql_programs, "FOLDERS", ())
    monkeypatch.setenv("PATH", str(folder))

    def make(name, text):
        (folder / name).write_text(f"#!{sys.executable}\n{text}")
        (folder / name).chmod(0o700)

    return make


@pytest.mark.once
def test_program_of_the_right_version_is_looked_for(programs, tmp_path, monkeypatch):
    remedy = "Install the client programs of PostgreSQL 15 (on Debian: apt install postgresql-client-15)."
    with pytest.raises(UpkeepError) as error:
        postgresql_programs.find_program("pg_dump", 15)
    assert str(error.value) == f"pg_dump is not on this machine. {remedy}"

    programs("pg_dump", "print('pg_dump (PostgreSQL) 14.9')")
    with pytest.raises(UpkeepError) as error:
        postgresql_programs.find_program("pg_dump", 15)
    assert str(error.value) == f"pg_dump is of version 14, and the server of version 15. {remedy}"

    newer = tmp_path / "16"
    newer.mkdir()
    (newer / "pg_dump").write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 16.1'\n")
    (newer / "pg_dump").chmod(0o700)
    monkeypatch.setattr(postgresql_programs, "FOLDERS", (f"{tmp_path}/1*",))
    assert postgresql_programs.find_program("pg_dump", 15) == str(newer / "pg_dump")
    programs("pg_dump", "print('no number')")
    (newer / "pg_dump").write_text("not a program")
    assert postgresql_programs.program_version(str(newer / "pg_dump")) == 0


@pytest.mark.postgresql
def test_password_stands_in_no_command_and_no_environment(transactional_db, tmp_path, programs, monkeypatch):
    told = tmp_path / "told"
    programs(
        "pg_dump",
        "import os, sys\n"
        "if '--version' in sys.argv: print('pg_dump (PostgreSQL) 99'); sys.exit()\n"
        f"open({str(told)!r}, 'w').write(repr((sys.argv, dict(os.environ))) + open(os.environ['PGPASSFILE']).read())\n"
        "print('pg_dump: error: zq', file=sys.stderr); sys.exit(1)\n",
    )
    monkeypatch.setenv("PGPASSWORD", "another")
    assert refusal(tmp_path / "out") == "pg_dump failed, and nothing was kept: error: zq"
    password = connection.settings_dict["PASSWORD"]
    said = told.read_text()
    assert (said.count(password), said.endswith(f"*:*:*:*:{password}\n"), "PGPASSWORD" in said) == (1, True, False)
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.postgresql
def test_wrong_password_is_told(transactional_db, tmp_path):
    before = connection.settings_dict["PASSWORD"]
    connection.settings_dict["PASSWORD"] = "zqwrong"
    try:
        said = refusal(tmp_path)
    finally:
        connection.settings_dict["PASSWORD"] = before
    assert 'password authentication failed for user "realist"' in said
    assert said.endswith("Look at DATABASE_URL, and whether it runs.")


@pytest.mark.postgresql
def test_program_that_fails_leaves_the_place_empty(transactional_db, places, tmp_path, command, programs, monkeypatch):
    real = postgresql_programs.find_program
    monkeypatch.setenv("PATH", os.defpath)
    monkeypatch.setattr(postgresql_programs, "FOLDERS", FOLDERS)
    UserFactory(username="root", is_superuser=True)
    command("backup", tmp_path / "a.backup")
    places.use_new()
    programs(
        "pg_restore",
        "import sys\nif '--version' in sys.argv: print('99'); sys.exit()\nsys.stdin.buffer.read(10); sys.exit(1)\n",
    )
    monkeypatch.setattr(postgresql_programs, "find_program", lambda *_: str(tmp_path / "programs" / "pg_restore"))
    word = ["--no-newer-erasures", "--signed-by", "root"]
    with pytest.raises(CommandError) as error:
        call_command("restore", str(tmp_path / "a.backup"), *word)
    assert str(error.value) == "pg_restore failed, and nothing was kept: it was ended from outside"
    monkeypatch.setattr(postgresql_programs, "find_program", real)
    monkeypatch.setenv("PATH", os.defpath)
    assert command("restore", tmp_path / "a.backup", *word)[-1].startswith("The site may be opened.")


@pytest.mark.once
def test_line_after_one_that_was_cut_off(transactional_db):
    ErasureFactory()
    ledger.write_missing()
    with settings.ERASURES_FILE.open("r+b") as file:
        file.truncate(settings.ERASURES_FILE.stat().st_size - 20)
    assert ledger.erasures_on_file() == {}
    ledger.write_missing()
    assert list(ledger.erasures_on_file()) == [str(Erasure.objects.get().identity)]
