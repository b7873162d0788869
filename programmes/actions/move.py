"""Making quotes of one configuration quotes of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from programmes.actions.decisions import (
    Decision,
    keep,
    lock,
    record,
    record_steps,
    still_standing,
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
    """Make quotes of one configuration quotes of another; role, slot and note go with them."""
    theory = lock(source.theory_id)
    if source.pk == target.pk:
        raise ValidationError("Choose another CMOC to move the quotes to.", code="same")
    if not quotes:
        raise ValidationError("Choose the quotes to move.", code="few")
    before, after = still_standing([source, target], decision)
    event = record(LineageKind.MOVE, theory, decision)
    record_steps(event, [(before, after, before.status)])
    carry(event, quotes, before, after)
    return event


def carry(event: LineageEvent, quotes: Iterable[Quote], source: CMOC, target: CMOC) -> None:
    """Move quotes from one configuration to another, and record it."""
    present = set(Evidence.objects.filter(cmoc=target).values_list("quote_id", flat=True))
    for position, quote in enumerate(quotes, 1):
        if quote.pk in present:
            raise ValidationError(f"Quote {quote.key} bears on {target} already.", code="twice")
        evidence = Evidence.objects.filter(cmoc=source, quote=quote).first()
        if evidence is None:
            raise ValidationError(f"Quote {quote.key} does not bear on {source}.", code="absent")
        evidence.position = next_position(Evidence, cmoc=target)
        evidence.cmoc = target
        keep(evidence, event.reason)
        keep(LineageMove(event=event, position=position, quote=quote), event.reason)
