"""What lists of surveys can be filtered by."""

import django_filters as filters

from programmes.filtersets import KeyFilter, VisibleFilterSet
from programmes.models import Study
from surveys.models import Survey


class SurveyFilterSet(VisibleFilterSet):
    """Filters of surveys."""

    study = KeyFilter(Study)
    slug = filters.CharFilter(label="Short name")

    class Meta:
        model = Survey
        fields = ("study", "slug")
