"""The theory page: the web of configurations, the same content as a table, and what stands beside it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.urls import reverse

from programmes.diagrams.graph import CMOCNode, ElementNode, Mark, Web
from programmes.diagrams.layout import MOST_IN_ONE, Picture, pictures_of
from programmes.filtersets import CMOCFilterSet
from programmes.filtersets.theory_notes import joins_standing
from programmes.models import CMOC, Caveat, CMOCLink, Evidence, Memo, SubstantiveTheory, Theory
from programmes.parts import Part, Parts, parts_of_theory
from programmes.vocabulary import CMOCStatus, EvidenceRole, LinkKind, LinkStatus, Reporting, Sector

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

    from programmes.querysets import Person


@dataclass(frozen=True)
class Option:
    """A choice of a filter."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Choice:
    """A filter of a page as a select."""

    name: str
    label: str
    options: list[Option]


def filter_data(request: HttpRequest, names: Iterable[str]) -> QueryDict:
    """Return what an address says about these filters, without empty ones."""
    data = QueryDict(mutable=True)
    for name in names:
        if values := [value for value in request.GET.getlist(name) if value]:
            data.setlist(name, values)
    return data


def choice(request: HttpRequest, name: str, label: str, options: Iterable[tuple[Any, str]]) -> Choice:
    """Return a filter with what the address chooses in it."""
    chosen = request.GET.get(name, "")
    return Choice(
        name,
        label,
        [Option(str(value), text, str(value) == chosen) for value, text in options],
    )


@dataclass
class CMOCRow:
    """A configuration in the table."""

    cmoc: CMOC
    parts: Parts
    quoted: list[str] = field(default_factory=list)
    roles: dict[str, int] = field(default_factory=dict)
    caveats: int = 0

    @property
    def counters(self) -> int:
        """Return how many quotes speak against it."""
        return self.roles.get(EvidenceRole.COUNTERS, 0)

    @property
    def evidence(self) -> list[tuple[str, int]]:
        """Return how many quotes it has in each role, in words."""
        return [(role.label.lower(), self.roles[role]) for role in EvidenceRole if role in self.roles]


@dataclass
class TheoryPage:
    """Everything that the theory page shows."""

    theory: Theory
    rows: list[CMOCRow]
    total: int
    web: Web
    pictures: list[Picture]
    matrix: list[tuple[Part, list[tuple[Part, list[CMOC]]]]]
    outcomes: list[Part]
    choices: list[Choice]
    query: str
    errors: list[str]
    caveats: list[Caveat]
    links: list[CMOCLink]
    substantive_theories: list[SubstantiveTheory]
    notes: list[Memo]
    search: str

    @property
    def said(self) -> str:
        """Return in words how much of the theory is shown, and by which choices."""
        chosen = [
            f"{entry.label.lower()}: {option.label}"
            for entry in self.choices
            for option in entry.options
            if option.chosen
        ]
        if self.search:
            chosen.append(f"with the words: {self.search}")
        count = f"{len(self.rows)} of {self.total} CMOCs"
        return f"{count}, {'; '.join(chosen)}." if chosen else f"{count}."


def distinct_parts(rows: Iterable[Parts], slot: str) -> list[tuple[str, str]]:
    """Return the keys and labels of every part of a kind, by label."""
    found = {part.key: part.label for parts in rows for part in getattr(parts, slot)}
    return sorted(found.items(), key=lambda item: (item[1].lower(), item[0]))


def theory_page(request: HttpRequest, theory: Theory, site: str = "") -> TheoryPage:
    """Return what the page of a theory shows, filtered as its address says; links in the web begin with `site`."""
    user = request.user
    cmocs = list(CMOC.objects.visible_to(user).filter(theory=theory).order_by("number", "pk"))
    parts = parts_of_theory(theory.pk, user)
    rows = [CMOCRow(cmoc, parts.get(cmoc.pk, Parts())) for cmoc in cmocs]
    by_cmoc = {row.cmoc.pk: row for row in rows}
    add_evidence(by_cmoc, user, theory)
    caveats = list(
        Caveat.objects.visible_to(user)
        .filter(theory=theory)
        .select_related("outcome", "refutes")
        .order_by("number", "pk")
    )
    for caveat in caveats:
        if caveat.cmoc_id in by_cmoc:
            by_cmoc[caveat.cmoc_id].caveats += 1
    links = list(
        CMOCLink.objects.visible_to(user)
        .filter(joins_standing(), theory=theory)
        .select_related("source_cmoc", "source_outcome", "target_cmoc", "target_outcome")
        .order_by("number", "pk")
    )
    services = sorted({(service, service) for row in rows for service in row.quoted})
    choices = [
        choice(request, "outcome", "Outcome", distinct_parts(parts.values(), "outcomes")),
        choice(request, "context", "Context", distinct_parts(parts.values(), "contexts")),
        choice(request, "service", "Service", services),
        choice(request, "sector", "Sector", Sector.choices),
        choice(request, "beneficiary", "Who benefits", distinct_parts(parts.values(), "beneficiaries")),
        choice(request, "evidence_role", "Has a quote that", EvidenceRole.choices),
        choice(request, "status", "Status", CMOCStatus.choices),
    ]
    names = [entry.name for entry in choices]
    data = filter_data(request, [*names, "q"])
    errors: list[str] = []
    shown = standing_rows = [row for row in rows if row.cmoc.status != CMOCStatus.RETIRED]
    if data:
        filterset = CMOCFilterSet(data, CMOC.objects.visible_to(user).filter(theory=theory), request=request)
        if filterset.is_valid():
            kept = set(filterset.qs.values_list("pk", flat=True))
            shown = [row for row in rows if row.cmoc.pk in kept]
        else:
            errors = [message for messages in filterset.errors.values() for message in messages]
    web = web_of(theory, shown, ripples_of(theory, links, site), site)
    return TheoryPage(
        theory=theory,
        rows=shown,
        total=len(standing_rows),
        web=web,
        pictures=pictures_of(web) if shown else [],
        matrix=matrix_of(shown) if len(shown) > MOST_IN_ONE else [],
        outcomes=[Part(key, label, "") for key, label in distinct_parts([row.parts for row in shown], "outcomes")],
        choices=choices,
        query=data.urlencode(),
        errors=errors,
        caveats=[caveat for caveat in caveats if caveat.cmoc_id is None],
        links=links,
        substantive_theories=list(
            SubstantiveTheory.objects.visible_to(user).filter(theory=theory).order_by("name", "pk")
        ),
        notes=list(
            Memo.objects.visible_to(user)
            .filter(theory=theory, cmoc=None, context=None, mechanism=None, outcome=None, substantive_theory=None)
            .filter(quote=None, source=None, service=None, reference=None)
            .order_by("key", "pk")
        ),
        search=data.get("q", ""),
    )


def add_evidence(rows: dict[int, CMOCRow], user: Person, theory: Theory) -> None:
    """Count the quotes of each configuration by role, and collect the services whose staff are quoted."""
    evidence = Evidence.objects.visible_to(user).filter(cmoc__theory=theory)
    for cmoc, role, service in evidence.order_by("quote__participant__service__number").values_list(
        "cmoc_id", "role", "quote__participant__service__number"
    ):
        row = rows[cmoc]
        row.roles[role] = row.roles.get(role, 0) + 1
        if service and service not in row.quoted:
            row.quoted.append(service)


def standing_rows(theory: Theory, user: Person) -> dict[int, CMOCRow]:
    """Return the configurations that stand in a theory, with their parts and their evidence, by id."""
    parts = parts_of_theory(theory.pk, user)
    cmocs = CMOC.objects.visible_to(user).filter(theory=theory).order_by("number", "pk")
    rows = {cmoc.pk: CMOCRow(cmoc, parts.get(cmoc.pk, Parts())) for cmoc in cmocs}
    add_evidence(rows, user, theory)
    return {key: row for key, row in rows.items() if row.cmoc.status != CMOCStatus.RETIRED}


def matrix_of(rows: list[CMOCRow]) -> list[tuple[Part, list[tuple[Part, list[CMOC]]]]]:
    """Return contexts by outcomes with the configurations that join them."""
    outcomes = distinct_parts([row.parts for row in rows], "outcomes")
    cells: dict[tuple[str, str], list[CMOC]] = defaultdict(list)
    for row in rows:
        for context in row.parts.contexts:
            for outcome in row.parts.outcomes:
                cells[context.key, outcome.key].append(row.cmoc)
    return [
        (Part(key, label, ""), [(Part(other, name, ""), cells[key, other]) for other, name in outcomes])
        for key, label in distinct_parts([row.parts for row in rows], "contexts")
    ]


def ripples_of(theory: Theory, links: list[CMOCLink], site: str = "") -> dict[str, list[Mark]]:
    """Return, for each outcome that becomes a context elsewhere, links to the configurations where it does."""
    found: dict[str, list[Mark]] = defaultdict(list)
    for link in links:
        becomes = link.kind == LinkKind.OUTCOME_BECOMES_CONTEXT and link.status != LinkStatus.DECLINED
        if becomes and link.source_outcome and link.target_cmoc:
            number = link.target_cmoc.number
            says = (
                f"{link.source_outcome.label} becomes a context of CMOC {number}: {link.get_status_display().lower()}"
            )
            href = site + reverse("cmoc", args=[theory.slug, number])
            found[link.source_outcome.key].append(Mark(f"→ CMOC {number}", href, "ripple", says))
    return found


def web_of(theory: Theory, rows: list[CMOCRow], ripples: dict[str, list[Mark]], site: str = "") -> Web:
    """Return the web of these configurations, with its links; outside the site, they begin with its address."""
    slug, study = theory.slug, theory.study.slug

    def address(name: str, *arguments: Any) -> str:
        return site + reverse(name, args=arguments)

    def nodes(slot: str, name: str) -> tuple[ElementNode, ...]:
        return tuple(
            ElementNode(key, label, address(name, slug, key), tuple(ripples.get(key, [])) if name == "outcome" else ())
            for key, label in distinct_parts([row.parts for row in rows], slot)
        )

    def marks(row: CMOCRow) -> tuple[Mark, ...]:
        stated = [part.key for part in row.parts.services]
        words = {"quoted": "staff quoted", "stated": "stated relevant"}
        return tuple(
            Mark(number, address("service", study, number), basis, f"Service {number}, {words[basis]}")
            for numbers, basis in ((row.quoted, "quoted"), (stated, "stated"))
            for number in numbers
        )

    return Web(
        contexts=nodes("contexts", "context"),
        cmocs=tuple(
            CMOCNode(
                number=row.cmoc.number,
                labels=tuple(part.label for part in row.parts.mechanisms),
                href=address("cmoc", slug, row.cmoc.number),
                contexts=tuple(part.key for part in row.parts.contexts),
                outcomes=tuple(part.key for part in row.parts.outcomes),
                services=marks(row),
                beneficiaries=tuple(part.label for part in row.parts.beneficiaries),
                counters=row.counters,
                caveats=row.caveats,
                missing=missing_words(row),
            )
            for row in rows
        ),
        outcomes=nodes("outcomes", "outcome"),
    )


def missing_words(row: CMOCRow) -> tuple[str, ...]:
    """Return which outer slots are empty, and in which way."""
    words = []
    for slot in ("context", "outcome"):
        if not getattr(row.parts, f"{slot}s"):
            reason = Reporting(getattr(row.cmoc, f"{slot}_absence")).label.lower()
            words.append(f"{slot}: {reason}")
    return tuple(words)
