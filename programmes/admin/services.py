"""Services and populations in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin

from programmes.admin.base import CuratedAdmin, StackedInline
from programmes.models import (
    Delivery,
    DeliveryMode,
    Evidence,
    PersonKind,
    Population,
    Sector,
    Service,
    ServiceLocation,
    ServicePlace,
    ServiceSector,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


class DeliveryInline(StackedInline):
    """Delivery modes of a service."""

    model = Delivery
    autocomplete_fields = ("mode",)


class ServiceSectorInline(StackedInline):
    """Sectors of a service."""

    model = ServiceSector
    verbose_name = "sector"
    verbose_name_plural = "sectors"
    fields = (("sector", "position"),)
    autocomplete_fields = ("sector",)


class ServiceLocationInline(StackedInline):
    """Places of a service."""

    model = ServiceLocation
    verbose_name = "place"
    verbose_name_plural = "places"
    fields = (("place", "position"),)
    autocomplete_fields = ("place",)


@admin.register(Sector, ServicePlace, DeliveryMode)
class StudyListAdmin(CuratedAdmin):
    """An entry of one of the lists of a study."""

    list_display: ClassVar[tuple[str, ...]] = ("label", "key", "number", "study")
    list_filter = (("study", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("study",)
    search_fields = ("label", "key")
    autocomplete_fields = ("study",)
    prepopulated_fields = {"key": ("label",)}
    fieldsets = (
        (
            None,
            {
                "fields": ("study", ("label", "key"), "number"),
                "description": "Each study has lists of its own, in the words of its source or its team.",
            },
        ),
    )


@admin.register(PersonKind)
class PersonKindAdmin(StudyListAdmin):
    list_display = ("label", "key", "asked", "number", "study")
    fieldsets = (
        (
            None,
            {
                "fields": ("study", ("label", "key"), "number", "asked"),
                "description": "Readers are told who was asked and who was not, where you say so.",
            },
        ),
    )


@admin.register(Service)
class ServiceAdmin(CuratedAdmin):
    list_display = ("number", "name", "service_type", "location", "quote_count", "study")
    list_display_links = ("number", "name", "service_type")
    list_filter = (
        ("study", admin.RelatedOnlyFieldListFilter),
        ("sector_links__sector", admin.RelatedOnlyFieldListFilter),
        ("place_links__place", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("study",)
    search_fields = ("number", "name", "service_type", "location")
    autocomplete_fields = ("study",)
    inlines = (ServiceSectorInline, ServiceLocationInline, DeliveryInline)
    fieldsets = (
        (
            None,
            {
                "fields": ("study", "number", "name", "service_type", "sector_reporting"),
                "description": "One row of the table of services, as printed. Sectors and places are your grouping.",
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
    list_filter = (("study", admin.RelatedOnlyFieldListFilter), ("kind", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("study", "kind")
    search_fields = ("label", "key")
    autocomplete_fields = ("study", "kind")
    fieldsets = (
        (
            None,
            {
                "fields": ("study", "label", "key", "kind", "description"),
                "description": "A group of people who act or benefit.",
            },
        ),
    )
