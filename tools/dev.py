"""Serve the site to who changes it: Django's own server with DEBUG and without HTTPS, which takes up each change.

The database and the secret key are those of `make run`. A second start prepares nothing that is still as it was left.
"""

import ipaddress
import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line
from django.utils import autoreload

from realist import env
from tools.fingerprint import database_fingerprint
from tools.run import (
    ROOT,
    CannotServeError,
    prepare,
    say,
    secret_key_file,
    settle,
    told_in_a_sentence,
    write_secret_key,
)

COMMAND = "make dev"
DATABASE = ROOT / "db.sqlite3"
DEMO = ROOT / "programmes" / "demo"
DEFAULTS = {"DEBUG": "true", "HTTPS": "false"}

WHAT_TO_OPEN = """
Realist starts for development: each change of the code is served at once; Ctrl-C stops it. Open
  the site     {address}/
  the desk     {address}/desk/     (researchers sign in here)
  the API      {address}/api/v1/

"""


def use_development_settings() -> None:
    """Choose DEBUG and no HTTPS where nothing is said about them, and see to a secret key."""
    env.keep_files_private()
    for name, value in DEFAULTS.items():
        if not env.text(name):
            os.environ[name] = value
    if not env.text("SECRET_KEY"):
        write_secret_key(secret_key_file())
    (secret_key_file().parent / "static").mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where it is missing


def is_own_machine(host: str) -> bool:
    """Return whether only programs of this machine reach what listens at an address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def read_server_arguments(arguments: list[str]) -> None:
    """Get ready for `manage.py runserver`, which listens on this machine alone unless told otherwise.

    To the network it does not show the error pages of DEBUG, which hold private data, unless DEBUG is asked for.
    """
    hosts = [word.rpartition(":")[0] for word in arguments if not word.startswith("-") and ":" in word]
    if not env.text("DEBUG") and not all(is_own_machine(host) for host in hosts):
        raise CannotServeError(
            f"runserver is for one's own machine, and {hosts[0]} is reached from others; leave the address out, "
            "or see docs/operators.md for how to serve others"
        )
    if not env.text("DATABASE_URL") and not DATABASE.is_file():
        raise CannotServeError(f"There is no database yet; start with {COMMAND}, which makes one and loads the demo")
    use_development_settings()


def left_as() -> str:
    """Return what a prepared SQLite database is recognised by, or nothing for one that has to be looked into."""
    if env.text("DATABASE_URL") or not DATABASE.is_file():
        return ""
    return f"{database_fingerprint(sorted(DEMO.glob('*.json')))} {DATABASE.stat().st_ino}"


def prepare_if_needed(memory: Path) -> None:
    """Prepare the database, unless it is the one that an earlier start prepared from the same code and demo."""
    if (known := left_as()) and memory.is_file() and memory.read_text(encoding="ascii") == known:
        return
    prepare(collect_static=False)
    if known := left_as():
        memory.write_text(known, encoding="ascii")


def main() -> None:
    """Prepare, then run the server in a process of its own that is started anew after each change."""
    if os.environ.get(autoreload.DJANGO_AUTORELOAD_ENV) == "true":
        execute_from_command_line(["manage.py", "runserver", f"127.0.0.1:{os.environ['PORT']}"])
        return
    port = settle(COMMAND)
    use_development_settings()
    prepare_if_needed(secret_key_file().parent / "prepared-for-development")
    say(WHAT_TO_OPEN.format(address=f"http://127.0.0.1:{port}"))
    os.environ["DJANGO_RUNSERVER_HIDE_WARNING"] = "true"
    autoreload.run_with_reloader(main)


if __name__ == "__main__":
    with told_in_a_sentence(COMMAND):
        main()
    sys.exit(0)
