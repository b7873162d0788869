"""What every resource of the API is: lists and single rows, as JSON or files, of what the reader may see."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from django.http import HttpResponse, HttpResponsePermanentRedirect, StreamingHttpResponse
from django.urls import resolve
from django.utils.http import parse_http_date
from django_filters import MultipleChoiceFilter
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import viewsets
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from programmes.api.bare_rows import from_its_table
from programmes.api.chosen_fields import FIELD_PARAMETERS, LISTS_OF_NAMES, FieldChoice, choice_of, names_of_fields
from programmes.api.dependencies import RESOURCES
from programmes.api.file_answers import ListFile, file_name, state_tag
from programmes.api.files import FILE_FORMATS, spooled
from programmes.api.flat_rows import FlatRows, chosen_columns
from programmes.api.moments import at_moment
from programmes.api.openapi import ResourceSchema
from programmes.api.paging import KeysetPages
from programmes.api.parameter_errors import BadParameterError, unknown_word
from programmes.api.renderers import FILE_RENDERERS, ORJSONRenderer
from programmes.api.rows_of_page import rows_of_page
from programmes.api.telling import last_modified, last_told
from programmes.api.whole_rows import WholeRows, WholeRowShape
from programmes.filtersets.base import with_present_names
from programmes.integrity.snapshot import one_state
from programmes.models import CuratedModel, Service

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

PAGING_PARAMETERS = ("cursor", "page_size", "count")
COMMON_PARAMETERS = (*FIELD_PARAMETERS, "format", "ordering", "modified_since", *PAGING_PARAMETERS)
PRESENTATION = {*FIELD_PARAMETERS, "format", "ordering"}  # which choose no rows
CHOOSING = {"modified_since", "of"}  # of those, which choose rows
MOST_DIGITS = 9  # of a number that every database takes
NO_MOMENT = "is no day or time such as 2026-03-04 or 2026-03-04T05:06:07Z"


class StrictFilterBackend(DjangoFilterBackend):
    """Filters, and refuses parameters that no filter knows."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any, Any], view: Any) -> QuerySet[Any, Any]:
        """Return the rows that pass."""
        known = [*view.filterset_class.base_filters, *view.common_parameters]
        for name in request.query_params:
            if name not in known and name not in view.filterset_class.renamed:
                raise unknown_word("parameter", name, name, known)
            if "" in request.query_params.getlist(name):
                raise BadParameterError(name, "", "is empty; leave it out, or say what you look for", "empty-value")
            several = isinstance(view.filterset_class.base_filters.get(name), MultipleChoiceFilter)
            if len(request.query_params.getlist(name)) > 1 and not several and name not in LISTS_OF_NAMES:
                raise BadParameterError(name, "", "can be given only once", "given-twice")
        if not view.is_filtered:  # as most are, which need not be made to know it
            return queryset
        filtered: QuerySet[Any, Any] = super().filter_queryset(request, queryset, view)
        return filtered

    def get_filterset_kwargs(self, request: Request, queryset: QuerySet[Any, Any], view: Any) -> dict[str, Any]:
        """Return what the filter set is made with: former names of parameters are replaced."""
        given: dict[str, Any] = super().get_filterset_kwargs(request, queryset, view)
        return given | {"data": with_present_names(request.query_params, view.filterset_class.renamed)}


class ListViewSet(viewsets.GenericViewSet[Any]):
    """A list of rows, which are read only."""

    model: ClassVar[type[CuratedModel]]
    serializer_class: ClassVar[type[Any]]
    orderings: ClassVar[tuple[str, ...]] = ("id",)
    permission_classes = (AllowAny,)
    renderer_classes = (ORJSONRenderer, *FILE_RENDERERS)
    filter_backends = (StrictFilterBackend,)
    pagination_class = KeysetPages
    schema = ResourceSchema()
    http_method_names = ("get", "head")
    told_last: int | None = None
    changed_last: str | None = None
    common_parameters = COMMON_PARAMETERS
    documented_at = ""  # the part of the documentation, where that is not called like the resource

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse text that no database takes."""
        super().initial(request, *args, **kwargs)
        for name, values in request.query_params.lists():
            if "\0" in name or any("\0" in value for value in values):
                raise BadParameterError(name, "", "has a character that no record can have; remove it")
        self.told_last = last_told()  # before any row is read
        # What a member sees changes with their roles too, which their ETag knows.
        self.changed_last = None if request.user.is_authenticated else last_modified(self.told_last)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Say what the answer depends on."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Vary"] = "Accept, Authorization, Cookie"
        if response.status_code == HTTPStatus.OK and self.changed_last:
            response["Last-Modified"] = self.changed_last
        return response

    def get_queryset(self) -> QuerySet[Any, Any]:
        """Return the rows that the reader may see."""
        if getattr(self, "swagger_fake_view", False):
            return self.model._base_manager.none()
        return self.model.objects.visible_to(self.request.user)

    def chosen_fields(self) -> FieldChoice:
        """Return the fields that were asked for."""
        return choice_of(self.request, self.get_serializer_class()())

    def rows(self, keys: list[int]) -> dict[int, dict[str, Any]]:
        """Return the rows with some primary keys in their public shape."""
        base = self.request.build_absolute_uri("/").rstrip("/")
        chosen = self.chosen_fields()
        found = rows_of_page(self.get_serializer_class(), keys, self.request.user, base, chosen.top)
        return {key: chosen.cut(row) for key, row in found.items()}

    @property
    def is_filtered(self) -> bool:
        """Say whether the address chooses among the rows."""
        return not self.request.query_params.keys() <= {*self.common_parameters} - CHOOSING

    def order(self) -> tuple[str, ...]:
        """Return the order that was asked for, ended by what is unique."""
        asked = self.request.query_params.get("ordering", self.orderings[0])
        if asked.removeprefix("-") not in self.orderings or asked.startswith("--"):
            raise unknown_word("ordering", "ordering", asked, self.orderings)
        last = "-id" if asked.startswith("-") else "id"
        return (last,) if asked == last else (asked, last)

    def modified_since(self, rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        """Return the rows whose records were saved at a moment or after it, if one was asked for."""
        asked = self.request.query_params.get("modified_since")
        if asked is None:
            return rows
        if (moment := at_moment(asked)) is None:
            raise BadParameterError("modified_since", asked, NO_MOMENT)
        saved = self.model.history.filter(history_date__gte=moment).order_by().values("id")
        return rows.filter(pk__in=saved)

    def chosen_rows(self) -> QuerySet[Any, Any]:
        """Return the rows that pass the filters."""
        return self.modified_since(self.filter_queryset(self.get_queryset()))

    def list(self, request: Request) -> Response | HttpResponse | StreamingHttpResponse:
        """Return the rows that pass the filters, a page at a time; as a file all of them."""
        order = self.order()
        queryset = self.chosen_rows()
        paginator: Any = self.paginator
        paginator.get_page_size(request)
        paginator.counts(request)
        if request.accepted_renderer.format in FILE_FORMATS:
            for name in PAGING_PARAMETERS:
                if name in request.query_params:
                    raise BadParameterError(
                        name, "", "has no meaning for a file, which has every row; leave it out", "no-meaning"
                    )
            return self.file(queryset, order).answer(request)
        if not self.is_filtered:  # else SQLite may begin with the theories, and sort all rows of all of them
            queryset = from_its_table(queryset, along=False)
        paginator.ordering = order
        page = paginator.paginate_queryset(queryset, request, view=self)
        found = self.rows(page)
        answer: Response = paginator.get_paginated_response([found[key] for key in page])
        return answer

    def file(self, queryset: QuerySet[Any, Any], order: tuple[str, ...]) -> ListFile:
        """Return rows as the file that is asked for; what is refused is refused before the first row is read."""
        request, serializer = self.request, self.get_serializer_class()()
        name, ending = serializer.resource, str(request.accepted_renderer.format)
        form, chosen = FILE_FORMATS[ending], self.chosen_fields()
        site = request.build_absolute_uri("/").rstrip("/")
        if queryset.query.distinct:  # which would compare all that is read of the rows
            queryset = self.model._base_manager.filter(pk__in=queryset.order_by().values("pk"))
        everything = set(request.query_params) <= PRESENTATION and order in {("id",), ("-id",)}
        queryset = queryset.order_by(*order)
        rows: FlatRows | WholeRows
        if form.flat:
            columns = chosen_columns(serializer, chosen, name)
            address = request.build_absolute_uri()
            rows = FlatRows(serializer, queryset, request.user, site, address, columns, along_table=everything)
        else:
            shape = WholeRowShape(serializer, request.user, site, chosen.top)
            rows = WholeRows(queryset, shape, chosen, along_table=everything)
        if form.needs:
            form.needs()
        media_type = str(request.accepted_renderer.media_type)
        text = "; charset=utf-8" if media_type.startswith("text/") else ""
        headers = {
            "Content-Type": f"{media_type}{text}",
            "Content-Disposition": f'attachment; filename="{file_name(name, request, ending)}"',
            "Link": f'<{site}/api/v1/docs/#{self.documented_at or name}>; rel="describedby"',
        }
        tag = state_tag(request, self.told_last, names_of_fields(serializer))
        changed = parse_http_date(self.changed_last) if self.changed_last else None
        return ListFile(ending, rows, name, headers, tag, changed)


class ResourceViewSet(ListViewSet):
    """A resource: a list, and each of its rows, which is found by its public key."""

    lookup_field = "id"
    lookup_value_regex = "[^/]+"

    def retrieve(self, request: Request, id: str) -> HttpResponse | Response:  # noqa: A002  the name in the address
        """Return one row."""
        for name in request.query_params:
            if name not in {*FIELD_PARAMETERS, "format"}:
                raise unknown_word("parameter", name, name, (*FIELD_PARAMETERS, "format"))
        missing = f"There is no {self.model._meta.verbose_name} {id!r} that you may see."
        found = self.get_queryset().filter(**self.key(id))
        form = request.accepted_renderer.format
        if form in FILE_FORMATS:
            with one_state():
                if not found.exists():
                    raise NotFound(missing)
                file = self.file(found, ("id",))
                with spooled(FILE_FORMATS[form], file.rows, file.name) as written:
                    written.seek(0)
                    return HttpResponse(written.read(), headers=file.headers)
        rows = list(self.rows(list(found.values_list("pk", flat=True))).values())
        if not rows:
            raise NotFound(missing)
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


def resource_viewset(serializer: type[Any], filterset: type[Any], *orderings: str) -> type[ResourceViewSet]:
    """Return the viewset of one resource; its rows are ordered by their ids, or by one of these fields."""
    declared = {
        "__doc__": serializer.__doc__,
        "model": serializer.Meta.model,
        "serializer_class": serializer,
        "filterset_class": filterset,
        "orderings": ("id", *orderings),
    }
    viewset = type(f"{serializer.__name__.removesuffix('Serializer')}ViewSet", (ResourceViewSet,), declared)
    RESOURCES[serializer.resource] = viewset
    return viewset


class UnknownAddressView(APIView):
    """Any address under /api/ that is none; one that lacks only its last slash leads to what is there."""

    permission_classes = (AllowAny,)
    schema = None

    def get(self, request: Request) -> HttpResponse:
        """Lead to the address with a slash, with what is asked for."""
        with_slash = f"{request.path}/"
        if not is_known_address(with_slash):
            raise NotFound(f"{request.path} is no address of the API; the list of resources is at /api/v1/.")
        question = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(quote(with_slash) + (f"?{question}" if question else ""))

    head = get

    def http_method_not_allowed(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Say that there is nothing, whatever is to be done there."""
        if is_known_address(f"{request.path}/"):
            return super().http_method_not_allowed(request, *args, **kwargs)
        return self.get(request)


def is_known_address(path: str) -> bool:
    """Say whether there is something at an address of the API."""
    found = resolve(path)
    return getattr(found.func, "cls", None) is not UnknownAddressView
