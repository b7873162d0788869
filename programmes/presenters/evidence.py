"""The list of the quotes behind a theory."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.paginator import Page, Paginator

from programmes.filtersets import QuoteFilterSet
from programmes.models import CMOC, EditorialMark, Evidence, Memo, Outcome, Quote, Theory
from programmes.presenters.theory import Choice, choice, filter_data
from programmes.vocabulary import EvidenceRole, Sector, Slot

if TYPE_CHECKING:
    from django.http import HttpRequest

    from programmes.querysets import Person

PAGE_SIZE = 50
FILTERS = ("role", "outcome", "cmoc", "service", "sector", "slot", "q")


@dataclass(frozen=True)
class QuoteRow:
    """A quote with what it does to the configurations of a theory."""

    quote: Quote
    evidence: list[Evidence]


@dataclass(frozen=True)
class EvidencePage:
    """Everything that the list of quotes shows."""

    rows: list[QuoteRow]
    page: Page[Quote] | None
    found: int
    total: int
    choices: list[Choice]
    errors: list[str]
    search: str
    query: str


def evidence_page(request: HttpRequest, theory: Theory) -> EvidencePage:
    """Return the quotes behind a theory, filtered as the address says."""
    user = request.user
    every = Evidence.objects.visible_to(user).filter(cmoc__theory=theory)
    quotes = Quote.objects.visible_to(user).filter(pk__in=every.values("quote"))
    data = filter_data(request, FILTERS)
    filterset = QuoteFilterSet(data, quotes, request=request)
    errors = [message for messages in filterset.errors.values() for message in messages]
    total = quotes.count()
    page = None
    rows: list[QuoteRow] = []
    if not errors:
        chosen = filterset.qs.select_related("study", "participant__service").order_by("key", "pk")
        page = Paginator(chosen, PAGE_SIZE).get_page(request.GET.get("page"))
        by_quote: dict[int, list[Evidence]] = defaultdict(list)
        shown = list(page.object_list)
        for entry in (
            every.filter(quote__in=[quote.pk for quote in shown]).select_related("cmoc").order_by("cmoc__number")
        ):
            by_quote[entry.quote_id].append(entry)
        rows = [QuoteRow(quote, by_quote[quote.pk]) for quote in shown]
    services = every.exclude(quote__participant__service=None).order_by("quote__participant__service__number")
    numbers = services.values_list("quote__participant__service__number", flat=True).distinct()
    cmocs = CMOC.objects.visible_to(user).filter(theory=theory).order_by("number").values_list("number", flat=True)
    outcomes = Outcome.objects.visible_to(user).filter(theory=theory).order_by("label").values_list("key", "label")
    return EvidencePage(
        rows=rows,
        page=page,
        found=page.paginator.count if page else 0,
        total=total,
        choices=[
            choice(request, "role", "What it does", EvidenceRole.choices),
            choice(request, "outcome", "Outcome", outcomes),
            choice(request, "cmoc", "CMOC", [(number, f"CMOC {number}") for number in cmocs]),
            choice(request, "service", "Service", [(number, number) for number in numbers]),
            choice(request, "sector", "Sector", Sector.choices),
            choice(request, "slot", "Part it speaks to", Slot.choices),
        ],
        errors=errors,
        search=data.get("q", ""),
        query=data.urlencode(),
    )


@dataclass(frozen=True)
class QuotePage:
    """Everything that the page of a quote shows."""

    quote: Quote
    marks: list[EditorialMark]
    evidence: list[Evidence]
    notes: list[Memo]


def quote_page(quote: Quote, user: Person) -> QuotePage:
    """Return what the page of a quote shows."""
    return QuotePage(
        quote=quote,
        marks=list(EditorialMark.objects.visible_to(user).filter(quote=quote).order_by("position", "pk")),
        evidence=list(
            Evidence.objects.visible_to(user)
            .filter(quote=quote)
            .select_related("cmoc__theory")
            .order_by("cmoc__theory__slug", "cmoc__number", "pk")
        ),
        notes=list(Memo.objects.visible_to(user).filter(quote=quote).order_by("key", "pk")),
    )
