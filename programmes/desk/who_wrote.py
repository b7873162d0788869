"""Who wrote what a cell or a text of a configuration says now, and when: told where two write at once."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from programmes.actions.fill import GROUP, KINDS
from programmes.models import CMOC

MOST_STATES = 50  # that are looked through


def who_wrote(cmoc: CMOC, column: str) -> str:
    """Return who wrote what stands in a column, and at what time; nothing where nobody knows."""
    state = last_of_parts(cmoc, column) if column in KINDS else first_that_says_so(cmoc, column)
    if state is None or state.history_user is None:
        return ""
    name = state.history_user.get_full_name() or state.history_user.get_username()
    return f"{name}, {timezone.localtime(state.history_date):%H:%M}"


def last_of_parts(cmoc: CMOC, column: str) -> Any:
    """Return the last state of any part of a kind that a configuration has or had."""
    states = KINDS[column].link.history.filter(cmoc_id=cmoc.pk).order_by("-history_id")
    return states.select_related("history_user").first()


def first_that_says_so(cmoc: CMOC, column: str) -> Any:
    """Return the state in which a configuration began to say what it says now in a column."""
    name = "group_id" if column == GROUP else column
    states = CMOC.history.filter(id=cmoc.pk).order_by("-history_id").select_related("history_user")
    found = None
    for state in states[:MOST_STATES]:
        if found is not None and getattr(state, name) != getattr(found, name):
            break
        found = state
    return found
