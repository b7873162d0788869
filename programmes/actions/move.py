"""Moving quotes from one configuration to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from programmes.actions.decisions import (
    Decision,
    load_unretired,
    lock_theory,
    record_decision,
    record_steps,
    save_with_reason,
)
from programmes.integrity.numbering import next_position
from programmes.models import (
    CMOC,
    Evidence,
    LineageEvent,
    LineageMove,
    Quote,
)
from programmes.vocabulary import LineageKind

if TYPE_CHECKING:
    from collections.abc import Iterable


@transaction.atomic
def move_evidence(*, source: CMOC, target: CMOC, quotes: list[Quote], decision: Decision) -> LineageEvent:
    """Move evidence to another configuration; role, slot and note go with each quote."""
    theory = lock_theory(source.theory_id)
    if source.pk == target.pk:
        raise ValidationError("Choose another CMOC to move the quotes to.", code="same")
    if not quotes:
        raise ValidationError("Choose the quotes to move.", code="few")
    before, after = load_unretired([source, target], decision)
    event = record_decision(LineageKind.MOVE, theory, decision)
    record_steps(event, [(before, after, before.status)])
    move_quotes(event, quotes, before, after)
    return event


def move_quotes(event: LineageEvent, quotes: Iterable[Quote], source: CMOC, target: CMOC) -> None:
    """Move quotes from one configuration to another, and record the decision."""
    present = set(Evidence.objects.filter(cmoc=target).values_list("quote_id", flat=True))
    for position, quote in enumerate(quotes, 1):
        if quote.pk in present:
            raise ValidationError(f"Quote {quote.key} bears on {target} already.", code="twice")
        evidence = Evidence.objects.filter(cmoc=source, quote=quote).first()
        if evidence is None:
            raise ValidationError(f"Quote {quote.key} does not bear on {source}.", code="absent")
        evidence.position = next_position(Evidence, cmoc=target)
        evidence.cmoc = target
        save_with_reason(evidence, event.reason)
        save_with_reason(LineageMove(event=event, position=position, quote=quote), event.reason)
