"""Whether the history agrees with the rows: the last state of each is the row itself, and states follow one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

from programmes.models.field_table import curated_models
from programmes.upkeep.findings import MOST_TOLD, Defect, answers_to, bounded, called

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DIFFERS = {"sqlite": "IS NOT", "postgresql": "IS DISTINCT FROM"}
SAVE_AGAIN = "Open the record in the admin, look at it, and save it with the reason"
LOOK = "Look at the history of this record; restore the newest backup in which it is right if it matters"


def sound_history() -> Iterator[Defect]:
    """Yield, for every table, what its history says otherwise. What was erased has no history, as it must be."""
    for model in curated_models():
        yield from bounded(defects_of_rows(model, rows_that_differ(model)))
        yield from bounded(rows_that_are_gone(model))
        yield from bounded(defects_of_rows(model, states_out_of_order(model)))


def defects_of_rows(model: Any, found: Iterable[tuple[Any, str, str]]) -> Iterator[Defect]:
    """Yield what is found of rows; of those that will be counted only, nobody asks how they are called."""
    for number, (pk, value, remedy) in enumerate(found):
        yield Defect(called(model, pk) if number < MOST_TOLD else str(pk), value, remedy)


def rows_that_differ(model: Any) -> Iterator[tuple[Any, str, str]]:
    """Yield the rows that are not what the last state of their history says, with the fields, never their words."""
    state = model.history.model
    kept = {entry.column for entry in state._meta.local_concrete_fields}
    fields = [entry for entry in model._meta.local_concrete_fields if entry.column in kept]
    differs = DIFFERS[connection.vendor]
    compared = [f'r."{entry.column}" {differs} h."{entry.column}"' for entry in fields]
    query = (
        f'SELECT r.id, h.history_type, {", ".join(compared)} FROM "{model._meta.db_table}" r '  # noqa: S608  names of columns
        f'LEFT JOIN "{state._meta.db_table}" h ON h.id = r.id AND h.history_id = '
        f'(SELECT max(l.history_id) FROM "{state._meta.db_table}" l WHERE l.id = r.id) '
        f"WHERE h.history_id IS NULL OR h.history_type = '-' OR {' OR '.join(compared)} ORDER BY r.id"
    )
    for pk, kind, *different in answers_to(query):
        if kind is None:
            yield pk, "it has no history", SAVE_AGAIN
        elif kind == "-":
            yield pk, "its history says that it was deleted", SAVE_AGAIN
        else:
            names = [str(entry.name) for entry, differing in zip(fields, different, strict=True) if differing]
            yield pk, f"its history ends with another {', '.join(names)}", SAVE_AGAIN


def rows_that_are_gone(model: Any) -> Iterator[Defect]:
    """Yield the records that their history says are there, and are not."""
    table, states = model._meta.db_table, model.history.model._meta.db_table
    query = (
        f"SELECT h.id FROM \"{states}\" h WHERE h.history_type <> '-' "  # noqa: S608  names of tables
        f'AND NOT EXISTS (SELECT 1 FROM "{table}" r WHERE r.id = h.id) '
        f'AND h.history_id = (SELECT max(l.history_id) FROM "{states}" l WHERE l.id = h.id) ORDER BY h.id'
    )
    for (pk,) in answers_to(query):
        yield Defect(f"{model._meta.verbose_name} {pk}", "it is gone, and its history does not say so", LOOK)


def states_out_of_order(model: Any) -> Iterator[tuple[Any, str, str]]:
    """Yield the records whose states do not follow one another: versions go up, nothing comes before the first."""
    query = (
        "SELECT id, history_id FROM (SELECT id, history_id, history_type, version, "  # noqa: S608  the name of a table
        "lag(version) OVER w AS earlier, lag(history_type) OVER w AS kind_before "
        f'FROM "{model.history.model._meta.db_table}" WINDOW w AS (PARTITION BY id ORDER BY history_id)) states '
        "WHERE version < earlier OR kind_before = '-' OR (history_type = '+' AND earlier IS NOT NULL) "
        "ORDER BY history_id"
    )
    for pk, state in answers_to(query):
        yield pk, f"state {state} of its history does not follow the one before", LOOK
