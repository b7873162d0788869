"""The field of a day on which somebody did something: such a day has come."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

EAST = 14  # hours by which the day begins earlier than in UTC where it begins first


def latest_day() -> dt.date:
    """Return the latest day that it is anywhere: who signs in Auckland in the morning writes the day there."""
    return (timezone.now().astimezone(dt.UTC) + dt.timedelta(hours=EAST)).date()


class ActDateField(models.DateField):  # type: ignore[type-arg]
    """The day of a signature, a check, a decision, a withdrawal or an interview. To the database it is any date."""

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        """Refuse a day that has not come anywhere."""
        super().validate(value, model_instance)
        if value is not None and value > latest_day():
            raise ValidationError(f"{value:%d %B %Y} has not come yet. Give the day on which it was done.", "future")

    def broken_where(self, value: str, vendor: str) -> str:
        """Return the SQL that is true of a day that has not come anywhere."""
        latest = {
            "sqlite": f"date('now', '+{EAST} hours')",
            "postgresql": f"(now() AT TIME ZONE 'UTC' + interval '{EAST} hours')::date",
        }
        return f"{value} > {latest[vendor]}"

    def deconstruct(self) -> Any:
        """Return Django's own field: what this one adds is asked at the door and not of the table."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.DateField", args, kwargs
