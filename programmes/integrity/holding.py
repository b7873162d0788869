"""Rows that an act rests on are held until its transaction ends, so that nobody changes them meanwhile.

Every act holds what it rests on before it reads what it decides by, and all hold in one order: study, theory,
participant, source, CMOC, quote, and rows of one kind by their ids. So no two wait for each other. SQLite has a single
writer, who is alone from the beginning of the transaction; there the rows are only read anew.

What an erasure takes out may stand in any text of any study, also in one that is being written. So whoever erases and
whoever writes a curated text hold, before any row, that nobody else erases until they end; of those who write, none
waits for another.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Model

Row = TypeVar("Row", bound=Model)
ERASED = 0x5245414C  # the number by which PostgreSQL knows what erasures and loads hold: a name of our own
ORDER = ("study", "theory", "participant", "source", "cmoc", "quote")


class Held:
    """Rows that are held, as they stand now."""

    def __init__(self, rows: dict[tuple[type[Model], int], Model]) -> None:
        self.rows = rows

    def now(self, row: Row) -> Row:
        """Return a row as it stands now. Raises ValidationError where it was deleted meanwhile."""
        found: Any = self.rows.get((type(row), row.pk))
        if found is None:
            raise ValidationError(f"{row} is not there any more: somebody else has deleted it meanwhile.", code="gone")
        present: Row = found
        return present


def hold(*rows: Model) -> Held:
    """Hold rows until the transaction ends, and return them as they stand now."""
    hold_erased(erases=False)
    wanted: dict[type[Model], set[int]] = defaultdict(set)
    for row in rows:
        wanted[type(row)].add(row.pk)
    found: dict[tuple[type[Model], int], Model] = {}
    for model in sorted(wanted, key=lambda kind: ORDER.index(str(kind._meta.model_name))):
        held = model._base_manager.select_for_update(no_key=True).filter(pk__in=wanted[model]).order_by("pk")
        found |= {(model, row.pk): row for row in held}
    return Held(found)


def hold_parent(row: Model) -> None:
    """Hold the row under which others are numbered, without reading it anew: who numbers there as well waits."""
    hold_erased(erases=False)
    held = type(row)._base_manager.select_for_update(no_key=True).filter(pk=row.pk)
    list(held.values_list("pk", flat=True))


def hold_erased(*, erases: bool) -> None:
    """Let nothing be erased until the transaction ends but by us; whoever erases waits for what is being written."""
    if connection.vendor == "postgresql":
        shared = "" if erases else "_shared"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_xact_lock{shared}(%s)", [ERASED])
