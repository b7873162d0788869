"""What every curated record has: a version, a history, a rule about who may see it, and invariants."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from programmes.models.invariants import Invariant, check_invariants
from programmes.querysets import Access, AccessQuerySet
from programmes.vocabulary import Reporting

if TYPE_CHECKING:
    from collections.abc import Iterable


class StaleVersionError(Exception):
    """Somebody else saved this record after it was read. Nothing was written; read it again and repeat the change."""


class CuratedModel(models.Model):
    """A record that researchers curate.

    `version` counts its saves. A save writes only if nobody else has saved since the record was read.
    """

    version = models.PositiveIntegerField(default=1, editable=False)

    objects: ClassVar[AccessQuerySet[Self]] = AccessQuerySet.as_manager()  # type: ignore[assignment]  # a manager has its queryset's methods
    history = HistoricalRecords(inherit=True)

    access: ClassVar[Access]
    invariants: ClassVar[tuple[Invariant, ...]] = ()
    key_fields: ClassVar[tuple[str, ...]]  # the paths whose values identify a record to people and programs
    searched: ClassVar[tuple[str, ...]] = ()  # the texts whose words are searched; of several the first is the name

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(getattr(self, self.key_fields[-1]))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and count the version up. Raise StaleVersionError where somebody else saved in between."""
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

    def explain(self, reason: str) -> None:
        """Give the reason of the next change; the history keeps it."""
        self._change_reason = reason

    def clean(self) -> None:
        """Check what the database checks across rows, to answer with a sentence."""
        super().clean()
        with suppress(ObjectDoesNotExist):  # a required relation is empty; its own field says so
            check_invariants(self)

    def _do_update(self, base_qs: Any, *args: Any) -> Any:
        updated = super()._do_update(base_qs.filter(version=self.version - 1), *args)
        if not updated and not self._state.adding:
            raise StaleVersionError(f"{self._meta.verbose_name} {self} was changed by somebody else since you read it")
        return updated


def text_agrees_with_reporting(field: str, name: str) -> models.CheckConstraint:
    """Return the rule that reported text is there, and that text not stated or not loaded is not."""
    absent = [Reporting.NOT_STATED, Reporting.NOT_LOADED]
    with_text = ~Q(**{field: ""}) & ~Q(**{f"{field}_reporting__in": absent})
    without_text = Q(**{field: ""}) & ~Q(**{f"{field}_reporting": Reporting.REPORTED})
    return models.CheckConstraint(
        name=name,
        condition=with_text | without_text,
        violation_error_message="Reported text must be given; text that is not stated or not loaded must be empty.",
    )


def choice_is_known(field: str, choices: type[models.TextChoices], name: str) -> models.CheckConstraint:
    """Return the rule that a field holds one of the field's terms."""
    return models.CheckConstraint(name=name, condition=Q(**{f"{field}__in": choices.values}))


def not_blank(field: str, name: str) -> models.CheckConstraint:
    """Return the rule that a text is given."""
    return models.CheckConstraint(name=name, condition=~Q(**{field: ""}))


class LinesField(models.JSONField):
    """A list of short texts, edited one on a line."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        """Refuse anything but a list of texts."""
        super().validate(value, model_instance)
        if not isinstance(value, list) or not all(isinstance(line, str) and line.strip() for line in value):
            raise ValidationError("Give a list of texts, one on a line.", code="lines")

    def formfield(self, **kwargs: Any) -> Any:
        """Return a text area with one entry on a line."""
        from programmes.models.lines_form import LinesFormField  # noqa: PLC0415  forms are needed in the admin only

        kwargs.pop("encoder", None)
        kwargs.pop("decoder", None)
        return super().formfield(**{"form_class": LinesFormField, "show_hidden_initial": False, **kwargs})


def joined(values: Iterable[object]) -> str:
    """Return the parts of a key as one text, as addresses and the API write it."""
    return ":".join(str(value) for value in values)
