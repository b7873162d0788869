"""Rows of a list as the answer in JSON has them, all of them, read in portions that are never large.

They are the rows of `build_rows`, which a test holds them equal to. Here what is worked out once for all rows is worked
out once, and each nested list of a portion is read by one query.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from rest_framework import serializers

from programmes.api.rows import LinkField, as_read, nested_lists, paths_of, put

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db.models import QuerySet

    from programmes.api.chosen_fields import FieldChoice
    from programmes.api.rows import RowSerializer
    from programmes.integrity.access import Person

    Document = dict[str, Any]

FIRST_PORTION = 50  # rows, so that the first of them leave at once
LARGEST_PORTION = 2000  # rows
MOST_NESTED = 20_000  # nested rows that a portion is to have at most


class RowShape:
    """What makes the rows of a serializer of the values that a query reads: first the key, then what is asked."""

    def __init__(self, serializer: RowSerializer, user: Person, site: str, only: frozenset[str] | None = None) -> None:
        self.serializer = serializer
        self.user = user
        self.site = site
        model = serializer.Meta.model
        self.names = [name for name in serializer.fields if only is None or name in only]
        paths = paths_of(serializer, only)
        keys = len(model.key_fields)
        self.asked = [*model.key_fields, *(as_read(user, model, path) for path in paths.values())]
        at = {place: number for number, place in enumerate(paths, keys)}
        self.key: Callable[[Any], Any] = itemgetter(slice(keys))
        self.plain: list[int] = []
        self.links: list[tuple[str, LinkField]] = []
        self.inner: list[tuple[str, list[tuple[Any, int]]]] = []
        for name in self.names:
            field = serializer.fields[name]
            self.plain.append(at.get((name,), 0))
            if isinstance(field, LinkField):
                self.links.append((name, field))
            elif isinstance(field, serializers.Serializer):
                self.inner.append((name, [(place[1:], here) for place, here in at.items() if place[0] == name]))

    def read(self, queryset: QuerySet[Any, Any], *first: str) -> QuerySet[Any, Any]:
        """Return the query of these values, before which stand others."""
        return self.serializer.annotated(queryset, self.user).values_list(*first, *self.asked)

    def made(self, values: Any) -> Document:
        """Return a row without its nested lists."""
        row = {name: values[number] for name, number in zip(self.names, self.plain, strict=True)}
        if self.links:
            key = self.key(values)
            for name, field in self.links:
                row[name] = field.value(key, self.site)
        for name, within in self.inner:
            row[name] = {}
            for place, number in within:
                put(row[name], place, values[number])
        return row


@dataclass(frozen=True)
class NestedList:
    """A list of rows within the rows of a resource."""

    name: str
    shape: RowShape

    def of(self, parents: list[int]) -> tuple[dict[int, list[Document]], int]:
        """Return the rows of some parents that the reader may see, by parent, and how many these are."""
        meta = self.shape.serializer.Meta
        visible = meta.model.objects.visible_to(self.shape.user).filter(**{f"{meta.parent}__in": parents})
        rows = self.shape.read(visible.filter(meta.where).order_by(meta.parent, *meta.order, "pk"), meta.parent)
        grouped: dict[int, list[Document]] = defaultdict(list)
        number = 0
        for number, (parent, *values) in enumerate(rows.iterator(chunk_size=LARGEST_PORTION), 1):
            grouped[parent].append(self.shape.made(values))
        return grouped, number


class WholeRows:
    """The rows of a queryset in the shape of a serializer, in the order of the queryset."""

    def __init__(
        self, serializer: RowSerializer, queryset: QuerySet[Any, Any], user: Person, site: str, chosen: FieldChoice
    ) -> None:
        self.shape = RowShape(serializer, user, site, chosen.top)
        self.queryset = queryset
        self.chosen = chosen
        self.lists = [
            NestedList(name, RowShape(child, user, site))
            for name, child in nested_lists(serializer)
            if name in self.shape.names
        ]

    def __iter__(self) -> Iterator[Document]:
        """Yield them; a portion is the smaller the more is nested in its rows."""
        rows = self.shape.read(self.queryset, "pk").iterator(chunk_size=LARGEST_PORTION)
        size, portion = FIRST_PORTION, []
        for values in rows:
            portion.append(values)
            if len(portion) >= size:
                nested = yield from self.documents(portion)
                fitting = len(portion) * MOST_NESTED // max(nested, 1)
                size, portion = max(1, min(4 * size, fitting, LARGEST_PORTION)), []
        yield from self.documents(portion)

    def documents(self, portion: list[Any]) -> Iterator[Document]:
        """Yield the rows of a portion, and return how many are nested in them."""
        keys = [pk for pk, *_ in portion]
        found = [(entry.name, *entry.of(keys)) for entry in self.lists if keys]
        for pk, *values in portion:
            row = self.shape.made(values)
            for name, by_parent, _ in found:
                row[name] = by_parent.get(pk, [])
            yield self.chosen.cut(row)
        return sum(number for _, _, number in found)
