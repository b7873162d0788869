"""The page of one configuration, which is the unit people cite."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from programmes.diagrams.paths import LitPath, path_name, paths_in, picture_for_screen
from programmes.formats.cards import card_png
from programmes.models import (
    CMOC,
    Caveat,
    CMOCBeneficiary,
    CMOCLink,
    EditorialMark,
    Evidence,
    Memo,
    Reading,
    Service,
    SubstantiveTheoryLink,
)
from programmes.models.configuration import ELEMENTS, ITSELF, Part, Parts, parts_of_theory
from programmes.models.holdings import holdings_of
from programmes.models.short_names import cmoc_name
from programmes.models.slots import BESIDE, FilledSlot, columns_of, slots_from, slots_said
from programmes.pages.as_data import told_as_data
from programmes.pages.base import base_url
from programmes.pages.cmoc_data import cmoc_data
from programmes.pages.holdings import absence_sentences
from programmes.pages.lineage import DecisionRow, decision_rows
from programmes.pages.reviews import ReviewProgress, review_progress
from programmes.pages.sharing import card_of_cmoc, share_of_cmoc
from programmes.pages.statement_spans import StatementPiece, statement_pieces
from programmes.pages.voices import voices_of
from programmes.pages.web import CMOCRow, web_of
from programmes.vocabulary import CMOCStatus, EvidenceRole, Hedge, Holding, LineageKind, ReadingKind, Reporting
from programmes.words import Sentence

if TYPE_CHECKING:
    from collections.abc import Callable

    from programmes.diagrams.layout import Picture
    from programmes.integrity.access import Person

PLAIN_ROLES = {EvidenceRole.SUPPORTS: "for", EvidenceRole.COUNTERS: "against"}
MOST_NEIGHBOURS = 12  # that are shown unfolded
MOST_DRAWN = 7  # neighbours in the small picture


@dataclass(frozen=True)
class EvidenceGroup:
    role: EvidenceRole
    evidence: list[Evidence]

    @property
    def heading(self) -> str:
        """Return, for example, "2 quotes for it", or "1 quote that refines it"."""
        number = len(self.evidence)
        quotes = "1 quote" if number == 1 else f"{number} quotes"
        if self.role in PLAIN_ROLES:
            return f"{quotes} {PLAIN_ROLES[self.role]} it"
        does = self.role.label.lower()
        return f"{quotes} that {does if number == 1 else does[:-1]} it"


@dataclass(frozen=True)
class Sibling:
    """Another configuration of the same theory."""

    number: int
    name: str
    title: str


@dataclass(frozen=True)
class Neighbour:
    """A configuration that shares a context, mechanism or outcome with this one."""

    cmoc: Sibling
    shared: list[Sentence]


@dataclass(frozen=True)
class CMOCPage:
    cmoc: CMOC
    parts: Parts
    slots: list[FilledSlot]
    statement: list[StatementPiece]
    groups: list[EvidenceGroup]
    beneficiaries: list[CMOCBeneficiary]
    services_quoted: list[Service]
    caveats: list[Caveat]
    readings: list[Reading]
    substantive_theories: list[SubstantiveTheoryLink]
    links: list[CMOCLink]
    notes: list[Memo]
    neighbours: list[Neighbour]
    siblings: list[Sibling]  # all of the theory, itself too
    previous: Sibling | None
    following: Sibling | None
    out_of: int | None  # how many there are, where its number says which of them it is
    standing: ReviewProgress
    decisions: list[DecisionRow]
    holds: dict[str, str]  # what the theory holds, where the page has no statement or no quote
    hidden_quotes: bool  # whether there are quotes on it that the reader may not see
    draw: Callable[[], tuple[Picture, LitPath] | None]

    @property
    def plain(self) -> Reading | None:
        """Return it in plain words, if a curator has put it so."""
        return next((reading for reading in self.readings if reading.kind == ReadingKind.PLAIN_SUMMARY), None)

    @property
    def other_readings(self) -> list[Reading]:
        """Return what curators read in it besides."""
        return [reading for reading in self.readings if reading is not self.plain]

    @property
    def against(self) -> EvidenceGroup | None:
        """Return the quotes that speak against it, if there are any."""
        return next((group for group in self.groups if group.role == EvidenceRole.COUNTERS), None)

    @property
    def for_and_against(self) -> list[EvidenceGroup]:
        """Return the quotes by what they do; those against it stand last, beside the others."""
        return sorted(self.groups, key=lambda group: group is self.against)

    @cached_property
    def web(self) -> tuple[Picture, LitPath] | None:
        """Return it among its neighbours, with its path, which only its page shows."""
        return self.draw()

    @property
    def quotes_for(self) -> int:
        """Return how many quotes do not speak against it."""
        return sum(len(group.evidence) for group in self.groups if group is not self.against)

    @property
    def who_said(self) -> list[str]:
        """Return in few words what is known of who acts or benefits, and where; in which way it is not."""
        stated = self.cmoc.services_reporting not in {"", Reporting.REPORTED}
        services = len(self.services_quoted)
        return [
            *(link.population.label for link in self.beneficiaries),
            *([f"{services} service{'' if services == 1 else 's'} quoted"] if services else []),
            *([f"stated relevant: {self.cmoc.get_services_reporting_display().lower()}"] if stated else []),
        ]

    @property
    def nobody_against(self) -> str:
        """Return what stands where no quote speaks against it."""
        quotes = [evidence.quote for group in self.groups for evidence in group.evidence]
        kinds = ((quote.participant_id, quote.source.kind if quote.source else None) for quote in quotes)
        return voices_of(kinds).none_against(hidden=self.hidden_quotes)

    @property
    def all_marked(self) -> bool:
        """Say whether every slot that has parts is marked in the statement, so that the parts need not be repeated."""
        marked = {name for name, _ in self.marked}
        return all(slot.name in marked for slot in self.slots)

    @property
    def nearest(self) -> list[Neighbour]:
        """Return its neighbours, of very many those that share most with it."""
        return sorted(nearest_of(self.neighbours)[:MOST_NEIGHBOURS], key=lambda entry: entry.cmoc.number)

    @property
    def further(self) -> list[Neighbour]:
        """Return its other neighbours, which are folded away."""
        near = {entry.cmoc.number for entry in self.nearest}
        return [entry for entry in self.neighbours if entry.cmoc.number not in near]

    @property
    def services_stated(self) -> bool:
        """Say whether anything is known of the services that it is stated relevant to."""
        words = self.cmoc.services_reporting not in {"", Reporting.REPORTED} or self.cmoc.services_as_extracted
        return bool(words or self.parts["services"])

    @property
    def people_stated(self) -> bool:
        """Say whether anything is known of the people that it is stated relevant to."""
        return self.cmoc.people_reporting not in {"", Reporting.REPORTED} or bool(self.cmoc.people_as_extracted)

    @property
    def tells_who(self) -> bool:
        """Say whether anything is known of who acts or benefits, or where."""
        known = (self.actors, self.beneficiaries, self.services_quoted)
        return any(known) or self.services_stated or self.people_stated

    @property
    def missing_statement(self) -> str:
        """Return in which way the statement is missing, where that is known."""
        if self.cmoc.statement_reporting:
            return f"Statement: {self.cmoc.get_statement_reporting_display().lower()}"
        return absence_sentences(self.holds, self.cmoc.theory.study).get("statements", "")

    @property
    def missing_quotes(self) -> str:
        """Return in which way quotes are missing."""
        return absence_sentences(self.holds, self.cmoc.theory.study).get("quotes", "No quote is shown for this CMOC.")

    @property
    def hedge(self) -> str:
        """Return how firmly it is put, where that is known."""
        return "" if self.cmoc.hedge == Hedge.UNKNOWN else self.cmoc.get_hedge_display()

    @property
    def shows_context(self) -> bool:
        """Say whether a slot is explained by what the authors count as context."""
        return any(slot.name == "context" for slot in self.slots)

    @property
    def marked(self) -> list[tuple[str, str]]:
        """Return the slots whose parts are marked in the statement, with their heads."""
        return list(dict.fromkeys((piece.slot, piece.label) for piece in self.statement if piece.slot))

    @property
    def actors(self) -> list[Part]:
        """Return who acts, where the form of the theory has no slot for it."""
        return [] if any(slot.name == BESIDE for slot in self.slots) else self.parts["actors"]

    @property
    def namesakes(self) -> list[Sibling]:
        """Return the others of the theory that are called the same: a source may print a label twice."""
        return [other for other in self.siblings if other.name == self.cmoc.name and other.number != self.cmoc.number]

    @property
    def origin(self) -> str:
        """Return where it stands in the source."""
        return ", ".join(filter(None, (self.cmoc.locator, self.cmoc.figure)))

    @property
    def successors(self) -> list[CMOC]:
        """Return what a configuration was merged or split into, by the decision now in effect."""
        ending = {LineageKind.MERGE, LineageKind.SPLIT, LineageKind.RETIRE}
        rows = [row for row in self.decisions if row.kind in ending and self.cmoc in row.before and not row.reversed_by]
        return [cmoc for row in rows[-1:] for cmoc in row.after if cmoc != self.cmoc]


def cmoc_page(cmoc: CMOC, user: Person) -> CMOCPage:
    everybody = parts_of_theory(cmoc.theory_id, user)
    parts = everybody.get(cmoc.pk, Parts())
    siblings = {
        other: Sibling(int(part.key), cmoc_name(part.key, part.wording), part.label)
        for other, its in everybody.items()
        for part in its[ITSELF]
        if part.detail != CMOCStatus.RETIRED or other == cmoc.pk
    }
    others = sorted(siblings.values(), key=lambda sibling: sibling.number)
    index = others.index(siblings[cmoc.pk])
    evidence = list(
        Evidence.objects.visible_to(user)
        .filter(cmoc=cmoc)
        .select_related("quote__study", "quote__participant__service", "quote__source__reference")
        .defer("quote__source__text")
        .order_by("position", "pk")
    )
    marks = defaultdict(list)
    quotes = [entry.quote_id for entry in evidence]
    for mark in EditorialMark.objects.visible_to(user).filter(quote__in=quotes).order_by("position", "pk"):
        marks[mark.quote_id].append(mark)
    for entry in evidence:
        entry.quote.marks = marks[entry.quote_id]  # type: ignore[attr-defined]  # for the template
    neighbours = neighbours_of(cmoc, siblings, everybody)
    slots = slots_said(slots_from(cmoc, parts, columns_of(cmoc.theory.form, [(cmoc, parts)])))
    return CMOCPage(
        cmoc=cmoc,
        parts=parts,
        slots=slots,
        statement=statement_pieces(cmoc.statement, slots),
        groups=[
            EvidenceGroup(role, chosen)
            for role in EvidenceRole
            if (chosen := [entry for entry in evidence if entry.role == role])
        ],
        beneficiaries=beneficiaries_of(cmoc, user) if parts["beneficiaries"] else [],
        services_quoted=services_of(evidence),
        caveats=list(
            Caveat.objects.visible_to(user)
            .filter(cmoc=cmoc)
            .select_related("outcome", "refutes")
            .order_by("number", "pk")
        ),
        readings=list(Reading.objects.visible_to(user).filter(cmoc=cmoc).order_by("kind", "pk")),
        substantive_theories=list(
            SubstantiveTheoryLink.objects.visible_to(user)
            .filter(cmoc=cmoc)
            .select_related("substantive_theory")
            .order_by("substantive_theory__name", "pk")
        ),
        links=list(
            CMOCLink.objects.visible_to(user)
            .filter(Q(source_cmoc=cmoc) | Q(target_cmoc=cmoc))
            .select_related("source_cmoc", "source_outcome", "target_cmoc", "target_outcome", "target_context")
            .order_by("number", "pk")
        ),
        siblings=others,
        notes=list(Memo.objects.visible_to(user).filter(cmoc=cmoc).order_by("key", "pk")),
        neighbours=neighbours,
        previous=others[index - 1] if index else None,
        following=others[index + 1] if index + 1 < len(others) else None,
        out_of=len(others) if [other.number for other in others] == [*range(1, len(others) + 1)] else None,
        standing=review_progress(cmoc.theory, [cmoc], everybody, user)[cmoc.pk],
        decisions=decision_rows(cmoc.theory, user, cmoc),
        holds=holdings_of(cmoc.theory, user) if not (cmoc.statement and evidence) else {},
        hidden_quotes=Evidence.objects.filter(cmoc=cmoc).count() > len(evidence),
        draw=lambda: small_web(cmoc, everybody, nearest_of(neighbours)[:MOST_DRAWN], user),
    )


def small_web(
    cmoc: CMOC, everybody: dict[int, Parts], neighbours: list[Neighbour], user: Person
) -> tuple[Picture, LitPath] | None:
    """Return a configuration among the neighbours that are nearest to it; none where it has no parts to draw."""
    numbers = [cmoc.number, *(neighbour.cmoc.number for neighbour in neighbours)]
    cmocs = CMOC.objects.visible_to(user).filter(theory=cmoc.theory_id, number__in=numbers).select_related("group")
    rows = {found.pk: CMOCRow(found, everybody.get(found.pk, Parts())) for found in cmocs.order_by("number", "pk")}
    against = Evidence.objects.visible_to(user).filter(cmoc__in=rows, role=EvidenceRole.COUNTERS)
    for key, number in against.order_by().values_list("cmoc").annotate(Count("pk")):
        rows[key].roles[EvidenceRole.COUNTERS] = number
    web = web_of(cmoc.theory, list(rows.values()), {}, holds={"quotes": Holding.LOADED})
    if not web.heads or not any(web.boxes.values()):
        return None
    picture = picture_for_screen(web)
    return picture, next(path for path in paths_in(picture) if path.name == path_name("cmoc", cmoc.number))


def nearest_of(neighbours: list[Neighbour]) -> list[Neighbour]:
    """Return neighbours, those first that share most."""
    return sorted(neighbours, key=lambda entry: (-len(entry.shared), entry.cmoc.number))


def beneficiaries_of(cmoc: CMOC, user: Person) -> list[CMOCBeneficiary]:
    """Return who benefits, with what curators noted on it."""
    rows = CMOCBeneficiary.objects.visible_to(user).filter(cmoc=cmoc).select_related("population")
    return list(rows.order_by("position", "pk"))


def services_of(evidence: list[Evidence]) -> list[Service]:
    """Return each service of which somebody is quoted."""
    participants = [entry.quote.participant for entry in evidence]
    found = {entry.service.number: entry.service for entry in participants if entry is not None and entry.service}
    return [service for _, service in sorted(found.items())]


def neighbours_of(cmoc: CMOC, siblings: dict[int, Sibling], everybody: dict[int, Parts]) -> list[Neighbour]:
    """Return the configurations that share an element with this one, and which elements they share."""
    own = everybody.get(cmoc.pk, Parts())
    found = []
    for other, sibling in sorted(siblings.items(), key=lambda item: item[1].number):
        shared = [
            Sentence(f"same {kind.name}: ", part.label)
            for kind in ELEMENTS
            for part in kind.of(own)
            if any(part.key == theirs.key for theirs in kind.of(everybody[other]))
        ]
        if shared and other != cmoc.pk:
            found.append(Neighbour(sibling, shared))
    return found


def get_cmoc(request: HttpRequest, slug: str, number: int) -> CMOC:
    """Return a configuration, or raise Http404 where it does not exist for this reader."""
    rows = CMOC.objects.visible_to(request.user).select_related("theory__study__programme", "group")
    return get_object_or_404(rows, theory__slug=slug, number=number)


@told_as_data(cmoc_data)
def cmoc_detail(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show a configuration with its evidence and caveats."""
    found = get_cmoc(request, slug, number)
    page = cmoc_page(found, request.user)
    context = {
        "page": page,
        "cmoc": found,
        "theory": found.theory,
        "study": found.theory.study,
        "share": share_of_cmoc(found, page, base_url(request)),
    }
    return TemplateResponse(request, "programmes/cmoc.html", context)


def cmoc_card(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Return the preview image that social networks show beside a link to a configuration."""
    found = get_cmoc(request, slug, number)
    return HttpResponse(card_png(card_of_cmoc(found, cmoc_page(found, request.user))), content_type="image/png")
