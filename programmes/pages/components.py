"""A page that shows every component of the site with invented content; none of it is in the database."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.shortcuts import render

from programmes.diagrams.graph import CMOCNode, ElementNode, Mark, Web
from programmes.diagrams.layout import Picture, arrange
from programmes.diagrams.overview import Overview, ServicePoint, overview
from programmes.models import (
    CMOC,
    Caveat,
    CMOCLink,
    Memo,
    Outcome,
    Participant,
    Programme,
    Quote,
    Service,
    Study,
    Theory,
)
from programmes.models.configuration import Part
from programmes.models.slots import FilledSlot
from programmes.pages.base import ChoiceOption, FilterChoice
from programmes.pages.evidence import SORTS, Facet, FacetOption
from programmes.pages.own_setting import Likeness, SettingRow, Voice
from programmes.vocabulary import CaveatKind, EvidenceRole, LinkKind, MemoKind, Valence

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

LONG = "Donaudampfschifffahrtsgesellschaftskapitän"  # a word that must not break a page


@dataclass(frozen=True)
class ExampleContent:
    slots: list[FilledSlot]
    quotes: list[tuple[Quote, str]]
    caveats: list[Caveat]
    notes: list[Memo]
    links: list[CMOCLink]
    picture: Picture
    overview: Overview
    choices: list[FilterChoice]
    facets: list[Facet]
    voices: list[Voice]
    row: SettingRow
    errors: list[str]
    search: str = "hope"
    query: str = "q=hope"
    sort: str = "fit"

    @property
    def sorts(self) -> dict[str, str]:
        return SORTS


def example_content() -> tuple[ExampleContent, Theory]:
    """Return unsaved content, and the theory it belongs to."""
    study = Study(
        programme=Programme(slug="example", name="Example"),
        slug="example",
        citation="Nobody. Nothing. 2026.",
        licence="CC BY 4.0",
    )
    theory = Theory(study=study, slug="example", title="An invented theory")
    cmoc = CMOC(theory=theory, number=1, title="An invented CMOC")
    outcome = Outcome(theory=theory, key="heard", label="Feels heard")
    service = Service(study=study, number="04", service_type="Charity")
    speaker = Participant(study=study, role="Peer worker", service=service)
    quotes = [
        (
            Quote(
                study=study,
                key=role.value,
                text=f"This {role.value} it. {LONG}",
                participant=speaker,
                locator="p. 1",
                visibility="public",
            ),
            role.value,
        )
        for role in EvidenceRole
    ]
    day = dt.date(2026, 1, 2)
    voice = Voice(service, Likeness.YES, quotes=2, counters=1, stated=True)
    return ExampleContent(
        slots=[
            FilledSlot("context", "Context", [Part("a", "A peer listens", "when a peer listens")], ""),
            FilledSlot("mechanism", "Mechanism", [Part("b", f"Feels heard {LONG}", "", qualities=("reasoning",))], ""),
            FilledSlot("outcome", "Outcome", [], "Not stated"),
        ],
        quotes=quotes,
        caveats=[
            Caveat(theory=theory, number=1, kind=CaveatKind.values[0], text="It may not hold online.", locator="p. 2")
        ],
        notes=[Memo(study=study, kind=MemoKind.values[0], text="Read twice.", signed_by="A. Curator", signed_date=day)],
        links=[
            CMOCLink(
                theory=theory,
                number=1,
                kind=LinkKind.REINFORCES,
                source_cmoc=cmoc,
                target_outcome=outcome,
                reason="Said so.",
            )
        ],
        picture=arrange(example_web()),
        overview=overview(
            [ServicePoint(Mark("04", "#c-overview", aria_label="Service 04"), "Charity", LONG)],
            ["Charity"],
            (),
        ),
        choices=[FilterChoice("sector", "Sector", [ChoiceOption("charity", "Charity", chosen=True)])],
        facets=[Facet("role", "What it does", facet_options())],
        voices=[voice],
        row=SettingRow(cmoc, Likeness.YES, Likeness.YES, "", [], [voice]),
        errors=["“schol” is not known here; did you mean “school”?"],
    ), theory


def facet_options() -> list[FacetOption]:
    """Return a facet's options, with and without quotes."""
    return [FacetOption(role.value, role.label, number, chosen=not number) for number, role in enumerate(EvidenceRole)]


def example_web() -> Web:
    """Return a web with everything a picture can show."""
    address: dict[str, Any] = {"href": "#c-web"}
    return Web(
        (ElementNode("a", "A peer listens", **address),),
        (
            CMOCNode(
                1,
                (f"Feels heard {LONG}",),
                contexts=("a",),
                outcomes=("b",),
                services=(
                    Mark("04", **address, aria_label="Service 04"),
                    Mark("07", **address, kind="stated", aria_label="Service 07"),
                ),
                beneficiaries=("Young person",),
                counters=1,
                caveats=2,
                **address,
            ),
        ),
        (
            ElementNode(
                "b",
                "Comes back",
                **address,
                links=(Mark("→ CMOC 2", **address, kind="ripple", aria_label="Leads on"),),
                qualities=("negative", "unintended"),
                valence="negative",
                sign=Valence.NEGATIVE.sign,
            ),
        ),
    )


@login_required
def component_list(request: HttpRequest) -> HttpResponse:
    content, theory = example_content()
    return render(
        request,
        "programmes/components.html",
        {"example": content, "theory": theory, "study": theory.study},
    )
