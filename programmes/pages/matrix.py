"""The evidence on a theory at a glance: each CMOC by service, and how well each CMOC is supported."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe

from programmes.formats.tables import csv_lines, csv_values
from programmes.models import CMOC, Caveat, Evidence, Service
from programmes.models.holdings import holdings_of
from programmes.models.theory import not_retired
from programmes.pages.base import attachment, get_theory
from programmes.pages.crosstab import NOT_STATED, Crosstab, CrosstabCell, crosstab_table
from programmes.pages.holdings import absence_sentence
from programmes.vocabulary import EvidenceRole, Holding

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from programmes.integrity.access import Person
    from programmes.models import Theory

EMPTY = "<td></td>"


@dataclass(frozen=True)
class CellRun:
    """Part of a row: the empty cells before a cell with quotes, and that cell; at the end of a row there is none."""

    empty: SafeString  # as table cells, since a large matrix has very many
    cell: CrosstabCell | None


@dataclass
class SupportRow:
    """A CMOC with the evidence for and against it."""

    cmoc: CMOC
    cells: list[CrosstabCell] = field(default_factory=list)  # of each service of the study, then of none
    roles: Counter[str] = field(default_factory=Counter)
    services: set[str] = field(default_factory=set)
    speaker_roles: set[str] = field(default_factory=set)
    caveats: int = 0

    @property
    def stretches(self) -> list[CellRun]:
        """Return the cells of the services, the empty ones between two others as one piece of HTML."""
        return cell_runs(self.cells[:-1])

    @property
    def not_stated(self) -> CrosstabCell:
        """Return the cell for quotes whose speaker's service is not stated."""
        return self.cells[-1]

    @property
    def quotes(self) -> int:
        """Return how many quotes bear on it; a quote has one role in one CMOC."""
        return self.roles.total()

    @property
    def by_role(self) -> list[tuple[EvidenceRole, int]]:
        """Return the number of quotes in each role, zeros included."""
        return [(role, self.roles[role]) for role in EvidenceRole]


def cell_runs(cells: list[CrosstabCell]) -> list[CellRun]:
    """Return a row with empty cells joined into one piece of HTML, since a large matrix is mostly empty."""
    found = []
    empty = 0
    for cell in cells:
        if cell.quotes:
            found.append(CellRun(mark_safe(EMPTY * empty), cell))  # noqa: S308  our own words
            empty = 0
        else:
            empty += 1
    return [*found, CellRun(mark_safe(EMPTY * empty), None)]  # noqa: S308  our own words


@dataclass(frozen=True)
class MatrixPage:
    rows: list[SupportRow]
    services: list[Service]
    quotes: int
    without_service: bool
    roles: list[EvidenceRole]
    holds: dict[str, str]

    @property
    def missing(self) -> str:
        """Return why there is no evidence to look at."""
        return absence_sentence(self.holds, "quotes")

    def matrix_table(self) -> list[list[object]]:
        """Return the matrix as shown: a header, then a row for each CMOC with two numbers for each service."""
        names = [f"service {service.number}" for service in self.services]
        if self.without_service:
            names.append("no service given")
        return crosstab_table(names, ((row.cmoc, row.cells[: len(names)]) for row in self.rows))

    def support_table(self) -> list[list[object]]:
        """Return the support of each CMOC as shown, each number with the total it is a share of.

        Where a theory has no quotes or caveats, or its study no services, nothing is said of them: a cell is empty,
        not 0.
        """
        quotes, services = bool(self.quotes), bool(self.quotes and self.services)
        caveats = self.holds["caveats"] == Holding.LOADED
        head: list[object] = ["cmoc", "label", "title", *(role.value for role in self.roles), "quotes", "of quotes"]
        head += ["services quoted", "of services", "roles of speakers", "caveats"]
        lines = [
            [
                row.cmoc.number,
                row.cmoc.label,
                row.cmoc.title,
                *(number if quotes else None for _, number in row.by_role),
                *((row.quotes, self.quotes) if quotes else (None, None)),
                *((len(row.services), len(self.services)) if services else (None, None)),
                len(row.speaker_roles) if quotes else None,
                row.caveats if caveats else None,
            ]
            for row in self.rows
        ]
        return [head, *lines]


def unretired_cmocs(theory: Theory, user: Person) -> QuerySet[CMOC, CMOC]:
    """Return the CMOCs of a theory that are not retired, in order: the rows of a matrix."""
    return CMOC.objects.visible_to(user).filter(not_retired(), theory=theory).order_by("number", "pk")


def unretired_evidence(theory: Theory, user: Person) -> QuerySet[Evidence, Evidence]:
    """Return the evidence on those CMOCs: what a matrix counts."""
    return Evidence.objects.visible_to(user).filter(not_retired("cmoc"), cmoc__theory=theory).order_by()


def matrix_page(theory: Theory, user: Person) -> MatrixPage:
    services = list(Service.objects.visible_to(user).filter(study=theory.study_id).order_by("number", "pk"))
    rows = {cmoc.pk: SupportRow(cmoc) for cmoc in unretired_cmocs(theory, user)}
    crosstab = Crosstab()
    speaker = "quote__participant__"
    for cmoc, quote, role, service, speaker_role in unretired_evidence(theory, user).values_list(
        "cmoc", "quote", "role", f"{speaker}service__number", f"{speaker}role"
    ):
        crosstab.count(cmoc, quote, role, service)
        row = rows[cmoc]
        row.roles[role] += 1
        row.services |= {service} - {None}
        row.speaker_roles |= {speaker_role} - {None, ""}
    values = [*(service.number for service in services), NOT_STATED]
    for key, row in rows.items():
        row.cells = crosstab.row(key, values)
    caveats = Caveat.objects.visible_to(user).filter(cmoc__in=rows)
    for cmoc in caveats.values_list("cmoc", flat=True):
        rows[cmoc].caveats += 1
    return MatrixPage(
        rows=list(rows.values()),
        services=services,
        quotes=crosstab.quotes,
        without_service=NOT_STATED in crosstab.values,
        roles=list(EvidenceRole),
        holds=holdings_of(theory, user),
    )


def evidence_at_a_glance(request: HttpRequest, slug: str) -> HttpResponse:
    theory = get_theory(request, slug)
    shown = {"page": matrix_page(theory, request.user), "theory": theory, "study": theory.study}
    return render(request, "programmes/matrix.html", shown)


def evidence_table_file(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Return one of the page's two tables as CSV."""
    page = matrix_page(get_theory(request, slug), request.user)
    rows = page.matrix_table() if name == "matrix" else page.support_table()
    return attachment(csv_lines(map(csv_values, rows)), "text/csv; charset=utf-8", f"{slug}-{name}.csv")
