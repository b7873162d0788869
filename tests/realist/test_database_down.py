"""A real PostgreSQL that is stopped and started under a real server: told within two seconds, back within five."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tools import throwaway_postgresql
from tools.commands import ROOT, python
from tools.programs import find_postgresql
from tools.throwaway_postgresql import free_port

LISTING = "/api/v1/programmes/"


@pytest.fixture
def cluster(monkeypatch):
    """A PostgreSQL without a table, that keeps its port."""
    programs = find_postgresql()
    if programs is None:
        pytest.skip("no PostgreSQL here")
    port = free_port()
    monkeypatch.setattr(throwaway_postgresql, "free_port", lambda: port)
    folder = Path(tempfile.mkdtemp(prefix="realist-postgresql-"))
    found = throwaway_postgresql.Cluster(programs, folder)
    found.port = port
    found.create()
    yield found
    found.stop()
    shutil.rmtree(folder)


@pytest.fixture
def site(cluster, tmp_path):
    """A server for that database, started while it is down; where it is, and the file of its log."""
    port = free_port()
    environment = {
        **os.environ,
        "SECRET_KEY": "x" * 60,
        "DATABASE_URL": cluster.url,
        "HTTPS": "false",
        "DEBUG": "false",
        "PORT": str(port),
        "WEB_CONCURRENCY": "1",
        "LOCAL_DIR": str(tmp_path),
        "ERASURES_FILE": str(tmp_path / "erasures.jsonl"),
    }
    command = python("-m", "gunicorn", "-c", "python:realist.gunicorn", "realist.wsgi")
    log = tmp_path / "log"
    with log.open("wb") as written:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=written, stderr=written)
    yield f"http://127.0.0.1:{port}", log
    server.send_signal(signal.SIGTERM)
    server.wait(20)


def ask(site, address):
    """Return the status of an answer, what it says, and how many seconds it took."""
    begun = time.monotonic()
    try:
        with urllib.request.urlopen(site + address, timeout=20) as answer:  # noqa: S310  our own server
            status, said = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, said = error.code, error.read()
    return status, json.loads(said), time.monotonic() - begun


def seconds_until(condition):
    begun = time.monotonic()
    while time.monotonic() < begun + 60:
        with contextlib.suppress(urllib.error.URLError):
            if condition():
                return time.monotonic() - begun
        time.sleep(0.1)
    raise AssertionError(condition)


def database_of(site):
    return ask(site, "/readyz")[1]["parts"]["database"]


def assert_told(site):
    """Assert that the site lives, and says within two seconds that it has no database."""
    for address in (LISTING, "/readyz", LISTING):
        status, said, seconds = ask(site, address)
        assert (status, seconds < 2) == (503, True), (address, said, seconds)
    assert ask(site, LISTING)[1]["detail"].startswith("The database does not answer.")
    assert ask(site, "/healthz")[0] == 200


@pytest.mark.once
@pytest.mark.untraced
@pytest.mark.parametrize("outage", [2, pytest.param(40, marks=pytest.mark.soak)])
def test_database_that_is_stopped_and_started(cluster, site, outage):
    address, log = site
    seconds_until(lambda: ask(address, "/healthz"))
    assert_told(address)
    assert log.read_text(encoding="utf-8").count("The database does not answer") >= 1

    cluster.start()
    assert seconds_until(lambda: database_of(address) == "ready") < 5
    assert ask(address, LISTING)[1]["detail"].startswith("The site is being set up.")  # it has no tables

    cluster.stop()
    end = time.monotonic() + outage
    while time.monotonic() < end:
        assert_told(address)
    cluster.start()
    assert seconds_until(lambda: database_of(address) == "ready") < 5
    assert cluster.password not in log.read_text(encoding="utf-8")
