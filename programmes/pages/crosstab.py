"""Quotes counted by CMOC and by a property of the speakers. Every matrix of the evidence is built from it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from programmes.vocabulary import EvidenceRole

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from programmes.models import CMOC

NOT_STATED = ""  # the value of quotes whose speaker's property is not stated


@dataclass
class CrosstabCell:
    """The quotes of one value on one CMOC, and how many of them counter it."""

    value: str
    quotes: int = 0
    counters: int = 0


@dataclass
class Crosstab:
    """The cells that have quotes, by CMOC and value, and which quotes each value has."""

    cells: dict[tuple[int, str], CrosstabCell] = field(default_factory=dict)
    quotes_by_value: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def count(self, cmoc: int, quote: int, role: str, value: str | None) -> None:
        """Count a piece of evidence. A quote has one role in one CMOC, so a cell never counts a quote twice."""
        found = value or NOT_STATED
        cell = self.cells.setdefault((cmoc, found), CrosstabCell(found))
        cell.quotes += 1
        cell.counters += role == EvidenceRole.COUNTERS
        self.quotes_by_value[found].add(quote)

    @property
    def values(self) -> list[str]:
        """Return every value that occurs, sorted, with "not stated" last."""
        return sorted(self.quotes_by_value, key=lambda value: (value == NOT_STATED, value))

    def row(self, cmoc: int, values: Iterable[str]) -> list[CrosstabCell]:
        """Return the cells of a CMOC for these values, empty ones too."""
        return [self.cells.get((cmoc, value)) or CrosstabCell(value) for value in values]

    def totals(self, values: Iterable[str]) -> list[int]:
        """Return the number of different quotes for each of these values."""
        return [len(self.quotes_by_value.get(value, ())) for value in values]

    @property
    def quotes(self) -> int:
        """Return the number of different quotes."""
        return len(set().union(*self.quotes_by_value.values()))


def crosstab_table(names: Iterable[str], rows: Iterable[tuple[CMOC, Sequence[CrosstabCell]]]) -> list[list[object]]:
    """Return a table for CSV: a header, then a row for each CMOC with two numbers for each named value."""
    head: list[object] = ["cmoc", "label", "title"]
    for name in names:
        head += [name, f"{name}: counters"]
    table = [head]
    for cmoc, cells in rows:
        line: list[object] = [cmoc.number, cmoc.label, cmoc.title]
        for cell in cells:
            line += [cell.quotes, cell.counters]
        table.append(line)
    return table
