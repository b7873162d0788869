"""How a picture is drawn: large and whole for a file, in rows for a screen, in large rows for a slide."""

from __future__ import annotations

from dataclasses import dataclass

MARGIN = 8
USUAL = 3  # columns; where there are more, each is narrower, so that the picture fits a page


@dataclass(frozen=True)
class Style:
    """Sizes of boxes and letters, in pixels.

    `widths` are of each column, and of the room behind it for lines; `narrow` where there are more columns than usual.
    """

    widths: dict[str, tuple[int, int]]
    narrow: dict[str, tuple[int, int]]
    further: tuple[int, int]  # the same of a column before the contexts
    cell: int  # width of what else stands in the box of a configuration
    bare: int  # width of that box where nothing stands in it
    font: float = 14
    small: float = 13
    line: float = 18
    padding: float = 14
    gap: float = 14
    top: float = 64  # below the heads of the columns
    heading: float = 16  # size of the letters of a heading
    head: float = 20  # where the heading of a column stands, and below it what it asks
    pill: float = 26
    whole: float = 0  # the width of the picture, if it does not come from its columns
    most_lines: int | None = None  # of a label, which is cut at the end of a word where it has more
    in_rows: bool = False  # a configuration is a row with number and services at its end
    most_pills: int = 0  # services that a row names
    tags_below: bool = False  # what speaks against it stands on a line of its own, below the number


SHEET = Style(
    widths={"context": (240, 124), "mechanism": (270, 142), "outcome": (208, 0)},
    narrow={"context": (200, 80), "mechanism": (220, 90), "outcome": (190, 0)},
    further=(170, 60),
    cell=150,
    bare=160,
)
ROW_WIDTHS = {"context": (250, 88), "mechanism": (480, 106), "outcome": (180, 0)}
NARROW_ROWS = {"context": (190, 60), "mechanism": (330, 80), "outcome": (160, 0)}
SCREEN = Style(
    widths=ROW_WIDTHS,
    narrow=NARROW_ROWS,
    further=(150, 46),
    cell=150,
    bare=200,
    font=13.5,
    small=13,
    line=17,
    padding=12,
    gap=8,
    top=52,
    head=16,
    whole=1120,
    most_lines=2,
    in_rows=True,
)
SLIDE = Style(
    widths={"context": (400, 96), "mechanism": (800, 110), "outcome": (338, 0)},
    narrow={"context": (330, 64), "mechanism": (520, 80), "outcome": (270, 0)},
    further=(260, 60),
    cell=240,
    bare=300,
    font=26,
    small=24,
    line=32,
    padding=20,
    gap=14,
    top=56,
    heading=26,
    head=26,
    pill=38,
    whole=1776,
    most_lines=3,
    in_rows=True,
    most_pills=5,
    tags_below=True,
)
