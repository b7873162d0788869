import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from django.apps import apps
from django.db import connection
from django.db.models.signals import post_migrate, pre_migrate

from programmes.integrity import groups
from tools import dev, fingerprint
from tools.commands import ROOT, SETTING_NAMES
from tools.run import CannotServeError
from tools.throwaway_postgresql import free_port


@pytest.fixture
def plain_environment(monkeypatch, tmp_path):
    """An environment in which nothing is said about the site, but where its key is kept."""
    for name in SETTING_NAMES:
        monkeypatch.setenv(name, "")  # as good as unset, and put back after the test
    monkeypatch.setenv("LOCAL_DIR", str(tmp_path))
    monkeypatch.setattr(dev, "DATABASE", tmp_path / "db.sqlite3")
    (tmp_path / "db.sqlite3").touch()
    return tmp_path


def test_development_settings_are_defaults(plain_environment, monkeypatch):
    monkeypatch.setenv("HTTPS", "true")
    dev.use_development_settings()
    assert (os.environ["DEBUG"], os.environ["HTTPS"]) == ("true", "true")
    assert (plain_environment / "secret-key").is_file()


@pytest.mark.parametrize(
    "arguments", [[], ["8001"], ["127.0.0.1:8001"], ["localhost:8001"], ["[::1]:8001", "--noreload"]]
)
def test_runserver_for_this_machine(plain_environment, arguments):
    dev.read_server_arguments(arguments)
    assert (os.environ["DEBUG"], os.environ["HTTPS"]) == ("true", "false")


@pytest.mark.parametrize("address", ["0.0.0.0:8000", "192.0.2.1:8000", "0:8000", "theory.example.org:80"])
def test_runserver_shows_the_network_no_error_pages(plain_environment, address):
    with pytest.raises(CannotServeError) as error:
        dev.read_server_arguments(["--noreload", address])
    assert str(error.value) == (
        f"runserver is for one's own machine, and {address.rpartition(':')[0]} is reached from others; "
        "leave the address out, or see docs/operators.md for how to serve others"
    )
    assert os.environ["DEBUG"] == ""


def test_runserver_without_a_database(plain_environment):
    (plain_environment / "db.sqlite3").unlink()
    with pytest.raises(CannotServeError) as error:
        dev.read_server_arguments([])
    assert str(error.value) == "There is no database yet; start with make dev, which makes one and loads the demo"


@pytest.mark.parametrize("debug", ["true", "false"])
def test_runserver_for_the_network_when_debug_is_settled(plain_environment, monkeypatch, debug):
    monkeypatch.setenv("DEBUG", debug)
    dev.read_server_arguments(["0.0.0.0:8000"])
    assert os.environ["DEBUG"] == debug


@pytest.fixture
def database(plain_environment, monkeypatch):
    """A database that is prepared by writing that down."""
    file = plain_environment / "db.sqlite3"
    file.unlink()
    done = []

    def prepare(*, collect_static):
        file.touch()
        done.append(collect_static)

    monkeypatch.setattr(dev, "prepare", prepare)

    def times():
        done.clear()
        dev.prepare_if_needed(plain_environment / "memory")
        return list(done)

    return file, times


def test_second_start_prepares_nothing(database):
    _, prepared = database
    assert [prepared(), prepared()] == [[False], []]


@pytest.mark.untraced
def test_database_that_was_replaced_is_prepared(database):
    file, prepared = database
    prepared()
    other = file.with_name("other")
    other.touch()
    other.replace(file)
    assert prepared() == [False]


def test_changed_code_prepares_the_database(database, monkeypatch):
    _, prepared = database
    prepared()
    monkeypatch.setattr(dev, "database_fingerprint", lambda _more: "changed")
    assert [prepared(), prepared()] == [[False], []]


def test_database_that_is_no_file_is_always_looked_into(database, monkeypatch):
    _, prepared = database
    monkeypatch.setenv("DATABASE_URL", "postgres://name:word@host/base")
    assert [prepared(), prepared()] == [[False], [False]]


def test_fingerprint_covers_whatever_makes_part_of_a_database():
    makers = {receiver.__module__ for signal_ in (post_migrate, pre_migrate) for receiver in receivers(signal_)}
    declaring = {
        model.__module__
        for model in apps.get_models()
        if getattr(model, "invariants", ()) or getattr(model, "searched", ())
    }
    wanted = {*makers, *declaring, groups.__name__, "programmes.migrations.0001_initial"}
    own = {name for name in wanted if name.partition(".")[0] in fingerprint.ROOMS}
    covered = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in fingerprint.shaping_modules()
    }
    assert (own - covered, len(makers & own) > 0, len(declaring) > 0) == (set(), True, True)


def receivers(signal_):
    return [each for sender in signal_.receivers for each in [sender[1]()] if each is not None]


@pytest.fixture
def checkout(tmp_path):
    """A small checkout whose database follows from one migration, one model and one list of packages."""
    folder = tmp_path / "programmes" / "migrations"
    folder.mkdir(parents=True)
    (folder / "0001_initial.py").write_text("operations = []\n", encoding="ascii")
    (tmp_path / "programmes" / "views.py").write_text("def page(): ...\n", encoding="ascii")
    (tmp_path / "requirements.txt").write_text("django==5.2\n", encoding="ascii")
    return tmp_path


@pytest.mark.parametrize(
    ("file", "text", "differs"),
    [
        ("programmes/migrations/0001_initial.py", "operations = [1]\n", True),
        ("programmes/migrations/0001_initial.py", "# explained\noperations = [ ]\n", False),
        ("programmes/migrations/0001_initial.py", "operations = [\n", True),
        ("programmes/migrations/0002_more.py", "", True),
        ("programmes/models/studies.py", "", True),
        ("programmes/search/index.py", "SQL = 'CREATE TRIGGER …'\n", True),
        ("programmes/views.py", "def page(): return 1\n", False),
        ("requirements.txt", "django==5.3\n", True),
    ],
)
def test_fingerprint_changes_with_what_a_database_follows_from(checkout, file, text, differs):
    before = fingerprint.database_fingerprint(root=checkout)
    (checkout / file).parent.mkdir(exist_ok=True)
    (checkout / file).write_text(text, encoding="utf-8")
    assert (fingerprint.database_fingerprint(root=checkout) != before) is differs


def ask(port, path):
    """Ask the development server, which may still be starting."""
    for _attempt in range(600):
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{port}{path}")
        except urllib.error.HTTPError:
            raise
        except urllib.error.URLError:
            time.sleep(0.1)
    raise TimeoutError


@pytest.mark.once
@pytest.mark.slow(seconds=9, reason="starts the development server as a person would")
def test_make_dev(django_db_setup, plain_environment, monkeypatch):
    port = free_port()
    database = plain_environment / "site.sqlite3"
    shutil.copy(connection.settings_dict["NAME"], database)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{database}")
    monkeypatch.setenv("PORT", str(port))
    with (plain_environment / "out").open("w") as out:
        # In a session of its own, whose members a terminal's Ctrl-C would reach together.
        server = subprocess.Popen(
            [sys.executable, "-m", "tools.dev"], cwd=ROOT, stdout=out, stderr=out, start_new_session=True
        )
    try:
        home = ask(port, "/")
        style = ask(port, "/static/css/fonts.css")
        login = ask(port, "/admin/login/")
    finally:
        os.killpg(server.pid, signal.SIGINT)
    assert [answer.status for answer in (home, style, login)] == [200, 200, 200]
    assert "default-src 'none'" in home.headers["Content-Security-Policy"]
    said = (plain_environment / "out").read_text(encoding="utf-8")
    assert (server.wait(20), "Traceback" in said) == (0, False)
    assert dev.WHAT_TO_OPEN.format(address=f"http://127.0.0.1:{port}") in said
