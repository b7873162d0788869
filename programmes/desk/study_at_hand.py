"""The study at hand: what lists, pickers, queues and first pages are about, at the desk and in the admin.

It is kept with the sign-in. Whoever opens a screen of a study, or a record of one, has that study at hand from then on;
without one, lists are about all studies in whose teams they are. It says nothing about what somebody may see or do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from programmes.desk.base import NAMED, parse_id
from programmes.integrity.invariants import follow
from programmes.models import CuratedModel, Study

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

OF_SEVERAL = "studies"  # the path from a programme to its studies
AT_HAND = "study_at_hand"  # of a session


def study_at_hand(request: HttpRequest) -> Study | None:
    """Return the study at hand; None where somebody has none, or is not in its team."""
    if AT_HAND not in request.__dict__:
        key = parse_id(request.GET.get(NAMED, "")) or request.session.get(AT_HAND)
        own = Study.objects.of_teams_of(request.user)
        request.__dict__[AT_HAND] = own.filter(pk=key).first() if key else None
    found: Study | None = request.__dict__[AT_HAND]
    return found


def take_at_hand(request: HttpRequest, study: Study | None) -> None:
    """Have a study of one's own at hand from now on, or none."""
    key = study.pk if study else None
    if request.session.get(AT_HAND) != key:
        request.session[AT_HAND] = key
    request.__dict__[AT_HAND] = study


def take_study_of(request: HttpRequest, record: Any) -> None:
    """Have the study of a record at hand, if it has one and it is one's own."""
    key = key_of_study(record) if isinstance(record, CuratedModel) else None
    at_hand = study_at_hand(request)
    if key is None or (at_hand is not None and at_hand.pk == key):
        return
    own = Study.objects.of_teams_of(request.user).filter(pk=key).first()
    if own is not None:
        take_at_hand(request, own)


def key_of_study(record: CuratedModel) -> int | None:
    """Return the key of the study that a record belongs to; None for a programme, which is of several."""
    path = type(record).access.study
    if path in {"", OF_SEVERAL}:
        return record.pk if path == "" else None
    above, _, last = path.rpartition("__")
    found: int | None = getattr(follow(record, above) if above else record, f"{last}_id")
    return found


def rows_at_hand(request: HttpRequest, model: type[CuratedModel]) -> QuerySet[Any, Any]:
    """Return the records that lists and pickers are about: of the study at hand, or of all studies of one's own."""
    own = model.objects.seen_in_teams_of(request.user)
    study = study_at_hand(request)
    return own if study is None else own.of_study(study.pk)
