"""The page of a survey."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from surveys.models import Survey
from surveys.presenters import survey_page


def survey(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who was asked what, and who answered."""
    found = get_object_or_404(Survey.objects.visible_to(request.user).select_related("study__programme"), slug=slug)
    shown = {"page": survey_page(found, request.user), "survey": found, "study": found.study}
    return render(request, "surveys/survey.html", shown)
