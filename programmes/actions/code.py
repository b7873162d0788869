"""Coding a passage of a transcript: the quote, its role, a candidate that it suggests, and a memo on why."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from programmes.actions.standing import followers_of, hold_source, refuse_emptied, refuse_label, standing_cmocs
from programmes.characters import is_blank
from programmes.integrity.holding import hold
from programmes.integrity.numbering import CODING_UNDONE, free_key, next_key, next_number, next_position, signature
from programmes.models import (
    CMOC,
    CuratedModel,
    Element,
    Evidence,
    Memo,
    Quote,
    Source,
    StaleVersionError,
    Study,
    Theory,
)
from programmes.models.configuration import ELEMENTS, SLOTS
from programmes.models.erasures import erased_keys_by_study, remembered_once
from programmes.models.spoken import SourceVoices, keep_voices, place_quote
from programmes.vocabulary import CMOCStatus, EvidenceRole, MemoKind, QuoteConsent, Visibility

if TYPE_CHECKING:
    from collections.abc import Callable

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
    reason: str = ""  # that the history keeps; without one it says where


@dataclass(frozen=True)
class Coded:
    """What an act of coding made: the quote, and every record in the order in which it was created."""

    quote: Quote
    made: list[tuple[str, int]]
    followed: list[tuple[CMOC, CMOC]]  # a configuration that was merged, and what was coded to in its place


UNDONE: tuple[type[Any], ...] = (
    *(kind.link for kind in ELEMENTS),
    *(kind.model for kind in ELEMENTS),
    *(Quote, CMOC, Evidence, Memo),
)
# Their constraints ask of nothing that somebody types, and the database holds them: asking before would take longer
# than all the rest of a coding.
PLACED = (Quote, Evidence)
MADE = {model._meta.label: model for model in UNDONE}


@transaction.atomic
def adjust_quote(*, quote: Quote, span: tuple[int, int]) -> Quote:
    """Move the boundaries of a quote. It keeps its roles but becomes private: its new words were not checked yet.

    A ValidationError means that nothing was written.
    """
    if quote.source is None or quote.start is None or quote.end is None:
        raise ValidationError("This quote is no place in a transcript.", code="place")
    held = hold_source(quote.source, quote)
    source, stored = held.now(quote.source), held.now(quote)
    if stored.version != quote.version:
        raise StaleVersionError(f"quote {quote.key} was changed by somebody else since you read it", stored)
    quote.source = source
    voices = SourceVoices.of_source(source)
    refuse_label(voices, span)
    pieces = voices.pieces(*span)
    start, end = pieces[0].start, pieces[-1].end
    if end <= quote.start or start >= quote.end:
        raise ValidationError(
            f"The passage has no word in common with {quote.key}; code it as a quote of its own.", code="apart"
        )
    if Quote.objects.filter(source=source, start=start, end=end).exists():
        raise ValidationError("That is a quote already.", code="same")
    place_quote(quote, pieces, voices)
    quote.visibility, quote.disclosure_checked_by, quote.disclosure_checked_date = Visibility.PRIVATE, "", None
    quote.set_change_reason(f"Boundaries changed in {source.key}")
    quote.full_clean()
    quote.save()
    keep_voices(quote, voices, pieces)
    return quote


@transaction.atomic
def code_passage(*, source: Source, span: tuple[int, int], coding: Coding, by: User) -> Coded:
    """Make a passage a quote, and evidence on configurations, with a memo on why.

    Its words are those of the turns it is in, without labels and times, and so is its participant. A passage that is a
    quote already is used again. What was merged meanwhile is coded to what it was merged into. Every text is checked
    before anything is saved: a ValidationError means that nothing was written.
    """
    held = hold_source(source, *theories_of(coding), *coding.cmocs)
    source = held.now(source)
    refuse_emptied(source)
    voices = SourceVoices.of_source(source)
    refuse_label(voices, span)
    cmocs = standing_cmocs(held, coding.cmocs)
    act = ActOfCoding(voices, coding, coding.reason or f"Coded in {source.key}")
    with remembered_once(anew=True):
        quote = act.quote(span)
        act.evidence(quote, cmocs)
        if not is_blank(coding.memo):
            act.keep(act.memo(quote, by))
    followed = [(before, after) for before in coding.cmocs for after in followers_of(held.now(before))]
    return Coded(quote, act.made, [(before, after) for before, after in followed if before != after])


def refuse_coded_already(quote: Quote, cmoc: CMOC) -> None:
    """Refuse to code a passage to a configuration that it bears on. Raises ValidationError."""
    there = Evidence.objects.filter(quote=quote, cmoc=cmoc).first()
    if there is not None:
        does = there.get_role_display().lower()
        raise ValidationError(f"These words are coded to {cmoc} already: {quote.key} {does} it.", code="twice")


def theories_of(coding: Coding) -> list[Theory]:
    """Return the theories that an act of coding is about; it waits for decisions about them."""
    new = [coding.new_cmoc.theory] if coding.new_cmoc else []
    return [*new, *(Theory(pk=cmoc.theory_id) for cmoc in coding.cmocs)]


def passage_quote(voices: SourceVoices, span: tuple[int, int]) -> tuple[Quote, Callable[[], None]]:
    """Return the quote that a passage is already, which is held, or a new one, and what is done once it is saved."""
    source, pieces = voices.source, voices.pieces(*span)
    there = Quote.objects.filter(source=source, start=pieces[0].start, end=pieces[-1].end).first()
    if there is not None:
        return hold(there).now(there), lambda: None
    erased = erased_keys_by_study("quote")[source.study.slug]
    quote = Quote(
        study=source.study,
        key=next_key(Quote, "q", digits=2, beside=erased, study=source.study),
        source=source,
        consent=QuoteConsent.UNKNOWN,
    )
    place_quote(quote, pieces, voices)
    return quote, partial(keep_voices, quote, voices, pieces)


def quote_of_passage(voices: SourceVoices, span: tuple[int, int], reason: str) -> Quote:
    """Return the quote that a passage is already, or make it one; the source must be held."""
    quote, kept = passage_quote(voices, span)
    if quote.pk is None:
        quote.set_change_reason(reason)
        quote.full_clean(validate_constraints=False)
        quote.save()
        kept()
    return quote


class ActOfCoding:
    """What one act of coding makes, each record checked before it is saved."""

    def __init__(self, voices: SourceVoices, coding: Coding, reason: str) -> None:
        self.voices, self.coding, self.reason = voices, coding, reason
        self.made: list[tuple[str, int]] = []

    def keep(self, row: CuratedModel) -> None:
        row.set_change_reason(self.reason)
        row.full_clean(validate_constraints=not isinstance(row, PLACED))
        row.save()
        self.made.append((row._meta.label, row.pk))

    def quote(self, span: tuple[int, int]) -> Quote:
        """Return the quote that a passage is already, which is held, or make it one."""
        there, kept = passage_quote(self.voices, span)
        if there.pk is not None:
            return there
        there.disclosure_note = "May give somebody away." if self.coding.disclosing else ""
        self.keep(there)
        kept()
        return there

    def evidence(self, quote: Quote, cmocs: list[CMOC]) -> None:
        """Let a quote bear on configurations, and on a new candidate where one is named."""
        coding = self.coding
        if coding.new_cmoc is not None:
            cmocs.append(self.candidate(coding.new_cmoc))
        for cmoc in cmocs:
            refuse_coded_already(quote, cmoc)
            position = next_position(Evidence, cmoc=cmoc)
            self.keep(Evidence(cmoc=cmoc, quote=quote, role=coding.role, slot=coding.slot, position=position))

    def candidate(self, new: NewCMOC) -> CMOC:
        """Make a candidate; with an element it is a fragment."""
        number = next_number(CMOC, theory=new.theory)
        candidate = CMOC(theory=new.theory, number=number, title=new.title, status=CMOCStatus.CANDIDATE)
        self.keep(candidate)
        if new.element:
            kind = next(kind for kind in SLOTS if kind.slot == self.coding.slot)
            key = free_key(kind.model, new.element, theory=new.theory)
            element = kind.model(theory=new.theory, label=new.element, key=key)
            self.keep(element)
            self.keep(kind.link(cmoc=candidate, **{kind.relation: element}))
        return candidate

    def memo(self, quote: Quote, by: User) -> Memo:
        """Return the memo on why."""
        return Memo(
            study=self.voices.source.study,
            key=next_key(Memo, f"{quote.key}-memo-", study=self.voices.source.study),
            kind=self.coding.memo_kind,
            text=self.coding.memo,
            quote=quote,
            signed_by=signature(by),
            signed_date=timezone.localdate(),
        )


@transaction.atomic
def undo_coding(*, made: list[tuple[str, int]], by: User) -> bool:
    """Delete what an act of coding made, or return False where any of it was changed or used since."""
    hold(*resting_on(unchanged_rows(made, by)))
    rows = unchanged_rows(made, by)
    if len(rows) < len(made):
        return False
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
        made_row.set_change_reason(CODING_UNDONE)
        made_row.delete()
    return bool(rows)


def unchanged_rows(made: list[tuple[str, int]], by: User) -> list[CuratedModel]:
    """Return what an act of coding made and nobody has changed since."""
    found = (MADE[label].objects.editable_by(by).filter(pk=pk, version=1).first() for label, pk in made)
    return [row for row in found if row is not None]


def resting_on(rows: list[CuratedModel]) -> list[CuratedModel]:
    """Return what is held while records are taken away, so that nobody builds on them meanwhile."""
    found: list[CuratedModel] = []
    for row in rows:
        if isinstance(row, Quote):
            found += [Study(pk=row.study_id), row]
        elif isinstance(row, CMOC):
            found += [Theory(pk=row.theory_id), row]
    return found
