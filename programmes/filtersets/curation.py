"""Filters of memos."""

from __future__ import annotations

import django_filters as filters

from programmes.filtersets.base import (
    KeyFilter,
    ReferredKeyFilter,
    ReferredNumberFilter,
    Rows,
    TermFilter,
    VisibleFilterSet,
    matching_words,
)
from programmes.models import (
    Context,
    Mechanism,
    Memo,
    Outcome,
    Service,
    Study,
    SubstantiveTheory,
    Theory,
    is_about,
)
from programmes.vocabulary import MemoAbout, MemoKind, MemoOrigin, Visibility


class MemoFilterSet(VisibleFilterSet):
    study = KeyFilter(Study)
    theory = KeyFilter(Theory)
    kind = TermFilter(MemoKind, label="Kind")
    origin = TermFilter(MemoOrigin, label="Where an oddity comes from")
    about = filters.ChoiceFilter(choices=MemoAbout.choices, label="Kind of record that it is about", method="by_about")
    cmoc = ReferredNumberFilter(label="CMOC number", field_name="cmoc__number")
    context = KeyFilter(Context)
    mechanism = KeyFilter(Mechanism)
    outcome = KeyFilter(Outcome)
    substantive_theory = KeyFilter(SubstantiveTheory)
    quote = ReferredKeyFilter(label="Quote key", field_name="quote__key")
    source = filters.CharFilter(label="Source key", field_name="source__key")
    service = KeyFilter(Service)
    reference = ReferredNumberFilter(key="study__slug", label="Reference number", field_name="reference__number")
    visibility = TermFilter(Visibility, label="Who may read it")
    q = filters.CharFilter(label="Search text", method="search")

    class Meta:
        model = Memo
        fields = ("study", "theory", "kind", "origin", "visibility")

    def by_about(self, queryset: Rows, _name: str, value: str) -> Rows:
        return queryset.filter(is_about(value))

    def search(self, queryset: Rows, _name: str, value: str) -> Rows:
        return queryset.filter(matching_words(value, pk=Memo))
