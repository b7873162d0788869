"""Fields in which somebody says in which way something is missing; what is there speaks for itself."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from programmes.integrity.invariants import Invariant
from programmes.vocabulary import Missing, StatementOrigin

NOTHING_TO_COME = "What a publication lacks is not to come: only a team’s own study can have something later."


def absence_of(what: str) -> models.CharField[Any, Any]:
    """Return a field that says in which way a theory or study has none of something, if it has none."""
    words = f"In which way there are no {what} here, if there are none and somebody knows."
    return models.CharField(max_length=20, choices=Missing, blank=True, help_text=words)


def nothing_to_come(field: str, study: str = "") -> Q:
    """Return the condition that “not yet” is not said of a publication; `study` is the path to the study."""
    statements = f"{study}__statements" if study else "statements"
    return ~Q(**{field: Missing.NOT_YET}) | ~Q(**{statements: StatementOrigin.PRINTED})


def absence_fits_study(*names: str) -> tuple[models.CheckConstraint, ...]:
    """Return the rule for each kind of content of a study."""
    return tuple(
        models.CheckConstraint(
            name=f"study_{name}_absence_fits",
            condition=nothing_to_come(f"{name}_absence"),
            violation_error_message=NOTHING_TO_COME,
        )
        for name in names
    )


def absence_fits_theory(*names: str) -> tuple[Invariant, ...]:
    """Return the rule for each kind of content of a theory."""
    return tuple(
        Invariant(
            name=f"theory_{name}_absence_fits",
            condition=nothing_to_come(f"{name}_absence", "study"),
            message=NOTHING_TO_COME,
            guards=("study",),
        )
        for name in names
    )
