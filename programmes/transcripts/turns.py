"""The turns of a transcript: what one speaker says until another does, as a span of the text.

The label before the words and the time are kept beside them, so that a quote holds what was said and nothing else.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

CLOCK_TIME = r"\d{1,2}(?::\d{2}){1,2}(?:[.,]\d+)?"
TIME = rf"[\[(]?{CLOCK_TIME}(?:\s*+(?:-->|[-–])\s*+[\d:.,]+)?[\])]?"
CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})")
COLON = "\N{FULLWIDTH COLON}"
NAME = rf'(?P<name>[^\W\d_][^:{COLON}?!;“”"\t*_]{{0,59}}?)'
# A speaker at the start of a line: "Interviewer:", "[00:12] P 3:", "Smith, Ada (00:12):", "**Dr O'Neil:**".
SPEAKER = re.compile(
    rf"\s*+(?P<before>{TIME})?\s*+[*_]{{0,2}}{NAME}\s*+(?P<after>{TIME})?\s*+(?::(?![\d/\\])|{COLON})[*_]{{0,2}}"
)
# A speaker alone on a line, with the time: "Speaker 1  0:03", "Ada Byron [00:03]", "00:00:03 - Speaker 1".
SPEAKER_ALONE = re.compile(
    rf"\s*+{NAME}(?:(?:\s{{2,}}+|\t|\s++[|·–-]\s++)(?P<after>{TIME})|\s*+(?P<bracketed>[\[(]{CLOCK_TIME}[\])]))\s*+$"
)
TIME_ALONE = re.compile(rf"\s*+(?P<before>{TIME})\s*+[|·–-]?\s*+{NAME}\s*+$")
NAMED = re.compile(r"\((?P<name>[^\W\d_a-z][\w.'’-]*(?: [^\W\d_a-z][\w.'’-]*)+)\)")  # "(Ada Byron)", as Zoom writes it
LONGEST_NAME = 5  # words
# What stands before a colon at the head of a transcript and is no speaker; and who may stand there, and speak later.
HEADINGS, PEOPLE = (
    frozenset(Path(__file__).with_name(f"words_{name}.txt").read_text(encoding="utf-8").splitlines())
    for name in ("headings", "people")
)
ASKING = re.compile(r"(interviewer|int|i|iv|researcher|facilitator|moderator|q)\W*\d*", re.IGNORECASE)
TURN_LINE = r"(\d{1,9}) (\d{1,9}) (\d{1,4}:\d{2}:\d{2}|-) (\d{1,6}|-) (\S.*)"  # as a source keeps a turn
LONGEST_LINE = 80  # words of a turn, after which the next sentence begins a line of its own
MOST_KEPT = 16  # texts whose turns are kept in memory
SENTENCE_END = (".", "?", "!", "…", "。", "؟", "।")


@dataclass(frozen=True)
class SpokenTurn:
    """What one speaker says until another does: a span of the text in code points, without the label before it."""

    start: int
    end: int
    speaker: str  # as the transcript calls them
    time: str = ""  # when it began, as "0:01:02"
    page: int | None = None  # of a PDF


@dataclass(frozen=True)
class Piece:
    """A part of a passage that one speaker says; of a passage in which nobody is known to speak, the whole of it."""

    start: int
    end: int
    speaker: str


class SpokenTurns(tuple[SpokenTurn, ...]):  # noqa: SLOT001  it keeps what it found out
    """The turns of a transcript in their order, and how far they reach."""

    @cached_property
    def furthest(self) -> list[int]:
        """Return of each turn where the last of those up to it ends."""
        return list(accumulate([turn.end for turn in self], max))

    @cached_property
    def nearest(self) -> list[int]:
        """Return of each turn where the first of those from it on starts."""
        return list(accumulate([turn.start for turn in reversed(self)], min))[::-1]

    def near(self, start: int, end: int) -> Sequence[SpokenTurn]:
        """Return the turns among which are all that a passage touches."""
        return self[bisect_right(self.furthest, start) : bisect_left(self.nearest, end)]


def pieces_of(text: str, turns: Sequence[SpokenTurn], start: int, end: int) -> list[Piece]:
    """Return the words of a passage turn by turn, without labels, times and white space around them."""
    found = [
        trimmed(text, Piece(max(start, turn.start), min(end, turn.end), turn.speaker))
        for turn in turns
        if turn.start < end and turn.end > start
    ]
    return [piece for piece in found if piece.start < piece.end] or [trimmed(text, Piece(start, end, ""))]


def trimmed(text: str, piece: Piece) -> Piece:
    """Return a piece without the white space at its ends."""
    words = text[piece.start : piece.end]
    start = piece.start + len(words) - len(words.lstrip())
    return replace(piece, start=start, end=start + len(words.strip()))


def line_of_turn(turn: SpokenTurn) -> str:
    """Return a turn as a line: "4 15 0:00:17 - GP2"."""
    return f"{turn.start} {turn.end} {turn.time or '-'} {turn.page or '-'} {turn.speaker}"


def turn_of_line(line: str) -> SpokenTurn:
    """Return the turn that such a line tells."""
    start, end, time, page, speaker = line.split(" ", 4)
    return SpokenTurn(int(start), int(end), speaker, time.strip("-"), int(page) if page != "-" else None)


class TextKey:
    """A text as the key of what was found in it: told by its letters, and nothing is kept of them but their number."""

    def __init__(self, text: str, lines: Sequence[str], nobody: Collection[str]) -> None:
        self.found_in: tuple[str, Sequence[str], Collection[str]] | None = (text, lines, nobody)
        self.told = (len(text), hash(text), hash(tuple(lines)), frozenset(nobody))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TextKey) and self.told == other.told

    def __hash__(self) -> int:
        return hash(self.told)

    def taken(self) -> tuple[str, Sequence[str], Collection[str]]:
        """Return what to look in; it can be taken once, since the key is kept and the text is not."""
        found, self.found_in = self.found_in, None
        return found or ("", (), ())


@lru_cache(maxsize=MOST_KEPT)
def turns_found(key: TextKey) -> SpokenTurns:
    """Return the turns of a text; those of texts that were asked for last are kept, since finding them is slow."""
    text, lines, nobody = key.taken()
    if not lines:
        return SpokenTurns(turns_of(text, no_speakers=nobody))
    return SpokenTurns(turn for turn in map(turn_of_line, lines) if turn.speaker not in nobody)


def turns_beside(text: str, lines: Sequence[str], nobody: Collection[str]) -> SpokenTurns:
    """Return the turns that are kept as lines beside a text, or else those that it tells; of `nobody` are words."""
    return turns_found(TextKey(text, lines, nobody))


@dataclass(frozen=True)
class Utterance:
    """Words of one voice, as a recording that was divided by time has them."""

    speaker: str  # nothing, where it is not known
    words: str
    time: str = ""


@dataclass(frozen=True)
class Label:
    """A speaker's label in a text: the line that it is in, and the place after it."""

    line: int
    start: int  # of the line
    end: int  # after the label
    name: str
    time: str


def turns_of(text: str, *, no_speakers: Collection[str] = (), pages: Sequence[int] = ()) -> list[SpokenTurn]:
    """Return the turns of a text, in order. What stands before the first one belongs to nobody.

    Words before a colon are a speaker where they look like a name, or stand so in several lines; those of
    `no_speakers` are none. `pages` are the places where the pages of a PDF begin.
    """
    labels = [label for label in speakers_in(text) if label.name not in no_speakers]
    ends = [*(label.start for label in labels), len(text)][1:]
    turns: list[SpokenTurn] = []
    for label, end in zip(labels, ends, strict=True):
        words = text[label.end : end]
        start = label.end + len(words) - len(words.lstrip())
        if words.strip():
            page = bisect_right(pages, start) or None
            turns.append(SpokenTurn(start, label.end + len(words.rstrip()), label.name, label.time, page))
    return turns


def speakers_in(text: str) -> list[Label]:
    """Return the labels of speakers in a text, without those of its head, such as "Date: 3 May"."""
    rows = text.split("\n")
    found = [label_in_row(row) for row in rows]
    times = Counter(match["name"] for match in found if match)
    labels = []
    start = 0
    for number, (row, match) in enumerate(zip(rows, found, strict=True)):
        if match and (times[match["name"]] > 1 or is_like_a_name(match["name"])):
            groups = match.groupdict()
            time = groups.get("before") or groups.get("after") or groups.get("bracketed") or ""
            labels.append(Label(number, start, start + match.end(), match["name"], plain_time(time)))
        start += len(row) + 1
    return labels[headings_at_head(labels, rows, times) :]


def label_in_row(row: str) -> re.Match[str] | None:
    """Return the label of a speaker at the start of a line."""
    return SPEAKER_ALONE.match(row) or SPEAKER.match(row) or TIME_ALONE.match(row)


def is_like_a_name(words: str) -> bool:
    """Say whether words are like a name: few, and none after the first in small letters, as in "Thank you: fine"."""
    _, *others = words.split()
    return len(others) < LONGEST_NAME and not any(word[0].islower() for word in others)


def headings_at_head(labels: list[Label], rows: list[str], times: Counter[str]) -> int:
    """Return how many of the first labels are headings, such as "Date: 3 May", and no speakers."""

    def is_heading(place: int) -> bool:
        return place < len(labels) and labels[place].name.lower() in HEADINGS and times[labels[place].name] == 1

    end = 0
    for place, label in enumerate(labels):
        if is_heading(place):
            end = place + 1
        # One of PEOPLE is named among the headings; a heading that is not known stands between two that are.
        elif label.name.lower() not in PEOPLE and not (end == place and is_heading(place + 1) and not is_code(label)):
            break
    while 0 < end < len(labels) - 1 and labels[end].name.lower() in PEOPLE:  # "Interviewer: Ada", then what she says
        named_once = times[labels[end].name] == 1 and any(times[label.name] > 1 for label in labels[end + 1 :])
        if not named_once and labels[end].name != labels[end + 1].name:
            break
        end += 1
    return max(end, headings_of_a_block(labels, rows, times))


def is_code(label: Label) -> bool:
    """Return whether a label is like a pseudonym: "P1", "GP 2"."""
    return re.fullmatch(r"[^\W\d_]{1,4}\W?\d*", label.name) is not None


def asks_by_label(label: str) -> bool:
    """Say whether a label is one by which common usage calls who asks: "I", "Int 2", "Moderator"."""
    return ASKING.fullmatch(label) is not None


def headings_of_a_block(labels: list[Label], rows: list[str], times: Counter[str]) -> int:
    """Return how many labels stand in a first block of lines in which each has one of its own.

    That tells headings in any language: a blank line follows, and after it somebody speaks more than once.
    """
    lines = [label.line for label in labels]
    start = next((number for number, row in enumerate(rows) if row.strip()), 0)
    start += not lines or lines[0] > start  # a title
    end = next((number for number, row in enumerate(rows) if number > start and not row.strip()), len(rows))
    inside = sum(line < end for line in lines)
    whole = inside > 1 and lines[:inside] == list(range(start, end))
    alone = all(times[label.name] == 1 for label in labels[:inside])
    return inside if whole and alone and any(times[label.name] > 1 for label in labels[inside:]) else 0


def plain_time(time: str) -> str:
    """Return a time as "0:01:02", from "[1:02]", "00:01:02.500" or "00:01:02 --> 00:01:05"."""
    found = CLOCK.search(time) if time else None
    if found is None:
        return ""
    hours, minutes, seconds = int(found[1] or 0), int(found[2]), int(found[3])
    return f"{hours + minutes // 60}:{minutes % 60:02}:{seconds:02}"


def with_speakers(utterances: list[Utterance]) -> list[Utterance]:
    """Return utterances whose speakers stand among the words, as "P1: Yes." or "(Ada Byron) Yes.", with the speakers.

    A speaker is told as in a text: by what looks like a name, or stands before several utterances.
    """
    bare = [re.sub(r"^[-–]\s*", "", each.words) for each in utterances]  # "- P1: Yes.", where two speak in a subtitle
    found = [
        None if each.speaker else NAMED.match(words) or SPEAKER.match(words)
        for each, words in zip(utterances, bare, strict=True)
    ]
    times = Counter(match["name"] for match in found if match)
    return [
        replace(each, speaker=match["name"], words=words[match.end() :].strip())
        if match and (times[match["name"]] > 1 or is_like_a_name(match["name"])) and words[match.end() :].strip()
        else each
        for each, words, match in zip(utterances, bare, found, strict=True)
    ]


def text_of_utterances(utterances: Iterable[Utterance]) -> tuple[str, list[SpokenTurn]]:
    """Return the text of a recording that was divided by time, with its turns: those of one speaker are joined."""
    lines: list[str] = []
    turns: list[SpokenTurn] = []
    at = 0
    for speaker, time, paragraphs in joined_utterances(utterances):
        words = "\n".join(paragraphs)
        label = f"{speaker}: " if speaker else ""
        lines.append(label + words)
        if speaker:
            turns.append(SpokenTurn(at + len(label), at + len(label) + len(words), speaker, plain_time(time)))
        at += len(lines[-1]) + 1
    return "\n".join(lines), turns


def joined_utterances(utterances: Iterable[Utterance]) -> Iterator[tuple[str, str, list[str]]]:
    """Yield speaker, time and paragraphs of each turn; where the speaker is not known, each utterance is its own."""
    speaker, time, paragraphs = "", "", list[str]()
    for utterance in utterances:
        if not (utterance.speaker and utterance.speaker == speaker):
            if paragraphs:
                yield speaker, time, paragraphs
            speaker, time, paragraphs = utterance.speaker, utterance.time, [utterance.words]
        elif len(paragraphs[-1].split()) >= LONGEST_LINE and paragraphs[-1].endswith(SENTENCE_END):
            paragraphs.append(utterance.words)
        else:
            paragraphs[-1] += f" {utterance.words}"
    if paragraphs:
        yield speaker, time, paragraphs
