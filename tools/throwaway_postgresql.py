"""A PostgreSQL cluster that lives as long as one command and leaves nothing behind, or one that is kept for the next.

`python -m tools.throwaway_postgresql COMMAND …` runs the command with DATABASE_URL naming an empty database.
"""

import contextlib
import fcntl
import hashlib
import locale
import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from pathlib import Path
from types import FrameType

import psycopg

from tools.commands import ROOT
from tools.programs import find_postgresql

# No power cut matters to a database that is thrown away.
FAST_AND_UNSAFE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")
# Who waits this long waits for somebody who waits for them in turn, in another connection of the same program.
LIMITS = ("lock_timeout=60s",)
SECONDS_TO_START = 60
SECONDS_TO_STOP = 20
PORTS = range(20_000, 32_000)  # below those that systems give to connections by themselves
ATTEMPTS = 3  # another program may take the free port between its choice and its use


class CannotStartError(Exception):
    """The cluster could not be started; the message carries the server's own words."""


def free_port() -> int:
    """Return a loopback port that nobody listens on, and that no system gives to a connection before it is used."""
    while True:
        port = secrets.choice(PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def unprivileged_user() -> pwd.struct_passwd | None:
    """Return whom the server runs as when root starts it, for PostgreSQL refuses root; None for anybody else."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def utf8_locale() -> str:
    """Return a locale that sorts by code point, as SQLite does, and knows the case of letters beyond ASCII."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        return locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, before)


class Cluster:
    """One server with its own folder, port, superuser and password."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs = programs
        self.folder = folder
        self.user = unprivileged_user()
        self.password = secrets.token_urlsafe(24)
        self.port = 0
        self.server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return the address in the form of DATABASE_URL."""
        return f"postgres://realist:{self.password}@127.0.0.1:{self.port}/postgres"

    def start_program(self, *command: str) -> subprocess.Popen[bytes]:
        """Start one of PostgreSQL's programs as the unprivileged user, in a session that Ctrl-C does not reach."""
        environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(self.folder), "TZ": "UTC"}
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [self.programs / command[0], *command[1:]],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                user=self.user.pw_uid if self.user else None,
                group=self.user.pw_gid if self.user else None,
                extra_groups=[] if self.user else None,
            )

    def failure(self, what: str) -> CannotStartError:
        """Return an error that ends with the last lines of the server's log."""
        lines = (self.folder / "log").read_text(encoding="utf-8", errors="replace").splitlines()
        return CannotStartError("\n".join([f"{what}; its last words:", *lines[-10:]]))

    def create(self) -> None:
        """Make the files of an empty cluster; only the holder of the password may enter."""
        password_file = self.folder / "password"
        password_file.write_text(self.password, encoding="ascii")
        password_file.chmod(0o600)
        if self.user:
            for path in (self.folder, password_file):
                os.chown(path, self.user.pw_uid, self.user.pw_gid)
        options = ["--username=realist", "--auth=scram-sha-256", f"--pwfile={password_file}"]
        options += ["--encoding=UTF8", f"--locale={utf8_locale()}", "--no-sync", f"--pgdata={self.folder / 'data'}"]
        if self.start_program("initdb", *options).wait():
            raise self.failure("initdb failed")

    def start_kept(self) -> bool:
        """Start the server on the files of an earlier time; return whether there are any and they do."""
        try:
            self.password = (self.folder / "password").read_text(encoding="ascii")
            (self.folder / "log").unlink(missing_ok=True)
            if (self.folder / "data" / "postmaster.pid").exists():
                return False  # it was killed, and was told to be fast rather than safe
            self.start()
        except (OSError, CannotStartError):
            return False
        return True

    def start(self) -> None:
        """Start the server and wait until it answers."""
        for _attempt in range(ATTEMPTS):
            self.port = free_port()
            settings = [f"port={self.port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={self.folder}"]
            options = [word for setting in (*settings, *FAST_AND_UNSAFE, *LIMITS) for word in ("-c", setting)]
            self.server = self.start_program("postgres", "-D", str(self.folder / "data"), *options)
            if self.answers():
                return
            self.stop()
        raise self.failure("postgres did not start")

    def answers(self) -> bool:
        """Wait for the server; return whether it takes a connection before it ends or the time is over."""
        last_moment = time.monotonic() + SECONDS_TO_START
        while self.server and self.server.poll() is None and time.monotonic() < last_moment:
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(self.url).close()
                return True
            time.sleep(0.05)
        return False

    def stop(self) -> None:
        """End the server: at once, and by force if it does not obey."""
        if self.server is None:
            return
        self.server.send_signal(signal.SIGINT)  # PostgreSQL's "fast shutdown"
        try:
            self.server.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self.server.kill()
            self.server.wait()
        self.server = None


@contextlib.contextmanager
def throwaway_cluster(programs: Path) -> Generator[str]:
    """Give the DATABASE_URL of a new, empty cluster; stop and remove it at the end, however that comes."""
    folder = Path(tempfile.mkdtemp(prefix="realist-postgresql-"))
    cluster = Cluster(programs, folder)
    try:
        cluster.create()
        cluster.start()
        yield cluster.url
    finally:
        cluster.stop()
        shutil.rmtree(folder)


def kept_folder() -> Path:
    """Return where this checkout's kept cluster lies: like the throw-away ones, where the server's account may go."""
    checkout = hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"realist-postgresql-{os.getuid()}-{checkout}"


def is_own(folder: Path) -> bool:
    """Return whether nobody but us, or the account that our server runs as, can have made or changed a folder."""
    user = unprivileged_user()
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return True
    return stat.S_ISDIR(found.st_mode) and found.st_uid in {os.getuid(), user.pw_uid if user else -1}


@contextlib.contextmanager
def kept_cluster(programs: Path, folder: Path | None = None) -> Generator[str]:
    """Give the DATABASE_URL of a cluster that stays for the next time; one that does not start is made anew.

    One process at a time has it; another waits.
    """
    folder = folder or kept_folder()
    if not is_own(folder):
        raise CannotStartError(f"{folder} belongs to somebody else; remove it, or set TMPDIR to another folder")
    folder.mkdir(mode=0o700, exist_ok=True)
    cluster = Cluster(programs, folder)
    with Path(f"{folder}.lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            if not cluster.start_kept():
                shutil.rmtree(folder)
                folder.mkdir(mode=0o700)
                cluster.create()
                cluster.start()
            yield cluster.url
        finally:
            cluster.stop()


def leave(_signal: int, _frame: FrameType | None) -> None:
    """Turn a request to end into an ordinary exit, so that what was begun is cleaned up."""
    sys.exit(1)


def clean_up_when_ended() -> None:
    """Clean up also when a process manager or a closed terminal ends this process."""
    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGHUP, leave)


def main(command: list[str]) -> int:
    """Run a command beside a throw-away cluster and return the command's own answer."""
    programs = find_postgresql()
    if programs is None:
        sys.stderr.write("No postgres program of version 15 or newer was found; on Debian: apt install postgresql\n")
        return 1
    if not command:
        sys.stderr.write("Say which command to run: python -m tools.throwaway_postgresql COMMAND …\n")
        return 1
    clean_up_when_ended()
    try:
        with throwaway_cluster(programs) as url:
            return subprocess.run(command, check=False, env={**os.environ, "DATABASE_URL": url}).returncode
    except CannotStartError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
