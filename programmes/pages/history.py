"""How a configuration came to be: every change to it and its parts, with the reason and the difference."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.template.response import TemplateResponse

from programmes.models import CMOC, Service
from programmes.models.configuration import CONFIGURATION
from programmes.pages.as_data import DataColumn, LinesShown, PageData, told_as_data
from programmes.pages.cmocs import get_cmoc
from programmes.pages.public_past import public_past
from programmes.pages.word_diff import Change, DiffPiece, text_without, word_diff
from programmes.words import Sentence

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from programmes.models.configuration import PartKind
    from programmes.pages.public_past import PublicPast, PublicState

HIDDEN = {"id", "version", "cmoc", "theory"}  # fields that say nothing to a reader, or never change
PUBLISHED = "The theory was made public. What was before is for its team."
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


def history_of(cmoc: CMOC, past: PublicPast | None = None) -> list[HistoryEntry]:
    """Return every change to a configuration and its parts, latest first; with a public past, what was public."""
    own = list(CMOC.history.filter(id=cmoc.pk).select_related("history_user").order_by("-history_id"))
    for row in own:
        row.what = str(cmoc)
    events = known_entries(own, past)
    for kind in CONFIGURATION:
        by_row: dict[int, list[Any]] = defaultdict(list)
        name = str(kind.link._meta.verbose_name).removeprefix("CMOC ").capitalize()
        found = kind.link.history.filter(cmoc_id=cmoc.pk).select_related("history_user", kind.relation)
        rows = list(found.order_by("-history_id"))
        gone = last_names(
            kind, {getattr(row, f"{kind.relation}_id") for row in rows if not getattr(row, kind.relation)}, past
        )
        for row in rows:
            of = getattr(row, kind.relation) or gone.get(getattr(row, f"{kind.relation}_id"), "")
            row.what = Sentence(f"{name}: ", *(of.short_name.pieces if isinstance(of, Service) else [str(of)]))
            by_row[row.id].append(row)
        for versions in by_row.values():
            events += known_entries(versions, past)
    return sorted(events, key=lambda event: event.day, reverse=True)


def last_names(kind: PartKind, keys: set[int], past: PublicPast | None) -> dict[int, str]:
    """Return what parts that are no longer there were called last, as far as that was public."""
    states = kind.model.history.filter(id__in=keys).order_by("history_id") if keys else []
    by_row: dict[int, list[Any]] = defaultdict(list)
    for state in states:
        by_row[state.id].append(state)
    shown = {key: [entry.state for entry in past.states(found)] if past else found for key, found in by_row.items()}
    return {key: kind.label_of(found[-1]) for key, found in shown.items() if found}


def known_entries(versions: list[Any], past: PublicPast | None) -> list[HistoryEntry]:
    """Return the changes to one record that the reader may know, from its versions, latest first."""
    if past is None:
        return history_entries(versions)
    shown = past.states(versions[::-1]) if versions else []
    entries = [
        published_entry(now, before) if now.published else history_entry(now.state, before.state if before else None)
        for before, now in zip([None, *shown[:-1]], shown, strict=True)
    ]
    return [entry for entry in entries if entry is not None]


def published_entry(now: PublicState, before: PublicState | None) -> HistoryEntry | None:
    """Return how a record stood when the theory was made public, against what was public before; None if as before."""
    gone = now.state.history_type == "-"
    if (gone and (before is None or before.state.history_type == "-")) or now.published is None:
        return None
    changes = changes_between(before.state, now.state) if before and not gone else []
    if before and not gone and not changes:
        return None
    happened = "removed" if gone else "changed" if before else "made public"
    return HistoryEntry(
        now.published, NOBODY, PUBLISHED, Sentence(*pieces_of_name(now.state), f": {happened}"), changes
    )


def pieces_of_name(version: Any) -> list[Any]:
    """Return the pieces of the name of what a version is of."""
    return list(getattr(version.what, "pieces", [version.what]))


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
        what=Sentence(*pieces_of_name(version), f": {happened}"),
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


HISTORY_COLUMNS = (
    DataColumn("at", "date-time", "When the change was made."),
    DataColumn("who", "string", "Who made it, by the name of the account; “a curator” where none was given."),
    DataColumn("what", "string", "Which record was added, changed or removed."),
    DataColumn("why", "string", "The reason that was given."),
    DataColumn("changes", "array", "The fields that changed: field, before and after."),
)


def history_data(_request: HttpRequest, shown: dict[str, Any]) -> PageData:
    """Return the changes, the latest first."""
    lines = [
        {
            "at": event.day,
            "who": str(event.who),
            "what": str(event.what),
            "why": str(event.why),
            "changes": [
                {
                    "field": change.name,
                    "before": text_without(change.pieces, Change.ADDED),
                    "after": text_without(change.pieces, Change.REMOVED),
                }
                for change in event.changes
            ],
        }
        for event in shown["events"]
    ]
    return PageData(
        f"How {shown['cmoc']} came to be",
        [LinesShown("changes", "Changes to a CMOC and its parts, the latest first.", HISTORY_COLUMNS, lines)],
    )


@told_as_data(history_data)
def cmoc_history(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    found = get_cmoc(request, slug, number)
    past = public_past(found.theory, request.user)
    context = {"events": history_of(found, past), "cmoc": found, "theory": found.theory, "study": found.theory.study}
    context["public_only"] = past is not None
    return TemplateResponse(request, "programmes/cmoc_history.html", context)
