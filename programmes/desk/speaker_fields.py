"""The question who is called by a label in a transcript, as forms ask it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify

from programmes.models import Participant, Speaker
from programmes.models.short_names import cut_between_words
from programmes.transcripts.turns import asks_by_label
from programmes.vocabulary import SpeakerKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from programmes.models import Study
    from programmes.transcripts.turns import SpokenTurn

NEW = "new"  # the choice of a speaker who becomes a participant
NO_PSEUDONYM = (
    "No pseudonym can be made of this label: it has no Latin letter and no digit. Leave it as not known, add the "
    "participant with a pseudonym of your own, and choose them on the screen of speakers."
)
LONGEST_EXAMPLE = 80  # letters of what somebody says first


def speaker_field(label: str, participants: dict[str, Participant]) -> forms.ChoiceField:
    """Return the field that asks who a label names: a kind, somebody new, or one of the participants by id."""
    choices = [
        (SpeakerKind.UNKNOWN, "Not known"),
        (SpeakerKind.INTERVIEWER, "Interviewer"),
        (SpeakerKind.NOBODY, "No speaker: these are words"),
        (NEW, "A participant who is not listed yet"),
        ("Participants", [(pk, str(row)) for pk, row in participants.items() if row.withdrawn_date is None]),
    ]
    return forms.ChoiceField(choices=choices, label=label)


def first_said(text: str, turns: Sequence[SpokenTurn]) -> dict[str, str]:
    """Return the beginning of what each speaker says first, by label, by which people tell who that is."""
    said: dict[str, str] = {}
    for turn in turns:
        if turn.speaker not in said:
            said[turn.speaker] = cut_between_words(text[turn.start : turn.end], LONGEST_EXAMPLE)
    return said


def proposed_speaker(study: Study, label: str) -> str:
    """Return who a label names, as far as pseudonyms, other transcripts of the study and common usage tell."""
    for row in Participant.objects.filter(study=study, withdrawn_date=None):
        if label.strip("[]#").casefold() in {row.pseudonym.casefold(), row.label_as_printed.strip("[]#").casefold()}:
            return str(row.pk)
    interviewer = Speaker.objects.filter(source__study=study, label=label, kind=SpeakerKind.INTERVIEWER).exists()
    return SpeakerKind.INTERVIEWER if interviewer or asks_by_label(label) else SpeakerKind.UNKNOWN


def person_named(
    study: Study, label: str, who: str, known: dict[str, Participant], made: dict[str, Participant]
) -> Participant | None:
    """Return the participant whom a label names, if it is one: somebody `known` by id, or of those `made`, which grow.

    Raises ValidationError for somebody who has withdrawn.
    """
    person = known.get(who)
    if who == NEW:
        pseudonym = slugify(label)[:80]
        person = next((row for row in known.values() if row.pseudonym == pseudonym), None)
        person = person or made.setdefault(pseudonym, Participant(study=study, pseudonym=pseudonym))
    if person is not None and person.withdrawn_date is not None:
        raise ValidationError(f"{label}: the participant {person} has withdrawn.", "withdrawn")
    return person


def kind_of_speaker(who: str, person: Participant | None) -> SpeakerKind:
    """Return what a label names."""
    return SpeakerKind(who) if person is None else SpeakerKind.PARTICIPANT
