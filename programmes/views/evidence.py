"""The quotes behind a theory."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from programmes.exchange.sharing import share_of_quote
from programmes.exchange.tables import csv_lines, csv_values
from programmes.models import Quote
from programmes.presenters.evidence import evidence_page, quote_page
from programmes.presenters.matrix import matrix_page
from programmes.views.site import attachment, site_of
from programmes.views.theory import find


def evidence(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the quotes behind a theory."""
    theory = find(request, slug)
    page = evidence_page(request, theory)
    status = 400 if page.errors else 200
    shown = {"page": page, "theory": theory, "study": theory.study}
    return render(request, "programmes/evidence.html", shown, status=status)


def matrix(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the evidence on a theory at a glance."""
    theory = find(request, slug)
    shown = {"page": matrix_page(theory, request.user), "theory": theory, "study": theory.study}
    return render(request, "programmes/matrix.html", shown)


def table(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Return one of the tables of that page as CSV."""
    page = matrix_page(find(request, slug), request.user)
    rows = page.matrix_table() if name == "matrix" else page.support_table()
    return attachment(csv_lines(map(csv_values, rows)), "text/csv; charset=utf-8", f"{slug}-{name}.csv")


def quote(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Show one quote with all that is known of it."""
    rows = Quote.objects.visible_to(request.user).select_related("study", "participant__service")
    found = get_object_or_404(rows, study__slug=slug, key=key)
    return render(
        request,
        "programmes/quote.html",
        {
            "page": quote_page(found, request.user),
            "quote": found,
            "study": found.study,
            "share": share_of_quote(found, site_of(request)),
        },
    )
