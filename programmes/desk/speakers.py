"""The screen on which it is said once who speaks in a transcript, and quotes are freed of labels and times."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.text import slugify

from programmes.actions.speakers import mend_quotes, name_speakers, to_mend
from programmes.desk.source_screens import FirstCodingView
from programmes.desk.speaker_fields import (
    NEW,
    NO_PSEUDONYM,
    first_said,
    kind_of_speaker,
    person_named,
    proposed_speaker,
    speaker_field,
)
from programmes.integrity.holding import hold
from programmes.models import Participant, Speaker
from programmes.models.spoken import SourceVoices
from programmes.vocabulary import SpeakerKind

if TYPE_CHECKING:
    from django.http import HttpRequest

    from programmes.actions.speakers import Settled
    from programmes.models import Source


class SpeakersForm(forms.Form):
    """Who each speaker of a source is."""

    reason = forms.CharField(
        required=False,
        max_length=300,
        help_text="Why, if you change what was said before. Kept in the history; do not name anybody.",
    )

    def __init__(self, source: Source, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.source = source
        self.known = {row.label: row for row in source.speakers.select_related("participant")}
        turns = source.spoken()
        self.turns = Counter(turn.speaker for turn in turns)
        self.first = first_said(source.text, turns)
        self.labels = list(dict.fromkeys([*self.turns, *self.known]))
        self.participants = {str(row.pk): row for row in Participant.objects.filter(study=source.study_id)}
        for number, label in enumerate(self.labels):
            field = speaker_field(label, self.participants)
            field.initial = self.present(label)
            self.fields[f"speaker_{number}"] = field

    def present(self, label: str) -> str:
        """Return who a label names as far as it was said, or else as far as can be told."""
        speaker = self.known.get(label)
        if speaker is None:
            return proposed_speaker(self.source.study, label)
        return str(speaker.participant_id) if speaker.participant_id else speaker.kind

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for number, label in enumerate(self.labels):
            if cleaned.get(f"speaker_{number}") == NEW and not slugify(label):
                self.add_error(f"speaker_{number}", NO_PSEUDONYM)
        return cleaned

    @property
    def rows(self) -> list[tuple[str, int, str, Any]]:
        """Return each speaker with the number of turns, what is said first, and the field that asks who it is."""
        return [
            (label, self.turns[label], self.first.get(label, ""), self[f"speaker_{number}"])
            for number, label in enumerate(self.labels)
        ]

    def save(self) -> Settled:
        """Keep what was said, with new participants, and let the quotes follow. Raises ValidationError."""
        made: dict[str, Participant] = {}
        reason = self.cleaned_data["reason"] or "Said who speaks"
        speakers = []
        with transaction.atomic():
            hold(self.source.study)  # two who name the same person wait for each other
            for number, label in enumerate(self.labels):
                who = self.cleaned_data[f"speaker_{number}"]
                person = person_named(self.source.study, label, who, self.participants, made)
                if person is not None and person._state.adding:
                    person.set_change_reason(reason)
                    person.full_clean()
                    person.save()
                row = self.known.get(label, Speaker(source=self.source, label=label))
                kind = kind_of_speaker(who, person)
                if row._state.adding or (row.kind, row.participant) != (kind, person):
                    row.kind, row.participant = kind, person
                    speakers.append(row)
            return name_speakers(source=self.source, speakers=speakers, reason=reason)


class SpeakersView(FirstCodingView):
    """Who speaks in a source, and which of its quotes hold more than somebody's words."""

    path = "<int:object_id>/speakers/"
    url_name = "programmes_source_speakers"

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        del request
        return self.screen(SpeakersForm(self.source))

    def post(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Keep who the speakers are, or mend the quotes."""
        if "mend" in request.POST:
            self.tell(mend_quotes(source=self.source, reason="Labels and times taken out of the words"), "mended")
            return HttpResponseRedirect(self.address)
        form = SpeakersForm(self.source, request.POST)
        if not form.is_valid():
            return self.screen(form)
        try:
            self.tell(form.save(), "somebody else’s now")
        except ValidationError as error:
            form.add_error(None, error.messages)
            return self.screen(form)
        except IntegrityError:
            form.add_error(None, "Somebody else has changed this in the meantime. Look at it again.")
            return self.screen(form, 409)
        return HttpResponseRedirect(self.address)

    def tell(self, settled: Settled, how: str) -> None:
        """Say what became of quotes."""
        said = f"Kept. Quotes that are {how}: {', '.join(settled.changed) or 'none'}."
        messages.success(self.request, said)
        if settled.hidden:
            keys = ", ".join(settled.hidden)
            messages.warning(self.request, f"Private now, since not everybody in them agreed to be quoted: {keys}.")
        for stuck in settled.stuck:
            messages.warning(self.request, f"Not mended: {stuck}.")

    def screen(self, form: SpeakersForm, refused: int = 400) -> HttpResponse:
        voices = SourceVoices.of_source(self.source)
        mended = [
            (quote, [voices.source.text[piece.start : piece.end] for piece in pieces])
            for quote, pieces in to_mend(self.source)
        ]
        return self.show(
            "admin/programmes/source/speakers.html",
            title=f"Speakers of {self.source}",
            status=refused if form.is_bound else 200,
            form=form,
            mended=mended,
            nobody=SpeakerKind.NOBODY,
        )
