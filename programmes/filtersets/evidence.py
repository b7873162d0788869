"""Filters of evidence, of quotes, and of whatever is looked for by what is said of it.

Everything that such a filter says must hold of one piece of evidence: configurations that service 12 counters are
those that a quote of service 12 counters, not those that service 12 supports and somebody else counters.
"""

from __future__ import annotations

from typing import ClassVar

import django_filters as filters
from django.db.models import Model, Q

from programmes.filtersets.base import (
    KeyFilter,
    KeyIfGivenFilter,
    NumbersFilter,
    ReferredKeyFilter,
    ReferredNumberFilter,
    RetiredIfAskedMixin,
    Rows,
    TermFilter,
    TextsFilter,
    VisibleFilterSet,
    has_number,
    matching_words,
    related_to,
)
from programmes.models import (
    CMOCOutcome,
    Evidence,
    Outcome,
    Quote,
    Reference,
    Sector,
    Service,
    ServiceSector,
    Study,
    Theory,
)
from programmes.vocabulary import EvidenceRole, Slot, SourceKind, Visibility

OF_A_DOCUMENT = Q(source__kind=SourceKind.DOCUMENT)


class EvidenceConditionsFilterSet(VisibleFilterSet):
    """The conditions about evidence, the same under the same names wherever something is looked for by them."""

    role = TermFilter(EvidenceRole, label="What the quote does")
    slot = TermFilter(Slot, label="Part it speaks to")
    service = KeyIfGivenFilter(Service, label="Service quoted", field_name="participant__service", method="by_service")
    sector = KeyFilter(
        Sector, label="Sector of the service quoted", field_name="participant__service", method="by_sector"
    )
    speaker_role = TextsFilter(label="Role of the speaker", field_name="participant__role", method="by_speaker_role")
    document = KeyIfGivenFilter(
        Reference, label="Document quoted", field_name="source__reference", method="by_document"
    )
    quote_q = filters.CharFilter(label="Words of the quote", method="by_words")

    of_evidence: ClassVar[tuple[str, ...]] = ("role", "slot")  # conditions that a row of evidence meets itself
    of_quote = ("service", "sector", "speaker_role", "document", "quote_q")  # conditions that its quote meets

    def filter_queryset(self, queryset: Rows) -> Rows:
        """Keep rows that meet their own conditions, and for which one piece of evidence meets all those about it."""
        about_evidence = (*self.of_evidence, *self.of_quote)
        queryset = self.narrowed(queryset, *(name for name in self.filters if name not in about_evidence))
        if any(self.form.cleaned_data[name] for name in about_evidence):
            queryset = queryset.filter(pk__in=self.bearing().values("cmoc"))
        return queryset

    def narrowed(self, rows: Rows, *names: str) -> Rows:
        """Return the rows that pass some of the filters."""
        for name in names:
            rows = self.filters[name].filter(rows, self.form.cleaned_data[name])
        return rows

    def bearing(self) -> Rows:
        """Return the evidence, of what the reader may see, that meets every condition about evidence."""
        return self.of_quotes(self.narrowed(self.rows(Evidence), *self.of_evidence))

    def of_quotes(self, evidence: Rows) -> Rows:
        """Return the evidence whose quotes meet every condition about quotes."""
        every = Quote._base_manager.all()  # the evidence is what the reader may see
        quotes = self.narrowed(every, *self.of_quote)
        return evidence if quotes is every else evidence.filter(quote__in=quotes.order_by().values("pk"))

    def by_service(self, quotes: Rows, _name: str, value: list[Model]) -> Rows:
        of_nobody = Q(participant__service=None) & (Q(participant__isnull=False) | ~OF_A_DOCUMENT)
        return quotes.filter(related_to(value, "participant__service", of_nobody)) if value else quotes

    def by_sector(self, quotes: Rows, _name: str, value: list[Model]) -> Rows:
        found = self.rows(ServiceSector, sector__in=value).values("service")
        return quotes.filter(participant__service__in=found) if value else quotes

    def by_speaker_role(self, quotes: Rows, _name: str, value: list[str]) -> Rows:
        return quotes.filter(participant__role__in=value) if value else quotes

    def by_document(self, quotes: Rows, _name: str, value: list[Model]) -> Rows:
        of_no_work = Q(participant=None, source__reference=None) & OF_A_DOCUMENT
        return quotes.filter(related_to(value, "source__reference", of_no_work)) if value else quotes

    def by_words(self, quotes: Rows, _name: str, value: str) -> Rows:
        return quotes.filter(matching_words(value, self.user, pk=Quote)) if value else quotes

    def by_outcome(self, evidence: Rows, _name: str, value: list[Model]) -> Rows:
        found = self.rows(CMOCOutcome, outcome__in=value).values("cmoc")
        return evidence.filter(cmoc__in=found) if value else evidence


class EvidenceFilterSet(RetiredIfAskedMixin, EvidenceConditionsFilterSet):
    """Filters of evidence: of what quotes do to configurations. Retired ones are left out unless a number asks."""

    theory = KeyFilter(Theory, field_name="cmoc__theory")
    study = KeyFilter(Study, field_name="cmoc__theory__study")
    cmoc = ReferredNumberFilter(label="CMOC number", field_name="cmoc__number")
    outcome = KeyFilter(Outcome, method="by_outcome")
    quote = ReferredKeyFilter(label="Quote key", field_name="quote__key")
    q = filters.CharFilter(label="Search text", method="search")

    of_evidence = ()  # the rows are evidence: each filter but those about quotes is on the rows themselves
    asks_for_retired = ("cmoc",)

    class Meta:
        model = Evidence
        fields = ("role", "slot")

    def filter_queryset(self, queryset: Rows) -> Rows:
        own = (name for name in self.filters if name not in self.of_quote)
        return self.of_quotes(self.narrowed(self.without_retired(queryset), *own))

    def search(self, queryset: Rows, _name: str, value: str) -> Rows:
        return queryset.filter(matching_words(value, self.user, pk=Evidence, quote=Quote)) if value else queryset


class QuoteFilterSet(RetiredIfAskedMixin, EvidenceConditionsFilterSet):
    """Filters of quotes. Those about what a quote does must all hold of one piece of evidence, too."""

    study = KeyFilter(Study)
    key = filters.CharFilter(label="Key")
    theory = KeyFilter(Theory, method="by_theory")
    cmoc = NumbersFilter(label="CMOC number", method="by_cmoc")
    outcome = KeyFilter(Outcome, method="by_outcome")
    visibility = TermFilter(Visibility, label="Who may read it")
    q = filters.CharFilter(label="Search text", method="by_words")

    of_evidence = ("theory", "cmoc", "role", "slot", "outcome")
    asks_for_retired = ("cmoc",)

    class Meta:
        model = Quote
        fields = ("study", "key", "visibility")

    unfiltered: ClassVar[dict[str, str]] = {
        "consent": "no answer gives it",
    }

    def filter_queryset(self, queryset: Rows) -> Rows:
        """Keep quotes that meet every condition, with one piece of evidence that the reader may see."""
        every = self.without_retired(self.rows(Evidence))
        bearing = self.narrowed(every, *self.of_evidence)
        queryset = self.narrowed(queryset, *self.of_quotes_themselves)
        return queryset if bearing is every else queryset.filter(pk__in=bearing.values("quote"))

    @property
    def of_quotes_themselves(self) -> list[str]:
        """Return the filters that are not about what a quote does."""
        return [name for name in self.filters if name not in self.of_evidence]

    def pieces(self, evidence: Rows) -> Rows:
        """Return those pieces of evidence by which quotes are found: each meets every condition itself."""
        every = Quote._base_manager.all()  # the evidence is what the reader may see
        quotes = self.narrowed(every, *self.of_quotes_themselves).order_by().values("pk")
        return self.narrowed(self.without_retired(evidence), *self.of_evidence).filter(quote__in=quotes)

    def by_theory(self, evidence: Rows, _name: str, value: list[Model]) -> Rows:
        return evidence.filter(cmoc__theory__in=value) if value else evidence

    def by_cmoc(self, evidence: Rows, _name: str, value: list[int]) -> Rows:
        return evidence.filter(has_number("cmoc", *value)) if value else evidence
