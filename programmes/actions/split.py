"""Splitting one configuration into several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from programmes.actions.successors import MERGED_FROM, Successor, replace_cmocs
from programmes.vocabulary import LineageKind

if TYPE_CHECKING:
    from programmes.actions.decisions import (
        Decision,
    )
    from programmes.models import (
        CMOC,
        LineageEvent,
    )


@transaction.atomic
def split(*, cmoc: CMOC, into: list[Successor], decision: Decision) -> LineageEvent:
    """Split a configuration into several new ones, and retire it."""
    if len(into) < MERGED_FROM:
        raise ValidationError("Split a CMOC into two or more.", code="few")
    event, _ = replace_cmocs(LineageKind.SPLIT, [cmoc], into, decision)
    return event
