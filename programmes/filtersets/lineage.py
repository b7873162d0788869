"""Filters of decisions about configurations."""

from __future__ import annotations

from programmes.filtersets.base import (
    KeyFilter,
    NumberFilter,
    ReferredNumberFilter,
    Rows,
    TermFilter,
    VisibleFilterSet,
    has_number,
)
from programmes.models import LineageEvent, Study, Theory
from programmes.vocabulary import LineageKind


class LineageFilterSet(VisibleFilterSet):
    theory = KeyFilter(Theory)
    study = KeyFilter(Study, field_name="theory__study")
    number = NumberFilter(label="Number")
    kind = TermFilter(LineageKind, label="Kind")
    cmoc = ReferredNumberFilter(label="CMOC number, before or after", method="by_cmoc")
    reverses = ReferredNumberFilter(label="Number of the decision taken back", field_name="reverses__number")

    class Meta:
        model = LineageEvent
        fields = ("theory", "number", "kind")

    def by_cmoc(self, queryset: Rows, _name: str, value: int) -> Rows:
        return queryset.filter(has_number("steps__before", value) | has_number("steps__after", value)).distinct()
