"""Decisions about whole configurations: merge, split, retire, rename, move evidence, and take any of them back.

A configuration that is merged, split or retired stays as it stood, with its quotes and caveats; what follows it gets
copies of them. So nothing is lost, old numbers always resolve, and taking back needs no memory but the decision itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from programmes.actions.numbers import next_number, next_position, signature
from programmes.models import (
    CMOC,
    Caveat,
    CMOCActor,
    CMOCBeneficiary,
    CMOCContext,
    CMOCLink,
    CMOCMechanism,
    CMOCOutcome,
    CMOCService,
    CuratedModel,
    Evidence,
    LineageEvent,
    LineageMove,
    LineageStep,
    Quote,
    StaleVersionError,
    SubstantiveTheoryLink,
    Theory,
)
from programmes.vocabulary import CMOCStatus, LineageKind, Reporting

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import User

RETIRED = CMOCStatus.RETIRED
MERGED_FROM = 2  # the fewest configurations that a merge joins, and that a split makes

# What a configuration hands on, with the relation that two of its rows may not share in one configuration.
HANDED_ON: dict[type[Any], str] = {
    CMOCContext: "context",
    CMOCMechanism: "mechanism",
    CMOCOutcome: "outcome",
    CMOCActor: "population",
    CMOCBeneficiary: "population",
    CMOCService: "service",
    Evidence: "quote",
    SubstantiveTheoryLink: "substantive_theory",
    Caveat: "",
}


@dataclass(frozen=True)
class Successor:
    """A configuration that follows others: its title and statement, and which of their rows it takes over.

    Of rows about the same thing, such as two pieces of evidence with one quote, it takes the first.
    """

    title: str
    statement: str
    takes: tuple[CuratedModel, ...]


@dataclass(frozen=True)
class Decision:
    """Why something is decided, by whom, and which versions of the configurations they had read."""

    reason: str
    by: User
    versions: dict[int, int] = field(default_factory=dict)


def handed_on(cmoc: CMOC) -> list[CuratedModel]:
    """Return everything that a configuration can hand on to another, in order."""
    rows: list[CuratedModel] = []
    for model, relation in HANDED_ON.items():
        found = model.objects.filter(cmoc=cmoc)
        if relation:
            found = found.select_related(relation)
        ordered = [entry.name for entry in model._meta.concrete_fields if entry.name in {"position", "number"}]
        rows += found.order_by(*ordered, "pk")
    return rows


def keep(row: CuratedModel, reason: str) -> None:
    """Check and save a row with the reason."""
    row.explain(reason)
    row.full_clean()
    row.save()


def as_read(cmoc: CMOC, decision: Decision) -> None:
    """Refuse a configuration that somebody changed after the decider read it."""
    if decision.versions.get(cmoc.pk, cmoc.version) != cmoc.version:
        raise StaleVersionError(f"{cmoc} was changed by somebody else since you opened this page")


def record(kind: LineageKind, theory: Theory, decision: Decision, **details: Any) -> LineageEvent:
    """Record a decision."""
    event = LineageEvent(
        theory=theory,
        number=next_number(LineageEvent, theory=theory),
        kind=kind,
        reason=decision.reason,
        signed_by=signature(decision.by),
        signed_date=timezone.localdate(),
        **details,
    )
    keep(event, decision.reason)
    return event


def record_steps(event: LineageEvent, steps: Iterable[tuple[CMOC, CMOC | None, str]]) -> None:
    """Record which configuration followed from which, and what the earlier one's status had been."""
    for position, (before, after, status) in enumerate(steps, 1):
        step = LineageStep(event=event, position=position, before=before, after=after, status_before=status)
        keep(step, event.reason)


def lock(theory_id: int) -> Theory:
    """Return the theory, so that nobody else decides about it until this is done; SQLite has one writer anyway."""
    return Theory.objects.select_for_update().get(pk=theory_id)


def still_standing(cmocs: list[CMOC], decision: Decision) -> list[CMOC]:
    """Return the configurations as they are stored; refuse what was changed meanwhile or does not stand any more."""
    stored = [CMOC.objects.select_related("theory").get(pk=cmoc.pk) for cmoc in cmocs]
    for cmoc in stored:
        as_read(cmoc, decision)
        if cmoc.status == RETIRED:
            raise ValidationError(f"{cmoc} is retired already.", code="retired")
    if len({cmoc.theory_id for cmoc in stored}) > 1:
        raise ValidationError("They belong to different theories.", code="theories")
    return stored


def set_status(cmoc: CMOC, status: str, reason: str) -> None:
    """Change what has become of a configuration."""
    cmoc.status = status
    keep(cmoc, reason)


@transaction.atomic
def merge(*, cmocs: list[CMOC], into: Successor, decision: Decision) -> LineageEvent:
    """Make one configuration of two or more, which are retired."""
    if len({cmoc.pk for cmoc in cmocs}) < MERGED_FROM:
        raise ValidationError("Choose two CMOCs or more to merge.", code="few")
    return succeed(LineageKind.MERGE, cmocs, [into], decision)


@transaction.atomic
def split(*, cmoc: CMOC, into: list[Successor], decision: Decision) -> LineageEvent:
    """Make several configurations of one, which is retired."""
    if len(into) < MERGED_FROM:
        raise ValidationError("Split a CMOC into two or more.", code="few")
    return succeed(LineageKind.SPLIT, [cmoc], into, decision)


def succeed(kind: LineageKind, cmocs: list[CMOC], into: list[Successor], decision: Decision) -> LineageEvent:
    """Make configurations that follow others, and retire those."""
    theory = lock(cmocs[0].theory_id)
    before = still_standing(cmocs, decision)
    event = record(kind, theory, decision)
    after = [follower(theory, successor, decision.reason) for successor in into]
    statuses = [cmoc.status for cmoc in before]
    for cmoc in before:
        set_status(cmoc, RETIRED, decision.reason)
    record_steps(
        event,
        ((old, new, status) for old, status in zip(before, statuses, strict=True) for new in after),
    )
    if kind == LineageKind.MERGE:
        hand_on_links(before, after[0], decision.reason)
    return event


def follower(theory: Theory, successor: Successor, reason: str) -> CMOC:
    """Make a configuration with copies of the rows that it takes over."""
    cmoc = CMOC(
        theory=theory,
        number=next_number(CMOC, theory=theory),
        title=successor.title,
        statement=successor.statement,
        statement_reporting=Reporting.REPORTED if successor.statement else Reporting.NOT_STATED,
    )
    keep(cmoc, reason)
    taken: set[tuple[type, int]] = set()
    for row in successor.takes:
        relation = HANDED_ON[type(row)]
        same = (type(row), getattr(row, f"{relation}_id") if relation else row.pk)
        if same in taken:
            continue
        taken.add(same)
        copy = copied(row)
        copy.cmoc = cmoc  # type: ignore[attr-defined]  # every kind that is handed on has it
        if isinstance(copy, Caveat):
            copy.number = next_number(Caveat, theory=theory)
        elif not isinstance(copy, SubstantiveTheoryLink):
            copy.position = next_position(type(copy), cmoc=cmoc)  # type: ignore[attr-defined]  # as above
        keep(copy, reason)
    return cmoc


def copied(row: CuratedModel) -> CuratedModel:
    """Return an unsaved copy of a row."""
    values = {
        entry.attname: getattr(row, entry.attname)
        for entry in row._meta.concrete_fields
        if entry.name not in {"id", "version"}
    }
    return type(row)(**values)


def hand_on_links(before: list[CMOC], after: CMOC, reason: str) -> None:
    """Copy the links of merged configurations to the one that follows them, but for those among themselves."""
    keys = {cmoc.pk for cmoc in before}
    ends: set[tuple[Any, ...]] = set()
    rows = CMOCLink.objects.filter(theory=after.theory_id).order_by("number", "pk")
    for link in rows:
        if not keys & {link.source_cmoc_id, link.target_cmoc_id} or {link.source_cmoc_id, link.target_cmoc_id} <= keys:
            continue
        copy = copied(link)
        for name in ("source_cmoc_id", "target_cmoc_id"):
            if getattr(copy, name) in keys:
                setattr(copy, name, after.pk)
        same = tuple(getattr(copy, entry.attname) for entry in copy._meta.concrete_fields if entry.name in LINK_ENDS)
        if same not in ends:
            ends.add(same)
            copy.number = next_number(CMOCLink, theory=after.theory)  # type: ignore[attr-defined]  # it is a link
            keep(copy, reason)


LINK_ENDS = {"kind", "source_cmoc", "source_outcome", "target_cmoc", "target_outcome", "target_text"}


@transaction.atomic
def retire(*, cmoc: CMOC, decision: Decision) -> LineageEvent:
    """Take a configuration out of the theory; it stays to be read."""
    theory = lock(cmoc.theory_id)
    (stored,) = still_standing([cmoc], decision)
    event = record(LineageKind.RETIRE, theory, decision)
    record_steps(event, [(stored, None, stored.status)])
    set_status(stored, RETIRED, decision.reason)
    return event


@transaction.atomic
def rename(*, cmoc: CMOC, title: str, decision: Decision) -> LineageEvent:
    """Give a configuration another title."""
    theory = lock(cmoc.theory_id)
    (stored,) = still_standing([cmoc], decision)
    if title == stored.title:
        raise ValidationError("That is its title already.", code="same")
    event = record(LineageKind.RENAME, theory, decision, title_before=stored.title, title_after=title)
    record_steps(event, [(stored, stored, stored.status)])
    stored.title = title
    keep(stored, decision.reason)
    return event


@transaction.atomic
def move_evidence(*, source: CMOC, target: CMOC, quotes: list[Quote], decision: Decision) -> LineageEvent:
    """Make quotes of one configuration quotes of another; role, slot and note go with them."""
    theory = lock(source.theory_id)
    if source.pk == target.pk:
        raise ValidationError("Choose another CMOC to move the quotes to.", code="same")
    if not quotes:
        raise ValidationError("Choose the quotes to move.", code="few")
    before, after = still_standing([source, target], decision)
    event = record(LineageKind.MOVE, theory, decision)
    record_steps(event, [(before, after, before.status)])
    carry(event, quotes, before, after)
    return event


def carry(event: LineageEvent, quotes: Iterable[Quote], source: CMOC, target: CMOC) -> None:
    """Move quotes from one configuration to another, and record it."""
    present = set(Evidence.objects.filter(cmoc=target).values_list("quote_id", flat=True))
    for position, quote in enumerate(quotes, 1):
        if quote.pk in present:
            raise ValidationError(f"Quote {quote.key} bears on {target} already.", code="twice")
        evidence = Evidence.objects.filter(cmoc=source, quote=quote).first()
        if evidence is None:
            raise ValidationError(f"Quote {quote.key} does not bear on {source}.", code="absent")
        evidence.position = next_position(Evidence, cmoc=target)
        evidence.cmoc = target
        keep(evidence, event.reason)
        keep(LineageMove(event=event, position=position, quote=quote), event.reason)


def origin(event: LineageEvent) -> LineageEvent:
    """Return the decision that a chain of takings-back began with."""
    while event.reverses is not None:
        event = event.reverses
    return event


def in_effect(event: LineageEvent) -> bool:
    """Say whether what a chain of takings-back began with holds after the last of them."""
    holds = True
    while event.reverses is not None:
        event, holds = event.reverses, not holds
    return holds


@transaction.atomic
def reverse(*, event: LineageEvent, decision: Decision) -> LineageEvent:
    """Take a decision back by another one, which can be taken back in its turn.

    Configurations that it had made are retired, with whatever was added to them since; those that it had retired
    stand again with the status they had.
    """
    theory = lock(event.theory_id)
    event = LineageEvent.objects.select_related("reverses").get(pk=event.pk)
    refuse_reversing(event)
    title = {"title_before": event.title_after, "title_after": event.title_before}
    taking_back = record(LineageKind.REVERSE, theory, decision, reverses=event, **title)
    steps = list(event.steps.order_by("position"))
    kind = origin(event).kind
    made = {step.after_id for step in steps if step.after_id}
    before = {step.before_id: step for step in steps}
    stored = CMOC.objects.select_related("theory").in_bulk([*made, *before])
    record_steps(
        taking_back,
        ((stored[step.after_id or step.before_id], stored[step.before_id], status_of(stored, step)) for step in steps),
    )
    if kind == LineageKind.RENAME:
        (cmoc,) = stored.values()
        if cmoc.title != event.title_after:
            raise ValidationError(f"{cmoc} has another title by now: “{cmoc.title}”.", code="changed")
        cmoc.title = event.title_before
        keep(cmoc, decision.reason)
    elif kind == LineageKind.MOVE:
        (step,) = steps
        quotes = [move.quote for move in event.moves.select_related("quote").order_by("position")]
        carry(taking_back, quotes, stored[step.after_id or 0], stored[step.before_id])
    else:
        for pk in made - before.keys():
            set_status(stored[pk], RETIRED, decision.reason)
        for pk, step in before.items():
            set_status(stored[pk], step.status_before, decision.reason)
    return taking_back


def status_of(stored: dict[int, CMOC], step: LineageStep) -> str:
    """Return the present status of what a step led to: the one that comes back if the taking back is taken back."""
    return stored[step.after_id or step.before_id].status


def refuse_reversing(event: LineageEvent) -> None:
    """Refuse to take back what was taken back already, or what later decisions rest on."""
    if LineageEvent.objects.filter(reverses=event).exists():
        raise ValidationError(f"{event} was taken back already.", code="reversed")
    concerned = {pk for step in event.steps.all() for pk in (step.before_id, step.after_id) if pk}
    resting = LineageStep.objects.filter(
        Q(before__in=concerned) | Q(after__in=concerned),
        event__theory=event.theory_id,
        event__number__gt=event.number,
        event__reversed_by=None,
    )
    for step in resting.select_related("event").order_by("-event__number", "position"):
        if in_effect(step.event):
            raise ValidationError(f"{step.event} came after it on the same CMOCs; take that back first.", code="later")
