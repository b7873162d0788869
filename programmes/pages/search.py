"""The search."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from programmes.models import Outcome, Theory
from programmes.pages.as_data import DataColumn, LinesShown, PageData, told_as_data
from programmes.pages.base import base_url, takes
from programmes.pages.own_setting import read_from_a_setting
from programmes.search.find import search
from programmes.search.places import PLACES
from programmes.words import in_plain_words

if TYPE_CHECKING:
    from programmes.integrity.access import Person

LONGEST = 200
MOST_THEORIES = 10  # that are offered where nothing was found
MOST_OUTCOMES = 12  # of each


SEARCH_COLUMNS = (
    DataColumn("kind", "string", "Kind of record."),
    DataColumn("title", "string", "What the record is called."),
    DataColumn("excerpt", "string", "Words around what was found."),
    DataColumn("within", "string", "The theory or study that it is part of."),
    DataColumn("html_url", "string", "Address of its page."),
)


def search_data(request: HttpRequest, shown: dict[str, Any]) -> PageData:
    """Return what was found, kind by kind, the best first."""
    site = base_url(request)
    lines = [
        {
            "kind": kind.name,
            "title": in_plain_words(hit.title),
            "excerpt": in_plain_words(hit.excerpt),
            "within": str(hit.within),
            "html_url": site + hit.href,
        }
        for kind in shown["results"].kinds
        for hit in kind.hits
    ]
    table = LinesShown("results", "Records that were found, as many as the page lists.", SEARCH_COLUMNS, lines)
    return PageData("Search", [table])


@takes("q", "kind")
@told_as_data(search_data)
def search_page(request: HttpRequest) -> HttpResponse:
    question = request.GET.get("q", "").strip()[:LONGEST]
    only = request.GET.get("kind", "")
    kinds = list(dict.fromkeys(place.kind for place in PLACES))
    if only not in {"", *kinds}:
        return HttpResponseRedirect(f"{request.path}?{urlencode({'q': question})}")
    results = search(question, request.user, only)
    ways_on = [] if results.kinds else theories_to_read(request.user)
    shown = {"question": question, "results": results, "only": only, "ways_on": ways_on}
    return TemplateResponse(request, "programmes/search.html", shown)


def theories_to_read(user: Person) -> list[Theory]:
    """Return theories to go on with where nothing was found, each with its outcomes and whether it has settings."""
    theories = list(Theory.objects.visible_to(user).order_by("-study__slug", "pk")[:MOST_THEORIES])
    outcomes = Outcome.objects.visible_to(user).filter(theory__in=theories).select_related("theory")
    by_theory: dict[int, list[Outcome]] = defaultdict(list)
    for outcome in outcomes.order_by("label", "pk"):
        by_theory[outcome.theory_id].append(outcome)
    settings = read_from_a_setting(theories, user)
    for theory in theories:
        theory.results = by_theory[theory.pk][:MOST_OUTCOMES]  # type: ignore[attr-defined]  # for the template
        theory.further = len(by_theory[theory.pk]) - len(theory.results)  # type: ignore[attr-defined]  # as above
        theory.from_setting = theory.pk in settings  # type: ignore[attr-defined]  # as above
    return theories
