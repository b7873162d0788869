"""The list of all second codings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Count
from django.urls import reverse
from django.utils.html import format_html

from programmes.admin.base import ReadOnlyAdmin
from programmes.models import SecondCoding

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.utils.safestring import SafeString


class FinishedFilter(admin.SimpleListFilter):
    """Second codings that can be compared, or cannot yet."""

    title = "how far it is"
    parameter_name = "finished"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        del request, model_admin
        return [("yes", "Finished"), ("no", "Being coded")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        del request
        chosen = self.value()
        return queryset.filter(finished_date__isnull=chosen == "no") if chosen in {"yes", "no"} else queryset


@admin.register(SecondCoding)
class SecondCodingAdmin(ReadOnlyAdmin):
    """Second codings: who coded which transcript blind, and how far that is. What was coded shows in the comparison."""

    list_display = ("__str__", "source", "started_date", "finished_date", "codes_given", "comparison")
    list_filter = (("source__study", admin.RelatedOnlyFieldListFilter), FinishedFilter)
    list_select_related = ("source",)
    search_fields = ("signed_by", "source__key", "source__title")
    ordering = ("source__study", "source__key", "number")
    fields = ("source", "number", "signed_by", "started_date", "finished_date", "codes_given", "comparison")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any, Any]:
        return super().get_queryset(request).annotate(given=Count("codes"))

    @admin.display(description="Codes given", ordering="given")
    def codes_given(self, coding: Any) -> int:
        """Return how many times a passage was coded to a CMOC; which they are shows in the comparison alone."""
        given: int = coding.given
        return given

    @admin.display(description="Comparison", empty_value="Once it is finished")
    def comparison(self, coding: SecondCoding) -> SafeString | None:
        if coding.finished_date is None:
            return None
        address = reverse("admin:programmes_source_agreement", args=[coding.source_id], query={"coding": coding.number})
        return format_html('<a href="{}">Agreement on {}</a>', address, coding.source.key)
