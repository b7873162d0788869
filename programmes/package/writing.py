"""Writing what a plan says: new rows of one kind by one statement, since others wait until all is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from programmes.models import CuratedModel, Programme, StaleVersionError, Study, Theory
from programmes.models.erasures import erased_faults

if TYPE_CHECKING:
    from collections.abc import Iterable

    from programmes.package.plan import Step

# What becomes public with these is asked whenever one is saved, so they are saved one by one.
ONE_BY_ONE = (Programme, Study, Theory)
AT_ONCE = 500  # rows of one statement


class StepError(Exception):
    """A step could not be carried out, for a reason that a checked plan may meet; its cause is that reason."""

    def __init__(self, step: Step) -> None:
        super().__init__(step.place)
        self.step = step


class Writer:
    """Carries out the steps of a plan in their order; new rows wait until there are many, or somebody needs them."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        self.waiting: dict[type[CuratedModel], list[Step]] = {}

    def write(self, steps: Iterable[Step]) -> None:
        """Carry out all steps. Raises StepError; the transaction must be taken back then."""
        for step in steps:
            if not step.deletes and step.row._state.adding and not isinstance(step.row, ONE_BY_ONE):
                self.waiting.setdefault(type(step.row), []).append(step)
            else:
                self.create_waiting()
                self.carry_out(step)
        self.create_waiting()

    def carry_out(self, step: Step) -> None:
        """Save or delete one row."""
        step.row.set_change_reason(self.reason)
        try:
            step.row.delete() if step.deletes else step.row.save()
        except (StaleVersionError, ValidationError, DatabaseError) as error:
            raise StepError(step) from error

    def create_waiting(self) -> None:
        """Create every row that waits, kind by kind in the order of the plan, in which none refers to a later kind."""
        for model, steps in self.waiting.items():
            self.create_kind(model, steps)
        self.waiting = {}

    def create_kind(self, model: type[CuratedModel], steps: list[Step]) -> None:
        """Create the rows of one kind that wait, each after those of its own kind that it refers to."""
        while steps:
            later = [step for step in steps if refers_to_new(step.row, model)]
            self.create(model, [step for step in steps if step not in later])
            steps = later

    def create(self, model: type[CuratedModel], steps: list[Step]) -> None:
        """Create rows of one kind with their history; where one is refused, say which."""
        rows = [step.row for step in steps]
        try:
            with transaction.atomic():
                for row in rows:
                    refuse_erased(row)
                model._base_manager.bulk_create(rows, batch_size=AT_ONCE)
                model.history.bulk_history_create(rows, batch_size=AT_ONCE, default_change_reason=self.reason)
        except (ValidationError, IntegrityError):
            for step in steps:
                step.row.pk, step.row._state.adding = None, True
            for step in steps:
                self.carry_out(step)
        except DatabaseError as error:
            raise StepError(steps[0]) from error


def refuse_erased(row: CuratedModel) -> None:
    """Raise ValidationError for a row that would bring back what was erased since it was checked."""
    if faults := erased_faults(row):
        raise ValidationError(faults)


def refers_to_new(row: CuratedModel, model: type[CuratedModel]) -> bool:
    """Say whether a row refers to another of this kind that is not in the database yet."""
    return any(isinstance(other, model) and other.pk is None for other in row._state.fields_cache.values())
