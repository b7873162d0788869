"""Whether the process lives and whether the site is ready, for whatever watches it. Nothing here is a secret."""

from __future__ import annotations

import os
import shutil
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from programmes.actions.ledger import missing_here
from programmes.integrity.restoring import REMEDY, BeingRestoredError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest, HttpResponse

READY = "ready"
SECONDS = 2  # that the database may take
# How a transaction begins that is to answer in time; SQLite does not let readers wait.
BEGINNINGS = {"postgresql": f"SET LOCAL statement_timeout = '{SECONDS}s'", "sqlite": "SELECT 1"}


@never_cache
@require_safe
def process_lives(request: HttpRequest) -> HttpResponse:
    """Answer, which is all that is asked."""
    del request
    return JsonResponse({"status": "alive"})


@never_cache
@require_safe
def site_is_ready(request: HttpRequest) -> HttpResponse:
    """Say of each part whether it is ready; 503 unless all are."""
    del request
    parts = {**database_parts(), "disk": disk(), "files": files()}
    ready = all(state == READY for state in parts.values())
    status = {"status": READY if ready else "not ready", "parts": parts}
    return JsonResponse(status, status=200 if ready else 503)


def database_parts() -> dict[str, str]:
    """Return the state of the database, and of what it holds if it answers."""
    try:
        with transaction.atomic() if connection.vendor == "postgresql" else nullcontext():
            with connection.cursor() as cursor:
                cursor.execute(BEGINNINGS[connection.vendor])
            migrated = not unapplied()
            known = migrated and not missing_here()
    except BeingRestoredError:
        return {"database": READY, "restore": f"not finished; {REMEDY}"}
    except DatabaseError:
        return {"database": "does not answer"}
    if not migrated:
        return {"database": READY, "migrations": "not applied; run: manage.py migrate"}
    erasures = READY if known else "on file, but not known to the database; run: manage.py tidy"
    return {"database": READY, "migrations": READY, "erasures": erasures}


def unapplied() -> frozenset[tuple[str, str]]:
    """Return the last migrations of apps that the database has not seen."""
    return last_migrations() - MigrationRecorder(connection).applied_migrations().keys()


@cache
def last_migrations() -> frozenset[tuple[str, str]]:
    """Return the last migration of each app; all before it were applied if it was."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def disk() -> str:
    """Return whether there is room, and a right to write, where the site keeps something."""
    written = {existing(settings.ERASURES_FILE.parent), *database_folders()}
    if not all(os.access(folder, os.W_OK) for folder in written):
        return "cannot be written to"
    free = min(shutil.disk_usage(folder).free for folder in {existing(settings.LOCAL_DIR), *written})
    return READY if free >= settings.LEAST_FREE_MEGABYTES * 1_000_000 else "is nearly full"


def files() -> str:
    """Return whether the files that go with pages were collected; while developing they need not be."""
    collected = getattr(staticfiles_storage, "hashed_files", True)
    return READY if collected else "not collected; run: manage.py collectstatic"


def database_folders() -> Iterator[Path]:
    """Yield the folder of a database that is a file of this machine."""
    if connection.vendor == "sqlite":
        yield existing(Path(connection.settings_dict["NAME"]).absolute().parent)


def existing(folder: Path) -> Path:
    """Return a folder, or the nearest above it that there is."""
    return next(path for path in (folder, *folder.absolute().parents) if path.is_dir())
