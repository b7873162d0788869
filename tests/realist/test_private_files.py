"""What the site keeps is its owner's alone."""

import os
import stat
import subprocess

import pytest
from django.core.checks import run_checks
from django.db import connection

from realist.private_files import files_are_private
from tools.commands import ROOT, python

SCRIPT = """
import os, sqlite3, tempfile
from pathlib import Path
from tools import run
run.settle("make run")
import django
django.setup()
from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import connection
from realist.counts import call_counts
connection.cursor().execute("CREATE TABLE words (word text)")
call_counts()
settings.ERASURES_FILE.touch()
upload = TemporaryUploadedFile("a.txt", "text/plain", 1, "utf-8")
print(upload.temporary_file_path(), oct(os.stat(upload.temporary_file_path()).st_mode & 0o777))
for path in sorted(Path(os.environ["HOME_OF_TEST"]).rglob("*")):
    print(path.name, oct(path.stat().st_mode & 0o777))
"""


@pytest.mark.once
@pytest.mark.untraced
def test_files_are_private_whatever_the_shell_says(tmp_path):
    own = {
        "HOME_OF_TEST": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'data.sqlite3'}",
        "LOCAL_DIR": str(tmp_path / "local"),
        "ERASURES_FILE": str(tmp_path / "local" / "erasures.jsonl"),
        "SECRET_KEY": "",
        "PYTHONPATH": str(ROOT),
    }
    said = subprocess.run(
        python("-c", SCRIPT), env={**os.environ, **own}, umask=0, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert said.pop(0).endswith("0o600")
    assert said == [
        "data.sqlite3 0o600",
        "data.sqlite3-shm 0o600",
        "data.sqlite3-wal 0o600",
        "local 0o700",
        "calls-1 0o600",
        "erasures.jsonl 0o600",
        "secret-key 0o600",
    ]


def test_files_that_others_can_open_are_named(settings, tmp_path, monkeypatch):
    settings.LOCAL_DIR = tmp_path
    settings.ERASURES_FILE = tmp_path / "erasures.jsonl"
    monkeypatch.setitem(connection.settings_dict, "NAME", tmp_path / "data.sqlite3")
    names = ["secret-key", "erasures.jsonl"] + ["data.sqlite3", "data.sqlite3-wal"] * (connection.vendor == "sqlite")
    for name in names:
        (tmp_path / name).touch(0o600)
    assert files_are_private(["default"]) == []
    for name in names:
        (tmp_path / name).chmod(0o640)
    (tmp_path / "secret-key").chmod(stat.S_IRUSR | stat.S_IROTH)
    found = files_are_private(["default"])
    assert {message.msg for message in found} == {
        f"Others on this machine can open {tmp_path / name}." for name in names
    }
    assert {message.hint for message in found} == {f"Run: chmod 600 {tmp_path / name}" for name in names}
    assert files_are_private() == []


def test_check_of_the_database_asks_for_them(db, settings, tmp_path):
    settings.LOCAL_DIR = tmp_path
    (tmp_path / "secret-key").touch()
    (tmp_path / "secret-key").chmod(0o644)
    found = [message.id for message in run_checks(databases=["default"]) if message.id == "realist.W002"]
    assert found[-1:] == ["realist.W002"]
