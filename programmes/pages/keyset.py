"""A page of a long list: so many of N, from a certain entry on, whatever was added before it in the meantime."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

Key = TypeVar("Key")


@dataclass(frozen=True)
class KeysetPage(Generic[Key]):
    """The keys of the entries that are shown, out of all in their order.

    The next page begins after the last key shown and the one before it ends before the first, so that a link to a page
    goes on where it did when entries come or go elsewhere in the list.
    """

    keys: list[Key]
    every: Sequence[Key]  # of the list that this is a page of
    found: int
    first: int  # the place of the first entry shown, counted from 1; 0 of none
    after: Key | None  # where the next page goes on; None on the last
    back: Key | None  # after which the page before begins; None where that is the first page
    has_previous: bool

    @property
    def last(self) -> int:
        """Return the place of the last entry that is shown."""
        return self.first + len(self.keys) - 1 if self.keys else 0

    @property
    def is_whole(self) -> bool:
        """Say whether everything is on this page."""
        return len(self.keys) == self.found


def keyset_page(keys: Sequence[Key], after: Key | None, size: int) -> KeysetPage[Key]:
    """Return the page of a list that begins after a key; the first page where the key is not in the list."""
    begin = keys.index(after) + 1 if after in keys else 0
    shown = list(keys[begin : begin + size])
    previous = begin - size - 1
    return KeysetPage(
        keys=shown,
        every=keys,
        found=len(keys),
        first=begin + 1 if shown else 0,
        after=shown[-1] if begin + size < len(keys) else None,
        back=keys[previous] if previous >= 0 else None,
        has_previous=begin > 0,
    )


def after_which(request: HttpRequest, numbers: dict[int, int]) -> int | None:
    """Return the configuration after which a page begins, which the address names by its number."""
    after = request.GET.get("after", "")
    return numbers.get(int(after)) if after.isdecimal() and len(after) < 10 else None  # noqa: PLR2004  no number is longer
