"""A document for paper in plain blocks, which Word and PDF are written from, so that both say the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from programmes.diagrams.text import width

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class PrintedHeading:
    """A heading, 1 to 3."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class PrintedText:
    """A paragraph; one that is quiet is set smaller."""

    text: str
    quiet: bool = False


@dataclass(frozen=True)
class PaperTable:
    """A table with a caption; its heads stand on every page that it goes over. A line of a cell is a paragraph."""

    caption: str
    heads: Sequence[str]
    shares: Sequence[int]  # of the width of the page that each column takes
    rows: Sequence[Sequence[str]]
    description: str  # for those who do not see it


@dataclass(frozen=True)
class PrintedFigure:
    """A drawing with a caption."""

    caption: str
    description: str
    svg: str
    width: float  # of the drawing, in its own unit
    height: float


PrintedBlock = PrintedHeading | PrintedText | PaperTable | PrintedFigure
A4 = (21.0, 29.7)  # centimetres
MARGIN_CM = 2.0
ROOM_FOR_CAPTION = 3.0  # centimetres below a figure, and for its heading above
LETTERS, BOLD = 9, 700  # points in a cell, and how heavy its widest letters are
POINTS = 72 / 2.54  # in a centimetre
WIDEST_WORD = 3.0  # centimetres of a word that is not broken
INSET = 0.35  # centimetres between the words of a cell and its lines
LONGEST_WHOLE = 1_500  # letters of a cell whose row is kept on one page
MOST_FOR_WORDS = 0.95  # of the width of the text that is shared out by words


@dataclass(frozen=True)
class PrintedDocument:
    """What stands on paper, and around it on every page."""

    title: str
    notice: str  # at the head of every page; none where it is for everybody
    foot: str
    landscape: bool
    blocks: Sequence[PrintedBlock] = field(default_factory=tuple)

    @property
    def page(self) -> tuple[float, float]:
        """Return width and height of a page in centimetres."""
        return (A4[1], A4[0]) if self.landscape else A4

    @property
    def text_width(self) -> float:
        """Return the width of the text in centimetres."""
        return self.page[0] - 2 * MARGIN_CM

    def stands_upright(self, figure: PrintedFigure) -> bool:
        """Say whether a figure has an upright page of its own, since it is higher than wide and the pages are not."""
        return self.landscape and figure.height > figure.width

    def width_of(self, figure: PrintedFigure) -> float:
        """Return how wide a figure is in centimetres: as wide as the text, unless it were higher than the page."""
        across, down = A4 if self.stands_upright(figure) else self.page
        highest = down - 2 * MARGIN_CM - ROOM_FOR_CAPTION
        return min(across - 2 * MARGIN_CM, highest * figure.width / figure.height)

    def widths_of(self, table: PaperTable) -> list[float]:
        """Return the width of each column of a table in centimetres: room for its longest word, and a part of the rest.

        Where the words are too long for the page, they are broken.
        """
        columns = zip(table.heads, *table.rows, strict=True)
        least = [width_of_words(column) for column in columns]
        scale = min(1.0, self.text_width * MOST_FOR_WORDS / sum(least))
        least = [size * scale for size in least]
        wished = [self.text_width * share / sum(table.shares) for share in table.shares]
        lacking = [max(0.0, wish - size) for wish, size in zip(wished, least, strict=True)]
        rest = self.text_width - sum(least)
        return [size + rest * more / sum(lacking) for size, more in zip(least, lacking, strict=True)]


def width_of_words(column: Sequence[str]) -> float:
    """Return the width in centimetres that the longest word of a column takes; very long ones may be broken."""
    longest = max((width(word, LETTERS, BOLD) for cell in column for word in cell.split()), default=0.0)
    return min(longest / POINTS, WIDEST_WORD) + INSET


def is_short(row: Sequence[str]) -> bool:
    """Say whether a row of a table is surely shorter than a page, so that it can stay whole."""
    return all(len(cell) + 40 * cell.count("\n") <= LONGEST_WHOLE for cell in row)
