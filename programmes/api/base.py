"""What every resource of the API is: lists and single rows, as JSON or CSV, of what the reader may see."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from django.http import HttpResponse, StreamingHttpResponse
from django_filters import MultipleChoiceFilter
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import viewsets
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor as Place
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from programmes.api.cursors import NoCursorError, sealed, unsealed
from programmes.api.openapi import ResourceSchema
from programmes.api.problems import BadParameterError, unknown_word
from programmes.api.renderers import CSVRenderer, ORJSONRenderer
from programmes.api.rows import RowSerializer, build_rows
from programmes.filtersets.base import with_present_names
from programmes.formats.tables import csv_lines, csv_values
from programmes.models import CuratedModel, Service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet
    from rest_framework.request import Request

FORMATS = ("json", "csv")
COMMON_PARAMETERS = ("fields", "format", "ordering", "cursor", "page_size")
MOST_DIGITS = 9  # of a number that every database takes
NO_CURSOR = "is no cursor of this list in this order; start again without it"
CHUNK = 500  # rows that a download reads at a time


class Cursor(CursorPagination):
    """Pages that stay right while rows are added; `next` and `previous` are addresses."""

    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 1000

    def get_page_size(self, request: Request) -> int:
        """Return how many rows a page has; refuse what is no such number."""
        asked = request.query_params.get("page_size")
        if asked is None:
            return self.page_size
        if not re.fullmatch("[0-9]{1,4}", asked) or not 1 <= int(asked) <= self.max_page_size:
            raise BadParameterError("page_size", asked, f"is no whole number from 1 to {self.max_page_size}")
        return int(asked)

    @property
    def ordered(self) -> str:
        """Return what a cursor belongs to: the list, and its order."""
        return " ".join([urlsplit(str(self.base_url)).path, *self.ordering])

    def encode_cursor(self, cursor: Any) -> str:
        """Return the address of a page, which does not tell the ids of rows."""
        position = "" if cursor.position is None else f"={cursor.position}"
        place = f"{cursor.offset} {int(cursor.reverse)} {position}"
        return replace_query_param(self.base_url, self.cursor_query_param, sealed(place, self.ordered))

    def decode_cursor(self, request: Request) -> Any:
        """Return the place that the address names, or None for the first page."""
        given = request.query_params.get(self.cursor_query_param)
        if given is None:
            return None
        try:
            offset, backwards, position = unsealed(given, self.ordered).split(" ", 2)
        except NoCursorError:
            raise BadParameterError("cursor", given, NO_CURSOR) from None
        return Place(int(offset), backwards == "1", position[1:] if position else None)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Return the parameters for the OpenAPI document."""
        cursor, size = super().get_schema_operation_parameters(view)
        cursor["description"] = "Which page; `next` and `previous` of an answer hold it."
        size["description"] = "How many rows a page has."
        size["schema"] |= {"minimum": 1, "maximum": self.max_page_size, "default": self.page_size}
        return [cursor, size]


class StrictFilterBackend(DjangoFilterBackend):
    """Filters, and refuses parameters that no filter knows."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any, Any], view: Any) -> QuerySet[Any, Any]:
        """Return the rows that pass."""
        known = [*view.filterset_class.base_filters, *COMMON_PARAMETERS]
        for name in request.query_params:
            if name not in known and name not in view.filterset_class.renamed:
                raise unknown_word("parameter", name, name, known)
            if "" in request.query_params.getlist(name):
                raise BadParameterError(name, "", "is empty; leave it out, or say what you look for")
            several = isinstance(view.filterset_class.base_filters.get(name), MultipleChoiceFilter)
            if len(request.query_params.getlist(name)) > 1 and not several:
                raise BadParameterError(name, "", "can be given only once")
        filtered: QuerySet[Any, Any] = super().filter_queryset(request, queryset, view)
        return filtered

    def get_filterset_kwargs(self, request: Request, queryset: QuerySet[Any, Any], view: Any) -> dict[str, Any]:
        """Return what the filter set is made with: former names of parameters are replaced."""
        given: dict[str, Any] = super().get_filterset_kwargs(request, queryset, view)
        return given | {"data": with_present_names(request.query_params, view.filterset_class.renamed)}


class ResourceViewSet(viewsets.GenericViewSet[Any]):
    """A resource: its rows are read only, and each is found by its public key."""

    model: ClassVar[type[CuratedModel]]
    serializer_class: ClassVar[type[Any]]
    orderings: ClassVar[tuple[str, ...]] = ("id",)
    permission_classes = (AllowAny,)
    renderer_classes = (ORJSONRenderer, CSVRenderer)
    filter_backends = (StrictFilterBackend,)
    pagination_class = Cursor
    schema = ResourceSchema()
    http_method_names = ("get", "head")
    lookup_field = "id"
    lookup_value_regex = "[^/]+"

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:  # noqa: FBT001, FBT002
        """Refuse a format that there is not."""
        wanted = request.query_params.get("format")
        if wanted is not None and wanted not in FORMATS:
            raise unknown_word("format", "format", wanted, FORMATS)
        return super().perform_content_negotiation(request, force)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse text that no database takes."""
        super().initial(request, *args, **kwargs)
        for name, values in request.query_params.lists():
            if "\0" in name or any("\0" in value for value in values):
                raise BadParameterError(name, "", "has a character that no record can have; remove it")

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Say who may keep the answer."""
        response = super().finalize_response(request, response, *args, **kwargs)
        shared = "public, max-age=0, must-revalidate" if request.user.is_anonymous else "private, max-age=0"
        response["Cache-Control"] = shared
        response["Vary"] = "Accept, Authorization, Cookie"
        return response

    def get_queryset(self) -> QuerySet[Any, Any]:
        """Return the rows that the reader may see."""
        if getattr(self, "swagger_fake_view", False):
            return self.model._base_manager.none()
        return self.model.objects.visible_to(self.request.user)

    def wanted_fields(self) -> frozenset[str] | None:
        """Return the fields that were asked for, or None for all."""
        asked = self.request.query_params.get("fields")
        if asked is None:
            return None
        names = [name.strip() for name in asked.split(",")]
        known = list(self.get_serializer_class()().fields)
        for name in names:
            if name not in known:
                raise unknown_word("field", "fields", name, known)
        return frozenset(names)

    def rows(self, queryset: QuerySet[Any, Any]) -> dict[int, dict[str, Any]]:
        """Return rows in their public shape."""
        serializer: RowSerializer = self.get_serializer_class()()
        base = self.request.build_absolute_uri("/").rstrip("/")
        return build_rows(serializer, queryset, self.request.user, base, self.wanted_fields())

    def order(self) -> tuple[str, ...]:
        """Return the order that was asked for, ended by what is unique."""
        asked = self.request.query_params.get("ordering", self.orderings[0])
        if asked.removeprefix("-") not in self.orderings or asked.startswith("--"):
            raise unknown_word("ordering", "ordering", asked, self.orderings)
        return (asked,) if asked in {"id", "-id"} else (asked, "id")

    def list(self, request: Request) -> Response | StreamingHttpResponse:
        """Return the rows that pass the filters, a page at a time; as CSV all of them."""
        order = self.order()
        queryset = self.filter_queryset(self.get_queryset())
        paginator: Any = self.paginator
        paginator.get_page_size(request)
        if request.accepted_renderer.format == "csv":
            if "cursor" in request.query_params:
                raise BadParameterError("cursor", "", "has no meaning for CSV, which has every row; leave it out")
            return self.download(queryset, order)
        paginator.ordering = order
        page = paginator.paginate_queryset(
            queryset.only("pk", *(name.lstrip("-") for name in order)), request, view=self
        )
        found = self.rows(self.model._base_manager.filter(pk__in=[row.pk for row in page]))
        return Response(
            {
                "next": paginator.get_next_link(),
                "previous": paginator.get_previous_link(),
                "results": [found[row.pk] for row in page],
            }
        )

    def retrieve(self, request: Request, id: str) -> HttpResponse | Response:  # noqa: A002  the name in the address
        """Return one row."""
        for name in request.query_params:
            if name not in {"fields", "format"}:
                raise unknown_word("parameter", name, name, ("fields", "format"))
        rows = list(self.rows(self.get_queryset().filter(**self.key(id))).values())
        if not rows:
            raise NotFound(f"There is no {self.model._meta.verbose_name} {id!r} that you may see.")
        if request.accepted_renderer.format == "csv":
            return HttpResponse(
                csv_lines([list(rows[0]), *map(csv_values, (row.values() for row in rows))]),
                content_type="text/csv; charset=utf-8",
            )
        return Response(rows[0])

    def key(self, text: str) -> dict[str, Any]:
        """Return the lookup of a public key."""
        names = self.model.key_fields
        parts = text.split(":")
        if len(parts) != len(names) or "\0" in text:
            raise NotFound(
                f"{text!r} is no key; it has the form {':'.join(name.replace('__', ' ') for name in names)}."
            )
        lookup: dict[str, Any] = dict(zip(names, parts, strict=True))
        for name in ("number", "cmoc__number"):
            if name in lookup and self.model is not Service:
                if not (lookup[name].isascii() and lookup[name].isdigit()) or len(lookup[name]) > MOST_DIGITS:
                    raise NotFound(f"{text!r} is no key; its number is a whole number.")
                lookup[name] = int(lookup[name])
        return lookup

    def download(self, queryset: QuerySet[Any, Any], order: tuple[str, ...]) -> StreamingHttpResponse:
        """Return all rows as CSV, read a part at a time."""
        name = self.serializer_class.resource
        parts = self.csv_parts(
            queryset, order, self.wanted_fields()
        )  # what is refused is refused before the first part
        response = StreamingHttpResponse(parts, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return response

    def csv_parts(
        self, queryset: QuerySet[Any, Any], order: tuple[str, ...], wanted: frozenset[str] | None
    ) -> Iterator[str]:
        """Yield the head of the table and its rows."""
        keys = list(queryset.order_by(*order).values_list("pk", flat=True))
        yield csv_lines([[name for name in self.get_serializer_class()().fields if wanted is None or name in wanted]])
        for start in range(0, len(keys), CHUNK):
            part = keys[start : start + CHUNK]
            rows = self.rows(self.model._base_manager.filter(pk__in=part))
            yield csv_lines([csv_values(rows[key].values()) for key in part])


def resource_viewset(serializer: type[Any], filterset: type[Any], *orderings: str) -> type[ResourceViewSet]:
    """Return the viewset of one resource; its rows are ordered by their ids, or by one of these fields."""
    declared = {
        "__doc__": serializer.__doc__,
        "model": serializer.Meta.model,
        "serializer_class": serializer,
        "filterset_class": filterset,
        "orderings": ("id", *orderings),
    }
    return type(f"{serializer.__name__.removesuffix('Serializer')}ViewSet", (ResourceViewSet,), declared)


class UnknownAddressView(APIView):
    """Any address under /api/ that is none."""

    permission_classes = (AllowAny,)
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Say so, whatever is to be done there."""
        super().initial(request, *args, **kwargs)
        raise NotFound(f"{request.path} is no address of the API; the list of resources is at /api/v1/.")
