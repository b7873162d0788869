"""Serve the site on this machine: prepare what is missing, say what to open, and hand over to gunicorn."""

import contextlib
import errno
import os
import socket
import sys
from collections.abc import Generator
from pathlib import Path
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.core.management.utils import get_random_secret_key
from django.db import OperationalError, connection

from realist import env

ROOT = Path(__file__).resolve().parent.parent
LAST_PORT = 65_535

WHAT_TO_OPEN = """
Realist is running; Ctrl-C stops it. Open
  the site     {address}/
  the desk     {address}/desk/     (researchers sign in here)
  the API      {address}/api/v1/
"""


class CannotServeError(Exception):
    """The site cannot start; the message is one sentence with the remedy."""


def read_port(text: str, command: str) -> int:
    """Return the port that was asked for, or 8000; a sentence about a port that will not do names the command."""
    if not text:
        return 8000
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= LAST_PORT):
        raise CannotServeError(f"PORT is {text!r}; give a number from 1 to {LAST_PORT}, as in: {command} PORT=8001")
    return int(text)


def is_free(port: int, command: str) -> bool:
    """Return whether the site could listen on this port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn does, so a restart need not wait
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise CannotServeError(
                    f"Port {port} is for the system's own services; choose one above 1023: {command} PORT=8000"
                ) from None
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True


def require_free(port: int, command: str) -> None:
    """Stop with a port that would do, where another program has this one."""
    if is_free(port, command):
        return
    others = (other for other in range(port + 1, LAST_PORT) if is_free(other, command))
    other = next(others, 8000)
    raise CannotServeError(f"Port {port} is taken by another program; choose another: {command} PORT={other}")


def write_secret_key(file: Path) -> None:
    """Write a random key that only the owner may read, unless there is one."""
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(f"{get_random_secret_key()}\n")


def secret_key_file() -> Path:
    """Return where this checkout keeps its secret key."""
    return env.path("LOCAL_DIR", ROOT / ".local") / "secret-key"


def require_known_database(url: str, command: str) -> None:
    """Stop where DATABASE_URL names no database that Realist runs on."""
    if url and urlsplit(url).scheme not in {"postgres", "postgresql", "sqlite"}:
        raise CannotServeError(
            "DATABASE_URL must begin with postgres:// or sqlite:///, "
            f"as in: {command} DATABASE_URL=postgres://name:password@127.0.0.1/realist"
        )


def prepare(*, collect_static: bool = True) -> None:
    """Bring database and static files up to date; everything here keeps what is already there."""
    django.setup()
    settings.DATABASES["default"]["OPTIONS"].pop("pool", None)  # one connection is enough, and it says why it fails
    connection.ensure_connection()
    call_command("migrate", verbosity=0, interactive=False)
    if collect_static:
        call_command("collectstatic", verbosity=0, interactive=False)
    call_command("load_demo")
    call_command("create_first_curator")
    connection.close()


def say(text: str) -> None:
    """Print at once, so that nothing waits in a buffer when the process becomes gunicorn."""
    sys.stdout.write(text)
    sys.stdout.flush()


@contextlib.contextmanager
def told_in_a_sentence(command: str) -> Generator[None]:
    """End the program with one sentence where it cannot start, or is stopped before it serves."""
    try:
        yield
    except OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        sys.exit(f"The database does not answer ({reason}); check DATABASE_URL, or unset it to use SQLite.")
    except (CannotServeError, CommandError, ImproperlyConfigured) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(f"\nStopped before it served; start again with: {command}")


def settle(command: str) -> int:
    """Settle what a start on one's own machine needs from outside, and return the port."""
    env.keep_files_private()
    os.chdir(ROOT)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "realist.settings")
    os.environ.setdefault("HTTPS", "false")  # one's own machine has no certificate
    os.environ.setdefault("LOG_LEVEL", "WARNING")  # nor anybody who reads a line for each request
    port = read_port(env.text("PORT"), command)
    require_free(port, command)
    os.environ["PORT"] = str(port)
    require_known_database(env.text("DATABASE_URL"), command)
    if not env.text("SECRET_KEY"):
        write_secret_key(secret_key_file())
    return port


def main() -> None:
    """Prepare and serve; the process becomes gunicorn."""
    port = settle("make run")
    prepare()
    say(WHAT_TO_OPEN.format(address=f"http://127.0.0.1:{port}"))
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "-c", "python:realist.gunicorn", "realist.wsgi"])


if __name__ == "__main__":
    with told_in_a_sentence("make run"):
        main()
