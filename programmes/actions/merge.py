"""Merging several configurations into one."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from programmes.actions.decisions import (
    Decision,
    save_with_reason,
)
from programmes.actions.successors import MERGED_FROM, Successor, replace_cmocs, unsaved_copy
from programmes.integrity.numbering import next_number
from programmes.models import (
    CMOC,
    CMOCLink,
    LineageEvent,
)
from programmes.vocabulary import LineageKind


@transaction.atomic
def merge(*, cmocs: list[CMOC], into: Successor, decision: Decision) -> LineageEvent:
    """Merge two or more configurations into a new one, and retire them."""
    if len({cmoc.pk for cmoc in cmocs}) < MERGED_FROM:
        raise ValidationError("Choose two CMOCs or more to merge.", code="few")
    event, (after,) = replace_cmocs(LineageKind.MERGE, cmocs, [into], decision)
    copy_links(cmocs, after, decision.reason)
    return event


def copy_links(before: list[CMOC], after: CMOC, reason: str) -> None:
    """Copy the links of merged configurations to their successor, except those between them."""
    keys = {cmoc.pk for cmoc in before}
    ends: set[tuple[Any, ...]] = set()
    rows = CMOCLink.objects.filter(theory=after.theory_id).order_by("number", "pk")
    for link in rows:
        if not keys & {link.source_cmoc_id, link.target_cmoc_id} or {link.source_cmoc_id, link.target_cmoc_id} <= keys:
            continue
        copy = unsaved_copy(link)
        for name in ("source_cmoc_id", "target_cmoc_id"):
            if getattr(copy, name) in keys:
                setattr(copy, name, after.pk)
        same = tuple(getattr(copy, entry.attname) for entry in copy._meta.concrete_fields if entry.name in LINK_ENDS)
        if same not in ends:
            ends.add(same)
            copy.number = next_number(CMOCLink, theory=after.theory)  # type: ignore[attr-defined]  # it is a link
            save_with_reason(copy, reason)


LINK_ENDS = {"kind", "source_cmoc", "source_outcome", "target_cmoc", "target_outcome", "target_context", "target_text"}
