"""Files that only their owner may read, and that have their name only once they are whole."""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
UNFINISHED = ".realist-{}.unfinished"
NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}  # of a file system that has none


class UpkeepError(Exception):
    """Something that an operator asked for cannot be done; the message says what, where and what to do."""


def told(error: OSError, path: Path) -> UpkeepError:
    """Return what the system says of a file as a sentence with a remedy."""
    what = {
        errno.ENOSPC: "the disk is full. Make room, or name another place",
        errno.EDQUOT: "the disk is full for this account. Make room, or name another place",
        errno.EROFS: "it can only be read. Name another place",
        errno.EACCES: "this account may not write or read there. Change its rights, or name another place",
        errno.ENOENT: "it is not there. Look at the name",
        errno.ENOTDIR: "a part of its path is a file. Name another place",
        errno.EISDIR: "it is a folder. Name a file",
        errno.ENAMETOOLONG: "the name is too long. Give a shorter one",
    }.get(error.errno or 0, (error.strerror or str(error)).lower())
    return UpkeepError(f"{path}: {what}.")


def make_private_folder(folder: Path) -> None:
    """Make a folder, and those above it, for their owner alone; one that is there stays as it is."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        with suppress(FileExistsError):  # another process was faster
            path.mkdir()
            path.chmod(PRIVATE_FOLDER)


@dataclass
class UnfinishedFile:
    """A file under a name of its own that is being written."""

    path: Path
    stream: IO[bytes]

    def put_in_place(self, path: Path, *, over_empty: bool = False) -> None:
        """Give the file its name. Raises FileExistsError where something has it, unless that may be replaced."""
        self.stream.flush()
        os.fsync(self.stream.fileno())
        if over_empty:
            self.path.replace(path)
        else:
            rename_beside_none(self.path, path)
        sync_folder(path.parent)


def rename_beside_none(unfinished: Path, path: Path) -> None:
    """Give a file a name that no other has. Raises FileExistsError where one does."""
    try:
        os.link(unfinished, path)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        if path.exists():
            raise FileExistsError(errno.EEXIST, "exists", str(path)) from None
        unfinished.rename(path)
    else:
        unfinished.unlink()


def sync_folder(folder: Path) -> None:
    """Let the names in a folder outlast a power cut."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


@contextmanager
def unfinished_file(folder: Path) -> Iterator[UnfinishedFile]:
    """Open a new private file in a folder; at the end it is gone, unless it was put in its place.

    It is locked, so that those which a killed process left can be told from those that are being written.
    """
    path = folder / UNFINISHED.format(secrets.token_hex(8))
    number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    try:
        with os.fdopen(number, "w+b") as stream:
            os.fchmod(number, PRIVATE_FILE)
            fcntl.flock(number, fcntl.LOCK_EX)
            yield UnfinishedFile(path, stream)
    finally:
        for ending in ("", "-journal", "-wal", "-shm"):  # what SQLite may have put beside it
            Path(f"{path}{ending}").unlink(missing_ok=True)


def remove_left_over(folder: Path) -> None:
    """Remove what killed processes left unfinished in a folder: it has the words of people."""
    for path in folder.glob(UNFINISHED.format("*")):
        with suppress(OSError), path.open("rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
