"""A backup is restored into an empty place, and nobody is served from it until all that was erased is erased again."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from programmes.actions.forget_again import came_back, forget_again
from programmes.actions.ledger import add_lines, erasures_of_list, erasures_on_file, missing_here, write_missing
from programmes.integrity.compaction import compact
from programmes.integrity.numbering import signature
from programmes.integrity.restoring import REMOVE, BeingRestored, restored_from
from programmes.models import Erasure, Restoration
from programmes.upkeep.archive import ERASURES, opened_backup
from programmes.upkeep.backup import engine_here
from programmes.upkeep.engines import NAMES
from programmes.upkeep.facts import LEADS
from programmes.upkeep.newest_list import KnownErasures, newest_list, refuse_unless_key_is_here
from programmes.upkeep.private_files import UpkeepError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from programmes.upkeep.archive import Manifest, OpenBackup
    from programmes.upkeep.newest_list import Answer, NewestList

STILL_SHUT = "The site stays shut until that is done. Then run: manage.py restore --finish"


def restore(path: Path, answer: Answer, *, only_check: bool = False) -> Iterator[str]:
    """Restore a backup; yield a sentence for each thing that was done. Raises UpkeepError where something forbids it.

    Everything is looked at before anything is touched.
    """
    engine = engine_here()
    with opened_backup(path) as backup:
        manifest = backup.manifest
        refuse_another_engine(manifest)
        refuse_a_newer_version(manifest)
        yield f"{path.name} is whole: made {manifest.made_at} of {sum(manifest.facts.rows.values()):,} rows."
        if only_check:
            refuse_unless_key_is_here(erasures_in(backup), manifest.facts.keys)
            return
        engine.refuse_unless_empty()
        newest = list_for(backup, answer)
        engine.load(backup, BeingRestored(path.name, manifest.made_at, tuple(newest.erasures)))
        connection.close()  # what Django may have open is not what stands there now
    yield f"{engine.place} was loaded. It is shut until what was erased is erased again."
    yield from open_again(newest)


def refuse_another_engine(manifest: Manifest) -> None:
    """Raise UpkeepError where the backup is of the other database."""
    if manifest.facts.engine != connection.vendor:
        raise UpkeepError(
            f"This is a backup of {NAMES[manifest.facts.engine]}, and DATABASE_URL names a database of "
            f"{NAMES[connection.vendor]}. Name one of {NAMES[manifest.facts.engine]}."
        )


def refuse_a_newer_version(manifest: Manifest) -> None:
    """Raise UpkeepError where this version of the code does not know the tables of the backup."""
    known = MigrationLoader(None).disk_migrations.keys()
    unknown = [f"{app}.{name}" for app, name in manifest.facts.migrations if (app, name) not in known]
    if unknown:
        raise UpkeepError(
            f"The backup was made by a newer version of Realist ({manifest.realist}), whose migration {unknown[-1]} is "
            "not known here. Install that version, or a newer one, and restore with it."
        )


def erasures_in(backup: OpenBackup) -> dict[str, dict[str, Any]]:
    """Return the list of erasures that travelled with a backup."""
    return erasures_of_list(backup.content(backup.manifest.list_of_erasures), ERASURES)


def list_for(backup: OpenBackup, answer: Answer) -> NewestList:
    """Return the newest list for a backup."""
    facts, own = backup.manifest.facts, erasures_in(backup)
    known = KnownErasures(own, frozenset({*own, *facts.erasures}), tuple(facts.leads))
    newest = newest_list(answer, known)
    refuse_unless_key_is_here({}, facts.keys)
    return newest


def finish_restoring(answer: Answer) -> Iterator[str]:
    """Do what a restore that was interrupted, or failed after loading, did not come to."""
    engine_here().refuse_unless_there()
    state = restored_from(connection)
    if state is None:
        raise UpkeepError("Nothing is being restored here. To restore a backup: manage.py restore FILE")
    with connection.cursor() as cursor:
        if "django_migrations" not in connection.introspection.table_names(cursor):
            raise UpkeepError("Nothing was loaded yet. Restore the backup again: manage.py restore FILE")
        cursor.execute(LEADS)
        leads = tuple(name for (name,) in cursor.fetchall())
    call_command("migrate", verbosity=0)
    carried_out = frozenset(str(identity) for identity in Erasure.objects.values_list("identity", flat=True))
    newest = newest_list(answer, KnownErasures({}, frozenset(state.listed), leads, carried_out))
    refuse_unless_key_is_here({}, Erasure.objects.values_list("secret", flat=True).distinct())
    yield from open_again(newest)


def open_again(newest: NewestList) -> Iterator[str]:
    """Bring the database to this version, erase again what was erased, keep what was done, and open the site."""
    call_command("migrate", verbosity=0)
    knew = Erasure.objects.count()
    keep_list(newest)
    try:
        done = forget_again()
    except Exception as error:
        raise UpkeepError(f"What was erased could not be erased again: {error}. {STILL_SHUT}") from error
    if missing := len(missing_here()):
        raise UpkeepError(f"{missing} erasures could not be taken over. {STILL_SHUT}")
    yield from done
    write_missing()
    due = Erasure.objects.filter(compacted=None)
    if due.exists():
        if not compact():
            raise UpkeepError(f"The database could not be compacted: somebody else uses it. {STILL_SHUT}")
        due.update(compacted=timezone.now())
    yield from came_back()
    keep_restoration(newest, knew)
    with connection.cursor() as cursor:
        cursor.execute(REMOVE)
    number = len(newest.erasures)
    yield f"The site may be opened. {number} erasures are known, {number - knew} of them new."


def keep_list(newest: NewestList) -> None:
    """Let the list beside the database have everything that is known."""
    there = erasures_on_file()
    try:
        add_lines(json.dumps(entry, ensure_ascii=False) for name, entry in newest.erasures.items() if name not in there)
    except OSError as error:
        raise UpkeepError(f"The list of erasures cannot be written: {error}. {STILL_SHUT}") from None


def keep_restoration(newest: NewestList, knew: int) -> None:
    """Keep that the database was restored, from what, and how it is known that no erasure is missing."""
    state = restored_from(connection) or BeingRestored()
    user = get_user_model()._default_manager.filter(username=newest.signed_by).first()
    Restoration.objects.create(
        backup=state.backup,
        made_at=dt.datetime.fromisoformat(state.made_at) if state.made_at else None,
        erasures_known=knew,
        erasures_listed=len(newest.erasures),
        signed_by=signature(user) if user else "",
    )
