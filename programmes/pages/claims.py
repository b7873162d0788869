"""What a theory claims, by outcome: each claim in plain words, beside it who speaks for it and what against it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, Count, ExpressionWrapper, OuterRef, Q, Subquery

from programmes.filtersets import CMOCFilterSet
from programmes.models import (
    CMOC,
    Caveat,
    CMOCOutcome,
    Evidence,
    Reading,
    Service,
    Theory,
)
from programmes.models.holdings import holdings_of
from programmes.models.quote_masks import words_read
from programmes.models.short_names import cut_between_words
from programmes.models.theory import not_retired
from programmes.pages.base import FilterChoice, filter_data
from programmes.pages.choices import (
    PARAMETERS,
    choices_of_cmocs,
    choices_of_evidence,
    options_of,
    said_of,
)
from programmes.pages.holdings import absence_sentence
from programmes.pages.keyset import KeysetPage, after_which, keyset_page
from programmes.pages.own_setting import can_be_read_from_a_setting
from programmes.pages.voices import Voices, voices_of
from programmes.pages.web import STATUS_WORDS
from programmes.pages.who_was_asked import ServiceHeard, WhoWasAsked, who_was_asked
from programmes.vocabulary import CMOCStatus, EvidenceRole, Holding, ReadingKind, Reporting

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from django.http import HttpRequest

    from programmes.integrity.access import Person
    from programmes.models import Outcome, Quote

PAGE_SIZE = 30
LONGEST_VOICE = 240  # letters of a quote or a caveat that are shown beside a claim; all of it is one press away


@dataclass(frozen=True)
class ClaimVoice:
    """A quote beside a claim: as much of its words as there is room for."""

    quote: Quote
    said: str  # by the reader of the page
    role: str
    chosen: bool  # whether it is what the reader asked for

    @property
    def words(self) -> str:
        """Return the beginning of what is said."""
        return cut_between_words(self.said, LONGEST_VOICE)


@dataclass
class Claim:
    """A configuration as a claim."""

    cmoc: CMOC
    reading: Reading | None = None
    others: list[Outcome] = field(default_factory=list)  # the outcomes beside that of its group
    roles: Counter[str] = field(default_factory=Counter)
    services: list[ServiceHeard] = field(default_factory=list)
    supporting: ClaimVoice | None = None
    countering: ClaimVoice | None = None
    caveat: Caveat | None = None
    caveats: int = 0

    @property
    def claimed(self) -> str:
        """Return it in plain words; where nobody has put it so the statement, or at least the title."""
        if self.reading:
            return self.reading.text
        return self.cmoc.statement or self.cmoc.title

    @property
    def statement(self) -> str:
        """Return the statement where the sentence is another one."""
        return self.cmoc.statement if self.reading else ""

    @property
    def missing(self) -> str:
        """Return in which way the statement is missing, where there is nothing to say instead."""
        reporting = self.cmoc.statement_reporting
        return Reporting(reporting).label if reporting and not self.claimed else ""

    @property
    def status_word(self) -> str:
        """Return the word for a claim that no longer stands as it was put."""
        return STATUS_WORDS.get(self.cmoc.status, "")

    @property
    def quotes(self) -> int:
        """Return how many quotes bear on it."""
        return self.roles.total()

    @property
    def more_for(self) -> int:
        """Return how many quotes beside the one shown do not speak against it."""
        return self.quotes - self.roles[EvidenceRole.COUNTERS] - bool(self.supporting)

    @property
    def more_against(self) -> int:
        """Return how many quotes against it and caveats are not shown here."""
        shown = bool(self.countering) + bool(self.caveat)
        return self.roles[EvidenceRole.COUNTERS] + self.caveats - shown

    @property
    def caveat_words(self) -> str:
        """Return the beginning of its first caveat."""
        return cut_between_words(self.caveat.text, LONGEST_VOICE) if self.caveat else ""


@dataclass(frozen=True)
class Speaking:
    """Who is quoted on a theory, people or documents, and what is said where none of them speaks against a claim."""

    voices: Voices
    hidden_quotes: bool  # whether the theory has quotes that the reader may not see

    @property
    def none_against(self) -> str:
        """Return what stands where no quote speaks against a claim."""
        return self.voices.none_against(hidden=self.hidden_quotes)


@dataclass
class ClaimGroup:
    """The claims that lead to one outcome."""

    outcome: Outcome | None
    claims: list[Claim] = field(default_factory=list)
    caveats: list[Caveat] = field(default_factory=list)  # on the outcome as a whole
    number: int = 0  # of all its claims, of which some may be on another page


@dataclass
class ClaimsPage:
    theory: Theory
    groups: list[ClaimGroup]
    page: KeysetPage[int]
    total: int
    left_out: int  # retired ones, which nobody asked for
    who: WhoWasAsked
    caveats: list[Caveat]  # on the theory as a whole
    choices: list[FilterChoice]
    of_evidence: list[FilterChoice]
    too_many: list[str]  # filters with more to choose from than a page can hold
    errors: list[str]
    query: str
    search: str
    quote_search: str
    holds: dict[str, str]
    from_setting: bool
    speaking: Speaking
    after_numbers: dict[str, int | str]  # the numbers by which an address names where pages begin

    @property
    def quotes(self) -> bool:
        """Say whether the theory has quotes that the reader may see."""
        return self.holds["quotes"] == Holding.LOADED

    @property
    def services(self) -> bool:
        """Say whether the study has services that the reader may see."""
        return self.holds["services"] == Holding.LOADED

    @property
    def missing_quotes(self) -> str:
        """Return why there are no quotes to show, in one sentence for the whole page."""
        return "" if self.quotes else absence_sentence(self.holds, "quotes", self.theory.study)

    @property
    def has_against(self) -> bool:
        """Say whether anything stands against a claim, or may: without quotes and caveats there is no such column."""
        return self.quotes or any(claim.caveat for group in self.groups for claim in group.claims)

    @property
    def signatures(self) -> list[tuple[str, date]]:
        """Return who put claims in plain words, and when."""
        readings = [claim.reading for group in self.groups for claim in group.claims if claim.reading]
        return list(dict.fromkeys((reading.signed_by, reading.signed_date) for reading in readings))


def claims_page(request: HttpRequest, theory: Theory) -> ClaimsPage:
    """Return the claims of a theory, filtered by the query string, from the one after which the reader goes on."""
    user = request.user
    data = filter_data(request, PARAMETERS, CMOCFilterSet.renamed)
    every = CMOC.objects.visible_to(user).filter(theory=theory)
    found_rows = every.order_by().values_list("pk", "number", "status", "group__number")
    rows = [row[:3] for row in theory.in_own_order(found_rows, lambda row: (row[3], row[1]))]
    standing = [pk for pk, _, status in rows if status != CMOCStatus.RETIRED]
    errors: list[str] = []
    kept, bearing = standing, None
    if data:
        filterset = CMOCFilterSet(data, every, request=request)
        if filterset.is_valid():
            found = set(filterset.qs.values_list("pk", flat=True))
            kept = [pk for pk, *_ in rows if pk in found]
            if any(data.get(name) for name in (*filterset.of_evidence, *filterset.of_quote)):
                bearing = filterset.bearing()
        else:
            kept, errors = [], [message for messages in filterset.errors.values() for message in messages]
    with_retired = CMOCStatus.RETIRED in data.getlist("status")
    outcomes = outcomes_of(theory, user)
    in_order = by_outcome(kept, outcomes)
    page = keyset_page(in_order, after_which(request, {number: pk for pk, number, _ in rows}), PAGE_SIZE)
    named: dict[int, int | str] = {pk: number for pk, number, _ in rows}
    claims = claims_of(page.keys, user, bearing)
    holds = holdings_of(theory, user) | holdings_of(theory.study, user)
    choices, too_many = choices_of_cmocs(options_of(theory, user), data)
    caveats = caveats_beside(theory, user)
    return ClaimsPage(
        theory=theory,
        groups=groups_of_claims(claims, outcomes, in_order, caveats),
        page=page,
        total=len(rows if with_retired else standing),
        left_out=0 if with_retired else len(rows) - len(standing),
        who=who_was_asked(theory, user),
        caveats=[] if data else [caveat for caveat in caveats if caveat.outcome_id is None],
        choices=choices,
        of_evidence=choices_of_evidence(said_of(theory, user), data),
        too_many=too_many,
        errors=errors,
        query=data.urlencode(),
        search=data.get("q", ""),
        quote_search=data.get("quote_q", ""),
        holds=holds,
        from_setting=can_be_read_from_a_setting(theory, user),
        speaking=who_speaks(theory, user),
        after_numbers={"after": named.get(page.after or 0, ""), "back": named.get(page.back or 0, "")},
    )


def who_speaks(theory: Theory, user: Person) -> Speaking:
    """Return who is quoted on a theory, as far as the reader may see."""
    evidence = Evidence.objects.visible_to(user).filter(not_retired("cmoc"), cmoc__theory=theory).order_by()
    of_people = ExpressionWrapper(Q(quote__participant__isnull=False), output_field=BooleanField())
    kinds = evidence.annotate(of_people=of_people).values_list("of_people", "quote__source__kind").distinct()
    return Speaking(
        voices_of((1 if of_people else None, kind) for of_people, kind in kinds), has_hidden_quotes(theory, user)
    )


def has_hidden_quotes(theory: Theory, user: Person) -> bool:
    """Say whether there are quotes on a theory that this person may not see."""
    of_theory = Evidence.objects.filter(not_retired("cmoc"), cmoc__theory=theory).order_by()
    return of_theory.exclude(pk__in=Evidence.objects.visible_to(user).filter(cmoc__theory=theory).values("pk")).exists()


def outcomes_of(theory: Theory, user: Person) -> dict[int, list[Outcome]]:
    """Return the outcomes of each configuration, in their order."""
    links = CMOCOutcome.objects.visible_to(user).filter(cmoc__theory=theory).select_related("outcome")
    found: dict[int, list[Outcome]] = defaultdict(list)
    for link in links.order_by("position", "pk"):
        link.outcome.theory = theory
        found[link.cmoc_id].append(link.outcome)
    return found


def by_outcome(cmocs: Sequence[int], outcomes: dict[int, list[Outcome]]) -> list[int]:
    """Return configurations outcome by outcome, in the order in which the theory comes to the outcomes."""
    groups: dict[int | None, list[int]] = {}
    for cmoc in cmocs:
        groups.setdefault(first_outcome(cmoc, outcomes), []).append(cmoc)
    without = groups.pop(None, [])
    return [cmoc for group in (*groups.values(), without) for cmoc in group]


def first_outcome(cmoc: int, outcomes: dict[int, list[Outcome]]) -> int | None:
    """Return the outcome under which a configuration stands, if it has one."""
    return outcomes[cmoc][0].pk if outcomes.get(cmoc) else None


def claims_of(keys: list[int], user: Person, bearing: Any) -> dict[int, Claim]:
    """Return configurations as claims, each with the first voice in each role, by key and in this order."""
    evidence = Evidence.objects.visible_to(user)
    voices = {
        "first_for": first_of(evidence, EvidenceRole.SUPPORTS),
        "refining": first_of(evidence, EvidenceRole.REFINES),
        "illustrating": first_of(evidence, EvidenceRole.ILLUSTRATES),
        "first_against": first_of(evidence, EvidenceRole.COUNTERS),
    }
    if bearing is not None:
        voices |= {
            "asked_for": first_of(bearing.exclude(role=EvidenceRole.COUNTERS)),
            "asked_against": first_of(bearing, EvidenceRole.COUNTERS),
        }
    rows = CMOC.objects.visible_to(user).filter(pk__in=keys).select_related("group").annotate(**voices).in_bulk()
    found = {key: Claim(rows[key]) for key in keys}
    readings = Reading.objects.visible_to(user).filter(cmoc__in=keys, kind=ReadingKind.PLAIN_SUMMARY)
    for reading in readings:
        found[reading.cmoc_id].reading = reading
    add_voices(found, evidence, voices, user)
    add_services(found, evidence)
    caveats = Caveat.objects.visible_to(user).filter(cmoc__in=keys)
    for caveat in caveats.order_by("-number", "-pk"):  # the last that is read is the first of all
        claim = found[caveat.cmoc_id or 0]
        claim.caveat, claim.caveats = caveat, claim.caveats + 1
    return found


def first_of(evidence: Any, role: EvidenceRole | None = None) -> Subquery:
    """Return, for a query of configurations, the first piece of evidence on each, of a role."""
    rows = evidence.filter(cmoc=OuterRef("pk"), **({"role": role} if role else {}))
    return Subquery(rows.order_by("position", "pk").values("pk")[:1])


def add_voices(claims: dict[int, Claim], evidence: Any, voices: dict[str, Subquery], user: Person) -> None:
    """Put to each claim one voice for it and one against it: those that the reader asked for before others."""
    wanted = {getattr(claim.cmoc, name) for claim in claims.values() for name in voices} - {None}
    spoken = evidence.select_related("quote__study", "quote__participant__service", "quote__source__reference").defer(
        "quote__source__text"
    )
    by_key = spoken.in_bulk(list(wanted))

    def voice(claim: Claim, *names: str) -> ClaimVoice | None:
        for name in names:
            if key := getattr(claim.cmoc, name, None):
                quote = by_key[key].quote
                return ClaimVoice(quote, words_read(quote, user), by_key[key].role, chosen=name.startswith("asked"))
        return None

    for claim in claims.values():
        claim.supporting = voice(claim, "asked_for", "first_for", "refining", "illustrating")
        claim.countering = voice(claim, "asked_against", "first_against")


def add_services(claims: dict[int, Claim], evidence: Any) -> None:
    """Count the quotes on each claim by role, and name the services whose people speak."""
    service = "quote__participant__service"
    counted = evidence.filter(cmoc__in=claims).order_by().values_list("cmoc", "role", service).annotate(Count("pk"))
    roles: dict[int, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for cmoc, role, key, number in counted:
        claims[cmoc].roles[role] += number
        if key:
            roles[cmoc][key].add(role)
    every = {key for of_claim in roles.values() for key in of_claim}
    services = Service.objects.select_related("study").in_bulk(every) if every else {}
    for cmoc, of_claim in roles.items():
        heard = [ServiceHeard(services[key], frozenset(does)) for key, does in of_claim.items()]
        claims[cmoc].services = sorted(heard, key=lambda entry: (entry.service.number, entry.service.pk))


def caveats_beside(theory: Theory, user: Person) -> list[Caveat]:
    """Return the caveats on outcomes, and on the theory as a whole."""
    rows = Caveat.objects.visible_to(user).filter(theory=theory, cmoc=None).select_related("outcome", "refutes")
    return list(rows.order_by("number", "pk"))


def groups_of_claims(
    claims: dict[int, Claim], outcomes: dict[int, list[Outcome]], in_order: Sequence[int], caveats: list[Caveat]
) -> list[ClaimGroup]:
    """Return the claims under their outcomes, with what is said against an outcome as a whole."""
    numbers = Counter(first_outcome(key, outcomes) for key in in_order)
    groups: dict[int | None, ClaimGroup] = {}
    for key, claim in claims.items():
        own = outcomes.get(key, [])
        claim.others = own[1:]
        first = own[0] if own else None
        under = first_outcome(key, outcomes)
        groups.setdefault(under, ClaimGroup(first, number=numbers[under])).claims.append(claim)
    for caveat in caveats:
        if caveat.outcome_id in groups:
            groups[caveat.outcome_id].caveats.append(caveat)
    return list(groups.values())
