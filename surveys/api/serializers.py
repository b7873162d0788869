"""The public shape of surveys."""

from rest_framework import serializers

from programmes.api.rows import RowSerializer
from programmes.api.serializers import ResourceSerializer
from surveys.models import QuestionForm, RespondentRole, Survey, TopicGroup


class TopicGroupSerializer(RowSerializer):
    """A group of questions on one topic."""

    class Meta(RowSerializer.Meta):
        model = TopicGroup
        fields = ("number", "text")
        parent = "survey"
        order = ("number",)


class QuestionFormSerializer(RowSerializer):
    """A type of question that the survey uses."""

    class Meta(RowSerializer.Meta):
        model = QuestionForm
        fields = ("number", "kind", "label")
        parent = "survey"
        order = ("number",)


class RespondentRoleSerializer(RowSerializer):
    """How many respondents had one role."""

    class Meta(RowSerializer.Meta):
        model = RespondentRole
        fields = ("number", "label", "as_printed", "respondents")
        parent = "survey"
        order = ("number",)


class SurveySerializer(ResourceSerializer):
    """A questionnaire put to a group of people."""

    resource = "surveys"
    page = "/surveys/{0}/"
    study = serializers.CharField(source="study.slug", help_text="Public key of the study.")
    licence = serializers.CharField(source="study.licence", help_text="Licence of the source.")
    topic_groups = TopicGroupSerializer(many=True, help_text="What was asked about.")
    question_forms = QuestionFormSerializer(many=True, help_text="Types of question.")
    respondent_roles = RespondentRoleSerializer(many=True, help_text="Who answered.")

    class Meta(RowSerializer.Meta):
        model = Survey
        fields = (
            "slug",
            "title",
            "purpose",
            "tool",
            "recruitment",
            "pilot",
            "analysis",
            "opened_date",
            "closed_date",
            "dates_reporting",
            "respondents",
            "locator",
        )
