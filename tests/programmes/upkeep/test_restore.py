"""What was erased after a backup stays erased when that backup is restored, and until then nobody is served."""

import datetime as dt
import errno
import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from programmes.actions.ledger import erasures_on_file
from programmes.integrity.restoring import MAKE, restored_from
from programmes.models import Erasure, Participant, Quote, Restoration
from programmes.models.erasures import present_key
from programmes.upkeep import postgresql_programs, restore
from tests.factories import MembershipFactory, UserFactory
from tests.programmes.actions.test_forget_again import CANARY, DAY, TEXT, files_with, go, plant
from tests.programmes.actions.test_withdraw import everything
from tests.tracing import untraced

SPAN = (TEXT.index(f"{CANARY}name"), TEXT.index(" to you"))
NOT_THERE = {
    "sqlite": "There is no database at ",
    "postgresql": "Nothing is being restored here. To restore a backup: manage.py restore FILE",
}
OTHER = {"sqlite": "PostgreSQL", "postgresql": "SQLite"}
NAME = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
WORD = "--no-newer-erasures --signed-by USERNAME, with the account of a lead"


@pytest.fixture
def backup(places, tmp_path, command):
    """A backup of before anything was erased, and the newest list, with a withdrawal and a passage on it."""
    with untraced():  # tests of their own reach what makes backups and erases
        source, two = plant()
        lead = UserFactory(username="ada", first_name="Ada", last_name="Lead")
        MembershipFactory(study=source.study, user=lead, role="lead")
        command("backup", tmp_path / "a.backup")
        go(source, two)
    settings.ERASURES_FILE.rename(tmp_path / "newest.jsonl")
    return tmp_path / "a.backup"


@pytest.fixture
def newest(tmp_path):
    return tmp_path / "newest.jsonl"


def refusal(*words):
    with pytest.raises(CommandError) as error:
        call_command("restore", *map(str, words))
    return str(error.value)


def words_of(response):
    return " ".join(re.sub("<[^>]*>", "", response.content.decode()).split())


def is_empty(place):
    """Say whether a place is as empty as before: nothing half is in it, and nothing beside it."""
    if connection.vendor == "sqlite":
        return not list(Path(place).parent.glob("*.sqlite3*")) + list(Path(place).parent.glob(".realist*"))
    with connection.cursor() as cursor:
        cursor.execute(postgresql_programs.WHAT_STANDS_THERE)
        there = cursor.fetchall()
    return not there and restored_from(connection) is None


def test_what_was_erased_after_the_backup_stays_erased(backup, newest, places, command):
    place = places.use_new()

    said = command("restore", backup, "--erasures", newest)

    assert CANARY not in everything()
    assert files_with(CANARY) == []
    assert Participant.objects.get(pseudonym="p2").withdrawn_date == DAY
    assert not Quote.objects.filter(key="q01").exists()
    assert len(erasures_on_file()) == Erasure.objects.count() == 3  # the two, and the withdrawal that was done again
    assert said[1:4] == [
        f"{PLACE[connection.vendor](place)} was loaded. It is shut until what was erased is erased again.",
        "2 erasures were not known to this database.",
        "A passage of the source group of study was erased again.",
    ]
    assert said[-1] == "The site may be opened. 2 erasures are known, 2 of them new."
    kept = Restoration.objects.get()
    assert (kept.backup, kept.erasures_known, kept.erasures_listed, kept.signed_by) == ("a.backup", 0, 2, "")
    assert abs(kept.restored_at - kept.made_at) < dt.timedelta(minutes=5)
    assert command("verify")[-1].endswith("Nothing was found.") or connection.vendor == "sqlite"


PLACE = {
    "sqlite": str,
    "postgresql": lambda name: (
        f"The database {name} at {connection.settings_dict['HOST']}:{connection.settings_dict['PORT']}"
    ),
}


def test_nothing_is_restored_without_the_newest_list(backup, newest, places, tmp_path):
    place = places.use_new()
    older, empty, damaged = tmp_path / "older.jsonl", tmp_path / "empty.jsonl", tmp_path / "damaged.jsonl"
    lines = newest.read_text(encoding="utf-8").splitlines(keepends=True)
    older.write_text(lines[0], encoding="utf-8")
    empty.touch()
    damaged.write_text(lines[0] + lines[1][:-40], encoding="utf-8")
    word = ["--no-newer-erasures", "--signed-by"]

    assert refusal(backup) == (
        "The backup's own list of erasures may be older than the newest one, and what was erased since would be "
        f"shown again. Give the newest list: --erasures FILE, or put it at {settings.ERASURES_FILE}. Where there "
        f"was no erasure since the backup: {WORD}."
    )
    assert refusal(backup, "--erasures", empty) == f"{empty} has no erasure. Where there was none: {WORD}."
    assert refusal(backup, "--erasures", damaged).startswith(f"Line 2 of {damaged} is no whole erasure")
    assert refusal(backup, "--erasures", backup) == f"{backup} is no list of erasures. Look at it."
    assert (
        refusal(backup, "--erasures", tmp_path / "none") == f"{tmp_path / 'none'}: it is not there. Look at the name."
    )
    assert refusal(backup, "--signed-by", "ada") == f"--no-newer-erasures and --signed-by belong together: {WORD}."
    assert refusal(backup, "--no-newer-erasures") == f"--no-newer-erasures and --signed-by belong together: {WORD}."
    assert refusal(backup, *word, "eve") == (
        "'eve' leads no study in this backup, so their word does not count. Name an account that does: ada."
    )
    assert refusal(backup, *word, "ada", "--erasures", newest) == (
        "Give the newest list with --erasures, or a lead's word that there is none newer; not both."
    )
    shutil.copy(newest, settings.ERASURES_FILE)
    assert refusal(backup, "--erasures", older) == (
        f"{older} is not the newest list, or one of another site: 1 of 2 erasures that the list at "
        f"{settings.ERASURES_FILE} knows are not on it. Find the newest one."
    )
    assert is_empty(place)


def test_list_that_is_older_than_the_backup_is_refused(backup, newest, places, tmp_path, command):
    shutil.copy(newest, settings.ERASURES_FILE)
    command("backup", tmp_path / "later.backup")
    older = tmp_path / "older.jsonl"
    older.write_text(newest.read_text(encoding="utf-8").splitlines(keepends=True)[1], encoding="utf-8")
    settings.ERASURES_FILE.unlink()
    place = places.use_new()

    assert refusal(tmp_path / "later.backup", "--erasures", older) == (
        f"{older} is not the newest list, or one of another site: 1 of 2 erasures that the backup knows are not on it. "
        "Find the newest one."
    )
    assert is_empty(place)


def test_lead_gives_their_word_that_no_list_is_newer(backup, newest, places, tmp_path, command, client):
    shutil.copy(newest, settings.ERASURES_FILE)
    command("backup", tmp_path / "later.backup")
    settings.ERASURES_FILE.unlink()
    places.use_new()

    said = command("restore", tmp_path / "later.backup", "--no-newer-erasures", "--signed-by", "ada")

    assert said[-1] == "The site may be opened. 2 erasures are known, 0 of them new."
    assert len(erasures_on_file()) == 2  # which travelled with the backup
    kept = Restoration.objects.get()
    assert (kept.erasures_known, kept.erasures_listed, kept.signed_by) == (2, 2, "Ada Lead")
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    assert "Ada Lead gave their word" in words_of(client.get("/admin/programmes/participant/erasures/"))
    assert CANARY not in everything()


def as_first_written(entry):
    """Return an erasure as the first version wrote it, before a study had earlier slugs."""
    del entry["earlier_slugs"]
    return entry


def as_written_later(entry):
    """Return an erasure as a version may write it that knows more of it."""
    return {**entry, "zq": {"later": [1]}}


@pytest.mark.parametrize("rewrite", [as_first_written, as_written_later])
def test_list_of_another_version_is_taken(backup, newest, places, command, rewrite):
    entries = [rewrite(json.loads(line)) for line in newest.read_text(encoding="utf-8").splitlines()]
    newest.write_text("".join(f"{json.dumps(entry)}\n" for entry in entries), encoding="utf-8")
    places.use_new()

    assert command("restore", backup, "--erasures", newest)[-1].startswith("The site may be opened. 2 erasures")

    assert CANARY not in everything()
    assert files_with(CANARY) == []
    assert list(erasures_on_file().values())[:2] == entries  # nothing that a later version knows is lost


def test_list_that_only_a_newer_version_understands_is_refused(backup, newest, places):
    place = places.use_new()
    first, second = newest.read_text(encoding="utf-8").splitlines()
    newest.write_text(f"{first}\n{json.dumps({**json.loads(second), 'kind': 'zq'})}\n", encoding="utf-8")
    assert refusal(backup, "--erasures", newest) == (
        f"Line 2 of {newest} was written by a newer version of Realist: it has the kind 'zq', which this one cannot "
        "erase again. Install that version."
    )
    assert is_empty(place)


def test_list_in_its_place_is_taken(backup, newest, places, command, client):
    shutil.copy(newest, settings.ERASURES_FILE)
    places.use_new()
    command("restore", backup)
    assert CANARY not in everything()
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    assert "the newest list was given" in words_of(client.get("/admin/programmes/participant/erasures/"))


@pytest.mark.parametrize("step", ["forget_again", "compact", "missing_here", "add_lines"])
def test_site_stays_shut_until_everything_is_erased_again(backup, newest, places, command, client, monkeypatch, step):
    places.use_new()

    def fail(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    stand_in = {"compact": lambda: False, "missing_here": lambda: {"zq": {}}}.get(step, fail)
    with monkeypatch.context() as patch:
        patch.setattr(restore, step, stand_in)
        assert refusal(backup, "--erasures", newest).endswith(
            "The site stays shut until that is done. Then run: manage.py restore --finish"
        )
    connection.close()

    shut = client.get("/")
    assert (shut.status_code, shut["Retry-After"]) == (503, "60")
    assert "The site is being restored" in shut.content.decode()
    connection.close()
    problem = client.get("/api/v1/quotes/")
    assert (problem.status_code, problem["Content-Type"]) == (503, "application/problem+json")
    connection.close()
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["parts"]["restore"]) == (
        503,
        "not finished; run: manage.py restore --finish",
    )
    connection.close()
    with pytest.raises(CommandError, match="The database is being restored, so there is nothing whole to back up yet"):
        call_command("backup")

    assert command("restore", "--finish", "--erasures", newest)[-1].startswith("The site may be opened.")
    connection.close()
    assert client.get("/readyz").status_code == 200
    assert client.get("/").status_code == 200
    assert CANARY not in everything()
    assert refusal("--finish") == "Nothing is being restored here. To restore a backup: manage.py restore FILE"


def test_restore_that_was_killed_is_not_finished_with_an_older_list(
    backup, newest, places, tmp_path, command, monkeypatch
):
    places.use_new()
    assert refusal("--finish").startswith(NOT_THERE[connection.vendor])
    older = tmp_path / "older.jsonl"
    older.write_text(newest.read_text(encoding="utf-8").splitlines(keepends=True)[0], encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(restore, "open_again", lambda newest: iter(()))  # it was killed before
        command("restore", backup, "--erasures", newest)

    assert refusal("--finish", "--erasures", older).startswith(
        f"{older} is not the newest list, or one of another site"
    )
    assert refusal("--finish", "--no-newer-erasures", "--signed-by", "eve").startswith("'eve' leads no study")
    assert refusal(backup, "--erasures", newest).startswith(PLACE[connection.vendor](connection.settings_dict["NAME"]))
    assert CANARY in everything()
    assert command("restore", "--finish", "--erasures", newest)[-1].startswith("The site may be opened.")
    assert CANARY not in everything()


def test_restore_that_loaded_nothing_is_begun_again(backup, newest, places, command):
    places.use_new()
    with connection.cursor() as cursor:
        cursor.execute(MAKE)
    assert refusal("--finish") == "Nothing was loaded yet. Restore the backup again: manage.py restore FILE"
    assert command("restore", backup, "--erasures", newest)[-1].startswith("The site may be opened.")
    assert Restoration.objects.get().backup == "a.backup"


def test_server_that_starts_says_that_its_database_is_shut(backup, newest, places, monkeypatch, caplog):
    from programmes import checks  # noqa: PLC0415  beside what it looks at

    places.use_new()
    monkeypatch.setattr(restore, "open_again", lambda newest: iter(()))
    call_command("restore", str(backup), "--erasures", str(newest))
    checks.log_what_differs()
    assert caplog.messages == [
        "The database is being restored from a.backup. The site is shut; run: manage.py restore --finish"
    ]
    assert CANARY in everything()


def test_key_that_is_another_is_told_before_anything_is_touched(backup, newest, places, command):
    place = places.use_new()
    before, here = present_key()[0], settings.SECRET_KEY
    try:
        settings.SECRET_KEY = "another"
        said = refusal(backup, "--erasures", newest)
    finally:
        settings.SECRET_KEY = here
    assert said.startswith(f"The hashes of erased words were made with another key ({before}; here are ")
    assert said.endswith("or name it in SECRET_KEY_FALLBACKS.")
    assert is_empty(place)


def test_nothing_is_restored_over_a_database(backup, newest, places):
    before = everything()
    assert " is not empty: it has " in refusal(backup, "--erasures", newest)
    assert everything() == before


def rewritten(backup, to, change):
    """Write a backup anew with another manifest."""
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(to, "w") as new:
        for entry in old.infolist():
            text = old.read(entry)
            if entry.filename == "manifest.json":
                manifest = json.loads(text)
                changed = change(manifest)
                text = json.dumps(manifest if changed is None else changed).encode()
            new.writestr(entry.filename, text)
    return to


def flip(path, at):
    """Change one byte of a file."""
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 255]))


def test_backup_that_is_not_whole_is_refused(backup, newest, places, tmp_path):
    place = places.use_new()
    size = backup.stat().st_size
    with zipfile.ZipFile(backup) as archive:
        middle = archive.infolist()[0].header_offset + 200
    broken = {}
    for name in ("cut", "flipped", "head"):
        broken[name] = Path(shutil.copy(backup, tmp_path / f"{name}.backup"))
    with broken["cut"].open("r+b") as file:
        file.truncate(size - 300)
    flip(broken["flipped"], middle)
    broken["nothing"] = tmp_path / "nothing.backup"
    broken["nothing"].touch()
    broken["another"] = tmp_path / "another.backup"
    with zipfile.ZipFile(broken["another"], "w") as archive:
        archive.writestr("a.txt", "a")
    flip(broken["head"], size - 10)
    changes = {
        "list": lambda manifest: [],
        "lacks": lambda manifest: manifest.pop("facts") and None,
        "half": lambda manifest: manifest["database"].pop("sha256") and None,
        "text": lambda manifest: manifest.update(facts="zq"),
    }
    for name, change in changes.items():
        broken[name] = rewritten(backup, tmp_path / f"{name}.backup", change)
    for name, path in broken.items():
        said = refusal(path, "--erasures", newest)
        assert said.startswith(f"{path} is no whole backup: "), (name, said)
        assert said.endswith(". Take another copy or another backup."), (name, said)
    changed = rewritten(backup, tmp_path / "sum.backup", lambda manifest: manifest["database"].update(sha256="0" * 64))
    assert refusal(changed, "--erasures", newest) == (
        f"{changed} is damaged: {SQL_NAME[connection.vendor]} is not what its manifest says. Take another copy or "
        "another backup."
    )
    assert refusal(tmp_path / "none.backup") == f"{tmp_path / 'none.backup'}: it is not there. Look at the name."
    assert refusal(tmp_path) == f"{tmp_path}: it is a folder. Name a file."
    assert is_empty(place)


SQL_NAME = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}


def test_backup_of_something_else_is_refused(backup, newest, places, tmp_path, command):
    place = places.use_new()
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[connection.vendor]
    engine = rewritten(backup, tmp_path / "e.backup", lambda manifest: manifest["facts"].update(engine=other))
    newer = rewritten(
        backup,
        tmp_path / "n.backup",
        lambda manifest: manifest["facts"]["migrations"].append(["programmes", "9999_zq"]),
    )
    form = rewritten(backup, tmp_path / "f.backup", lambda manifest: manifest.update(format=2))
    rows = rewritten(
        backup, tmp_path / "r.backup", lambda manifest: manifest["facts"]["rows"].update(programmes_quote=77)
    )
    assert refusal(engine) == (
        f"This is a backup of {OTHER[connection.vendor]}, and DATABASE_URL names a database of "
        f"{NAME[connection.vendor]}. Name one of {OTHER[connection.vendor]}."
    )
    assert refusal(newer) == (
        "The backup was made by a newer version of Realist (0.1.0), whose migration programmes.9999_zq is not known "
        "here. Install that version, or a newer one, and restore with it."
    )
    assert refusal(form) == (
        f"{form}: it is a backup of form 2, and this version reads form 1: restore it with the version of Realist that "
        "made it (0.1.0), or a newer one."
    )
    assert is_empty(place)
    assert refusal(rows, "--erasures", newest) == (
        f"{rows} is damaged: programmes_quote has 2 rows, and its manifest says 77. Take another backup."
    )
    assert is_empty(place)
    assert command("restore", backup, "--check") == [f"a.backup is whole: {made(backup)}"]
    assert is_empty(place)


def made(backup):
    with zipfile.ZipFile(backup) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    return f"made {manifest['made_at']} of {sum(manifest['facts']['rows'].values()):,} rows."


@pytest.mark.parametrize(
    "words", [(), ("a.backup", "--finish"), ("--finish", "--check")], ids=["nothing", "both", "check"]
)
def test_command_that_asks_for_nothing_whole(places, words):
    assert refusal(*words) == ("Name the backup: manage.py restore FILE. To go on with one: manage.py restore --finish")


def test_passage_and_withdrawal_of_before_the_backup_are_not_done_twice(places, tmp_path, command):
    source, two = plant()
    go(source, two)
    command("backup", tmp_path / "a.backup")
    places.use_new()
    said = command("restore", tmp_path / "a.backup")
    assert said[-1] == "The site may be opened. 2 erasures are known, 0 of them new."
    assert Erasure.objects.count() == 2
