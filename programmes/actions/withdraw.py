"""The withdrawal of a participant from a study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q

from programmes.actions.erase import Signed, finish, remember, without_what_stays
from programmes.actions.masked_labels import put_text_with_marks
from programmes.actions.traces import traces_of, wanted_of_person
from programmes.integrity.holding import hold_erased
from programmes.models import (
    CuratedModel,
    EditorialMark,
    Evidence,
    LineageMove,
    Memo,
    Participant,
    Quote,
    SecondCode,
    SecondCoding,
    Source,
    Speaker,
    Upload,
)
from programmes.models.spoken import SourceVoices, keep_voices, place_quote, quote_spans
from programmes.transcripts.passages import AROUND, around
from programmes.transcripts.runs import PERSON, SEARCHED_RUN, RunShape, masked, spoken_words
from programmes.transcripts.sequences import spoken_runs
from programmes.vocabulary import ConsentScope, ErasureKind

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable

    from django.contrib.auth.models import User
    from django.db.models import Model, QuerySet

    from programmes.actions.traces import Trace
    from programmes.models import Erasure, Study
    from programmes.transcripts.turns import Piece, SpokenTurn


@dataclass(frozen=True)
class Erased:
    """What a withdrawal erases, or has erased."""

    quotes: int
    evidence: int
    memos: int
    sources: int
    second_codings: int
    turns: int = 0  # of sources in which others speak too
    uploads: int = 0  # files of the study that wait to be confirmed, whoever gave them


def quotes_of_participant(participant: Participant) -> QuerySet[Any, Any]:
    """Return the quotes of a participant, who is named on the quote or on its source, or whose turn it is from."""
    named = Q(participant=participant) | Q(source__participant=participant)
    return Quote.objects.filter(
        named | Q(pk__in=[quote.pk for quote, left in quotes_in_turns(participant) if not left])
    )


def quotes_in_turns(participant: Participant) -> list[tuple[Quote, list[Piece]]]:
    """Return the quotes that hold words of the participant in sources in which others speak too, with what is left."""
    found = []
    for source in sources_shared_with(participant):
        voices = SourceVoices.of_source(source)
        for quote in Quote.objects.filter(source=source, start__isnull=False).order_by("pk"):
            quote.source = source
            pieces = [piece for span in quote_spans(quote) for piece in voices.pieces(*span)]
            left = [piece for piece in pieces if voices.participant(piece.speaker) != participant]
            if len(left) < len(pieces):
                found.append((quote, left if any(not voices.asks(piece.speaker) for piece in left) else []))
    return found


def withdrawal_erases(participant: Participant) -> Erased:
    """Return what the withdrawal would erase, for the person to confirm."""
    quotes = quotes_of_participant(participant)
    sources = Source.objects.filter(participant=participant)
    shared = [SourceVoices.of_source(source) for source in sources_shared_with(participant)]
    return Erased(
        quotes=quotes.count(),
        evidence=Evidence.objects.filter(quote__in=quotes).count(),
        memos=Memo.objects.filter(Q(quote__in=quotes) | Q(source__in=sources)).count(),
        sources=sources.count(),
        second_codings=SecondCoding.objects.filter(source__in=sources).count(),
        turns=sum(len(voices.turns_of_participant(participant)) for voices in shared),
        uploads=Upload.objects.filter(study=participant.study_id).count(),
    )


def sources_shared_with(participant: Participant) -> list[Source]:
    """Return the sources in which the participant speaks among others."""
    speaks = Source.objects.filter(speakers__participant=participant).exclude(participant=participant)
    return list(speaks.distinct().order_by("pk"))


def erase_history(row: CuratedModel) -> None:
    """Delete the history of a row except its present state, which is the one that was written last."""
    row.history.exclude(pk=row.history.order_by("-history_id")[0].pk).delete()


def erase_log(rows: Iterable[CuratedModel], gone: Iterable[tuple[type[CuratedModel], Iterable[int]]]) -> None:
    """Take out of the admin's log how records were called, of those that stay and of those that are gone."""
    named = [(type(row), [row.pk]) for row in rows] + [(model, list(keys)) for model, keys in gone]
    for model, keys in named:
        entries = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(model))
        entries.filter(object_id__in=[str(key) for key in keys]).update(object_repr="Withdrawn", change_message="")


def mask_turns(source: Source, participant: Participant, reason: str) -> None:
    """Put a mark over every letter that a participant says in a source in which others speak too.

    Every place in the text stays where it is, so that quotes of others do.
    """
    voices = SourceVoices.of_source(source)
    text = source.text
    for turn in voices.turns_of_participant(participant):
        text = masked(text, turn.start, turn.end)
    erase_states_near(source, voices.turns_of_participant(participant))
    put_text_with_marks(source, text, reason)
    source.set_change_reason(reason)
    source.save()
    erase_history(source)
    for quote in Quote.objects.filter(source=source, start__isnull=False):
        quote.source = source
        prefix, suffix = around(text, quote.start or 0, quote.end or 0)
        if (prefix, suffix) != (quote.prefix, quote.suffix):
            quote.prefix, quote.suffix = prefix, suffix
            quote.set_change_reason(reason)
            quote.save()
            erase_history(quote)


def erase_states_near(source: Source, turns: list[SpokenTurn]) -> None:
    """Delete the earlier states of quotes of a source that hold words of these turns, also of quotes that are gone."""
    latest = {state.id: state.pk for state in Quote.history.filter(source_id=source.pk).order_by("history_id")}
    there = set(Quote.objects.filter(pk__in=latest).values_list("pk", flat=True))
    for state in Quote.history.filter(source_id=source.pk, start__isnull=False):
        start, end = state.start - AROUND, state.end + AROUND
        is_earlier = state.id not in there or latest[state.id] != state.pk
        if is_earlier and any(turn.start < end and turn.end > start for turn in turns):
            state.delete()


def take_out_of_quotes(participant: Participant, reason: str) -> None:
    """Leave in quotes that go over several turns what others say."""
    for quote, left in quotes_in_turns(participant):
        if left:
            voices = SourceVoices.of_source(cast("Source", quote.source))
            place_quote(quote, left, voices)
            quote.set_change_reason(reason)
            quote.save()
            erase_history(quote)
            keep_voices(quote, voices, left)


def ever_called(rows: Iterable[CuratedModel], name: str) -> list[str]:
    """Return the keys that records have and had."""
    return sorted({key for row in rows for key in [getattr(row, name), *row.history.values_list(name, flat=True)]})


def erase_second_codings(sources: list[int]) -> None:
    """Delete the second codings of sources and their history, including that of codings deleted earlier."""
    SecondCoding.objects.filter(source__in=sources).delete()
    ever = SecondCoding.history.filter(source_id__in=sources)
    SecondCode.history.filter(coding_id__in=ever.values("id")).delete()
    ever.delete()


def words_of_participant(participant: Participant) -> list[str]:
    """Return all that a participant said: their turns, their sources where no turns are known, and their quotes.

    What stands in a source of theirs beside their turns, such as questions, is not their words.
    """
    texts = []
    for source in [*Source.objects.filter(participant=participant), *sources_shared_with(participant)]:
        voices = SourceVoices.of_source(source)
        own = [source.text[turn.start : turn.end] for turn in voices.turns_known_of(participant)]
        texts.append("\n".join(own) if voices.turns else source.text)
    quotes = set(quotes_of_participant(participant).values_list("pk", flat=True))
    states = Quote.history.filter(Q(id__in=quotes) | Q(participant_id=participant.pk))
    texts += [quote.text for quote, left in quotes_in_turns(participant) if not left]
    for text, printed in states.values_list("text", "text_as_printed"):
        texts += [text, printed]
    return list(dict.fromkeys(text for text in texts if text))


def traces_of_participant(participant: Participant, user: User | None = None) -> list[Trace]:
    """Return where the words of a participant stand outside what a withdrawal erases by itself."""
    sources = set(Source.objects.filter(participant=participant).values_list("pk", flat=True))
    gone: dict[type[Model], set[int]] = {
        Source: sources | {source.pk for source in sources_shared_with(participant)},
        Quote: set(quotes_of_participant(participant).values_list("pk", flat=True)),
        Participant: {participant.pk},
    }
    memos = Memo.objects.filter(Q(quote__in=gone[Quote]) | Q(source__in=sources))
    gone[Memo] = set(memos.values_list("pk", flat=True))
    gone[Evidence] = set(Evidence.objects.filter(quote__in=gone[Quote]).values_list("pk", flat=True))
    wanted = wanted_of_person(words_of_participant(participant))
    return [trace for trace in traces_of(wanted, user) if trace.record not in gone.get(trace.model, set())]


def runs_to_remember(texts: list[str], study: Study) -> set[tuple[RunShape, tuple[str, ...]]]:
    """Return the runs by which somebody's words are known again, but for those that stand in what others said."""
    runs = {(PERSON, run) for text in texts for run in spoken_runs(text, PERSON.length)}
    for text in texts:
        words = spoken_words(text)
        if SEARCHED_RUN <= len(words) < PERSON.length:
            runs.add((RunShape(0, len(words), 0), tuple(word.folded for word in words)))
    return without_what_stays(runs, study)


def questions_near(participant: Participant) -> list[str]:
    """Return what others say in the sources of a participant, such as an interviewer's questions."""
    found = []
    for source in Source.objects.filter(participant=participant):
        voices = SourceVoices.of_source(source)
        own = voices.turns_known_of(participant)
        found += [source.text[turn.start : turn.end] for turn in voices.turns if turn not in own]
    return found


@transaction.atomic
def withdraw_participant(
    *,
    participant: Participant,
    reason: str,
    on: dt.date,
    by: User | None = None,
    chosen: Collection[str] = (),
) -> Erasure:
    """Erase the words of a participant who withdraws, and their history; then look for them everywhere.

    Quotes go with their evidence, editorial marks and memos. Sources stay as empty records, so that they can still be
    counted, and the participant keeps only a pseudonym and the date of withdrawal. Second codings go too, since their
    passages are erased. In sources in which others speak as well, a mark is put over every letter that is theirs, and
    so it is in the other places that are chosen, by what `Trace.identity` calls them.
    """
    hold_erased(erases=True)
    Participant.objects.select_for_update().get(pk=participant.pk)  # what is under way waits, and then finds nothing
    sources = list(Source.objects.select_for_update(of=("self",)).filter(participant=participant))
    shared = sources_shared_with(participant)
    list(Source.objects.select_for_update(of=("self",)).filter(pk__in=[source.pk for source in shared]))
    words, questions = words_of_participant(participant), questions_near(participant)
    wanted = wanted_of_person(words)
    signed = Signed(reason, on, by, chosen).without(wanted)
    reason = signed.reason
    Upload.objects.filter(study=participant.study_id).delete()
    take_out_of_quotes(participant, reason)
    quotes = set(quotes_of_participant(participant).values_list("pk", flat=True))
    # Quotes that were deleted earlier live on in the history; those that turned out to be another's stay.
    earlier = Quote.history.filter(Q(participant_id=participant.pk) | Q(source_id__in=[row.pk for row in sources]))
    others = set(Quote.objects.exclude(pk__in=quotes).values_list("pk", flat=True))
    gone = quotes | (set(earlier.values_list("id", flat=True)) - others)
    keys = sorted(set(Quote.history.filter(id__in=gone).values_list("key", flat=True)))
    called = ever_called([participant], "pseudonym")  # an older copy of the database has what they were called then
    source_keys = ever_called(sources, "key")
    memos = Memo.objects.filter(Q(quote__in=quotes) | Q(source__in=sources))
    erase_log([participant, *sources, *shared], [(Quote, gone), (Memo, memos.values_list("pk", flat=True))])
    memos.delete()
    Quote.objects.filter(pk__in=quotes).delete()
    Quote.history.filter(id__in=gone).delete()
    Memo.history.filter(source_id__in=[row.pk for row in sources]).delete()
    for model in (EditorialMark, Evidence, LineageMove, Memo):
        model.history.filter(quote_id__in=gone).delete()
    erase_second_codings([row.pk for row in sources])
    for source in sources:
        source.title, source.interviewer, source.note, source.text, source.sha256 = "Withdrawn", "", "", "", ""
        source.collected_date, source.turns = None, []
        source.speakers.all().delete()
        Speaker.history.filter(source_id=source.pk).delete()
        source.set_change_reason(reason)
        source.save()
        erase_history(source)
    for source in shared:
        mask_turns(source, participant, reason)
    participant.withdrawn_date, participant.consent_scope = on, ConsentScope.UNKNOWN
    participant.role = participant.role_reporting = ""
    participant.service, participant.label_as_printed = None, ""
    participant.service_note, participant.consent_note = "", ""
    participant.set_change_reason(reason)
    participant.save()
    erase_history(participant)
    runs = runs_to_remember(words, participant.study)
    runs -= {(PERSON, run) for text in questions for run in spoken_runs(text, PERSON.length)}
    erasure = remember(ErasureKind.WITHDRAWAL, participant.study, signed, runs)
    erasure.keys = [
        *(f"participant {pseudonym}" for pseudonym in called),
        *(f"source {key}" for key in source_keys),
        *(f"quote {key}" for key in keys),
    ]
    return finish(erasure, wanted, participant.study, signed)
