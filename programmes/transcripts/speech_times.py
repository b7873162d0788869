"""When an entry of a file in JSON begins, as each program writes it: in seconds, in thousandths, or as on a clock."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from programmes.transcripts.json_nodes import ALTERNATIVES
from programmes.transcripts.speech_entries import MOST_DEPTH, PARTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Names of the time when something begins, in small letters, with how much of a second one of its numbers is. Where it
# is nothing, it may be a second or a thousandth of one, as `seconds_or_thousandths` tells.
STARTS: dict[str, float | None] = {
    "start": None, "start_time": None, "starttime": None, "start_offset": None, "startoffset": None, "begin": None,
    "begin_time": None, "time_begin": None, "ts": None, "timestamp": None, "timestamps": None, "from": None,
    "start_ms": 0.001, "startms": 0.001, "tstartms": 0.001, "offsetmilliseconds": 0.001, "beginoffsetmillis": 0.001,
    "offsetinticks": 1e-7, "offset": 1e-7, "time": None, "at": None,
}  # fmt: skip
CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2}(?:[.,]\d+)?)")  # "00:00:02,000"
DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?", re.IGNORECASE)  # "PT1M0.07S"
NUMBER = re.compile(r"\d+(?:\.\d+)?")
SLOWEST = 6  # units of time for a letter: nobody takes so many seconds for one, nor so few thousandths
LONGEST = 1_000 * 3600  # seconds of a recording
THOUSANDTH = 0.001


def start_of(entry: dict[str, Any], depth: int = 0) -> tuple[float, float | None] | None:
    """Return when an entry begins, or the first of its parts that says so: a number, and how much of a second it is.

    The latter is nothing where the name of the time does not say it.
    """
    small = {name.lower(): value for name, value in entry.items()}
    for name, unit in STARTS.items():
        if name in small and (found := time_in(small[name], unit)):
            return found
    parts = (part for name in (*PARTS, *ALTERNATIVES) for part in first_parts(small.get(name)))
    return next((found for part in parts if (found := start_of(part, depth + 1))), None) if depth < MOST_DEPTH else None


def first_parts(parts: Any) -> Iterator[dict[str, Any]]:
    """Yield the first of the parts of an entry, of which some, such as punctuation, may have no time."""
    yield from (part for part in (parts if isinstance(parts, list) else [])[:MOST_DEPTH] if isinstance(part, dict))


def time_in(value: Any, unit: float | None) -> tuple[float, float | None] | None:
    """Return the time that a value tells: a number, one in words, or the first of a list or of an object."""
    if isinstance(value, list):
        return time_in(value[0], unit) if value and not isinstance(value[0], list) else None
    if isinstance(value, dict):
        return time_in(value.get("from"), unit) if not isinstance(value.get("from"), dict | list) else None
    if isinstance(value, str):
        return time_in_words(value.strip(), unit)
    known = isinstance(value, float) and math.isfinite(value) and value >= 0  # all numbers of a file are read so
    return (value, unit) if known else None


def time_in_words(words: str, unit: float | None) -> tuple[float, float | None] | None:
    """Return the time that a text tells: "1.5", "1.5s", "PT1.5S" or "00:00:01,500"."""
    if NUMBER.fullmatch(words):
        return float(words), unit
    if NUMBER.fullmatch(words.removesuffix("s")):
        return float(words.removesuffix("s")), 1
    if found := CLOCK.fullmatch(words) or DURATION.fullmatch(words):
        hours, minutes, seconds = ((part or "0").replace(",", ".") for part in found.groups())
        return (int(hours) * 60 + int(minutes)) * 60 + float(seconds), 1
    return None


def seconds_or_thousandths(starts: Iterable[tuple[float, float | None] | None], letters: int) -> float:
    """Return how much of a second the numbers of a file are whose names do not say it, by how fast people speak."""
    numbers = [found[0] for found in starts if found and found[1] is None]
    whole = all(number.is_integer() for number in numbers)
    spread = max(numbers) - min(numbers) if numbers else 0
    return THOUSANDTH if whole and spread > SLOWEST * letters else 1


def clock_time(start: tuple[float, float | None] | None, unit: float) -> str:
    """Return a time as "0:01:02"; nothing where none is known."""
    seconds = start[0] * (start[1] or unit) if start else LONGEST
    if seconds >= LONGEST:
        return ""
    minutes, rest = divmod(int(seconds + THOUSANDTH / 2), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
