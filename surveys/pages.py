"""The page of a survey."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404, render

from surveys.models import QuestionForm, RespondentRole, Survey, TopicGroup

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from programmes.integrity.access import Person


@dataclass(frozen=True)
class RoleBar:
    """A row of the table, with its bars."""

    label: str
    as_printed: str
    number: int
    width: float  # in hundredths of the whole


@dataclass(frozen=True)
class SurveyPage:
    survey: Survey
    bars: list[RoleBar]
    counted: int
    whole: int
    topics: list[TopicGroup]
    forms: list[QuestionForm]


def survey_page(survey: Survey, user: Person) -> SurveyPage:
    """Return a survey; the role with most respondents comes first."""
    roles = list(RespondentRole.objects.visible_to(user).filter(survey=survey).order_by("-respondents", "number", "pk"))
    counted = sum(role.respondents for role in roles)
    whole = survey.respondents or counted
    return SurveyPage(
        survey=survey,
        bars=[
            RoleBar(
                role.label, role.as_printed, role.respondents, round(100 * role.respondents / whole, 1) if whole else 0
            )
            for role in roles
        ],
        counted=counted,
        whole=whole,
        topics=list(TopicGroup.objects.visible_to(user).filter(survey=survey).order_by("number", "pk")),
        forms=list(QuestionForm.objects.visible_to(user).filter(survey=survey).order_by("number", "pk")),
    )


def survey_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who was asked what, and who answered."""
    found = get_object_or_404(Survey.objects.visible_to(request.user).select_related("study__programme"), slug=slug)
    shown = {"page": survey_page(found, request.user), "survey": found, "study": found.study}
    return render(request, "surveys/survey.html", shown)
