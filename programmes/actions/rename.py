"""Giving a configuration another title."""

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
from programmes.vocabulary import LineageKind

if TYPE_CHECKING:
    from programmes.models import (
        CMOC,
        LineageEvent,
    )


@transaction.atomic
def rename(*, cmoc: CMOC, title: str, decision: Decision) -> LineageEvent:
    """Give a configuration another title."""
    theory = lock(cmoc.theory_id)
    (stored,) = still_standing([cmoc], decision)
    if title == stored.title:
        raise ValidationError("That is its title already.", code="same")
    event = record(LineageKind.RENAME, theory, decision, title_before=stored.title, title_after=title)
    record_steps(event, [(stored, stored, stored.status)])
    stored.title = title
    keep(stored, decision.reason)
    return event
