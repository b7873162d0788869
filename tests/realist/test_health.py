"""Whether the site lives and is ready is told without a session, a secret or a redirect."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from programmes.actions.ledger import line_of
from realist import health
from tests.factories import ErasureFactory

ALL = {"database": "ready", "migrations": "ready", "erasures": "ready", "disk": "ready", "files": "ready"}


def test_process_that_lives_says_so_without_the_database(client):
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "alive"})


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_answers_are_not_kept_and_begin_no_session(db, client, settings, address):
    settings.SECURE_SSL_REDIRECT = True
    response = client.get(address)
    assert (response.status_code, "no-store" in response["Cache-Control"], dict(response.cookies)) == (200, True, {})
    assert client.head(address).status_code == 200
    assert client.post(address).status_code == 405


def test_asking_is_not_counted_as_a_call(db, client):
    assert "RateLimit-Limit" not in client.get("/readyz")


def test_site_that_is_ready(db, client):
    with CaptureQueriesContext(connection) as queries:
        response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "ready", "parts": ALL})
    asked = [query["sql"] for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(asked) == 3  # whether it answers; whether there is a table of migrations, and what is in it


def refuse(*_):
    raise DatabaseError("password=zqsecret")


def test_database_that_does_not_answer(db, client):
    with connection.execute_wrapper(refuse):
        response = client.get("/readyz")
    assert (response.status_code, response.json()) == (
        503,
        {"status": "not ready", "parts": {"database": "does not answer", "disk": "ready", "files": "ready"}},
    )


def test_migrations_that_are_to_be_run(db, client, monkeypatch):
    monkeypatch.setattr(health, "last_migrations", lambda: frozenset({("programmes", "9999_zq")}))
    assert client.get("/readyz").json()["parts"] == {
        "database": "ready",
        "migrations": "not applied; run: manage.py migrate",
        "disk": "ready",
        "files": "ready",
    }


def test_erasures_that_the_database_has_not_heard_of(db, client, settings):
    erasure = ErasureFactory()
    settings.ERASURES_FILE.write_text(f"{line_of(erasure)}\n", encoding="utf-8")
    assert client.get("/readyz").json()["parts"] == ALL
    erasure.delete()
    response = client.get("/readyz")
    told = "on file, but not known to the database; run: manage.py tidy"
    assert (response.status_code, response.json()["parts"]) == (503, {**ALL, "erasures": told})


def test_disk_that_is_nearly_full_or_read_only(db, client, settings, monkeypatch):
    usage = SimpleNamespace(free=settings.LEAST_FREE_MEGABYTES * 1_000_000 - 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert client.get("/readyz").json()["parts"]["disk"] == "is nearly full"
    monkeypatch.setattr("os.access", lambda *_: False)
    assert client.get("/readyz").json()["parts"]["disk"] == "cannot be written to"


def test_folder_that_is_not_there_yet_is_on_the_disk_of_the_one_above(tmp_path):
    assert health.existing(tmp_path / "a" / "b") == tmp_path
    assert health.existing(Path("not/there")) == Path.cwd()


def test_only_a_database_that_is_a_file_has_a_folder_here(monkeypatch):
    stand_in = SimpleNamespace(vendor="sqlite", settings_dict={"NAME": "/not/there/db.sqlite3"})
    monkeypatch.setattr(health, "connection", stand_in)
    assert list(health.database_folders()) == [Path("/")]
    stand_in.vendor = "postgresql"
    assert list(health.database_folders()) == []


def test_site_without_its_files_says_so(client, db, settings):
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "realist.static_files.CollectedFiles"}}
    told = "not collected; run: manage.py collectstatic"
    response = client.get("/readyz")
    assert (response.status_code, response.json()["parts"]) == (503, {**ALL, "files": told})
    for address in ("/", "/glossary/", "/nowhere/"):
        response = Client(raise_request_exception=False).get(address)
        shown = response.content.decode()
        assert (response.status_code, response["Retry-After"], "stylesheet" in shown) == (503, "60", False)
        assert "Run: manage.py collectstatic --noinput, and start the site again." in shown
        assert f'<a href="{address}">Try again</a>' in shown
    assert client.get("/api/v1/cmocs/").status_code == 200
