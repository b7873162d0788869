"""Coding a passage of a transcript: the quote, its role, a candidate that it suggests, and a memo on why."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain, count
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from programmes.characters import is_blank
from programmes.integrity.numbering import next_key, next_number, next_position, signature
from programmes.models import CMOC, CuratedModel, Element, Evidence, Memo, Quote, Source, Theory
from programmes.models.configuration import ELEMENTS, SLOTS
from programmes.models.erasures import erased_keys, remembered_once
from programmes.models.spoken import SourceVoices, keep_voices, place_quote
from programmes.vocabulary import CMOCStatus, EvidenceRole, MemoKind, QuoteConsent, Visibility

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@dataclass(frozen=True)
class NewCMOC:
    """A candidate named while coding; with an element it is a fragment with only that slot filled."""

    theory: Theory
    title: str
    element: str = ""  # the short wording of the part that the passage speaks to


@dataclass(frozen=True)
class Coding:
    """How a passage is coded: to which configurations, in which role, and why."""

    role: EvidenceRole
    cmocs: list[CMOC]
    new_cmoc: NewCMOC | None = None
    slot: str = ""
    memo_kind: MemoKind = MemoKind.THEORY
    memo: str = ""
    disclosing: bool = False


@dataclass
class Coded:
    """What an act of coding made: the quote, and every record in the order in which it was created."""

    quote: Quote
    made: list[tuple[str, int]] = field(default_factory=list)


UNDONE: tuple[type[Any], ...] = (
    *(kind.link for kind in ELEMENTS),
    *(kind.model for kind in ELEMENTS),
    *(Quote, CMOC, Evidence, Memo),
)
MADE = {model._meta.label: model for model in UNDONE}
LONGEST_STEM = 70  # of a key, which may have 80 letters


def free_key(model: type[Any], theory: Theory, label: str) -> str:
    """Return a key for a new element, made of its label and not yet taken in the theory."""
    stem = slugify(label)[:LONGEST_STEM] or "part"
    taken = set(model.objects.filter(theory=theory, key__startswith=stem).values_list("key", flat=True))
    return next(key for key in chain([stem], (f"{stem}-{number}" for number in count(2))) if key not in taken)


@transaction.atomic
def adjust_quote(*, quote: Quote, span: tuple[int, int]) -> Quote:
    """Move the boundaries of a quote. It keeps its roles but becomes private: its new words were not checked yet.

    A ValidationError means that nothing was written.
    """
    if quote.source is None or quote.start is None or quote.end is None:
        raise ValidationError("This quote is no place in a transcript.", code="place")
    voices = SourceVoices(quote.source)
    pieces = voices.pieces(*span)
    start, end = pieces[0].start, pieces[-1].end
    if end <= quote.start or start >= quote.end:
        raise ValidationError(
            f"The passage has no word in common with {quote.key}; code it as a quote of its own.", code="apart"
        )
    if Quote.objects.filter(source=quote.source, start=start, end=end).exists():
        raise ValidationError("That is a quote already.", code="same")
    place_quote(quote, pieces, voices)
    quote.visibility, quote.disclosure_checked_by, quote.disclosure_checked_date = Visibility.PRIVATE, "", None
    quote.set_change_reason(f"Boundaries changed in {quote.source.key}")
    quote.full_clean()
    quote.save()
    keep_voices(quote, voices, pieces)
    return quote


@transaction.atomic
@remembered_once()
def code_passage(*, source: Source, span: tuple[int, int], coding: Coding, by: User) -> Coded:
    """Make a passage a quote, and evidence on configurations, with a memo on why.

    Its words are those of the turns it is in, without labels and times, and so is its participant. A passage that is a
    quote already is used again. Every text is checked before anything is saved: a ValidationError
    means that nothing was written.
    """
    voices = SourceVoices(source)
    pieces = voices.pieces(*span)
    reason = f"Coded in {source.key}"
    quote = Quote.objects.filter(source=source, start=pieces[0].start, end=pieces[-1].end).first()
    coded = Coded(quote or Quote())

    def keep(row: CuratedModel) -> None:
        row.set_change_reason(reason)
        row.full_clean()
        row.save()
        coded.made.append((row._meta.label, row.pk))

    if quote is None:
        quote = coded.quote = Quote(
            study=source.study,
            key=next_key(
                Quote.objects.filter(study=source.study_id),
                "q",
                digits=2,
                beside=erased_keys(source.study.slug, "quote"),
            ),
            source=source,
            consent=QuoteConsent.UNKNOWN,
            disclosure_note="May give somebody away." if coding.disclosing else "",
        )
        place_quote(quote, pieces, voices)
        keep(quote)
        keep_voices(quote, voices, pieces)
    cmocs = list(coding.cmocs)
    if coding.new_cmoc is not None:
        candidate = CMOC(
            theory=coding.new_cmoc.theory,
            number=next_number(CMOC, theory=coding.new_cmoc.theory),
            title=coding.new_cmoc.title,
            status=CMOCStatus.CANDIDATE,
        )
        keep(candidate)
        cmocs.append(candidate)
        if coding.new_cmoc.element:
            kind = next(kind for kind in SLOTS if kind.slot == coding.slot)
            element = kind.model(
                theory=coding.new_cmoc.theory,
                label=coding.new_cmoc.element,
                key=free_key(kind.model, coding.new_cmoc.theory, coding.new_cmoc.element),
            )
            keep(element)
            keep(kind.link(cmoc=candidate, **{kind.relation: element}))
    for cmoc in cmocs:
        position = next_position(Evidence, cmoc=cmoc)
        keep(Evidence(cmoc=cmoc, quote=quote, role=coding.role, slot=coding.slot, position=position))
    if not is_blank(coding.memo):
        keep(
            Memo(
                study=source.study,
                key=next_key(Memo.objects.filter(study=source.study_id), f"{quote.key}-memo-"),
                kind=coding.memo_kind,
                text=coding.memo,
                quote=quote,
                signed_by=signature(by),
                signed_date=timezone.localdate(),
            )
        )
    return coded


@transaction.atomic
def undo_coding(*, made: list[tuple[str, int]], by: User) -> bool:
    """Delete what an act of coding made, or return False where any of it was changed or used since."""
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
    links = {(type(row), row.pk) for row in rows}
    for row in rows:
        used = row.cmoc_links.all() if isinstance(row, Element) else ()  # type: ignore[attr-defined]  # each kind has it
        if any((type(link), link.pk) not in links for link in used):
            return False
    for made_row in reversed(rows):
        made_row.set_change_reason("Coding undone")
        made_row.delete()
    return bool(rows)
