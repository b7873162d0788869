"""How a configuration came to be: every change to it and its parts, with the reason and the difference."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.shortcuts import render

from programmes.models import CMOC, Service
from programmes.models.configuration import CONFIGURATION
from programmes.pages.cmocs import get_cmoc
from programmes.pages.word_diff import DiffPiece, word_diff
from programmes.words import Sentence

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from programmes.models.configuration import PartKind

HIDDEN = {"id", "version", "cmoc", "theory"}  # fields that say nothing to a reader, or never change
NOBODY = "a curator"  # where somebody has given no name, and where a program made the change


@dataclass(frozen=True)
class FieldChange:
    name: str
    pieces: list[DiffPiece]


@dataclass(frozen=True)
class HistoryEntry:
    """One change to one record."""

    day: dt.datetime
    who: str
    why: str
    what: str
    changes: list[FieldChange]


def history_of(cmoc: CMOC) -> list[HistoryEntry]:
    """Return every change to a configuration and its parts, latest first."""
    own = list(CMOC.history.filter(id=cmoc.pk).select_related("history_user"))
    for row in own:
        row.what = str(cmoc)
    events = history_entries(own)
    for kind in CONFIGURATION:
        by_row: dict[int, list[Any]] = defaultdict(list)
        name = str(kind.link._meta.verbose_name).removeprefix("CMOC ").capitalize()
        rows = list(kind.link.history.filter(cmoc_id=cmoc.pk).select_related("history_user", kind.relation))
        gone = last_names(
            kind, {getattr(row, f"{kind.relation}_id") for row in rows if not getattr(row, kind.relation)}
        )
        for row in rows:
            of = getattr(row, kind.relation) or gone.get(getattr(row, f"{kind.relation}_id"), "")
            row.what = Sentence(f"{name}: ", *(of.short_name.pieces if isinstance(of, Service) else [str(of)]))
            by_row[row.id].append(row)
        for versions in by_row.values():
            events += history_entries(versions)
    return sorted(events, key=lambda event: event.day, reverse=True)


def last_names(kind: PartKind, keys: set[int]) -> dict[int, str]:
    """Return what parts that are no longer there were called last."""
    states = kind.model.history.filter(id__in=keys).order_by("history_date", "history_id") if keys else []
    return {state.id: getattr(state, kind.label) for state in states}


def history_entries(versions: list[Any]) -> list[HistoryEntry]:
    """Return the changes to one record, from its versions, latest first."""
    return [history_entry(version, before) for version, before in zip(versions, [*versions[1:], None], strict=True)]


def history_entry(version: Any, before: Any) -> HistoryEntry:
    """Return the change from one version to the next."""
    happened = {"+": "added", "-": "removed"}.get(version.history_type, "changed")
    changes = changes_between(before, version) if before and happened == "changed" else []
    return HistoryEntry(
        day=version.history_date,
        who=(version.history_user.get_full_name() if version.history_user else "") or NOBODY,
        why=version.history_change_reason or "",
        what=Sentence(*getattr(version.what, "pieces", [version.what]), f": {happened}"),
        changes=changes,
    )


def changes_between(before: Any, after: Any) -> list[FieldChange]:
    """Return every field that changed."""
    changed = after.diff_against(before, excluded_fields=HIDDEN).changed_fields
    return [
        FieldChange(
            str(field.verbose_name), word_diff(history_value(before, field.name), history_value(after, field.name))
        )
        for field in after.tracked_fields
        if field.name in changed and not field.is_relation
    ]


def history_value(version: Any, name: str) -> str:
    """Return a field's value as people read it."""
    words = getattr(version, f"get_{name}_display", None)
    return str(words() if words else getattr(version, name))


def cmoc_history(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    found = get_cmoc(request, slug, number)
    context = {"events": history_of(found), "cmoc": found, "theory": found.theory, "study": found.theory.study}
    return render(request, "programmes/cmoc_history.html", context)
