"""Filters of programmes, studies and references."""

from __future__ import annotations

from typing import ClassVar

import django_filters as filters

from programmes.filtersets.base import KeyFilter, NumberFilter, Rows, TermFilter, VisibleFilterSet, matching_words
from programmes.models import Programme, Reference, Study
from programmes.models.holdings import held_by
from programmes.vocabulary import ReferenceKind, StatementOrigin, StudyKind


class ProgrammeFilterSet(VisibleFilterSet):
    slug = filters.CharFilter(label="Short name")

    class Meta:
        model = Programme
        fields = ("slug",)


class StudyFilterSet(VisibleFilterSet):
    programme = KeyFilter(Programme)
    slug = filters.CharFilter(label="Short name")
    kind = TermFilter(StudyKind, label="Kind")
    statements = TermFilter(StatementOrigin, label="Whose statements its CMOCs are")
    q = filters.CharFilter(label="Search text", method="search")

    class Meta:
        model = Study
        fields = ("programme", "slug", "kind", "statements")

    unfiltered: ClassVar[dict[str, str]] = {
        "visibility": "no answer gives it; private ones stand among those that one may see",
        **dict.fromkeys((kind.absence for kind in held_by(Study)), "`holds` gives it together with what is there"),
    }

    def search(self, queryset: Rows, _name: str, value: str) -> Rows:
        return queryset.filter(matching_words(value, pk=Study))


class ReferenceFilterSet(VisibleFilterSet):
    study = KeyFilter(Study)
    number = NumberFilter(label="Number")
    kind = TermFilter(ReferenceKind, label="Kind")
    q = filters.CharFilter(label="Search text", method="search")

    class Meta:
        model = Reference
        fields = ("study", "number", "kind")

    def search(self, queryset: Rows, _name: str, value: str) -> Rows:
        return queryset.filter(matching_words(value, pk=Reference))
