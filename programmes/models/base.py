"""What every curated record has: a version, a history, a rule about who may see it, and invariants."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import connection, models, transaction
from simple_history.manager import HistoryManager
from simple_history.models import HistoricalRecords

from programmes.integrity.access import Access, AccessQuerySet
from programmes.integrity.holding import hold_erased
from programmes.integrity.invariants import Invariant, check_invariants
from programmes.models.erased_words import can_bring_back, erased_faults, take_passages_out, with_every_mark
from programmes.models.erasures import remembered_once

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


class KeptHistoryManager(HistoryManager):  # type: ignore[misc]  # simple-history ships no types
    """The manager of a record's history, whose class is made once instead of at each access."""

    @classmethod
    @cache
    def from_queryset(cls, queryset_class: type[Any], class_name: str | None = None) -> Any:
        """Return the manager class with the methods of a queryset; simple-history asks for it anew each time."""
        return super().from_queryset(queryset_class, class_name)


class KeptHistory(HistoricalRecords):  # type: ignore[misc]  # as above
    """The history of a record, with the indexes that its model declares for it."""

    def get_meta_options(self, model: type[CuratedModel]) -> dict[str, Any]:
        """Return what stands in the class `Meta` of the history of a model."""
        options: dict[str, Any] = super().get_meta_options(model)
        return {**options, "indexes": [index.clone() for index in model.history_indexes]}


class StaleVersionError(Exception):
    """Somebody else saved this record after it was read. Nothing was written; read it again and repeat the change."""

    def __init__(self, message: str, record: models.Model | None = None) -> None:
        super().__init__(message)
        self.record = record


LONG_REASON = 5  # blanks, from which a reason may repeat what somebody said; the site's own are shorter
ADDRESSES = {"slug"}  # by which records of every study are told apart, those that are private too


class CuratedModel(models.Model):
    """A record that researchers curate.

    `version` counts its saves. A save writes only if nobody else has saved since the record was read.
    """

    version = models.PositiveIntegerField(default=1, editable=False)

    objects: ClassVar[AccessQuerySet[Self]] = AccessQuerySet.as_manager()  # type: ignore[assignment]  # a manager has its queryset's methods
    history = KeptHistory(inherit=True, history_manager=KeptHistoryManager)

    access: ClassVar[Access]
    invariants: ClassVar[tuple[Invariant, ...]] = ()
    key_fields: ClassVar[tuple[str, ...]]  # the paths whose values identify a record to people and programs
    signs: ClassVar[str] = ""  # the field with a curator's note, of a record in which that note alone is signed
    searched: ClassVar[tuple[str, ...]] = ()  # the texts whose words are searched
    searched_by_team: ClassVar[tuple[str, ...]] = ()  # the same texts where the team alone reads every word of them
    in_strips: ClassVar[str] = ""  # the long text of which rules read a few words: see integrity/strips.py
    called: ClassVar[tuple[str, ...]] = ()  # keys, numbers and labels by which somebody may ask for it as well

    history_indexes: ClassVar[tuple[models.Index, ...]] = ()  # of the table with its earlier states

    changing: Collection[str] | None = None  # the fields that a checked change is of, where that is known

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(getattr(self, self.key_fields[-1]))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and count the version up. Raise StaleVersionError where somebody else saved in between.

        What was erased for good stays out: a passage gets its mark, and somebody's words raise ValidationError. Nothing
        is erased between that question and the end of the transaction.
        """
        with nullcontext() if connection.in_atomic_block else transaction.atomic():
            hold_erased(erases=False)
            self.keep_erased()
            self.save_version(*args, **kwargs)

    def save_version(self, *args: Any, **kwargs: Any) -> None:
        """Save a row in which nothing is that was erased."""
        if self._state.adding:
            super().save(*args, **kwargs)
            return
        version_read = self.version
        self.version += 1
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "version"}
        try:
            super().save(*args, **kwargs)
        except BaseException:
            self.version = version_read
            raise

    def set_change_reason(self, reason: str) -> None:
        """Give the reason of the next change; the history keeps it, with marks over what was erased for good."""
        self._change_reason = with_every_mark(reason) if reason.count(" ") >= LONG_REASON else reason

    def keep_erased(self, exclude: Collection[str] = ()) -> None:
        """Put marks over passages that were erased; raise ValidationError for words of somebody who has withdrawn."""
        if not can_bring_back(self):
            return
        with remembered_once():
            self.take_out_erased()
            faults = erased_faults(self)
        if told := {name: errors for name, errors in faults.items() if name not in exclude}:
            raise ValidationError(told)

    def take_out_erased(self) -> None:
        """Put marks over passages that were erased before."""
        take_passages_out(self)

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Check each field; what was erased for good is no value of any."""
        faults: dict[str, Any] = {}
        for check in (super().clean_fields, self.keep_erased):
            try:
                check(exclude or ())
            except ValidationError as error:
                faults = error.update_error_dict(faults)
        if faults:
            raise ValidationError(faults)

    def clean(self) -> None:
        """Check what the database checks across rows, to answer with a sentence."""
        super().clean()
        with suppress(ObjectDoesNotExist):  # a required relation is empty; its own field says so
            check_invariants(self, self.changing)

    def unique_error_message(self, model_class: type[models.Model], unique_check: Sequence[Any]) -> ValidationError:
        """Say which other record has the same values, and what to do; Django names the fields alone."""
        fields = [model_class._meta.get_field(name) for name in unique_check]
        names = {field: str(getattr(field, "verbose_name", field.name)) for field in fields}
        own = [field for field in fields if not field.is_relation]
        of = [names[field] for field in fields if field.is_relation]
        has = " and ".join(f"the {names[field]} “{getattr(self, field.name)}”" for field in own)
        scope = f" of this {' and '.join(of)}" if of else ""
        what = f"Another {self._meta.verbose_name}{scope}"
        if not own:
            return ValidationError(f"{what} is there already: change that one, or choose another.", code="unique")
        if not of and own[0].name in ADDRESSES:  # the record that has it may be nobody's to know of
            return ValidationError(f"T{has[1:]} is taken or kept back: choose another.", code="unique")
        remedy = " or ".join(names[field] for field in own)
        return ValidationError(f"{what} has {has} already: give another {remedy}.", code="unique")

    def _do_update(self, base_qs: Any, *args: Any) -> Any:
        updated = super()._do_update(base_qs.filter(version=self.version - 1), *args)
        if not updated and not self._state.adding:
            name = str(self)
            kind = "" if name.startswith(str(self._meta.verbose_name)) else f"{self._meta.verbose_name} "
            raise StaleVersionError(f"{kind}{name} was changed by somebody else since you read it", self)
        return updated
