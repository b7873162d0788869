"""What is done at the bench is written down there, so that it can be undone by whoever did it, and done once more.

Every record that an act touches leaves states in its history. An act is undone by giving each record the state that it
had before, as long as nobody has changed it since: whoever built on it is named.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone
from simple_history.signals import post_create_historical_record

from programmes.actions.decisions import Decision
from programmes.actions.undo import undo_decision
from programmes.integrity.holding import hold
from programmes.integrity.numbering import CODING_UNDONE
from programmes.models import CMOC, BenchAct, CuratedModel, Evidence, LineageMove, Quote, Study, Theory
from programmes.models.bench import KEPT_ACTS
from programmes.models.configuration import ELEMENTS
from programmes.models.spoken import SourceVoices, keep_voices, quote_spans

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from django.contrib.auth.models import User

    from programmes.models import LineageEvent, Source
    from programmes.models.bench import BenchActKind

UNDONE_REASON = "Undone at the bench"
REDONE_REASON = "Done again at the bench"
NOT_KEPT = 0  # no state of the history has this id
STATES: ContextVar[list[Any] | None] = ContextVar("STATES", default=None)


@receiver(post_create_historical_record, dispatch_uid="states of acts at the bench")
def take_down(history_instance: Any, **_: Any) -> None:
    """Note a state that a record takes while somebody listens."""
    states = STATES.get()
    if states is not None:
        states.append(history_instance)


@contextmanager
def states_taken() -> Generator[list[Any]]:
    """Collect the states that records take meanwhile, in their order."""
    states: list[Any] = []
    token = STATES.set(states)
    try:
        yield states
    finally:
        STATES.reset(token)


@dataclass
class RecordChange:
    """What became of one record: its states in the history before and after an act, and its last one that is ours."""

    label: str  # of its model
    pk: int
    before: int | None  # None where there was no such record
    after: int | None  # None where there is none afterwards
    last: int

    @property
    def model(self) -> Any:
        """Return the model of the record."""
        return apps.get_model(self.label)

    def as_kept(self) -> list[Any]:
        """Return it as an act keeps it."""
        return [self.label, self.pk, self.before, self.after, self.last]


def changes_of(states: Iterable[Any]) -> list[RecordChange]:
    """Return what these states did to each record, in the order in which the records were first touched."""
    found: dict[tuple[str, int], RecordChange] = {}
    for state in states:
        label, pk = state.instance_type._meta.label, state.id
        change = found.get((label, pk))
        if change is None:
            change = found[label, pk] = RecordChange(label, pk, state_before(state), None, state.history_id)
        change.after = None if state.history_type == "-" else state.history_id
        change.last = state.history_id
    return [change for change in found.values() if change.before is not None or change.after is not None]


def state_before(state: Any) -> int | None:
    """Return the state that a record had before this one; None where there was no record, 0 where it is not kept."""
    if state.history_type == "+":
        return None
    earlier = type(state)._base_manager.filter(id=state.id, history_id__lt=state.history_id)
    found: int | None = earlier.order_by("-history_id").values_list("history_id", flat=True).first()
    return found or NOT_KEPT


@dataclass
class ActAtBench:
    """An act at the bench on its way: what it is about, as the foot of the bench tells it."""

    user: User
    study: Study
    kind: BenchActKind
    source: Source | None = None
    place: int | None = None
    time: str = ""
    cmoc: CMOC | None = None
    role: str = ""
    event: LineageEvent | None = None  # the decision that it was, if one: it is undone by another
    kept: BenchAct | None = field(default=None, init=False)


@contextmanager
def at_bench(act: ActAtBench) -> Generator[ActAtBench]:
    """Carry out an act, all or nothing, and keep it with what it changed; what was undone before is forgotten."""
    with transaction.atomic(), states_taken() as states:
        yield act
        own = BenchAct.objects.of(act.user, act.study)
        own.filter(undone=True).delete()
        act.kept = BenchAct.objects.create(
            user=act.user,
            study=act.study,
            kind=act.kind,
            source=act.source,
            place=act.place,
            time=act.time,
            theory_id=act.cmoc.theory_id if act.cmoc else None,
            number=act.cmoc.number if act.cmoc else None,
            role=act.role,
            event=act.event,
            changes=[change.as_kept() for change in changes_of(states)],
        )
        own.filter(pk__in=list(own.values_list("pk", flat=True)[KEPT_ACTS:])).delete()


@transaction.atomic
def undo_at_bench(*, act: BenchAct, by: User) -> BenchAct:
    """Give every record of an act the state that it had before. Raises ValidationError where somebody built on it."""
    return turn(act, by, undo=True)


@transaction.atomic
def redo_at_bench(*, act: BenchAct, by: User) -> BenchAct:
    """Do an act that was undone once more. Raises ValidationError where somebody built on what was before."""
    return turn(act, by, undo=False)


def turn(act: BenchAct, by: User, *, undo: bool) -> BenchAct:
    """Undo an act or do it again, and keep which states its records have now."""
    stored = BenchAct.objects.select_for_update(of=("self",)).select_related("event").get(pk=act.pk)
    if stored.undone == undo:
        raise ValidationError("That was done already.", code="done")
    reason = UNDONE_REASON if undo else REDONE_REASON
    changes = [RecordChange(*kept) for kept in stored.changes]
    with states_taken() as states:
        if stored.event is not None:
            stored.event = undo_decision(event=stored.event, decision=Decision(reason, by))
        else:
            turn_records(changes, reason, undo=undo)
    keep_same_states(stored, with_new_states(changes, states, undo=undo))
    stored.changes = [change.as_kept() for change in changes]
    stored.undone, stored.at = undo, timezone.now()
    stored.save()
    return stored


def turn_records(changes: list[RecordChange], reason: str, *, undo: bool) -> None:
    """Give records their states before an act, or those after it."""
    hold(*resting_records(changes))
    for change in changes:
        refuse_built_on(change, changes, undo=undo)
    for change in reversed(changes) if undo else changes:
        give_state(change, change.before if undo else change.after, reason)


def with_new_states(changes: list[RecordChange], states: list[Any], *, undo: bool) -> dict[tuple[str, int, int], int]:
    """Note which states records have now, and return which earlier state of each is the same as its new one."""
    latest = {(state.instance_type._meta.label, state.id): state.history_id for state in states}
    same: dict[tuple[str, int, int], int] = {}
    for change in changes:
        new = latest.get((change.label, change.pk), change.last)
        wanted = change.before if undo else change.after
        if wanted is not None:
            same[change.label, change.pk, wanted] = new
            change.before, change.after = (new, change.after) if undo else (change.before, new)
        change.last = new
    return same


def keep_same_states(act: BenchAct, same: dict[tuple[str, int, int], int]) -> None:
    """Let other acts of the study know a state by its new name, so that they can be turned back in their turn."""
    for other in BenchAct.objects.select_for_update().filter(study=act.study_id).exclude(pk=act.pk).order_by("pk"):
        renamed = [
            [label, pk, *(same.get((label, pk, state), state) if state is not None else None for state in states)]
            for label, pk, *states in other.changes
        ]
        if renamed != other.changes:
            other.changes = renamed
            other.save(update_fields=["changes"])


def resting_records(changes: list[RecordChange]) -> list[CuratedModel]:
    """Return what is held while records get earlier states, so that nobody builds on them meanwhile."""
    found: list[CuratedModel] = []
    for change in changes:
        state = change.model.history.filter(history_id=change.before or change.after).first()
        if state is not None:
            found += beneath(change.model, state)
    return found


def beneath(model: Any, state: Any) -> list[CuratedModel]:
    """Return what a record rests on, and itself, as far as it can be held."""
    if model is Quote:
        return [Study(pk=state.study_id), Quote(pk=state.id)]
    if model is CMOC:
        return [Theory(pk=state.theory_id), CMOC(pk=state.id)]
    if model is Evidence:
        return [CMOC(pk=state.cmoc_id), Quote(pk=state.quote_id)]
    if model in {kind.model for kind in ELEMENTS}:
        return [Theory(pk=state.theory_id)]
    return [CMOC(pk=state.cmoc_id)] if getattr(state, "cmoc_id", None) else []


def refuse_built_on(change: RecordChange, changes: list[RecordChange], *, undo: bool) -> None:
    """Refuse to turn back a record that somebody has changed since, or that something new rests on."""
    latest = change.model.history.filter(id=change.pk).order_by("-history_id").first()
    if latest is None:
        raise ValidationError("Not undone: the state before is not kept any more.", code="gone")
    if latest.history_id != change.last:
        raise ValidationError(f"Not undone: {told_change(latest)}.", code="later")
    goes = (change.before if undo else change.after) is None
    row = change.model._base_manager.filter(pk=change.pk).first() if goes else None
    row = None if row is None or is_named_by_decisions(row) else row
    for other in resting_on_row(row, changes) if row is not None else ():
        state = type(other).history.filter(id=other.pk).order_by("-history_id").first()
        raise ValidationError(f"Not undone: {told_change(state)}, which rests on it.", code="built")


def is_named_by_decisions(row: Any) -> bool:
    """Say whether a record is a quote that was moved once: decisions name it for ever, so it stays."""
    return isinstance(row, Quote) and LineageMove.objects.filter(quote=row).exists()


def told_change(state: Any) -> str:
    """Say who gave a record its last state, and when."""
    if state is None:
        return "somebody added something"
    who = state.history_user.get_full_name() or state.history_user.get_username() if state.history_user else "somebody"
    done = {"+": "added", "~": "changed", "-": "deleted"}[state.history_type]
    when = timezone.localtime(state.history_date)
    return f"{who} {done} the {state.instance_type._meta.verbose_name} on {when:%d %B %Y at %H:%M}"


def resting_on_row(row: Any, changes: list[RecordChange]) -> Generator[Any]:
    """Yield records that would be taken away with one, but for those of the act itself."""
    own = {(change.label, change.pk) for change in changes}
    relations = [each for each in row._meta.related_objects if issubclass(each.related_model, CuratedModel)]
    for relation in relations:
        model: Any = relation.related_model
        for other in model._base_manager.filter(**{relation.field.name: row})[: len(own) + 1]:
            if (model._meta.label, other.pk) not in own:
                yield other


def give_state(change: RecordChange, wanted: int | None, reason: str) -> None:
    """Let a record be as it was in a state of its history, or not be."""
    row = change.model._base_manager.filter(pk=change.pk).first()
    if wanted is None:
        if row is not None and not is_named_by_decisions(row):
            row.set_change_reason(CODING_UNDONE)
            row.delete()
        return
    state = change.model.history.filter(history_id=wanted).first()
    if state is None:
        raise ValidationError("Not undone: the state before is not kept any more.", code="gone")
    names = [entry.attname for entry in change.model._meta.concrete_fields if entry.name not in {"id", "version"}]
    if row is None:
        last = change.model.history.filter(id=change.pk).order_by("-history_id").values_list("version", flat=True)[0]
        row = change.model(pk=change.pk, version=last + 1)
    for name in names:
        setattr(row, name, getattr(state, name))
    row.set_change_reason(reason)
    row.full_clean()
    row.save()
    if isinstance(row, Quote) and row.source is not None and row.start is not None:
        voices = SourceVoices.of_source(row.source)
        keep_voices(row, voices, [piece for span in quote_spans(row) for piece in voices.pieces(*span)])
