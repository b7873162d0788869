import factory
from factory.django import DjangoModelFactory

from surveys.models import QuestionForm, RespondentRole, Survey, TopicGroup
from tests.factories.studies import StudyFactory


class SurveyFactory(DjangoModelFactory):
    class Meta:
        model = Survey

    study = factory.SubFactory(StudyFactory)
    slug = factory.Sequence(lambda number: f"survey{number}")
    title = "A survey"
    visibility = "public"


class TopicGroupFactory(DjangoModelFactory):
    class Meta:
        model = TopicGroup

    survey = factory.SubFactory(SurveyFactory)
    number = factory.Sequence(lambda number: number + 1)
    text = "About the service"


class QuestionFormFactory(DjangoModelFactory):
    class Meta:
        model = QuestionForm

    survey = factory.SubFactory(SurveyFactory)
    number = factory.Sequence(lambda number: number + 1)
    kind = "free-text"
    label = "open questions"


class RespondentRoleFactory(DjangoModelFactory):
    class Meta:
        model = RespondentRole

    survey = factory.SubFactory(SurveyFactory)
    number = factory.Sequence(lambda number: number + 1)
    label = "Manager"
    respondents = 3
