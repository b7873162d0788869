"""What a new record is numbered or called, and how it is signed.

Whoever numbers a row holds the row above it until the transaction ends, so no two get the same number. What a deleted
record was called is not given again, since citations and addresses may lead to it. No other module finds out a next
number, position or key; a test sees to it.
"""

from __future__ import annotations

import re
from itertools import chain, count
from typing import TYPE_CHECKING, Any

from django.db.models import IntegerField, Max, UniqueConstraint
from django.db.models.functions import Length
from django.utils.text import slugify

from programmes.integrity.holding import hold_parent

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from django.contrib.auth.models import User
    from django.db.models import Field, Model, QuerySet

CODING_UNDONE = "Coding undone"  # why a record was taken away that nobody had used yet: its name is free again
ADDRESSES = {"new"}  # that stand where slugs do, and are none
LONGEST_STEM = 70  # of a key, which may have 80 letters
MOST_LOOKED_AT = 20  # keys, of which one is likely to end in the greatest number


def next_number(model: type[Model], **under: Model) -> int:
    """Return the number of the next row under another one, counted on from all that were ever deleted there."""
    last = last_among(model, "number", under)
    deleted = deleted_for_good(model, under).aggregate(last=Max("number"))["last"]
    return max(last, deleted or 0) + 1


def next_position(model: type[Model], **under: Model) -> int:
    """Return the place of the next row under another one."""
    return last_among(model, "position", under) + 1


def last_among(model: type[Model], field: str, under: dict[str, Model]) -> int:
    """Return the last number of the rows under another one, which is held, or 0 where there are none."""
    hold_parents(under)
    return int(model._base_manager.filter(**under).aggregate(last=Max(field))["last"] or 0)


def deleted_for_good(model: type[Model], under: dict[str, Model]) -> QuerySet[Any]:
    """Return the last states of the rows under another one that were deleted, but not of those only undone."""
    history: QuerySet[Any] = model.history  # type: ignore[attr-defined]  # whatever is numbered keeps its history
    return history.filter(history_type="-", **under).exclude(history_change_reason=CODING_UNDONE)


def hold_parents(under: dict[str, Model]) -> None:
    """Hold the row that rows are numbered under."""
    (parent,) = under.values()
    hold_parent(parent)


def next_key(model: type[Model], prefix: str, *, digits: int = 1, beside: Iterable[str] = (), **under: Model) -> str:
    """Return the key of the next row under another one: the prefix and a number, such as q01, q02 and so on.

    Keys of deleted rows and those `beside` them count as well.
    """
    hold_parents(under)
    rows = (model._base_manager.filter(**under), deleted_for_good(model, under))
    last = max(*(last_key_number(found, prefix) for found in rows), numbers_in(beside, prefix))
    return f"{prefix}{last + 1:0{digits}}"


def last_key_number(rows: QuerySet[Any], prefix: str) -> int:
    """Return the greatest number that follows a prefix in the keys of rows.

    It is in one of the longest keys, so that these are enough, unless they are filled up with noughts.
    """
    keys = rows.filter(key__startswith=prefix).order_by(Length("key").desc(), "-key").values_list("key", flat=True)
    looked_at = list(keys[:MOST_LOOKED_AT])
    longest = next((key for key in looked_at if numbers_in([key], prefix)), prefix)
    if longest != prefix and longest[len(prefix)] != "0":
        return numbers_in([longest], prefix)
    return numbers_in(looked_at if len(looked_at) < MOST_LOOKED_AT else keys, prefix)


def numbers_in(keys: Iterable[str], prefix: str) -> int:
    """Return the greatest number that follows a prefix in these keys, or 0."""
    numbered = re.compile(rf"{re.escape(prefix)}([0-9]+)")
    return max((int(found[1]) for key in keys if (found := numbered.fullmatch(key))), default=0)


def free_key(model: type[Model], label: str, **under: Model) -> str:
    """Return a key for a row under another one, made of its label and not taken yet."""
    hold_parents(under)
    stem = slugify(label)[:LONGEST_STEM] or "part"
    return first_free(stem, set(keys_that_begin(model, stem, under)))


def free_slug(model: type[Model], label: str) -> str:
    """Return a short name for addresses, made of a label, that no row of this kind has or ever had."""
    stem = slugify(label)[:LONGEST_STEM].strip("-") or str(model._meta.model_name)
    history: QuerySet[Any] = model.history  # type: ignore[attr-defined]  # whatever has an address keeps its history
    taken = {
        slug
        for rows in (model._base_manager, history)
        for slug in rows.filter(slug__startswith=stem).values_list("slug", flat=True)
    }
    return first_free(stem, taken | ADDRESSES)


def keys_that_begin(model: type[Model], stem: str, under: dict[str, Model]) -> Iterable[str]:
    """Return the keys of the rows under another one, deleted ones too, that begin so."""
    rows = model._base_manager.filter(**under)
    for found in (rows, deleted_for_good(model, under)):
        yield from found.filter(key__startswith=stem).values_list("key", flat=True)


def first_free(stem: str, taken: Container[str]) -> str:
    """Return a key that is not taken: the stem, or with a number behind it."""
    return next(key for key in chain([stem], (f"{stem}-{number}" for number in count(2))) if key not in taken)


NAMES = ("slug", "key", "number", "position")  # by which records are told apart or put in order, and which we give
LABELLED_BY = ("title", "label", "name", "heading")  # the text of a record of which its key is made
PREFIXES = {"quote": ("q", 2), "memo": ("memo-", 1)}  # of the keys of records that have no such text, and their digits


def name_anew(row: Any) -> None:
    """Give a new row what it is told apart by and where it stands, as far as nobody said it."""
    fields = {field.name: field for field in row._meta.concrete_fields}
    for name in NAMES:
        if name in fields and getattr(row, name) in {None, ""}:
            setattr(row, name, new_name(row, name, fields[name]))


def new_name(row: Any, name: str, field: Field[Any, Any]) -> Any:
    """Return a free slug, key, number or place of a new row, under the row that it belongs to."""
    model, label = type(row), next((getattr(row, text) for text in LABELLED_BY if getattr(row, text, "")), "")
    if name == "slug":
        return free_slug(model, label)
    above = parent_field(model, name)
    under = {above: getattr(row, above)}
    if name == "position":
        return next_position(model, **under)
    if name == "number":
        return next_number(model, **under) if isinstance(field, IntegerField) else next_printed_number(model, **under)
    if model._meta.model_name in PREFIXES or not label:
        prefix, digits = PREFIXES.get(str(model._meta.model_name), (f"{model._meta.model_name}-", 1))
        return next_key(model, prefix, digits=digits, **under)
    return free_key(model, label, **under)


def parent_field(model: type[Any], name: str) -> str:
    """Return the relation to the row under which rows of a model are named: what must be unique there says it."""
    pairs = [rule.fields for rule in model._meta.constraints if isinstance(rule, UniqueConstraint)]
    found: str = next((pair[0] for pair in pairs if len(pair) > 1 and pair[-1] == name), "")
    return found or str(model.key_fields[0].partition("__")[0])


def next_printed_number(model: type[Model], **under: Model) -> str:
    """Return the next of numbers that are kept as they are printed, such as 01, 02 and 3a."""
    hold_parents(under)
    printed = model._base_manager.filter(**under).values_list("number", flat=True)
    numbers = [int(found[0]) for found in (re.match("[0-9]{1,6}", text) for text in printed) if found]
    return f"{max(numbers, default=0) + 1:02}"


def signature(by: User) -> str:
    """Return the name by which somebody signs."""
    return by.get_full_name() or by.get_username()
