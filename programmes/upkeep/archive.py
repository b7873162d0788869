"""A backup as one file: a ZIP archive with the database, the newest list of erasures, and last a manifest."""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from typing import IO, TYPE_CHECKING, Any

from programmes.upkeep.private_files import UpkeepError, told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

FORMAT = 1
MANIFEST, ERASURES = "manifest.json", "erasures.jsonl"
AT_ONCE = 1 << 20  # bytes
# What zipfile and JSON raise for a damaged file; the last two, for one that is packed or locked in an unknown way.
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, NotImplementedError, RuntimeError)
ANOTHER = "Take another copy or another backup"


@dataclass(frozen=True)
class Member:
    """A file in the archive."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Facts:
    """What is true of the database at the moment of the backup."""

    engine: str  # sqlite or postgresql
    engine_version: str
    migrations: list[list[str]]  # application and name, in the order in which they were applied
    rows: dict[str, int]  # by table
    erasures: list[str]  # their identities, the oldest first
    keys: list[str]  # fingerprints of the keys with which their hashes were made
    leads: list[str]  # accounts that may give their word that no list is newer


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself."""

    format: int
    made_at: str
    realist: str  # the version of the code
    facts: Facts
    database: Member
    list_of_erasures: Member
    erasures_on_list: int
    newest_erasure: dict[str, str] | None  # its identity and its day
    key: str  # the fingerprint of the key that made hashes then; never the key

    def as_json(self) -> bytes:
        """Return it as text that people can read too."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False).encode()


def read_manifest(text: bytes) -> Manifest:
    """Return a manifest. Raises ValueError where it is none, KeyError and TypeError where it lacks something."""
    found = json.loads(text)
    if found["format"] != FORMAT:
        raise UpkeepError(
            f"it is a backup of form {found['format']}, and this version reads form {FORMAT}: restore it with the "
            f"version of Realist that made it ({found.get('realist', 'unknown')}), or a newer one"
        )
    known = {name: found[name] for name in (field.name for field in fields(Manifest))}
    facts = {name: found["facts"][name] for name in (field.name for field in fields(Facts))}
    members = {name: Member(**found[name]) for name in ("database", "list_of_erasures")}
    return Manifest(**{**known, **members, "facts": Facts(**facts)})


class ArchiveWriter:
    """Writes the members of a backup, one after another."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.archive = zipfile.ZipFile(stream, "w")

    def add(self, name: str, parts: Iterable[bytes], *, packed: bool) -> Member:
        """Write a member; it is made smaller unless it is packed already."""
        entry = zipfile.ZipInfo(name)
        entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        entry.external_attr = 0o100600 << 16
        digest, size = hashlib.sha256(), 0
        with self.archive.open(entry, "w", force_zip64=True) as written:
            for part in parts:
                digest.update(part)
                size += len(part)
                written.write(part)
        return Member(name, size, digest.hexdigest())

    def close(self) -> None:
        """Write the list of members, without which the file is no archive."""
        self.archive.close()


def parts_of(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield what a file holds, piece by piece."""
    while part := stream.read(AT_ONCE):
        yield part


class OpenBackup:
    """A backup that is read."""

    def __init__(self, path: Path, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self.path, self.archive, self.manifest = path, archive, manifest

    def check(self, member: Member) -> None:
        """Raise UpkeepError unless a member is what the manifest says."""
        digest, size = hashlib.sha256(), 0
        for part in self.parts(member):
            digest.update(part)
            size += len(part)
        if (digest.hexdigest(), size) != (member.sha256, member.bytes):
            raise UpkeepError(f"{self.path} is damaged: {member.name} is not what its manifest says. {ANOTHER}.")

    def parts(self, member: Member) -> Iterator[bytes]:
        """Yield what a member holds, piece by piece."""
        with damage_told(self.path), self.archive.open(member.name) as stream:
            yield from parts_of(stream)

    def content(self, member: Member) -> bytes:
        """Return a member that is small."""
        with damage_told(self.path):
            return self.archive.read(member.name)


@contextmanager
def damage_told(path: Path) -> Iterator[None]:
    """Say in a sentence that a backup cannot be read."""
    try:
        yield
    except DAMAGED as error:
        raise UpkeepError(
            f"{path} is no whole backup: {str(error).strip('.') or 'it ends early'}. {ANOTHER}."
        ) from None
    except OSError as error:
        raise told(error, path) from None


@contextmanager
def opened_backup(path: Path) -> Iterator[OpenBackup]:
    """Open a backup and look at everything in it: what cannot be restored is told before anything is touched."""
    with damage_told(path):
        archive = zipfile.ZipFile(path)
    with archive:
        with damage_told(path):
            try:
                manifest = read_manifest(archive.read(MANIFEST))
            except (TypeError, AttributeError) as error:
                raise ValueError(f"its manifest lacks something: {error}") from None
            except UpkeepError as error:
                raise UpkeepError(f"{path}: {error}.") from None
        backup: Any = OpenBackup(path, archive, manifest)
        for member in (manifest.database, manifest.list_of_erasures):
            backup.check(member)
        yield backup
