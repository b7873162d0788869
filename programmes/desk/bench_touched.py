"""What acts at the bench touched: passages of transcripts, and configurations."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from programmes.actions.bench_acts import RecordChange
from programmes.models import CMOC, Evidence, LineageMove, LineageStep, Memo, Quote
from programmes.models.configuration import ELEMENTS
from programmes.models.parts import CMOCPart

if TYPE_CHECKING:
    from collections.abc import Iterable

    from programmes.models import BenchAct

ELEMENT_MODELS: dict[Any, Any] = {kind.model: kind for kind in ELEMENTS}


@dataclass
class Touched:
    """Passages by source, and the ids of configurations."""

    spans: dict[int, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    cmocs: set[int] = field(default_factory=set)
    quotes: set[int] = field(default_factory=set)


def touched_by(acts: Iterable[BenchAct]) -> Touched:
    """Return what acts touched, as it was and as it is."""
    found = Touched()
    for act in acts:
        for kept in act.changes:
            change = RecordChange(*kept)
            for state in change.model.history.filter(
                history_id__in={change.before, change.after, change.last} - {None}
            ):
                add_state(found, change.model, state)
        if act.event_id is not None:
            steps = LineageStep.objects.filter(event=act.event_id).values_list("before", "after")
            found.cmocs |= {pk for step in steps for pk in step if pk}
            found.quotes |= set(LineageMove.objects.filter(event=act.event_id).values_list("quote", flat=True))
    places = Quote.objects.filter(pk__in=found.quotes, start__isnull=False, source__isnull=False)
    for source, start, end in places.order_by().values_list("source", "start", "end"):
        found.spans[source or 0].append((start or 0, end or 0))
    return found


def add_state(found: Touched, model: Any, state: Any) -> None:
    """Add what a state of a record is about."""
    if model is Quote and state.start is not None and state.source_id is not None:
        found.spans[state.source_id].append((state.start, state.end))
    elif model is CMOC:
        found.cmocs.add(state.id)
    elif model in ELEMENT_MODELS:
        kind = ELEMENT_MODELS[model]
        links = kind.link.objects.filter(**{kind.relation: state.id})
        found.cmocs |= set(links.values_list("cmoc", flat=True))
    elif model in {Evidence, Memo} or issubclass(model, CMOCPart):
        found.cmocs |= {state.cmoc_id} if state.cmoc_id else set()
        found.quotes |= {state.quote_id} if getattr(state, "quote_id", None) else set()
