"""A machine of its own: a folder, an environment, a database, the commands of the site, and the site that is served."""

from __future__ import annotations

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
from typing import TYPE_CHECKING

import dj_database_url
import psycopg
from django.conf import settings
from django.db import connection

from tools import throwaway_postgresql
from tools.commands import ROOT, python
from tools.programs import find_postgresql
from tools.throwaway_postgresql import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

PATIENCE = 180  # seconds that a step of a busy machine may take


def wait_until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, condition
        time.sleep(0.05)


def processes_of(process: subprocess.Popen) -> list[int]:
    """Return a process and those that it has started."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [process.pid, *map(int, children.read_text().split() if children.exists() else ())]


def kill(process: subprocess.Popen) -> None:
    """Kill a process, and those that it has started, at once."""
    pids = processes_of(process)
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()
    if process.stdout:
        process.stdout.close()
    wait_until(lambda: not any(is_alive(pid) for pid in pids))


def is_alive(pid: int) -> bool:
    """Return whether a process is there and no zombie that nobody has asked for."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


class SQLiteServer:
    """A database that is a file has no server."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder / 'db.sqlite3'}"

    def kill_and_start(self) -> None:
        """Do nothing: who writes is killed with the site."""

    def remove(self) -> None:
        """Do nothing: the file goes with the folder."""


class PostgreSQLServer:
    """A server of PostgreSQL as it is set by default: what it said is kept is kept, whoever kills it."""

    def __init__(self, patch) -> None:
        port = free_port()
        patch.setattr(throwaway_postgresql, "FAST_AND_UNSAFE", ())
        patch.setattr(throwaway_postgresql, "free_port", lambda: port)
        self.cluster = throwaway_postgresql.Cluster(find_postgresql(), Path(tempfile.mkdtemp(prefix="realist-drill-")))
        self.cluster.create()
        self.cluster.start()
        with psycopg.connect(self.cluster.url, autocommit=True) as server:
            server.execute("CREATE DATABASE site")
        self.url = f"{self.cluster.url.rpartition('/')[0]}/site"

    def kill_and_start(self) -> None:
        kill(self.cluster.server)
        self.cluster.start()

    def remove(self) -> None:
        """Let nothing be left of it."""
        self.cluster.stop()
        shutil.rmtree(self.cluster.folder)


class Machine:
    """A machine on which the site is installed."""

    def __init__(self, folder: Path, patch) -> None:
        self.folder = folder
        folder.mkdir()
        self.server = SQLiteServer(folder) if connection.vendor == "sqlite" else PostgreSQLServer(patch)
        self.erasures = folder / "erasures.jsonl"
        self.port = free_port()
        self.site: subprocess.Popen | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DATABASE_URL": self.server.url,
            "LOCAL_DIR": str(self.folder),
            "ERASURES_FILE": str(self.erasures),
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "realist.settings",
            "WEB_CONCURRENCY": "2",
            "PORT": str(self.port),
            "LOSE_DATA": "",
        }

    def start(self, *words: object) -> subprocess.Popen:
        return subprocess.Popen(
            python(*map(str, words)), cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True
        )

    def manage(self, *words: object) -> str:
        """Run a command; return what it said."""
        done = subprocess.run(
            python("manage.py", *map(str, words)),
            cwd=ROOT,
            env=self.environment,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, (words, done.stdout)
        return done.stdout

    def serve(self) -> None:
        """Serve the site, and wait until it lives."""
        with (self.folder / "log").open("ab") as log:
            self.site = subprocess.Popen(
                python("-m", "gunicorn", "-c", "python:realist.gunicorn", "realist.wsgi"),
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        wait_until(lambda: self.status("/healthz") == 200)

    def kill_site(self) -> None:
        """Kill the server of the site, and its workers."""
        if self.site:
            kill(self.site)
            self.site = None

    def status(self, path: str) -> int | None:
        try:
            with urllib.request.urlopen(self.address + path, timeout=PATIENCE) as answer:  # noqa: S310  our own server
                return answer.status
        except urllib.error.HTTPError as error:
            error.close()
            return error.code
        except (urllib.error.URLError, ConnectionError):
            return None

    def readiness(self) -> dict[str, str]:
        """Return what the site says of its parts."""
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=PATIENCE) as answer:  # noqa: S310  as above
                return json.load(answer)["parts"]
        except urllib.error.HTTPError as error:
            with error:
                return json.load(error)["parts"]

    @contextlib.contextmanager
    def in_use(self) -> Generator[None]:
        """Let Django use the database of this machine, and its list of erasures."""
        before = {name: connection.settings_dict[name] for name in PARTS}, settings.ERASURES_FILE
        point_at({**dict.fromkeys(PARTS, ""), **dj_database_url.parse(self.server.url)})
        settings.ERASURES_FILE = self.erasures
        try:
            yield
        finally:
            point_at(before[0])
            settings.ERASURES_FILE = before[1]

    def remove(self) -> None:
        """Let nothing be left of it."""
        self.kill_site()
        self.server.remove()
        shutil.rmtree(self.folder)


PARTS = ("NAME", "HOST", "PORT", "USER", "PASSWORD")


def point_at(parts) -> None:
    """Let Django's connection be one to another database, from its next query on."""
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()
    for name in PARTS:
        settings.DATABASES["default"][name] = connection.settings_dict[name] = parts[name]
