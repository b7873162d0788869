"""Memos in the admin."""

from __future__ import annotations

from django.contrib import admin

from programmes.admin.base import CuratedAdmin
from programmes.models import Memo


@admin.register(Memo)
class MemoAdmin(CuratedAdmin):
    """Memos."""

    list_display = ("key", "kind", "visibility", "signed_by", "signed_date", "study")
    list_filter = (("study", admin.RelatedOnlyFieldListFilter), "kind", "origin", "visibility")
    list_select_related = ("study",)
    search_fields = ("key", "text")
    autocomplete_fields = (
        "study",
        "theory",
        "cmoc",
        "context",
        "mechanism",
        "outcome",
        "substantive_theory",
        "quote",
        "source",
        "service",
        "reference",
    )
    fieldsets = (
        (
            None,
            {
                "fields": ("study", "key", "kind", "origin", "text", ("signed_by", "signed_date"), "visibility"),
                "description": "A decision, a definition, a question, or an oddity of the source.",
            },
        ),
        (
            "About a part of a theory",
            {
                "fields": ("theory", "cmoc", "context", "mechanism", "outcome", "substantive_theory"),
                "description": "Choose the theory, and at most one part of it.",
            },
        ),
        (
            "About something else of the study",
            {
                "fields": ("quote", "source", "service", "reference"),
                "description": "Choose at most one. With nothing chosen the memo is about the study.",
            },
        ),
    )
