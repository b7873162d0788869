"""Surveys in the admin."""

from django.contrib import admin

from programmes.admin.base import CuratedAdmin, StackedInline
from surveys.models import QuestionForm, RespondentRole, Survey, TopicGroup


class TopicGroupInline(StackedInline):
    model = TopicGroup
    fields = (("number", "text"),)


class QuestionFormInline(StackedInline):
    """Types of question of a survey."""

    model = QuestionForm
    fields = (("number", "kind", "label"),)


class RespondentRoleInline(StackedInline):
    model = RespondentRole
    fields = (("number", "label", "as_printed", "respondents"),)


@admin.register(Survey)
class SurveyAdmin(CuratedAdmin):
    list_display = ("title", "respondents", "visibility", "study")
    list_filter = (("study", admin.RelatedOnlyFieldListFilter), "visibility")
    list_select_related = ("study",)
    search_fields = ("title", "slug")
    autocomplete_fields = ("study",)
    inlines = (TopicGroupInline, QuestionFormInline, RespondentRoleInline)
    fieldsets = (
        (
            None,
            {
                "fields": ("study", "title", "slug", "visibility", "purpose", "respondents", "locator"),
                "description": "A questionnaire put to a group of people.",
            },
        ),
        (
            "How it was done",
            {
                "fields": (
                    "tool",
                    "recruitment",
                    "pilot",
                    "analysis",
                    ("opened_date", "closed_date", "dates_reporting"),
                )
            },
        ),
    )
