"""Asking for reviews and giving them. A verdict is on one exact wording, and never by its author."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from programmes.integrity.holding import hold
from programmes.integrity.numbering import next_number, signature
from programmes.models import (
    CMOC,
    Review,
)
from programmes.models.configuration import (
    CONFIGURATION,
    OWN_FIELDS,
    Parts,
    kept_lines,
    parts_of_theory,
    wording_of,
)
from programmes.vocabulary import CMOCStatus, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import User


def stored_wording(cmoc: CMOC, by: User) -> list[str]:
    """Return the wording of a configuration as it is in the database."""
    return wording_of(cmoc, parts_of_theory(cmoc.theory_id, by).get(cmoc.pk, Parts()))


def authors_of(cmocs: Iterable[CMOC]) -> dict[int, set[int]]:
    """Return, for each configuration, the ids of those who last changed any part of its wording."""
    found: dict[int, set[int]] = {cmoc.pk: set() for cmoc in cmocs}
    versions: dict[int, list[Any]] = defaultdict(list)
    for version in CMOC.history.filter(id__in=found).order_by("id", "-history_date", "-history_id"):
        versions[version.id].append(version)
    for key, states in versions.items():
        found[key] |= author_among(states, OWN_FIELDS)
    for kind in CONFIGURATION:
        by_row: dict[int, list[Any]] = defaultdict(list)
        rows = kind.link.history.filter(cmoc_id__in=found).order_by("id", "-history_date", "-history_id")
        for version in rows:
            by_row[version.id].append(version)
        for states in by_row.values():
            found[states[0].cmoc_id] |= author_among(states, ("cmoc_id", *kind.said))
    return found


def author_among(states: list[Any], fields: tuple[str, ...]) -> set[int]:
    """Return who gave a record its present wording, judging by its states, latest first."""
    latest = states[0]
    author = latest.history_user_id
    for state in states[1:]:
        if any(getattr(state, name) != getattr(latest, name) for name in fields):
            break
        author = state.history_user_id
    if latest.history_type == "-":
        author = latest.history_user_id  # taking a part away changes what the configuration says
    return {author} - {None}


@transaction.atomic
def ask_for_review(*, cmoc: CMOC, asked: bool, reason: str) -> None:
    """Put a configuration to the reviewers, or withdraw it from them."""
    stored = hold(cmoc).now(cmoc)
    if stored.status == CMOCStatus.RETIRED:
        raise ValidationError(f"{stored} is retired.", code="retired")
    if (stored.review_asked_date is not None) == asked:
        return  # somebody else has done so
    stored.review_asked_date = timezone.localdate() if asked else None
    stored.set_change_reason(reason)
    stored.full_clean()
    stored.save()


@transaction.atomic
def review(*, cmoc: CMOC, read: list[str], verdict: Verdict, comment: str, by: User) -> Review:
    """Record a verdict on the wording that was read; refuse it where the wording has changed since."""
    stored = hold(cmoc).now(cmoc)
    wording = stored_wording(stored, by)
    if stored.review_asked_date is None or stored.status == CMOCStatus.RETIRED:
        raise ValidationError(f"{stored} is not put to reviewers.", code="closed")
    if wording != read:
        raise ValidationError(
            f"{stored} was changed after you opened it; read what it says now and judge that.", code="stale"
        )
    if by.pk in authors_of([stored])[stored.pk]:
        raise ValidationError("You wrote some of this; somebody else has to review it.", code="author")
    earlier = Review.objects.filter(reviewer=by, cmoc=stored).values_list("wording", flat=True)
    if any(kept_lines(lines) == wording for lines in earlier):
        raise ValidationError("You reviewed this wording already; your verdict stands.", code="twice")
    given = Review(
        cmoc=stored,
        number=next_number(Review, cmoc=stored),
        verdict=verdict,
        comment=comment,
        signed_by=signature(by),
        signed_date=timezone.localdate(),
        wording=wording,
        reviewer=by,
    )
    given.set_change_reason("Reviewed")
    given.full_clean()
    given.save()
    return given
