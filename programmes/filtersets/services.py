"""Filters of services and populations."""

from __future__ import annotations

import django_filters as filters
from django.db.models import Model  # noqa: TC002  the API's schema reads the hints

from programmes.filtersets.base import KeyFilter, Rows, TermFilter, TrueFalseFilter, VisibleFilterSet, matching_words
from programmes.models import Evidence, PersonKind, Population, Quote, Sector, Service, ServicePlace, Study, Theory
from programmes.vocabulary import Reporting


class ServiceFilterSet(VisibleFilterSet):
    study = KeyFilter(Study)
    number = filters.CharFilter(label="Number")
    sector = KeyFilter(Sector, field_name="sector_links__sector")
    place = KeyFilter(ServicePlace, field_name="place_links__place")
    sector_reporting = TermFilter(Reporting, label="How the sector is reported")
    quoted = TrueFalseFilter(label="People are quoted", method="by_quoted")
    theory = KeyFilter(Theory, label="Quoted for a theory", method="by_theory")
    location_reporting = TermFilter(Reporting, label="How the location is reported")
    programme_text_reporting = TermFilter(Reporting, label="How the programme is reported")
    q = filters.CharFilter(label="Search text", method="search")

    class Meta:
        model = Service
        fields = ("study", "number", "sector_reporting", "location_reporting", "programme_text_reporting")

    def by_quoted(self, queryset: Rows, _name: str, value: str) -> Rows:
        """Keep services somebody of which is quoted, or those of which nobody is."""
        quoted = self.rows(Quote, participant__service__isnull=False).values("participant__service")
        return queryset.filter(pk__in=quoted) if value == "true" else queryset.exclude(pk__in=quoted)

    def by_theory(self, queryset: Rows, _name: str, value: list[Model]) -> Rows:
        """Keep services somebody of which is quoted for one of the theories."""
        if not value:
            return queryset
        return queryset.filter(pk__in=self.rows(Evidence, cmoc__theory__in=value).values("quote__participant__service"))

    def search(self, queryset: Rows, _name: str, value: str) -> Rows:
        return queryset.filter(matching_words(value, pk=Service))


class PopulationFilterSet(VisibleFilterSet):
    study = KeyFilter(Study)
    kind = KeyFilter(PersonKind, label="Kind")

    class Meta:
        model = Population
        fields = ("study", "kind")
