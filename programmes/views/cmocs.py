"""The page of a configuration."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from programmes.models import CMOC
from programmes.presenters.cmocs import cmoc_page


def cmoc(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show a configuration with its evidence and caveats."""
    rows = CMOC.objects.visible_to(request.user).select_related("theory__study__programme")
    found = get_object_or_404(rows, theory__slug=slug, number=number)
    page = cmoc_page(found, request.user)
    context = {"page": page, "cmoc": found, "theory": found.theory, "study": found.theory.study}
    return render(request, "programmes/cmoc.html", context)
