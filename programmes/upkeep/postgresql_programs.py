"""How PostgreSQL's own programs copy a database while people work, and load it again."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import psycopg
from psycopg.conninfo import make_conninfo

from programmes.integrity.restoring import BEING_RESTORED, KEEP, MAKE, REMOVE
from programmes.upkeep.archive import parts_of
from programmes.upkeep.engines import Engine, Snapshot
from programmes.upkeep.facts import database_facts
from programmes.upkeep.private_files import UpkeepError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from programmes.integrity.restoring import BeingRestored
    from programmes.upkeep.archive import OpenBackup
    from programmes.upkeep.facts import Ask

# Debian keeps all versions of the programs off the PATH, and so do Red Hat's and Homebrew's packages.
FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
KNOWN_TO_LIBRARY = {option.keyword.decode() for option in psycopg.pq.Conninfo.get_defaults()}
WHAT_STANDS_THERE = f"""
SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace
AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND relname <> '{BEING_RESTORED}'
UNION ALL SELECT proname || '()' FROM pg_proc p WHERE pronamespace = current_schema()::regnamespace
AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')
UNION ALL SELECT cfgname FROM pg_ts_config WHERE cfgnamespace = current_schema()::regnamespace
ORDER BY 1
"""  # noqa: S608  the name of a table of ours
EMPTY_AGAIN = """
SELECT format('DROP TABLE IF EXISTS %I CASCADE', relname) FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
UNION ALL SELECT format('DROP FUNCTION IF EXISTS %s CASCADE', p.oid::regprocedure) FROM pg_proc p
WHERE pronamespace = current_schema()::regnamespace
AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')
UNION ALL SELECT format('DROP TEXT SEARCH CONFIGURATION IF EXISTS %I CASCADE', cfgname) FROM pg_ts_config
WHERE cfgnamespace = current_schema()::regnamespace
UNION ALL SELECT format('DROP TEXT SEARCH DICTIONARY IF EXISTS %I CASCADE', dictname) FROM pg_ts_dict
WHERE dictnamespace = current_schema()::regnamespace
"""  # statements that take away what was loaded into a place that was empty
# Of the environment, which has secrets of the site, the programs get no more than they need.
NEEDED = re.compile(r"(?:PATH|HOME|TMPDIR|LD_LIBRARY_PATH|KRB5\w*|PG(?!PASS)\w*)$")
PATIENCE = "60s"  # that a table is waited for which somebody changes the form of


class PostgreSQLEngine(Engine):
    """A database of a PostgreSQL server."""

    member, packed = "database.pgdump", True

    @property
    def given(self) -> dict[str, Any]:
        """Return how the server is reached, with the password."""
        given = self.connection.get_connection_params()
        return {name: value for name, value in given.items() if name in KNOWN_TO_LIBRARY}

    @property
    def place(self) -> str:
        """Return how people call it."""
        asked = self.connection.settings_dict
        return f"The database {asked['NAME']} at {asked['HOST'] or 'this machine'}:{asked['PORT'] or 5432}"

    @contextmanager
    def connected(self) -> Iterator[psycopg.Connection[Any]]:
        """Give a connection of its own."""
        with psycopg.connect(**self.given) as connection:
            yield connection

    @contextmanager
    def snapshot(self, folder: Path) -> Iterator[Snapshot]:
        """Give what pg_dump writes of one moment, of which the facts are as well."""
        del folder
        with self.connected() as connection:
            program = find_program("pg_dump", connection.info.server_version // 10_000)
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            (name,) = connection.execute("SELECT pg_export_snapshot()").fetchone()  # type: ignore[misc]  # it has one row
            facts = database_facts(asked_of(connection), "postgresql", self.place)
            options = ["--format=custom", f"--snapshot={name}", f"--lock-wait-timeout={PATIENCE}"]
            command = [program, *options, f"--exclude-table={BEING_RESTORED}"]
            yield Snapshot(facts, self.written_by(command))

    def written_by(self, command: list[str]) -> Iterator[bytes]:
        """Yield what a program writes. Raises UpkeepError where it does not end well."""
        with self.running(command, stdout=subprocess.PIPE) as (process, said):
            yield from parts_of(process.stdout)  # type: ignore[arg-type]  # it is a pipe
            end_well(process, said, command)

    @contextmanager
    def running(self, command: list[str], **streams: Any) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
        """Run a program that reaches the server; whatever happens, it has ended afterwards.

        It reads the password from a file without a name, so that it stands in no list of processes.
        """
        given = self.given
        with tempfile.TemporaryFile() as secret, tempfile.TemporaryFile() as said:
            secret.write(f"*:*:*:*:{escaped_for_passfile(given.pop('password', ''))}\n".encode())
            secret.flush()
            secret.seek(0)
            needed = {name: value for name, value in os.environ.items() if NEEDED.match(name)}
            environment = {**needed, "PGPASSFILE": f"/dev/fd/{secret.fileno()}", "LC_ALL": "C"}
            process = subprocess.Popen(  # noqa: S603  a program that was looked for, with options of our own
                [*command, "--no-password", f"--dbname={make_conninfo(**given)}"],
                env=environment,
                stderr=said,
                pass_fds=[secret.fileno()],
                **streams,
            )
            try:
                yield process, said
            finally:
                process.kill()
                process.wait()
                for stream in (process.stdin, process.stdout):
                    with suppress(OSError):  # a pipe whose reader is gone
                        if stream:
                            stream.close()

    def refuse_unless_there(self) -> None:
        """Ask for a connection of one's own: it says why there is none, where the pool of the site does not."""
        with self.connected():
            pass

    def refuse_unless_empty(self) -> None:
        """Raise UpkeepError where a table, a view, a function or a configuration stands in the database.

        And where the program that loads is missing, so that this is told before anything else is asked.
        """
        with self.connected() as connection:
            find_program("pg_restore", connection.info.server_version // 10_000)
            if there := [name for (name,) in connection.execute(WHAT_STANDS_THERE).fetchall()]:
                raise self.not_empty(there)

    def load(self, backup: OpenBackup, state: BeingRestored) -> None:
        """Shut the database, and load everything in one transaction; where that fails, it is as empty as before."""
        with self.connected() as connection:
            program = find_program("pg_restore", connection.info.server_version // 10_000)
            connection.execute(REMOVE)
            connection.execute(MAKE)
            connection.execute(f"{KEEP} (%s, %s, %s)", state.row)
        try:
            self.run_restore(program, backup)
        except BaseException:
            with self.connected() as connection:
                connection.execute(REMOVE)
            raise
        with self.connected() as connection:
            connection.autocommit = True
            try:
                self.compare_rows(asked_of(connection), backup)
            except UpkeepError:
                for (statement,) in connection.execute(EMPTY_AGAIN).fetchall():
                    connection.execute(statement)
                raise
            connection.execute("ANALYZE")

    def run_restore(self, program: str, backup: OpenBackup) -> None:
        """Let pg_restore read the backup."""
        options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--format=custom"]
        command = [program, *options]
        with self.running(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as (process, said):
            reader: Any = process.stdin
            with suppress(BrokenPipeError):  # it has given up, and says why
                for part in backup.parts(backup.manifest.database):
                    reader.write(part)
                reader.close()
            end_well(process, said, command)


def end_well(process: subprocess.Popen[bytes], said: IO[bytes], command: list[str]) -> None:
    """Wait for a program. Raises UpkeepError with its own words where it failed."""
    if process.wait() == 0:
        return
    said.seek(0)
    lines = said.read().decode(errors="replace").strip().splitlines() or ["it was ended from outside"]
    telling = next((line for line in lines if "error" in line), lines[-1])
    name = Path(command[0]).name
    raise UpkeepError(f"{name} failed, and nothing was kept: {telling.removeprefix(f'{name}: ')}")


def escaped_for_passfile(password: str) -> str:
    """Return a password as a line of a password file has it."""
    return password.replace("\\", "\\\\").replace(":", "\\:")


def asked_of(connection: psycopg.Connection[Any]) -> Ask:
    """Return the function that asks a database."""
    return lambda query: connection.execute(query).fetchall()


def find_program(name: str, server: int) -> str:
    """Return a program of PostgreSQL's that is as new as the server. Raises UpkeepError where there is none."""
    on_path = shutil.which(name)
    found = [on_path] if on_path else []
    found += [str(path) for folder in FOLDERS for path in Path("/").glob(f"{folder[1:]}/{name}")]
    versions = {path: program_version(path) for path in dict.fromkeys(found)}
    for path, version in versions.items():
        if version >= server:
            return path
    remedy = f"Install the client programs of PostgreSQL {server} (on Debian: apt install postgresql-client-{server})"
    if not versions:
        raise UpkeepError(f"{name} is not on this machine. {remedy}.")
    raise UpkeepError(f"{name} is of version {max(versions.values())}, and the server of version {server}. {remedy}.")


def program_version(path: str) -> int:
    """Return the major version of a program, or 0 where it does not start."""
    with suppress(OSError):
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603  as above
        if number := re.search(r"\d+", said):
            return int(number[0])
    return 0
