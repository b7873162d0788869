"""Programs of the machine that the tests use where they find them."""

import os
import re
import shutil
import subprocess
from pathlib import Path

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OLDEST_POSTGRESQL = 15
# Debian keeps the server's programs off the PATH, and so do Red Hat's and Homebrew's packages.
POSTGRESQL_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")


def find_chromium() -> str | None:
    """Return the path of a Chromium: $CHROMIUM, or the first known name on the PATH."""
    for name in (os.environ.get("CHROMIUM", ""), *CHROMIUM_NAMES):
        path = shutil.which(name) if name else None
        if path:
            return path
    return None


def postgresql_version(folder: Path) -> int:
    """Return the major version of the server in a folder, or 0 where there is none that starts."""
    if not ((folder / "postgres").is_file() and (folder / "initdb").is_file()):
        return 0
    answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)
    number = re.search(r"\d+", answer.stdout)
    return int(number.group()) if number else 0


def find_postgresql(folders: tuple[str, ...] = POSTGRESQL_FOLDERS) -> Path | None:
    """Return the folder of the newest PostgreSQL server that is new enough for Realist."""
    on_path = shutil.which("postgres")
    candidates = [Path(on_path).resolve().parent] if on_path else []
    for pattern in folders:
        candidates += Path("/").glob(pattern.removeprefix("/"))
    newest = max(candidates, key=postgresql_version, default=None)
    return newest if newest and postgresql_version(newest) >= OLDEST_POSTGRESQL else None
