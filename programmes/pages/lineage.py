"""What became of a theory's configurations: every decision in order, as a picture and as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.template.response import TemplateResponse

from programmes.diagrams.ancestry import Ancestry, Lane, Turn, ancestry
from programmes.diagrams.layout import MOST_IN_ONE, Picture, pictures_of
from programmes.models import CMOC, LineageEvent, LineageMove, LineageStep
from programmes.models.holdings import holdings_of
from programmes.models.theory import not_retired
from programmes.pages.as_data import PageData, RecordsShown, told_as_data
from programmes.pages.base import get_theory
from programmes.pages.web import unretired_rows, web_of
from programmes.vocabulary import CMOCStatus, LineageKind
from programmes.words import Sentence

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from programmes.integrity.access import Person
    from programmes.models import Theory


@dataclass
class DecisionRow:
    """A decision with the configurations and quotes it concerns."""

    event: LineageEvent
    kind: str  # of the decision that a chain of takings-back began with
    steps: list[LineageStep]
    moves: list[LineageMove]
    reversed_by: int | None = None

    @property
    def before(self) -> list[CMOC]:
        """Return the configurations it was made about."""
        return list(dict.fromkeys(step.before for step in self.steps))

    @property
    def after(self) -> list[CMOC]:
        """Return the configurations that resulted."""
        return list(dict.fromkeys(step.after for step in self.steps if step.after is not None))

    @property
    def moved(self) -> str:
        """Say how many quotes were moved, of those that are shown."""
        return "A quote was" if len(self.moves) == 1 else "Quotes were"

    @property
    def sentence(self) -> str:
        """Say in a sentence what was done."""
        before, after = listed(self.before), listed(self.after)
        event = self.event
        sentences = {
            LineageKind.MERGE: f"{before} were merged into {after}.",
            LineageKind.SPLIT: f"{before} was split into {after}.",
            LineageKind.RETIRE: f"{before} was retired.",
            LineageKind.RENAME: Sentence(
                f"{before} was renamed from “", event.title_before, "” to “", event.title_after, "”."
            ),
            LineageKind.MOVE: f"{self.moved} moved from {before} to {after}.",
            LineageKind.REVERSE: f"{event.reverses} was taken back.",
        }
        return sentences[LineageKind(event.kind)]


@dataclass(frozen=True)
class LineagePage:
    rows: list[DecisionRow]
    picture: Ancestry | None
    untouched: int

    @property
    def ends(self) -> bool:
        """Say whether it is drawn that a CMOC ends."""
        return bool(self.picture and any(column.ends for column in self.picture.columns))

    @property
    def changes(self) -> str:
        """Say what is drawn of CMOCs that go on, where anything is."""
        kinds = {row.kind for row in self.rows}
        words = {LineageKind.RENAME: "it is renamed", LineageKind.MOVE: "its quotes move"}
        return ", or ".join(said for kind, said in words.items() if kind in kinds)

    @property
    def taken_back(self) -> bool:
        """Say whether any decision was taken back."""
        return any(row.reversed_by for row in self.rows)


def listed(cmocs: list[CMOC]) -> str:
    """Return configurations as a list within a sentence."""
    names = [str(cmoc) for cmoc in cmocs]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else "nothing"


def decision_rows(theory: Theory, user: Person, cmoc: CMOC | None = None) -> list[DecisionRow]:
    """Return the decisions on a theory, or on one of its configurations, in order."""
    events = LineageEvent.objects.visible_to(user).filter(theory=theory).order_by("number", "pk")
    rows = {event.pk: DecisionRow(event, event.kind, [], []) for event in events}
    if not rows:
        return []
    steps = LineageStep.objects.visible_to(user).filter(event__theory=theory)
    for step in steps.select_related("before", "after").order_by("event", "position"):
        for cmoc_of_step in filter(None, (step.before, step.after)):
            cmoc_of_step.theory = theory
        rows[step.event_id].steps.append(step)
    moves = LineageMove.objects.visible_to(user).filter(event__theory=theory)
    for move in moves.select_related("quote__study").order_by("event", "position"):
        rows[move.event_id].moves.append(move)
    for row in rows.values():
        if row.event.reverses_id is not None:
            taken_back = rows[row.event.reverses_id]
            row.event.reverses = taken_back.event
            row.kind = taken_back.kind
            taken_back.reversed_by = row.event.number
    found = list(rows.values())
    return found if cmoc is None else [row for row in found if cmoc in {*row.before, *row.after}]


def lineage_page(theory: Theory, user: Person) -> LineagePage:
    rows = decision_rows(theory, user)
    concerned = {cmoc.pk: cmoc for row in rows for cmoc in (*row.before, *row.after)}
    made = {cmoc.pk for row in rows if row.event.kind in {LineageKind.MERGE, LineageKind.SPLIT} for cmoc in row.after}
    lanes = [
        Lane(
            cmoc.number,
            f"{cmoc}:" if cmoc.title else str(cmoc),
            cmoc.title,
            cmoc.get_absolute_url(),
            cmoc.pk not in made,
        )
        for cmoc in sorted(concerned.values(), key=lambda cmoc: cmoc.number)
    ]
    return LineagePage(
        rows=rows,
        picture=ancestry(lanes, [ancestry_turn(row) for row in rows]) if rows else None,
        untouched=CMOC.objects.visible_to(user).filter(not_retired(), theory=theory).exclude(pk__in=concerned).count(),
    )


@dataclass(frozen=True)
class WebPreview:
    """The web of a theory before and after a decision that has not been made yet."""

    before: list[Picture]
    after: list[Picture]


def before_and_after(theory: Theory, user: Person, act: Callable[[], object]) -> WebPreview:
    """Return the web before and after an act, which is carried out and rolled back at once.

    Of a large theory only the configurations that come or go are drawn.
    """
    holds = holdings_of(theory, user)
    before = unretired_rows(theory, user)
    with transaction.atomic():
        act()
        after = unretired_rows(theory, user)
        transaction.set_rollback(True)
    if max(len(before), len(after)) > MOST_IN_ONE:
        kept = before.keys() & after.keys()
        before, after = ({key: row for key, row in rows.items() if key not in kept} for rows in (before, after))
    webs = [web_of(theory, list(rows.values()), {}, holds=holds) if rows else None for rows in (before, after)]
    pictures = [pictures_of(web) if web else [] for web in webs]
    return WebPreview(*pictures)


def ancestry_turn(row: DecisionRow) -> Turn:
    """Return a decision in the form in which the picture takes it."""
    before, after = {cmoc.number for cmoc in row.before}, {cmoc.number for cmoc in row.after}
    begins: set[int] = set()
    ends: set[int] = set()
    touches: set[int] = set()
    if row.kind in {LineageKind.RENAME, LineageKind.MOVE}:
        touches = before | after
    elif row.event.kind == LineageKind.REVERSE and before == after:  # a retirement and what takes it back
        begins, ends = (before, set()) if row.steps[0].status_before == CMOCStatus.RETIRED else (set(), before)
    else:
        begins, ends = after, before
    return Turn(
        label=str(row.event) + (", taken back" if row.reversed_by else ""),
        href=f"#decision-{row.event.number}",
        joins=tuple(
            (step.before.number, step.after.number)
            for step in row.steps
            if step.after is not None and step.after.number != step.before.number
        ),
        begins=frozenset(begins),
        ends=frozenset(ends),
        touches=frozenset(touches),
        undone=row.reversed_by is not None,
    )


def lineage_data(_request: HttpRequest, shown: dict[str, Any]) -> PageData:
    """Return the decisions in order."""
    decisions = RecordsShown(LineageEvent, [row.event.pk for row in shown["page"].rows])
    return PageData(f"Decisions on {shown['theory'].title}", [decisions])


@told_as_data(lineage_data)
def theory_lineage(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_theory(request, slug)
    shown = {"page": lineage_page(found, request.user), "theory": found, "study": found.study}
    return TemplateResponse(request, "programmes/lineage.html", shown)
