"""Dates to the precision that is known: a year, a month or a day. A season, or a range as printed, is no date."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.dateformat import format as in_format

FORM = "[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?"
PATTERN = f"^({FORM})?$"  # of a field, which may be empty
LONGEST = len("2021-03-14")
FORMATS = ("Y", "F Y", "j F Y")  # of a year, a month and a day


def numbers_of(known: str) -> list[int]:
    """Return the year of a date, and its month and day where they are known."""
    return [int(number) for number in known.split("-") if number]


def first_day(known: str) -> dt.date:
    """Return the first day that a date may be. Raises ValueError where the calendar does not have it."""
    year, month, day, *_ = (*numbers_of(known), 1, 1)
    return dt.date(year, month, day)


def in_words(known: str) -> str:
    """Return a date as people read it, to its precision: 2021, March 2021, 14 March 2021."""
    return in_format(first_day(known), FORMATS[len(numbers_of(known)) - 1]) if known else ""


def period_in_words(start: str, end: str) -> str:
    """Return from when to when something was, as far as either is known."""
    if start == end or not (start and end):
        return in_words(start) or (f"until {in_words(end)}" if end else "")
    return f"{in_words(start)} to {in_words(end)}"


def year_of(known: str) -> str:
    """Return the year of a date."""
    return known.partition("-")[0]


def is_known_date(text: str) -> bool:
    """Say whether a text is a year, month or day of the calendar."""
    if not re.fullmatch(FORM, text):
        return False
    try:
        first_day(text)
    except ValueError:
        return False
    return True


def check_known_date(text: str) -> None:
    """Refuse what is no date, with a remedy."""
    if not is_known_date(text):
        raise ValidationError(
            "Give a year, a month or a day of the calendar, such as 2021, 2021-03 or 2021-03-14.", code="date"
        )


class KnownDateField(models.CharField):  # type: ignore[type-arg]  # which Django's fields do not take when they run
    """A date to the precision that is known, written as 2021, 2021-03 or 2021-03-14; empty if nothing is."""

    default_validators = [*models.CharField.default_validators, check_known_date]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("help_text", "As far as it is known: 2021, 2021-03 or 2021-03-14.")
        super().__init__(*args, **kwargs)
