"""The search."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from programmes import search as engine

LONGEST = 200


def search(request: HttpRequest) -> HttpResponse:
    """Show what is found for the words of the address."""
    question = request.GET.get("q", "").strip()[:LONGEST]
    kinds = engine.search(question, request.user)
    found = sum(kind.found for kind in kinds)
    return render(request, "programmes/search.html", {"question": question, "kinds": kinds, "found": found})
