"""What becomes of an act that meets another one on the same records, on every screen and form of the admin.

Where the database ended one of two acts, it is done once more, as if it had been sent a moment later: then it is well,
or its form says in its own words what is in the way. An act that rests on an older state of a record is never done over
somebody's change. Whatever is refused is answered by 409 with a sentence, who changed what, and all that was entered.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial, wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError
from django.http import Http404
from django.template.response import TemplateResponse

from programmes.models import StaleVersionError, TooManyTriesError

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.admin import AdminSite
    from django.db.models import Model
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

CONFLICTS = (StaleVersionError, IntegrityError, OperationalError, ValidationError)
ENDED_FOR_ANOTHER = {
    "40001",
    "40P01",
}  # what PostgreSQL says of an act that it could not put in order, or in a deadlock
OURS = {"csrfmiddlewaretoken", "opened_version"}
AT_ONCE = "Somebody else has changed what this rests on in the same moment, so nothing was saved."
GONE = "There is no such record, or it is not yours to see; perhaps somebody deleted it meanwhile. Nothing was saved."


@dataclass(frozen=True)
class LastChange:
    """Who changed a record last, when, and what."""

    who: str
    when: str
    changes: str  # of each field its value before and after; empty where nothing is known of them

    def __str__(self) -> str:
        what = self.changes or "see its history"
        return f"{self.who} changed this record on {self.when}, after you opened it ({what})."


def display_value(model: type[Model], field: str, value: Any) -> Any:
    """Return the value of a field as people read it: terms of the vocabulary by their labels."""
    if value is None or value == "":
        return "nothing"
    choices = getattr(model._meta.get_field(field), "flatchoices", None)
    return dict(choices).get(value, value) if choices else value


def last_change(record: Any) -> LastChange | None:
    """Return the last change of a record, if its history knows one."""
    history = list(type(record).history.filter(id=record.pk).order_by("-history_id")[:2])
    if not history:
        return None
    changes = "; ".join(
        f"{change.field}: “{display_value(type(record), change.field, change.old)}” became "
        f"“{display_value(type(record), change.field, change.new)}”"
        for change in (history[0].diff_against(history[1]).changes if len(history) > 1 else ())
        if change.field != "version"
    )
    who = str(history[0].history_user or "somebody")
    return LastChange(who, history[0].history_date.strftime("%d %B %Y at %H:%M"), changes)


@dataclass(frozen=True)
class Conflict:
    """Why an act was refused, and whether it may be done once more by itself."""

    sentence: str
    may_repeat: bool = False
    change: LastChange | None = None
    status: int = HTTPStatus.CONFLICT


def conflict_of(error: Exception, request: HttpRequest) -> Conflict | None:
    """Return what an error says of acts that met, or nothing where it is of another kind."""
    if isinstance(error, StaleVersionError):
        told = any(name.endswith("opened_version") for name in request.POST)  # the form itself says who changed what
        change = last_change(error.record) if error.record is not None else None
        return Conflict(f"{error}. Nothing was overwritten.", told, change)
    if isinstance(error, TooManyTriesError):
        return None
    if isinstance(error, ValidationError):
        return Conflict(f"Nothing was saved: {' '.join(error.messages)}")
    if isinstance(error, IntegrityError):  # what leads to a record that is being deleted is not deleted with it unseen
        return Conflict(AT_ONCE, may_repeat="foreign key" not in str(error).lower())
    state = getattr(error.__cause__, "sqlstate", None)
    if state in ENDED_FOR_ANOTHER:
        return Conflict(AT_ONCE, may_repeat=True)
    return None  # such as a database that is locked: that is no conflict, and has words of its own


def meets_others(view: Callable[..., HttpResponseBase], site: AdminSite) -> Callable[..., HttpResponseBase]:
    """Return a view that answers as above where an act that it carries out meets another one."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        carry_out = partial(view, request, *args, **kwargs)
        first = attempt(carry_out, request)
        if not isinstance(first, Conflict):
            return first
        if not first.may_repeat:
            return conflict_page(request, first, site)
        begin_anew(request)
        again = attempt(carry_out, request)
        if isinstance(again, Conflict):
            return conflict_page(request, again, site)
        if again.status_code == HTTPStatus.OK:  # its form says what is in the way
            again.status_code = HTTPStatus.CONFLICT
        return again

    return answer


def attempt(carry_out: Callable[[], HttpResponseBase], request: HttpRequest) -> HttpResponseBase | Conflict:
    """Return the answer of a view, or the conflict that it ended in."""
    try:
        return carry_out()
    except Http404:
        if not typed(request):
            raise
        return Conflict(GONE, status=HTTPStatus.NOT_FOUND)
    except CONFLICTS as error:
        conflict = conflict_of(error, request)
        if conflict is None:
            raise
        return conflict


def begin_anew(request: HttpRequest) -> None:
    """Let a request be as it was when it came."""
    request.__dict__.pop("answers_about_rows", None)
    for _, files in request.FILES.lists():
        for file in files:
            file.seek(0)


def typed(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what was entered and is no secret, as it was sent."""
    if request.method != "POST":
        return []
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and "password" not in name
        for value in values
    ]


def conflict_page(request: HttpRequest, conflict: Conflict, site: AdminSite) -> HttpResponseBase:
    """Return the page that says what met, keeps all that was entered, and offers to send it again."""
    sent = typed(request)
    shown = {
        **site.each_context(request),
        "title": "Not saved" if conflict.status == HTTPStatus.CONFLICT else "Not found",
        "conflict": conflict,
        "sent": sent,
        "entered": [
            (name.replace("_", " ").replace("-", " "), value)
            for name, value in sent
            if any(letter.isalpha() for letter in value) and name.rpartition("-")[2] not in OURS and name[0] != "_"
        ],
        "address": request.get_full_path(),
        "files": [file.name for _, files in request.FILES.lists() for file in files],
    }
    return TemplateResponse(request, "admin/conflict.html", shown, status=conflict.status)
