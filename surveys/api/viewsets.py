"""The resource of surveys."""

from programmes.api.viewsets import ResourceViewSet
from surveys.api.serializers import SurveySerializer
from surveys.filtersets import SurveyFilterSet
from surveys.models import Survey


class SurveyViewSet(ResourceViewSet):
    """Surveys."""

    model = Survey
    serializer_class = SurveySerializer
    filterset_class = SurveyFilterSet
    orderings = ("id", "slug", "title")


VIEWSETS = {"surveys": SurveyViewSet}
