"""Filters of quotes and evidence."""

from __future__ import annotations

from typing import ClassVar

import django_filters as filters
from django.db.models import Model  # noqa: TC002  the API's schema reads the hints

from programmes.filtersets.base import (
    KeyFilter,
    NumberFilter,
    NumbersFilter,
    RetiredIfAskedMixin,
    Rows,
    TermFilter,
    TextsFilter,
    VisibleFilterSet,
    matching_words,
)
from programmes.models import CMOCOutcome, Evidence, Outcome, Quote, Service, Study, Theory
from programmes.vocabulary import EvidenceRole, Sector, Slot, Visibility


class EvidenceFilterSet(RetiredIfAskedMixin, VisibleFilterSet):
    """Filters of evidence: of what quotes do to configurations. Retired ones are left out unless a number asks."""

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

    asks_for_retired = ("cmoc",)

    class Meta:
        model = Evidence
        fields = ("role", "slot")

    def by_outcome(self, queryset: Rows, _name: str, value: list[Model]) -> Rows:
        found = self.rows(CMOCOutcome, outcome__in=value).values("cmoc")
        return queryset.filter(cmoc__in=found) if value else queryset

    def search(self, queryset: Rows, _name: str, value: str) -> Rows:
        return queryset.filter(matching_words(value, pk=Evidence, quote=Quote))


class QuoteFilterSet(RetiredIfAskedMixin, VisibleFilterSet):
    """Filters of quotes.

    Those about what a quote does must all hold of one piece of evidence: quotes that counter CMOC 2 are not those that
    counter anything and also bear on CMOC 2.
    """

    study = KeyFilter(Study)
    key = filters.CharFilter(label="Key")
    theory = KeyFilter(Theory, method="by_theory")
    cmoc = NumbersFilter(label="CMOC number", method="by_cmoc")
    role = TermFilter(EvidenceRole, label="What it does")
    slot = TermFilter(Slot, label="Part it speaks to")
    outcome = KeyFilter(Outcome, method="by_outcome")
    service = KeyFilter(Service, field_name="participant__service")
    sector = TermFilter(Sector, label="Sector", field_name="participant__service__sector")
    speaker_role = TextsFilter(label="Role of the speaker", field_name="participant__role")
    visibility = TermFilter(Visibility, label="Who may read it")
    q = filters.CharFilter(label="Search text", method="search")

    OF_EVIDENCE = ("theory", "cmoc", "role", "slot", "outcome")
    asks_for_retired = ("cmoc",)

    class Meta:
        model = Quote
        fields = ("study", "key", "visibility")

    unfiltered: ClassVar[dict[str, str]] = {
        "source": "a transcript is its team's alone, and no answer names it",
        "consent": "no answer gives it",
    }

    def filter_queryset(self, queryset: Rows) -> Rows:
        """Keep quotes that meet every condition, with one piece of evidence that the reader may see."""
        every = bearing = self.without_retired(self.rows(Evidence))
        for name, value in self.form.cleaned_data.items():
            if name in self.OF_EVIDENCE:
                bearing = self.filters[name].filter(bearing, value)
            else:
                queryset = self.filters[name].filter(queryset, value)
        return queryset if bearing is every else queryset.filter(pk__in=bearing.values("quote"))

    def by_theory(self, evidence: Rows, _name: str, value: list[Model]) -> Rows:
        return evidence.filter(cmoc__theory__in=value) if value else evidence

    def by_cmoc(self, evidence: Rows, _name: str, value: list[int]) -> Rows:
        return evidence.filter(cmoc__number__in=value)

    def by_outcome(self, evidence: Rows, _name: str, value: list[Model]) -> Rows:
        found = self.rows(CMOCOutcome, outcome__in=value).values("cmoc")
        return evidence.filter(cmoc__in=found) if value else evidence

    def search(self, queryset: Rows, _name: str, value: str) -> Rows:
        return queryset.filter(matching_words(value, pk=Quote))
