"""Days and times in addresses."""

from __future__ import annotations

import datetime as dt
import re

from django.utils import timezone

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)
MOMENT = {"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]}  # in the schema
FIRST = dt.datetime(1, 1, 2, tzinfo=dt.UTC)  # and last: every zone can tell them
LAST = dt.datetime(9999, 12, 30, tzinfo=dt.UTC)


def at_moment(text: str) -> dt.datetime | None:
    """Return the moment at which a day of the site begins, or that a time with its zone names. None for others."""
    if not (DAY.fullmatch(text) or TIME.fullmatch(text)):
        return None
    try:
        moment = dt.datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.get_default_timezone())
    return min(max(moment, FIRST), LAST).astimezone(dt.UTC)  # PostgreSQL knows no zone sixteen hours away
