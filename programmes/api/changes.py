"""What was added, changed and removed for a reader since a place in the order of changes, or since a day."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import orjson
from django.db.models import Q
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from programmes.api.audiences import ALL, Roles
from programmes.api.cursors import NoCursorError, sealed, unsealed
from programmes.api.dependencies import resources
from programmes.api.moments import at_moment
from programmes.api.openapi import ChangesSchema
from programmes.api.parameter_errors import BadParameterError, unknown_word
from programmes.api.rows import build_rows
from programmes.api.telling import MICROSECONDS, place_at, tell_portion
from programmes.integrity.snapshot import one_state
from programmes.models import Telling, ToldRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rest_framework.request import Request

CURSORS = "changes"  # to what these belong
ANOTHERS = "is of another account; start again without it"
VOID = "is of a time before the site was restored from a backup; throw your copy away, and start again without it"
UNREADABLE = (
    "is no cursor that an answer of /changes/ gave, and no day or time such as 2026-03-04 or 2026-03-04T05:06:07Z"
)
PAGE, MOST = 100, 1000
ADDED, CHANGED, REMOVED = "added", "changed", "removed"


@dataclass(frozen=True)
class Reached:
    """How far a reader has come, and with which roles: the text of a cursor."""

    place: int  # in the order of changes
    known: int  # of what is after this place, the reader cannot have been told with the present roles
    who: int
    roles: Roles
    had: Roles = field(default_factory=Roles)  # before
    had_known: int = 0  # the same as `known` of the roles before
    begun: int = 0  # the place from which the reader has begun to catch up
    studies: tuple[int, ...] = ()  # in which the role is another one, so that all of their rows are due
    row: int = 0  # the last of these that was told

    def as_cursor(self) -> str:
        """Return the cursor, which nobody else can read."""
        parts = [self.place, self.known, self.who, self.roles.as_document(), self.had.as_document(), self.had_known]
        return sealed(orjson.dumps([*parts, self.begun, self.studies, self.row]).decode(), CURSORS)

    @classmethod
    def from_cursor(cls, cursor: str) -> Reached:
        """Return what a cursor says. Raises NoCursorError."""
        place, known, who, roles, had, had_known, begun, studies, row = orjson.loads(unsealed(cursor, CURSORS))
        return cls(place, known, who, Roles(dict(roles)), Roles(dict(had)), had_known, begun, tuple(studies), row)

    def with_roles(self, roles: Roles) -> Reached:
        """Return the same for the roles that the reader has now: where they are others, all rows are due."""
        if roles == self.roles:
            return self
        had, known = self.had.with_those_of(self.roles), max(self.known, self.had_known)
        studies = tuple(sorted({*self.studies, *roles.studies_that_differ(self.roles)}))
        return replace(self, roles=roles, had=had, had_known=known, studies=studies, row=0)


@dataclass(frozen=True)
class ToldChange:
    """A row that was told, and what became of it for the reader."""

    row: ToldRow
    seen_before: bool


class ChangesView(APIView):
    """What was added, changed or removed for you, in an order in which nothing ever comes before what was given."""

    permission_classes = (AllowAny,)
    schema = ChangesSchema()
    http_method_names = ("get", "head")

    def get(self, request: Request) -> Response:
        """Return a page of changes, and the address of the next one, which is good for the next night too."""
        for name in request.query_params:
            if name not in {"since", "page_size", "rows", "format"}:
                raise unknown_word("parameter", name, name, ("since", "page_size", "rows"))
        size, with_rows = page_size_of(request), rows_wanted(request)
        all_told = tell_portion()
        with one_state():
            last = Telling.objects.values_list("last_place", flat=True).get()
            reached = reached_by(request, last).with_roles(Roles.of(request.user))
            changes, following, more = page_of_changes(reached, size, last)
            if not (more or all_told):
                following, more = (
                    replace(following, had=reached.had, had_known=reached.had_known, begun=reached.begun),
                    True,
                )
            results = self.results(changes, with_rows=with_rows)
        address = replace_query_param(request.build_absolute_uri(), "since", following.as_cursor())
        response = Response({"next": address, "since": following.as_cursor(), "more": more, "results": results})
        response["Vary"] = "Accept, Authorization, Cookie"
        return response

    def results(self, changes: Sequence[ToldChange], *, with_rows: bool) -> list[dict[str, Any]]:
        """Return changes in their public shape: of what is gone the key alone, of the others what they say now."""
        base = self.request.build_absolute_uri("/").rstrip("/")
        records: dict[str, set[int]] = defaultdict(set)
        for change in changes:
            records[change.row.resource].add(change.row.record)
        rows = {name: self.rows_now(name, keys, base, with_rows=with_rows) for name, keys in records.items()}
        return [result(change, rows[change.row.resource], with_rows=with_rows) for change in changes]

    def rows_now(self, resource: str, records: set[int], base: str, *, with_rows: bool) -> dict[int, dict[str, Any]]:
        """Return those rows of a resource that the reader may see."""
        viewset = resources()[resource]
        only = None if with_rows else frozenset({"id", "url", "modified", "version"})
        visible = viewset.model.objects.filter(pk__in=records).visible_to(self.request.user).values("pk")
        found = viewset.model._base_manager.filter(pk__in=list(visible.values_list("pk", flat=True)))
        return build_rows(viewset.serializer_class(), found, self.request.user, base, only)


def result(change: ToldChange, rows: dict[int, dict[str, Any]], *, with_rows: bool) -> dict[str, Any]:
    """Return a change in its public shape: what the reader sees now decides, and nothing is told of what is gone."""
    told = change.row
    row = rows.get(told.record)
    when = dt.datetime.fromtimestamp(told.place / MICROSECONDS, dt.UTC)
    shape: dict[str, Any] = {"resource": told.resource, "id": told.key, "change": REMOVED, "when": when}
    if row is None or row["id"] != told.key:
        return shape
    shape["change"] = CHANGED if change.seen_before else ADDED
    shape |= {name: row[name] for name in ("url", "modified", "version")}
    return shape | {"row": row} if with_rows else shape


def page_size_of(request: Request) -> int:
    """Return how many changes a page has."""
    asked = request.query_params.get("page_size", str(PAGE))
    if not re.fullmatch("[0-9]{1,4}", asked) or not 1 <= int(asked) <= MOST:
        raise BadParameterError("page_size", asked, f"is no whole number from 1 to {MOST}")
    return int(asked)


def rows_wanted(request: Request) -> bool:
    """Say whether each change comes with the row as it is now."""
    asked: str = request.query_params.get("rows", "false")
    if asked not in {"true", "false"}:
        raise BadParameterError("rows", asked, "is neither true nor false")
    return asked == "true"


def reached_by(request: Request, last: int) -> Reached:
    """Return how far a reader has come, by what they give as `since`."""
    given, user = request.query_params.get("since"), request.user
    who, roles = user.pk or 0, Roles.of(user)
    if given is None:
        return Reached(place=0, known=0, who=who, roles=roles)
    void = Telling.objects.values_list("void", flat=True).get()
    if moment := at_moment(given):
        at = place_at(moment.timestamp())
        place = min([at, last, *(begin for begin, end in void if begin < at < end)])
        had = Roles.at(user, moment)
        studies = tuple(sorted(roles.studies_that_differ(had)))
        return Reached(place, last, who, roles, had, place, place, studies)
    try:
        reached = Reached.from_cursor(given)
    except NoCursorError:
        raise BadParameterError("since", given, UNREADABLE) from None
    if reached.who not in {0, who}:
        raise BadParameterError("since", given, ANOTHERS)
    if reached.place > last or any(begin < reached.place < end for begin, end in void):
        raise BadParameterError("since", given, VOID)
    return replace(reached, who=who)


def page_of_changes(reached: Reached, size: int, last: int) -> tuple[list[ToldChange], Reached, bool]:
    """Return a page of changes, how far the reader has come with it, and whether there is more."""
    if reached.studies:
        return page_of_roles(reached, size, last)
    roles, had = reached.roles, reached.had
    due = roles.see() | roles.saw(reached.place, reached.known) | had.saw(reached.place, reached.had_known)
    rows = list(ToldRow.objects.filter(due, place__gt=reached.place).order_by("place")[:size])
    both = roles.with_those_of(had)
    changes = [ToldChange(row, both.saw_at(row, reached.begun)) for row in rows]
    if len(rows) == size:
        return changes, replace(reached, place=rows[-1].place, known=last), True
    return changes, replace(reached, place=last, known=last, had=Roles(), had_known=0, begun=last), False


def page_of_roles(reached: Reached, size: int, last: int) -> tuple[list[ToldChange], Reached, bool]:
    """Return a page of the rows of studies in which the reader's role is another one than it was."""
    roles, had = reached.roles, reached.had
    due = roles.see() | had.would_see(reached.had_known)
    of_studies = Q() if ALL in reached.studies else Q(study__in=reached.studies)
    rows = list(ToldRow.objects.filter(due & of_studies, pk__gt=reached.row).order_by("pk")[:size])
    seen = set(ToldRow.objects.filter(had.see(), pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    changes = [ToldChange(row, row.pk in seen) for row in rows]
    if len(rows) == size:
        return changes, replace(reached, known=last, row=rows[-1].pk), True
    return changes, replace(reached, known=last, studies=(), row=0), True
