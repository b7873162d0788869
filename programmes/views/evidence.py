"""The quotes behind a theory."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from programmes.models import Quote, Theory
from programmes.presenters.evidence import evidence_page, quote_page


def evidence(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the quotes behind a theory."""
    theory = get_object_or_404(Theory.objects.visible_to(request.user).select_related("study"), slug=slug)
    page = evidence_page(request, theory)
    status = 400 if page.errors else 200
    shown = {"page": page, "theory": theory, "study": theory.study}
    return render(request, "programmes/evidence.html", shown, status=status)


def quote(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Show one quote with all that is known of it."""
    rows = Quote.objects.visible_to(request.user).select_related("study", "participant__service")
    found = get_object_or_404(rows, study__slug=slug, key=key)
    return render(
        request,
        "programmes/quote.html",
        {"page": quote_page(found, request.user), "quote": found, "study": found.study},
    )
