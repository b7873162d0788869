"""Making a study and its theories public, and private again, with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from programmes.characters import is_blank
from programmes.integrity.holding import hold
from programmes.models import Theory
from programmes.vocabulary import Visibility

if TYPE_CHECKING:
    from collections.abc import Sequence

    from programmes.models import Study

LONGEST_REASON = 300  # letters of a reason that the history keeps


def refuse_no_reason(reason: str) -> None:
    """Raise ValidationError where nobody says why, or says more than is kept."""
    if is_blank(reason):
        raise ValidationError({"reason": "Say why. The history keeps it, with your name."})
    if len(reason) > LONGEST_REASON:
        raise ValidationError({"reason": f"This has {len(reason)} letters; at most {LONGEST_REASON} are kept."})


def theories_as_they_stand(study: Study, theories: Sequence[Theory]) -> tuple[Any, list[Theory]]:
    """Hold a study and theories of it, and return them as they stand."""
    held = hold(study, *theories)
    found = [held.now(theory) for theory in theories]
    if any(theory.study_id != study.pk for theory in found):
        raise ValidationError("This theory belongs to another study.", code="other")
    return held.now(study), found


def let_be_read(record: Any, visibility: Visibility, reason: str) -> None:
    """Save who may read a record, where that is another by now."""
    if record.visibility != visibility:
        record.visibility = visibility
        record.set_change_reason(reason)
        record.full_clean()
        record.save()


@transaction.atomic
def publish(*, study: Study, theories: Sequence[Theory], reason: str) -> None:
    """Let everybody read a study, and these theories of it. A ValidationError means that nothing was written."""
    refuse_no_reason(reason)
    study, found = theories_as_they_stand(study, theories)
    for theory in found:
        let_be_read(theory, Visibility.PUBLIC, reason)
    let_be_read(study, Visibility.PUBLIC, reason)


@transaction.atomic
def make_private(*, study: Study, theories: Sequence[Theory], whole_study: bool, reason: str) -> None:
    """Let the team alone read these theories again, or the whole study with all of them."""
    refuse_no_reason(reason)
    own = list(Theory.objects.filter(study=study)) if whole_study else list(theories)
    if not own and not whole_study:
        raise ValidationError({"theories": "Choose what only the team is to read."})
    study, found = theories_as_they_stand(study, own)
    for theory in found:
        let_be_read(theory, Visibility.PRIVATE, reason)
    if whole_study:
        let_be_read(study, Visibility.PRIVATE, reason)
