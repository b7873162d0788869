"""The home page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from programmes.formats.cards import card_png
from programmes.models import CMOC, Evidence, Outcome, Service, Theory
from programmes.models.slots import FilledSlot, slots_of
from programmes.models.theory import not_retired
from programmes.pages.base import base_url
from programmes.pages.own_setting import can_be_read_from_a_setting
from programmes.pages.sharing import card_of_home, share_of_home
from programmes.vocabulary import EvidenceRole

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from programmes.integrity.access import Person


@dataclass(frozen=True)
class TheoryCard:
    """A theory with its counts."""

    theory: Theory
    cmocs: int
    number: int | None  # of its first CMOC
    quotes: int
    services: int
    outcomes: list[Outcome]


@dataclass(frozen=True)
class ExampleCMOC:
    """An example: a configuration with a quote that supports it and, where there is one, a quote that counters it."""

    cmoc: CMOC
    slots: list[FilledSlot]
    evidence: list[Evidence]


@dataclass(frozen=True)
class HomePage:
    cards: list[TheoryCard]
    example: ExampleCMOC | None = None
    from_setting: bool = False  # whether the first theory can be read from the reader's own setting
    most_outcomes: ClassVar[int] = 24  # that are listed; the theory shows all

    @property
    def first(self) -> TheoryCard | None:
        """Return the theory with most quotes; the examples come from it."""
        return max(self.cards, key=lambda card: card.quotes, default=None)


def home_page(user: Person) -> HomePage:
    theories = Theory.objects.visible_to(user).select_related("study__programme").order_by("-study__slug", "pk")
    standing = CMOC.objects.visible_to(user).filter(not_retired()).order_by().values_list("theory")
    cmocs = {theory: (number, first) for theory, number, first in standing.annotate(Count("pk"), Min("number"))}
    quotes = dict(
        Evidence.objects.visible_to(user)
        .filter(not_retired("cmoc"))
        .order_by()
        .values_list("cmoc__theory")
        .annotate(number=Count("quote", distinct=True))
    )
    services = count_by(Service.objects.visible_to(user), "study")
    outcomes: dict[int, list[Outcome]] = {}
    for outcome in Outcome.objects.visible_to(user).order_by("label", "pk"):
        outcomes.setdefault(outcome.theory_id, []).append(outcome)
    cards = [
        TheoryCard(
            theory=theory,
            cmocs=cmocs.get(theory.pk, (0, None))[0],
            number=cmocs.get(theory.pk, (0, None))[1],
            quotes=quotes.get(theory.pk, 0),
            services=services.get(theory.study_id, 0),
            outcomes=outcomes.get(theory.pk, []),
        )
        for theory in theories
    ]
    page = HomePage(sorted(cards, key=lambda card: -card.cmocs), example_of(user))
    first = page.first
    return replace(page, from_setting=first is not None and can_be_read_from_a_setting(first.theory, user))


def example_of(user: Person) -> ExampleCMOC | None:
    """Return the configuration whose evidence has most roles, so that the example is both supported and countered."""
    evidence = Evidence.objects.visible_to(user).filter(not_retired("cmoc"))
    roles = evidence.order_by().values("cmoc").annotate(number=Count("role", distinct=True), quotes=Count("pk"))
    best = roles.order_by("-number", "-quotes", "cmoc__theory", "cmoc__number")[:1]
    chosen = list(
        evidence.filter(cmoc__in=best.values("cmoc"), role__in=[EvidenceRole.SUPPORTS, EvidenceRole.COUNTERS])
        .select_related(
            "cmoc__theory__study", "quote__study", "quote__participant__service", "quote__source__reference"
        )
        .defer("quote__source__text")
        .order_by("role", "position", "pk")
    )
    if not chosen:
        return None
    first = {entry.role: entry for entry in reversed(chosen)}
    cmoc = chosen[0].cmoc
    return ExampleCMOC(cmoc, slots_of(cmoc, user), sorted(first.values(), key=lambda entry: entry.role, reverse=True))


def count_by(rows: QuerySet[Any, Any], by: str) -> dict[int, int]:
    """Return the number of rows for each value of a relation."""
    return dict(rows.order_by().values_list(by).annotate(number=Count("pk")))


def home(request: HttpRequest) -> HttpResponse:
    """Show the question the site answers, its theories, and ways in."""
    return render(
        request, "programmes/home.html", {"page": home_page(request.user), "share": share_of_home(base_url(request))}
    )


def home_card(request: HttpRequest) -> HttpResponse:
    """Return the preview image that social networks show beside a link to the site."""
    del request
    return HttpResponse(card_png(card_of_home()), content_type="image/png")
