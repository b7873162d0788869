"""What every admin of curated records does.

It shows only what one may see, refuses what one may not touch, asks for a reason, and never lets two people overwrite
each other.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import NON_FIELD_ERRORS, ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import models
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.forms.utils import ErrorDict
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from simple_history.admin import SimpleHistoryAdmin
from simple_history.template_utils import HistoricalRecordContextHelper

from programmes.admin.scoped import ScopedAdmin
from programmes.desk.base import SAVING, is_among
from programmes.desk.conflicts import display_value, last_change
from programmes.integrity.invariants import follow
from programmes.integrity.numbering import signature
from programmes.integrity.text import TextFormField
from programmes.models import CuratedModel, Study
from programmes.models.holdings import held_by

if TYPE_CHECKING:
    from programmes.integrity.access import Person


KEYS = {"slug", "key", "number"}  # what records are called in addresses
KEPT = "It stays as it is, since the record is public: addresses and citations lead to it."
WHERE_UNSIGNED = {"signed_by": "Yours, if you leave it empty.", "signed_date": "Today, if you leave it empty."}


def names_in_address(model: type[CuratedModel]) -> set[str]:
    """Return the fields of a record from which its public address is made, if it has one of its own."""
    names = [path.partition("__")[0] for path in model.key_fields]
    return set(names) if model.key_fields[-1] in KEYS else set()


def is_public(record: CuratedModel) -> bool:
    """Say whether everybody may see a record."""
    return type(record).objects.visible_to(AnonymousUser()).filter(pk=record.pk).exists()


class OpenedVersionField(forms.IntegerField):
    """The version of the record that a form was opened on. It comes back as it was sent."""

    widget = forms.HiddenInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Say that nobody changes it: a row in which nothing else was changed is not saved."""
        del initial, data
        return False


class CuratedForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form that knows who fills it in and which version of the record was opened."""

    user: Person
    is_public: bool | None = None  # whether everybody may see the record above this row, if there is one
    opened_version = OpenedVersionField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["opened_version"].initial = self.instance.version
        self.keep_address()
        if self.instance.signs:
            for name in WHERE_UNSIGNED.keys() & self.fields.keys():
                self.fields[name].help_text = f"{self.fields[name].help_text} {WHERE_UNSIGNED[name]}"

    def keep_address(self) -> None:
        """Let nobody change what the address of a public record is made of: readers have it, and citations."""
        names = names_in_address(type(self.instance)) & self.fields.keys()
        if not names or self.instance._state.adding:
            return
        if is_public(self.instance) if self.is_public is None else self.is_public:
            for name in names:
                self.fields[name].disabled = True
                self.fields[name].help_text = f"{self.fields[name].help_text} {KEPT}".strip()

    def clean(self) -> dict[str, Any]:
        """Refuse records of other studies, and a record that was changed since it was opened."""
        cleaned = super().clean() or {}
        cleaned |= self.untouched_texts(cleaned)
        for name, value in list(cleaned.items()):
            if isinstance(value, CuratedModel) and not type(value).objects.visible_to(self.user).filter(pk=value.pk):
                self.add_error(name, "Choose a record that you may see.")
        if not self.instance._state.adding and self.has_changed():
            self.refuse_overwriting(cleaned.get("opened_version"))
        return cleaned

    def untouched_texts(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """Return the texts that nobody touched as they are stored, whatever a browser made of them."""
        return {
            name: self.initial[name]
            for name in cleaned.keys() & self.initial.keys() - set(self.changed_data)
            if isinstance(self.fields[name], TextFormField) and not self.instance._state.adding
        }

    def refuse_overwriting(self, opened: int | None) -> None:
        """Add an error that says who changed what since the form was opened."""
        model = type(self.instance)
        stored = model._base_manager.get(pk=self.instance.pk)
        if opened == stored.version:
            self.instance.version = stored.version
            return
        told = last_change(stored) or "This record was changed after you opened it."
        raise ValidationError(
            f"{told} Nothing was overwritten, and what you entered is still here. To save it all the same, open the "
            "record again in another window, copy over what you want to keep, and save there.",
            code="stale",
        )

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # a hook of Django's own
        path = type(self.instance).access.study
        if path == "studies":
            return
        study = None
        with suppress(ObjectDoesNotExist):  # a required relation is empty; its own field says so
            study = follow(self.instance, path) if path else self.instance
        if study is not None and study.pk and not Study.objects.editable_by(self.user).filter(pk=study.pk).exists():
            self._errors = ErrorDict()  # what else is wrong with it would tell what is there
            self.add_error(None, "This belongs to a study that you do not curate.")


class ReasonForm(CuratedForm):
    """A form that asks why."""

    change_reason = TextFormField(
        label="Reason for this change",
        required=False,
        max_length=300,
        help_text="Kept in the history. Required when you change a record.",
        widget=forms.TextInput(attrs={"size": 80}),
    )

    def has_changed(self) -> bool:
        """Say whether anything was changed; a reason alone changes nothing."""
        return bool(set(self.changed_data) - {"change_reason"})

    def has_reason(self, cleaned: dict[str, Any]) -> bool:
        """Say whether a reason was given; one that is refused has its own message."""
        return bool(cleaned.get("change_reason")) or self.has_error("change_reason")

    def clean(self) -> dict[str, Any]:
        """Ask for a reason where something changes."""
        cleaned = super().clean()
        if not self.instance._state.adding and self.has_changed() and not self.has_reason(cleaned):
            self.add_error("change_reason", "Say in a few words why you change this.")
        for kind in held_by(type(self.instance)):
            if cleaned.get(kind.absence) and not self.instance._state.adding and kind.rows(self.instance).exists():
                self.add_error(kind.absence, f"There are {kind.name} here, so leave this empty.")
        return cleaned


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
