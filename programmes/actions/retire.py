"""Retiring a configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from programmes.actions.decisions import (
    RETIRED,
    Decision,
    load_unretired,
    lock_theory,
    record_decision,
    record_steps,
    set_status,
)
from programmes.vocabulary import LineageKind

if TYPE_CHECKING:
    from programmes.models import (
        CMOC,
        LineageEvent,
    )


@transaction.atomic
def retire(*, cmoc: CMOC, decision: Decision) -> LineageEvent:
    """Retire a configuration; its page and its evidence stay readable."""
    theory = lock_theory(cmoc.theory_id)
    (stored,) = load_unretired([cmoc], decision)
    event = record_decision(LineageKind.RETIRE, theory, decision)
    record_steps(event, [(stored, None, stored.status)])
    set_status(stored, RETIRED, decision.reason)
    return event
