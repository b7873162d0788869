"""Run the tests that say within a minute or two whether a change is well, on one database, which is kept.

Left out are the tests marked browser or slow; those of the other engine are left out anyway. Whoever names a single
test (`FILE::TEST`), or chooses by marks of their own, gets what they ask for.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Generator

from realist import env
from tools.commands import ROOT, python
from tools.programs import find_postgresql
from tools.suite import INTERRUPTED, distribution
from tools.throwaway_postgresql import CannotStartError, clean_up_when_ended, kept_cluster

ENGINES = ("sqlite", "postgresql")


class CannotTestError(Exception):
    """The tests cannot run; the message is one sentence with the remedy."""


def command(arguments: list[str]) -> list[str]:
    """Return the call of pytest."""
    chosen = any("::" in word or word.startswith("-m") for word in arguments)
    choice = [] if chosen else ["-m", "not browser and not slow"]
    return python("-m", "pytest", "--reuse-db", *distribution(arguments), *choice, *arguments)


@contextlib.contextmanager
def database(engine: str) -> Generator[str]:
    """Give the TEST_DATABASE_URL of an engine; SQLite needs none."""
    if engine == "sqlite":
        yield ""
        return
    if engine not in ENGINES:
        raise CannotTestError(f"ENGINE is {engine!r}; write sqlite or postgresql")
    programs = find_postgresql()
    if programs is None:
        raise CannotTestError("No postgres program of version 15 or newer was found; on Debian: apt install postgresql")
    with kept_cluster(programs) as url:
        yield url


def run_in_database(url: str, arguments: list[str]) -> int:
    """Run pytest to its end, which comes early where this process is told to end."""
    environment = {**os.environ, "TEST_DATABASE_URL": url}
    with subprocess.Popen(command(arguments), cwd=ROOT, env=environment) as process:
        try:
            return process.wait()
        except SystemExit:
            process.terminate()
            raise


def main(arguments: list[str]) -> int:
    """Run them and return pytest's own answer."""
    clean_up_when_ended()
    with database(env.text("ENGINE", "sqlite")) as url:
        return run_in_database(url, arguments)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (CannotTestError, CannotStartError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
