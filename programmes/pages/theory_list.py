"""The list of theories, and what stands on the card of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Min
from django.template.response import TemplateResponse

from programmes.models import CMOC, Evidence, Outcome, Service, Theory
from programmes.models.theory import not_retired
from programmes.pages.as_data import PageData, PortionShown, RecordsShown, told_as_data
from programmes.pages.base import takes
from programmes.pages.keyset import KeysetPage, keyset_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from programmes.integrity.access import Person

PAGE_SIZE = 20
NEWEST_FIRST = ("-study__slug", "pk")


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
class TheoryListPage:
    cards: list[TheoryCard]
    page: KeysetPage[str]


def theory_cards(theories: Sequence[Theory], user: Person) -> list[TheoryCard]:
    """Return theories with what there is of each, counted for these alone."""
    keys = [theory.pk for theory in theories]
    standing = CMOC.objects.visible_to(user).filter(not_retired(), theory__in=keys).order_by().values_list("theory")
    cmocs = {theory: (number, first) for theory, number, first in standing.annotate(Count("pk"), Min("number"))}
    evidence = Evidence.objects.visible_to(user).filter(not_retired("cmoc"), cmoc__theory__in=keys).order_by()
    quotes = dict(evidence.values_list("cmoc__theory").annotate(number=Count("quote", distinct=True)))
    studies = [theory.study_id for theory in theories]
    services = count_by(Service.objects.visible_to(user).filter(study__in=studies), "study")
    outcomes: dict[int, list[Outcome]] = {}
    for outcome in Outcome.objects.visible_to(user).filter(theory__in=keys).order_by("label", "pk"):
        outcomes.setdefault(outcome.theory_id, []).append(outcome)
    return [
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


def count_by(rows: QuerySet[Any, Any], by: str) -> dict[int, int]:
    """Return the number of rows for each value of a relation."""
    return dict(rows.order_by().values_list(by).annotate(number=Count("pk")))


def theory_list_data(_request: HttpRequest, shown: dict[str, Any]) -> PageData:
    """Return the theories."""
    page = shown["page"].page
    return PageData("Theories", [RecordsShown(Theory, page.keys, page.every, by="slug")], PortionShown.of(page))


@takes("after")
@told_as_data(theory_list_data)
def theory_list(request: HttpRequest) -> HttpResponse:
    theories = Theory.objects.visible_to(request.user)
    slugs = list(theories.order_by(*NEWEST_FIRST).values_list("slug", flat=True))
    page = keyset_page(slugs, request.GET.get("after"), PAGE_SIZE)
    shown = theories.filter(slug__in=page.keys).select_related("study__programme").order_by(*NEWEST_FIRST)
    found = TheoryListPage(theory_cards(list(shown), request.user), page)
    return TemplateResponse(request, "programmes/theories.html", {"page": found})
