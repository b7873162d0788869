"""Filters of memos."""

from __future__ import annotations

import django_filters as filters

from programmes.filtersets.base import KeyFilter, NumberFilter, Rows, TermFilter, VisibleFilterSet, matching_words
from programmes.models import Memo, Study, Theory, is_about
from programmes.vocabulary import MemoAbout, MemoKind, MemoOrigin


class MemoFilterSet(VisibleFilterSet):
    """Filters of memos."""

    study = KeyFilter(Study)
    theory = KeyFilter(Theory)
    kind = TermFilter(MemoKind, label="Kind")
    origin = TermFilter(MemoOrigin, label="Where an oddity comes from")
    about = filters.ChoiceFilter(choices=MemoAbout.choices, label="Kind of record that it is about", method="by_about")
    cmoc = NumberFilter(label="CMOC number", field_name="cmoc__number")
    q = filters.CharFilter(label="Search text", method="search")

    class Meta:
        model = Memo
        fields = ("study", "theory", "kind", "origin")

    def by_about(self, queryset: Rows, _name: str, value: str) -> Rows:
        """Keep memos about records of one kind."""
        return queryset.filter(is_about(value))

    def search(self, queryset: Rows, _name: str, value: str) -> Rows:
        """Keep memos whose text has every word."""
        return queryset.filter(matching_words(value, pk=Memo))
