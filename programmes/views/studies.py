"""The page of a study."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from programmes.models import Study
from programmes.presenters.studies import study_page


def study(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how a study was done, and what came of it."""
    found = get_object_or_404(Study.objects.visible_to(request.user).select_related("programme"), slug=slug)
    return render(request, "programmes/study.html", {"page": study_page(found, request.user), "study": found})
