"""The first page of a study: what is done and what comes next, what waits, and what changed lately."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from programmes.desk.at_study import StudyDeskView
from programmes.desk.onboarding import onboarding_of
from programmes.desk.queues import queues_of
from programmes.models import CMOC, Memo, Quote, Source
from programmes.vocabulary import TeamRole

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from programmes.models import CuratedModel, Study

MOST_CHANGES = 8
# Of which records changes are told, by the path to their study.
TOLD = ((CMOC, "theory__study"), (Quote, "study"), (Source, "study"), (Memo, "study"))
DONE = {"+": "added", "~": "changed", "-": "deleted"}


@dataclass(frozen=True)
class LateChange:
    """A change of a record, as the first page tells it."""

    who: str
    when: dt.datetime
    done: str
    what: str
    why: str


class StudyStart(StudyDeskView):
    """The first page of a study."""

    url_name = "desk-study"
    title = "Start"
    template_name = "desk/start.html"

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Show the page, to each role with what is theirs to do."""
        del request
        curates = self.may(TeamRole.CURATOR)
        queues = next((entry for entry in queues_of(self.user, self.study)), None)
        return self.show(
            "desk/start.html",
            visit=onboarding_of(self.study, leads=self.may(TeamRole.LEAD)) if curates else None,
            entry=queues,
            changes=late_changes(self.study) if curates else [],
        )


def late_changes(study: Study) -> list[LateChange]:
    """Return the last changes of the records that a team works on, the last first."""
    rows: list[tuple[Any, type[CuratedModel]]] = []
    for model, path in TOLD:
        states = model.history.filter(**{path: study.pk}).select_related("history_user")
        unread = [
            name for name in ("text", "turns", "statement") if name in {field.name for field in model._meta.fields}
        ]
        rows += [(state, model) for state in states.defer(*unread).order_by("-history_id")[:MOST_CHANGES]]
    rows.sort(key=lambda row: row[0].history_date, reverse=True)
    return [late_change(state, model) for state, model in rows[:MOST_CHANGES]]


def late_change(state: Any, model: type[CuratedModel]) -> LateChange:
    """Return a change in words; what is called by a number has its title, and what by a key the key."""
    name = getattr(state, model.key_fields[-1])
    title = f": {state.title}" if getattr(state, "title", "") else ""
    who = state.history_user
    return LateChange(
        who=(who.get_full_name() or who.get_username()) if who else "Somebody",
        when=state.history_date,
        done=DONE[state.history_type],
        what=f"{model._meta.verbose_name} {name}{title}",
        why=state.history_change_reason or "",
    )
