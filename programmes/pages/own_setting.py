"""A theory read from the reader's own setting: what services like theirs report, and what nobody like them was asked.

Whether a service is like the reader's has three answers, since sources leave much unsaid: yes, perhaps, no.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef
from django.template.response import TemplateResponse

from programmes.models import (
    CMOC,
    Caveat,
    CMOCOutcome,
    CMOCService,
    Delivery,
    DeliveryMode,
    Evidence,
    Outcome,
    PersonKind,
    Population,
    Reading,
    Sector,
    Service,
    ServiceSector,
    Theory,
)
from programmes.models.configuration import Parts, parts_of_theory
from programmes.models.theory import not_retired
from programmes.pages.as_data import told_as_data
from programmes.pages.base import FilterChoice, filter_choice, filter_data, get_theory, takes
from programmes.pages.keyset import KeysetPage, after_which, keyset_page
from programmes.pages.setting_data import setting_data
from programmes.pages.theory_list import count_by
from programmes.search.did_you_mean import shown, suggestion
from programmes.vocabulary import Asked, Basis, EvidenceRole, Offered, ReadingKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import HttpRequest, HttpResponse

    from programmes.integrity.access import Person

NAMES = ("sector", "delivery", "who", "outcome")
MOST_OUTCOMES = 100  # to choose from
MOST_ROWS = 30  # of one answer on the page; those after them stand on a page of their own


class Likeness(IntEnum):
    """Whether something is like the reader's setting."""

    NO = 0
    PERHAPS = 1  # the source does not say, or not clearly
    YES = 2


@dataclass
class Voice:
    """What the people of one service say about one CMOC."""

    service: Service
    likeness: Likeness
    quotes: int = 0
    counters: int = 0
    stated: bool = False  # the CMOC is stated relevant to the service


@dataclass
class SettingRow:
    """A CMOC as seen from the reader's setting."""

    cmoc: CMOC
    likeness: Likeness
    meant: Likeness  # for the people whom the reader thinks of
    summary: str
    people: list[str]
    voices: list[Voice] = field(default_factory=list)
    caveats: int = 0

    @property
    def alike(self) -> list[Voice]:
        """Return the services that are, or may be, like the reader's."""
        return [voice for voice in self.voices if voice.likeness > Likeness.NO]

    @property
    def others(self) -> list[Voice]:
        """Return the services that are unlike the reader's."""
        return [voice for voice in self.voices if voice.likeness == Likeness.NO]


@dataclass(frozen=True)
class SettingGroup:
    """CMOCs with the same answer for the reader's setting."""

    name: str
    title: str
    meaning: str
    rows: list[SettingRow]
    found: int = 0  # how many have this answer, of which some may stand on another page


@dataclass(frozen=True)
class SettingPage:
    choices: list[FilterChoice]
    errors: list[str]
    summary: str
    groups: list[SettingGroup]
    alike: list[Service]
    perhaps: list[Service]
    silent: list[Service]
    services: int
    by_service: bool  # whether the reader said what kind of service theirs is, and not only whom they think of
    told: bool  # whether anything ties a CMOC to a service, so that there is something to read
    not_asked: Sequence[PersonKind] = ()  # kinds of people whom the study did not ask
    not_asked_like: str = ""  # that of those whom the reader thinks of, if they are among them
    outcome: str = ""  # the label of the outcome that the reader wonders about
    page: KeysetPage[int] | None = None  # of the one answer that is shown, if it is one
    after_numbers: Mapping[str, int | str] = field(default_factory=dict)
    query: str = ""
    search: str = ""

    @property
    def query_of_answer(self) -> str:
        """Return the query string of the one answer that is shown, to which its pages add where they begin."""
        return f"{self.query}&answer={self.groups[0].name}"

    @property
    def asks_setting(self) -> bool:
        """Say whether a reader can tell anything of themselves, beside what they wonder about."""
        return any(choice.name != "outcome" for choice in self.choices)

    @property
    def asks_service(self) -> bool:
        """Say whether a reader can tell what kind of service theirs is."""
        return any(choice.name not in {"who", "outcome"} for choice in self.choices)


def setting_page(request: HttpRequest, theory: Theory) -> SettingPage:
    """Return a theory as seen from the setting that the query string describes."""
    user = request.user
    services = list(Service.objects.visible_to(user).filter(study=theory.study_id).order_by("number", "pk"))
    populations = Population.objects.visible_to(user).filter(study=theory.study_id).order_by("label", "pk")
    data = filter_data(request, NAMES)
    choices = [
        filter_choice(data, "sector", "Your service is a", list_of(Sector, theory, user)),
        filter_choice(data, "delivery", "It works", list_of(DeliveryMode, theory, user)),
        filter_choice(data, "who", "You think of", populations.values_list("key", "label")),
        filter_choice(data, "outcome", "You wonder about", outcomes_to_wonder_about(theory, user, data)),
    ]
    errors = [
        f"{shown(data[entry.name])} is not known here; {suggestion(data[entry.name], [o.value for o in entry.options])}"
        for entry in choices
        if entry.name in data and not any(option.chosen for option in entry.options)
    ]
    shown_choices = [entry for entry in choices if entry.options]
    told = can_be_read_from_a_setting(theory, user)
    if errors or not data:
        return SettingPage(shown_choices, errors, "", [], [], [], [], len(services), by_service=False, told=told)
    offered: dict[int, str] = {}
    if "delivery" in data:
        modes = Delivery.objects.visible_to(user).filter(service__in=services, mode__key=data["delivery"])
        offered = dict(modes.values_list("service", "offered"))
    sectors: dict[int, set[str]] = defaultdict(set)
    for service_id, key in (
        ServiceSector.objects.visible_to(user).filter(service__in=services).values_list("service", "sector__key")
    ):
        sectors[service_id].add(key)
    likeness = {service.pk: likeness_of(sectors[service.pk], data, offered.get(service.pk, "")) for service in services}
    by_service = "sector" in data or "delivery" in data
    rows = setting_rows(theory, request, {service.pk: service for service in services}, likeness)
    if "outcome" in data:
        leading = CMOCOutcome.objects.visible_to(user).filter(outcome__key=data["outcome"], cmoc__theory=theory)
        kept = set(leading.values_list("cmoc", flat=True))
        rows = [row for row in rows if row.cmoc.pk in kept]
    heard = {voice.service.pk for row in rows for voice in row.voices}
    groups, page = groups_on_page(setting_groups(rows) if by_service else groups_of_people(rows), request)
    numbers: dict[int, int | str] = {row.cmoc.pk: row.cmoc.number for row in rows}
    not_asked = list(PersonKind.objects.visible_to(user).filter(study=theory.study_id, asked=Asked.NO))
    thought_of = Population.objects.visible_to(user).filter(study=theory.study_id, key=data.get("who", ""))
    return SettingPage(
        choices=shown_choices,
        errors=[],
        summary="; ".join(option.label for entry in choices[:2] for option in entry.options if option.chosen),
        groups=groups,
        alike=[service for service in services if likeness[service.pk] == Likeness.YES],
        perhaps=[service for service in services if likeness[service.pk] == Likeness.PERHAPS],
        silent=[service for service in services if likeness[service.pk] and service.pk not in heard],
        services=len(services),
        by_service=by_service,
        told=told,
        not_asked=not_asked,
        not_asked_like=next((row.label for row in thought_of if row.kind_id in {kind.pk for kind in not_asked}), ""),
        outcome=next((option.label for option in choices[3].chosen), ""),
        page=page,
        after_numbers={"after": numbers.get(page.after or 0, ""), "back": numbers.get(page.back or 0, "")}
        if page
        else {},
        query=data.urlencode(),
    )


def outcomes_to_wonder_about(theory: Theory, user: Person, data: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the outcomes of a theory; of very many the first, and the one that was chosen."""
    outcomes = (
        Outcome.objects.visible_to(user).filter(theory=theory).order_by("label", "pk").values_list("key", "label")
    )
    found = list(outcomes[:MOST_OUTCOMES])
    if "outcome" in data and data["outcome"] not in dict(found):
        found += outcomes.filter(key=data["outcome"])
    return found


def groups_on_page(
    groups: list[SettingGroup], request: HttpRequest
) -> tuple[list[SettingGroup], KeysetPage[int] | None]:
    """Return the beginning of each answer; of the one that the address names, a page."""
    answer = next((group for group in groups if group.name == request.GET.get("answer")), None)
    if answer is None:
        return [replace(group, rows=group.rows[:MOST_ROWS], found=len(group.rows)) for group in groups], None
    keys = [row.cmoc.pk for row in answer.rows]
    page = keyset_page(keys, after_which(request, {row.cmoc.number: row.cmoc.pk for row in answer.rows}), MOST_ROWS)
    shown = set(page.keys)
    rows = [row for row in answer.rows if row.cmoc.pk in shown]
    return [replace(answer, rows=rows, found=len(answer.rows))], page


def can_be_read_from_a_setting(theory: Theory, user: Person) -> bool:
    """Say whether anything ties a theory to a service, and its study lists what a reader's setting could be."""
    return theory.pk in read_from_a_setting([theory], user)


def read_from_a_setting(theories: Sequence[Theory], user: Person) -> set[int]:
    """Return which of some theories can be read from a setting, as above."""
    of_theory = {"cmoc__theory": OuterRef("pk")}
    quoted = Evidence.objects.visible_to(user).filter(not_retired("cmoc"), **of_theory)
    stated = CMOCService.objects.visible_to(user).filter(not_retired("cmoc"), **of_theory)
    sectors, modes, people = (
        Exists(model.objects.visible_to(user).filter(study=OuterRef("study")))
        for model in (Sector, DeliveryMode, Population)
    )
    tied = Exists(quoted.exclude(quote__participant__service=None)) | Exists(stated)
    return set(
        Theory.objects.filter(tied, sectors | modes | people, pk__in=[theory.pk for theory in theories]).values_list(
            "pk", flat=True
        )
    )


def list_of(model: type[Sector | DeliveryMode], theory: Theory, user: Person) -> list[tuple[str, str]]:
    """Return the entries of a list of the theory's study, in their order."""
    entries = model.objects.visible_to(user).filter(study=theory.study_id).order_by("number", "key")
    return list(entries.values_list("key", "label"))


def likeness_of(sectors: set[str], data: Mapping[str, str], offered: str) -> Likeness:
    """Say whether a service is like the reader's, from its sectors and from whether it offers the delivery mode."""
    answers = [Likeness.YES]
    if "sector" in data:
        unclear = Likeness.NO if sectors else Likeness.PERHAPS
        answers.append(Likeness.YES if data["sector"] in sectors else unclear)
    if "delivery" in data:
        answers.append({Offered.YES.value: Likeness.YES, Offered.NO.value: Likeness.NO}.get(offered, Likeness.PERHAPS))
    return min(answers)


def meant_for(parts: Parts, who: str) -> Likeness:
    """Say whether a CMOC is about the people the reader has in mind."""
    if not who:
        return Likeness.YES
    if not parts["beneficiaries"]:
        return Likeness.PERHAPS
    for part in parts["beneficiaries"]:
        if part.key == who:
            return Likeness.PERHAPS if part.detail == Basis.AMBIGUOUS else Likeness.YES
    return Likeness.NO


def setting_rows(
    theory: Theory, request: HttpRequest, services: dict[int, Service], likeness: dict[int, Likeness]
) -> list[SettingRow]:
    """Return every CMOC of a theory with the services that bear on it."""
    user = request.user
    parts = parts_of_theory(theory.pk, user)
    voices: dict[int, dict[int, Voice]] = defaultdict(dict)

    def voice(cmoc: int, service: int) -> Voice:
        return voices[cmoc].setdefault(service, Voice(services[service], likeness[service]))

    evidence = Evidence.objects.visible_to(user).filter(cmoc__theory=theory, quote__participant__service__in=services)
    sure: dict[tuple[int, int], bool] = defaultdict(bool)  # whether anything ties a configuration surely to a service
    of_speaker = ("quote__participant__service", "quote__participant__service_basis")
    for key, role, service, basis in evidence.order_by("pk").values_list("cmoc", "role", *of_speaker):
        entry = voice(key, service)
        entry.quotes += 1
        sure[key, service] |= basis != Basis.AMBIGUOUS
        entry.counters += role == EvidenceRole.COUNTERS
    stated = CMOCService.objects.visible_to(user).filter(cmoc__theory=theory)
    for key, service in stated.values_list("cmoc", "service"):
        voice(key, service).stated = sure[key, service] = True
    for key, of_cmoc in voices.items():
        for service, entry in of_cmoc.items():
            entry.likeness = min(entry.likeness, Likeness.YES if sure[key, service] else Likeness.PERHAPS)
    readings = Reading.objects.visible_to(user).filter(cmoc__theory=theory, kind=ReadingKind.PLAIN_SUMMARY)
    summaries = dict(readings.values_list("cmoc", "text"))
    caveats = count_by(Caveat.objects.visible_to(user).filter(cmoc__theory=theory), "cmoc")
    rows = []
    for cmoc in CMOC.objects.visible_to(user).filter(not_retired(), theory=theory).order_by("number", "pk"):
        own = parts.get(cmoc.pk, Parts())
        heard = sorted(voices[cmoc.pk].values(), key=lambda entry: (-entry.likeness, entry.service.number))
        by_service = max((entry.likeness for entry in heard), default=Likeness.NO)
        meant = meant_for(own, request.GET.get("who", ""))
        rows.append(
            SettingRow(
                cmoc=cmoc,
                likeness=min(by_service, meant),
                meant=meant,
                summary=summaries.get(cmoc.pk, ""),
                people=[part.label for part in own["beneficiaries"]],
                voices=heard,
                caveats=caveats.get(cmoc.pk, 0),
            )
        )
    return rows


def setting_groups(rows: list[SettingRow]) -> list[SettingGroup]:
    """Return the CMOCs grouped by how they apply to the setting; an empty group stays, since it is a finding too."""
    heard = [row for row in rows if row.voices]
    return [
        SettingGroup(
            "like",
            "Described in a setting like yours",
            "Somebody of a service like yours speaks to it, or it is stated relevant to one.",
            [row for row in heard if row.likeness == Likeness.YES],
        ),
        SettingGroup(
            "perhaps",
            "Perhaps described in a setting like yours",
            "It is not said clearly enough whether it was.",
            [row for row in heard if row.likeness == Likeness.PERHAPS],
        ),
        SettingGroup(
            "elsewhere",
            "Described elsewhere only",
            "Nothing here ties it to a setting like yours: a gap in what was asked or is shown, not a refutation.",
            [row for row in heard if row.likeness == Likeness.NO],
        ),
        SettingGroup(
            "nobody",
            "Not tied to a service",
            "Nothing here, no quote and no statement, ties it to a service of the study.",
            [row for row in rows if not row.voices],
        ),
    ]


def groups_of_people(rows: list[SettingRow]) -> list[SettingGroup]:
    """Return the CMOCs grouped by whether they are meant for the people whom the reader thinks of, and for no more."""
    groups = {
        Likeness.YES: ("like", "For the people you think of", "They are named among those who benefit."),
        Likeness.PERHAPS: ("perhaps", "Perhaps for them", "Nothing says, or not clearly, who benefits."),
        Likeness.NO: ("elsewhere", "For others only", "Others are named among those who benefit."),
    }
    return [SettingGroup(*words, [row for row in rows if row.meant == meant]) for meant, words in groups.items()]


@takes(*NAMES, "answer", "after")
@told_as_data(setting_data)
def theory_in_own_setting(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_theory(request, slug)
    page = setting_page(request, found)
    shown = {"page": page, "theory": found, "study": found.study}
    return TemplateResponse(request, "programmes/setting.html", shown, status=400 if page.errors else 200)
