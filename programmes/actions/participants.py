"""Calling somebody who took part otherwise."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from programmes.actions.decisions import save_with_reason
from programmes.integrity.holding import hold
from programmes.models import Participant, StaleVersionError


@transaction.atomic
def rename_participant(*, participant: Participant, version: int, pseudonym: str, reason: str) -> Participant:
    """Give a participant another pseudonym. Raises ValidationError, or StaleVersionError after others changed it."""
    present: Participant = hold(participant).now(participant)
    if present.version != version:
        raise StaleVersionError(f"{present.pseudonym} was changed by somebody else since you read it", present)
    if present.pseudonym == pseudonym:
        raise ValidationError("They are called that already.", code="same")
    present.pseudonym = pseudonym
    save_with_reason(present, reason)
    return present
