"""The home page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from programmes.formats.cards import card_png
from programmes.models import CMOC, Evidence, Reading, Theory
from programmes.models.slots import FilledSlot, slots_of
from programmes.models.theory import not_retired
from programmes.pages.as_data import PageData, RecordsShown, told_as_data
from programmes.pages.base import base_url
from programmes.pages.own_setting import can_be_read_from_a_setting
from programmes.pages.sharing import HOME_TITLE, card_of_home, share_of_home
from programmes.pages.standing import choices_at_front_door
from programmes.pages.theory_list import NEWEST_FIRST, TheoryCard, theory_cards
from programmes.vocabulary import EvidenceRole, ReadingKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from programmes.integrity.access import Person
    from programmes.pages.base import FilterChoice


MOST_THEORIES = 6  # that have a card; all of them have a page of their own


@dataclass(frozen=True)
class ExampleCMOC:
    """An example: a configuration with a quote that supports it and, where there is one, a quote that counters it."""

    cmoc: CMOC
    slots: list[FilledSlot]
    evidence: list[Evidence]
    plain: Reading | None  # it in plain words, if a curator has put it so


@dataclass(frozen=True)
class HomePage:
    cards: list[TheoryCard]
    theories: int  # how many there are, of which some have a card
    example: ExampleCMOC | None = None
    from_setting: bool = False  # whether the first theory can be read from the reader's own setting
    choices: Sequence[FilterChoice] = ()  # what a reader can say of where they stand
    most_outcomes: ClassVar[int] = 24  # that are listed; the theory shows all

    @property
    def first(self) -> TheoryCard | None:
        """Return the theory with most quotes; the examples come from it."""
        return max(self.cards, key=lambda card: card.quotes, default=None)


def home_page(request: HttpRequest) -> HomePage:
    user = request.user
    theories = Theory.objects.visible_to(user)
    newest = list(theories.select_related("study__programme").order_by(*NEWEST_FIRST)[:MOST_THEORIES])
    cards = sorted(theory_cards(newest, user), key=lambda card: -card.cmocs)
    page = HomePage(cards, theories.count(), example_of(newest, user))
    first = page.first
    from_setting = first is not None and can_be_read_from_a_setting(first.theory, user)
    return replace(page, from_setting=from_setting, choices=choices_at_front_door(request))


def example_of(theories: list[Theory], user: Person) -> ExampleCMOC | None:
    """Return the first configuration that is both supported and countered; where there is none, one with a quote."""
    evidence = Evidence.objects.visible_to(user).filter(not_retired("cmoc"), cmoc__theory__in=theories)
    supporting, countering = (evidence.filter(role=role) for role in (EvidenceRole.SUPPORTS, EvidenceRole.COUNTERS))
    countered = Exists(countering.filter(cmoc=OuterRef("cmoc")))
    in_order = ("cmoc__theory", "cmoc__number", "position", "pk")
    chosen = supporting.annotate(countered=countered).order_by("-countered", *in_order).values("cmoc")[:1]
    first = chosen or countering.order_by(*in_order).values("cmoc")[:1]
    if not first:
        return None
    beside = ("cmoc__theory__study", "quote__study", "quote__participant__service", "quote__source__reference")
    of_cmoc = evidence.filter(cmoc=first[0]["cmoc"]).select_related(*beside).defer("quote__source__text")
    voices = [
        voice
        for role in (EvidenceRole.SUPPORTS, EvidenceRole.COUNTERS)
        for voice in of_cmoc.filter(role=role).order_by("position", "pk")[:1]
    ]
    cmoc = voices[0].cmoc
    plain = Reading.objects.visible_to(user).filter(cmoc=cmoc, kind=ReadingKind.PLAIN_SUMMARY)
    return ExampleCMOC(cmoc, slots_of(cmoc, user), voices, plain.order_by("pk").first())


def home_data(_request: HttpRequest, shown: dict[str, Any]) -> PageData:
    """Return the theories that have a card, and the example."""
    page: HomePage = shown["page"]
    lists = [RecordsShown(Theory, [card.theory.pk for card in page.cards])]
    if page.example:
        lists += [
            RecordsShown(CMOC, [page.example.cmoc.pk]),
            RecordsShown(Evidence, [entry.pk for entry in page.example.evidence]),
        ]
    return PageData(HOME_TITLE, lists)


@told_as_data(home_data)
def home(request: HttpRequest) -> HttpResponse:
    """Show the question the site answers, its theories, and ways in."""
    return TemplateResponse(
        request, "programmes/home.html", {"page": home_page(request), "share": share_of_home(base_url(request))}
    )


def home_card(request: HttpRequest) -> HttpResponse:
    """Return the preview image that social networks show beside a link to the site."""
    del request
    return HttpResponse(card_png(card_of_home()), content_type="image/png")
