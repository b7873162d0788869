"""The resource of surveys."""

from programmes.api.base import resource_viewset
from surveys.api.serializers import SurveySerializer
from surveys.filtersets import SurveyFilterSet

VIEWSETS = {"surveys": resource_viewset(SurveySerializer, SurveyFilterSet, "slug", "title")}
