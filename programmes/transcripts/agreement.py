"""How far two codings of one transcript agree: for each code, and for all of them.

The unit is a line of the transcript with words in it. For each code, either of the two coded a line or did not: a
nominal variable with two values. Krippendorff's alpha is 1 less the observed disagreement divided by the one to be
expected by chance (Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", section A). The lines of all
codes together, each line once for each code, give the figure over all codes.

Most lines of a transcript bear no code at all, and that two people left the same small talk alone says little. So the
figure to read is the one over the lines that at least one of the two coded with any code; the one over all lines
stands beside it. Leaving out what nobody marked is also how Krippendorff and colleagues (2016, "On the reliability of
unitizing textual continua", Quality & Quantity 50) judge what passages are called: their cu-alpha leaves out the
gaps. Unlike there, a line that only one of the two coded stays in, as a disagreement.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

import krippendorff

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Code = TypeVar("Code", bound=Hashable)


@dataclass(frozen=True)
class Alpha:
    """Krippendorff's alpha, or why it cannot be told."""

    value: float | None
    why_not: str = ""

    def __str__(self) -> str:
        return f"cannot be told: {self.why_not}" if self.value is None else f"{self.value:.2f}".replace("-", "−")  # noqa: RUF001  a minus is printed as one


@dataclass(frozen=True)
class Agreement:
    """On how many lines two people used a code; for several codes a line counts once for each."""

    both: int
    only_first: int
    only_second: int
    coded: int  # lines that at least one of the two coded with any code
    lines: int  # all lines with words

    @property
    def one_only(self) -> int:
        """Return on how many lines one of the two used it and the other did not."""
        return self.only_first + self.only_second

    @property
    def share(self) -> float | None:
        """Return the share of lines with it in both codings among those with it in either, or None without any."""
        used = self.both + self.one_only
        return self.both / used if used else None

    @property
    def alpha(self) -> Alpha:
        """Return alpha over the coded lines.

        Where every one of them bears the code in one coding or the other, alpha could be (1 - d) / (2b + d) at best,
        for d lines with it in one and b in both: never above 0, however well the two agree. So it says nothing there.
        """
        neither = self.coded - self.both - self.one_only
        if not self.coded:
            return Alpha(None, "no line was coded")
        if not neither:
            return Alpha(None, "no coded line lacks the code")
        return alpha(self.both, self.one_only, neither)

    @property
    def alpha_over_all(self) -> Alpha:
        """Return alpha over all lines of the transcript."""
        return alpha(self.both, self.one_only, self.lines - self.both - self.one_only)


@dataclass(frozen=True)
class Comparison(Generic[Code]):
    """How far two codings agree."""

    codes: dict[Code, Agreement]
    overall: Agreement
    coded: int
    lines: int


def coded_lines(
    lines: Sequence[tuple[int, int]], passages: Iterable[tuple[int, int, Code]]
) -> defaultdict[Code, set[int]]:
    """Return for each code the lines on which a passage with it stands, by their places in the list of lines.

    Lines and passages are starts and ends in code points, ends not included; lines stand in order and apart.
    """
    starts, ends = [start for start, _ in lines], [end for _, end in lines]
    found: defaultdict[Code, set[int]] = defaultdict(set)
    for start, end, code in passages:
        found[code].update(range(bisect_right(ends, start), bisect_left(starts, end)))
    return found


def compare(
    lines: Sequence[tuple[int, int]],
    first: Iterable[tuple[int, int, Code]],
    second: Iterable[tuple[int, int, Code]],
) -> Comparison[Code]:
    """Return how far two codings of the same lines agree, for each code that either used and for all of them."""
    one, other = coded_lines(lines, first), coded_lines(lines, second)
    coded = len(set().union(*one.values(), *other.values()))
    codes = {
        code: Agreement(
            both=len(one[code] & other[code]),
            only_first=len(one[code] - other[code]),
            only_second=len(other[code] - one[code]),
            coded=coded,
            lines=len(lines),
        )
        for code in dict.fromkeys([*one, *other])
    }
    overall = Agreement(
        both=sum(entry.both for entry in codes.values()),
        only_first=sum(entry.only_first for entry in codes.values()),
        only_second=sum(entry.only_second for entry in codes.values()),
        coded=coded * len(codes),
        lines=len(lines) * len(codes),
    )
    return Comparison(codes, overall, coded, len(lines))


def alpha(both: int, one_only: int, neither: int) -> Alpha:
    """Return alpha of two people and two values from the numbers of lines, or why there is none: nothing varies."""
    if not both and not one_only:
        return Alpha(None, "no line was coded")
    if not one_only and not neither:
        return Alpha(None, "no line lacks the code")
    # A unit on which 2k values are alike adds as much to the coincidences as k units on which two are, so that lines
    # on which the two agree need not be listed one by one.
    units = [[2 * neither, 0], [0, 2 * both], *([1, 1] for _ in range(one_only))]
    return Alpha(float(krippendorff.alpha(value_counts=units, level_of_measurement="nominal")))
