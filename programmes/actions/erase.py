"""What is erased for good: a passage of a transcript, and what every erasure does beside taking words out.

It looks for the words in every other text, puts marks over those that are chosen, remembers what went without a word of
it, and lets the database be compacted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from programmes.actions.ledger import write_missing
from programmes.actions.masked_labels import put_text_with_marks
from programmes.actions.traces import CUT_FROM_TEXT, Masking, clear_beside, kept_traces, traces_of, wanted_passage
from programmes.integrity.compaction import compact
from programmes.integrity.holding import hold_erased
from programmes.integrity.numbering import signature
from programmes.models import ErasedRun, Erasure, Quote, Source
from programmes.models.erased_words import with_every_mark
from programmes.models.erasures import present_key
from programmes.models.spoken import quote_spans
from programmes.transcripts.passages import around
from programmes.transcripts.read import checksum
from programmes.transcripts.runs import PERSON, keyed_hash, masked, whole_words
from programmes.transcripts.sequences import passage_runs, spoken_runs
from programmes.vocabulary import ErasureKind

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable

    from django.contrib.auth.models import User
    from django.db.models import Model

    from programmes.actions.traces import Trace, Wanted
    from programmes.models import Study
    from programmes.transcripts.runs import RunShape
    from programmes.transcripts.sequences import KnownRun

AT_ONCE = 2_000  # runs written by one statement
UNASKED = "0 1"  # stands for pieces while the text of a source and the words of its quotes change


@dataclass(frozen=True)
class Signed:
    """Who erases, on which day and why, and which of the other places get a mark as well."""

    reason: str
    on: dt.date
    by: User | None = None  # nobody, where a restored database is made to forget again
    chosen: Collection[str] = ()

    def without(self, wanted: Wanted) -> Signed:
        """Return it with marks over the words that are erased, where the reason repeats them."""
        return replace(self, reason=wanted.masked_in(self.reason))


def remember(kind: ErasureKind, study: Study, signed: Signed, runs: Iterable[KnownRun]) -> Erasure:
    """Keep what was erased as hashes."""
    erasure = Erasure.objects.create(
        kind=kind,
        study_slug=study.slug,
        earlier_slugs=sorted({*study.history.values_list("slug", flat=True)} - {study.slug}),
        reason=with_every_mark(signed.reason),
        signed_by=signature(signed.by) if signed.by else "",
        signed_date=signed.on,
        secret=present_key()[0],
    )
    keep_runs(erasure, runs)
    return erasure


def keep_runs(erasure: Erasure, runs: Iterable[KnownRun]) -> None:
    """Add hashes of runs to an erasure."""
    _, key = present_key()
    runs = sorted(set(runs), key=lambda entry: entry[1])
    shapes = {(shape.before, shape.erased, shape.after) for shape, _ in runs} | set(map(tuple, erasure.shapes))
    erasure.shapes = sorted(shapes)
    erasure.save()
    ErasedRun.objects.bulk_create(
        (
            ErasedRun(
                erasure=erasure,
                before=shape.before,
                erased=shape.erased,
                after=shape.after,
                value=keyed_hash(key, run),
            )
            for shape, run in runs
        ),
        batch_size=AT_ONCE,
    )


def without_what_stays(
    runs: Collection[KnownRun], study: Study, among: Collection[RunShape] | None = None
) -> set[KnownRun]:
    """Return runs but for those, among some shapes or all, that stand in transcripts and quotes that stay."""
    left = set(runs)
    shapes = {shape for shape, _ in left} if among is None else {shape for shape, _ in left}.intersection(among)
    for model in (Source, Quote) if shapes else ():
        for text in model._base_manager.filter(study=study).values_list("text", flat=True).iterator(50):
            for shape in shapes:
                left -= {(shape, run) for run in spoken_runs(text, shape.length)}
    return left


def finish(erasure: Erasure, wanted: Wanted, study: Study, signed: Signed) -> Erasure:
    """Put marks over the words in the places that were chosen, and keep where else they stand and why."""
    clear_beside(wanted, study)
    traces = traces_of(wanted, signed.by)
    chosen = [trace for trace in traces if trace.identity in signed.chosen and trace.maskable]
    masking = Masking(wanted, signed.reason).over(chosen)
    if not wanted.of_person:
        keep_runs(erasure, {run for covered in masking.covered for run in passage_runs(*covered)})
    refused = {trace.identity for trace in masking.refused}
    erasure.left = list(kept_traces(traces_of(wanted, signed.by) if chosen else traces, refused))
    erasure.save()
    transaction.on_commit(lambda: settle(erasure))
    return erasure


def settle(erasure: Erasure) -> None:
    """Write an erasure into the file beside the database, and compact the database where that is quick."""
    write_missing()
    if compact(only_small=True):
        Erasure.objects.filter(pk=erasure.pk).update(compacted=timezone.now())


def passage_places(source: Source, start: int, end: int, *, everywhere: bool) -> list[tuple[int, int]]:
    """Return where a passage stands in its source, in whole words: at this place, or wherever else as well."""
    start, end = whole_words(source.text, start, end)
    places = wanted_passage(source.text[start:end]).find(source.text) if everywhere else []
    return sorted({(start, end), *places})


def traces_of_passage(source: Source, start: int, end: int, user: User) -> list[Trace]:
    """Return where the words of a passage stand outside the text, the quotes and the neighbours that get marks."""
    start, end = whole_words(source.text, start, end)
    ever = set(Quote.history.filter(source_id=source.pk, start__isnull=False).values_list("id", flat=True))
    own: dict[type[Model], set[int]] = {Source: {source.pk}, Quote: ever}
    gone = ever - set(Quote.objects.filter(pk__in=ever).values_list("pk", flat=True))

    def gets_mark(trace: Trace) -> bool:
        is_gone = trace.model is Quote and trace.record in gone and trace.name in CUT_FROM_TEXT
        return is_gone or (trace.placed and trace.record in own[trace.model])

    return [trace for trace in traces_of(wanted_passage(source.text[start:end]), user) if not gets_mark(trace)]


@transaction.atomic
def erase_passage(*, source: Source, span: tuple[int, int], everywhere: bool, signed: Signed) -> Erasure:
    """Put a mark over each letter of a passage in its source, its quotes, their neighbours and every earlier state.

    Every place stays where it is, so quotes and what was said of them stand. Raises ValueError where nothing but white
    space is there.
    """
    hold_erased(erases=True)
    source = Source.objects.select_for_update(of=("self",)).select_related("study").get(pk=source.pk)
    old = source.text
    if not old[slice(*span)].strip():
        raise ValueError("there is nothing to erase at this place")
    start, end = whole_words(old, *span)
    wanted = wanted_passage(old[start:end])
    signed = signed.without(wanted)
    places = passage_places(source, start, end, everywhere=everywhere)
    text = old
    for place in places:
        text = masked(text, *place)
    mask_source(source, text, signed.reason)
    runs = {run for place in places for run in passage_runs(old, *place)}
    runs = without_what_stays(runs, source.study, among={PERSON})
    erasure = remember(ErasureKind.PASSAGE, source.study, signed, runs)
    return finish(erasure, wanted, source.study, signed)


def mask_source(source: Source, text: str, reason: str) -> None:
    """Give a source its text with more marks, and its quotes and all earlier states theirs."""
    old = source.text
    quotes = list(Quote.objects.filter(source=source, start__isnull=False))
    changed = [quote for quote in quotes if mask_quote(quote, old, text)]
    # The database holds words against the text while either changes, unless a quote has pieces, which Python asks.
    Quote.objects.filter(pk__in=[quote.pk for quote in changed], pieces=[]).update(pieces=[UNASKED])
    put_text_with_marks(source, text, reason)
    source.set_change_reason(reason)
    source.save()
    Source.history.filter(id=source.pk, text=old).update(text=text, sha256=checksum(text))
    for quote in changed:
        quote.source = source
        quote.set_change_reason(reason)
        quote.save()
    for state in Quote.history.filter(source_id=source.pk, start__isnull=False):
        if mask_quote(state, old, text):
            state.save()


def mask_quote(quote: Any, old: str, text: str) -> bool:
    """Give a quote, or an earlier state of one, its words and those around it out of the text with marks."""
    spans = quote_spans(quote)
    before = quote.text, quote.prefix, quote.suffix
    if quote.text == words_at(old, spans):
        quote.text = words_at(text, spans)
    if (quote.prefix, quote.suffix) == around(old, quote.start, quote.end):
        quote.prefix, quote.suffix = around(text, quote.start, quote.end)
    return before != (quote.text, quote.prefix, quote.suffix)


def words_at(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return the words of a quote, one span after another."""
    return "\n".join(text[start:end] for start, end in spans)
