"""Transcripts from files: several at once, each looked at with its speakers and what is left out of it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import asdict
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.text import slugify

from programmes.desk.speaker_fields import (
    NEW,
    NO_PSEUDONYM,
    first_said,
    kind_of_speaker,
    person_named,
    proposed_speaker,
    speaker_field,
)
from programmes.desk.transcript_files import ENCODING_CHOICES, FORMS_READ, told_kinds, without_erased
from programmes.desk.uploads import (
    MOST_FILES,
    ConfirmFilesView,
    FilesForm,
    FilesToConfirmMixin,
    GiveFilesView,
    ImportReportView,
    UnreadableFileError,
    UploadedForm,
    told_without_words,
)
from programmes.integrity.holding import hold_erased
from programmes.integrity.numbering import first_free, signature
from programmes.integrity.text import LineInput, TextFormField
from programmes.models import ImportReport, Participant, Source, Speaker, Upload
from programmes.transcripts.limits import read_in_limits
from programmes.transcripts.read import TranscriptError, checksum
from programmes.transcripts.reading import LeftOut, TranscriptReading
from programmes.transcripts.turns import SpokenTurn, line_of_turn
from programmes.vocabulary import SourceKind, SpeakerKind, UploadKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from django.contrib.auth.models import User
    from django.core.files.uploadedfile import UploadedFile

    from programmes.models import CuratedModel

WAITING = "admin:programmes_source_files_waiting"
REPORT = "admin:programmes_source_files_report"
LONGEST_KEY = 60
MOST_SHOWN = 20_000  # letters of a text


def as_content(reading: TranscriptReading, **proposed: Any) -> dict[str, Any]:
    """Return what was read, and what is proposed for its source, as an upload holds it."""
    return {**asdict(reading), "proposed": proposed}


def as_reading(content: dict[str, Any]) -> TranscriptReading:
    """Return what was read from what an upload holds."""
    return TranscriptReading(
        content["text"],
        tuple(LeftOut(**entry) for entry in content["left_out"]),
        tuple(SpokenTurn(**turn) for turn in content["turns"]),
        tuple(content["pages"]),
    )


def turn_lines(reading: TranscriptReading, no_speakers: Collection[str] = ()) -> list[str]:
    """Return the turns that a source keeps beside its text; none where the text tells them as well."""
    return [line_of_turn(turn) for turn in reading.spoken(no_speakers)] if reading.turns or reading.pages else []


@transaction.atomic
def keep_waiting(form: Any, user: User) -> Upload:
    """Let the file in the form of a source wait, with what was entered in the form as what is proposed.

    Nor does what was erased while the file was read: ValidationError says so of somebody's words.
    """
    given = form.cleaned_data
    proposed = {name: given[name] for name in ("key", "title", "kind") if given.get(name)}
    hold_erased(erases=False)
    try:
        reading = without_erased(form.files["file"].name, form.reading)
    except TranscriptError as error:
        raise ValidationError(str(error)) from error
    content = as_content(reading, **proposed)
    upload = Upload(
        uploader=user,
        study=form.instance.study,
        kind=UploadKind.TRANSCRIPT,
        name=form.files["file"].name,
        content=content,
    )
    upload.save()
    return upload


def keep_report(source: Source, user: User, reading: TranscriptReading) -> None:
    """Keep a report about a file that became a source at once, since all of its words are in its text."""
    ImportReport.objects.create(
        study=source.study,
        kind=UploadKind.TRANSCRIPT,
        signed_by=signature(user),
        files=[report_of(source, reading, reading.spoken())],
    )


def report_of(source: Source, reading: TranscriptReading, turns: list[SpokenTurn]) -> dict[str, Any]:
    """Return what a report says of a file that became a source."""
    facts = {"letters": len(reading.text), "turns": len(turns), "speakers": len({turn.speaker for turn in turns})}
    return {"record": source.key, "facts": facts, "left_out": told_without_words(reading.left_out)}


class TranscriptFilesForm(FilesForm):
    """Transcripts of a study, with the encoding of plain text."""

    encoding = forms.ChoiceField(
        required=False,
        choices=ENCODING_CHOICES,
        help_text="Of plain text and subtitles. If a file is in another one than Unicode, you are told.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = f"{FORMS_READ} At most {MOST_FILES} at once; only their text is kept."


class GiveTranscriptsView(GiveFilesView):
    path = "from-files/"
    url_name = "programmes_source_from_files"
    template_name = "admin/programmes/source/files_give.html"
    kind = UploadKind.TRANSCRIPT
    form_class = TranscriptFilesForm
    next_step = WAITING
    last_step = REPORT
    extra_context = {"title": "Add sources from files"}

    def read(self, file: UploadedFile[Any], cleaned: dict[str, Any]) -> dict[str, Any]:
        return content_of_transcript(file, cleaned)


def content_of_transcript(file: UploadedFile[Any], cleaned: dict[str, Any]) -> dict[str, Any]:
    """Return what a transcript holds, as an upload holds it. Raises UnreadableFileError."""
    try:
        reading = read_in_limits(str(file.name), file.read(), cleaned["encoding"])
        return as_content(without_erased(str(file.name), reading))
    except TranscriptError as error:
        raise UnreadableFileError(str(error)) from error


class UploadedTranscriptForm(UploadedForm):
    """The source that a transcript becomes, and who its speakers are."""

    key = forms.SlugField(
        max_length=80,
        help_text="Short name of the source, such as interview-3. It is proposed from the name of the file; never a "
        "real name.",
    )
    title = TextFormField(max_length=300, widget=LineInput)
    kind = forms.ChoiceField(choices=SourceKind)

    def __init__(self, upload: Upload, data: Any = None, **kwargs: Any) -> None:
        self.reading = as_reading(upload.content)
        turns = self.reading.spoken()
        self.turns = turns
        self.speakers = Counter(turn.speaker for turn in turns)
        self.same = Source.objects.filter(study=upload.study_id, sha256=checksum(self.reading.text)).first()
        proposed = proposals_for(upload, list(self.speakers))
        kwargs["initial"] = {"include": self.same is None, **proposed, **upload.content["proposed"]}
        super().__init__(upload, data, **kwargs)
        self.participants = {str(row.pk): row for row in Participant.objects.filter(study=upload.study_id)}
        for number, label in enumerate(self.speakers):
            self.fields[f"speaker_{number}"] = speaker_field(label, self.participants)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        made = [label for label, who in self.who().items() if who == NEW and not slugify(label)]
        for label in made:
            self.add_error(self.field_of(label), NO_PSEUDONYM)
        return cleaned

    def field_of(self, label: str) -> str:
        """Return the name of the field that asks who a speaker is."""
        return f"speaker_{list(self.speakers).index(label)}"

    def who(self) -> dict[str, str]:
        """Return who each speaker is: a kind, NEW, or the id of a participant."""
        return {label: self.cleaned_data.get(self.field_of(label), "") for label in self.speakers}

    @property
    def facts(self) -> list[Any]:
        """Return the fields about the source."""
        return [self[name] for name in ("key", "title", "kind")]

    @property
    def rows(self) -> list[tuple[str, int, str, Any]]:
        """Return each speaker with the number of turns, what is said first, and the field that asks who it is."""
        first = first_said(self.reading.text, self.turns)
        return [(label, turns, first[label], self[self.field_of(label)]) for label, turns in self.speakers.items()]

    @property
    def left_out(self) -> list[str]:
        """Return what is not in the text, a sentence for each kind, with the words."""
        return told_kinds(self.reading)

    @property
    def shown(self) -> str:
        """Return the text, or its beginning where it is long."""
        return self.reading.text[:MOST_SHOWN]

    @property
    def unshown(self) -> int:
        """Return how many letters of the text are not shown."""
        return max(0, len(self.reading.text) - MOST_SHOWN)

    @property
    def filled(self) -> bool:
        """Say whether the text goes to a source that is there without one."""
        key = str(self["key"].value() or "")
        return Source.objects.filter(study=self.upload.study_id, key=key, text="").exists()


def proposals_for(upload: Upload, labels: list[str]) -> dict[str, Any]:
    """Return what is proposed for a source: key and title by the name of the file, kind and speakers by the labels."""
    who = {label: proposed_speaker(upload.study, label) for label in labels}
    others = sum(choice != SpeakerKind.INTERVIEWER for choice in who.values())
    return {
        "key": free_source_key(upload, key_of_name(upload)),
        "title": " ".join(re.split(r"[\s_]+", PurePath(upload.name).stem)),
        "kind": SourceKind.FOCUS_GROUP if others > 1 else SourceKind.INTERVIEW if others else SourceKind.DOCUMENT,
        **{f"speaker_{number}": choice for number, choice in enumerate(who.values())},
    }


def key_of_name(upload: Upload) -> str:
    """Return the key that the name of a file gives."""
    return slugify(PurePath(upload.name).stem)[:LONGEST_KEY] or "source"


def free_source_key(upload: Upload, stem: str, others: Collection[str] = ()) -> str:
    """Return a key for a source, not one of `others`; that of one whose text is not here yet may be taken."""
    taken = set(others) | set(
        Source.objects.filter(study=upload.study_id).exclude(text="").values_list("key", flat=True)
    )
    return first_free(stem, taken)


class TranscriptsToConfirmMixin(FilesToConfirmMixin):
    """What becomes of transcripts: sources, with their speakers."""

    kind = UploadKind.TRANSCRIPT
    form_class = UploadedTranscriptForm

    def proposed(self, waiting: list[Upload]) -> list[Any]:
        """Return the forms of the files; two of one name, such as talk.docx and talk.txt, get two keys."""
        forms = super().proposed(waiting)
        keys: list[str] = []
        for form in forms:
            if form.initial["key"] in keys:
                form.initial["key"] = free_source_key(form.upload, key_of_name(form.upload), keys)
            keys.append(form.initial["key"])
        return forms

    def carry_out(self, form: Any) -> dict[str, Any]:
        reading, cleaned, study = form.reading, form.cleaned_data, form.upload.study
        there = Source.objects.filter(study=study, key=cleaned["key"], text="").first()
        source = there or Source(study=study, key=cleaned["key"], kind=cleaned["kind"])
        source.title, source.text, source.sha256 = cleaned["title"], reading.text, checksum(reading.text)
        made: dict[str, Participant] = {}
        named = {label: person_named(study, label, who, form.participants, made) for label, who in form.who().items()}
        kinds = {label: kind_of_speaker(who, named[label]) for label, who in form.who().items()}
        nobody = {label for label, kind in kinds.items() if kind == SpeakerKind.NOBODY}
        people = list({person.pseudonym: person for person in named.values() if person is not None}.values())
        keep_all(made.values())
        source.turns = turn_lines(reading, nobody)
        source.participant = source.participant or (people[0] if len(people) == 1 else None)
        keep_all([source])
        keep_all(Speaker(source=source, label=label, kind=kinds[label], participant=named[label]) for label in kinds)
        return report_of(source, reading, reading.spoken(nobody))


class ConfirmTranscriptsView(TranscriptsToConfirmMixin, ConfirmFilesView):
    path = "from-files/waiting/"
    url_name = "programmes_source_files_waiting"
    template_name = "admin/programmes/source/files_waiting.html"
    first_step = "admin:programmes_source_from_files"
    last_step = REPORT
    extra_context = {"title": "Look at what was read"}
    address = WAITING


def keep_all(rows: Iterable[CuratedModel]) -> None:
    """Check and save records. Raises ValidationError."""
    for row in rows:
        row.set_change_reason("Added from a file")
        row.full_clean()
        row.save()


class TranscriptReportView(ImportReportView):
    path = "from-files/report/<int:report>/"
    url_name = "programmes_source_files_report"
    template_name = "admin/programmes/source/files_report.html"
    extra_context = {"title": "What was added"}

    def shown(self, report: ImportReport, file: dict[str, Any]) -> dict[str, Any]:
        pk = Source.objects.filter(study=report.study, key=file["record"]).values_list("pk", flat=True).first()
        return {**file, "pk": pk, "address": reverse("admin:programmes_source_change", args=[pk]) if pk else ""}


UPLOAD_SCREENS = (GiveTranscriptsView, ConfirmTranscriptsView, TranscriptReportView)
