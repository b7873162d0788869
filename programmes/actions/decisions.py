"""What all decisions about whole configurations share.

A configuration that is merged, split or retired stays as it was, with its quotes and caveats; its successors get
copies of them. So nothing is lost, old numbers always resolve, and the decision alone is enough to undo it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from programmes.integrity.holding import hold
from programmes.integrity.numbering import next_number, signature
from programmes.models import (
    CMOC,
    CuratedModel,
    LineageEvent,
    LineageStep,
    StaleVersionError,
    Theory,
)
from programmes.vocabulary import CMOCStatus, LineageKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import User

RETIRED = CMOCStatus.RETIRED


@dataclass(frozen=True)
class Decision:
    """The reason for a decision, who made it, and which versions of the configurations they had read."""

    reason: str
    by: User
    versions: dict[int, int] = field(default_factory=dict)


def save_with_reason(row: CuratedModel, reason: str) -> None:
    """Validate and save a row; the reason goes into its history."""
    row.set_change_reason(reason)
    row.full_clean()
    row.save()


def refuse_stale(cmoc: CMOC, decision: Decision) -> None:
    """Refuse a configuration that somebody changed after it was read."""
    if decision.versions.get(cmoc.pk, cmoc.version) != cmoc.version:
        raise StaleVersionError(f"{cmoc} was changed by somebody else since you opened this page", cmoc)


def record_decision(kind: LineageKind, theory: Theory, decision: Decision, **details: Any) -> LineageEvent:
    event = LineageEvent(
        theory=theory,
        number=next_number(LineageEvent, theory=theory),
        kind=kind,
        reason=decision.reason,
        signed_by=signature(decision.by),
        signed_date=timezone.localdate(),
        **details,
    )
    save_with_reason(event, decision.reason)
    return event


def record_steps(event: LineageEvent, steps: Iterable[tuple[CMOC, CMOC | None, str]]) -> None:
    """Record which configuration followed from which, and the earlier one's status, so that it can be restored."""
    for position, (before, after, status) in enumerate(steps, 1):
        step = LineageStep(event=event, position=position, before=before, after=after, status_before=status)
        save_with_reason(step, event.reason)


def lock_theory(theory_id: int) -> Theory:
    """Lock the theory so that decisions about it come one after another; SQLite has a single writer anyway."""
    theory = Theory(pk=theory_id)
    return hold(theory).now(theory)


def load_unretired(cmocs: list[CMOC], decision: Decision) -> list[CMOC]:
    """Hold configurations and return them as stored; refuse any that was changed meanwhile or is retired."""
    held = hold(*cmocs)
    stored = [held.now(cmoc) for cmoc in cmocs]
    for cmoc in stored:
        refuse_stale(cmoc, decision)
        if cmoc.status == RETIRED:
            raise ValidationError(f"{cmoc} is retired already.", code="retired")
    if len({cmoc.theory_id for cmoc in stored}) > 1:
        raise ValidationError("They belong to different theories.", code="theories")
    return stored


def set_status(cmoc: CMOC, status: str, reason: str) -> None:
    cmoc.status = status
    save_with_reason(cmoc, reason)
