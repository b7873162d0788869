"""Pages as data: at the address of a page with another ending, what the page shows, for programs.

The page's own view answers first, so that what it refuses, does not find or leaves out is the same here. Then its
records are written as rows of the API, and its own tables as it has them.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
from dataclasses import dataclass
from functools import cached_property, wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import orjson
from django.http import Http404, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe
from rest_framework import serializers

from programmes.api.dependencies import resources
from programmes.api.problems import problem_document
from programmes.api.rows import MORE, build_rows
from programmes.api.telling import last_modified, last_told
from programmes.api.token_readers import read_with_token
from programmes.glossary import TERM_BY_KEY
from programmes.models import Study
from programmes.pages.as_data import CSV, HOME, JSON, MEDIA_TYPES, METADATA, LinesShown, RecordsShown, ending_of
from programmes.pages.base import base_url, left_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from django.http import HttpRequest
    from django.urls import URLResolver

    from programmes.pages.as_data import DataColumn, PageData

AT_ONCE = 500  # rows that are read at once
LIST_TYPES = (serializers.ListSerializer, serializers.ListField)
TYPES: tuple[tuple[Any, str], ...] = (
    (LIST_TYPES, "array"),
    (serializers.Serializer, "object"),
    (serializers.BooleanField, "boolean"),
    (serializers.IntegerField, "integer"),
    (serializers.DateTimeField, "date-time"),
    (serializers.DateField, "date"),
    (serializers.CharField, "string"),
)
TITLES = {"id": "Public key", "url": "Address in the API", "html_url": "Address of the page"}
CREDIT = ("title", "citation", "doi", "licence", "licence_url", "licence_note")


def with_endings(patterns: Sequence[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """Return addresses, and after them those of each page among them that says what it shows, with other endings.

    An address that is given already, such as that of a table, stays what it is.
    """
    found = list(patterns)
    for entry in patterns:
        endings = getattr(getattr(entry, "callback", None), "endings", ())
        for ending in sorted(endings, key=len, reverse=True):  # a number may have dots, and .metadata be read as a part
            route = ending_of(str(entry.pattern), ending).removeprefix("/")
            name = f"{entry.name}{ending}"  # type: ignore[union-attr]  # what has a view is a pattern
            found.append(path(route, page_with_ending(entry.callback, ending), entry.default_args, name=name))  # type: ignore[union-attr]
    return found


def page_with_ending(view: Callable[..., HttpResponse], ending: str) -> Callable[..., HttpResponse]:
    """Return the view that tells what a page shows."""

    @wraps(view)
    def tell(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except Http404:
            return problem_document(request, HTTPStatus.NOT_FOUND, "There is no such page, or you may not see it.")
        if not isinstance(response, TemplateResponse):
            return response  # it leads elsewhere
        shown = response.context_data or {}
        if response.status_code != HTTPStatus.OK:
            said = " ".join(errors_of(shown["page"]))
            return problem_document(request, response.status_code, said, "wrong-parameters")
        data, has_table = view.tell(request, shown), CSV in view.endings
        return answer_with_data(ToldPage(request, ending, shown, data, has_table))

    del tell.endings  # it is no page, and has no other endings itself
    return read_with_token(require_safe(tell))


def errors_of(page: Any) -> list[str]:
    """Return what a page says is wrong with its address."""
    return getattr(page, "errors", None) or [page.error]


def answer_with_data(told: ToldPage) -> HttpResponse:
    """Return a page in one of its forms."""
    request, ending = told.request, told.ending
    if ending == CSV and (sentences := left_out(request)):  # no table could say what was left out
        return problem_document(request, HTTPStatus.BAD_REQUEST, " ".join(sentences), "wrong-parameters")
    changed = last_modified(last_told()) if told.rests_on_records and not request.user.is_authenticated else None
    response = HttpResponse({JSON: told.document, METADATA: told.metadata, CSV: told.table}[ending]())
    response["Content-Type"] = MEDIA_TYPES[ending]
    if ending == METADATA:  # which is another each time only in that it says when
        response["ETag"] = f'"{hashlib.sha256(orjson.dumps(told.described())).hexdigest()}"'
    if ending == CSV:
        response["Content-Disposition"] = f'attachment; filename="{told.name.replace("/", "-")}.csv"'
    if changed:
        response["Last-Modified"] = changed
    return response


@dataclass(frozen=True)
class ToldList:
    """A list of a page: its name, what it is of, and its columns."""

    name: str
    meaning: str
    columns: list[dict[str, Any]]
    api: str  # the address of the resource; empty where it is the page's own


@dataclass
class ToldPage:
    """A page as a program reads it."""

    request: HttpRequest
    ending: str
    shown: Mapping[str, Any]
    data: PageData
    has_table: bool

    @property
    def name(self) -> str:
        """Return the address of the page without slashes at its ends."""
        return self.request.path.removesuffix(self.ending).strip("/")

    @cached_property
    def site(self) -> str:
        """Return the scheme and host of the site."""
        return base_url(self.request)

    @property
    def html_path(self) -> str:
        """Return the path of the page for people."""
        whole = self.request.path.removesuffix(self.ending)
        return "/" if whole == HOME else f"{whole}/"

    def address(self, path_: str, **changed: str) -> str:
        """Return an address with what was asked for here, and something of it changed."""
        asked: QueryDict = self.request.GET.copy()
        for name, value in changed.items():
            asked.pop(name, None)
            if value:
                asked[name] = value
        return f"{self.site}{path_}" + (f"?{asked.urlencode()}" if asked else "")

    @property
    def rests_on_records(self) -> bool:
        """Say whether nothing but rows of the API is in it, so that it is known when it changed last."""
        return all(isinstance(one, RecordsShown) for one in self.data.lists)

    def list_of(self, shown: RecordsShown | LinesShown) -> ToldList:
        """Return what a list is."""
        if isinstance(shown, LinesShown):
            return ToldList(shown.name, shown.meaning, [own_column(entry) for entry in shown.columns], "")
        name, serializer = resource_of(shown)
        columns = [row_column(shown.model, key, entry) for key, entry in serializer.fields.items() if key != MORE]
        said = " ".join((type(serializer).__doc__ or "").split())
        return ToldList(name, said, columns, f"{self.site}{reverse(f'api-{name}-list')}")

    def rows(self, shown: RecordsShown | LinesShown, *, whole: bool = False) -> Iterator[Mapping[str, Any]]:
        """Yield the rows of a list: of the page, or of the whole list that the page is a part of."""
        if isinstance(shown, LinesShown):
            yield from shown.lines
            return
        serializer = resource_of(shown)[1]
        keys = list(shown.keys if not whole or shown.every is None else shown.every)
        user = self.request.user
        for first in range(0, len(keys), AT_ONCE):
            wanted = keys[first : first + AT_ONCE]
            visible = shown.model.objects.visible_to(user).filter(shown.among, **{f"{shown.by}__in": wanted})
            places = dict(visible.order_by().values_list(shown.by, "pk"))
            rows = build_rows(serializer, shown.model._base_manager.filter(pk__in=places.values()), user, self.site)
            yield from (rows[places[key]] for key in wanted if key in places)

    @cached_property
    def sources(self) -> list[dict[str, Any]]:
        """Return where what is shown comes from: the studies, how to cite them, and their licences."""
        of_page = self.shown.get("study")
        studies = [of_page] if of_page else self.studies()
        return [
            {
                "study": study.slug,
                **{name: getattr(study, name) for name in CREDIT},
                "html_url": f"{self.site}{study.get_absolute_url()}",
            }
            for study in studies
        ]

    def studies(self) -> Iterable[Study]:
        """Return the studies of the records on a page that is of no one study."""
        found: set[int] = set()
        for shown in self.data.lists:
            if isinstance(shown, RecordsShown):
                rows = shown.model.objects.filter(shown.among, **{f"{shown.by}__in": list(shown.keys)})
                found.update(rows.order_by().values_list(shown.model.access.path("pk"), flat=True))
        return Study.objects.visible_to(self.request.user).filter(pk__in=found).order_by("slug", "pk")

    def head(self) -> dict[str, Any]:
        """Return what every form of a page begins with."""
        return {
            "title": self.data.title,
            "html_url": self.address(self.html_path),
            "url": self.address(ending_of(self.html_path, JSON)),
            "metadata_url": self.address(ending_of(self.html_path, METADATA)),
            "csv_url": self.address(ending_of(self.html_path, CSV), after="") if self.has_table else None,
            "table": self.list_of(self.data.lists[0]).name if self.data.lists else None,
            "left_out": left_out(self.request),
            "sources": self.sources,
        }

    def document(self) -> bytes:
        """Return what the page shows."""
        found: dict[str, Any] = self.head()
        if portion := self.data.portion:
            found["found"] = portion.found
            path_ = self.request.path
            found["next"] = self.address(path_, after=portion.after) if portion.after else None
            found["previous"] = self.address(path_, after=portion.back) if portion.has_previous else None
        for shown in self.data.lists:
            found[self.list_of(shown).name] = list(self.rows(shown))
        return orjson.dumps(found)

    def metadata(self) -> bytes:
        """Return what the columns mean, where the data come from, how they may be used and cited, and as of when."""
        return orjson.dumps(self.described() | {"generated": timezone.now().isoformat()})

    def described(self) -> dict[str, Any]:
        """Return the same but when it was said."""
        lists = [self.list_of(shown) for shown in self.data.lists]
        sources = self.sources
        return {
            "name": self.name,
            **self.head(),
            "source": self.address(self.html_path),
            "licence": "; ".join(dict.fromkeys(source["licence"] for source in sources if source["licence"])),
            "citation": "; ".join(dict.fromkeys(source["citation"] for source in sources if source["citation"])),
            "columns": lists[0].columns if lists else [],
            "lists": [
                {"name": one.name, "meaning": one.meaning, "api": one.api or None, "columns": one.columns}
                for one in lists
            ],
        }

    def table(self) -> bytes:
        """Return the whole first list as CSV, with nothing in it but what is there."""
        first = self.data.lists[0]
        file = io.StringIO()
        writer = csv.writer(file)
        names = [column["name"] for column in self.list_of(first).columns]
        writer.writerow(names)
        for row in self.rows(first, whole=True):
            writer.writerow([exact_value(row[name]) for name in names])
        return file.getvalue().encode()


def exact_value(value: Any) -> Any:
    """Return a value as a cell has it: lists and objects as JSON, moments as they stand there, else as it is."""
    if isinstance(value, dict | list | tuple | bool):
        return orjson.dumps(value).decode()
    return value.isoformat() if isinstance(value, dt.date) else value


def resource_of(shown: RecordsShown) -> tuple[str, Any]:
    """Return the name of the resource whose rows these records are, and the shape of its rows."""
    for name, viewset in resources().items():
        if viewset.model is shown.model:
            return name, viewset.serializer_class()
    raise LookupError(shown.model)


def own_column(column: DataColumn) -> dict[str, Any]:
    """Return a column of a table of the page, for its metadata."""
    title = TITLES.get(column.name) or column.name.replace("_", " ").capitalize()
    return column_said(column.name, title, column.kind, column.meaning)


def row_column(model: Any, name: str, entry: Any) -> dict[str, Any]:
    """Return a field of a row of the API as a column."""
    fields = {one.name: one for one in model._meta.concrete_fields}
    title = TITLES.get(name) or (str(fields[name].verbose_name) if name in fields else name.replace("_", " "))
    kind = next(kind for known, kind in TYPES if isinstance(entry, known))
    return column_said(name, title[:1].upper() + title[1:], kind, str(entry.help_text or ""))


def column_said(name: str, title: str, kind: str, meaning: str) -> dict[str, Any]:
    """Return a column with what the glossary says of its name, where that is a term."""
    term = TERM_BY_KEY.get(name) or TERM_BY_KEY.get(name.removesuffix("s"))
    in_glossary = {"term": {"key": term.key, "name": term.name, "meaning": term.meaning}} if term else {}
    return {"name": name, "title": title, "type": kind, "meaning": meaning, **in_glossary}
