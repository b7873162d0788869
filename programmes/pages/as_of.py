"""A theory as it stood at the end of a day, read from the history of its records, and what has changed since."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Min, Q
from django.db.models.functions import TruncDate
from django.template.response import TemplateResponse
from django.utils import timezone

from programmes.integrity.access import NOBODY
from programmes.models import CMOC, CMOCGroup, Evidence, Quote
from programmes.models.configuration import CONFIGURATION, Part, Parts, parts_of_theory, wording_of
from programmes.models.slots import FilledSlot, columns_of, slots_from, slots_said
from programmes.pages.as_data import DataColumn, LinesShown, PageData, PortionShown, told_as_data
from programmes.pages.base import get_theory, takes
from programmes.pages.keyset import KeysetPage, keyset_page
from programmes.pages.public_past import public_past
from programmes.pages.word_diff import Change, DiffPiece, changed_lines, text_without
from programmes.vocabulary import CMOCStatus, EvidenceRole

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from programmes.integrity.access import Person
    from programmes.models import PublicSpan, Theory
    from programmes.pages.public_past import PublicPast


MOST_DAYS = 30  # that are offered
PAGE_SIZE = 50
DIGITS = 10  # that no number of a configuration has


@dataclass(frozen=True)
class AsOfRow:
    """A configuration as it stood, with the number of its quotes, and how it differs from today."""

    cmoc: CMOC
    group: str  # the heading that it stood under
    parts: Parts
    evidence: list[tuple[str, int]]
    changes: list[list[DiffPiece]]
    stood: str  # its status then, and its status now where that is another

    @property
    def slots(self) -> list[FilledSlot]:
        """Return the columns of which something is known."""
        columns = columns_of(self.cmoc.theory.form, [(self.cmoc, self.parts)])
        return slots_said(slots_from(self.cmoc, self.parts, columns))


@dataclass(frozen=True)
class AsOfPage:
    day: dt.date
    rows: list[AsOfRow]
    later: list[CMOC]
    deleted: int
    page: KeysetPage[int]  # of what stood then, by number
    days: list[tuple[dt.date, int]]
    error: str = ""
    first_day: dt.date | None = None  # from which on anything is known here, where the day asked for is before it
    is_known: bool = True  # whether the reader may know what stood then: others than its team while it was public
    public_only: bool = False  # whether the reader is not of the team


def day_of(text: str) -> tuple[dt.date, str]:
    """Return the day in the query string; where it is no such day, today and an error message."""
    today = timezone.localdate()
    if not text:
        return today, ""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return today, f"“{text}” is no day of the calendar; write it as {today.isoformat()}."
    return (day, "") if day <= today else (today, f"{text} is still to come.")


@dataclass(frozen=True)
class EndOfDay:
    """The end of a day, as somebody may know it: the team by the clock, others within the public time it lies in."""

    moment: dt.datetime
    past: PublicPast | None = None  # None for the team
    span: PublicSpan | None = None

    @property
    def is_known(self) -> bool:
        """Say whether the reader may know what stood then."""
        return self.past is None or self.span is not None

    def states(self, model: Any) -> Q:
        """Return the condition that a state was written by then, and may be known."""
        written = Q(history_date__lte=self.moment)
        if self.past is None:
            return written
        if self.span is None:
            return NOBODY
        after, until = self.span.bounds(model)
        return Q(history_id__lte=after) | written & (Q() if until is None else Q(history_id__lte=until))


def end_of(day: dt.date, theory: Theory, user: Person) -> EndOfDay:
    """Return the end of a day as a person may know it."""
    moment = timezone.make_aware(dt.datetime.combine(day, dt.time.max))
    past = public_past(theory, user)
    return EndOfDay(moment, past, past.span_at(moment) if past else None)


def states_as_of(model: Any, end: EndOfDay, **conditions: Any) -> list[Any]:
    """Return the historical rows as of the end of a day, without those deleted by then."""
    states = model.history.filter(end.states(model), **conditions).order_by("id", "-history_id")
    latest: dict[int, Any] = {}
    for state in states:
        latest.setdefault(state.id, state)
    return [state for state in latest.values() if state.history_type != "-"]


def as_of_page(theory: Theory, user: Person, asked: str, after: str = "") -> AsOfPage:
    day, error = day_of(asked)
    end = end_of(day, theory, user)
    now = {cmoc.pk: cmoc for cmoc in CMOC.objects.visible_to(user).filter(theory=theory).order_by("number")}
    states = states_as_of(CMOC, end, theory_id=theory.pk)
    before = {state.id: state.instance for state in states if state.id in now}
    known = set(before)
    for cmoc in before.values():
        cmoc.theory = theory
    stood = {cmoc.number: key for key, cmoc in before.items() if cmoc.status != CMOCStatus.RETIRED}
    page = keyset_page(sorted(stood), int(after) if after.isdecimal() and len(after) < DIGITS else None, PAGE_SIZE)
    before = {stood[number]: before[stood[number]] for number in page.keys}
    parts = parts_as_of(list(before), end)
    present = parts_of_theory(theory.pk, user)
    quotes = evidence_as_of(list(before), end, user)
    headings = headings_as_of(theory, end) if any(cmoc.group_id for cmoc in before.values()) else {}
    rows = [
        as_of_row(
            cmoc,
            now[key],
            headings.get(cmoc.group_id, ""),
            parts.get(key, Parts()),
            present.get(key, Parts()),
            quotes.get(key, {}),
        )
        for key, cmoc in before.items()
    ]
    changes = CMOC.history.filter(theory_id=theory.pk)
    if end.past is not None:
        changes = changes.filter(end.past.changes(CMOC))
    changes = changes.annotate(day=TruncDate("history_date")).order_by()
    first = first_day_of(end.past) if end.past else changes.aggregate(first=Min("day"))["first"]
    days = changes.values_list("day").annotate(number=Count("pk")).order_by("-day")[:MOST_DAYS]
    return AsOfPage(
        day=day,
        rows=rows,
        later=[cmoc for key, cmoc in now.items() if key not in known],
        page=page,
        deleted=sum(state.id not in now for state in states),
        days=list(days),
        error=error,
        first_day=first if first and day < first else None,
        is_known=end.is_known,
        public_only=end.past is not None,
    )


def first_day_of(past: PublicPast) -> dt.date | None:
    """Return the day on which a public history begins."""
    return timezone.localdate(past.spans[0].began_at) if past.spans else None


def headings_as_of(theory: Theory, end: EndOfDay) -> dict[int | None, str]:
    """Return the headings of the groups of a theory at the time."""
    return {state.id: state.heading for state in states_as_of(CMOCGroup, end, theory_id=theory.pk)}


def as_of_row(before: CMOC, now: CMOC, group: str, parts: Parts, present: Parts, quotes: dict[str, int]) -> AsOfRow:
    old, new = wording_of(before, parts), wording_of(now, present)
    then, today = before.get_status_display(), now.get_status_display().lower()
    became = f"today {today}" if today and before.status != now.status else ""
    return AsOfRow(
        cmoc=before,
        group=group,
        parts=parts,
        evidence=[
            (role.label.lower() if quotes[role] == 1 else role.label.lower().removesuffix("s"), quotes[role])
            for role in EvidenceRole
            if role in quotes
        ],
        changes=changed_lines(old, new, order=[*old, *new]),
        stood=", ".join(filter(None, (then, became))),
    )


def parts_as_of(cmocs: list[int], end: EndOfDay) -> dict[int, Parts]:
    """Return the parts of configurations at the time, with the labels they had then."""
    found: dict[int, Parts] = defaultdict(Parts)
    for kind in CONFIGURATION:
        links = states_as_of(kind.link, end, cmoc_id__in=cmocs)
        column = f"{kind.relation}_id"
        named = {row.id: row for row in states_as_of(kind.model, end, id__in={getattr(link, column) for link in links})}
        for link in sorted(links, key=lambda entry: (entry.position, entry.id)):
            row = named.get(getattr(link, column))
            if row is not None:
                part = Part(
                    str(getattr(row, kind.key)),
                    kind.label_of(row),
                    getattr(link, kind.wording) if kind.wording else "",
                    getattr(link, kind.detail) if kind.detail else "",
                    tuple(getattr(row, name) for name in kind.qualities),
                )
                found[link.cmoc_id][kind.plural].append(part)
    return found


def evidence_as_of(cmocs: list[int], end: EndOfDay, user: Person) -> dict[int, dict[str, int]]:
    """Return how many quotes configurations had in each role, counting those the reader may see today."""
    links = states_as_of(Evidence, end, cmoc_id__in=cmocs)
    visible = set(
        Quote.objects.visible_to(user).filter(pk__in={link.quote_id for link in links}).values_list("pk", flat=True)
    )
    found: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for link in links:
        if link.quote_id in visible:
            found[link.cmoc_id][link.role] += 1
    return found


AS_OF_COLUMNS = (
    DataColumn("cmoc", "integer", "Number of the CMOC."),
    DataColumn("label", "string", "Its label as printed."),
    DataColumn("title", "string", "Its title then."),
    DataColumn("statement", "string", "Its statement then."),
    DataColumn("group", "string", "The heading that it stood under."),
    DataColumn("stood", "string", "Its status then, and its status today where that is another."),
    *(DataColumn(kind.plural, "array", f"Its {kind.plural} then, by label.") for kind in CONFIGURATION),
    DataColumn("quotes", "object", "Quotes on it then, by role, of those that you may see today."),
    DataColumn("changes", "array", "Lines of it that are others today: before and after."),
)


def as_of_data(_request: HttpRequest, shown: dict[str, Any]) -> PageData:
    """Return the CMOCs as they stood on the day."""
    page: AsOfPage = shown["page"]
    lines = [
        {
            "cmoc": row.cmoc.number,
            "label": row.cmoc.label,
            "title": row.cmoc.title,
            "statement": row.cmoc.statement,
            "group": row.group,
            "stood": row.stood,
            **{kind.plural: [str(part.label) for part in row.parts[kind.plural]] for kind in CONFIGURATION},
            "quotes": dict(row.evidence),
            "changes": [
                {"before": text_without(pieces, Change.ADDED), "after": text_without(pieces, Change.REMOVED)}
                for pieces in row.changes
            ],
        }
        for row in page.rows
    ]
    return PageData(
        f"{shown['theory'].title} on {page.day.isoformat()}",
        [LinesShown("cmocs", "CMOCs as they stood at the end of the day.", AS_OF_COLUMNS, lines)],
        PortionShown.of(page.page),
    )


@takes("day", "after")
@told_as_data(as_of_data)
def theory_as_of(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_theory(request, slug)
    page = as_of_page(found, request.user, request.GET.get("day", ""), request.GET.get("after", ""))
    shown = {"page": page, "theory": found, "study": found.study}
    return TemplateResponse(request, "programmes/earlier.html", shown, status=400 if page.error else 200)
