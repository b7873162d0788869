"""Reading subtitles (SubRip, WebVTT) line by line: each line becomes words of somebody or is told as left out.

Programs write them in many ways, so this reads what they write, not only what the standards allow: times with commas
or dots, cues without numbers, blank lines in a cue, arrows and angle brackets among the words.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from programmes.transcripts.reading import LeftOut, ReadingError, TranscriptReading
from programmes.transcripts.turns import Utterance, text_of_utterances, with_speakers

if TYPE_CHECKING:
    from collections.abc import Iterator

CLOCK = r"(?:\d{1,4}:)?\d{1,2}:\d{1,2}[.,]\d{1,3}"
TIMING = re.compile(rf"\s*(?P<start>{CLOCK})\s*-->\s*(?P<end>{CLOCK})(?P<settings>\s.*)?")
SETTING = re.compile(r"[A-Za-z]\w*:\S+")  # where a cue stands on the screen
# What WebVTT and SubRip mark words with; all else in angle brackets is words.
TAG = re.compile(
    r"</?(?:c|i|b|u|s|ruby|rt)(?:\.[^\s<>]*)?\s*>|<lang(?:\.[^\s<>]*)?\s+[\w-]+\s*>|</lang>"
    rf"|<font(?:\s+\w+=[^<>]*)?>|</font>|<{CLOCK}>",
    re.IGNORECASE,
)
VOICE = re.compile(r"<v(?:\.[^\s<>]*)?(?:\s+(?P<name>[^<>]*))?>|</v>", re.IGNORECASE)
PLACE_ON_SCREEN = re.compile(r"\{\\an?\d+\}")  # "{\an8}"
VOICES = re.compile(r"\n(?=-)")  # two people in one subtitle, each with a dash
NUMBER = re.compile(r"[0-9a-f-]*\d[0-9a-f/-]*")  # of a cue: "12", or "5d5f9c8e-1111/12-0" as Teams writes it
BESIDE = {"NOTE": "notes", "STYLE": "style sheets", "REGION": "regions of the screen"}  # blocks of WebVTT


@dataclass
class Cue:
    """What is shown from one time to another."""

    start: str
    lines: list[str] = field(default_factory=list)


class SubtitleError(ReadingError):
    """A file has no cues or too many; the message says so, and what to do."""


def read_cues(text: str, kind: str, most: int) -> TranscriptReading:
    """Return the words of subtitles with the speaker where the file names one; cues of one speaker are joined.

    `kind` is "srt" or "vtt". Raises SubtitleError where there is no cue, or where there are more than `most`.
    """
    cues, left_out = cues_of(text.split("\n"), kind)
    if not cues:
        raise SubtitleError("has no line such as 00:00:01.000 --> 00:00:02.000; save it anew, or as plain text (.txt)")
    if len(cues) > most:
        raise SubtitleError(f"has {len(cues):,} cues; at most {most:,} are read. Divide it")
    utterances = with_speakers([utterance for cue in cues for utterance in utterances_of_cue(cue, kind)])
    left_out += [silent for cue in cues for silent in silent_voices(cue)]
    said, turns = text_of_utterances(utterances)
    return TranscriptReading(said, tuple(left_out), tuple(turns))


def cues_of(lines: list[str], kind: str) -> tuple[list[Cue], list[LeftOut]]:
    """Return the cues in the lines of a file, and the lines that belong to none."""
    cues: list[Cue] = []
    left_out: list[LeftOut] = []
    timings = {at: found for at, line in enumerate(lines) if (found := TIMING.fullmatch(line))}
    names = {at - 1 for at in timings if is_name(lines, at - 1, timings, kind)}
    beside = ""  # the kind of block that is being left out
    for at, line in enumerate(lines):
        before_first = not cues
        if at in timings:
            beside = ""
            cues.append(Cue(timings[at]["start"]))
            unknown = " ".join(word for word in (timings[at]["settings"] or "").split() if not SETTING.fullmatch(word))
            left_out += [LeftOut("words beside a time", place(at), unknown)] if unknown else []
        elif at in names:
            beside = ""
            if not NUMBER.fullmatch(line.strip()):
                left_out.append(LeftOut("names of cues", place(at), line.strip()))
        elif not line.strip():
            beside = ""
            if cues:
                cues[-1].lines.append("")
        elif kind == "vtt" and (beside or begins_beside(lines, at)):
            beside = beside or BESIDE[line.split()[0]]
            left_out.append(LeftOut(beside, place(at), line.strip()))
        elif before_first:
            words = line.strip().removeprefix("WEBVTT").strip() if kind == "vtt" and at == 0 else line.strip()
            left_out += [LeftOut("lines before the first cue", place(at), words)] if words else []
        else:
            cues[-1].lines.append(line)
    return cues, left_out


def place(at: int) -> str:
    """Return where a line stands, for people."""
    return f"line {at + 1}"


def begins_beside(lines: list[str], at: int) -> bool:
    """Return whether a block begins here that is shown to nobody."""
    return lines[at].split()[0] in BESIDE and (at == 0 or not lines[at - 1].strip())


def is_name(lines: list[str], at: int, timings: dict[int, re.Match[str]], kind: str) -> bool:
    """Return whether a line before a time is the number or name of its cue, and not words of the cue before."""
    if at < 0 or at in timings or not lines[at].strip():
        return False
    if kind == "vtt" and at == 0 and lines[0].startswith("WEBVTT"):
        return False
    after_a_blank = at == 0 or not lines[at - 1].strip()
    # Words of the cue before may follow a blank line in it; of SubRip a name is always a number.
    return after_a_blank and (kind == "vtt" or lines[at].strip().isdecimal())


def utterances_of_cue(cue: Cue, kind: str) -> Iterator[Utterance]:
    """Yield what each voice says in a cue."""
    for name, said in voices_in_cue(PLACE_ON_SCREEN.sub("", "\n".join(cue.lines))):
        for voice in VOICES.split(said):
            shown = TAG.sub("", voice)
            shown = " ".join((html.unescape(shown) if kind == "vtt" else shown).split())
            if shown:
                yield Utterance(name, shown, cue.start)


def silent_voices(cue: Cue) -> Iterator[LeftOut]:
    """Yield the names of voices that say nothing in a cue."""
    for name, said in voices_in_cue("\n".join(cue.lines)):
        if name and not TAG.sub("", PLACE_ON_SCREEN.sub("", said)).strip():
            yield LeftOut("speakers without words", f"cue {cue.start}", name)


def voices_in_cue(words: str) -> list[tuple[str, str]]:
    """Return what each voice says in a cue, with its name where there is one."""
    found = list(VOICE.finditer(words))
    starts = [0, *(voice.end() for voice in found)]
    ends = [*(voice.start() for voice in found), len(words)]
    names = ["", *(html.unescape(" ".join((voice["name"] or "").split())) for voice in found)]  # none after "</v>"
    return [(name, words[start:end]) for name, start, end in zip(names, starts, ends, strict=True)]
