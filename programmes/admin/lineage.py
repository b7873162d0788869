"""Decisions about configurations in the admin: to read, and to take back."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin

from programmes.admin.base import ReadOnlyAdmin
from programmes.admin.scoped import ScopedAdmin
from programmes.desk.decisions import UndoDecisionView
from programmes.desk.screens import ScreensMixin
from programmes.models import LineageEvent, LineageMove, LineageStep


class StepInline(ScopedAdmin, admin.TabularInline):  # type: ignore[type-arg]
    """Which configuration followed from which."""

    model = LineageStep
    extra = 0
    fields = ("before", "after", "status_before")


class MoveInline(ScopedAdmin, admin.TabularInline):  # type: ignore[type-arg]
    model = LineageMove
    extra = 0
    fields = ("quote",)


@admin.register(LineageEvent)
class LineageEventAdmin(ScreensMixin, ReadOnlyAdmin):
    """Decisions about configurations: to read, and to take back. They are made on the CMOCs."""

    screens = (UndoDecisionView,)

    change_form_template = "admin/programmes/lineageevent/change_form.html"
    list_display = ("__str__", "kind", "reason", "signed_by", "signed_date", "theory")
    list_filter = (("theory", admin.RelatedOnlyFieldListFilter), "kind")
    list_select_related = ("theory",)
    search_fields = ("reason", "number")
    ordering = ("theory__title", "-number")
    inlines = (StepInline, MoveInline)
    fields: ClassVar[tuple[str, ...]] = (
        "theory",
        "number",
        "kind",
        "reason",
        "signed_by",
        "signed_date",
        "title_before",
        "title_after",
        "reverses",
    )
