"""The order of changes: works out which rows of the API what was written concerns, and gives each its next place."""

from __future__ import annotations

import datetime as dt
import itertools
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import CharField, Exists, Q, Subquery, Value
from django.db.models.functions import Coalesce

from programmes.api.dependencies import ITSELF, dependencies, resources
from programmes.integrity.text import joined_key
from programmes.models import Programme, Restoration, RowToTell, Study, Telling, Theory, ToldRow, ToldTo, Touch
from programmes.vocabulary import TeamRole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet

PORTION = 1000  # writes, and rows, that are worked out at once
EVERYBODYS = 0  # stands for the study of what everybody with an account sees, as if they were its team
MICROSECONDS = 1_000_000
KEPT = ("record", "theory", "place", "told_to", "least_rank")
SPANS = tuple(f"{audience}_{end}" for audience in ToldRow.AUDIENCES for end in ("from", "since", "until"))


def rank(role: str) -> int:
    """Return how much a role in a team may see, from 1."""
    return TeamRole.values.index(role) + 1


def place_at(moment: float) -> int:
    """Return the first place in the order of changes that may be given at a moment, in seconds since 1970."""
    return int(moment * MICROSECONDS)


def basis() -> dict[str, Any]:
    """Return on what the order rests: after a migration or a restored backup everything is told anew."""
    newest = {
        "migration": MigrationRecorder.Migration.objects.order_by("-id"),
        "restoration": Restoration.objects.all(),
    }
    last = {name: Coalesce(Subquery(rows.values("pk")[:1]), 0) for name, rows in newest.items()}
    return {"resources": " ".join(resources()), **last}


def last_told() -> int | None:
    """Return the last place in the order of changes; None while something was written that was not worked out yet."""
    nothing_waits = ~Exists(Touch.objects.all()) & ~Exists(RowToTell.objects.all())
    last: int | None = Telling.objects.filter(nothing_waits, **basis()).values_list("last_place", flat=True).first()
    return last


def is_all_told() -> bool:
    """Say whether nothing was written that was not worked out yet."""
    return last_told() is not None


def tell_portion() -> bool:
    """Work out a portion of what was written, and say whether that was all. One process at a time does."""
    if is_all_told():
        return True
    with transaction.atomic():
        telling, _ = Telling.objects.get_or_create(pk=1)
        telling = Telling.objects.select_for_update().get(pk=1)
        begin_order_anew(telling)
        spread()
        telling.last_place = tell_rows(telling.last_place)
        telling.save()
        return is_all_told()


def tell_everything() -> None:
    """Work out all that was written."""
    while not tell_portion():
        pass


def begin_order_anew(telling: Telling) -> None:
    """Let every row be told anew where the order rests on something else by now."""
    if Telling.objects.filter(**basis()).exists():
        return
    for name, viewset in resources().items():
        add_rows(name, viewset.model._base_manager.all())
        add_rows(name, ToldRow.objects.filter(resource=name), "record")
    following = max(telling.last_place + 1, place_at(time.time()))
    void = [*telling.void, [telling.last_place, following]]
    was_restored = telling.restoration != (Restoration.objects.values_list("pk", flat=True).first() or 0)
    Telling.objects.update(last_place=following, void=void if was_restored else telling.void, **basis())
    telling.refresh_from_db()


def add_rows(resource: str, rows: QuerySet[Any, Any], key: str = "pk") -> None:
    """Let rows of a resource be told, in as many as there may be."""
    chosen = rows.filter(pk__gt=0).order_by().values_list(Value(resource, CharField(max_length=80)), key)
    sql, parameters = chosen.query.sql_with_params()
    into = f"INSERT INTO {RowToTell._meta.db_table} (resource, record) {sql} ON CONFLICT DO NOTHING"
    with connection.cursor() as cursor:
        cursor.execute(into, parameters)


def spread() -> None:
    """Work out which rows a portion of the writes concerns."""
    touches = list(Touch.objects.order_by("pk")[:PORTION])
    written: dict[tuple[str, str], set[int]] = defaultdict(set)
    for touch in touches:
        written[touch.kind, touch.below].add(touch.record)
    for (kind, below), records in written.items():
        for resource, path in dependencies().concerned(kind, below):
            if path == ITSELF:
                gone_too = [RowToTell(resource=resource, record=record) for record in records]
                RowToTell.objects.bulk_create(gone_too, ignore_conflicts=True)
            else:
                add_rows(resource, resources()[resource].model._base_manager.filter(**{f"{path}__in": records}))
    Touch.objects.filter(pk__in=[touch.pk for touch in touches]).delete()


def tell_rows(last_place: int) -> int:
    """Give a portion of the rows that wait their next places, and return the last one; it grows in any case."""
    waiting = list(RowToTell.objects.order_by("pk")[:PORTION])
    places = itertools.count(max(last_place + 1, place_at(time.time())))
    by_resource: dict[str, list[int]] = defaultdict(list)
    for row in waiting:
        by_resource[row.resource].append(row.record)
    for resource, records in by_resource.items():
        told = list(rows_told(resource, records, places))
        ToldRow.objects.bulk_create(
            told,
            update_conflicts=True,
            unique_fields=["resource", "key", "study"],
            update_fields=[*KEPT, *SPANS],
        )
    RowToTell.objects.filter(pk__in=[row.pk for row in waiting]).delete()
    return next(places)


def rows_told(resource: str, records: list[int], places: Iterator[int]) -> Iterator[ToldRow]:
    """Yield what is kept of rows of a resource, each at its next place; of those that are gone or renamed too."""
    present = {(row.key, row.study): row for row in present_rows(resource, records)}
    known = Q(record__in=records) | Q(key__in={key for key, _ in present})
    before = {(row.key, row.study): row for row in ToldRow.objects.filter(known, resource=resource)}
    for identity, row in present.items():
        if old := before.get(identity):
            for name in ("told_to", *SPANS):
                setattr(row, name, getattr(old, name))
    there = set(records)
    for identity in before.keys() | present.keys():
        row = present.get(identity) or before[identity]
        if identity in present or (row.record in there and row.told_to):
            row.tell(row.seen_by if identity in present else ToldTo.NOBODY, next(places))
            yield row


def present_rows(resource: str, records: list[int]) -> Iterator[ToldRow]:
    """Yield rows of a resource as they are now, with who sees them; `told_to` is nobody yet."""
    model = resources()[resource].model
    rows = model.objects.filter(pk__in=records).order_by()
    if model is Programme:
        yield from present_programmes(rows)
        return
    public = set(rows.visible_to(AnonymousUser()).values_list("pk", flat=True))
    of_readers = set(rows.filter(model.access.public_if).values_list("pk", flat=True))
    theory = "pk" if model is Theory else f"{model.access.theory}__pk" if model.access.theory else None
    paths = [model.access.path("pk"), *([theory] if theory else []), *model.key_fields]
    for record, study, *values in rows.values_list("pk", *paths):
        seen_by = ToldTo.EVERYBODY if record in public else ToldTo.READERS if record in of_readers else ToldTo.TEAM
        row = ToldRow(
            resource=resource,
            record=record,
            study=study,
            theory=values.pop(0) if theory else None,
            key=joined_key(values),
            told_to=ToldTo.NOBODY,
            least_rank=rank(model.access.private_role),
        )
        row.seen_by = seen_by
        yield row


def present_programmes(rows: Iterable[Programme]) -> Iterator[ToldRow]:
    """Yield programmes as they are now, once for each study; those without one are seen with any account."""
    studies: dict[int, list[Study]] = defaultdict(list)
    for study in Study.objects.filter(programme__in=rows).order_by("pk"):
        studies[study.programme_id].append(study)
    public = set(Study.objects.filter(programme__in=rows).visible_to(AnonymousUser()).values_list("pk", flat=True))
    for programme in rows:
        for study in [study.pk for study in studies[programme.pk]] or [EVERYBODYS]:
            row = ToldRow(
                resource="programmes",
                record=programme.pk,
                study=study,
                key=programme.slug,
                told_to=ToldTo.NOBODY,
                least_rank=rank(TeamRole.READER),
            )
            row.seen_by = ToldTo.EVERYBODY if study in public else ToldTo.READERS
            yield row


def last_modified(last: int | None) -> str | None:
    """Return when anything that the API tells changed last, by the last place that was given, as HTTP writes it.

    None while that is being worked out, and within the same second, in which more could change.
    """
    if last is None or last // MICROSECONDS >= int(time.time()):
        return None
    return dt.datetime.fromtimestamp(last // MICROSECONDS, dt.UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
