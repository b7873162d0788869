"""Writing what a plan says: the rows of one kind by a few statements, since others wait until all is written."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from programmes.models import CuratedModel, Programme, StaleVersionError, Study, Theory
from programmes.package.rows_at_once import change_rows, create_rows, prepare, remove_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from programmes.package.plan import Step

# What becomes public with these is asked whenever one is saved, so they are saved one by one.
ONE_BY_ONE = (Programme, Study, Theory)
REFUSALS = (StaleVersionError, ValidationError, DatabaseError)


class StepError(Exception):
    """A step could not be carried out, for a reason that a checked plan may meet; its cause is that reason."""

    def __init__(self, step: Step) -> None:
        super().__init__(step.place)
        self.step = step


class Writer:
    """Carries out the steps of a plan, kind by kind in its order, in which none refers to a later kind.

    Rows that go are deleted last; they are nested in others, and nothing leads to them.
    """

    def __init__(self, steps: Sequence[Step], reason: str) -> None:
        self.steps, self.reason = steps, reason
        self.ready = {id(step): prepare(step.row) for step in steps if not isinstance(step.row, ONE_BY_ONE)}
        self.waiting: dict[type[CuratedModel], list[Step]] = {}
        self.unwanted: dict[type[CuratedModel], list[Step]] = {}

    def write(self, *, tells_which: bool = False) -> None:
        """Carry out all steps. Raises StepError; the transaction must be taken back then.

        To tell which of many rows was refused takes long.
        """
        self.tells_which = tells_which
        for step in self.steps:
            if step.deletes:
                self.unwanted.setdefault(type(step.row), []).append(step)
            elif isinstance(step.row, ONE_BY_ONE):
                self.write_waiting()
                self.carry_out(step)
            else:
                self.waiting.setdefault(type(step.row), []).append(step)
        self.write_waiting()
        for unwanted in self.unwanted.values():
            self.write_at_once(unwanted)

    def write_waiting(self) -> None:
        """Create and change every row that waits."""
        for model, steps in self.waiting.items():
            for batch in batches(model, steps):
                self.write_at_once(batch)
        self.waiting = {}

    def carry_out(self, step: Step) -> None:
        """Save or delete one row."""
        step.row.set_change_reason(self.reason)
        try:
            step.row.delete() if step.deletes else step.row.save()
        except REFUSALS as error:
            raise StepError(step) from error

    def write_at_once(self, steps: list[Step]) -> None:
        """Create, change or delete rows of one kind; where one is refused, say which."""
        write = remove_rows if steps[0].deletes else create_rows if is_new_row(steps[0]) else change_rows
        rows = [step.row for step in steps]
        before = [(row.pk, row._state.adding, row.version) for row in rows]
        try:
            with transaction.atomic():
                write(type(rows[0]), [self.ready[id(step)] for step in steps], self.reason)
        except REFUSALS as error:
            for row, (key, adding, version) in zip(rows, before, strict=True):
                row.pk, row._state.adding, row.version = key, adding, version
            raise StepError(self.refused(steps) if self.tells_which else steps[0]) from error

    def refused(self, steps: list[Step]) -> Step:
        """Return the first of several steps that is refused when they are carried out one by one."""
        with transaction.atomic():
            for step in steps:
                try:
                    self.carry_out(step)
                except StepError:
                    return step
        return steps[0]


def batches(model: type[CuratedModel], steps: list[Step]) -> Iterator[list[Step]]:
    """Yield the steps of one kind that can be carried out at once: new rows, and then changed ones.

    Where rows of a kind refer to one another their order stays, since a rule may ask the other one.
    """
    among_themselves = any(entry.related_model is model for entry in model._meta.concrete_fields)
    in_order = steps if among_themselves else sorted(steps, key=is_new_row, reverse=True)
    for _, batch in groupby(in_order, key=is_new_row):
        yield list(batch)


def is_new_row(step: Step) -> bool:
    """Say whether a step creates its row."""
    return step.row._state.adding
