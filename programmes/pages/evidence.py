"""The quotes behind a theory, narrowed by facets and search, ranked, and each with the configurations it bears on."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.template.response import TemplateResponse

from programmes.filtersets import NOT_GIVEN, QuoteFilterSet, matching_words
from programmes.models import CMOC, CMOCOutcome, Evidence, Quote, Theory
from programmes.models.holdings import holdings_of
from programmes.models.quote_masks import column_read, words_read
from programmes.models.short_names import cmoc_in_words, service_name, with_number
from programmes.models.theory import not_retired
from programmes.pages.as_data import PageData, PortionShown, RecordsShown, told_as_data
from programmes.pages.base import filter_data, get_theory, takes
from programmes.pages.choices import NONE_GIVEN
from programmes.pages.holdings import absence_sentence
from programmes.pages.keyset import KeysetPage, keyset_page
from programmes.pages.voices import Voices, voices_of
from programmes.search.did_you_mean import suggestion
from programmes.search.stems import Ranking, marked, terms_of
from programmes.vocabulary import EvidenceRole, Slot, SourceKind
from programmes.words import Sentence, Suffix

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString

    from programmes.integrity.access import Person

PAGE_SIZE = 50
MOST_OPTIONS = 60  # of one facet
DIGITS = 10  # that no number of a configuration has
MOST_RANKED = 2_000  # quotes that are ranked; those after them follow in printed order
FACETS = ("role", "outcome", "cmoc", "service", "sector", "speaker_role", "document", "slot")
RENAMED = {"q": "quote_q"}
SORTS = {"printed": "printed order", "fit": "best fit", "cmoc": "CMOC", "service": "service"}


@dataclass(frozen=True)
class EvidenceFacts:
    """Pieces of evidence with the same values under every facet, and their quotes; facets count these, not rows."""

    values: dict[str, frozenset[str]]
    quotes: list[int]


@dataclass(frozen=True)
class FacetOption:
    """A value of a facet, with the number of quotes that choosing it would show."""

    value: str
    label: str
    quotes: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """A property of evidence by which the list can be narrowed."""

    name: str
    label: str
    options: list[FacetOption]
    left_out: int = 0  # values that are not listed, of very many

    @property
    def chosen(self) -> list[FacetOption]:
        """Return the values selected in the query string."""
        return [option for option in self.options if option.chosen]


@dataclass(frozen=True)
class QuoteRow:
    """A quote, with its role in each configuration of the theory."""

    quote: Quote
    text: SafeString
    evidence: list[Evidence]


@dataclass(frozen=True)
class EvidencePage:
    rows: list[QuoteRow]
    page: KeysetPage[int]
    after_quotes: dict[str, str]  # the keys of the quotes after which the pages before and after this one begin
    found: int
    total: int
    facets: list[Facet]
    errors: list[str]
    search: str
    sort: str
    sorts: dict[str, str]
    query: str
    voices: Voices

    @property
    def query_of_pages(self) -> str:
        """Return the query string of this list, to which its pages add where they begin."""
        return "&".join(filter(None, [f"sort={self.sort}", self.query]))

    @property
    def chosen(self) -> list[tuple[Facet, FacetOption]]:
        """Return every selected value with its facet."""
        return [(facet, option) for facet in self.facets for option in facet.chosen]


def evidence_page(request: HttpRequest, theory: Theory) -> EvidencePage:
    """Return the quotes behind a theory, filtered by the query string."""
    user = request.user
    data = filter_data(request, (*FACETS, "quote_q"), RENAMED)
    named = [int(number) for number in data.getlist("cmoc") if number.isdecimal() and len(number) < DIGITS]
    every = Evidence.objects.visible_to(user).filter(standing(named, "cmoc"), cmoc__theory=theory)
    facts, labels, voices = facts_of(theory, user, named)
    found: list[int] = []
    key_of: dict[int, str] = {}
    behind = Quote.objects.visible_to(user).filter(pk__in=every.values("quote"))
    of_theory = data.copy()
    of_theory["theory"] = theory.slug
    filterset = QuoteFilterSet(of_theory, behind, request=request)
    errors = [message for messages in filterset.errors.values() for message in messages]
    search = data.get("quote_q", "").strip()
    quotes_with_words = None
    if not errors:
        key_of = dict(filterset.qs.order_by("key", "pk").values_list("pk", "key"))
        found = list(key_of)
        if search:
            quotes_with_words = set(behind.filter(matching_words(search, user, pk=Quote)).values_list("pk", flat=True))
    sort = request.GET.get("sort") or ("fit" if search else "printed")
    if sort not in SORTS:
        errors.append(f"“{sort}” is no order; {suggestion(sort, SORTS)}")
    terms = terms_of(search)
    if sort == "fit":
        found = ranked_by_fit(found, terms, user)
    elif sort in {"cmoc", "service"}:
        first: dict[int, tuple[bool, int, str]] = {}
        for fact in facts:
            rank = min(map(natural_sort_key, fact.values[sort] - {NOT_GIVEN}), default=LAST)
            for quote in fact.quotes:
                first[quote] = min(first.get(quote, rank), rank)
        found.sort(key=lambda quote: first[quote])
    differs = {"printed": True, "fit": bool(search), "cmoc": bool(labels["cmoc"]), "service": bool(labels["service"])}
    after = next((pk for pk, key in key_of.items() if key == request.GET.get("after")), None)
    page = keyset_page([] if errors else found, after, PAGE_SIZE)
    return EvidencePage(
        rows=quote_rows(page.keys, every, terms, user),
        page=page,
        after_quotes={"after": key_of.get(page.after or 0, ""), "back": key_of.get(page.back or 0, "")},
        found=0 if errors else len(found),
        total=len({quote for fact in facts for quote in fact.quotes}),
        facets=facets_of(facts, labels, data, quotes_with_words),
        errors=errors,
        search=search,
        sort=sort,
        sorts={name: label for name, label in SORTS.items() if differs[name] or name == sort},
        query=data.urlencode(),
        voices=voices,
    )


LAST = (True, 0, "~")  # sorts after every value


def natural_sort_key(value: str) -> tuple[bool, int, str]:
    """Return a key that sorts numbers by value, and all of them before any text."""
    return (not value.isdecimal(), int(value) if value.isdecimal() else 0, value)


def standing(named: list[int], cmoc: str = "") -> Q:
    """Return the condition that a configuration, at the end of a path, is not retired, or was named by its number."""
    return not_retired(cmoc) | Q(**{f"{cmoc}__number__in" if cmoc else "number__in": named})


def facts_of(
    theory: Theory, user: Person, named: list[int]
) -> tuple[list[EvidenceFacts], dict[str, dict[str, str]], Voices]:
    """Return the evidence on a theory grouped for the facets, the label of each value of each, and who is heard.

    Retired configurations are left out, but for those that somebody named.
    """
    outcomes: dict[int, set[str]] = defaultdict(set)
    outcome_labels: dict[str, str] = {}
    links = CMOCOutcome.objects.visible_to(user).filter(cmoc__theory=theory).order_by("outcome__label", "pk")
    for cmoc, key, label in links.values_list("cmoc_id", "outcome__key", "outcome__label"):
        outcomes[cmoc].add(key)
        outcome_labels[key] = label
    cmocs = CMOC.objects.visible_to(user).filter(standing(named), theory=theory).order_by("number")
    alike: dict[tuple[Any, ...], EvidenceFacts] = {}
    services: dict[str, str] = {}
    roles: dict[str, str] = {}
    speaker, source = "quote__participant__", "quote__source__"
    columns = ("quote_id", "cmoc_id", "cmoc__number", "role", "slot")
    sectors: dict[str, str] = {}
    documents: dict[int, str] = {}
    slots: set[str] = set()
    speakers: set[tuple[int | None, str | None]] = set()
    of_service = tuple(f"{speaker}service__{name}" for name in ("name", "service_type", "location"))
    of_speaker = (f"{speaker}role", f"{speaker}service__number", *of_service)
    evidence = Evidence.objects.visible_to(user).filter(standing(named, "cmoc"), cmoc__theory=theory).order_by()
    of_sector = (f"{speaker}service__sector_links__sector__key", f"{speaker}service__sector_links__sector__label")
    of_source = (f"{source}kind", f"{source}reference__number", f"{source}reference__title")
    rows = evidence.values_list(f"{speaker}pk", *columns, *of_speaker, *of_sector, *of_source)
    for who, quote, *key in rows:
        cmoc, number, role, slot, speaker_role, service, *called, sector, sector_label, kind, document, title = key
        speakers.add((who, kind))
        of_document = who is None and kind == SourceKind.DOCUMENT
        key.append(of_document)
        fact = alike.get(tuple(key))
        if fact is None:
            values = {
                "role": as_set(role),
                "outcome": frozenset(outcomes[cmoc]),
                "cmoc": as_set(number),
                "service": as_set(service or ("" if of_document else NOT_GIVEN)),
                "sector": as_set(sector),
                "speaker_role": as_set(speaker_role),
                "document": as_set(document or (NOT_GIVEN if of_document else "")),
                "slot": as_set(slot),
            }
            fact = alike[tuple(key)] = EvidenceFacts(values, [])
            services |= {service: with_number(service_name(*called), service)} if service else {}
            roles |= {speaker_role: speaker_role} if speaker_role else {}
            sectors |= {sector: sector_label} if sector else {}
            documents |= {document: title} if document else {}
            slots.add(slot)
        fact.quotes.append(quote)
    facts = list(alike.values())
    some = {name: {NOT_GIVEN in fact.values[name] for fact in facts} == {True, False} for name in NONE_GIVEN}
    none = {name: {NOT_GIVEN: NONE_GIVEN[name]} if some[name] else {} for name in some}
    labels: dict[str, dict[str, str]] = {
        "role": dict(EvidenceRole.choices),
        "outcome": outcome_labels,
        "cmoc": {
            str(number): cmoc_in_words(number, label, title)
            for number, label, title in cmocs.values_list("number", "label", "title")
        },
        "service": {**dict(sorted(services.items())), **none["service"]},
        "sector": dict(sorted(sectors.items(), key=lambda item: item[1])),
        "speaker_role": dict(sorted(roles.items())),
        "document": {
            **{str(number): Sentence(title, " ", Suffix(f"[{number}]")) for number, title in sorted(documents.items())},
            **none["document"],
        },
        "slot": {slot: label for slot, label in Slot.choices if slot in slots},
    }
    return facts, labels, voices_of(speakers)


def as_set(value: Any) -> frozenset[str]:
    """Return the value as text in a set; an empty set for no value."""
    return frozenset([str(value)] if value else [])


FACET_LABELS = {
    "role": "What it does",
    "outcome": "Outcome",
    "cmoc": "CMOC",
    "service": "Service",
    "sector": "Sector",
    "speaker_role": "Role of the speaker",
    "document": "Document",
    "slot": "Part it speaks to",
}


def facets_of(
    facts: list[EvidenceFacts], labels: dict[str, dict[str, str]], data: Any, quotes_with_words: set[int] | None
) -> list[Facet]:
    """Return each facet; an option counts the quotes it would leave under the choices in the other facets."""
    chosen = {name: frozenset(data.getlist(name)) for name in FACETS}
    quotes: dict[tuple[str, str], set[int]] = defaultdict(set)
    for fact in facts:
        bearing = fact.quotes if quotes_with_words is None else quotes_with_words.intersection(fact.quotes)
        failed = [name for name in FACETS if chosen[name] and not chosen[name] & fact.values[name]]
        if len(failed) <= 1:
            for name in failed or FACETS:
                for value in fact.values[name]:
                    quotes[name, value].update(bearing)
    return [
        facet_of(
            name,
            [
                FacetOption(value, label, len(quotes[name, value]), value in chosen[name])
                for value, label in labels[name].items()
            ],
        )
        for name in FACETS
        if labels[name]
    ]


def facet_of(name: str, options: list[FacetOption]) -> Facet:
    """Return a facet; of very many values those that are chosen and those with most quotes are listed, in order."""
    if len(options) <= MOST_OPTIONS:
        return Facet(name, FACET_LABELS[name], options)
    first = sorted(options, key=lambda option: (not option.chosen, -option.quotes))[:MOST_OPTIONS]
    kept = {option.value for option in first}
    return Facet(
        name, FACET_LABELS[name], [entry for entry in options if entry.value in kept], len(options) - len(kept)
    )


def ranked_by_fit(quotes: list[int], terms: list[Any], user: Person) -> list[int]:
    """Return the quotes, best match first."""
    ranking = Ranking(terms)
    ranked = Quote.objects.filter(pk__in=quotes[:MOST_RANKED])
    texts = dict(ranked.values_list("pk", column_read(user, "text")))
    return sorted(quotes[:MOST_RANKED], key=lambda quote: -ranking.fit("", texts[quote])) + quotes[MOST_RANKED:]


def quote_rows(quotes: list[int], every: Any, terms: list[Any], user: Person) -> list[QuoteRow]:
    """Return the quotes in this order, each with its evidence and with the search terms highlighted."""
    shown = (
        Quote.objects.select_related("study", "participant__service", "source__reference")
        .defer("source__text")
        .in_bulk(quotes)
    )
    by_quote: dict[int, list[Evidence]] = defaultdict(list)
    for entry in every.filter(quote__in=quotes).select_related("cmoc").order_by("cmoc__number"):
        by_quote[entry.quote_id].append(entry)
    return [QuoteRow(shown[quote], marked(words_read(shown[quote], user), terms), by_quote[quote]) for quote in quotes]


def evidence_data(_request: HttpRequest, shown: dict[str, Any]) -> PageData:
    """Return the quotes in the order of the page."""
    page: EvidencePage = shown["page"]
    quotes = RecordsShown(Quote, page.page.keys, page.page.every)
    return PageData(f"Quotes behind {shown['theory'].title}", [quotes], PortionShown.of(page.page, page.after_quotes))


@takes(*FACETS, "quote_q", "sort", "after", renamed=RENAMED)
@told_as_data(evidence_data)
def evidence_list(request: HttpRequest, slug: str) -> HttpResponse:
    theory = get_theory(request, slug)
    page = evidence_page(request, theory)
    status = 400 if page.errors else 200
    missing = "" if page.total else absence_sentence(holdings_of(theory, request.user), "quotes", theory.study)
    shown = {"page": page, "theory": theory, "study": theory.study, "missing": missing}
    return TemplateResponse(request, "programmes/evidence.html", shown, status=status)
