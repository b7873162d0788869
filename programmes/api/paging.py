"""Pages of lists: each goes on after the last row of the one before, however rows came and went meanwhile."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from django.core.exceptions import ValidationError
from django.db.models import Q
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from programmes.api.cursors import NoCursorError, sealed, unsealed
from programmes.api.parameter_errors import BadParameterError
from programmes.api.rows import where_path_ends

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import Model, QuerySet
    from rest_framework.request import Request

MOST_ROWS = 1000  # of a page
MOST_COUNTED = 100_000  # rows; counting more takes longer than reading a page
NO_CURSOR = "is no cursor of this list in this order with these filters; start again without it"
NOT_FILTERS = frozenset({"cursor", "page_size", "count", "format", "fields", "ordering"})


@dataclass(frozen=True)
class SortColumn:
    """A column by which rows are sorted; every row has a value in it."""

    name: str
    descends: bool

    def sorted_by(self, *, backwards: bool) -> str:
        """Return what the database sorts by."""
        return f"-{self.name}" if self.descends != backwards else self.name

    def beyond(self, value: Any, *, backwards: bool, with_it: bool = False) -> Q:
        """Return the condition that a row comes after a value, or before it."""
        lookup = "lt" if self.descends != backwards else "gt"
        return Q(**{f"{self.name}__{lookup}{'e' if with_it else ''}": value})


def sort_columns(order: Iterable[str]) -> list[SortColumn]:
    """Return the columns of an order."""
    return [SortColumn(name.removeprefix("-"), name.startswith("-")) for name in order]


@dataclass(frozen=True)
class ListPlace:
    """A place between two rows of a list: beside a row with these values, or before it where that row is meant too."""

    values: tuple[Any, ...]
    backwards: bool = False
    with_row: bool = False

    def condition(self, columns: Sequence[SortColumn]) -> Q:
        """Return the condition that a row lies on the asked side of the place."""
        pairs = list(zip(columns, self.values, strict=True))
        level, found = Q(), Q(pk__in=[])
        for column, value in pairs:
            found |= level & column.beyond(value, backwards=self.backwards)
            level &= Q(**{column.name: value})
        if self.with_row:
            found |= level
        first, value = pairs[0]  # from it on an index is read, not from its start
        return found & first.beyond(value, backwards=self.backwards, with_it=True)

    def written(self) -> str:
        """Return the place as text."""
        return orjson.dumps([self.backwards, self.with_row, *self.values]).decode()


def read_place(text: str, model: type[Model], columns: Sequence[SortColumn]) -> ListPlace:
    """Return the place that such a text means."""
    backwards, with_row, *values = orjson.loads(text)
    ends = [where_path_ends(model, column.name) for column in columns]
    fields = [end._meta.get_field(name) for end, name in ends]
    read = [field.to_python(value) for field, value in zip(fields, values, strict=True)]
    return ListPlace(tuple(read), backwards, with_row)


class KeysetPages(BasePagination):
    """Pages by the values of the rows at their ends; `next` and `previous` are addresses."""

    page_size = 100
    request: Request
    ordering: tuple[str, ...]
    next_place: ListPlace | None = None
    previous_place: ListPlace | None = None
    counted: int | None = None

    def get_page_size(self, request: Request) -> int:
        """Return how many rows a page has; refuse what is no such number."""
        asked = request.query_params.get("page_size")
        if asked is None:
            return self.page_size
        if not re.fullmatch("[0-9]{1,4}", asked) or not 1 <= int(asked) <= MOST_ROWS:
            raise BadParameterError("page_size", asked, f"is no whole number from 1 to {MOST_ROWS}")
        return int(asked)

    def counts(self, request: Request) -> bool:
        """Say whether a total is asked for; refuse anything but true and false."""
        asked = request.query_params.get("count", "false")
        if asked not in {"true", "false"}:
            raise BadParameterError("count", asked, "is neither true nor false")
        return asked == "true"

    @property
    def belongs_to(self) -> str:
        """Return what a cursor belongs to: the list, its order and its filters."""
        chosen = sorted((name, *sorted(values)) for name, values in self.request.query_params.lists())
        filters = [entry for entry in chosen if entry[0] not in NOT_FILTERS]
        told = orjson.dumps([self.request.path, self.ordering, filters])
        return hashlib.sha256(told).hexdigest()

    def asked_place(self, model: type[Model], columns: Sequence[SortColumn]) -> ListPlace | None:
        """Return the place that the address names, or None for the first page."""
        given = self.request.query_params.get("cursor")
        if given is None:
            return None
        try:
            return read_place(unsealed(given, self.belongs_to), model, columns)
        except (NoCursorError, ValueError, ValidationError):
            raise BadParameterError("cursor", given, NO_CURSOR, "wrong-cursor") from None

    def paginate_queryset(self, queryset: QuerySet[Any, Any], request: Request, view: Any = None) -> list[int]:  # type: ignore[override]
        """Return the primary keys of the rows of the page, and remember what lies around it."""
        del view
        self.request = request
        size = self.get_page_size(request)
        columns = sort_columns(self.ordering)
        place = self.asked_place(queryset.model, columns)
        self.counted = queryset.order_by()[: MOST_COUNTED + 1].count() if self.counts(request) else None
        backwards = place is not None and place.backwards
        chosen = queryset.filter(place.condition(columns)) if place else queryset
        sort = [column.sorted_by(backwards=backwards) for column in columns]
        found = list(chosen.order_by(*sort).values_list("pk", *(column.name for column in columns))[: size + 1])
        rows = found[:size]
        if backwards:
            rows.reverse()
        self.look_around(place, rows, more=len(found) > size)
        return [pk for pk, *_ in rows]

    def look_around(self, place: ListPlace | None, rows: list[Any], *, more: bool) -> None:
        """Remember where the pages around this one begin. A page that is empty by now leads back to where it was."""
        if not rows:
            back = ListPlace(place.values, not place.backwards, with_row=not place.with_row) if place else None
            self.previous_place, self.next_place = (None, back) if place and place.backwards else (back, None)
            return
        backwards = place is not None and place.backwards
        if more if backwards else place:
            self.previous_place = ListPlace(tuple(rows[0][1:]), backwards=True)
        if backwards or more:
            self.next_place = ListPlace(tuple(rows[-1][1:]))

    def address(self, place: ListPlace | None) -> str | None:
        """Return the address of the page at a place."""
        if place is None:
            return None
        cursor = sealed(place.written(), self.belongs_to)
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor)

    def first_address(self) -> str:
        """Return the address of the first page."""
        return remove_query_param(self.request.build_absolute_uri(), "cursor")

    def get_paginated_response(self, data: Any) -> Response:
        """Return the page, with its neighbours in the body and in the header Link (RFC 8288)."""
        around = {"next": self.address(self.next_place), "previous": self.address(self.previous_place)}
        total: dict[str, Any] = {}
        if self.counted is not None:
            total = {"count": min(self.counted, MOST_COUNTED), "count_is_whole": self.counted <= MOST_COUNTED}
        links = {"first": self.first_address(), "next": around["next"], "prev": around["previous"]}
        told = ", ".join(f'<{address}>; rel="{name}"' for name, address in links.items() if address)
        return Response({**around, **total, "results": data}, headers={"Link": told})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the shape of a page for the OpenAPI document."""
        address = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "next": {**address, "description": "Address of the next page; null on the last."},
                "previous": {**address, "description": "Address of the page before; null on the first."},
                "count": {
                    "type": "integer",
                    "minimum": 0,
                    "maximum": MOST_COUNTED,
                    "description": "With `count=true`: how many rows the list has, at most as many as are counted.",
                },
                "count_is_whole": {
                    "type": "boolean",
                    "description": "With `count=true`: whether `count` is all; false where the list has more rows.",
                },
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Return the parameters for the OpenAPI document."""
        del view
        size = {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": self.page_size}
        said = {
            "count": (
                {"type": "boolean", "default": False},
                f"Whether to tell how many rows the list has; no more than {MOST_COUNTED:,} are counted.",
            ),
            "cursor": ({"type": "string"}, "Which page; `next` and `previous` of an answer hold it."),
            "page_size": (size, "How many rows a page has."),
        }
        return [
            {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
            for name, (schema, description) in said.items()
        ]
