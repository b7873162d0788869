"""What a new record is numbered or called, and how it is signed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.db.models import Max

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import User
    from django.db.models import Model, QuerySet


def next_number(model: type[Model], **among: Any) -> int:
    """Return the number of the next row among these."""
    return (model._base_manager.filter(**among).aggregate(last=Max("number"))["last"] or 0) + 1


def next_position(model: type[Model], **among: Any) -> int:
    """Return the place of the next row among these."""
    return (model._base_manager.filter(**among).aggregate(last=Max("position"))["last"] or 0) + 1


def next_key(rows: QuerySet[Any, Any], prefix: str, digits: int = 1, beside: Iterable[str] = ()) -> str:
    """Return the key of the next row among these and others: the prefix and a number, such as q01, q02 and so on."""
    numbered = re.compile(rf"{re.escape(prefix)}([0-9]+)")
    keys = [*rows.filter(key__startswith=prefix).values_list("key", flat=True), *beside]
    last = max((int(found[1]) for key in keys if (found := numbered.fullmatch(key))), default=0)
    return f"{prefix}{last + 1:0{digits}}"


def signature(by: User) -> str:
    """Return the name by which somebody signs."""
    return by.get_full_name() or by.get_username()
