"""Pseudonymising a transcript before it is added: what may identify people is found and replaced consistently.

Nothing is stored here: the text, the findings and the key go back and forth with the form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.helpers import AdminErrorList, AdminForm
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from programmes.desk.screens import DeskView
from programmes.desk.transcript_files import encoding_field, file_field, submitted_text
from programmes.formats.pseudonym_keys import KeyFileError, key_file, read_key
from programmes.pages.base import attachment
from programmes.transcripts.pseudonyms import Finding, Pseudonymised, identifiers_in, proposals, pseudonymise
from programmes.transcripts.read import normalised

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

MOST = 600  # findings that are shown; a form with many more is refused by the server, and read by nobody
ADD = "admin:programmes_source_add"


class TranscriptForm(forms.Form):
    """A transcript with names in it, and the key from earlier transcripts if there is one."""

    file = file_field("It is not kept.")
    encoding = encoding_field()
    text = forms.CharField(
        required=False, strip=False, label="Or its text", widget=forms.Textarea(attrs={"rows": 12, "cols": 90})
    )
    key = forms.FileField(
        required=False,
        label="Key of earlier transcripts",
        help_text="The CSV that you downloaded here for an earlier one, so that the same words are replaced alike.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        pasted, key = cleaned.get("text") or "", cleaned.get("key")
        if not (cleaned.get("file") or pasted):
            self.add_error("file", "Give a file or paste the text.")
        elif (given := submitted_text(self, pasted)) is not None:
            cleaned["text"] = given
        try:
            cleaned["key"] = read_key(key.read()) if key else {}
        except KeyFileError as error:
            self.add_error("key", str(error))
        return cleaned


class ReplacementsForm(forms.Form):
    """What to replace each finding by; more words can be added, one replacement on each line."""

    text = forms.CharField(strip=False, widget=forms.HiddenInput)
    earlier = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)  # the key of earlier transcripts
    more = forms.CharField(
        required=False,
        label="Also replace",
        widget=forms.Textarea(attrs={"rows": 4, "cols": 60}),
        help_text="What was not found, one a line: words = what stands for them. For instance: our Jenny = [name 7]",
    )

    def __init__(self, findings: list[Finding], labels: dict[str, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.findings = findings
        for number, finding in enumerate(findings):
            self.fields[f"with_{number}"] = forms.CharField(
                required=False,
                label=f"Instead of {finding.words}",
                max_length=200,
                initial=labels[finding.words],
                widget=forms.TextInput(attrs={"size": 20}),
            )

    def clean_text(self) -> str:
        """Undo the CRLF that a browser makes of each end of line."""
        return normalised(self.cleaned_data["text"])

    def clean_earlier(self) -> dict[str, str]:
        try:
            return read_key(self.cleaned_data["earlier"].encode()) if self.cleaned_data["earlier"] else {}
        except KeyFileError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_more(self) -> dict[str, str]:
        """Return the added words with their replacements."""
        found = {}
        for number, line in enumerate(self.cleaned_data["more"].splitlines(), 1):
            words, equals, put = (part.strip() for part in line.partition("="))
            if line.strip() and not (words and equals and put):
                raise forms.ValidationError(f"Line {number}: write words = what stands for them.")
            if line.strip():
                found[words] = put
        return found

    @property
    def rows(self) -> list[tuple[Finding, list[tuple[str, str]], Any]]:
        """Return each finding with its context and its form field."""
        text = normalised(str(self["text"].value() or ""))
        return [
            (finding, finding.examples(text), self[f"with_{number}"]) for number, finding in enumerate(self.findings)
        ]

    def replacements(self) -> dict[str, str]:
        chosen = {
            finding.words: self.cleaned_data[f"with_{number}"]
            for number, finding in enumerate(self.findings)
            if self.cleaned_data[f"with_{number}"]
        }
        return chosen | self.cleaned_data["more"]


@method_decorator(sensitive_post_parameters(), name="dispatch")  # as on every screen, nothing on the way may keep it
class PseudonymsView(DeskView):
    """Three steps: give the transcript, decide what is replaced, and go on with the result."""

    path = "pseudonymise/"
    url_name = "programmes_source_pseudonymise"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.admin.has_add_permission(request):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        del request
        return self.step("give", form=TranscriptForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        if "decided" not in request.POST:
            return self.read()
        text = normalised(request.POST.get("text", ""))
        findings = identifiers_in(text)[:MOST]
        form = ReplacementsForm(findings, dict.fromkeys([entry.words for entry in findings], ""), request.POST)
        if not form.is_valid() or "back" in request.POST:
            return self.step("decide", form=form, status=200 if form.is_valid() else 400)
        done = pseudonymise(text, form.replacements())
        if "add" in request.POST:
            return self.add(done)
        if "download" in request.POST:
            key = form.cleaned_data["earlier"] | form.replacements()
            return attachment(key_file(key), "text/csv; charset=utf-8", "key-of-pseudonyms.csv")
        return self.step("done", form=form, done=done)

    def read(self) -> HttpResponse:
        """Read the transcript, and show what was found in it."""
        given = TranscriptForm(self.request.POST, self.request.FILES)
        if not given.is_valid():
            return self.step("give", form=given, status=400)
        text, key = given.cleaned_data["text"], given.cleaned_data["key"]
        every = identifiers_in(text)
        findings = every[:MOST]
        known = {finding.words for finding in findings}
        labels = proposals(findings, key)
        more = "\n".join(f"{words} = {put}" for words, put in key.items() if words not in known and words in text)
        form = ReplacementsForm(findings, labels, initial={"text": text, "earlier": key_file(key), "more": more})
        return self.step("decide", form=form, unshown=len(every) - len(findings))

    def add(self, done: Pseudonymised) -> HttpResponse:
        """Open the form of a new source with the text filled in; the admin takes it from there."""
        fieldsets: Any = self.admin.get_fieldsets(self.request)
        form_class = self.admin.get_form(self.request, fields=flatten_fieldsets(fieldsets))
        form = AdminForm(
            form_class(initial={"text": done.text}),
            fieldsets,
            self.admin.get_prepopulated_fields(self.request),
            self.admin.get_readonly_fields(self.request),
            model_admin=self.admin,
        )
        shown = self.get_context_data(
            title=f"Add {self.admin.opts.verbose_name}",
            subtitle=None,
            adminform=form,
            object_id=None,
            original=None,
            is_popup=False,
            source_model=None,
            to_field=None,
            media=self.admin.media + form.media,
            inline_admin_formsets=[],
            errors=AdminErrorList(form.form, []),
            preserved_filters="",
        )
        return self.admin.render_change_form(self.request, shown, add=True, form_url=reverse(ADD))

    def step(self, name: str, *, status: int = 200, **shown: Any) -> HttpResponse:
        return self.show(
            f"admin/programmes/source/pseudonyms_{name}.html",
            status=status,
            title="Replace what leads back to people",
            step=name,
            **shown,
        )
