"""Changing what a quote does to a configuration, and un-coding it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from programmes.actions.decisions import save_with_reason
from programmes.actions.reword import refuse_retired
from programmes.integrity.holding import hold
from programmes.models import CMOC, Evidence, LineageMove, Memo, Quote, StaleVersionError
from programmes.vocabulary import EvidenceRole, Visibility


def held_evidence(evidence: Evidence) -> Evidence:
    """Return a coding as it stands now, with its configuration and quote held. Raises ValidationError if it is gone."""
    held = hold(CMOC(pk=evidence.cmoc_id), Quote(pk=evidence.quote_id))
    stored = Evidence.objects.filter(pk=evidence.pk).select_related("cmoc", "quote").first()
    if stored is None or (stored.cmoc_id, stored.quote_id) != (evidence.cmoc_id, evidence.quote_id):
        raise ValidationError("That coding is not there any more: somebody else has taken it away.", code="gone")
    if stored.version != evidence.version:
        raise StaleVersionError("what the quote does was changed by somebody else since you read it", stored)
    refuse_retired(held.now(stored.cmoc))
    return stored


@transaction.atomic
def change_role(*, evidence: Evidence, role: EvidenceRole, reason: str) -> Evidence:
    """Say anew what a quote does to a configuration."""
    stored = held_evidence(evidence)
    if stored.role == role:
        raise ValidationError(f"It {role.label.lower()} it already.", code="same")
    stored.role = role
    save_with_reason(stored, reason)
    return stored


@transaction.atomic
def uncode(*, evidence: Evidence, reason: str) -> bool:
    """Let a quote bear on a configuration no more; say whether the quote went too, since nothing else holds it."""
    stored = held_evidence(evidence)
    quote = stored.quote
    stored.set_change_reason(reason)
    stored.delete()
    if is_held(quote):
        return False
    quote.set_change_reason(reason)
    quote.delete()
    return True


def is_held(quote: Quote) -> bool:
    """Say whether anything keeps a quote: another coding, a memo, a decision, a check, or that it is public."""
    return (
        quote.start is None
        or quote.visibility == Visibility.PUBLIC
        or bool(quote.disclosure_checked_by or quote.disclosure_note)
        or Evidence.objects.filter(quote=quote).exists()
        or Memo.objects.filter(quote=quote).exists()
        or LineageMove.objects.filter(quote=quote).exists()
    )
