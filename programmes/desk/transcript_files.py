"""The form fields for a transcript: a file with its encoding, or pasted text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict

from programmes.models.erased_words import persons_places, sentence_about, with_every_mark, with_marks
from programmes.models.erasures import remembered_once
from programmes.transcripts.labels_with_marks import turns_under_marks
from programmes.transcripts.limits import read_in_limits
from programmes.transcripts.read import ENCODINGS, TranscriptError, normalised, require_text
from programmes.transcripts.reading import TranscriptReading, kinds_of
from programmes.transcripts.turns import line_of_turn, turn_of_line

if TYPE_CHECKING:
    from programmes.transcripts.reading import LeftOutKind

PASTED = "The pasted text"
MOST_LISTED = 100  # of what is left out of one kind


FORMS_READ = (
    "Plain text, Word (.docx), OpenDocument (.odt), Rich Text (.rtf), PDF with text, web pages (.html), subtitles "
    "(.srt, .vtt), speech recognition (.json)."
)
ENCODING_CHOICES = [("", "Unicode (UTF-8)"), *ENCODINGS.items()]


def file_field(kept: str) -> forms.FileField:
    """Return the field for a file; `kept` tells the person what is kept of it."""
    return forms.FileField(
        required=False,
        label="File",
        help_text=f"{FORMS_READ} {kept}",
    )


def encoding_field() -> forms.ChoiceField:
    """Return the field for the encoding of a plain file; it is never guessed."""
    return forms.ChoiceField(
        required=False,
        choices=ENCODING_CHOICES,
        label="Encoding",
        help_text="Of plain text and subtitles. If a file is in another one than Unicode, you are told.",
    )


def submitted_reading(form: forms.BaseForm, pasted: str) -> TranscriptReading | None:
    """Return what was read from the uploaded file, or the pasted text. If it cannot be read, say so in the form."""
    cleaned: dict[str, Any] = form.cleaned_data
    file = cleaned.get("file")
    if file and pasted:
        form.add_error("file", "Paste the text or give a file, not both.")
        return None
    try:
        if file:
            return without_erased(file.name, read_in_limits(file.name, file.read(), cleaned.get("encoding", "")))
        reading = TranscriptReading(require_text(normalised(pasted), PASTED))
        return without_erased(PASTED, reading)
    except TranscriptError as error:
        form.add_error("file" if file else "text", str(error))
        return None


def without_erased(name: str, reading: TranscriptReading) -> TranscriptReading:
    """Return what was read with marks over what was erased for good, so that it is not even kept for a day.

    Raises TranscriptError where the text has words of somebody who has withdrawn, and says where.
    """
    with remembered_once():
        for given in (reading.text, name):
            if places := persons_places(given):
                sentence = sentence_about(places, given)
                raise TranscriptError(f"{name} cannot come in. {sentence}")
        text = with_marks(reading.text)
        left_out = [replace(entry, words=with_every_mark(entry.words)) for entry in reading.left_out]
    turns = tuple(map(turn_of_line, turns_under_marks(reading.text, text, list(map(line_of_turn, reading.turns)))))
    return replace(reading, text=text, left_out=tuple(left_out), turns=turns)


def submitted_text(form: forms.BaseForm, pasted: str) -> str | None:
    """Return the text of the uploaded file, or the pasted one. If it cannot be read, say so in the form.

    Where words of the file are not in its text, the form comes back with the text to look at and with those words.
    They are kept nowhere.
    """
    reading = submitted_reading(form, pasted)
    if reading is None or not reading.left_out:
        return reading.text if reading else None
    data = QueryDict(mutable=True)
    data.update(form.data)
    data[form.add_prefix("text")] = reading.text
    form.data = data
    form.add_error("text", told_of(form.cleaned_data["file"].name, reading))
    return None


def told_of(name: str, reading: TranscriptReading) -> list[str]:
    """Return what a person is told before a text is fixed without some words of its file."""
    said = f"This is the text of {name}. What is listed here stands in the file and not in the text. "
    return [
        said + "If the text is right, go on with it; otherwise mend the file and give it again.",
        *told_kinds(reading),
    ]


def told_kinds(reading: TranscriptReading) -> list[str]:
    """Return what is not in the text of a file, a sentence for each kind, with the words."""
    words: dict[str, list[str]] = {}
    for entry in reading.left_out:
        words.setdefault(entry.kind, []).extend([" ".join(entry.words.split())] * bool(entry.words.strip()))
    return [told_kind(kind, words[kind.kind]) for kind in kinds_of(reading.left_out)]


def told_kind(kind: LeftOutKind, words: list[str]) -> str:
    """Return "Deleted words: 2 (paragraph 3): “fine”, “well”."."""
    shown = ", ".join(f"“{each}”" for each in words[:MOST_LISTED])
    others = f" and {len(words) - MOST_LISTED:,} more" if len(words) > MOST_LISTED else ""
    said = str(kind)
    stop = "" if shown.endswith((".”", "?”", "!”", "…”")) and not others else "."
    return f"{said[0].upper()}{said[1:]}{': ' if shown else ''}{shown}{others}{stop}"
