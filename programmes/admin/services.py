"""Services and populations in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from programmes.admin.base import CuratedAdmin, StackedInline
from programmes.models import Delivery, Evidence, Population, Service

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


class DeliveryInline(StackedInline):
    """Delivery modes of a service."""

    model = Delivery


@admin.register(Service)
class ServiceAdmin(CuratedAdmin):
    list_display = ("number", "service_type", "location", "sector", "quote_count", "study")
    list_display_links = ("number", "service_type")
    list_filter = (("study", admin.RelatedOnlyFieldListFilter), "sector")
    list_select_related = ("study",)
    search_fields = ("number", "service_type", "location")
    autocomplete_fields = ("study",)
    inlines = (DeliveryInline,)
    fieldsets = (
        (
            None,
            {
                "fields": ("study", "number", "service_type", "sector"),
                "description": "One row of the table of services, as printed. Only the sector is your grouping.",
            },
        ),
        (
            "What was reported",
            {
                "fields": ("location", "location_reporting", "programme_text", "programme_text_reporting"),
                "description": "If something is missing, say in which way. Keep printed words such as “Not reported”.",
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any, Any]:
        number = self.count(request, Evidence, "quote__participant__service")
        return super().get_queryset(request).annotate(quote_number=number)

    @admin.display(description="Quoted", ordering="quote_number")
    def quote_count(self, service: Any) -> int:
        return int(service.quote_number)


@admin.register(Population)
class PopulationAdmin(CuratedAdmin):
    list_display = ("label", "key", "kind", "study")
    list_filter = (("study", admin.RelatedOnlyFieldListFilter), "kind")
    list_select_related = ("study",)
    search_fields = ("label", "key")
    autocomplete_fields = ("study",)
    fieldsets = (
        (
            None,
            {
                "fields": ("study", "label", "key", "kind", "description"),
                "description": "A group of people who act or benefit.",
            },
        ),
    )
