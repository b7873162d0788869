"""The withdrawal of a participant from a study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q

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
)
from programmes.vocabulary import ConsentScope

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet


@dataclass(frozen=True)
class Erased:
    """What a withdrawal erases, or has erased."""

    quotes: int
    evidence: int
    memos: int
    sources: int
    second_codings: int


def quotes_of_participant(participant: Participant) -> QuerySet[Any, Any]:
    """Return the quotes of a participant, who is named on the quote or on its source."""
    return Quote.objects.filter(Q(participant=participant) | Q(source__participant=participant))


def withdrawal_erases(participant: Participant) -> Erased:
    """Return what the withdrawal would erase, for the person to confirm."""
    quotes = quotes_of_participant(participant)
    sources = Source.objects.filter(participant=participant)
    return Erased(
        quotes=quotes.count(),
        evidence=Evidence.objects.filter(quote__in=quotes).count(),
        memos=Memo.objects.filter(Q(quote__in=quotes) | Q(source__in=sources)).count(),
        sources=sources.count(),
        second_codings=SecondCoding.objects.filter(source__in=sources).count(),
    )


def erase_history(row: CuratedModel) -> None:
    """Delete the history of a row except its present state."""
    row.history.exclude(pk=row.history.latest().pk).delete()


def erase_second_codings(sources: list[int]) -> None:
    """Delete the second codings of sources and their history, including that of codings deleted earlier."""
    SecondCoding.objects.filter(source__in=sources).delete()
    ever = SecondCoding.history.filter(source_id__in=sources)
    SecondCode.history.filter(coding_id__in=ever.values("id")).delete()
    ever.delete()


@transaction.atomic
def withdraw_participant(*, participant: Participant, reason: str, on: dt.date) -> Erased:
    """Erase the words of a participant who withdraws, and their history.

    Quotes go with their evidence, editorial marks and memos. Sources stay as empty records, so that they can still be
    counted, and the participant keeps only a pseudonym and the date of withdrawal. Second codings go too, since their
    passages are erased.
    """
    erased = withdrawal_erases(participant)
    sources = list(Source.objects.filter(participant=participant))
    quotes = set(quotes_of_participant(participant).values_list("pk", flat=True))
    # Quotes that were deleted earlier live on in the history; those that turned out to be another's stay.
    earlier = Quote.history.filter(Q(participant_id=participant.pk) | Q(source_id__in=[row.pk for row in sources]))
    others = set(Quote.objects.exclude(pk__in=quotes).values_list("pk", flat=True))
    gone = quotes | (set(earlier.values_list("id", flat=True)) - others)
    Memo.objects.filter(Q(quote__in=quotes) | Q(source__in=sources)).delete()
    Quote.objects.filter(pk__in=quotes).delete()
    Quote.history.filter(id__in=gone).delete()
    Memo.history.filter(source_id__in=[row.pk for row in sources]).delete()
    for model in (EditorialMark, Evidence, LineageMove, Memo):
        model.history.filter(quote_id__in=gone).delete()
    erase_second_codings([row.pk for row in sources])
    for source in sources:
        source.title, source.interviewer, source.note, source.text, source.sha256 = "Withdrawn", "", "", "", ""
        source.collected_date = None
        source.set_change_reason(reason)
        source.save()
        erase_history(source)
    participant.withdrawn_date, participant.consent_scope = on, ConsentScope.UNKNOWN
    participant.role = participant.role_reporting = ""
    participant.service, participant.label_as_printed = None, ""
    participant.service_note, participant.consent_note = "", ""
    participant.set_change_reason(reason)
    participant.save()
    erase_history(participant)
    return erased
