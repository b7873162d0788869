"""The memos of a study."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from programmes.exchange.memos import WORD, memo_document, memo_table
from programmes.exchange.tables import csv_lines, csv_values
from programmes.models import Study
from programmes.presenters.memos import chosen_memos, memo_row, memos_page
from programmes.views.site import attachment


def find(request: HttpRequest, slug: str) -> Study:
    """Return a study that the reader may see."""
    return get_object_or_404(Study.objects.visible_to(request.user), slug=slug)


def memos(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the memos of a study."""
    study = find(request, slug)
    page = memos_page(request, study)
    status = 400 if page.errors else 200
    return render(request, "programmes/memos.html", {"page": page, "study": study}, status=status)


def memos_file(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """Return the memos that the address chooses as CSV or as a Word document."""
    study = find(request, slug)
    chosen, filterset = chosen_memos(request, study)
    if filterset.errors:
        return memos(request, slug)
    if form == "csv":
        lines = csv_lines(map(csv_values, memo_table(chosen)))
        return attachment(lines, "text/csv; charset=utf-8", f"{slug}-memos.csv")
    return attachment(memo_document(chosen, f"Memos of {study}"), WORD, f"{slug}-memos.docx")


def memo(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Show one memo."""
    row = memo_row(slug, key, request.user)
    if row is None:
        raise Http404
    return render(request, "programmes/memo.html", {"row": row, "study": row.memo.study})
