"""The home page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from programmes.models import CMOC, Evidence, Outcome, Service, Theory

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from programmes.querysets import Person


@dataclass(frozen=True)
class TheoryCard:
    """A theory with its numbers."""

    theory: Theory
    cmocs: int
    quotes: int
    services: int
    outcomes: list[Outcome]


@dataclass(frozen=True)
class HomePage:
    """Everything that the home page shows."""

    cards: list[TheoryCard]

    @property
    def first(self) -> TheoryCard | None:
        """Return the theory with most quotes, which examples are taken from."""
        return max(self.cards, key=lambda card: card.quotes, default=None)


def home_page(user: Person) -> HomePage:
    """Return what the home page shows."""
    theories = Theory.objects.visible_to(user).select_related("study__programme").order_by("-study__slug", "pk")
    cmocs = counted(CMOC.objects.visible_to(user), "theory")
    quotes = dict(
        Evidence.objects.visible_to(user)
        .order_by()
        .values_list("cmoc__theory")
        .annotate(number=Count("quote", distinct=True))
    )
    services = counted(Service.objects.visible_to(user), "study")
    outcomes: dict[int, list[Outcome]] = {}
    for outcome in Outcome.objects.visible_to(user).order_by("label", "pk"):
        outcomes.setdefault(outcome.theory_id, []).append(outcome)
    cards = [
        TheoryCard(
            theory=theory,
            cmocs=cmocs.get(theory.pk, 0),
            quotes=quotes.get(theory.pk, 0),
            services=services.get(theory.study_id, 0),
            outcomes=outcomes.get(theory.pk, []),
        )
        for theory in theories
    ]
    return HomePage(sorted(cards, key=lambda card: -card.cmocs))


def counted(rows: QuerySet[Any, Any], by: str) -> dict[int, int]:
    """Return how many rows each value of a relation has."""
    return dict(rows.order_by().values_list(by).annotate(number=Count("pk")))
