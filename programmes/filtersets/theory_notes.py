"""Filters of caveats, links between CMOCs and substantive theories."""

from __future__ import annotations

from typing import ClassVar

import django_filters as filters
from django.db.models import Model, Q

from programmes.filtersets.base import (
    KeyFilter,
    NumberFilter,
    ReferredNumberFilter,
    RetiredIfAskedMixin,
    Rows,
    TermFilter,
    TrueFalseFilter,
    VisibleFilterSet,
    has_number,
    matching_words,
)
from programmes.models import (
    Caveat,
    CMOCLink,
    Context,
    Outcome,
    ReportingAnswer,
    Study,
    SubstantiveTheory,
    SubstantiveTheoryLink,
    Theory,
)
from programmes.models.reporting import Reported
from programmes.vocabulary import CaveatKind, LinkKind, LinkStatus


class CaveatFilterSet(RetiredIfAskedMixin, VisibleFilterSet):
    """Filters of caveats. Those on retired configurations are left out unless a number asks for them."""

    theory = KeyFilter(Theory)
    study = KeyFilter(Study, field_name="theory__study")
    number = NumberFilter(label="Number")
    cmoc = ReferredNumberFilter(label="CMOC number", field_name="cmoc__number")
    outcome = KeyFilter(Outcome)
    kind = TermFilter(CaveatKind, label="Kind")
    refutes = ReferredNumberFilter(label="Number of the caveat it speaks against", field_name="refutes__number")
    q = filters.CharFilter(label="Search text", method="search")

    asks_for_retired = ("number", "cmoc")

    class Meta:
        model = Caveat
        fields = ("theory", "number", "outcome", "kind")

    def search(self, queryset: Rows, _name: str, value: str) -> Rows:
        return queryset.filter(matching_words(value, pk=Caveat))


class ReportingAnswerFilterSet(VisibleFilterSet):
    """Filters of answers to the reporting standard."""

    theory = KeyFilter(Theory)
    study = KeyFilter(Study, field_name="theory__study")
    item = NumberFilter(label="Number of the item")
    answer = TermFilter(Reported, label="Answer")

    class Meta:
        model = ReportingAnswer
        fields = ("theory", "item", "answer")


CMOCS_OF_LINK = ("source_cmoc", "target_cmoc")  # at its ends, where these are no outcomes


class CMOCLinkFilterSet(RetiredIfAskedMixin, VisibleFilterSet):
    """Filters of links between configurations or outcomes. Those of retired ones are left out unless asked for."""

    theory = KeyFilter(Theory)
    number = NumberFilter(label="Number")
    kind = TermFilter(LinkKind, label="Kind")
    status = TermFilter(LinkStatus, label="Status")
    cmoc = ReferredNumberFilter(label="CMOC number, at either end", method="by_cmoc")
    outcome = KeyFilter(Outcome, label="Outcome, at either end", method="by_outcome")

    context = KeyFilter(Context, label="Context at its end", field_name="target_context")

    asks_for_retired = ("number", "cmoc")
    paths_to_cmocs = CMOCS_OF_LINK

    class Meta:
        model = CMOCLink
        fields = ("theory", "number", "kind", "status")

    unfiltered: ClassVar[dict[str, str]] = {
        "source_cmoc": "cmoc finds links at either end",
        "target_cmoc": "cmoc finds links at either end",
        "source_outcome": "outcome finds links at either end",
        "target_outcome": "outcome finds links at either end",
    }

    def by_cmoc(self, queryset: Rows, _name: str, value: int) -> Rows:
        return queryset.filter(has_number("source_cmoc", value) | has_number("target_cmoc", value))

    def by_outcome(self, queryset: Rows, _name: str, value: list[Model]) -> Rows:
        """Keep links that start or end at one of the outcomes."""
        return queryset.filter(Q(source_outcome__in=value) | Q(target_outcome__in=value)) if value else queryset


class SubstantiveTheoryFilterSet(VisibleFilterSet):
    theory = KeyFilter(Theory)
    key = filters.CharFilter(label="Key")
    cmoc = ReferredNumberFilter(label="CMOC number", method="by_cmoc")
    informs_all = TrueFalseFilter(label="Informs every CMOC", method="by_informs_all")

    class Meta:
        model = SubstantiveTheory
        fields = ("theory", "key")

    def by_cmoc(self, queryset: Rows, _name: str, value: int) -> Rows:
        found = self.rows(SubstantiveTheoryLink).filter(has_number("cmoc", value)).values("substantive_theory")
        return queryset.filter(Q(pk__in=found) | Q(informs_all=True))

    def by_informs_all(self, queryset: Rows, _name: str, value: str) -> Rows:
        """Keep theories that inform every configuration, or those that do not."""
        return queryset.filter(informs_all=value == "true")
