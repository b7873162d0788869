"""Decisions about configurations in the admin: to read, and to take back."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse

from programmes.actions.undo import undo_decision
from programmes.admin.base import ReadOnlyAdmin
from programmes.desk.decisions import (
    DecisionForm,
    decision_of,
    decision_page,
)
from programmes.models import LineageEvent, LineageMove, LineageStep


class StepInline(admin.TabularInline):  # type: ignore[type-arg]
    """Which configuration followed from which."""

    model = LineageStep
    extra = 0
    fields = ("before", "after", "status_before")


class MoveInline(admin.TabularInline):  # type: ignore[type-arg]
    """Quotes that were moved."""

    model = LineageMove
    extra = 0
    fields = ("quote",)


class ReasonOnlyForm(forms.Form):
    """Why a decision is taken back."""

    reason = DecisionForm.base_fields["reason"]


@admin.register(LineageEvent)
class LineageEventAdmin(ReadOnlyAdmin):
    """Decisions about configurations: to read, and to take back. They are made on the CMOCs."""

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

    def get_urls(self) -> list[Any]:
        """Add the screen on which a decision is taken back."""
        view = self.admin_site.admin_view(self.reverse_view)
        return [path("<int:object_id>/reverse/", view, name="programmes_lineageevent_reverse"), *super().get_urls()]

    def reverse_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Take a decision back."""
        event = self.get_object(request, str(object_id))
        if event is None:
            raise Http404
        if not LineageEvent.objects.editable_by(request.user).filter(pk=event.pk).exists():
            raise PermissionDenied
        form = ReasonOnlyForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                done = undo_decision(event=event, decision=decision_of(request, form, {}))
            except ValidationError as error:
                form.add_error(None, "; ".join(error.messages))
            else:
                messages.success(request, f"{event} is taken back. That can be taken back, too.")
                return HttpResponseRedirect(reverse("lineage", args=[event.theory.slug]) + f"#decision-{done.number}")
        meaning = "CMOCs that it made are retired, and those that it retired stand again, as they were."
        shown = {"title": f"Take back {event}", "meaning": meaning, "cmoc": None, "opts": self.opts}
        return decision_page(self.admin_site, request, form, **shown)
