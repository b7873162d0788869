"""Memos in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils.text import Truncator

from programmes.admin.base import CuratedAdmin
from programmes.formats.memos import WORD, heading_of, memo_document, memo_table
from programmes.formats.tables import csv_lines, csv_values
from programmes.models import Memo, is_about
from programmes.pages.base import attachment
from programmes.pages.memos import memos_with_records
from programmes.vocabulary import MemoAbout

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse


class AboutFilter(admin.SimpleListFilter):
    """Memos about records of one kind."""

    title = "what it is about"
    parameter_name = "about"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        del request, model_admin
        return list(MemoAbout.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        del request
        chosen = self.value()
        return queryset.filter(is_about(chosen)) if chosen in MemoAbout.values else queryset


@admin.register(Memo)
class MemoAdmin(CuratedAdmin):
    list_display = ("key", "record", "words", "kind", "visibility", "signed_date")
    list_filter = (("study", admin.RelatedOnlyFieldListFilter), "kind", AboutFilter, "origin", "visibility")
    search_fields = ("key", "text")
    actions = ("download_table", "download_document")
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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Memo, Memo]:
        return memos_with_records(super().get_queryset(request)).order_by("study", "key", "pk")

    @admin.display(description="about")
    def record(self, memo: Memo) -> str:
        return heading_of(memo)

    @admin.display(description="text")
    def words(self, memo: Memo) -> str:
        return Truncator(memo.text).words(12)

    @admin.action(description="Download chosen memos as CSV", permissions=["view"])
    def download_table(self, request: HttpRequest, queryset: QuerySet[Memo, Memo]) -> HttpResponse:
        del request
        lines = csv_lines(map(csv_values, memo_table(memos_with_records(queryset))))
        return attachment(lines, "text/csv; charset=utf-8", "memos.csv")

    @admin.action(description="Download chosen memos as a Word document", permissions=["view"])
    def download_document(self, request: HttpRequest, queryset: QuerySet[Memo, Memo]) -> HttpResponse:
        del request
        return attachment(memo_document(memos_with_records(queryset), "Memos"), WORD, "memos.docx")
