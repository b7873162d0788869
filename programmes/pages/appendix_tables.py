"""What an appendix is made of, and the tables that it has: heads, rows, and which columns stand on paper."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from programmes.formats.workbooks import DataTable, TableColumn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from programmes.models import Theory
    from programmes.pages.copies import FileCopy
    from programmes.pages.theory import TheoryPage


@dataclass(frozen=True)
class AppendixColumn(TableColumn):
    """A column, and the share of a page's width that it takes; without one it stands in workbooks alone."""

    share: int = 0
    to_fill_in: bool = False  # whether it stands on paper though nothing stands in it


@dataclass(frozen=True)
class AppendixPart:
    """A part: its heading, sentences before its table, and its rows."""

    heading: str
    caption: str
    meaning: str  # what one row is
    columns: Sequence[AppendixColumn]
    rows: list[list[Any]]
    sentences: Sequence[str] = field(default_factory=tuple)

    @property
    def printed(self) -> list[int]:
        """Return the places of the columns that stand on paper: those in which anything stands."""
        return [
            place
            for place, column in enumerate(self.columns)
            if column.share and (column.to_fill_in or any(row[place] not in {None, ""} for row in self.rows))
        ]

    def in_workbook(self) -> DataTable:
        """Return it as a sheet."""
        return DataTable(self.heading, self.meaning, self.columns, self.rows)


@dataclass(frozen=True)
class AppendixSource:
    """What an appendix is made of: the theory as its page shows it under some filters, and for whom."""

    theory: Theory
    page: TheoryPage
    copy: FileCopy
    site: str
    quotes_each: int | None = None  # for a CMOC, and as many against it; None: all

    @property
    def keys(self) -> set[int]:
        """Return the ids of the CMOCs that it has."""
        return {row.cmoc.pk for row in self.page.rows}

    def calls(self, cmoc: Any) -> str:
        """Return what a CMOC is called in every table: its printed label, or its number."""
        return cmoc.label or str(cmoc.number)


def word(head: str, meaning: str, share: int = 0, width: int = 16) -> AppendixColumn:
    """Return a column of texts."""
    return AppendixColumn(head, meaning, width=width, share=share)
