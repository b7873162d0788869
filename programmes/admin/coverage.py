"""The matrix of CMOCs by source and by properties of speakers, and the list of quotes behind each of its cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path

from programmes.admin.base import id_in
from programmes.exchange.tables import csv_lines, csv_values
from programmes.presenters.coverage import PROPERTIES, coverage_page, quotes_of_cell

if TYPE_CHECKING:
    from django.db.models import QuerySet


class CellFilter(admin.SimpleListFilter):
    """Quotes that a cell of the matrix counts: of a CMOC, by a property, with a value."""

    title = "cell of the matrix"
    parameter_name = "cell"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the cell that the address names; nobody chooses one here."""
        del request, model_admin
        return [(self.value() or "", "The quotes of one cell")] if self.value() else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        """Keep the quotes of the cell; an address that names none keeps none."""
        cmoc, by, value = [*(self.value() or "").split(".", 2), "", ""][:3]
        key = id_in(cmoc)
        if key is None or by not in PROPERTIES:
            return queryset.none()
        return queryset.filter(pk__in=quotes_of_cell(request.user, key, by, value).values("pk"))


class Covering:
    """What an admin of theories offers: the matrix."""

    admin_site: Any
    opts: Any

    def coverage_urls(self) -> list[Any]:
        """Return the address of the matrix."""
        view = self.admin_site.admin_view(self.matrix_view)
        return [path("<int:object_id>/matrix/", view, name="programmes_theory_matrix")]

    def matrix_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Show the matrix to those who curate the theory, or return it as CSV."""
        theory = self.get_object(request, str(object_id))  # type: ignore[attr-defined]  # the admin has it
        if theory is None:
            raise Http404
        if not self.has_change_permission(request, theory):  # type: ignore[attr-defined]  # as above
            raise PermissionDenied
        by = request.GET.get("by", "source")
        if by not in PROPERTIES:
            raise Http404
        page = coverage_page(theory, request.user, by)
        if request.GET.get("format") == "csv":
            disposition = {"Content-Disposition": f'attachment; filename="{theory.slug}-by-{by}.csv"'}
            lines = csv_lines(map(csv_values, page.table()))
            return HttpResponse(lines, content_type="text/csv; charset=utf-8", headers=disposition)
        context = {
            **self.admin_site.each_context(request),
            "title": "Who speaks to what",
            "opts": self.opts,
            "theory": theory,
            "page": page,
            "label": PROPERTIES[by].label,
            "properties": PROPERTIES,
        }
        return TemplateResponse(request, "admin/programmes/theory/matrix.html", context)
