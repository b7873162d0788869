"""The page of a survey."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from programmes.pages.as_data import DataColumn, LinesShown, PageData, RecordsShown, told_as_data
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


ROLE_COLUMNS = (
    DataColumn("label", "string", "Role of the respondents."),
    DataColumn("as_printed", "string", "The role as printed."),
    DataColumn("respondents", "integer", "How many had it."),
)


def survey_data(_request: HttpRequest, shown: dict[str, Any]) -> PageData:
    """Return who answered, and the survey."""
    page: SurveyPage = shown["page"]
    lines = [{"label": bar.label, "as_printed": bar.as_printed, "respondents": bar.number} for bar in page.bars]
    roles = LinesShown("roles", "Respondents by role, those of most first.", ROLE_COLUMNS, lines)
    return PageData(page.survey.title, [roles, RecordsShown(Survey, [page.survey.pk])])


@told_as_data(survey_data)
def survey_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who was asked what, and who answered."""
    found = get_object_or_404(Survey.objects.visible_to(request.user).select_related("study__programme"), slug=slug)
    shown = {"page": survey_page(found, request.user), "survey": found, "study": found.study}
    return TemplateResponse(request, "surveys/survey.html", shown)
