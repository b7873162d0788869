"""Caveats, links and substantive theories in the admin."""

from __future__ import annotations

from django.contrib import admin

from programmes.admin.base import CuratedAdmin, StackedInline
from programmes.admin.forms import ReasonForm
from programmes.models import (
    Caveat,
    CMOCLink,
    ReportingAnswer,
    SubstantiveTheory,
    SubstantiveTheoryLink,
    SubstantiveTheoryReference,
)


@admin.register(Caveat)
class CaveatAdmin(CuratedAdmin):
    list_display = ("number", "kind", "cmoc", "outcome", "theory")
    list_display_links = ("number", "kind")
    list_filter = (("theory", admin.RelatedOnlyFieldListFilter), "kind")
    list_select_related = ("theory", "cmoc", "outcome")
    search_fields = ("text", "number")
    autocomplete_fields = ("theory", "cmoc", "outcome", "refutes")
    fieldsets = (
        (
            None,
            {
                "fields": ("theory", "number", ("cmoc", "outcome"), "kind", "text", "locator", "refutes"),
                "description": "When a CMOC, an outcome or (with neither chosen) the whole theory may not hold.",
            },
        ),
    )


@admin.register(ReportingAnswer)
class ReportingAnswerAdmin(CuratedAdmin):
    list_display = ("item", "answer", "locator", "theory")
    list_display_links = ("item", "answer")
    list_filter = (("theory", admin.RelatedOnlyFieldListFilter), "answer")
    list_select_related = ("theory",)
    search_fields = ("locator", "note", "item")
    autocomplete_fields = ("theory",)
    fieldsets = (
        (
            None,
            {
                "fields": ("theory", "item", "answer", "locator", "note", ("signed_by", "signed_date")),
                "description": "What the report says of an item of RAMESES II; the desk shows all twenty at once.",
            },
        ),
    )


class LinkForm(ReasonForm):
    """A link, which begins at one thing and ends at one."""

    unless = {"source_cmoc": ("source_outcome",), "target_cmoc": ("target_outcome", "target_context", "target_text")}


@admin.register(CMOCLink)
class CMOCLinkAdmin(CuratedAdmin):
    form = LinkForm
    list_display = (
        "number",
        "kind",
        "source_cmoc",
        "source_outcome",
        "target_cmoc",
        "target_outcome",
        "target_context",
        "status",
        "theory",
    )
    list_display_links = ("number", "kind")
    list_filter = (("theory", admin.RelatedOnlyFieldListFilter), "kind", "status")
    list_select_related = ("theory", "source_cmoc", "source_outcome", "target_cmoc", "target_outcome", "target_context")
    search_fields = ("reason", "number")
    autocomplete_fields = ("theory", "source_cmoc", "source_outcome", "target_cmoc", "target_outcome", "target_context")
    fieldsets = (
        (None, {"fields": ("theory", "number", "kind", "status"), "description": "How two CMOCs or outcomes relate."}),
        ("From", {"fields": ("source_cmoc", "source_outcome"), "description": "Choose one."}),
        (
            "To",
            {"fields": ("target_cmoc", "target_outcome", "target_context", "target_text"), "description": "Give one."},
        ),
        (
            "Why",
            {
                "fields": ("reason", ("signed_by", "signed_date"), "locator"),
                "description": "A link without a reason is not kept.",
            },
        ),
    )


class TheoryReferenceInline(StackedInline):
    """Works that a substantive theory is cited to."""

    model = SubstantiveTheoryReference
    autocomplete_fields = ("reference",)
    fields = (("position", "reference"),)


class InformedCMOCInline(StackedInline):
    """CMOCs that a substantive theory informs."""

    model = SubstantiveTheoryLink
    autocomplete_fields = ("cmoc",)
    fields = (("cmoc", "basis"), "note", ("signed_by", "signed_date"))


@admin.register(SubstantiveTheory)
class SubstantiveTheoryAdmin(CuratedAdmin):
    list_display = ("name", "citation", "informs_all", "theory")
    list_filter = (("theory", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("theory",)
    search_fields = ("name", "key")
    autocomplete_fields = ("theory",)
    inlines = (TheoryReferenceInline, InformedCMOCInline)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "theory",
                    "name",
                    "key",
                    "citation",
                    "citation_as_printed",
                    "used_by",
                    "description",
                    "locator",
                    "informs_all",
                ),
                "description": "A named theory of the social sciences that the programme theory draws on.",
            },
        ),
    )
