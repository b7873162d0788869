"""The file beside the database that remembers what was erased, so that a restored database forgets it again.

Each line is one erasure as JSON: which records went, and hashes of words; no word is in it.
"""

from __future__ import annotations

import json
import logging
import os
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core import serializers

from programmes.models import ErasedRun, Erasure

if TYPE_CHECKING:
    from collections.abc import Iterator

log = logging.getLogger(__name__)


def line_of(erasure: Erasure) -> str:
    """Return an erasure with its runs as a line."""
    (whole,) = serializers.serialize("python", [erasure])
    runs = list(erasure.runs.order_by("pk").values_list("before", "erased", "after", "value"))
    return json.dumps({**whole["fields"], "compacted": None, "runs": runs}, default=str, ensure_ascii=False)


def write_missing() -> bool:
    """Add to the file what it has not heard of; say whether it could be written. In the database it stands anyway."""
    path = settings.ERASURES_FILE
    lines = [line_of(erasure) + "\n" for erasure in missing_on_file()]
    if not lines:
        return True
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w", encoding="utf-8") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        log.error("What was erased could not be written into %s: %s. Run: manage.py tidy", path, error)  # noqa: TRY400  told in words
        return False
    return True


def erasures_on_file() -> dict[str, dict[str, Any]]:
    """Return the erasures of the file by identity, without lines that cannot be read, as after a crash."""
    return {entry["identity"]: entry for entry in readable_lines()}


def readable_lines() -> Iterator[dict[str, Any]]:
    """Yield every erasure of the file."""
    path = settings.ERASURES_FILE
    if not path.is_file():
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            entry = json.loads(line)
            yield {**entry, "identity": str(entry["identity"])}
        except (ValueError, TypeError, KeyError):
            log.warning("Line %d of %s cannot be read and was left out.", number, path)


def missing_here() -> dict[str, dict[str, Any]]:
    """Return the erasures of the file that this database has not heard of."""
    there = erasures_on_file()
    here = {str(identity) for identity in Erasure.objects.values_list("identity", flat=True)} if there else set()
    return {identity: entry for identity, entry in there.items() if identity not in here}


def missing_on_file() -> list[Erasure]:
    """Return the erasures that the file has not heard of."""
    there = erasures_on_file()
    return [erasure for erasure in Erasure.objects.order_by("pk") if str(erasure.identity) not in there]


def keep_from_file(entry: dict[str, Any]) -> Erasure:
    """Take an erasure of the file into the database, with its runs."""
    facts = {name: value for name, value in entry.items() if name != "runs"}
    erasure = Erasure.objects.create(**facts)
    ErasedRun.objects.bulk_create(
        ErasedRun(erasure=erasure, before=before, erased=erased, after=after, value=value)
        for before, erased, after, value in entry["runs"]
    )
    return erasure
