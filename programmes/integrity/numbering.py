"""What a new record is numbered, and how it is signed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Max

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import Model


def next_number(model: type[Model], **among: Any) -> int:
    """Return the number of the next row among these."""
    return (model._base_manager.filter(**among).aggregate(last=Max("number"))["last"] or 0) + 1


def next_position(model: type[Model], **among: Any) -> int:
    """Return the place of the next row among these."""
    return (model._base_manager.filter(**among).aggregate(last=Max("position"))["last"] or 0) + 1


def signature(by: User) -> str:
    """Return the name by which somebody signs."""
    return by.get_full_name() or by.get_username()
