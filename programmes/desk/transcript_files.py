"""The form fields for a transcript: a file with its encoding, or pasted text."""

from __future__ import annotations

from typing import Any

from django import forms

from programmes.transcripts.limits import read_in_limits
from programmes.transcripts.read import ENCODINGS, TranscriptError, normalised, require_text


def file_field(kept: str) -> forms.FileField:
    """Return the field for a file; `kept` tells the person what is kept of it."""
    return forms.FileField(
        required=False,
        label="File",
        help_text=f"Plain text, Word (.docx), PDF with text, subtitles (.srt, .vtt). {kept}",
    )


def encoding_field() -> forms.ChoiceField:
    """Return the field for the encoding of a plain file; it is never guessed."""
    return forms.ChoiceField(
        required=False,
        choices=[("", "Unicode (UTF-8)"), *ENCODINGS.items()],
        label="Encoding",
        help_text="Of plain text and subtitles. If a file is in another one than Unicode, you are told.",
    )


def submitted_text(form: forms.BaseForm, pasted: str) -> str | None:
    """Return the text of the uploaded file, or the pasted one. If it cannot be read, add an error to the form."""
    cleaned: dict[str, Any] = form.cleaned_data
    file = cleaned.get("file")
    if file and pasted:
        form.add_error("file", "Paste the text or give a file, not both.")
        return None
    try:
        if file:
            return read_in_limits(file.name, file.read(), cleaned.get("encoding", ""))
        return require_text(normalised(pasted), "The pasted text")
    except TranscriptError as error:
        form.add_error("file" if file else "text", str(error))
        return None
