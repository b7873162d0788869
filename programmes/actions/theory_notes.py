"""What is noted of a theory while it is worked on: when a configuration may not hold, and what leads on to what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from programmes.actions.decisions import Decision, load_unretired, lock_theory, save_with_reason
from programmes.characters import is_blank
from programmes.integrity.numbering import next_number, signature
from programmes.models import Caveat, CMOCLink, Context, Outcome
from programmes.search.stems import folded
from programmes.vocabulary import LinkKind

if TYPE_CHECKING:
    from programmes.models import CMOC
    from programmes.vocabulary import CaveatKind


@transaction.atomic
def add_caveat(*, cmoc: CMOC, kind: CaveatKind, text: str, decision: Decision) -> Caveat:
    """Say when a configuration may not hold, or what else limits it."""
    theory = lock_theory(cmoc.theory_id)
    (stored,) = load_unretired([cmoc], decision)
    if is_blank(text):
        raise ValidationError("Say when it may not hold.", code="blank")
    caveat = Caveat(theory=theory, cmoc=stored, number=next_number(Caveat, theory=theory), kind=kind, text=text)
    save_with_reason(caveat, decision.reason)
    return caveat


@transaction.atomic
def link_outcome(*, cmoc: CMOC, outcome: str, label: str, why: str, decision: Decision) -> CMOCLink:
    """Let an outcome of a configuration become a context of the theory, and say why; parts are named by key and label.

    Raises ValidationError where one of them does not stand.
    """
    theory = lock_theory(cmoc.theory_id)
    (stored,) = load_unretired([cmoc], decision)
    source = Outcome.objects.filter(theory=theory, key=outcome, cmoc_links__cmoc=stored).first()
    if source is None:
        raise ValidationError(f"That outcome is not in {stored} any more.", code="gone")
    contexts = Context.objects.filter(theory=theory)
    target = next((row for row in contexts if folded(row.label) == folded(label.strip())), None)
    if target is None:
        raise ValidationError(
            f"No context of this theory is called “{label.strip()}”: choose one that stands, or add it to a CMOC.",
            code="context",
        )
    if is_blank(why):
        raise ValidationError("Say why the one becomes the other.", code="blank")
    ends = {"source_outcome": source, "target_context": target, "kind": LinkKind.OUTCOME_BECOMES_CONTEXT}
    if CMOCLink.objects.filter(theory=theory, **ends).exists():
        raise ValidationError(f"“{source.label}” becomes “{target.label}” already.", code="twice")
    signed = {"signed_by": signature(decision.by), "signed_date": timezone.localdate()}
    link = CMOCLink(theory=theory, number=next_number(CMOCLink, theory=theory), reason=why, **ends, **signed)
    save_with_reason(link, decision.reason)
    return link
