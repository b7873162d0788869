"""What a team answers to the reporting standard, item by item."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from programmes.actions.decisions import lock_theory, save_with_reason
from programmes.integrity.numbering import signature
from programmes.models import ReportingAnswer, StaleVersionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from programmes.actions.decisions import Decision
    from programmes.models import Theory


@dataclass(frozen=True)
class GivenAnswer:
    """What somebody says of an item: nothing at all takes the answer back. Version 0: none was there."""

    answer: str
    place: str = ""
    note: str = ""
    version: int = 0


@transaction.atomic
def answer_standard(*, theory: Theory, given: Mapping[int, GivenAnswer], decision: Decision) -> list[int]:
    """Answer items of the standard; return which of them changed. Raises ValidationError and StaleVersionError."""
    lock_theory(theory.pk)
    stored = {row.item: row for row in ReportingAnswer.objects.filter(theory=theory)}
    changed = []
    for item, said in given.items():
        row = stored.get(item)
        there = as_given(row)
        if said == replace(there, version=said.version):
            continue
        if there.version != said.version:
            raise StaleVersionError(f"Item {item} was answered by somebody else since you opened this page", row)
        changed.append(item)
        if not said.answer and row is not None:
            row.set_change_reason(decision.reason)
            row.delete()
            continue
        row = row or ReportingAnswer(theory=theory, item=item)
        row.answer, row.locator, row.note = said.answer, said.place, said.note
        row.signed_by, row.signed_date = signature(decision.by), timezone.localdate()
        save_with_reason(row, decision.reason)
    return changed


def as_given(row: ReportingAnswer | None) -> GivenAnswer:
    """Return what is answered, as somebody who changes nothing gives it back."""
    return GivenAnswer("") if row is None else GivenAnswer(row.answer, row.locator, row.note, row.version)
