"""What a verification finds: where, what stands there, and what to do. No word of anybody is in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from programmes.integrity.text import joined_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from django.db import models

MOST_TOLD = 20  # of one kind; the others are counted
AT_ONCE = 500  # rows that are held
FROM_BACKUP = "Restore the newest backup in which it is right, or put it right by hand and say so in a memo"


@dataclass(frozen=True)
class Defect:
    """One thing that is not as it must be."""

    place: str
    value: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}: {self.value}. {self.remedy}."


def bounded(found: Iterable[Defect]) -> Iterator[Defect]:
    """Yield the first findings of a kind, and how many more there are."""
    more = 0
    last = None
    for number, last in enumerate(found, 1):
        if number <= MOST_TOLD:
            yield last
        else:
            more += 1
    if more and last:
        yield Defect("and more like this", str(more), last.remedy)


def answers_to(query: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the rows that a query finds, some at a time."""
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        while rows := cursor.fetchmany(AT_ONCE):
            yield from rows


def called(model: type[models.Model], pk: Any) -> str:
    """Return how a row is called: its kind, its keys where it has some, and its id."""
    names = getattr(model, "key_fields", ())
    keys = model._base_manager.filter(pk=pk).values_list(*names).first() if names else None
    kind = str(model._meta.verbose_name)
    return f"{kind} {joined_key(map(str, keys))} ({pk})" if keys else f"{kind} {pk}"
