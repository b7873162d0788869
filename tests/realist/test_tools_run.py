import socket

import pytest
from django.db import OperationalError

from tools import run


@pytest.fixture
def taken_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_read_port_unset():
    assert run.read_port("", "make run") == 8000


@pytest.mark.parametrize(("text", "port"), [("1", 1), ("8001", 8001), ("65535", 65535)])
def test_read_port_number(text, port):
    assert run.read_port(text, "make run") == port


@pytest.mark.parametrize("text", ["abc", "0", "-1", "65536", "80.5", "²"])
@pytest.mark.parametrize("command", ["make run", "make dev"])
def test_read_port_unreadable(text, command):
    with pytest.raises(run.CannotServeError) as error:
        run.read_port(text, command)
    assert str(error.value) == f"PORT is {text!r}; give a number from 1 to 65535, as in: {command} PORT=8001"


def test_require_free_port_that_is_free(monkeypatch):
    monkeypatch.setattr(run, "is_free", lambda port, command: port == 8000)
    assert run.require_free(8000, "make dev") is None


def test_require_free_port_that_is_taken(monkeypatch):
    monkeypatch.setattr(run, "is_free", lambda port, command: port > 8002)
    with pytest.raises(run.CannotServeError) as error:
        run.require_free(8000, "make dev")
    assert str(error.value) == "Port 8000 is taken by another program; choose another: make dev PORT=8003"


def test_is_free_taken_port(taken_port):
    assert run.is_free(taken_port, "make run") is False


def test_is_free_after_the_other_program_ended():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
    assert run.is_free(port, "make run") is True


@pytest.mark.parametrize(
    "url", ["", "sqlite:////srv/realist.sqlite3", "postgres://name:word@host/base", "postgresql://name:word@host/base"]
)
def test_require_known_database_known(url):
    assert run.require_known_database(url, "make run") is None


@pytest.mark.parametrize("url", ["mysql://name:word@host/base", "realist"])
def test_require_known_database_unknown(url):
    with pytest.raises(run.CannotServeError) as error:
        run.require_known_database(url, "make run")
    assert str(error.value) == (
        "DATABASE_URL must begin with postgres:// or sqlite:///, "
        "as in: make run DATABASE_URL=postgres://name:password@127.0.0.1/realist"
    )


def test_write_secret_key_absent(tmp_path):
    file = tmp_path / "local" / "secret-key"
    run.write_secret_key(file)
    assert (len(file.read_text(encoding="ascii")), file.stat().st_mode & 0o777) == (51, 0o600)


def test_write_secret_key_present(tmp_path):
    file = tmp_path / "secret-key"
    file.write_text("kept\n", encoding="ascii")
    run.write_secret_key(file)
    assert file.read_text(encoding="ascii") == "kept\n"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (run.CannotServeError("PORT is wrong"), "PORT is wrong"),
        (
            OperationalError("connection refused\nIs the server running?"),
            "The database does not answer (connection refused); check DATABASE_URL, or unset it to use SQLite.",
        ),
        (KeyboardInterrupt(), "\nStopped before it served; start again with: make dev"),
    ],
)
def test_told_in_a_sentence(error, sentence):
    with pytest.raises(SystemExit) as end, run.told_in_a_sentence("make dev"):
        raise error
    assert end.value.code == sentence
