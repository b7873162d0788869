"""What the screens on one source have in common: who may open them, and the form that takes a passage."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from programmes.models import CMOC, Evidence, SecondCoding
from programmes.transcripts.passages import PassageError, find_passage
from programmes.vocabulary import EvidenceRole

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from programmes.integrity.access import Person
    from programmes.models import Source


class PassageForm(forms.Form):
    """A passage of a transcript, what it does, and to which configurations."""

    passage = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Select it in the transcript, or copy it here.",
    )
    start = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    end = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    role = forms.ChoiceField(choices=EvidenceRole.choices, label="What it does")
    cmocs = forms.ModelMultipleChoiceField(CMOC.objects.none(), required=False, label="CMOCs")

    def __init__(self, source: Source, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.source = source
        cmocs = cast("forms.ModelMultipleChoiceField[CMOC]", self.fields["cmocs"])
        cmocs.queryset = CMOC.objects.editable_by(user).filter(theory__study=source.study_id)
        cmocs.widget = AutocompleteSelectMultiple(
            Evidence._meta.get_field("cmoc"), admin.site, attrs={"data-placeholder": "Choose CMOCs"}
        )
        cmocs.widget.choices = cmocs.choices

    def clean(self) -> dict[str, Any]:
        """Find the passage."""
        cleaned = super().clean() or {}
        if "passage" in cleaned:
            try:
                cleaned["span"] = self.span(cleaned)
            except PassageError as error:
                self.add_error("passage", str(error))
        return cleaned

    def span(self, cleaned: dict[str, Any]) -> tuple[int, int]:
        """Return where the passage stands: where it was selected, if those are its words, or where it is found."""
        start, end, text = cleaned.get("start"), cleaned.get("end"), self.source.text
        if start is not None and end is not None and text[start:end].split() == cleaned["passage"].split():
            lead = len(text[start:end]) - len(text[start:end].lstrip())
            trail = len(text[start:end]) - len(text[start:end].rstrip())
            return start + lead, end - trail
        return find_passage(text, cleaned["passage"])


class SourceScreen(ABC):
    """A screen on one source, for those who may change it."""

    name: str  # of the screen in addresses of the admin

    def __init__(self, source_admin: Any, request: HttpRequest, object_id: str) -> None:
        source = source_admin.get_object(request, object_id)
        if source is None:
            raise Http404
        if not source_admin.has_change_permission(request, source):
            raise PermissionDenied
        self.admin, self.request, self.source = source_admin, request, source
        self.user = cast("User", request.user)
        self.address = reverse(f"admin:{self.name}", args=[source.pk])

    @abstractmethod
    def answer(self) -> HttpResponse:
        """Show the screen, or do what is asked there."""

    def show(self, template: str, title: str, *, status: int = 200, **shown: Any) -> HttpResponse:
        """Return a page of the admin about the source."""
        context = {
            **self.admin.admin_site.each_context(self.request),
            "title": title,
            "is_nav_sidebar_enabled": False,  # the transcript needs the room
            "opts": self.admin.opts,
            "source": self.source,
            "media": self.admin.media,
            **shown,
        }
        return TemplateResponse(self.request, f"admin/programmes/source/{template}", context, status=status)

    def refused_while_blind(self) -> HttpResponse | None:
        """Return a refusal for somebody who is coding the source blind: they must not see the first coding."""
        if unfinished_coding(self.source, self.user) is None:
            return None
        return self.show("blind_only.html", "You are coding this source blind", status=403)


def unfinished_coding(source: Source, user: Person) -> SecondCoding | None:
    """Return the blind coding of a source that this person has begun and not finished, if there is one."""
    codings = SecondCoding.objects.visible_to(user)
    return codings.filter(source=source, analyst_id=user.pk, finished_date=None).first()
