"""The files of the site that nobody but their owner may read."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.checks import CheckMessage, Warning  # noqa: A004  Django's name for it
from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FOR_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def private_files() -> Iterator[Path]:
    """Yield every file that holds words, a key or whom to forget."""
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        yield from (Path(f"{name}{ending}") for ending in ("", "-wal", "-shm", "-journal"))
    yield settings.LOCAL_DIR / "secret-key"
    yield settings.ERASURES_FILE


def files_are_private(databases: Sequence[str] | None = None, **_: object) -> list[CheckMessage]:
    """Warn of files that others on this machine can read or write."""
    if "default" not in (databases or ()):
        return []
    return [
        Warning(f"Others on this machine can open {path}.", hint=f"Run: chmod 600 {path}", id="realist.W002")
        for path in private_files()
        if path.is_file() and path.stat().st_mode & FOR_OTHERS
    ]
