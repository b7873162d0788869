"""Slides of a theory: what is put on them, and the addresses at which each is a file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format

from programmes.diagrams.layout import MOST_IN_ONE, subweb
from programmes.diagrams.slides import Against, Deck, Slide, slides_of
from programmes.filtersets import CMOCFilterSet
from programmes.formats.slides import SLIDE_FORMATS
from programmes.formats.web import are_curators
from programmes.models import CMOC
from programmes.models.spoken import in_dialogue
from programmes.pages.as_data import PageData, PortionShown, RecordsShown, told_as_data
from programmes.pages.base import attachment, base_url, get_theory, refuse_unknown_parameters, takes
from programmes.pages.choices import PARAMETERS
from programmes.pages.claims import Speaking, caveats_beside, claims_of, who_speaks
from programmes.pages.keyset import KeysetPage, after_which, keyset_page
from programmes.pages.theory import TheoryPage, theory_page
from programmes.pages.who_was_asked import WhoWasAsked, who_was_asked
from programmes.words import like

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from programmes.diagrams.graph import CMOCNode, ElementNode
    from programmes.integrity.access import Person
    from programmes.models import Caveat, Theory
    from programmes.pages.claims import Claim

MOST_AGAINST = 2  # voices against it on one slide
TOO_MANY = (
    "The slides of so many CMOCs are made outcome by outcome. Add one to the address, as the page of slides does."
)


@dataclass
class SlidesPage:
    """The slides of what is shown; none where they are to be chosen outcome by outcome."""

    page: TheoryPage
    shown: KeysetPage[int]  # the claims that are on slides
    speaking: Speaking
    who: WhoWasAsked
    user: Person
    address: str

    @cached_property
    def slides(self) -> list[Slide]:
        """Return the slides in their order."""
        return slides_of(self.deck) if self.shown.keys else []

    @property
    def after_numbers(self) -> dict[str, int | str]:
        """Return the numbers by which an address names where these slides and those beside them begin."""
        numbers = {row.cmoc.pk: row.cmoc.number for row in self.page.rows}
        return {"after": numbers.get(self.shown.after or 0, ""), "back": numbers.get(self.shown.back or 0, "")}

    @property
    def query(self) -> str:
        """Return the query string of these slides, which each file of them has too."""
        begins = f"after={self.page.after}" if self.shown.has_previous else ""
        return "&".join(filter(None, [self.page.query, begins]))

    @property
    def theory(self) -> Theory:
        """Return the theory that the slides show."""
        return self.page.theory

    @cached_property
    def claims(self) -> dict[int, Claim]:
        """Return what is shown as claims, by number."""
        return {claim.cmoc.number: claim for claim in claims_of(self.shown.keys, self.user, None).values()}

    @cached_property
    def caveats(self) -> dict[str, list[Caveat]]:
        """Return the caveats on outcomes as a whole, by the key of the outcome."""
        found: dict[str, list[Caveat]] = {}
        for caveat in caveats_beside(self.theory, self.user):
            if caveat.outcome:
                found.setdefault(caveat.outcome.key, []).append(caveat)
        return found

    @property
    def deck(self) -> Deck:
        """Return what all slides share, and what is put on each."""
        study, web = self.theory.study, self.page.draw(self.page.rows_of(set(self.shown.keys)))
        if self.page.outcomes_chosen:
            chosen = tuple(outcome for outcome in web.outcomes if outcome.key in self.page.outcomes_chosen)
            web = subweb(web, web.cmocs, chosen or web.outcomes)
        licence = f"Licence: {study.licence}." if study.licence else ""
        marks = "Underlined: the curators’ words." if are_curators(web) else ""
        doi = f"https://doi.org/{study.doi}" if study.doi else ""
        quoted = all(mark.kind == "quoted" for cmoc in web.cmocs for mark in cmoc.services)
        return Deck(
            question=self.theory.question or self.theory.title,
            web=web,
            source=study.citation or study.title,
            address=f"{self.address}, {date_format(timezone.localdate(), 'j F Y')}",
            licence=" ".join(filter(None, (doi, licence, marks))),
            summary=self.summary,
            against=self.against,
            services_head="Services quoted" if quoted else "Services",
        )

    def summary(self, number: int) -> str:
        """Say how many of the claims a slide shows, under which filters, and who was not asked."""
        total = self.page.total
        count = f"{number} of {total} claim{'' if total == 1 else 's'}"
        not_asked = [kind.label for kind in self.who.not_asked]
        return " · ".join(
            [
                count,
                *([f"only some are shown: {self.page.summary.partition(', ')[2]}"] if self.page.query else []),
                *([f"not asked: {', '.join(not_asked)}"] if not_asked else []),
            ]
        ).rstrip(".")

    def against(self, outcome: ElementNode | None, cmocs: Sequence[CMOCNode]) -> list[Against]:
        """Return what speaks against some claims, quotes before caveats; that nobody does where there are quotes."""
        claims = [self.claims[cmoc.number] for cmoc in cmocs]
        found = [
            Against(
                f"Against {claim.cmoc}",
                str(claim.countering.quote.speaker),
                like(claim.countering.words, f"“{in_dialogue(claim.countering.words, claim.countering.quote)}”"),
                participants=not claim.countering.quote.of_document,
            )
            for claim in claims
            if claim.countering
        ]
        of_outcome = self.caveats.get(outcome.key, []) if outcome else []
        found += [Against("Against all of these", caveat.locator, caveat.text) for caveat in of_outcome]
        found += [
            Against(f"{claim.cmoc} may not hold", claim.caveat.locator, claim.caveat.text)
            for claim in claims
            if claim.caveat
        ]
        if not found:
            return [Against(self.speaking.none_against, "", "")] if any(claim.quotes for claim in claims) else []
        shown, more = found[:MOST_AGAINST], len(found) - MOST_AGAINST
        if more > 0:
            last = shown[-1]
            who = " · ".join(filter(None, (last.who, f"{more} more in the theory")))
            shown[-1] = Against(last.head, who, last.words, last.participants)
        return shown


def slides_page(request: HttpRequest, theory: Theory) -> SlidesPage:
    """Return the slides of a theory under the filters of the query string."""
    page = theory_page(request, theory, base_url(request))
    numbers = {row.cmoc.number: row.cmoc.pk for row in page.rows}
    keys = [] if page.is_apart else [row.cmoc.pk for row in page.rows]
    return SlidesPage(
        page=page,
        shown=keyset_page(keys, after_which(request, numbers), MOST_IN_ONE),
        speaking=who_speaks(theory, request.user),
        who=who_was_asked(theory, request.user),
        user=request.user,
        address=request.build_absolute_uri(theory.get_absolute_url()) + (f"?{page.query}" if page.query else ""),
    )


def slides_data(_request: HttpRequest, shown: dict[str, Any]) -> PageData:
    """Return the CMOCs on the slides."""
    slides: SlidesPage = shown["slides"]
    cmocs = RecordsShown(CMOC, slides.shown.keys, slides.shown.every)
    return PageData(f"Slides of {shown['theory'].title}", [cmocs], PortionShown.of(slides.shown, slides.after_numbers))


@takes(*PARAMETERS, "after", renamed=CMOCFilterSet.renamed)
@told_as_data(slides_data)
def theory_slides(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the slides of a theory, each with its files."""
    found = get_theory(request, slug)
    slides = slides_page(request, found)
    return TemplateResponse(
        request,
        "programmes/slides.html",
        {"theory": found, "study": found.study, "slides": slides, "page": slides.page, "forms": SLIDE_FORMATS},
        status=400 if slides.page.errors else 200,
    )


@takes(*PARAMETERS, "after", renamed=CMOCFilterSet.renamed)
def slide_file(request: HttpRequest, slug: str, form: str, number: str = "") -> HttpResponse:
    """Return a slide as a file, or all of them as one PDF."""
    if refused := refuse_unknown_parameters(request):
        return refused
    found = get_theory(request, slug)
    slides = slides_page(request, found)
    errors = slides.page.errors or ([TOO_MANY] if slides.page.is_apart else [])
    if errors:
        return HttpResponse("\n".join(errors), status=400, content_type="text/plain; charset=utf-8")
    chosen = slides.slides[int(number) - 1 : int(number)] if number else slides.slides
    if not chosen or number == "0":
        raise Http404(f"There is no slide {number}")
    name = f"{found.slug}-slide-{number}.{form}" if number else f"{found.slug}-slides.{form}"
    return attachment(SLIDE_FORMATS[form].write(chosen), SLIDE_FORMATS[form].media_type, name)
