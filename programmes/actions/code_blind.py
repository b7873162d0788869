"""Blind coding by a second analyst of a source, from start to finish."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from programmes.actions.standing import refuse_emptied, refuse_label, standing_cmocs
from programmes.integrity.holding import hold
from programmes.integrity.numbering import next_number, signature
from programmes.models import SecondCode, SecondCoding, Source
from programmes.models.spoken import SourceVoices

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from programmes.models import CMOC
    from programmes.vocabulary import EvidenceRole


@transaction.atomic
def start_blind_coding(*, source: Source, by: User) -> SecondCoding:
    """Begin the blind coding of a source. A ValidationError says why it cannot be begun."""
    # Of two who begin at once the second waits here, and takes the next number.
    held = hold(source).now(source)
    if not held.text or not Source.objects.editable_by(by).filter(pk=source.pk).exists():
        raise ValidationError("No transcript is held here.")
    coding = SecondCoding(
        source=held,
        number=next_number(SecondCoding, source=held),
        analyst=by,
        signed_by=signature(by),
        started_date=timezone.localdate(),
    )
    coding.set_change_reason("Blind coding begun")
    coding.full_clean()
    coding.save()
    return coding


def lock_unfinished_coding(source: Source, pk: int, by: User) -> SecondCoding:
    """Lock a blind coding for its analyst until the transaction ends.

    Raises ValidationError if it is somebody else's, or finished.
    """
    refuse_emptied(hold(source).now(source))
    codings = SecondCoding.objects.editable_by(by).filter(source=source, analyst=by, pk=pk)
    coding = codings.select_for_update(of=("self",)).first()
    if coding is None:
        raise ValidationError("You have no such blind coding of this source.")
    if coding.finished_date is not None:
        raise ValidationError("This blind coding is finished: nothing in it can be changed.")
    return coding


@transaction.atomic
def code_blind(
    *, source: Source, coding: int, span: tuple[int, int], role: EvidenceRole, cmocs: list[CMOC], by: User
) -> list[SecondCode]:
    """Code a passage to one or more configurations. A ValidationError means that nothing was written."""
    start, end = span
    own = lock_unfinished_coding(source, coding, by)
    refuse_label(SourceVoices.of_source(source), span)
    chosen = standing_cmocs(hold(*cmocs), cmocs)
    taken = SecondCode.objects.filter(coding=own, start=start, end=end, cmoc__in=chosen).select_related("cmoc")
    if names := ", ".join(str(code.cmoc) for code in taken.order_by("cmoc__number", "pk")):
        raise ValidationError(f"You marked this passage for {names} already; remove that code to change it.")
    codes = [SecondCode(coding=own, start=start, end=end, cmoc=cmoc, role=role) for cmoc in chosen]
    for code in codes:
        code.set_change_reason(f"Coded blind in {source.key}")
        code.full_clean()
        code.save()
    return codes


@transaction.atomic
def remove_blind_codes(*, source: Source, coding: int, codes: list[int], by: User) -> int:
    """Remove the analyst's own codes, all of them or none; return how many."""
    own = lock_unfinished_coding(source, coding, by)
    rows = list(SecondCode.objects.filter(coding=own, pk__in=codes))
    if not rows or len(rows) != len(set(codes)):
        raise ValidationError("That code is not there any more.")
    for row in rows:
        row.set_change_reason("Blind code taken back")
        row.delete()
    return len(rows)


@transaction.atomic
def finish_blind_coding(*, source: Source, coding: int, by: User) -> SecondCoding:
    """Finish a blind coding: from then on it can be compared, and no longer changed."""
    own = lock_unfinished_coding(source, coding, by)
    own.finished_date = timezone.localdate()
    own.set_change_reason("Blind coding finished")
    own.save()
    return own


@transaction.atomic
def discard_blind_coding(*, source: Source, coding: int, by: User) -> None:
    """Delete a blind coding that has no codes yet."""
    own = lock_unfinished_coding(source, coding, by)
    if own.codes.exists():
        raise ValidationError("Codes are marked already: remove them first, or finish.")
    own.set_change_reason("Blind coding begun by mistake")
    own.delete()
