"""Who speaks where in a source, and so whose words a quote holds."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError

from programmes.models.open_quotes import agrees
from programmes.transcripts.masks import mask_lines, mask_spans, whole_masks
from programmes.transcripts.passages import around
from programmes.transcripts.turns import Piece, SpokenTurns, asks_by_label, pieces_of, turns_beside
from programmes.vocabulary import SpeakerKind, Visibility

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from programmes.models.evidence import Quote
    from programmes.models.participants import Participant
    from programmes.models.sources import Source
    from programmes.models.speakers import Speaker
    from programmes.transcripts.turns import SpokenTurn


class SourceVoices:
    """Who speaks where in a source."""

    def __init__(self, source: Source, turns: Sequence[SpokenTurn], speakers: Iterable[Speaker]) -> None:
        self.source = source
        self.turns = turns if isinstance(turns, SpokenTurns) else SpokenTurns(turns)
        self.speakers = {row.label: row for row in speakers}

    @classmethod
    def of_source(cls, source: Source) -> SourceVoices:
        """Return who speaks where in a source, as the database has it."""
        speakers = list(source.speakers.select_related("participant"))
        nobody = {row.label for row in speakers if row.kind == SpeakerKind.NOBODY}
        return cls(source, turns_beside(source.text, source.turns, nobody), speakers)

    def pieces(self, start: int, end: int) -> list[Piece]:
        """Return the words of a passage turn by turn."""
        return pieces_of(self.source.text, self.turns.near(start, end), start, end)

    def participant(self, label: str) -> Participant | None:
        """Return who took part and is called so; where nobody said who it is, whom the source is of."""
        return self.source.participant if self.is_unsaid(label) else self.speakers[label].participant

    def asks(self, label: str) -> bool:
        """Say whether somebody of the study team is called so."""
        return label in self.speakers and self.speakers[label].kind == SpeakerKind.INTERVIEWER

    def turns_of_participant(self, participant: Participant) -> list[SpokenTurn]:
        """Return the turns of somebody who took part."""
        return [turn for turn in self.turns if self.participant(turn.speaker) == participant]

    def turns_known_of(self, participant: Participant) -> list[SpokenTurn]:
        """Return the turns by which somebody's words are known: not those that are theirs for want of a word on it.

        A label such as "Interviewer", of which nobody said who it is, is hardly theirs where they have another one.
        """
        turns = self.turns_of_participant(participant)
        unsaid = {turn.speaker for turn in turns if self.is_unsaid(turn.speaker) and asks_by_label(turn.speaker)}
        return [turn for turn in turns if turn.speaker not in unsaid] or turns

    def is_unsaid(self, label: str) -> bool:
        """Say whether nobody said who is called so."""
        return label not in self.speakers or self.speakers[label].kind == SpeakerKind.UNKNOWN

    def participants(self, pieces: Sequence[Piece]) -> list[Participant]:
        """Return everybody who took part and whose words these are."""
        found: list[Participant] = []  # who is new has no number yet
        for label in dict.fromkeys(piece.speaker for piece in pieces):
            who = self.participant(label)
            if who is not None and who not in found:
                found.append(who)
        return found


def place_quote(quote: Quote, pieces: Sequence[Piece], voices: SourceVoices) -> None:
    """Give a quote the words, the place and the participant of these pieces of its source."""
    text = voices.source.text
    before, masks = letters_in_source(quote), mask_spans(quote.masks)
    quote.start, quote.end = pieces[0].start, pieces[-1].end
    quote.pieces = [f"{piece.start} {piece.end}" for piece in pieces] if len(pieces) > 1 else []
    quote.text = "\n".join(text[piece.start : piece.end] for piece in pieces)
    letters = {place: number for number, place in enumerate(letters_in_source(quote)) if place is not None}
    there = [[letters[place] for place in before[start:end] if place in letters] for start, end in masks]
    quote.masks = mask_lines(whole_masks(quote.text, [(min(mask), max(mask) + 1) for mask in there if mask]))
    quote.prefix, quote.suffix = around(text, quote.start, quote.end)
    people = voices.participants(pieces)
    quote.participant = people[0] if len(people) == 1 else None


def letters_in_source(quote: Quote) -> list[int | None]:
    """Return where each letter of a quote stands in its source; the breaks between its pieces stand nowhere."""
    if quote.start is None:
        return []
    first, *others = quote_spans(quote)
    return [*range(*first), *(place for span in others for place in (None, *range(*span)))]


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


def voices_in(quote: Quote, voices: SourceVoices, pieces: Sequence[Piece]) -> list[Participant]:
    """Return everybody whose words are in a quote, where they are several people.

    Raises ValidationError where the quote is public and somebody in it did not agree to that.
    """
    people = voices.participants(pieces)
    if len(people) > 1 and quote.visibility == Visibility.PUBLIC and not all(map(agrees, people)):
        raise ValidationError({"visibility": f"{quote.key} is public, and somebody in it did not agree to that."})
    return people if len(people) > 1 else []


def keep_voices(quote: Quote, voices: SourceVoices, pieces: Sequence[Piece]) -> None:
    """Keep everybody whose words are in a quote. Raises ValidationError as voices_in does."""
    quote.also_by.set(voices_in(quote, voices, pieces))
