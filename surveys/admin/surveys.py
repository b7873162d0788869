"""Surveys in the admin."""

from django.contrib import admin

from programmes.admin.base import CuratedAdmin, TabularInline
from surveys.models import QuestionForm, RespondentRole, Survey, TopicGroup


class TopicGroupInline(TabularInline):
    """Topics of a survey."""

    model = TopicGroup


class QuestionFormInline(TabularInline):
    """Types of question of a survey."""

    model = QuestionForm


class RespondentRoleInline(TabularInline):
    """Who answered a survey."""

    model = RespondentRole


@admin.register(Survey)
class SurveyAdmin(CuratedAdmin):
    """Surveys."""

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
