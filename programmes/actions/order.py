"""Putting the configurations of a theory in the order and under the headings in which its team reads them.

Numbers never change: they are how people, papers and programs name a configuration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from programmes.actions.decisions import Decision, load_unretired, lock_theory, save_with_reason
from programmes.characters import is_blank
from programmes.integrity.numbering import next_number
from programmes.models import CMOC, CMOCGroup
from programmes.models.theory import not_retired
from programmes.search.stems import folded

if TYPE_CHECKING:
    from programmes.models import Theory


def place_in_order(cmoc: CMOC) -> tuple[int | None, int]:
    """Return what decides where a configuration stands: the number of its group, and its own."""
    return cmoc.group.number if cmoc.group else None, cmoc.number


def standing_in_order(theory: Theory) -> list[CMOC]:
    """Return the configurations of a theory that are not retired, in its order."""
    rows = CMOC.objects.filter(not_retired(), theory=theory).select_related("group")
    return theory.in_own_order(rows, place_in_order)


@transaction.atomic
def put_before(*, cmoc: CMOC, follower: CMOC | None, decision: Decision) -> CMOC:
    """Put a configuration before another one, into whose group it goes, or at the end of the theory, in the last group.

    Raises ValidationError where it stands there already.
    """
    theory = lock_theory(cmoc.theory_id)
    (stored,) = load_unretired([cmoc], decision)
    before = standing_in_order(theory)
    others = [row for row in before if row.pk != stored.pk]
    if follower is not None and follower.pk not in {row.pk for row in others}:
        raise ValidationError(f"{follower} does not stand in this theory any more.", code="gone")
    place = len(others) if follower is None else [row.pk for row in others].index(follower.pk)
    beside = others[place] if place < len(others) else (others[-1] if others else stored)
    if stored.group_id != beside.group_id:
        stored.group = beside.group
        save_with_reason(stored, decision.reason)
    after = [*others[:place], stored, *others[place:]]
    if [row.pk for row in after] == [row.pk for row in before] and stored.version == cmoc.version:
        raise ValidationError(f"{stored} stands there already.", code="same")
    order = [str(row.number) for row in after]
    if order != theory.cmoc_order:
        theory.cmoc_order = order
        save_with_reason(theory, decision.reason)
    return stored


@transaction.atomic
def put_in_group(*, cmocs: list[CMOC], heading: str, decision: Decision) -> CMOCGroup | None:
    """Put configurations under a heading, one that stands in the theory or a new one; without words under none."""
    theory = lock_theory(cmocs[0].theory_id)
    stored = load_unretired(cmocs, decision)
    group = None if is_blank(heading) else group_called(theory, heading, decision.reason)
    moved = [cmoc for cmoc in stored if cmoc.group_id != (group.pk if group else None)]
    if not moved:
        raise ValidationError("They stand there already.", code="same")
    for cmoc in moved:
        cmoc.group = group
        save_with_reason(cmoc, decision.reason)
    return group


def group_called(theory: Theory, heading: str, reason: str) -> CMOCGroup:
    """Return the group of a theory that has this heading, whatever its capitals; make it where there is none."""
    for group in CMOCGroup.objects.filter(theory=theory).order_by("number"):
        if folded(group.heading) == folded(heading):
            return group
    made = CMOCGroup(theory=theory, number=next_number(CMOCGroup, theory=theory), heading=heading)
    save_with_reason(made, reason)
    return made
