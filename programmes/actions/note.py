"""Writing a memo while reading: on a passage, on a configuration, or on a whole source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from programmes.actions.code import quote_of_passage
from programmes.actions.decisions import save_with_reason
from programmes.actions.standing import hold_source, refuse_emptied, refuse_label
from programmes.integrity.numbering import next_key, signature
from programmes.models import Memo
from programmes.models.spoken import SourceVoices
from programmes.vocabulary import MemoKind

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from programmes.models import CMOC, Source, Study


@transaction.atomic
def note_on_passage(*, source: Source, span: tuple[int, int], text: str, by: User, reason: str) -> Memo:
    """Write a memo on a passage, which becomes a quote if it is none."""
    held = hold_source(source)
    source = held.now(source)
    refuse_emptied(source)
    voices = SourceVoices.of_source(source)
    refuse_label(voices, span)
    quote = quote_of_passage(voices, span, reason)
    memo = new_memo(source.study, f"{quote.key}-memo-", text, by)
    memo.quote = quote
    save_with_reason(memo, reason)
    return memo


@transaction.atomic
def note_on_cmoc(*, cmoc: CMOC, text: str, by: User, reason: str) -> Memo:
    """Write a memo on a configuration."""
    memo = new_memo(cmoc.theory.study, f"cmoc-{cmoc.number}-memo-", text, by)
    memo.theory, memo.cmoc = cmoc.theory, cmoc
    save_with_reason(memo, reason)
    return memo


@transaction.atomic
def note_on_source(*, source: Source, text: str, by: User, reason: str) -> Memo:
    """Write a memo on a source."""
    memo = new_memo(source.study, f"{source.key[:60]}-memo-", text, by)
    memo.source = source
    save_with_reason(memo, reason)
    return memo


def new_memo(study: Study, prefix: str, text: str, by: User) -> Memo:
    """Return a memo that is about the study yet; it holds the study, under which it is numbered."""
    return Memo(
        study=study,
        key=next_key(Memo, prefix, study=study),
        kind=MemoKind.THEORY,
        text=text,
        signed_by=signature(by),
        signed_date=timezone.localdate(),
    )
