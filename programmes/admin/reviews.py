"""The list of all reviews in the admin."""

from __future__ import annotations

from django.contrib import admin

from programmes.admin.base import ReadOnlyAdmin
from programmes.models import Review


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin):
    """Reviews: to read. They are given on the CMOCs, and stand."""

    list_display = ("cmoc", "verdict", "comment", "signed_by", "signed_date")
    list_filter = (("cmoc__theory", admin.RelatedOnlyFieldListFilter), "verdict")
    list_select_related = ("cmoc",)
    search_fields = ("comment", "signed_by")
    ordering = ("cmoc__theory", "cmoc__number", "number")
    fields = ("cmoc", "number", "verdict", "comment", "signed_by", "signed_date", "wording")
