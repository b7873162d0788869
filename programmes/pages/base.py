"""What the pages have in common: looking up what a URL names, filters as form controls, downloads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import DisallowedHost
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.functional import SimpleLazyObject

from programmes.filtersets.base import with_present_names
from programmes.models import Study, Theory
from programmes.search.did_you_mean import shown, suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from django.http import HttpRequest

    from programmes.models.configuration import Parts

View = TypeVar("View", bound="Callable[..., HttpResponse]")


def base_url(request: HttpRequest) -> str:
    """Return the scheme and host of the site, for absolute URLs."""
    return request.build_absolute_uri("/").rstrip("/")


def attachment(content: bytes | str, media_type: str, name: str) -> HttpResponse:
    """Return a response that the browser saves as a file."""
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=media_type, headers=disposition)


def get_theory(request: HttpRequest, slug: str) -> Theory:
    """Return a theory, or raise Http404 where it does not exist for this reader."""
    return get_object_or_404(Theory.objects.visible_to(request.user).select_related("study__programme"), slug=slug)


@dataclass(frozen=True)
class ChoiceOption:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class FilterChoice:
    """A filter of a page, shown as a select."""

    name: str
    label: str
    options: list[ChoiceOption]

    @property
    def chosen(self) -> list[ChoiceOption]:
        """Return the values selected in the query string."""
        return [option for option in self.options if option.chosen]


EVERYWHERE = frozenset({"setting"})  # what every page takes: from where the reader looks at it


def takes(*names: str, renamed: Mapping[str, str] | None = None) -> Callable[[View], View]:
    """Say which parameters a page takes, and under which names it took them before; any other is named on the page."""

    def declare(view: View) -> View:
        view.parameters = names  # type: ignore[attr-defined]
        view.renamed = renamed or {}  # type: ignore[attr-defined]
        return view

    return declare


def left_out(request: HttpRequest) -> list[str]:
    """Return a sentence for each parameter of an address that its page does not know, and therefore left out."""
    view = request.resolver_match.func if request.resolver_match else None
    known, renamed = getattr(view, "parameters", ()), getattr(view, "renamed", {})
    return [
        f"{shown(name)} is not known to this page and was left out; "
        + (suggestion(name, known) if known else "it takes no parameters.")
        for name in request.GET
        if name not in known and name not in renamed and name not in EVERYWHERE
    ]


def parameters_left_out(request: HttpRequest) -> dict[str, Any]:
    """Give every template what its page left out of the address, and the address, which stands on paper."""
    return {"left_out": SimpleLazyObject(lambda: left_out(request)), "page_address": page_address(request)}


def own_studies_of_reader(request: HttpRequest) -> dict[str, Any]:
    """Give every template the keys of the studies in whose teams the reader is; asked for where a page needs them."""
    return {"own_studies": SimpleLazyObject(lambda: keys_of_own_studies(request))}


def keys_of_own_studies(request: HttpRequest) -> set[int]:
    """Return the keys of the studies in whose teams the reader is."""
    return set(Study.objects.of_teams_of(request.user).values_list("pk", flat=True))


def page_address(request: HttpRequest) -> str:
    """Return the whole address of a page; none where the host is not one of the site's, which the page then says."""
    try:
        return request.build_absolute_uri()
    except DisallowedHost:
        return ""


def refuse_unknown_parameters(request: HttpRequest) -> HttpResponse | None:
    """Refuse to write a file for an address with a parameter that is not known: no file could say so."""
    if sentences := left_out(request):
        return HttpResponse("\n".join(sentences), status=400, content_type="text/plain; charset=utf-8")
    return None


def filter_data(request: HttpRequest, names: Iterable[str], renamed: Mapping[str, str] | None = None) -> QueryDict:
    """Return the parameters of the query string that belong to these filters, without empty ones."""
    given = with_present_names(request.GET, renamed or {})
    data = QueryDict(mutable=True)
    for name in names:
        if values := [value for value in given.getlist(name) if value]:
            data.setlist(name, values)
    return data


def filter_choice(data: QueryDict, name: str, label: str, options: Iterable[tuple[Any, str]]) -> FilterChoice:
    """Return a filter as a select, with the query string's values selected."""
    chosen = data.getlist(name)
    return FilterChoice(
        name, label, [ChoiceOption(str(value), str(text), str(value) in chosen) for value, text in options]
    )


def distinct_parts(rows: Iterable[Parts], slot: str) -> list[tuple[str, str]]:
    """Return key and label of every part of a kind, sorted by label."""
    found = {part.key: part.label for parts in rows for part in parts[slot]}
    return sorted(found.items(), key=lambda item: (item[1].lower(), item[0]))
