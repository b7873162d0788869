"""What was erased is erased again in a database that was restored from an older copy."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from programmes.actions.accounts import end_outlived
from programmes.actions.erase import mask_source
from programmes.actions.ledger import keep_from_file, missing_here, write_missing
from programmes.actions.traces import Masking, Wanted, traces_of
from programmes.actions.withdraw import withdraw_participant
from programmes.integrity.compaction import compact
from programmes.integrity.holding import hold_erased
from programmes.integrity.strips import STRIPS_OF_TEXTS, rows_with_other_strips
from programmes.models import Erasure, Participant, Quote, Source, Study, Upload, WrongTries
from programmes.models.erased_words import erased_places, is_tombstone, with_marks
from programmes.models.erasures import KEYED, erased_keys_by_study, remembered_once
from programmes.vocabulary import ErasureKind

if TYPE_CHECKING:
    from collections.abc import Iterator

AGAIN = "Erased again in a restored database"


def forget_again() -> list[str]:
    """Carry out what the file beside the database knows to be erased and this database does not.

    Return a sentence for each thing that was done. Where somebody else does it in the same moment, nothing is.
    """
    missing = missing_here()
    if not missing:
        return []
    try:
        with transaction.atomic():
            hold_erased(erases=True)
            for entry in missing.values():
                keep_from_file(entry)
            with remembered_once():
                done = [*passages_masked(), *participants_gone(missing.values()), *traces_masked()]
    except IntegrityError:  # another process has kept the same erasure
        return []
    compact(only_small=True)
    return [f"{len(missing)} erasures were not known to this database.", *done]


def participants_gone(entries: Any) -> Iterator[str]:
    """Withdraw the participants who have withdrawn."""
    for entry in entries:
        names = [line.split(" ", 1)[1] for line in entry["keys"] if line.startswith("participant ")]
        slugs = [entry["study_slug"], *entry.get("earlier_slugs", ())]
        study = min(Study.objects.filter(slug__in=slugs), key=lambda study: slugs.index(study.slug), default=None)
        there = Participant.objects.filter(study=study, pseudonym__in=names, withdrawn_date=None)
        for participant in there:
            day = dt.date.fromisoformat(entry["signed_date"])
            withdraw_participant(participant=participant, reason=AGAIN, on=day)
            yield f"The participant {participant.pseudonym} of {participant.study.slug} was withdrawn again."


def passages_masked() -> Iterator[str]:
    """Put the marks over erased passages of transcripts."""
    for source in Source.objects.exclude(text="").select_related("study").order_by("pk").iterator(20):
        text = with_marks(source.text)
        if text != source.text:
            mask_source(source, text, AGAIN)
            yield f"A passage of the source {source.key} of {source.study.slug} was erased again."


def erased_words(kind: ErasureKind) -> Wanted:
    """Return what was erased, and is known by its hashes, as what is looked for."""

    def places(text: str) -> list[tuple[int, int]]:
        return [(place.start, place.end) for place in erased_places(text) if place.kind == kind]

    return Wanted(places, of_person=kind == ErasureKind.WITHDRAWAL)


def traces_masked() -> Iterator[str]:
    """Put marks over what else has words that were erased."""
    for kind in ErasureKind:
        wanted = erased_words(kind)
        traces = traces_of(wanted)
        refused = Masking(wanted, AGAIN).over(trace for trace in traces if trace.maskable).refused
        for trace in traces:
            stays = trace in refused or not trace.maskable
            yield f"{trace.called}, {trace.label}: {'still has such words' if stays else 'erased again'}."


def keys_that_came_back() -> Iterator[str]:
    """Name records that were erased and are there again under their keys, as after a table was put back by hand."""
    for model in (Participant, Source, Quote):
        kind = str(model._meta.model_name)
        for slug, keys in erased_keys_by_study(kind).items():
            rows = model._base_manager.filter(**{"study__slug": slug, f"{KEYED[kind]}__in": keys}).order_by("pk")
            for row in rows:
                if not is_tombstone(row):
                    yield f"{kind} {slug}:{getattr(row, KEYED[kind])}: was erased for good. Erase it again."


def came_back() -> Iterator[str]:
    """Say where words stand that were erased, and not because somebody left them there."""
    if not Erasure.objects.exists():
        return
    yield from keys_that_came_back()
    left = {(entry["record"], entry["field"]) for erasure in Erasure.objects.all() for entry in erasure.left}
    with remembered_once():
        for trace in (trace for kind in ErasureKind for trace in traces_of(erased_words(kind))):
            if (trace.called, trace.label) not in left:
                yield f"{trace.called}, {trace.label}: has words that were erased for good. Erase them again."


def tidy() -> list[str]:
    """Do what is due: forget files that waited for a day, write the file of erasures, and compact the database."""
    done = []
    if forgotten := Upload.objects.forget_old():
        done.append(f"{forgotten} files that waited for more than a day were thrown away.")
    if outlived := WrongTries.objects.forget_old() + end_outlived():
        done.append(f"{outlived} counts of wrong passwords, tokens and sessions that had ended were thrown away.")
    done += forget_again()
    done += came_back()
    if any(rows_with_other_strips(Source)):
        STRIPS_OF_TEXTS.remove("default")
        STRIPS_OF_TEXTS.install("default")
        done.append("What rules read of the texts of sources was made anew.")
    if not write_missing():
        done.append("The file of erasures could not be written; see the log.")
    due = Erasure.objects.filter(compacted=None)
    if due.exists():
        if compact():
            due.update(compacted=timezone.now())
            done.append("The database was compacted: what was erased is gone from its files too.")
        else:
            done.append("The database could not be compacted now; run this again.")
    return done
