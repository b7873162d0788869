"""The form of a quote, in which the turn that it is in says whose words it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.html import format_html

from programmes.admin.forms import ReasonForm
from programmes.models import Quote
from programmes.models.spoken import SourceVoices, quote_spans
from programmes.vocabulary import SpeakerKind

if TYPE_CHECKING:
    from programmes.models import Participant

KEPT_BY_TURN = (
    "Not changed: whose words these are is told by the turn that they are in. Say who speaks on the screen of "
    "speakers, and every quote of theirs follows."
)


class QuoteForm(ReasonForm):
    """A quote. Whose words it holds is told by its turn, where it has one and somebody said who speaks there."""

    unless = {"locator": ("source",)}
    told_by_turn: list[Participant] | None = None  # nobody, if the interviewer speaks; None where it is not told

    class Meta:
        model = Quote
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "participant" not in self.fields or self.instance._state.adding:
            return
        self.told_by_turn = people_told(self.instance)
        if self.told_by_turn is not None and self.instance.source is not None:
            whose = self.fields["participant"]
            self.initial["participant"] = only_one(self.told_by_turn)
            whose.disabled = True
            whose.help_text = format_html(
                'Told by the turn: {}. <a href="{}">Change it on the screen of speakers</a>; service and consent '
                "follow the participant.",
                self.said(),
                reverse("admin:programmes_source_speakers", args=[self.instance.source.pk]),
            )

    def said(self) -> str:
        """Return whose words the turn says that these are."""
        names = [who.pseudonym for who in self.told_by_turn or ()]
        if not names:
            return "somebody speaks who took no part, such as the interviewer"
        return names[0] if len(names) == 1 else f"these are words of {', '.join(names[:-1])} and {names[-1]}"

    def clean(self) -> dict[str, Any]:
        """Refuse another participant than the turn's; a quote that is given another place is whose turn that is in."""
        cleaned = super().clean()
        if self.told_by_turn is not None:
            sent = self.data.get(self.add_prefix("participant"))
            kept = only_one(self.told_by_turn)
            if sent is not None and sent != str(kept.pk if kept else ""):
                self.add_error("participant", KEPT_BY_TURN)
        if not self.errors and (people := self.people_at(cleaned)) is not None:
            cleaned["participant"] = only_one(people)
        return cleaned

    def people_at(self, cleaned: dict[str, Any]) -> list[Participant] | None:
        """Return who speaks where the form says that the words stand, or None where that is not told."""
        place = {name: cleaned.get(name) for name in ("source", "start", "end")}
        return people_told(Quote(**place, pieces=self.instance.pieces))


def people_told(quote: Quote) -> list[Participant] | None:
    """Return who took part and speaks in the turns of a quote, or None where they do not tell it."""
    if quote.source is None or quote.start is None or quote.end is None:
        return None
    voices = SourceVoices.of_source(quote.source)
    pieces = [piece for span in quote_spans(quote) for piece in voices.pieces(*span)]
    told = all(
        voices.participant(piece.speaker)
        or (piece.speaker in voices.speakers and voices.speakers[piece.speaker].kind != SpeakerKind.UNKNOWN)
        for piece in pieces
        if piece.speaker
    )
    return voices.participants(pieces) if told and any(piece.speaker for piece in pieces) else None


def only_one(people: list[Participant]) -> Participant | None:
    """Return whose words a quote holds, if they are of one person."""
    return people[0] if len(people) == 1 else None
