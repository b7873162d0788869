"""The search."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from programmes.pages.base import takes
from programmes.search.find import search
from programmes.search.places import PLACES

LONGEST = 200


@takes("q", "kind")
def search_page(request: HttpRequest) -> HttpResponse:
    question = request.GET.get("q", "").strip()[:LONGEST]
    only = request.GET.get("kind", "")
    kinds = list(dict.fromkeys(place.kind for place in PLACES))
    if only not in {"", *kinds}:
        return HttpResponseRedirect(f"{request.path}?{urlencode({'q': question})}")
    results = search(question, request.user, only)
    shown = {"question": question, "results": results, "only": only}
    return render(request, "programmes/search.html", shown)
