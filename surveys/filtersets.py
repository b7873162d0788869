"""What lists of surveys can be filtered by."""

from typing import ClassVar

import django_filters as filters

from programmes.filtersets import KeyFilter, VisibleFilterSet
from programmes.filtersets.base import TermFilter
from programmes.models import Study
from programmes.vocabulary import Reporting
from surveys.models import Survey


class SurveyFilterSet(VisibleFilterSet):
    study = KeyFilter(Study)
    slug = filters.CharFilter(label="Short name")
    dates_reporting = TermFilter(Reporting, label="How the dates are reported")

    class Meta:
        model = Survey
        fields = ("study", "slug", "dates_reporting")

    unfiltered: ClassVar[dict[str, str]] = {
        "visibility": "no answer gives it; private ones stand among those that one may see"
    }
