"""The theory page: the web of configurations, the same content as a table, and what belongs beside it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render

from programmes.diagrams.layout import MOST_IN_ONE, Picture, pictures_of
from programmes.filtersets import CMOCFilterSet
from programmes.filtersets.base import leads_to_unretired
from programmes.filtersets.theory_notes import CMOCS_OF_LINK
from programmes.formats.cards import card_png
from programmes.formats.web import WEB_FORMATS, WebFile
from programmes.models import CMOC, Caveat, CMOCLink, Memo, Study, SubstantiveTheory, Theory
from programmes.models.configuration import Part, Parts, columns_of, parts_of_theory, slots_from
from programmes.pages.base import (
    FilterChoice,
    attachment,
    base_url,
    distinct_parts,
    filter_choice,
    filter_data,
    get_theory,
)
from programmes.pages.sharing import card_of_theory, share_of_theory
from programmes.pages.web import CMOCRow, add_evidence, ripples_of, web_of
from programmes.vocabulary import CMOCStatus, EvidenceRole, Sector

if TYPE_CHECKING:
    from django.http import HttpRequest

    from programmes.diagrams.graph import Web
    from programmes.models.configuration import PartKind


@dataclass
class TheoryPage:
    theory: Theory
    rows: list[CMOCRow]
    total: int
    web: Web
    pictures: list[Picture]
    matrix: list[tuple[Part, list[tuple[Part, list[CMOC]]]]]
    outcomes: list[Part]
    choices: list[FilterChoice]
    query: str
    errors: list[str]
    caveats: list[Caveat]
    links: list[CMOCLink]
    substantive_theories: list[SubstantiveTheory]
    notes: list[Memo]
    search: str
    columns: list[PartKind]

    @property
    def summary(self) -> str:
        """Say how much of the theory is shown, and under which filters."""
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


def theory_page(request: HttpRequest, theory: Theory, site: str = "") -> TheoryPage:
    """Return a theory, filtered by the query string; links in the web begin with `site`."""
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
        .filter(leads_to_unretired(CMOCLink, *CMOCS_OF_LINK), theory=theory)
        .select_related("source_cmoc", "source_outcome", "target_cmoc", "target_outcome")
        .order_by("number", "pk")
    )
    services = sorted({(service, service) for row in rows for service in row.quoted})
    choices = [
        filter_choice(request, "outcome", "Outcome", distinct_parts(parts.values(), "outcomes")),
        filter_choice(request, "context", "Context", distinct_parts(parts.values(), "contexts")),
        filter_choice(request, "service", "Service", services),
        filter_choice(request, "sector", "Sector", Sector.choices),
        filter_choice(request, "beneficiary", "Who benefits", distinct_parts(parts.values(), "beneficiaries")),
        filter_choice(request, "evidence_role", "Has a quote that", EvidenceRole.choices),
        filter_choice(request, "status", "Status", CMOCStatus.choices),
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
    columns = columns_of(row.parts for row in shown)
    for row in shown:
        row.slots = slots_from(row.cmoc, row.parts, columns)
    web = web_of(theory, shown, ripples_of(theory, links, site), site)
    return TheoryPage(
        theory=theory,
        rows=shown,
        total=len(standing_rows),
        web=web,
        pictures=pictures_of(web) if shown else [],
        matrix=context_outcome_matrix(shown) if len(shown) > MOST_IN_ONE else [],
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
        columns=columns,
    )


def context_outcome_matrix(rows: list[CMOCRow]) -> list[tuple[Part, list[tuple[Part, list[CMOC]]]]]:
    """Return a matrix of contexts by outcomes, with the configurations that join them."""
    outcomes = distinct_parts([row.parts for row in rows], "outcomes")
    cells: dict[tuple[str, str], list[CMOC]] = defaultdict(list)
    for row in rows:
        for context in row.parts["contexts"]:
            for outcome in row.parts["outcomes"]:
                cells[context.key, outcome.key].append(row.cmoc)
    return [
        (Part(key, label, ""), [(Part(other, name, ""), cells[key, other]) for other, name in outcomes])
        for key, label in distinct_parts([row.parts for row in rows], "contexts")
    ]


def theory_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a theory as a web of configurations and as a table."""
    found = get_theory(request, slug)
    page = theory_page(request, found)
    return render(
        request,
        "programmes/theory.html",
        {
            "page": page,
            "theory": found,
            "study": found.study,
            "forms": WEB_FORMATS if page.web.cmocs else {},
            "share": share_of_theory(found, base_url(request)),
        },
        status=400 if page.errors else 200,
    )


def theory_card(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the preview image that social networks show beside a link to a theory."""
    return HttpResponse(card_png(card_of_theory(get_theory(request, slug))), content_type="image/png")


def web_file(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """Return the web as a file, exactly as the page shows it under the same filters."""
    found = get_theory(request, slug)
    page = theory_page(request, found, base_url(request))
    if page.errors:
        return HttpResponse("\n".join(page.errors), status=400, content_type="text/plain; charset=utf-8")
    source = WebFile(
        title=found.title,
        summary=page.summary,
        credit=credit_of(found.study, request.build_absolute_uri(found.get_absolute_url())),
        web=page.web,
        pictures=page.pictures,
    )
    return attachment(WEB_FORMATS[form].write(source), WEB_FORMATS[form].media_type, f"{found.slug}-web.{form}")


def credit_of(study: Study, address: str) -> str:
    """Return the attribution of a file on one line: author, licence and address."""
    doi = f" https://doi.org/{study.doi}" if study.doi else ""
    licence = f" Licence: {study.licence} {study.licence_url}".rstrip() + "." if study.licence else ""
    return " ".join(f"Source: {study.citation}{doi}{licence} {study.licence_note} From {address}".split())
