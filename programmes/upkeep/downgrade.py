"""A database is not taken back to an older version where that would lose something, unless that is asked for.

It is asked at the signal pre_migrate.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.apps import apps as registry
from django.conf import settings
from django.core.management.base import CommandError
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from programmes.integrity.covered_copies import copies_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.apps.registry import Apps
    from django.db.migrations import Migration
    from django.db.migrations.state import ModelState, ProjectState

    Columns = dict[str, set[str]]  # by table

MADE_AGAIN = {"contenttypes.contenttype", "auth.permission", "sessions.session"}  # or of no worth
HISTORY, STATES = "historical", "earlier states"
MOST_NAMED = 30


def refuse_to_lose(using: str, plan: Sequence[tuple[Migration, bool]], apps: Apps, **_: object) -> None:
    """Raise CommandError where migrations go backwards over something that the older version has no place for.

    It is asked before anything is changed; `LOSE_DATA=true` lets it go.
    """
    backwards = [migration for migration, back in plan if back]
    if not backwards or settings.LOSE_DATA:
        return
    lost = sorted(what_is_lost(using, apps, columns_after(using, backwards)), key=lambda entry: STATES in entry)
    if lost:
        named = ", ".join(lost[:MOST_NAMED])
        more = f" and {len(lost) - MOST_NAMED} more kinds of record" if len(lost) > MOST_NAMED else ""
        raise CommandError(
            f"The older version has no place for {named}{more}: they would be lost, or kept only as far as it can. "
            "Nothing was changed. Make a backup (manage.py backup); to lose them, run this again with LOSE_DATA=true."
        )


def columns_after(using: str, backwards: Sequence[Migration]) -> Columns:
    """Return the columns of each table that there are once these migrations are taken back."""
    loader = MigrationLoader(connections[using])
    gone = {key for entry in backwards for key in ((entry.app_label, entry.name), *entry.replaces)}
    left = [key for key in loader.applied_migrations if key not in gone and key in loader.graph.nodes]
    state: ProjectState = loader.project_state(left)
    found: Columns = defaultdict(set)
    for model in state.models.values():
        add_columns(found, model)
    return found


def add_columns(found: Columns, model: ModelState) -> None:
    """Add the columns of one model's table, and the tables of its lists."""
    table = str(model.options.get("db_table") or f"{model.app_label}_{model.name_lower}")
    for name, field in model.fields.items():
        known: Any = field
        if known.many_to_many:
            found[known.db_table or f"{table}_{name}"] |= {"id"}
        else:
            found[table].add(known.db_column or (f"{name}_id" if known.is_relation else name))


def what_is_lost(using: str, apps: Apps, after: Columns) -> Iterator[str]:
    """Yield how many rows and values have no place any more."""
    for model in apps.get_models(include_auto_created=True):
        meta = model._meta
        if meta.label_lower in MADE_AGAIN or not meta.managed or meta.proxy:
            continue
        rows = model._base_manager.using(using)
        name = names_of(model)
        worked_out = names_worked_out(meta.app_label, meta.model_name)
        if meta.db_table not in after:
            if number := rows.count():
                yield f"{number:,} {name}"
        elif not meta.auto_created:
            for field in meta.local_concrete_fields:
                if field.name in worked_out or field.column in after[meta.db_table]:
                    continue
                if number := with_value(rows, field):
                    yield f"{number:,} values of {field.name} of {name}"


def names_worked_out(app: str, model: str | None) -> set[str]:
    """Return the fields that the text and the masks of a record tell again, so that nothing is lost with them."""
    known = registry.all_models[app].get(str(model))
    return {entry.name for entry in copies_of(known)} if known else set()


def names_of(model: Any) -> str:
    """Return how rows are called; the states in a history by what they are states of."""
    name = model._meta.model_name
    is_state = name.startswith(HISTORY)
    return f"{STATES} of {name.removeprefix(HISTORY)} rows" if is_state else str(model._meta.verbose_name_plural)


def with_value(rows: Any, field: Any) -> int:
    """Return how many rows say something in a field that they did not say by default."""
    said = rows.exclude(**{f"{field.name}__isnull": True})
    if field.empty_strings_allowed and field.get_internal_type() in {"CharField", "TextField", "SlugField"}:
        said = said.exclude(**{field.name: ""})
    if field.has_default():
        said = said.exclude(**{field.name: field.get_default()})
    return int(said.count())
