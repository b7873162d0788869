"""What a page shows as data: each page says it of itself, and programs get it at its address with another ending.

In place of the last slash stand `.json`, `.metadata.json` and, where the page has a table, `.csv`. The page's own view
answers there too, so that whatever it refuses, finds and filters is the same; only what it is drawn from is told
instead. Records are named here and written by the API, so that a row is the same as there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Q
from django.template.response import TemplateResponse

from programmes.filtersets.base import with_present_names
from programmes.pages.base import EVERYWHERE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from django.http import HttpRequest, HttpResponse

    from programmes.models import CuratedModel
    from programmes.pages.keyset import KeysetPage

PageView = TypeVar("PageView", bound="Callable[..., HttpResponse]")
HOME = "/index"
JSON, METADATA, CSV = ".json", ".metadata.json", ".csv"
MEDIA_TYPES = {JSON: "application/json", METADATA: "application/json", CSV: "text/csv; charset=utf-8"}
CALLED = {JSON: "This page as data", METADATA: "What its columns mean", CSV: "Its table"}


@dataclass(frozen=True)
class RecordsShown:
    """Records that a page shows, in its order: on this page, and in the whole list that the page is a part of."""

    model: type[CuratedModel]
    keys: Sequence[Any]
    every: Sequence[Any] | None = None  # None: the page shows all
    by: str = "pk"  # the field that the keys are of
    among: Q = field(default_factory=Q)


@dataclass(frozen=True)
class DataColumn:
    """A column of a table that is the page's own: how it is called, what its values are and what they mean."""

    name: str
    kind: str  # a type of JSON; or date, date-time
    meaning: str


@dataclass(frozen=True)
class LinesShown:
    """A table that is the page's own: no record of the API is a row of it."""

    name: str
    meaning: str
    columns: Sequence[DataColumn]
    lines: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class PortionShown:
    """Which part of its list a page shows, and where its address says that the parts beside it begin."""

    found: int
    after: str
    back: str
    has_previous: bool

    @classmethod
    def of(cls, page: KeysetPage[Any], begins: Mapping[str, Any] | None = None) -> PortionShown:
        """Return the portion of a page; in its address keys stand as they are, or as `begins` has them."""
        ends = {"after": page.after, "back": page.back}
        after, back = ("" if ends[name] is None else str((begins or ends)[name]) for name in ("after", "back"))
        return cls(page.found, after, back, page.has_previous)


@dataclass(frozen=True)
class PageData:
    """What a page shows: lists of records, or lines of its own. The first list is the table of the page."""

    title: str
    lists: Sequence[RecordsShown | LinesShown] = ()
    portion: PortionShown | None = None  # of the first list, where a page of it is shown


def told_as_data(
    tell: Callable[[HttpRequest, dict[str, Any]], PageData], *, table: bool = True
) -> Callable[[PageView], PageView]:
    """Say what a page shows as data, from what its template is given; without a table it has no CSV."""

    def declare(view: PageView) -> PageView:
        @wraps(view)
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = view(request, *args, **kwargs)
            if isinstance(response, TemplateResponse):
                links = (f'<{link.href}>; rel="alternate"; type="{link.media_type}"' for link in alternates(request))
                if joined := ", ".join(links):
                    response["Link"] = joined
            return response

        page.tell = tell  # type: ignore[attr-defined]
        page.endings = tuple(MEDIA_TYPES) if table else (JSON, METADATA)  # type: ignore[attr-defined]
        return page  # type: ignore[return-value]  # it is called like the view

    return declare


@dataclass(frozen=True)
class AlternateLink:
    """The address of a page as data."""

    href: str
    media_type: str
    title: str


def ending_of(path: str, ending: str) -> str:
    """Return the address of a page with another ending."""
    return (path.rstrip("/") or HOME) + ending


def page_as_data(request: HttpRequest) -> dict[str, Any]:
    """Give every template the addresses of its page as data."""
    return {"alternates": alternates(request)}


def alternates(request: HttpRequest) -> list[AlternateLink]:
    """Return the addresses of a page as data, under the same filters; none of a page that has none."""
    view = request.resolver_match.func if request.resolver_match else None
    known = {*getattr(view, "parameters", ()), *EVERYWHERE}
    given = with_present_names(request.GET, getattr(view, "renamed", {}))
    found = []
    for ending in getattr(view, "endings", ()):
        asked = given.copy()
        for name in given:
            if name not in known or (ending == CSV and name == "after"):
                del asked[name]
        address = ending_of(request.path, ending) + (f"?{asked.urlencode()}" if asked else "")
        found.append(AlternateLink(address, MEDIA_TYPES[ending], CALLED[ending]))
    return found
