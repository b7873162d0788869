"""What a new record is numbered or called, and how it is signed.

Whoever numbers a row holds the row above it until the transaction ends, so no two get the same number. No other module
finds out a next number, position or key; a test sees to it.
"""

from __future__ import annotations

import re
from itertools import chain, count
from typing import TYPE_CHECKING

from django.db.models import Max
from django.utils.text import slugify

from programmes.integrity.holding import hold_parent

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from django.contrib.auth.models import User
    from django.db.models import Model

LONGEST_STEM = 70  # of a key, which may have 80 letters


def next_number(model: type[Model], **under: Model) -> int:
    """Return the number of the next row under another one."""
    return last_among(model, "number", under) + 1


def next_position(model: type[Model], **under: Model) -> int:
    """Return the place of the next row under another one."""
    return last_among(model, "position", under) + 1


def last_among(model: type[Model], field: str, under: dict[str, Model]) -> int:
    """Return the last number of the rows under another one, which is held, or 0 where there are none."""
    hold_parents(under)
    return int(model._base_manager.filter(**under).aggregate(last=Max(field))["last"] or 0)


def hold_parents(under: dict[str, Model]) -> None:
    """Hold the row that rows are numbered under."""
    (parent,) = under.values()
    hold_parent(parent)


def next_key(model: type[Model], prefix: str, *, digits: int = 1, beside: Iterable[str] = (), **under: Model) -> str:
    """Return the key of the next row under another one: the prefix and a number, such as q01, q02 and so on.

    Keys `beside` them count as well.
    """
    hold_parents(under)
    numbered = re.compile(rf"{re.escape(prefix)}([0-9]+)")
    rows = model._base_manager.filter(key__startswith=prefix, **under)
    keys = [*rows.values_list("key", flat=True), *beside]
    last = max((int(found[1]) for key in keys if (found := numbered.fullmatch(key))), default=0)
    return f"{prefix}{last + 1:0{digits}}"


def free_key(model: type[Model], label: str, **under: Model) -> str:
    """Return a key for a row under another one, made of its label and not taken yet."""
    hold_parents(under)
    stem = slugify(label)[:LONGEST_STEM] or "part"
    rows = model._base_manager.filter(key__startswith=stem, **under)
    return first_free(stem, set(rows.values_list("key", flat=True)))


def first_free(stem: str, taken: Container[str]) -> str:
    """Return a key that is not taken: the stem, or with a number behind it."""
    return next(key for key in chain([stem], (f"{stem}-{number}" for number in count(2))) if key not in taken)


def signature(by: User) -> str:
    """Return the name by which somebody signs."""
    return by.get_full_name() or by.get_username()
