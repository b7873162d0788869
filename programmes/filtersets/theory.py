"""Filters of theories, their elements and configurations."""

from __future__ import annotations

from typing import ClassVar

import django_filters as filters
from django.db.models import Model, Q

from programmes.filtersets.base import (
    KeyFilter,
    NumberFilter,
    NumbersFilter,
    ReferredNumberFilter,
    RetiredIfAskedMixin,
    Rows,
    TermFilter,
    TextsFilter,
    VisibleFilterSet,
    matching_words,
)
from programmes.filtersets.evidence import EvidenceConditionsFilterSet
from programmes.models import (
    CMOC,
    CMOCGroup,
    CMOCService,
    Context,
    Evidence,
    Mechanism,
    Outcome,
    Programme,
    Quote,
    Sector,
    ServiceSector,
    Study,
    Theory,
)
from programmes.models.configuration import CONFIGURATION, ELEMENTS, kind_of_element
from programmes.models.holdings import held_by
from programmes.search.index import matches
from programmes.search.stems import terms_of
from programmes.vocabulary import (
    CMOCStatus,
    Distance,
    Hedge,
    Intention,
    Level,
    MechanismKind,
    Reporting,
    TheoryForm,
    TheoryStage,
    Valence,
)


class TheoryFilterSet(VisibleFilterSet):
    study = KeyFilter(Study)
    programme = KeyFilter(Programme, field_name="study__programme")
    form = TermFilter(TheoryForm, label="Form")
    stage = TermFilter(TheoryStage, label="Stage")
    predecessor = KeyFilter(Theory, label="Theory that it refines")
    q = filters.CharFilter(label="Search text", method="search")

    class Meta:
        model = Theory
        fields = ("study", "form", "stage", "predecessor")

    unfiltered: ClassVar[dict[str, str]] = {
        "visibility": "no answer gives it; private ones stand among those that one may see",
        **dict.fromkeys((kind.absence for kind in held_by(Theory)), "`holds` gives it together with what is there"),
    }

    def search(self, queryset: Rows, _name: str, value: str) -> Rows:
        return queryset.filter(matching_words(value, pk=Theory))


class ElementFilterSet(VisibleFilterSet):
    theory = KeyFilter(Theory)
    study = KeyFilter(Study, field_name="theory__study")
    key = filters.CharFilter(label="Key")
    level = TermFilter(Level, label="Level")
    cmoc = ReferredNumberFilter(label="CMOC number", field_name="cmoc_links__cmoc__number", distinct=True)
    q = filters.CharFilter(label="Search text", method="search")

    def search(self, queryset: Rows, _name: str, value: str) -> Rows:
        """Keep elements whose label, or a wording of which, has every word."""
        element = self._meta.model
        wordings = kind_of_element(element).link
        for term in terms_of(value):
            worded = self.rows(wordings).filter(matches(wordings, [term])).values(element._meta.model_name)
            queryset = queryset.filter(matches(element, [term]) | Q(pk__in=worded))
        return queryset if terms_of(value) else queryset.none()


class ContextFilterSet(ElementFilterSet):
    class Meta:
        model = Context
        fields = ("theory", "key", "level")


class MechanismFilterSet(ElementFilterSet):
    kind = TermFilter(MechanismKind, label="Kind")
    paired_resource = KeyFilter(Mechanism, label="Resource that it responds to", field_name="resource")

    class Meta:
        model = Mechanism
        fields = ("theory", "key", "level", "kind")


class OutcomeFilterSet(ElementFilterSet):
    distance = TermFilter(Distance, label="Distance")
    valence = TermFilter(Valence, label="Valence")
    intention = TermFilter(Intention, label="Intention")

    class Meta:
        model = Outcome
        fields = ("theory", "key", "level", "distance", "valence", "intention")


class CMOCGroupFilterSet(VisibleFilterSet):
    theory = KeyFilter(Theory)
    study = KeyFilter(Study, field_name="theory__study")
    number = NumberFilter(label="Number")
    q = filters.CharFilter(label="Search text", method="search")

    class Meta:
        model = CMOCGroup
        fields = ("theory", "number")

    def search(self, queryset: Rows, _name: str, value: str) -> Rows:
        return queryset.filter(matching_words(value, pk=CMOCGroup))


class CMOCFilterSet(RetiredIfAskedMixin, EvidenceConditionsFilterSet):
    """Filters of configurations. Retired ones are left out unless their status, a number or a label asks for them.

    Those about evidence hold of one piece of evidence. Services that the source states relevant are no evidence, and
    have filters of their own.
    """

    theory = KeyFilter(Theory)
    study = KeyFilter(Study, field_name="theory__study")
    number = NumberFilter(label="Number")
    label = TextsFilter(label="Label as printed", field_name="label")
    group = NumbersFilter(label="Group", field_name="group__number")
    sector_stated = KeyFilter(Sector, label="Sector of a service stated relevant", method="by_sector_stated")
    status = TermFilter(CMOCStatus, label="Status")
    hedge = TermFilter(Hedge, label="How firmly put")
    statement_reporting = TermFilter(Reporting, label="How the statement is reported")
    context_absence = TermFilter(Reporting, label="Has no context: why", method="by_absence")
    mechanism_absence = TermFilter(Reporting, label="Has no mechanism: why", method="by_absence")
    outcome_absence = TermFilter(Reporting, label="Has no outcome: why", method="by_absence")
    services_reporting = TermFilter(Reporting, label="How the services stated are reported")
    people_reporting = TermFilter(Reporting, label="How the people stated are reported")
    q = filters.CharFilter(label="Search text", method="search")

    renamed: ClassVar[dict[str, str]] = {"service_quoted": "service", "evidence_role": "role"}
    asks_for_retired = ("status", "number", "label")
    paths_to_cmocs = ("",)

    class Meta:
        model = CMOC
        fields = (
            "theory",
            "number",
            "status",
            "hedge",
            "statement_reporting",
            "services_reporting",
            "people_reporting",
        )

    @classmethod
    def get_filters(cls) -> dict[str, filters.Filter]:
        """Return a filter for each kind of part besides those that are declared."""
        by_part = {
            kind.in_filter: KeyFilter(
                kind.model, field_name=kind.in_filter, label=kind.filter_label or kind.heading, method="by_part"
            )
            for kind in CONFIGURATION
        }
        return {**super().get_filters(), **by_part}

    def by_part(self, queryset: Rows, name: str, value: list[Model]) -> Rows:
        """Keep configurations that one of these records is a part of."""
        kind = next(kind for kind in CONFIGURATION if kind.in_filter == name)
        found = self.rows(kind.link, **{f"{kind.relation}__in": value}).values("cmoc")
        return queryset.filter(pk__in=found) if value else queryset

    def by_sector_stated(self, queryset: Rows, _name: str, value: list[Model]) -> Rows:
        """Keep configurations that the source states relevant to a service of one of the sectors."""
        sectors = self.rows(ServiceSector, sector__in=value).values("service")
        stated = self.rows(CMOCService, service__in=sectors).values("cmoc")
        return queryset.filter(pk__in=stated) if value else queryset

    def by_absence(self, queryset: Rows, name: str, value: list[str]) -> Rows:
        """Keep configurations that lack a slot in one of the ways; the way is not told of a slot that is filled."""
        kind = next(kind for kind in CONFIGURATION if kind.absence == name)
        return queryset.filter(**{f"{name}__in": value}).exclude(pk__in=self.rows(kind.link).values("cmoc"))

    def search(self, queryset: Rows, _name: str, value: str) -> Rows:
        """Keep configurations every word of which stands in the statement, an element or a quote that may be seen."""
        for term in terms_of(value):
            found = matches(CMOC, [term])
            for kind in ELEMENTS:
                worded = matches(kind.link, [term]) | matches(kind.model, [term], kind.relation)
                links = self.rows(kind.link).filter(worded)
                found |= Q(pk__in=links.values("cmoc"))
            said = matches(Quote, [term], "quote", self.user)
            found |= Q(pk__in=self.rows(Evidence).filter(said).values("cmoc"))
            queryset = queryset.filter(found)
        return queryset if terms_of(value) else queryset.none()
