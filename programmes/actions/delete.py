"""Deleting a configuration that was a mistake: what others have read, or built on, is retired instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from programmes.actions.decisions import Decision, load_unretired, lock_theory
from programmes.actions.evidence import uncode
from programmes.actions.reword import is_settled
from programmes.models import Evidence
from programmes.models.configuration import CONFIGURATION

if TYPE_CHECKING:
    from programmes.models import CMOC


def may_be_deleted(cmoc: CMOC) -> bool:
    """Say whether a configuration holds nothing but its words, parts and quotes, and nobody else has read it.

    Its theory and study must be loaded with it.
    """
    own = {Evidence, *(kind.link for kind in CONFIGURATION)}
    relations: list[Any] = [each for each in cmoc._meta.related_objects if each.related_model not in own]
    return not is_settled(cmoc) and not any(
        each.related_model._base_manager.filter(**{each.field.name: cmoc}).exists() for each in relations
    )


@transaction.atomic
def delete_cmoc(*, cmoc: CMOC, decision: Decision) -> None:
    """Delete a configuration, with its parts; quotes that nothing else holds go too. Raises ValidationError."""
    lock_theory(cmoc.theory_id)
    (stored,) = load_unretired([cmoc], decision)
    if not may_be_deleted(stored):
        raise ValidationError(f"Others have read {stored} or built on it: retire it instead.", code="settled")
    for evidence in Evidence.objects.filter(cmoc=stored).select_related("cmoc", "quote"):
        uncode(evidence=evidence, reason=decision.reason)
    for kind in CONFIGURATION:
        for link in kind.link.objects.filter(cmoc=stored):
            link.set_change_reason(decision.reason)
            link.delete()
    stored.set_change_reason(decision.reason)
    stored.delete()
