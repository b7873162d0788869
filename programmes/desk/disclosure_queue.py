"""The quotes of a study in the order in which they are checked, and what is known of one of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.text import slugify

from programmes.actions.disclose import DisclosureVerdict, ground_of
from programmes.desk.repeated_words import memos_repeating
from programmes.desk.speaker_fields import proposed_speaker
from programmes.models import Evidence, Participant, Quote
from programmes.models.open_quotes import quote_is_open
from programmes.models.short_names import cmoc_name
from programmes.models.spoken import SourceVoices, quote_spans
from programmes.models.theory import not_retired
from programmes.transcripts.masks import covered, mask_spans, whole_masks
from programmes.transcripts.runs import run_words
from programmes.transcripts.telling_words import language_of, rules_in_words, telling_words
from programmes.vocabulary import ConsentScope, EvidenceRole, SourceKind, SpeakerKind, Visibility
from programmes.words import like

if TYPE_CHECKING:
    from collections.abc import Sequence

    from programmes.actions.disclose import Ground
    from programmes.models import Source, Study
    from programmes.transcripts.turns import SpokenTurn

ORDERS = {
    "person": ("participant__pseudonym", "source__key", "start", "key", "pk"),
    "transcript": ("source__key", "start", "key", "pk"),
}
NAMES_OF_ORDERS = {"person": "by person", "transcript": "by transcript"}
WAITING = "waiting"  # of a quote that nobody has checked
IN_WORDS = {
    DisclosureVerdict.CLEAN: "clean",
    DisclosureVerdict.MASK: "masked",
    DisclosureVerdict.PRIVATE: "kept private",
}
MOST_SHAPES = 60  # quotes that have a shape each; more are drawn as one bar
MOST_PUBLIC = 5  # quotes of a person that are told in words
NEIGHBOURS = 2  # turns that are shown before a quote, and after it
LONGEST_NEIGHBOUR = 400  # letters of one


@dataclass(frozen=True)
class QueuedQuote:
    """A quote in the queue, and what came of its check."""

    pk: int
    key: str
    state: str


@dataclass(frozen=True)
class QueueShape:
    """A part of the drawing of progress: from where to where, and what it stands for."""

    x: float
    width: float
    state: str
    is_current: bool = False


@dataclass
class DisclosureQueue:
    """All quotes of a study in order, and the one that is at hand."""

    quotes: list[QueuedQuote]
    place: int | None = None  # of the one at hand

    @property
    def counts(self) -> Counter[str]:
        """Return how many quotes there are in each state."""
        return Counter(entry.state for entry in self.quotes)

    @property
    def waiting(self) -> int:
        """Return how many nobody has checked."""
        return self.counts[WAITING]

    @property
    def in_words(self) -> str:
        """Return what came of those that were checked."""
        counts = self.counts
        told = [f"{counts[verdict]} {words}" for verdict, words in IN_WORDS.items() if counts[verdict]]
        return ", ".join(told) or "none is checked yet"

    @property
    def number(self) -> int:
        """Return the place of the quote at hand, counted from one."""
        return (self.place or 0) + 1

    @property
    def shapes(self) -> list[QueueShape]:
        """Return the drawing of progress, 100 wide."""
        total = max(1, len(self.quotes))
        step = 100 / total
        if total <= MOST_SHAPES:
            return [
                QueueShape(round(number * step, 3), round(step * 0.8, 3), entry.state, number == self.place)
                for number, entry in enumerate(self.quotes)
            ]
        shapes, x = [], 0.0
        for state in (*IN_WORDS, WAITING):
            width = self.counts[state] * step
            shapes.append(QueueShape(round(x, 3), round(width, 3), state))
            x += width
        return shapes

    def before(self) -> str:
        """Return the key of the quote before the one at hand; empty for the first."""
        return self.quotes[self.place - 1].key if self.place else ""

    def later(self) -> str:
        """Return the key of the next quote that nobody has checked, from the beginning again if need be."""
        first = 0 if self.place is None else self.place + 1
        rest = [*self.quotes[first:], *self.quotes[: max(0, first - 1)]]
        return next((entry.key for entry in rest if entry.state == WAITING), "")


def outcome_of_check(visibility: str, masks: Sequence[str], checked: Any) -> str:
    """Return what came of the check of a quote."""
    if checked is None:
        return WAITING
    if visibility == Visibility.PRIVATE:
        return DisclosureVerdict.PRIVATE
    return DisclosureVerdict.MASK if masks else DisclosureVerdict.CLEAN


def disclosure_queue(study: Study, order: str, key: str = "") -> DisclosureQueue:
    """Return the queue, at the quote that is asked for, or else at the first that nobody has checked."""
    rows = Quote.objects.filter(study=study).order_by(*ORDERS[order])
    columns = ("pk", "key", "visibility", "masks", "disclosure_checked_date")
    queue = DisclosureQueue(
        [QueuedQuote(pk, name, outcome_of_check(*told)) for pk, name, *told in rows.values_list(*columns)]
    )
    wanted = key or queue.later()
    queue.place = next((place for place, entry in enumerate(queue.quotes) if entry.key == wanted), None)
    return queue


@dataclass(frozen=True)
class QuoteToken:
    """A word of the quote, or what stands between two."""

    text: str
    start: int
    end: int
    is_word: bool
    is_covered: bool
    tells: bool


@dataclass(frozen=True)
class TellingFinding:
    """Words that plain rules found, and whether a mask covers them."""

    number: int
    words: str
    says: str
    span: str
    is_covered: bool


@dataclass(frozen=True)
class NeighbourTurn:
    """A turn beside the quote."""

    speaker: str
    time: str
    words: str


@dataclass(frozen=True)
class UnnamedSpeaker:
    """Somebody who speaks in a quote, of whom nobody has said yet who it is."""

    label: str  # nothing, where no labels tell who speaks in an interview
    pseudonym: str
    is_new: bool  # nobody of this pseudonym took part so far as anybody said


@dataclass
class QuoteAtHand:
    """All that somebody needs to decide about one quote."""

    quote: Quote
    ground: Ground
    tokens: list[QuoteToken]
    findings: list[TellingFinding]
    rules: str
    shown: str
    bears_on: list[str]
    others: list[tuple[str, str]]  # masks that are no finding: the place, and the words
    public: list[tuple[Quote, str]] = field(default_factory=list)  # what everybody reads of the same person
    public_count: int = 0
    before: list[NeighbourTurn] = field(default_factory=list)
    after: list[NeighbourTurn] = field(default_factory=list)
    turn: NeighbourTurn | None = None  # that the quote is in
    people: list[Participant] = field(default_factory=list)
    repeated_in: list[str] = field(default_factory=list)  # public memos that repeat the words under its masks
    unnamed: UnnamedSpeaker | None = None  # who can be said to have taken part, so that it may be public

    @property
    def is_covered(self) -> bool:
        """Say whether any mask covers words of it."""
        return bool(self.others) or any(finding.is_covered for finding in self.findings)

    @property
    def left(self) -> int:
        """Return how many findings have no mask."""
        return sum(not finding.is_covered for finding in self.findings)

    @property
    def may_record(self) -> bool:
        """Say whether all that is missing is what somebody agreed to."""
        who = self.ground.person
        return who is not None and who.withdrawn_date is None and who.consent_scope == ConsentScope.UNKNOWN


def quote_at_hand(pk: int, marked: Sequence[tuple[int, int]] | None = None) -> QuoteAtHand:
    """Return what is known of a quote, with its masks or with those that somebody is about to give it."""
    quote = Quote.objects.select_related("study", "source__reference", "participant__service").get(pk=pk)
    masks = mask_spans(quote.masks) if marked is None else whole_masks(quote.text, marked)
    around = quote.source.text[:4000] if quote.source else ""
    found = telling_words(quote.text, around)
    told = {span for entry in found for span in whole_masks(quote.text, [(entry.start, entry.end)])}
    at_hand = QuoteAtHand(
        quote=quote,
        ground=ground_of(quote),
        tokens=tokens_of(quote.text, masks, [(entry.start, entry.end) for entry in found]),
        findings=[
            TellingFinding(
                number,
                quote.text[entry.start : entry.end],
                entry.says,
                f"{entry.start} {entry.end}",
                all(is_inside(span, masks) for span in whole_masks(quote.text, [(entry.start, entry.end)])),
            )
            for number, entry in enumerate(found, 1)
        ],
        rules=rules_in_words(language_of(f"{around} {quote.text}")),
        shown=covered(quote.text, masks),
        others=[(f"{start} {end}", quote.text[start:end]) for start, end in masks if (start, end) not in told],
        bears_on=bearing_of(quote),
        repeated_in=[memo.key for memo in memos_repeating(quote.study, [(quote.text, masks)])],
        people=[quote.participant] if quote.participant else list(quote.also_by.order_by("pseudonym")),
    )
    add_public(at_hand)
    add_turns(at_hand)
    return at_hand


def is_inside(span: tuple[int, int], masks: Sequence[tuple[int, int]]) -> bool:
    """Say whether a mask covers a span."""
    return any(start <= span[0] and span[1] <= end for start, end in masks)


def tokens_of(text: str, masks: Sequence[tuple[int, int]], found: Sequence[tuple[int, int]]) -> list[QuoteToken]:
    """Return a text word by word, with what stands between."""
    tokens, last = [], 0
    for word in [*run_words(text), None]:
        start, end = (word.start, word.end) if word else (len(text), len(text))
        for first, after, is_word in ((last, start, False), (start, end, True)):
            if first < after:
                span = (first, after)
                tells = is_inside(span, found)
                tokens.append(QuoteToken(like(text, text[first:after]), *span, is_word, is_inside(span, masks), tells))
        last = end
    return tokens


def bearing_of(quote: Quote) -> list[str]:
    """Return what a quote does to which CMOC."""
    rows = Evidence.objects.filter(not_retired("cmoc"), quote=quote).select_related("cmoc")
    does = {EvidenceRole.COUNTERS: "against", EvidenceRole.SUPPORTS: "for"}
    return [
        f"{does.get(EvidenceRole(row.role), row.get_role_display().lower())} "
        f"{cmoc_name(row.cmoc.number, row.cmoc.label)} {row.cmoc.title}".rstrip()
        for row in rows.order_by("cmoc__number", "pk")
    ]


def add_public(at_hand: QuoteAtHand) -> None:
    """Add what everybody reads of the same people already."""
    if not at_hand.people:
        return
    rows = Quote.objects.filter(quote_is_open(), participant__in=at_hand.people).exclude(pk=at_hand.quote.pk)
    at_hand.public_count = rows.count()
    shown = list(rows.order_by("key", "pk")[:MOST_PUBLIC])
    numbers: dict[int, list[str]] = {}
    evidence = Evidence.objects.filter(not_retired("cmoc"), quote__in=shown).order_by("cmoc__number", "pk")
    for key, number, label in evidence.values_list("quote_id", "cmoc__number", "cmoc__label"):
        numbers.setdefault(key, []).append(cmoc_name(number, label))
    at_hand.public = [(quote, ", ".join(numbers.get(quote.pk, ()))) for quote in shown]


def add_turns(at_hand: QuoteAtHand) -> None:
    """Add the turns that the quote stands between, where its source has any."""
    quote = at_hand.quote
    if quote.source is None or quote.start is None or not quote.source.text:
        return
    voices, spans = SourceVoices.of_source(quote.source), quote_spans(quote)
    own = [turn for turn in voices.turns if turn.end > spans[0][0] and turn.start < spans[-1][1]]
    first = voices.turns.index(own[0]) if own else 0
    last = voices.turns.index(own[-1]) + 1 if own else 0
    text = quote.source.text
    at_hand.before = [as_neighbour(turn, text) for turn in voices.turns[max(0, first - NEIGHBOURS) : first]]
    at_hand.after = [as_neighbour(turn, text) for turn in voices.turns[last : last + NEIGHBOURS]]
    at_hand.turn = as_neighbour(own[0], text) if own else None
    labels = {turn.speaker for turn in own}
    if at_hand.ground.consent is None and not at_hand.people and len(labels) == 1:
        at_hand.unnamed = unnamed_speaker(voices, labels.pop())
    elif at_hand.ground.consent is None and not at_hand.people and quote.source.kind == SourceKind.INTERVIEW:
        at_hand.unnamed = None if labels else interviewed(quote.source)


def interviewed(source: Source) -> UnnamedSpeaker | None:
    """Return whom an interview is of in which no labels tell who speaks: who was named, or else by its key."""
    known = source.participant or Participant.objects.filter(study=source.study_id, pseudonym=source.key).first()
    if known is None:
        return UnnamedSpeaker("", source.key, is_new=True)
    return None if known.withdrawn_date else UnnamedSpeaker("", known.pseudonym, is_new=False)


def unnamed_speaker(voices: SourceVoices, label: str) -> UnnamedSpeaker | None:
    """Return who is called so, where nobody has said it and it may be somebody who took part."""
    study = voices.source.study
    pseudonym = slugify(label)[:80]
    if not pseudonym or not voices.is_unsaid(label):
        return None
    who = proposed_speaker(study, label)
    known = Participant.objects.filter(study=study, pseudonym=pseudonym).first()
    if who.isdecimal():
        known = Participant.objects.get(pk=who)
    elif who == SpeakerKind.INTERVIEWER:
        return None
    if known is None:
        return UnnamedSpeaker(label, pseudonym, is_new=True)
    return None if known.withdrawn_date else UnnamedSpeaker(label, known.pseudonym, is_new=False)


def as_neighbour(turn: SpokenTurn, text: str) -> NeighbourTurn:
    """Return a turn as it is shown beside a quote."""
    words = text[turn.start : turn.end]
    cut = f"{words[:LONGEST_NEIGHBOUR]}…" if len(words) > LONGEST_NEIGHBOUR else words
    return NeighbourTurn(turn.speaker, turn.time, like(text, cut))
