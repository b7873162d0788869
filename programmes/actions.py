"""Writes that touch many records at once: all of it happens, or nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from programmes.models import (
    CMOC,
    CuratedModel,
    EditorialMark,
    Evidence,
    Memo,
    Participant,
    Quote,
    SecondCode,
    SecondCoding,
    Source,
    Theory,
)
from programmes.transcripts.passages import around
from programmes.vocabulary import CMOCStatus, ConsentScope, EvidenceRole, MemoKind, QuoteConsent, Reporting

if TYPE_CHECKING:
    import datetime as dt

    from django.contrib.auth.models import User
    from django.db.models import QuerySet


@dataclass(frozen=True)
class Erased:
    """What a withdrawal erases, or has erased."""

    quotes: int
    evidence: int
    memos: int
    sources: int
    second_codings: int


def words_of(participant: Participant) -> QuerySet[Any, Any]:
    """Return the quotes of a participant, named on the quote or on its source."""
    return Quote.objects.filter(Q(participant=participant) | Q(source__participant=participant))


def withdrawal_erases(participant: Participant) -> Erased:
    """Return what the withdrawal of a participant would erase."""
    quotes = words_of(participant)
    sources = Source.objects.filter(participant=participant)
    return Erased(
        quotes=quotes.count(),
        evidence=Evidence.objects.filter(quote__in=quotes).count(),
        memos=Memo.objects.filter(Q(quote__in=quotes) | Q(source__in=sources)).count(),
        sources=sources.count(),
        second_codings=SecondCoding.objects.filter(source__in=sources).count(),
    )


def forget_earlier_states(row: CuratedModel) -> None:
    """Delete the history of a row but for its present state."""
    row.history.exclude(pk=row.history.latest().pk).delete()


def forget_second_codings(sources: list[int]) -> None:
    """Delete the second codings of sources, with their history and that of those that were deleted before."""
    SecondCoding.objects.filter(source__in=sources).delete()
    ever = SecondCoding.history.filter(source_id__in=sources)
    SecondCode.history.filter(coding_id__in=ever.values("id")).delete()
    ever.delete()


@transaction.atomic
def withdraw_participant(*, participant: Participant, reason: str, on: dt.date) -> Erased:
    """Erase the words of a participant who withdraws, the history of those words too.

    Quotes go with their evidence, editorial marks and memos. Sources stay as empty records, so that their number can
    still be reported, and so does the participant: pseudonym and date of withdrawal, and nothing that describes them.
    Second codings go: they are places of words that are erased.
    """
    erased = withdrawal_erases(participant)
    sources = list(Source.objects.filter(participant=participant))
    quotes = set(words_of(participant).values_list("pk", flat=True))
    # Quotes that were deleted earlier live on in the history; those that turned out to be another's stay.
    earlier = Quote.history.filter(Q(participant_id=participant.pk) | Q(source_id__in=[row.pk for row in sources]))
    others = set(Quote.objects.exclude(pk__in=quotes).values_list("pk", flat=True))
    gone = quotes | (set(earlier.values_list("id", flat=True)) - others)
    Memo.objects.filter(Q(quote__in=quotes) | Q(source__in=sources)).delete()
    Quote.objects.filter(pk__in=quotes).delete()
    Quote.history.filter(id__in=gone).delete()
    Memo.history.filter(source_id__in=[row.pk for row in sources]).delete()
    for model in (EditorialMark, Evidence, Memo):
        model.history.filter(quote_id__in=gone).delete()
    forget_second_codings([row.pk for row in sources])
    for source in sources:
        source.title, source.interviewer, source.note, source.text, source.sha256 = "Withdrawn", "", "", "", ""
        source.collected_date = None
        source.explain(reason)
        source.save()
        forget_earlier_states(source)
    participant.withdrawn_date, participant.consent_scope = on, ConsentScope.UNKNOWN
    participant.role, participant.role_reporting = "", Reporting.NOT_STATED
    participant.service, participant.label_as_printed = None, ""
    participant.service_note, participant.consent_note = "", ""
    participant.explain(reason)
    participant.save()
    forget_earlier_states(participant)
    return erased


@dataclass(frozen=True)
class NewCMOC:
    """A candidate configuration that is named while coding."""

    theory: Theory
    title: str


@dataclass(frozen=True)
class Coding:
    """What a passage does, to which configurations, and why."""

    role: EvidenceRole
    cmocs: list[CMOC]
    new_cmoc: NewCMOC | None = None
    slot: str = ""
    memo_kind: MemoKind = MemoKind.THEORY
    memo: str = ""
    disclosing: bool = False


@dataclass
class Coded:
    """What an act of coding has made: the quote, and every record in the order in which it was made."""

    quote: Quote
    made: list[tuple[str, int]] = field(default_factory=list)


MADE = {model._meta.label: model for model in (Quote, CMOC, Evidence, Memo)}
NUMBERED = re.compile(r"q(\d+)")


def next_key(study_id: int) -> str:
    """Return the key of the next quote of a study: q01, q02 and so on."""
    keys = Quote.objects.filter(study=study_id, key__startswith="q").values_list("key", flat=True)
    last = max((int(found[1]) for key in keys if (found := NUMBERED.fullmatch(key))), default=0)
    return f"q{last + 1:02}"


@transaction.atomic
def code_passage(*, source: Source, span: tuple[int, int], coding: Coding, by: User) -> Coded:
    """Make a passage of a transcript a quote, and evidence on configurations, with a memo on why.

    A passage that is a quote already is used again. All texts are checked before anything is kept: a ValidationError
    means that nothing was written.
    """
    start, end = span
    reason = f"Coded in {source.key}"
    quote = Quote.objects.filter(source=source, start=start, end=end).first()
    coded = Coded(quote or Quote())

    def keep(row: CuratedModel) -> None:
        row.explain(reason)
        row.full_clean()
        row.save()
        coded.made.append((row._meta.label, row.pk))

    if quote is None:
        prefix, suffix = around(source.text, start, end)
        quote = coded.quote = Quote(
            study=source.study,
            key=next_key(source.study_id),
            text=source.text[start:end],
            participant=source.participant,
            source=source,
            start=start,
            end=end,
            prefix=prefix,
            suffix=suffix,
            consent=QuoteConsent.UNKNOWN,
            disclosure_note="May give somebody away." if coding.disclosing else "",
        )
        keep(quote)
    cmocs = list(coding.cmocs)
    if coding.new_cmoc is not None:
        last = CMOC.objects.filter(theory=coding.new_cmoc.theory).aggregate(last=Max("number"))["last"] or 0
        candidate = CMOC(
            theory=coding.new_cmoc.theory,
            number=last + 1,
            title=coding.new_cmoc.title,
            statement_reporting=Reporting.NOT_STATED,
            status=CMOCStatus.CANDIDATE,
        )
        keep(candidate)
        cmocs.append(candidate)
    for cmoc in cmocs:
        last = Evidence.objects.filter(cmoc=cmoc).aggregate(last=Max("position"))["last"] or 0
        keep(Evidence(cmoc=cmoc, quote=quote, role=coding.role, slot=coding.slot, position=last + 1))
    if coding.memo.strip():
        name = by.get_full_name() or by.get_username()
        number = Memo.objects.filter(study=source.study_id).count() + 1
        key = f"{quote.key}-memo-{number}"
        keep(
            Memo(
                study=source.study,
                key=key,
                kind=coding.memo_kind,
                text=coding.memo,
                quote=quote,
                signed_by=name,
                signed_date=timezone.localdate(),
            )
        )
    return coded


@transaction.atomic
def undo_coding(*, made: list[tuple[str, int]], by: User) -> bool:
    """Delete what an act of coding made; say whether it could be, for nothing goes that was changed or used since."""
    rows: list[CuratedModel] = []
    for label, pk in made:
        row = MADE[label].objects.editable_by(by).filter(pk=pk, version=1).first()
        if row is None:
            return False
        rows.append(row)
    own = {row.pk for row in rows if isinstance(row, Evidence)}
    for relation, model in (("quote", Quote), ("cmoc", CMOC)):
        keys = [row.pk for row in rows if isinstance(row, model)]
        if Evidence.objects.filter(**{f"{relation}__in": keys}).exclude(pk__in=own).exists():
            return False
    for made_row in reversed(rows):
        made_row.explain("Coding undone")
        made_row.delete()
    return bool(rows)
