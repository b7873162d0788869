"""Tables of transcripts as lines: time and speaker before the words, where the table says which is which."""

from __future__ import annotations

import re

from programmes.transcripts.turns import LONGEST_NAME, TIME

# How the columns of a transcript are headed, in small letters.
TIMES = {"time", "timespan", "timestamp", "time stamp", "timecode", "time code", "start", "start time", "in"}
SPEAKERS = {"speaker", "speakers", "name", "who", "participant", "person", "voice", "speaker name"}
LONGEST_LABEL = 40  # letters of a name with what says who that is: "Parent 1 (mother of a girl of nine)"
WORDS = {"content", "text", "transcript", "transcription", "words", "utterance", "said", "speech", "what was said"}


def lines_of_table(rows: list[list[str]]) -> list[str]:
    """Return the rows of a table as lines, each with all of its cells."""
    heads = [cell.strip().lower() for cell in rows[0]] if rows else []
    time, speaker, words = (column_of(heads, known) for known in (TIMES, SPEAKERS, WORDS))
    if speaker is not None and words is not None:
        others = [f"[{cell}]" for at, cell in enumerate(rows[0]) if cell.strip() and at not in {time, speaker, words}]
        return [*[" ".join(others)] * bool(others), *(line_of_row(row, time, speaker, words) for row in rows[1:])]
    for time, speaker, words in ((0, 1, 2), (2, 0, 1), (1, 0, 2)):
        if rows and all(is_turn(row, time, speaker) for row in rows):
            return [line_of_row(row, time, speaker, words) for row in rows]
    return [": ".join(row) for row in rows]


def column_of(heads: list[str], known: set[str]) -> int | None:
    """Return the column with one of these heads, if there is one."""
    return next((at for at, head in enumerate(heads) if head.removesuffix(":") in known), None)


def is_turn(row: list[str], time: int, speaker: int) -> bool:
    """Return whether a row of three cells, in a table without heads, has a time and a name in these columns."""
    if len(row) != max(time, speaker, 2) + 1:
        return False
    named = row[speaker].strip()
    like_a_name = 0 < len(named.split()) <= LONGEST_NAME or 0 < len(named) <= LONGEST_LABEL
    return re.fullmatch(TIME, row[time].strip()) is not None and like_a_name


def line_of_row(row: list[str], time: int | None, speaker: int, words: int) -> str:
    """Return a row as "[0:01] Ada: Hello", with every other cell in brackets before it."""
    if len(row) <= max(speaker, words):  # cells that span several columns
        return ": ".join(row)
    others = [f"[{cell}]" for column, cell in enumerate(row) if column not in {speaker, words, time} and cell.strip()]
    begun = row[time].strip() if time is not None and time < len(row) else ""
    begun = f"[{begun}]" if begun and begun[0] not in "[(" else begun
    said = f"{row[speaker].strip()}: {row[words]}" if row[speaker].strip() else row[words]
    return " ".join([*others, *[begun] * bool(begun), said])
