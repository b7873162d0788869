"""The coding screen: marking the passages of a transcript that speak to a configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html

from programmes.actions.coding import Coding, NewCMOC, code_passage, undo_coding
from programmes.models import CMOC, Evidence, Source, Theory
from programmes.presenters.coding import coding_page
from programmes.transcripts.passages import PassageError, find_passage
from programmes.vocabulary import EvidenceRole, MemoKind, Slot

if TYPE_CHECKING:
    from django.contrib.auth.models import User

SALT = "undo coding"


class CodingForm(forms.Form):
    """What a passage does: to which configurations, in which role, and why."""

    passage = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Select it in the transcript, or copy it here.",
    )
    start = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    end = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    role = forms.ChoiceField(choices=EvidenceRole.choices, label="What it does")
    cmocs = forms.ModelMultipleChoiceField(CMOC.objects.none(), required=False, label="CMOCs")
    new_title = forms.CharField(
        required=False, max_length=300, label="New candidate CMOC", help_text="A fragment is enough."
    )
    new_theory = forms.ModelChoiceField(Theory.objects.none(), required=False, label="In the theory")
    slot = forms.ChoiceField(choices=[("", "the whole"), *Slot.choices], required=False, label="Part it speaks to")
    memo_kind = forms.ChoiceField(
        choices=[entry for entry in MemoKind.choices if entry[0] != MemoKind.SOURCE_NOTE], label="Kind of memo"
    )
    memo = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text="Why you decided so. Private until shown."
    )
    disclosing = forms.BooleanField(
        required=False, label="May give somebody away", help_text="Noted for the disclosure check."
    )

    def __init__(self, source: Source, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.source = source
        cmocs = cast("forms.ModelMultipleChoiceField[CMOC]", self.fields["cmocs"])
        cmocs.queryset = CMOC.objects.editable_by(user).filter(theory__study=source.study_id)
        cmocs.widget = AutocompleteSelectMultiple(
            Evidence._meta.get_field("cmoc"), admin.site, attrs={"data-placeholder": "Choose CMOCs"}
        )
        cmocs.widget.choices = cmocs.choices
        theories = cast("forms.ModelChoiceField[Theory]", self.fields["new_theory"])
        theories.queryset = Theory.objects.editable_by(user).filter(study=source.study_id).order_by("title")
        theories.initial = theories.queryset.first()

    def clean(self) -> dict[str, Any]:
        """Find the passage, and ask for what it bears on."""
        cleaned = super().clean() or {}
        if "passage" in cleaned:
            try:
                cleaned["span"] = self.span(cleaned)
            except PassageError as error:
                self.add_error("passage", str(error))
        if not cleaned.get("cmocs") and not cleaned.get("new_title"):
            self.add_error("cmocs", "Choose a CMOC, or name a new candidate.")
        if cleaned.get("new_title") and not cleaned.get("new_theory"):
            self.add_error("new_theory", "Choose the theory that the candidate belongs to.")
        return cleaned

    def span(self, cleaned: dict[str, Any]) -> tuple[int, int]:
        """Return where the passage stands: where it was selected, if those are its words, or where it is found."""
        start, end, text = cleaned.get("start"), cleaned.get("end"), self.source.text
        if start is not None and end is not None and text[start:end].split() == cleaned["passage"].split():
            lead = len(text[start:end]) - len(text[start:end].lstrip())
            trail = len(text[start:end]) - len(text[start:end].rstrip())
            return start + lead, end - trail
        return find_passage(text, cleaned["passage"])


class CodingView:
    """The coding screen of one source."""

    def __init__(self, source_admin: Any, request: HttpRequest, object_id: str) -> None:
        source = source_admin.get_object(request, object_id)
        if source is None:
            raise Http404
        if not source_admin.has_change_permission(request, source):
            raise PermissionDenied
        self.admin, self.request, self.source = source_admin, request, source
        self.user = cast("User", request.user)
        self.address = reverse("admin:programmes_source_code", args=[source.pk])

    def answer(self) -> HttpResponse:
        """Show the screen, code a passage, or take the last act back."""
        if self.request.method == "POST" and "undo" in self.request.POST:
            return self.undo()
        form = CodingForm(self.source, self.user, self.request.POST or None)
        if self.request.method == "POST" and form.is_valid():
            return self.code(form.cleaned_data)
        chosen = self.request.GET.get("cmoc", "")
        page = coding_page(self.source, self.user, int(chosen) if chosen.isdecimal() else None)
        context = {
            **self.admin.admin_site.each_context(self.request),
            "title": f"Code {self.source}",
            "is_nav_sidebar_enabled": False,  # the transcript needs the room
            "opts": self.admin.opts,
            "source": self.source,
            "page": page,
            "form": form,
            "media": self.admin.media + form.media,
            "action": self.request.get_full_path(),
            "chosen": chosen,
            "cmocs": CMOC.objects.visible_to(self.user)
            .filter(evidence__quote__source=self.source)
            .distinct()
            .order_by("theory", "number"),
        }
        status = 400 if form.is_bound else 200
        return TemplateResponse(self.request, "admin/programmes/source/code.html", context, status=status)

    def code(self, cleaned: dict[str, Any]) -> HttpResponse:
        """Code a passage as the form says."""
        new = NewCMOC(cleaned["new_theory"], cleaned["new_title"]) if cleaned["new_title"] else None
        try:
            coding = Coding(
                role=EvidenceRole(cleaned["role"]),
                cmocs=list(cleaned["cmocs"]),
                new_cmoc=new,
                slot=cleaned["slot"],
                memo_kind=MemoKind(cleaned["memo_kind"]),
                memo=cleaned["memo"],
                disclosing=cleaned["disclosing"],
            )
            coded = code_passage(source=self.source, span=cleaned["span"], coding=coding, by=self.user)
        except ValidationError as error:
            messages.error(self.request, f"Nothing was coded: {' '.join(error.messages)}")
            return HttpResponseRedirect(self.address)
        undo = signing.dumps([self.source.pk, coded.made], salt=SALT)
        messages.success(
            self.request,
            format_html(
                'Coded as <a href="#{0}">{0}</a>. '
                '<button class="undo" name="undo" value="{1}" form="undo">Undo</button>',
                coded.quote.key,
                undo,
            ),
        )
        return HttpResponseRedirect(f"{self.request.get_full_path().split('#')[0]}#{coded.quote.key}")

    def undo(self) -> HttpResponse:
        """Take an act of coding back, if nothing has been changed since."""
        try:
            source, made = signing.loads(self.request.POST["undo"], salt=SALT)
        except signing.BadSignature:
            source, made = None, []
        if source != self.source.pk:
            messages.error(self.request, "That cannot be undone here.")
            return HttpResponseRedirect(self.address)
        if undo_coding(made=made, by=self.user):
            messages.success(self.request, "Undone: what was coded last is gone.")
        else:
            messages.error(self.request, "Not undone: it was changed or used since. Change it by hand.")
        return HttpResponseRedirect(self.address)
