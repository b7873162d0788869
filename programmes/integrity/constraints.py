"""Rules that several models' tables share, as named constraints."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from programmes.vocabulary import Reporting


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


def choice_or_nothing(field: str, choices: type[models.TextChoices], name: str) -> models.CheckConstraint:
    """Return the rule that a field holds one of the field's terms, or nothing where nobody said anything."""
    return models.CheckConstraint(name=name, condition=Q(**{f"{field}__in": ["", *choices.values]}))


def not_blank(field: str, name: str) -> models.CheckConstraint:
    """Return the rule that a text is given; that it shows something, its field sees to, in a trigger."""
    return models.CheckConstraint(name=name, condition=~Q(**{field: ""}))
