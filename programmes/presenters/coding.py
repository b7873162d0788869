"""The coding screen: a transcript with the quotes that are marked in it, and what each does."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.urls import reverse

from programmes.models import Evidence, Quote
from programmes.presenters.transcripts import Passage, shown_transcript

if TYPE_CHECKING:
    from collections.abc import Sequence

    from programmes.models import Source
    from programmes.presenters.transcripts import Transcript
    from programmes.querysets import Person


def coding_page(source: Source, user: Person, cmoc: int | None = None) -> Transcript:
    """Return a transcript with its quotes; with a CMOC's id only those that bear on it."""
    evidence = Evidence.objects.visible_to(user).filter(quote__source=source).select_related("cmoc")
    by_quote: dict[int, list[Evidence]] = defaultdict(list)
    for entry in evidence.order_by("cmoc__number", "pk"):
        by_quote[entry.quote_id].append(entry)
    quotes = Quote.objects.visible_to(user).filter(source=source, start__isnull=False).order_by("start", "end", "pk")
    passages = [
        quote_passage(quote, by_quote[quote.pk])
        for quote in quotes
        if cmoc is None or any(entry.cmoc_id == cmoc for entry in by_quote[quote.pk])
    ]
    return shown_transcript(source.text, passages)


def quote_passage(quote: Quote, evidence: Sequence[Evidence]) -> Passage:
    """Return the passage of a quote, and what it says of it."""
    return Passage(
        anchor=quote.key,
        start=quote.start or 0,
        end=quote.end or 0,
        says="; ".join(f"{entry.get_role_display().lower()} {entry.cmoc}" for entry in evidence) or "no CMOC yet",
        kinds=frozenset(entry.role for entry in evidence),
        name=quote.key,
        address=reverse("admin:programmes_quote_change", args=[quote.pk]),
    )
