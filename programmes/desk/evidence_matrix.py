"""The evidence matrix for curators: quotes by configuration and source, or by a property of the speakers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Q
from django.http import Http404

from programmes.desk.base import parse_id
from programmes.desk.screens import RecordView
from programmes.formats.tables import csv_lines, csv_values
from programmes.models import Evidence, Quote
from programmes.pages.base import attachment
from programmes.pages.crosstab import Crosstab, CrosstabCell, crosstab_table
from programmes.pages.matrix import unretired_cmocs, unretired_evidence
from programmes.vocabulary import ConsentScope, SourceKind

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from programmes.integrity.access import Person
    from programmes.models import CMOC, Theory


@dataclass(frozen=True)
class Property:
    """A property of a quote's source or speaker: its name, its lookup, and its choices if it has any."""

    label: str
    path: str
    terms: dict[str, str] = field(default_factory=dict)


PROPERTIES = {
    "source": Property("Source", "source__key"),
    "kind": Property("Kind of source", "source__kind", dict(SourceKind.choices)),
    "participant": Property("Participant", "participant__pseudonym"),
    "role": Property("Role of the speaker", "participant__role"),
    "service": Property("Service", "participant__service__number"),
    "sector": Property("Sector", "participant__service__sector_links__sector__label"),
    "consent": Property("Scope of consent", "participant__consent_scope", dict(ConsentScope.choices)),
}


@dataclass(frozen=True)
class EvidenceMatrixRow:
    """A configuration with its quotes by value."""

    cmoc: CMOC
    cells: list[CrosstabCell]

    @property
    def quotes(self) -> int:
        """Return how many quotes bear on it."""
        return sum(cell.quotes for cell in self.cells)


@dataclass(frozen=True)
class EvidenceMatrixPage:
    """The matrix. Totals count each quote once, so they may be less than the sum of their cells."""

    by: str
    columns: list[tuple[str, str]]
    rows: list[EvidenceMatrixRow]
    totals: list[int]
    quotes: int

    def table(self) -> list[list[object]]:
        """Return the matrix as it is shown, with two numbers for each value."""
        table = crosstab_table((label for _, label in self.columns), ((row.cmoc, row.cells) for row in self.rows))
        ends = ["quotes", *(row.quotes for row in self.rows)]
        return [[*line, end] for line, end in zip(table, ends, strict=True)]


def evidence_matrix_page(theory: Theory, user: Person, by: str) -> EvidenceMatrixPage:
    chosen = PROPERTIES[by]
    crosstab = Crosstab()
    for piece in unretired_evidence(theory, user).values_list("cmoc", "quote", "role", f"quote__{chosen.path}"):
        crosstab.count(*piece)
    values = crosstab.values
    return EvidenceMatrixPage(
        by=by,
        columns=[(value, chosen.terms.get(value, value) or "Not given") for value in values],
        rows=[EvidenceMatrixRow(cmoc, crosstab.row(cmoc.pk, values)) for cmoc in unretired_cmocs(theory, user)],
        totals=crosstab.totals(values),
        quotes=crosstab.quotes,
    )


def quotes_of_cell(user: Person, cmoc: int, by: str, value: str) -> QuerySet[Quote, Any]:
    """Return the quotes that a cell of the matrix counts, for those who may open the matrix."""
    path = PROPERTIES[by].path
    condition = Q(**{path: value}) if value else Q(**{path: ""}) | Q(**{f"{path}__isnull": True})
    bearing = Evidence.objects.visible_to(user).filter(cmoc=cmoc).values("quote")
    return Quote.objects.editable_by(user).filter(condition, pk__in=bearing)


class CellFilter(admin.SimpleListFilter):
    """A filter of the admin's list of quotes to those in one cell: a CMOC, a property and its value."""

    title = "cell of the matrix"
    parameter_name = "cell"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the cell in the query string as the one choice; cells are chosen on the matrix, not here."""
        del request, model_admin
        return [(self.value() or "", "The quotes of one cell")] if self.value() else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        """Keep the quotes of the cell; none where the query string names no cell of the matrix."""
        cmoc, by, value = [*(self.value() or "").split(".", 2), "", ""][:3]
        key = parse_id(cmoc)
        if key is None or by not in PROPERTIES:
            return queryset.none()
        return queryset.filter(pk__in=quotes_of_cell(request.user, key, by, value).values("pk"))


class EvidenceMatrixView(RecordView):
    path = "<int:object_id>/matrix/"
    url_name = "programmes_theory_matrix"
    template_name = "admin/programmes/theory/matrix.html"

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Show the matrix, or return it as CSV."""
        theory = self.object
        by = request.GET.get("by", "source")
        if by not in PROPERTIES:
            raise Http404
        page = evidence_matrix_page(theory, self.user, by)
        if request.GET.get("format") == "csv":
            lines = csv_lines(map(csv_values, page.table()))
            return attachment(lines, "text/csv; charset=utf-8", f"{theory.slug}-by-{by}.csv")
        shown = {"page": page, "label": PROPERTIES[by].label, "properties": PROPERTIES}
        return self.render_to_response(self.get_context_data(title="Who speaks to what", **shown))
