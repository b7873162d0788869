"""A survey, the topics it asks about, the types of its questions and who answered."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from programmes.integrity.access import Access
from programmes.integrity.constraints import choice_is_known, choice_or_nothing, not_blank
from programmes.integrity.text import LongTextField, ShortTextField
from programmes.models import CuratedModel, Study
from programmes.vocabulary import Reporting, Visibility
from surveys.vocabulary import QuestionType


class Survey(CuratedModel):
    """A questionnaire put to a group of people in the course of a study."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="surveys")
    slug = models.SlugField(max_length=80, help_text="Short name in addresses.")
    title = ShortTextField(max_length=300)
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.PRIVATE)
    purpose = LongTextField(blank=True)
    tool = ShortTextField(max_length=300, blank=True, help_text="The software, as printed.")
    recruitment = LongTextField(blank=True)
    pilot = LongTextField(blank=True)
    analysis = LongTextField(blank=True)
    opened_date = models.DateField(null=True, blank=True)
    closed_date = models.DateField(null=True, blank=True)
    dates_reporting = models.CharField(max_length=20, choices=Reporting, blank=True)
    respondents = models.PositiveIntegerField(null=True, blank=True, help_text="How many answered, as reported.")
    locator = ShortTextField(max_length=200, blank=True)

    access = Access(study="study", public_if=Q(visibility=Visibility.PUBLIC))
    key_fields = ("slug",)
    searched = ("title", "purpose")

    class Meta:
        ordering = ("title", "pk")
        constraints = (
            models.UniqueConstraint(fields=["slug"], name="survey_slug_unique"),
            not_blank("title", "survey_title_given"),
            choice_is_known("visibility", Visibility, "survey_visibility_known"),
            choice_or_nothing("dates_reporting", Reporting, "survey_dates_reporting_known"),
            models.CheckConstraint(
                name="survey_dates_agree_with_reporting",
                condition=Q(opened_date__isnull=False, dates_reporting__in=["", Reporting.REPORTED])
                | (Q(opened_date=None, closed_date=None) & ~Q(dates_reporting=Reporting.REPORTED)),
                violation_error_message="Reported dates must be given; dates that are not reported must be empty.",
            ),
            models.CheckConstraint(
                name="survey_closes_after_it_opens",
                condition=Q(opened_date=None) | Q(closed_date=None) | Q(closed_date__gte=F("opened_date")),
                violation_error_message="A survey cannot close before it opens.",
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the page of the survey."""
        return reverse("survey", args=[self.slug])


class SurveyPart(CuratedModel):
    """A numbered part of a survey."""

    number = models.PositiveSmallIntegerField()

    access = Access(study="survey__study", public_if=Q(survey__visibility=Visibility.PUBLIC))

    class Meta:
        abstract = True
        ordering = ("survey", "number", "pk")
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.UniqueConstraint(fields=["survey", "number"], name="%(class)s_number_unique"),
            models.CheckConstraint(name="%(class)s_number_positive", condition=Q(number__gt=0)),
        )


class TopicGroup(SurveyPart):
    """A group of questions on one topic."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="topic_groups")
    text = LongTextField(help_text="As printed.")

    key_fields = ("survey__slug", "number")
    searched = ("text",)

    class Meta(SurveyPart.Meta):
        abstract = False
        constraints = (*SurveyPart.Meta.constraints, not_blank("text", "topicgroup_text_given"))

    def __str__(self) -> str:
        return f"{self.number}. {self.text}"


class QuestionForm(SurveyPart):
    """A type of question that the survey uses, as its authors name it."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="question_forms")
    kind = models.CharField(max_length=20, choices=QuestionType)
    label = ShortTextField(max_length=200, help_text="As printed.")

    key_fields = ("survey__slug", "number")

    class Meta(SurveyPart.Meta):
        abstract = False
        constraints = (
            *SurveyPart.Meta.constraints,
            not_blank("label", "questionform_label_given"),
            choice_is_known("kind", QuestionType, "questionform_kind_known"),
        )

    def __str__(self) -> str:
        return self.label


class RespondentRole(SurveyPart):
    """How many respondents had one role."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="respondent_roles")
    label = ShortTextField(max_length=200, help_text="In the singular, for tables.")
    as_printed = ShortTextField(max_length=200, blank=True)
    respondents = models.PositiveIntegerField()

    key_fields = ("survey__slug", "number")

    class Meta(SurveyPart.Meta):
        abstract = False
        constraints = (*SurveyPart.Meta.constraints, not_blank("label", "respondentrole_label_given"))

    def __str__(self) -> str:
        return self.label
