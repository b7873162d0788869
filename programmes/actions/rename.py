"""Renaming a configuration."""

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
from programmes.vocabulary import LineageKind

if TYPE_CHECKING:
    from programmes.models import (
        CMOC,
        LineageEvent,
    )


@transaction.atomic
def rename(*, cmoc: CMOC, title: str, decision: Decision) -> LineageEvent:
    """Rename a configuration, and record the decision."""
    theory = lock_theory(cmoc.theory_id)
    (stored,) = load_unretired([cmoc], decision)
    if title == stored.title:
        raise ValidationError("That is its title already.", code="same")
    event = record_decision(LineageKind.RENAME, theory, decision, title_before=stored.title, title_after=title)
    record_steps(event, [(stored, stored, stored.status)])
    stored.title = title
    save_with_reason(stored, decision.reason)
    return event
