"""The page of one quote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from programmes.formats.citations import citation_of_quote
from programmes.models import EditorialMark, Evidence, Memo, Quote
from programmes.models.short_names import what_it_does
from programmes.pages.as_data import PageData, RecordsShown, told_as_data
from programmes.pages.base import base_url
from programmes.pages.sharing import share_of_quote

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from programmes.integrity.access import Person


@dataclass(frozen=True)
class QuotePage:
    quote: Quote
    marks: list[EditorialMark]
    evidence: list[Evidence]
    notes: list[Memo]

    @property
    def does(self) -> str:
        """Return what the words do to which configurations."""
        return what_it_does([(entry.role, entry.cmoc.name) for entry in self.evidence])


def quote_page(quote: Quote, user: Person) -> QuotePage:
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


def quote_data(_request: HttpRequest, shown: dict[str, Any]) -> PageData:
    """Return what a quote does to which CMOCs, itself and the notes on it."""
    page: QuotePage = shown["page"]
    return PageData(
        str(page.quote.short_name),
        [
            RecordsShown(Evidence, [entry.pk for entry in page.evidence]),
            RecordsShown(Quote, [page.quote.pk]),
            RecordsShown(Memo, [note.pk for note in page.notes]),
        ],
    )


@told_as_data(quote_data)
def quote_detail(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Show one quote with all that is known of it."""
    with_credit = ("study", "participant__service", "source__reference")
    rows = Quote.objects.visible_to(request.user).select_related(*with_credit).defer("source__text")
    found = get_object_or_404(rows, study__slug=slug, key=key)
    return TemplateResponse(
        request,
        "programmes/quote.html",
        {
            "page": quote_page(found, request.user),
            "quote": found,
            "study": found.study,
            "share": share_of_quote(found, base_url(request)),
            "citation": citation_of_quote(found),
            "address": base_url(request) + found.get_absolute_url(),
        },
    )
