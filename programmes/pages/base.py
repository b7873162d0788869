"""What the pages have in common: looking up what a URL names, filters as form controls, downloads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404

from programmes.models import Theory

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

    from programmes.models.configuration import Parts


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


def filter_data(request: HttpRequest, names: Iterable[str]) -> QueryDict:
    """Return the parameters of the query string that belong to these filters, without empty ones."""
    data = QueryDict(mutable=True)
    for name in names:
        if values := [value for value in request.GET.getlist(name) if value]:
            data.setlist(name, values)
    return data


def filter_choice(request: HttpRequest, name: str, label: str, options: Iterable[tuple[Any, str]]) -> FilterChoice:
    """Return a filter as a select, with the query string's value selected."""
    chosen = request.GET.get(name, "")
    return FilterChoice(
        name,
        label,
        [ChoiceOption(str(value), text, str(value) == chosen) for value, text in options],
    )


def distinct_parts(rows: Iterable[Parts], slot: str) -> list[tuple[str, str]]:
    """Return key and label of every part of a kind, sorted by label."""
    found = {part.key: part.label for parts in rows for part in parts[slot]}
    return sorted(found.items(), key=lambda item: (item[1].lower(), item[0]))
