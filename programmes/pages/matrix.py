"""The evidence on a theory at a glance: each CMOC by service, and how well each CMOC is supported."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from programmes.formats.tables import csv_lines, csv_values
from programmes.models import CMOC, Caveat, Evidence, Service
from programmes.models.holdings import holdings_of, known_documents
from programmes.models.theory import not_retired
from programmes.pages.as_data import DataColumn, LinesShown, PageData, PortionShown, told_as_data
from programmes.pages.base import attachment, get_theory, takes
from programmes.pages.choices import NONE_GIVEN
from programmes.pages.claims import has_hidden_quotes
from programmes.pages.crosstab import NOT_STATED, Crosstab, CrosstabCell, crosstab_table
from programmes.pages.holdings import absence_sentence
from programmes.pages.keyset import KeysetPage, keyset_page
from programmes.vocabulary import EvidenceRole, Holding, SourceKind
from programmes.words import Sentence, Suffix

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from programmes.integrity.access import Person
    from programmes.models import Study, Theory

EMPTY = "<td></td>"
ROWS, MOST_COLUMNS = 60, 60  # of the page; files hold all


@dataclass(frozen=True)
class CellRun:
    """Part of a row: the empty cells before a cell with quotes, and that cell; at the end of a row there is none."""

    empty: SafeString  # as table cells, since a large matrix has very many
    cell: CrosstabCell | None
    head: str = ""  # what stands above the cell


@dataclass(frozen=True)
class MatrixColumn:
    """A service or document, with the name that stands above its column."""

    value: str
    name: Sentence
    address: str


@dataclass(frozen=True)
class MatrixTable:
    """CMOCs by services, or by documents."""

    name: str  # of what stands in the columns, and of the filter that chooses by it
    gap: str  # what an empty cell means
    columns: list[MatrixColumn]
    crosstab: Crosstab
    cmocs: list[CMOC]
    left_out: int = 0  # columns that are empty here, of very many

    @property
    def none(self) -> str:
        """Return what quotes have in common that stand in no column."""
        return NONE_GIVEN[self.name]

    @property
    def not_stated(self) -> bool:
        """Say whether some quotes are of none that is known."""
        return NOT_STATED in self.crosstab.values

    def narrowed(self) -> MatrixTable:
        """Return the table without columns that are empty here, where there are more than a page can hold."""
        if len(self.columns) <= MOST_COLUMNS:
            return self
        used = {cell.value for cmoc in self.cmocs for cell in self.crosstab.row(cmoc.pk, self.values) if cell.quotes}
        kept = [column for column in self.columns if column.value in used][:MOST_COLUMNS]
        return replace(self, columns=kept, left_out=len(self.columns) - len(kept))

    @property
    def values(self) -> list[str]:
        """Return the value of each column."""
        return [column.value for column in self.columns]

    @property
    def rows(self) -> list[tuple[CMOC, list[CellRun], CrosstabCell]]:
        """Return each CMOC with its cells, the empty ones between two others as one piece of HTML."""
        found = ((cmoc, self.crosstab.row(cmoc.pk, [*self.values, NOT_STATED])) for cmoc in self.cmocs)
        heads = [str(column.name) for column in self.columns]
        return [(cmoc, cell_runs(cells[:-1], heads), cells[-1]) for cmoc, cells in found]

    @property
    def in_file(self) -> tuple[list[str], list[str]]:
        """Return what stands above each column in a file, and its value."""
        names = [f"{self.name} {value}" for value in self.values]
        return ([*names, self.none.lower()], [*self.values, NOT_STATED]) if self.not_stated else (names, self.values)


@dataclass
class SupportRow:
    """A CMOC with the evidence for and against it."""

    cmoc: CMOC
    roles: Counter[str] = field(default_factory=Counter)
    services: set[str] = field(default_factory=set)
    documents: set[int] = field(default_factory=set)
    speaker_roles: set[str] = field(default_factory=set)
    caveats: int = 0

    @property
    def quotes(self) -> int:
        """Return how many quotes bear on it; a quote has one role in one CMOC."""
        return self.roles.total()

    @property
    def by_role(self) -> list[tuple[EvidenceRole, int]]:
        """Return the number of quotes in each role, zeros included."""
        return [(role, self.roles[role]) for role in EvidenceRole]


def cell_runs(cells: list[CrosstabCell], heads: list[str]) -> list[CellRun]:
    """Return a row with empty cells joined into one piece of HTML, since a large matrix is mostly empty."""
    found = []
    empty = 0
    for cell, head in zip(cells, heads, strict=True):
        if cell.quotes:
            found.append(CellRun(mark_safe(EMPTY * empty), cell, head))  # noqa: S308  our own words
            empty = 0
        else:
            empty += 1
    return [*found, CellRun(mark_safe(EMPTY * empty), None)]  # noqa: S308  our own words


@dataclass(frozen=True)
class MatrixPage:
    rows: list[SupportRow]
    services: list[Service]
    tables: list[MatrixTable]
    quotes: int
    roles: list[EvidenceRole]
    holds: dict[str, str]
    study: Study
    documents: int  # of the study
    page: KeysetPage[int]  # of its rows
    hidden_quotes: bool  # whether the theory has quotes that the reader may not see, and that are not counted
    before: int | str  # the number after which the page before begins

    @property
    def after_numbers(self) -> dict[str, int | str]:
        """Return the numbers by which an address names where pages begin."""
        last = self.rows[-1].cmoc.number if self.rows else ""
        return {"after": last, "back": self.before}

    @property
    def missing(self) -> str:
        """Return why there is no evidence to look at."""
        return absence_sentence(self.holds, "quotes", self.study)

    @property
    def caveats_told(self) -> bool:
        """Say whether there are caveats that the reader may see; without any, nobody can tell how many there are."""
        return self.holds["caveats"] == Holding.LOADED

    @property
    def speakers(self) -> bool:
        """Say whether the role of anybody who is quoted is known."""
        return any(row.speaker_roles for row in self.rows)

    def matrix_table(self) -> list[list[object]]:
        """Return the matrix as shown: a header, then a row for each CMOC with two numbers for each column."""
        in_file = [(table.crosstab, *table.in_file) for table in self.tables]
        cells = (
            (row.cmoc, [cell for crosstab, _, values in in_file for cell in crosstab.row(row.cmoc.pk, values)])
            for row in self.rows
        )
        return crosstab_table([name for _, names, _ in in_file for name in names], cells)

    def support_table(self) -> list[list[object]]:
        """Return the support of each CMOC as shown, each number with the total it is a share of.

        Where a theory has no quotes or caveats, or its study no services, nothing is said of them: a cell is empty,
        not 0.
        """
        quotes, services = bool(self.quotes), bool(self.quotes and self.services)
        head: list[object] = ["cmoc", "label", "title", *(role.value for role in self.roles), "quotes", "of quotes"]
        head += ["services quoted", "of services", "documents quoted", "of documents", "roles of speakers", "caveats"]
        lines = [
            [
                row.cmoc.number,
                row.cmoc.label,
                row.cmoc.title,
                *(number if quotes else None for _, number in row.by_role),
                *((row.quotes, self.quotes) if quotes else (None, None)),
                *((len(row.services), len(self.services)) if services else (None, None)),
                *((len(row.documents), self.documents) if quotes and self.documents else (None, None)),
                len(row.speaker_roles) if self.speakers else None,
                row.caveats if self.caveats_told else None,
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


def matrix_page(theory: Theory, user: Person, after: str = "", most: int | None = None) -> MatrixPage:
    """Return the evidence on a theory at a glance: on so many CMOCs at most, from the one after a number on."""
    services = list(Service.objects.visible_to(user).filter(study=theory.study_id).order_by("number", "pk"))
    rows = {cmoc.pk: SupportRow(cmoc) for cmoc in unretired_cmocs(theory, user)}
    by_service, by_document = Crosstab(), Crosstab()
    titles: dict[int, str] = {}
    speaker, source = "quote__participant__", "quote__source__"
    of_quote = (f"{speaker}pk", f"{source}pk", f"{source}kind")
    of_document = (f"{source}reference__number", f"{source}reference__title")
    columns = ("cmoc", "quote", "role", f"{speaker}service__number", f"{speaker}role")
    quotes = set()
    for cmoc, quote, role, service, speaker_role, *found in unretired_evidence(theory, user).values_list(
        *columns, *of_quote, *of_document
    ):
        participant, document, kind, reference, title = found
        quotes.add(quote)
        if participant is None and kind == SourceKind.DOCUMENT:
            by_document.count(cmoc, quote, role, str(reference or NOT_STATED))
            titles |= {reference: title} if reference else {}
            rows[cmoc].documents.add(document)
        else:
            by_service.count(cmoc, quote, role, service)
        row = rows[cmoc]
        row.roles[role] += 1
        row.services |= {service} - {None}
        row.speaker_roles |= {speaker_role} - {None, ""}
    caveats = Caveat.objects.visible_to(user).filter(cmoc__in=rows)
    for cmoc in caveats.values_list("cmoc", flat=True):
        rows[cmoc].caveats += 1
    numbers = {str(row.cmoc.number): key for key, row in rows.items()}
    page = keyset_page(list(rows), numbers.get(after), most or len(rows))
    shown = {key: rows[key] for key in page.keys}
    both = (services_table(services, by_service, theory, shown), documents_table(titles, by_document, theory, shown))
    tables = [table for table in both if table.crosstab.cells or (table.columns and not by_document.cells)]
    return MatrixPage(
        rows=list(shown.values()),
        services=services,
        page=page,
        before=rows[page.back].cmoc.number if page.back else "",
        tables=[
            table if most is None else table.narrowed() for table in tables if any(entry.columns for entry in tables)
        ],
        quotes=len(quotes),
        roles=list(EvidenceRole),
        holds=holdings_of(theory, user),
        study=theory.study,
        documents=known_documents(theory.study_id, user),
        hidden_quotes=has_hidden_quotes(theory, user),
    )


def services_table(
    services: list[Service], crosstab: Crosstab, theory: Theory, rows: dict[int, SupportRow]
) -> MatrixTable:
    """Return CMOCs by the services of the study."""
    columns = [
        MatrixColumn(
            service.number,
            service.short_name,
            reverse("service", args=[theory.study.slug, service.number]),
        )
        for service in services
    ]
    gap = "no quote of that service on that CMOC is here. It does not say that the CMOC fails there."
    return MatrixTable("service", gap, columns, crosstab, [row.cmoc for row in rows.values()])


def documents_table(
    titles: dict[int, str], crosstab: Crosstab, theory: Theory, rows: dict[int, SupportRow]
) -> MatrixTable:
    """Return CMOCs by the documents that are quoted."""
    study = reverse("study", args=[theory.study.slug])
    columns = [
        MatrixColumn(str(number), Sentence(title, " ", Suffix(f"[{number}]")), f"{study}#reference-{number}")
        for number, title in sorted(titles.items())
    ]
    gap = "no quote of that document on that CMOC is here. It does not say that the CMOC fails there."
    return MatrixTable("document", gap, columns, crosstab, [row.cmoc for row in rows.values()])


def table_as_lines(name: str, meaning: str, table: list[list[object]], meanings: Mapping[str, str]) -> LinesShown:
    """Return a table of a file as lines; a column that no meaning is given for counts quotes."""
    heads, *rows = table
    kinds = dict.fromkeys(("label", "title"), "string")
    columns = [
        DataColumn(str(head), kinds.get(str(head), "integer"), meanings.get(str(head), f"Quotes: {head}."))
        for head in heads
    ]
    return LinesShown(name, meaning, columns, [dict(zip(map(str, heads), row, strict=True)) for row in rows])


OF_CMOC = {"cmoc": "Number of the CMOC.", "label": "Its label as printed.", "title": "Its title."}
SUPPORT_MEANINGS = OF_CMOC | {
    **{role.value: f"Quotes that have this role: {role.label.lower()}." for role in EvidenceRole},
    "quotes": "Quotes that bear on it.",
    "of quotes": "Quotes of the theory, which these are a part of.",
    "services quoted": "Services of which somebody is quoted on it.",
    "of services": "Services of the study.",
    "documents quoted": "Documents that are quoted on it.",
    "of documents": "Documents of the study.",
    "roles of speakers": "Different roles of those who are quoted on it.",
    "caveats": "Caveats on it.",
}


def matrix_data(_request: HttpRequest, shown: dict[str, Any]) -> PageData:
    """Return both tables of the page as its files have them."""
    page: MatrixPage = shown["page"]
    by_source = "CMOCs by services and documents: quotes, and those of them that counter."
    support = "CMOCs by what bears on them, each number with what it is a part of."
    return PageData(
        f"Evidence at a glance: {shown['theory'].title}",
        [
            table_as_lines("matrix", by_source, page.matrix_table(), OF_CMOC),
            table_as_lines("support", support, page.support_table(), SUPPORT_MEANINGS),
        ],
        PortionShown.of(page.page, page.after_numbers),
    )


@takes("after")
@told_as_data(matrix_data)
def evidence_at_a_glance(request: HttpRequest, slug: str) -> HttpResponse:
    theory = get_theory(request, slug)
    page = matrix_page(theory, request.user, request.GET.get("after", ""), ROWS)
    shown = {"page": page, "theory": theory, "study": theory.study}
    return TemplateResponse(request, "programmes/matrix.html", shown)


def evidence_table_file(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Return one of the page's two tables as CSV."""
    page = matrix_page(get_theory(request, slug), request.user)
    rows = page.matrix_table() if name == "matrix" else page.support_table()
    return attachment(csv_lines(map(csv_values, rows)), "text/csv; charset=utf-8", f"{slug}-{name}.csv")
