"""Breaking labels into lines, by the character widths of the vendored font."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

METRICS = Path(__file__).with_name("font_metrics.json")
WIDE = 1000  # a letter that the font does not have is taken to be as wide as it is high


@cache
def widths(weight: int) -> dict[str, int]:
    """Return the width of each character in thousandths of the font size."""
    found: dict[str, int] = json.loads(METRICS.read_text(encoding="utf-8"))[str(weight)]
    return found


def width(text: str, size: float, weight: int = 400) -> float:
    """Return the width of a text, in the unit of its font size."""
    known = widths(weight)
    return sum(known.get(letter, WIDE) for letter in text) * size / 1000


def wrap(text: str, room: float, size: float, weight: int = 400) -> tuple[str, ...]:
    """Break a text between words into lines that fit; a word wider than a line is broken inside."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        for part in pieces(word, room, size, weight):
            longer = f"{line} {part}" if line else part
            if line and width(longer, size, weight) > room:
                lines.append(line)
                line = part
            else:
                line = longer
    kind = type(text)  # a text that knows whose words it is knows it of each line
    return tuple(kind(part) for part in (*lines, line))


def wrap_at_most(text: str, room: float, size: float, most: int | None, weight: int = 400) -> tuple[str, ...]:
    """Break a text into at most so many lines; where it has more, the last ends in an ellipsis after a whole word."""
    lines = wrap(text, room, size, weight)
    if most is None or len(lines) <= most:
        return lines
    words = lines[most - 1].split()
    while len(words) > 1 and width(f"{' '.join(words)} …", size, weight) > room:
        words.pop()
    last = " ".join(words)
    while last and width(f"{last} …", size, weight) > room:
        last = last[:-1]
    return (*lines[: most - 1], type(text)(f"{last} …".lstrip()))


def pieces(word: str, room: float, size: float, weight: int) -> list[str]:
    """Return a word, cut wherever it would not fit on a line of its own."""
    found = [""]
    for letter in word:
        if found[-1] and width(found[-1] + letter, size, weight) > room:
            found.append("")
        found[-1] += letter
    return found
