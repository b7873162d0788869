"""What the screens on one source share: who may open them, and the form that takes a passage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.urls import reverse

from programmes.desk.picker_field import CMOCPickerSelectMultiple, StandingCMOCs
from programmes.desk.screens import RecordView
from programmes.models import CMOC, SecondCoding
from programmes.transcripts.passages import PassageError, find_passage
from programmes.vocabulary import EvidenceRole

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from programmes.integrity.access import Person
    from programmes.models import Source


class PlaceForm(forms.Form):
    """A passage of a transcript."""

    passage = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Select it in the transcript, or copy it here.",
    )
    start = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    end = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, source: Source, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.source = source

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "passage" in cleaned:
            try:
                cleaned["span"] = self.span(cleaned)
            except PassageError as error:
                self.add_error("passage", str(error))
        return cleaned

    def span(self, cleaned: dict[str, Any]) -> tuple[int, int]:
        """Return where the passage is: at the selection if the words match, otherwise where they are found."""
        start, end, text = cleaned.get("start"), cleaned.get("end"), self.source.text
        if start is not None and end is not None and text[start:end].split() == cleaned["passage"].split():
            lead = len(text[start:end]) - len(text[start:end].lstrip())
            trail = len(text[start:end]) - len(text[start:end].rstrip())
            return start + lead, end - trail
        return find_passage(text, cleaned["passage"])


class PassageForm(PlaceForm):
    """A passage of a transcript, with its role in one or more configurations."""

    role = forms.ChoiceField(choices=EvidenceRole.choices, label="What it does")
    cmocs = forms.ModelMultipleChoiceField(CMOC.objects.none(), required=False, label="CMOCs")

    def __init__(self, source: Source, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(source, *args, **kwargs)
        cmocs = cast("forms.ModelMultipleChoiceField[CMOC]", self.fields["cmocs"])
        cmocs.queryset = CMOC.objects.editable_by(user).filter(theory__study=source.study_id)
        cmocs.widget = CMOCPickerSelectMultiple(StandingCMOCs(source.study, user), {"id": "id_cmocs", "size": "8"})


class SourceView(RecordView):
    extra_context = {"is_nav_sidebar_enabled": False}  # the transcript needs the room

    @property
    def source(self) -> Source:
        return cast("Source", self.object)

    @property
    def address(self) -> str:
        return reverse(f"admin:{self.url_name}", args=[self.source.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"media": self.admin.media, **kwargs})


class FirstCodingView(SourceView):
    """A screen that shows the first coding, closed to anyone who is coding the source blind."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if unfinished_coding(self.source, self.user) is not None:
            return self.show(
                "admin/programmes/source/blind_only.html", title="You are coding this source blind", status=403
            )
        return super().dispatch(request, *args, **kwargs)


def unfinished_coding(source: Source, user: Person) -> SecondCoding | None:
    """Return the blind coding of a source that this person has begun and not finished, or None."""
    codings = SecondCoding.objects.visible_to(user)
    return codings.filter(source=source, analyst_id=user.pk, finished_date=None).first()
