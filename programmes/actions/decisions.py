"""What every decision about whole configurations rests on.

A configuration that is merged, split or retired stays as it stood, with its quotes and caveats; what follows it gets
copies of them. So nothing is lost, old numbers always resolve, and taking back needs no memory but the decision itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils import timezone

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
    """Why something is decided, by whom, and which versions of the configurations they had read."""

    reason: str
    by: User
    versions: dict[int, int] = field(default_factory=dict)


def save_with_reason(row: CuratedModel, reason: str) -> None:
    """Check and save a row with the reason."""
    row.set_change_reason(reason)
    row.full_clean()
    row.save()


def refuse_stale(cmoc: CMOC, decision: Decision) -> None:
    """Refuse a configuration that somebody changed after the decider read it."""
    if decision.versions.get(cmoc.pk, cmoc.version) != cmoc.version:
        raise StaleVersionError(f"{cmoc} was changed by somebody else since you opened this page")


def record_decision(kind: LineageKind, theory: Theory, decision: Decision, **details: Any) -> LineageEvent:
    """Record a decision."""
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
    """Record which configuration followed from which, and what the earlier one's status had been."""
    for position, (before, after, status) in enumerate(steps, 1):
        step = LineageStep(event=event, position=position, before=before, after=after, status_before=status)
        save_with_reason(step, event.reason)


def lock_theory(theory_id: int) -> Theory:
    """Return the theory, so that nobody else decides about it until this is done; SQLite has one writer anyway."""
    return Theory.objects.select_for_update().get(pk=theory_id)


def load_unretired(cmocs: list[CMOC], decision: Decision) -> list[CMOC]:
    """Return the configurations as they are stored; refuse what was changed meanwhile or does not stand any more."""
    stored = [CMOC.objects.select_related("theory").get(pk=cmoc.pk) for cmoc in cmocs]
    for cmoc in stored:
        refuse_stale(cmoc, decision)
        if cmoc.status == RETIRED:
            raise ValidationError(f"{cmoc} is retired already.", code="retired")
    if len({cmoc.theory_id for cmoc in stored}) > 1:
        raise ValidationError("They belong to different theories.", code="theories")
    return stored


def set_status(cmoc: CMOC, status: str, reason: str) -> None:
    """Change what has become of a configuration."""
    cmoc.status = status
    save_with_reason(cmoc, reason)
