"""Undoing a decision about configurations."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from programmes.actions.decisions import (
    RETIRED,
    Decision,
    lock_theory,
    record_decision,
    record_steps,
    save_with_reason,
    set_status,
)
from programmes.actions.move import move_quotes
from programmes.integrity.holding import hold
from programmes.models import (
    CMOC,
    LineageEvent,
    LineageStep,
)
from programmes.vocabulary import LineageKind


def first_decision(event: LineageEvent) -> LineageEvent:
    """Return the decision at the beginning of a chain in which each decision undoes the one before."""
    while event.reverses is not None:
        event = event.reverses
    return event


def in_effect(event: LineageEvent) -> bool:
    """Say whether the decision at the beginning of such a chain holds after the last one."""
    holds = True
    while event.reverses is not None:
        event, holds = event.reverses, not holds
    return holds


@transaction.atomic
def undo_decision(*, event: LineageEvent, decision: Decision) -> LineageEvent:
    """Undo a decision by another one, which can be undone in its turn.

    Configurations that it created are retired, with whatever was added to them since; those that it retired come back
    with the status they had.
    """
    theory = lock_theory(event.theory_id)
    event = LineageEvent.objects.select_related("reverses").get(pk=event.pk)
    refuse_undoing(event)
    title = {"title_before": event.title_after, "title_after": event.title_before}
    taking_back = record_decision(LineageKind.REVERSE, theory, decision, reverses=event, **title)
    steps = list(event.steps.order_by("position"))
    kind = first_decision(event).kind
    made = {step.after_id for step in steps if step.after_id}
    before = {step.before_id: step for step in steps}
    held = hold(*(CMOC(pk=pk) for pk in {*made, *before}))
    stored = {row.pk: row for row in held.rows.values() if isinstance(row, CMOC)}
    record_steps(
        taking_back,
        (
            (stored[step.after_id or step.before_id], stored[step.before_id], present_status(stored, step))
            for step in steps
        ),
    )
    if kind == LineageKind.RENAME:
        (cmoc,) = stored.values()
        if cmoc.title != event.title_after:
            raise ValidationError(f"{cmoc} has another title by now: “{cmoc.title}”.", code="changed")
        cmoc.title = event.title_before
        save_with_reason(cmoc, decision.reason)
    elif kind == LineageKind.MOVE:
        (step,) = steps
        quotes = [move.quote for move in event.moves.select_related("quote").order_by("position")]
        move_quotes(taking_back, quotes, stored[step.after_id or 0], stored[step.before_id])
    else:
        for pk in made - before.keys():
            set_status(stored[pk], RETIRED, decision.reason)
        for pk, step in before.items():
            set_status(stored[pk], step.status_before, decision.reason)
    return taking_back


def present_status(stored: dict[int, CMOC], step: LineageStep) -> str:
    """Return the present status of a step's successor, which is restored if the undoing is undone."""
    return stored[step.after_id or step.before_id].status


def refuse_undoing(event: LineageEvent) -> None:
    """Refuse a decision that has been undone already, or that later decisions build on."""
    if LineageEvent.objects.filter(reverses=event).exists():
        raise ValidationError(f"{event} was taken back already.", code="reversed")
    concerned = {pk for step in event.steps.all() for pk in (step.before_id, step.after_id) if pk}
    resting = LineageStep.objects.filter(
        Q(before__in=concerned) | Q(after__in=concerned),
        event__theory=event.theory_id,
        event__number__gt=event.number,
        event__reversed_by=None,
    )
    for step in resting.select_related("event").order_by("-event__number", "position"):
        if in_effect(step.event):
            raise ValidationError(f"{step.event} came after it on the same CMOCs; take that back first.", code="later")
