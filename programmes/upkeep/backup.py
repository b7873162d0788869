"""A backup is made: one moment of the database, the newest list of erasures, and what is true of both."""

from __future__ import annotations

import tomllib
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection
from django.utils import timezone

from programmes.actions.ledger import erasures_of_list, every_line, write_missing
from programmes.integrity.restoring import REMEDY, restored_from
from programmes.models.erasures import present_key
from programmes.upkeep.archive import ERASURES, FORMAT, MANIFEST, ArchiveWriter, Manifest
from programmes.upkeep.postgresql_programs import PostgreSQLEngine
from programmes.upkeep.private_files import (
    UpkeepError,
    make_private_folder,
    remove_left_over,
    told,
    unfinished_file,
)
from programmes.upkeep.sqlite_files import SQLiteEngine

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from pathlib import Path

    from programmes.upkeep.engines import Engine, Snapshot
    from programmes.upkeep.private_files import UnfinishedFile

ENDING = ".backup"
ENGINES = {"sqlite": SQLiteEngine, "postgresql": PostgreSQLEngine}


@dataclass(frozen=True)
class Backup:
    """A backup that was made."""

    path: Path
    manifest: Manifest
    list_is_kept: bool  # whether the list beside the database could be brought up to date


def engine_here() -> Engine:
    """Return the database of this site."""
    return ENGINES[connection.vendor](connection)


def version_of_code() -> str:
    """Return the version of Realist."""
    text = (settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(text)["project"]["version"])


def back_up(place: Path | None) -> Backup:
    """Write a backup into a folder under a name of this moment, or under the name that is given.

    Raises UpkeepError where that cannot be; then there is no file.
    """
    now = timezone.now()
    folder, names = names_for(place, now)
    engine_here().refuse_unless_there()
    if restored_from(connection):
        raise UpkeepError(f"The database is being restored, so there is nothing whole to back up yet; {REMEDY}.")
    try:
        make_private_folder(folder)
        remove_left_over(folder)
        with unfinished_file(folder) as file, ExitStack() as stack:
            writer = ArchiveWriter(file.stream)
            stack.callback(writer.close)
            snapshot = stack.enter_context(engine_here().snapshot(folder))
            manifest = write_members(writer, snapshot, now)
            stack.close()
            list_is_kept = write_missing()
            return Backup(link_under_free_name(file, names), manifest, list_is_kept)
    except FileExistsError as error:
        raise UpkeepError(
            f"{error.filename} is there already, and no backup is overwritten. Give another name."
        ) from None
    except OSError as error:
        raise told(error, folder) from None


def names_for(place: Path | None, now: dt.datetime) -> tuple[Path, Iterator[Path]]:
    """Return the folder of a backup and the names that it may have, the first that is free.

    A name with an ending that is no folder is that of the file; anything else is a folder.
    """
    place = (place or settings.LOCAL_DIR / "backups").absolute()
    if place.suffix and not place.is_dir():
        if place.exists():
            raise UpkeepError(f"{place} is there already, and no backup is overwritten. Give another name.")
        return place.parent, iter([place])
    stem = f"realist-{now:%Y%m%dT%H%M%SZ}"
    return place, (place / f"{stem}{f'-{number}' * (number > 1)}{ENDING}" for number in range(1, 100))


def link_under_free_name(file: UnfinishedFile, names: Iterator[Path]) -> Path:
    """Give a backup the first name that no other has. Raises FileExistsError where each is taken."""
    taken: FileExistsError | None = None
    for name in names:
        try:
            file.put_in_place(name)
        except FileExistsError as error:
            taken = FileExistsError(error.errno, error.strerror, str(name))
        else:
            return name
    raise taken or FileExistsError


def write_members(writer: ArchiveWriter, snapshot: Snapshot, now: dt.datetime) -> Manifest:
    """Write the database, the list of erasures and the manifest.

    The list is read after the database, so that it knows all that the database does.
    """
    engine = engine_here()
    database = writer.add(engine.member, snapshot.parts, packed=engine.packed)
    lines = every_line()
    erasures = erasures_of_list("\n".join(lines).encode(), ERASURES)
    newest = list(erasures.values())[-1] if erasures else None
    manifest = Manifest(
        format=FORMAT,
        made_at=now.isoformat(),
        realist=version_of_code(),
        facts=snapshot.facts,
        database=database,
        list_of_erasures=writer.add(ERASURES, ((line + "\n").encode() for line in lines), packed=False),
        erasures_on_list=len(erasures),
        newest_erasure={name: str(newest[name]) for name in ("identity", "signed_date")} if newest else None,
        key=present_key()[0],
    )
    writer.add(MANIFEST, [manifest.as_json()], packed=False)
    return manifest
