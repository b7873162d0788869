"""What every admin of curated records does.

It shows only what one may see, refuses what one may not touch, asks for a reason, and never lets two people overwrite
each other.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.db import models
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from simple_history.admin import SimpleHistoryAdmin
from simple_history.template_utils import HistoricalRecordContextHelper

from programmes.admin.forms import CuratedForm, ReasonForm, is_public, names_in_address
from programmes.admin.scoped import ScopedAdmin
from programmes.desk.base import SAVING, is_among
from programmes.desk.conflicts import display_value
from programmes.desk.study_at_hand import study_at_hand, take_study_of
from programmes.integrity.numbering import signature
from programmes.models import CuratedModel, Theory


class CuratedInline(ScopedAdmin, InlineModelAdmin):  # type: ignore[type-arg]
    """Rows that belong to the record above them."""

    form = CuratedForm
    extra = 0

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        asked = obj is not None and names_in_address(self.model)
        form = type("Form", (self.form,), {"user": request.user, "is_public": is_public(obj) if asked else None})
        return super().get_formset(request, obj, **{"form": form, **kwargs})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the fields of a row, and the version that it was opened on."""
        fields = list(super().get_fields(request, obj))
        return [*(name for name in fields if name != "opened_version"), "opened_version"]

    def may_edit(self, request: HttpRequest, parent: Any) -> bool:
        return parent is None or is_among(request, "editable_by", parent)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and self.may_edit(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self.may_edit(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self.may_edit(request, obj)


def sign_note(form: Any, by: Any) -> None:
    """Put to a note that was written or changed whose it is and today's date, unless the form says so itself."""
    row, changed = form.instance, form.changed_data
    if not row.signs or row.signs not in changed:
        return
    written = bool(getattr(row, row.signs))
    if "signed_by" not in changed:
        row.signed_by = signature(by) if written else ""
    if "signed_date" not in changed:
        row.signed_date = timezone.localdate() if written else None


class StackedInline(CuratedInline, admin.StackedInline):  # type: ignore[type-arg]
    """Rows below each other, each field with its label, which a table of fields would lack."""


class ReadableHistoryContext(HistoricalRecordContextHelper):
    """Shows the terms of the vocabulary in the history as people read them."""

    def prepare_delta_change_value(self, change: Any, value: Any) -> Any:
        return display_value(self.model, change.field, value)


class CuratedAdmin(ScopedAdmin, SimpleHistoryAdmin):
    """A kind of record in the admin."""

    form = ReasonForm
    list_per_page = 50
    history_list_display = ("history_change_reason",)

    class Media:
        js = ("js/admin.js",)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return a record; its study is at hand from then on."""
        found = super().get_object(request, object_id, from_field)
        take_study_of(request, found)
        return found

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Propose the study at hand, and its theory where it has a single one."""
        study = study_at_hand(request)
        proposed: dict[str, Any] = {"study": study.pk} if study else {}
        if study and (only := list(Theory.objects.filter(study=study).order_by("pk").values_list("pk", flat=True)[:2])):
            proposed |= {"theory": only[0]} if len(only) == 1 else {}
        return {**proposed, **super().get_changeform_initial_data(request)}

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        form = type("Form", (self.form,), {"user": request.user})
        return super().get_form(request, obj, change, **{"form": form, **kwargs})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the fieldsets, and the reason where one may save."""
        fieldsets = list(super().get_fieldsets(request, obj))
        may_save = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        if may_save and all(name != SAVING for name, _ in fieldsets):
            fieldsets.append((SAVING, {"fields": ("change_reason", "opened_version")}))
        return fieldsets

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say whether the person may see a record, or this kind of record."""
        allowed = super().has_view_permission(request, obj)
        return bool(allowed and (obj is None or is_among(request, "visible_to", obj)))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say whether the person may change a record, or this kind of record."""
        allowed = super().has_change_permission(request, obj)
        return bool(allowed and (obj is None or is_among(request, "editable_by", obj)))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say whether the person may delete a record, or this kind of record."""
        allowed = super().has_delete_permission(request, obj)
        return bool(allowed and (obj is None or is_among(request, "editable_by", obj)))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001
        """Save with the reason. A form in which nothing was changed leaves no trace in the history."""
        if change and not form.has_changed():
            return
        obj.set_change_reason(form.cleaned_data.get("change_reason") or ("" if change else "Added"))
        sign_note(form, request.user)
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001
        """Save the rows below with the same reason."""
        for row in formset.forms:
            row.instance.set_change_reason(form.cleaned_data.get("change_reason") or "Added")
            sign_note(row, request.user)
        super().save_formset(request, form, formset, change)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show or save a record; a form that rests on an older state of it is answered as a conflict."""
        response: HttpResponse = super().changeform_view(request, *args, **kwargs)
        shown = getattr(response, "context_data", None) or {}
        if "adminform" in shown:
            rows = [row for inline in shown["inline_admin_formsets"] for row in inline.formset.forms]
            if any(form.has_error(NON_FIELD_ERRORS, "stale") for form in [shown["adminform"].form, *rows]):
                response.status_code = 409
        return response

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, *args: Any) -> HttpResponse:
        if request.method == "POST":
            raise Http404  # answered with what was entered
        response: HttpResponse = super()._get_obj_does_not_exist_redirect(request, *args)
        return response

    def get_historical_record_context_helper(
        self, request: HttpRequest, historical_record: Any
    ) -> ReadableHistoryContext:
        """Return what puts the differences of a state into words."""
        del request
        return ReadableHistoryContext(self.model, historical_record)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Show who changed what, to those who may change it: older states may hold what is private now."""
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        response: HttpResponse = super().history_view(request, object_id, extra_context)
        return response

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> Any:
        """Lead from an older state to the history, which shows every difference."""
        del request, version_id, extra_context
        return HttpResponseRedirect(
            reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_history", args=[object_id])
        )

    def count(self, request: HttpRequest, model: type[CuratedModel], path: str) -> Any:
        """Return the number of related rows that the person may see, as an annotation."""
        related = model.objects.visible_to(request.user).filter(**{path: OuterRef("pk")}).order_by()
        counted = related.values(path).annotate(number=Count("pk", distinct=True)).values("number")
        return Coalesce(Subquery(counted), 0, output_field=models.IntegerField())


class ReadOnlyAdmin(CuratedAdmin):
    """A kind of record that is made elsewhere and stands: here it is only read."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Say no: it is made elsewhere."""
        del request
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say no: it stands."""
        del request, obj
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say no, as above."""
        del request, obj
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the fields; nothing is saved here, so nobody is asked why."""
        return self.readable(request, [(None, {"fields": self.fields})], obj)
