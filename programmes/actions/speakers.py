"""Whose words a quote holds: it takes its participant from the turns it is in, and what is no word of theirs goes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from programmes.actions.standing import hold_source
from programmes.integrity.holding import hold
from programmes.models import Participant, Quote, Source, Speaker
from programmes.models.open_quotes import agrees
from programmes.models.spoken import SourceVoices, keep_voices, place_quote, quote_spans
from programmes.vocabulary import QuoteConsent, SourceKind, SpeakerKind, Visibility

if TYPE_CHECKING:
    from collections.abc import Sequence

    from programmes.transcripts.turns import Piece
    from programmes.vocabulary import ConsentScope


@dataclass
class Settled:
    """What became of quotes when it was said who speaks."""

    changed: list[str] = field(default_factory=list)  # keys of quotes that are somebody else's now
    hidden: list[str] = field(default_factory=list)  # keys of those that were public and are private now
    stuck: list[str] = field(default_factory=list)  # keys of those that could not be mended, each with the reason


@transaction.atomic
def settle_quotes(source: Source, reason: str) -> Settled:
    """Let each quote of a source take its participant from the turns it is in.

    A quote that is public, and turns out to be of somebody who did not agree to that, becomes private.
    """
    settled = Settled()
    source = hold_source(source).now(source)
    voices = SourceVoices.of_source(source)
    quotes = Quote.objects.select_for_update(of=("self",)).filter(source=source, start__isnull=False)
    for quote in quotes.select_related("participant", "study").order_by("pk"):
        quote.source = source
        pieces = [piece for span in quote_spans(quote) for piece in voices.pieces(*span)]
        if not any(piece.speaker for piece in pieces):
            continue  # of nobody who is known to speak: it keeps whom it has
        people = voices.participants(pieces)
        participant = people[0] if len(people) == 1 else None
        of_nobody = not people and quote.consent == QuoteConsent.PARTICIPANT
        hide = quote.visibility == Visibility.PUBLIC and (of_nobody or not all(map(agrees, people)))
        if participant == quote.participant and not hide:
            keep_voices(quote, voices, pieces)
            continue
        quote.participant = participant
        if hide:
            quote.visibility = Visibility.PRIVATE
            settled.hidden.append(quote.key)
        if of_nobody:
            quote.consent = QuoteConsent.UNKNOWN
        quote.set_change_reason(reason)
        quote.save()
        keep_voices(quote, voices, pieces)  # after it is private, where somebody in it did not agree
        settled.changed.append(quote.key)
    return settled


@transaction.atomic
def name_speakers(*, source: Source, speakers: Sequence[Speaker], reason: str) -> Settled:
    """Keep who the speakers of a source are, and let its quotes follow. Raises ValidationError."""
    hold_source(source)
    for speaker in speakers:
        speaker.set_change_reason(reason)
        speaker.full_clean()
        speaker.save()
    return settle_quotes(source, reason)


@transaction.atomic
def name_participant(*, source: Source, label: str, pseudonym: str, scope: ConsentScope, reason: str) -> Settled:
    """Keep that whoever is called so in a source took part, and what they agreed to; its quotes follow.

    Somebody with this pseudonym is the same person: what was recorded of their consent stays. Raises ValidationError.
    """
    hold(source.study)  # two who name the same person wait for each other
    speaker = Speaker.objects.filter(source=source, label=label).first() or Speaker(source=source, label=label)
    if speaker.kind != SpeakerKind.UNKNOWN:
        raise ValidationError(f"Somebody has said meanwhile who {label} is.", code="said")
    person = who_is_called(pseudonym, source, scope, reason)
    speaker.kind, speaker.participant = SpeakerKind.PARTICIPANT, person
    return name_speakers(source=source, speakers=[speaker], reason=reason)


def who_is_called(pseudonym: str, source: Source, scope: ConsentScope, reason: str) -> Participant:
    """Return the participant of a pseudonym, who is made where there is none. Raises ValidationError."""
    person = Participant.objects.filter(study=source.study, pseudonym=pseudonym).first()
    if person is None:
        person = Participant(study=source.study, pseudonym=pseudonym, consent_scope=scope)
        person.set_change_reason(reason)
        person.full_clean()
        person.save()
    elif person.withdrawn_date is not None:
        raise ValidationError(f"The participant {person} has withdrawn.", code="withdrawn")
    return person


@transaction.atomic
def name_interviewed(*, quote: Quote, pseudonym: str, scope: ConsentScope, reason: str) -> Quote:
    """Keep whom an interview is of in which no labels tell who speaks, and that the words of a quote are theirs.

    Other quotes of the interview may be of whoever asked, so each is said on its own. Raises ValidationError.
    """
    source = quote.source
    if source is None or source.kind != SourceKind.INTERVIEW:
        raise ValidationError("This is no interview with one person: say who speaks.", code="several")
    person = who_is_called(pseudonym, source, scope, reason)
    held = hold(source.study, person, source, quote)
    source, present = held.now(source), held.now(quote)
    if source.participant_id not in {None, person.pk}:
        raise ValidationError("Somebody has said meanwhile whom this interview is of.", code="said")
    if present.participant_id is not None:
        raise ValidationError("Somebody has said meanwhile whose words these are.", code="said")
    if source.participant_id is None:
        source.participant = person
        source.set_change_reason(reason)
        source.save()
    present.source, present.participant = source, person
    present.set_change_reason(reason)
    present.save()
    return present


def to_mend(source: Source) -> list[tuple[Quote, list[Piece]]]:
    """Return the quotes of a source that hold a label or a time among their words, with their words without these."""
    voices = SourceVoices.of_source(source)
    found = []
    for quote in Quote.objects.filter(source=source, start__isnull=False).order_by("start", "pk"):
        spans = quote_spans(quote)
        pieces = [piece for span in spans for piece in voices.pieces(*span)]
        if any(piece.speaker for piece in pieces) and [(piece.start, piece.end) for piece in pieces] != spans:
            found.append((quote, pieces))
    return found


@transaction.atomic
def mend_quotes(*, source: Source, reason: str) -> Settled:
    """Take labels and times out of the words of quotes. What cannot be mended stays as it is, and is told."""
    settled = Settled()
    source = hold_source(source).now(source)
    voices = SourceVoices.of_source(source)
    taken = Counter((quote.start, quote.end) for quote in Quote.objects.filter(source=source, start__isnull=False))
    for quote, pieces in to_mend(source):
        place = (pieces[0].start, pieces[-1].end)
        if taken[place] - ((quote.start, quote.end) == place):
            settled.stuck.append(f"{quote.key}: without it, another quote has the same words")
            continue
        quote.source = source
        place_quote(quote, pieces, voices)
        if quote.visibility == Visibility.PUBLIC and not all(map(agrees, voices.participants(pieces))):
            quote.visibility = Visibility.PRIVATE
            settled.hidden.append(quote.key)
        quote.set_change_reason(reason)
        try:
            quote.full_clean()
        except ValidationError as error:
            settled.stuck.append(f"{quote.key}: {' '.join(error.messages)}")
            continue
        quote.save()
        keep_voices(quote, voices, pieces)
        settled.changed.append(quote.key)
    return settled
