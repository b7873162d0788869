"""Rows of a list as the answer in JSON has them, all of them, read in portions that are never large.

They are the rows of `build_rows`, which a test holds them equal to. Here what is worked out once for all rows is worked
out once, and each nested list of a portion is read by one query.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import orjson
from django.db import connection
from django.db.models import F, Value
from rest_framework import serializers

from programmes.api.bare_rows import KEYS, BareQuery, from_its_table
from programmes.api.rows import MORE, MOST_NESTED, LinkField, MoreField, as_read, nested_lists, paths_of, put
from programmes.api.rows_of_page import AmongKeys
from programmes.integrity.text import joined_key

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from django.db.models import QuerySet

    from programmes.api.chosen_fields import FieldChoice
    from programmes.api.rows import Path, RowSerializer
    from programmes.integrity.access import Person

    Document = dict[str, Any]

FIRST_PORTION = 5  # rows, so that the first of them leave at once
LARGEST_PORTION = 2000  # rows
MOST_IN_PORTION = 20_000  # nested rows that a portion is to have at most


def conversions_of(serializer: RowSerializer, paths: dict[Path, str], first: int) -> Iterator[tuple[int, Any]]:
    """Yield which values are not yet what JSON is made of, as the database gives them, and what makes them so."""
    for number, place in enumerate(paths, first):
        held: Any = serializer
        for name in place:
            held = held.fields[name]
        if isinstance(held, serializers.ListField):
            yield number, orjson.Fragment
        elif connection.vendor == "sqlite" and isinstance(held, serializers.BooleanField):
            yield number, bool


class WholeRowShape:
    """What makes the rows of a serializer of the values that a query reads: a number, the key, then what is asked."""

    def __init__(self, serializer: RowSerializer, user: Person, site: str, only: frozenset[str] | None = None) -> None:
        self.serializer = serializer
        self.user = user
        self.site = site
        self.resource = getattr(serializer, "resource", "")
        model = serializer.Meta.model
        wanted = [str(name) for name in serializer.fields if name != MORE]
        self.names: list[str] = [name for name in wanted if only is None or name in only]
        paths = paths_of(serializer, only)
        keys = 1 + len(model.key_fields)
        self.asked = [*model.key_fields, *(as_read(user, model, path) for path in paths.values())]
        at = {place: number for number, place in enumerate(paths, keys)}
        self.key: Callable[[Any], Any] = itemgetter(slice(1, keys))
        self.changes = list(conversions_of(serializer, paths, keys))
        plain: list[int] = []
        self.links: list[tuple[str, Callable[..., str]]] = []
        self.inner: list[tuple[str, list[tuple[Any, int]]]] = []
        for name in self.names:
            held = serializer.fields[name]
            plain.append(at.get((name,), 0))
            if isinstance(held, LinkField):
                self.links.append((name, held.template.replace("{site}", site).format))
            elif isinstance(held, serializers.Serializer):
                self.inner.append((name, [(place[1:], here) for place, here in at.items() if place[0] == name]))
        self.picked: Callable[[Any], Any] = itemgetter(*plain, 0)

    def read(self, queryset: QuerySet[Any, Any], number: str = "pk") -> QuerySet[Any, Any]:
        """Return the query of these values; the number is that of the row, or of the one in which it stands."""
        return self.serializer.annotated(queryset, self.user).values_list(number, *self.asked)

    def made(self, values: Any) -> Document:
        """Return a row without its nested lists."""
        if self.changes:
            values = list(values)
            for number, change in self.changes:
                if values[number] is not None:
                    values[number] = change(values[number])
        row: Document = dict(zip(self.names, self.picked(values), strict=False))
        if self.links:
            key = self.key(values)
            whole = joined_key(key)
            for name, link in self.links:
                row[name] = link(*key, id=whole)
        for name, within in self.inner:
            row[name] = {}
            for place, number in within:
                put(row[name], place, values[number])
        return row


@dataclass(frozen=True)
class NestedList:
    """A list of rows within the rows of a resource."""

    name: str
    shape: WholeRowShape
    query: BareQuery = field(init=False)

    def __post_init__(self) -> None:
        """Compile what reads the rows."""
        meta = self.shape.serializer.Meta
        visible = meta.model.objects.visible_to(self.shape.user).filter(AmongKeys(F(meta.parent), Value(KEYS)))
        rows = self.shape.read(visible.filter(meta.where).order_by(meta.parent, *meta.order, "pk"), meta.parent)
        self.__dict__["query"] = BareQuery(rows if "__" in meta.parent else from_its_table(rows, along=False))

    def of(self, parents: list[int]) -> tuple[dict[int, list[Document]], int]:
        """Return the rows of some parents that the reader may see, by parent, and how many these are."""
        grouped: dict[int, list[Document]] = defaultdict(list)
        made = self.shape.made
        for values in self.query.rows(parents):
            grouped[values[0]].append(made(values))
        return grouped, sum(map(len, grouped.values()))


class WholeRows:
    """The rows of a queryset in the shape of a serializer, in the order of the queryset."""

    def __init__(
        self, rows: QuerySet[Any, Any], shape: WholeRowShape, chosen: FieldChoice, *, along_table: bool = False
    ) -> None:
        self.shape = shape
        self.queryset = rows  # in order
        self.along_table = along_table  # whether they are all that there are, in the order in which they were made
        self.chosen = chosen
        self.lists = [
            NestedList(name, WholeRowShape(child, shape.user, shape.site))
            for name, child in nested_lists(shape.serializer)
            if name in self.shape.names
        ]

    def __iter__(self) -> Iterator[Document]:
        """Yield them; a portion is the smaller the more is nested in its rows."""
        rows = BareQuery(self.shape.read(self.queryset), along_table=self.along_table).rows()
        size, portion = FIRST_PORTION, []
        for values in rows:
            portion.append(values)
            if len(portion) >= size:
                nested = yield from self.documents(portion)
                fitting = len(portion) * MOST_IN_PORTION // max(nested, 1)
                size, portion = max(1, min(4 * size, fitting, LARGEST_PORTION)), []
        yield from self.documents(portion)

    def documents(self, portion: list[Any]) -> Generator[Document, None, int]:
        """Yield the rows of a portion, and return how many are nested in them."""
        keys = [values[0] for values in portion]
        found = [(entry.name, *entry.of(keys)) for entry in self.lists if keys]
        made, cut = self.shape.made, self.chosen.cut
        for values in portion:
            row = made(values)
            more = {}
            for name, by_parent, _ in found:
                row[name] = held = by_parent.get(values[0], [])
                if len(held) > MOST_NESTED:
                    del held[MOST_NESTED:]
                    more[name] = MoreField.address(self.shape.resource, name, self.shape.key(values), self.shape.site)
            if more:
                row[MORE] = more
            yield cut(row)
        return sum(number for _, _, number in found)
