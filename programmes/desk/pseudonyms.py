"""The pass over a transcript before it is added: what may lead back to people is found, and replaced consistently.

Nothing of it is stored: the text, what was found and the key go back and forth with the form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from programmes.desk.transcript_files import encoding_field, file_field, submitted_text
from programmes.formats.pseudonym_keys import KeyFileError, key_file, read_key
from programmes.pages.base import attachment
from programmes.transcripts.pseudonyms import Finding, Pseudonymised, identifiers_in, proposals, pseudonymise
from programmes.transcripts.read import normalised

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

    from programmes.models import Source

MOST = 600  # findings that are shown; a form with many more is refused by the server, and read by nobody
ADD = "admin:programmes_source_add"


class TranscriptForm(forms.Form):
    """A transcript with names in it, and the key of earlier transcripts if there is one."""

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
        """Read the transcript and the key."""
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
    """What to put for each finding; more words can be added, one replacement a line."""

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
        """Return the text with its own ends of lines, which a browser sends as two characters."""
        return normalised(self.cleaned_data["text"])

    def clean_earlier(self) -> dict[str, str]:
        """Return the key of earlier transcripts."""
        try:
            return read_key(self.cleaned_data["earlier"].encode()) if self.cleaned_data["earlier"] else {}
        except KeyFileError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_more(self) -> dict[str, str]:
        """Return the words that were added, with what stands for them."""
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
        """Return each finding with its examples and its field."""
        text = normalised(str(self["text"].value() or ""))
        return [
            (finding, finding.examples(text), self[f"with_{number}"]) for number, finding in enumerate(self.findings)
        ]

    def replacements(self) -> dict[str, str]:
        """Return what is replaced by what."""
        chosen = {
            finding.words: self.cleaned_data[f"with_{number}"]
            for number, finding in enumerate(self.findings)
            if self.cleaned_data[f"with_{number}"]
        }
        return chosen | self.cleaned_data["more"]


class PseudonymsView:
    """Three steps: give the transcript, decide what is replaced, and go on with the result."""

    def __init__(self, source_admin: ModelAdmin[Source], request: HttpRequest) -> None:
        if not source_admin.has_add_permission(request):
            raise PermissionDenied
        self.admin, self.request = source_admin, request

    def answer(self) -> HttpResponse:
        """Show the step that the form asks for."""
        if self.request.method != "POST":
            return self.show("give", form=TranscriptForm())
        if "decided" not in self.request.POST:
            return self.read()
        text = normalised(self.request.POST.get("text", ""))
        findings = identifiers_in(text)[:MOST]
        form = ReplacementsForm(findings, dict.fromkeys([entry.words for entry in findings], ""), self.request.POST)
        if not form.is_valid() or "back" in self.request.POST:
            return self.show("decide", form=form, status=200 if form.is_valid() else 400)
        done = pseudonymise(text, form.replacements())
        if "add" in self.request.POST:
            return self.add(done)
        if "download" in self.request.POST:
            key = form.cleaned_data["earlier"] | form.replacements()
            return attachment(key_file(key), "text/csv; charset=utf-8", "key-of-pseudonyms.csv")
        return self.show("done", form=form, done=done)

    def read(self) -> HttpResponse:
        """Read the transcript, and show what was found in it."""
        given = TranscriptForm(self.request.POST, self.request.FILES)
        if not given.is_valid():
            return self.show("give", form=given, status=400)
        text, key = given.cleaned_data["text"], given.cleaned_data["key"]
        every = identifiers_in(text)
        findings = every[:MOST]
        known = {finding.words for finding in findings}
        labels = proposals(findings, key)
        more = "\n".join(f"{words} = {put}" for words, put in key.items() if words not in known and words in text)
        form = ReplacementsForm(findings, labels, initial={"text": text, "earlier": key_file(key), "more": more})
        return self.show("decide", form=form, unshown=len(every) - len(findings))

    def add(self, done: Pseudonymised) -> HttpResponse:
        """Show the form of a new source with the text in it."""
        self.request.method = "GET"  # nothing is added yet: the form is opened, with the text as if a link gave it
        given = QueryDict(mutable=True)
        given["text"] = done.text
        self.request.GET = given  # type: ignore[assignment]  # nobody changes it any more
        return self.admin.add_view(self.request, form_url=reverse(ADD))

    def show(self, step: str, *, status: int = 200, **shown: Any) -> HttpResponse:
        """Return a step."""
        context = {
            **self.admin.admin_site.each_context(self.request),
            "title": "Replace what leads back to people",
            "opts": self.admin.opts,
            "step": step,
            **shown,
        }
        return TemplateResponse(self.request, f"admin/programmes/source/pseudonyms_{step}.html", context, status=status)


class PseudonymsMixin:
    """What the admin of sources offers: the pass that replaces what leads back to people."""

    admin_site: Any

    @method_decorator(sensitive_post_parameters())
    def pseudonymise_view(self, request: HttpRequest) -> HttpResponse:
        """Show a step of the pass. As with every screen of the admin, nothing on the way may keep it."""
        return PseudonymsView(self, request).answer()  # type: ignore[arg-type]  # it is the admin of sources
