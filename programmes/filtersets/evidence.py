"""Filters of quotes and evidence."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import Model  # noqa: TC002  the API's schema reads the hints

from programmes.filtersets.base import KeyFilter, NumberFilter, Rows, TermFilter, VisibleFilterSet, matches
from programmes.models import CMOCOutcome, Evidence, Outcome, Quote, Service, Study, Theory
from programmes.vocabulary import EvidenceRole, Sector, Slot


class EvidenceFilterSet(VisibleFilterSet):
    """Filters of evidence: of what quotes do to configurations."""

    theory = KeyFilter(Theory, field_name="cmoc__theory")
    study = KeyFilter(Study, field_name="cmoc__theory__study")
    cmoc = NumberFilter(label="CMOC number", field_name="cmoc__number")
    role = TermFilter(EvidenceRole, label="Role")
    slot = TermFilter(Slot, label="Slot")
    outcome = KeyFilter(Outcome, method="by_outcome")
    service = KeyFilter(Service, field_name="quote__participant__service")
    sector = TermFilter(Sector, label="Sector", field_name="quote__participant__service__sector")
    quote = filters.CharFilter(label="Quote key", field_name="quote__key")
    q = filters.CharFilter(label="Search text", method="search")

    class Meta:
        model = Evidence
        fields = ("role", "slot")

    def by_outcome(self, queryset: Rows, _name: str, value: list[Model]) -> Rows:
        """Keep evidence on configurations with one of the outcomes."""
        found = self.rows(CMOCOutcome, outcome__in=value).values("cmoc")
        return queryset.filter(cmoc__in=found) if value else queryset

    def search(self, queryset: Rows, _name: str, value: str) -> Rows:
        """Keep evidence whose quote or note has every word."""
        return queryset.filter(matches(value, "quote__text", "note"))


class QuoteFilterSet(VisibleFilterSet):
    """Filters of quotes."""

    study = KeyFilter(Study)
    key = filters.CharFilter(label="Key")
    theory = KeyFilter(Theory, method="by_theory")
    cmoc = NumberFilter(label="CMOC number", method="by_cmoc")
    role = TermFilter(EvidenceRole, label="What it does", method="by_role")
    slot = TermFilter(Slot, label="Part it speaks to", method="by_slot")
    outcome = KeyFilter(Outcome, method="by_outcome")
    service = KeyFilter(Service, field_name="participant__service")
    sector = TermFilter(Sector, label="Sector", field_name="participant__service__sector")
    q = filters.CharFilter(label="Search text", method="search")

    class Meta:
        model = Quote
        fields = ("study", "key")

    def with_evidence(self, queryset: Rows, **conditions: Any) -> Rows:
        """Keep quotes with evidence that the reader may see and that meets the conditions."""
        return queryset.filter(pk__in=self.rows(Evidence, **conditions).values("quote"))

    def by_theory(self, queryset: Rows, _name: str, value: list[Model]) -> Rows:
        """Keep quotes that bear on one of the theories."""
        return self.with_evidence(queryset, cmoc__theory__in=value) if value else queryset

    def by_cmoc(self, queryset: Rows, _name: str, value: int) -> Rows:
        """Keep quotes that bear on a configuration of this number."""
        return self.with_evidence(queryset, cmoc__number=value)

    def by_role(self, queryset: Rows, _name: str, value: list[str]) -> Rows:
        """Keep quotes that have one of the roles for some configuration."""
        return self.with_evidence(queryset, role__in=value) if value else queryset

    def by_slot(self, queryset: Rows, _name: str, value: list[str]) -> Rows:
        """Keep quotes that speak to one of the slots of some configuration."""
        return self.with_evidence(queryset, slot__in=value) if value else queryset

    def by_outcome(self, queryset: Rows, _name: str, value: list[Model]) -> Rows:
        """Keep quotes that bear on a configuration with one of the outcomes."""
        return self.with_evidence(queryset, cmoc__outcome_links__outcome__in=value) if value else queryset

    def search(self, queryset: Rows, _name: str, value: str) -> Rows:
        """Keep quotes that have every word."""
        return queryset.filter(matches(value, "text"))
