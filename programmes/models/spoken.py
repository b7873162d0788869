"""Who speaks where in a source, and so whose words a quote holds."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError

from programmes.models.evidence import Quote, Source
from programmes.models.open_quotes import agrees
from programmes.transcripts.passages import around
from programmes.transcripts.turns import Piece, pieces_of
from programmes.vocabulary import SpeakerKind, Visibility

if TYPE_CHECKING:
    from collections.abc import Sequence

    from programmes.models.participants import Participant
    from programmes.models.studies import Study
    from programmes.transcripts.turns import SpokenTurn


class SourceVoices:
    """Who speaks where in a source."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.turns: Sequence[SpokenTurn] = source.spoken()
        self.speakers = {row.label: row for row in source.speakers.select_related("participant")}

    def pieces(self, start: int, end: int) -> list[Piece]:
        """Return the words of a passage turn by turn."""
        return pieces_of(self.source.text, self.turns, start, end)

    def participant(self, label: str) -> Participant | None:
        """Return who took part and is called so; where nobody said who it is, whom the source is of."""
        speaker = self.speakers.get(label)
        if speaker is None or speaker.kind == SpeakerKind.UNKNOWN:
            return self.source.participant
        return speaker.participant

    def asks(self, label: str) -> bool:
        """Say whether somebody of the study team is called so."""
        return label in self.speakers and self.speakers[label].kind == SpeakerKind.INTERVIEWER

    def turns_of_participant(self, participant: Participant) -> list[SpokenTurn]:
        """Return the turns of somebody who took part."""
        return [turn for turn in self.turns if self.participant(turn.speaker) == participant]

    def participants(self, pieces: Sequence[Piece]) -> list[Participant]:
        """Return everybody who took part and whose words these are."""
        found = (self.participant(piece.speaker) for piece in pieces)
        return list({who.pk: who for who in found if who is not None}.values())


def place_quote(quote: Quote, pieces: Sequence[Piece], voices: SourceVoices) -> None:
    """Give a quote the words, the place and the participant of these pieces of its source."""
    text = voices.source.text
    quote.start, quote.end = pieces[0].start, pieces[-1].end
    quote.pieces = [f"{piece.start} {piece.end}" for piece in pieces] if len(pieces) > 1 else []
    quote.text = "\n".join(text[piece.start : piece.end] for piece in pieces)
    quote.prefix, quote.suffix = around(text, quote.start, quote.end)
    people = voices.participants(pieces)
    quote.participant = people[0] if len(people) == 1 else None


def quote_spans(quote: Quote) -> list[tuple[int, int]]:
    """Return where the words of a quote stand in its source; the quote must have a place there."""
    if not quote.pieces:
        return [(quote.start or 0, quote.end or 0)]
    return [(int(start), int(end)) for start, end in (piece.split() for piece in quote.pieces)]


def in_dialogue(said: str, quote: Quote, dash: str = "— ") -> str:
    """Return the words of a quote, or their beginning, with a dash where another turn begins.

    Lines of one turn are not told apart from turns by the line alone.
    """
    lengths = [end - start for start, end in quote_spans(quote)]
    ends = [last + number for number, last in enumerate(accumulate(lengths))][:-1]
    dividing = {quote.text.count("\n", 0, end) for end in ends}
    first, *others = said.split("\n")
    return "\n".join([first, *(dash + row if number in dividing else row for number, row in enumerate(others))])


def keep_voices(quote: Quote, voices: SourceVoices, pieces: Sequence[Piece]) -> None:
    """Keep everybody whose words are in a quote, where they are several people.

    Raises ValidationError where the quote is public and somebody in it did not agree to that.
    """
    people = voices.participants(pieces)
    if len(people) > 1 and quote.visibility == Visibility.PUBLIC and not all(map(agrees, people)):
        raise ValidationError({"visibility": f"{quote.key} is public, and somebody in it did not agree to that."})
    quote.also_by.set(people if len(people) > 1 else [])


def keep_voices_of_study(study: Study) -> None:
    """Keep of every quote of a study that goes over several turns whose words are in it."""
    for source in Source.objects.filter(quotes__in=Quote.objects.filter(study=study).exclude(pieces=[])).distinct():
        voices = SourceVoices(source)
        for quote in source.quotes.exclude(pieces=[]):
            keep_voices(quote, voices, [piece for span in quote_spans(quote) for piece in voices.pieces(*span)])
