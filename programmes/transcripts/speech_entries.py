"""What an entry of a file in JSON says: its words, as each program names them, and who speaks them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from programmes.transcripts.json_nodes import ALTERNATIVES, Number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from programmes.transcripts.json_nodes import Mark

# Names of things that programs give them, in small letters.
WORDS = (
    "text", "transcript", "transcription", "display", "displaytext", "punctuated_word", "punct", "word", "utterance",
    "sentence", "content", "caption", "spokentext", "body", "words", "value", "utf8",
)  # fmt: skip
COUNTS = ("words", "value", "body", "utf8")  # names of words under which a number says how many there are, or how sure
PARTS = ("sentences", "words", "elements", "items", "tokens", "segs", "result")  # of an entry without words of its own
SPEAKERS = (
    "speaker_info", "speaker_name", "speakername", "speakerdisplayname", "speaker", "speaker_label", "speakerlabel",
    "speaker_id", "speakerid", "speaker_tag", "speakertag", "participant", "participant_name", "participantrole",
    "channel_label",
)  # fmt: skip
NAMES_OF_SPEAKERS = ("name", "speaker_name", "display_name", "label")
PUNCTUATION = {"punctuation", "punct"}
# Characters that are written without spaces between them, of Chinese and Japanese.
CHARACTER = "[\u3001\u3002\u3040-\u30ff\u3400-\u9fff\uff01-\uff1f]"
FULL_WIDTH = "\u3001\u3002\uff01\uff0c\uff1f"  # their commas and stops
BETWEEN_CHARACTERS = re.compile(f"(?<={CHARACTER}) (?={CHARACTER})")
# May differ where the words are the same, as "3.5" and "35", "we're" and "were" are not.
NO_WORDS = re.compile(rf"""[\s;!?…"“”„«»()\[\]–—¿¡{FULL_WIDTH}]+|[.,:](?!\d)|(?<!\d)[.,:]""")
CLOSING = re.compile(f"[.,;:!?…{FULL_WIDTH}]+")  # follows the word before it without a space
MOST_DEPTH = 3  # that is looked into for the words of one entry


@dataclass(frozen=True, slots=True)
class Said:
    """Words of an entry, and the strings that they are from."""

    words: str = ""
    marks: tuple[Mark, ...] = ()
    kind: str = ""  # of a single word: "punctuation"


@dataclass(frozen=True, slots=True)
class Shape:
    """Under which names an entry may have its words, and who speaks them: those that say the most first."""

    words: tuple[str, ...]
    likeliest: tuple[str, ...]
    parts: tuple[str, ...]
    speakers: tuple[str, ...]


def one_line(words: str) -> str:
    """Return words with one space between them."""
    return " ".join(words.split())


def letters_of(words: str) -> str:
    """Return what is the same in words that are the same, however they are joined and punctuated."""
    return NO_WORDS.sub("", words).replace("’", "'").casefold()


def kind_of_word(entry: dict[str, Any]) -> str:
    """Return what kind of word an entry says it is."""
    return str(entry.get("type", "")).lower()


@lru_cache(maxsize=1000)
def shape_of(names: tuple[str, ...]) -> Shape:
    """Return the shape of all entries with these names."""
    roles = (WORDS, ALTERNATIVES, PARTS, SPEAKERS)
    small = [(name.lower(), name) for name in names]
    return Shape(*(tuple(name for known in role for lower, name in small if lower == known) for role in roles))


def words_of_entry(entry: dict[str, Any], depth: int = 0) -> Said:
    """Return the words of an entry: its own, those that are likeliest, or those of its parts."""
    shape = shape_of(tuple(entry))
    own = [own_words(entry, name) for name in shape.words]
    for found in own:
        if found.words.strip():
            return found
    for likely in first_alternatives(entry, shape) if depth < MOST_DEPTH else ():
        if (found := words_of_entry(likely, depth + 1)).words:
            return replace(found, kind=kind_of_word(entry))
    for name in shape.parts if depth < MOST_DEPTH else ():
        found = joined_words(words_of_part(part, mark, depth) for mark, part in marked_parts(entry[name]))
        if found.words:
            return found
    own += [numbers_said(entry, name) for name in shape.words]
    return next((found for found in own if found.words), Said())  # spaces between words


def own_words(entry: dict[str, Any], name: str) -> Said:
    """Return words that stand in an entry by this name, also those that are written as a list of lines."""
    value = entry[name]
    if isinstance(value, str):
        return Said(value, ((id(entry), name),), kind_of_word(entry))
    lines = [(mark, line) for mark, line in marked_parts(value) if isinstance(line, str) and name.lower() not in PARTS]
    return Said("\n".join(line for _, line in lines), tuple(mark for mark, _ in lines))


def numbers_said(entry: dict[str, Any], name: str) -> Said:
    """Return a number that stands where words are, as in "text": 42; elsewhere numbers measure and count."""
    value = entry[name]
    said = isinstance(value, Number) and name.lower() not in COUNTS
    return Said(value.written, ((id(entry), name),), kind_of_word(entry)) if said else Said()


def first_alternatives(entry: dict[str, Any], shape: Shape) -> list[dict[str, Any]]:
    """Return those of an entry's alternatives that are the first of their list."""
    return [first for name in shape.likeliest for first in dicts_in(entry[name])[:1]]


def marked_parts(parts: Any) -> list[tuple[Mark, Any]]:
    """Return what is in a list, or nothing if it is none or one of numbers."""
    if not isinstance(parts, list) or all(isinstance(part, Number) for part in parts):
        return []
    return [((id(parts), at), part) for at, part in enumerate(parts)]


def words_of_part(part: Any, mark: Mark, depth: int) -> Said:
    """Return the words of one part of an entry."""
    if isinstance(part, str | Number):
        return Said(part.written if isinstance(part, Number) else part, (mark,))
    return words_of_entry(part, depth + 1) if isinstance(part, dict) else Said()


def joined_words(parts: Iterable[Said]) -> Said:
    """Return words after one another, with spaces where they bring none themselves."""
    spoken = [part for part in parts if part.words]
    marks = tuple(mark for part in spoken for mark in part.marks)
    if any(part.words != part.words.strip() for part in spoken):
        return Said("".join(part.words for part in spoken), marks)
    attached = [part.kind in PUNCTUATION or CLOSING.fullmatch(part.words) for part in spoken]
    words = "".join(part.words if close else f" {part.words}" for part, close in zip(spoken, attached, strict=True))
    return Said(BETWEEN_CHARACTERS.sub("", words.removeprefix(" ")), marks)


def speaker_of(entry: dict[str, Any], depth: int = 0) -> str:
    """Return who speaks in an entry: a name, or what stands for one."""
    shape = shape_of(tuple(entry))
    for name in shape.speakers:
        if speaker := as_speaker(entry[name]):
            return speaker
    likely = first_alternatives(entry, shape) if depth < MOST_DEPTH else []
    return next((speaker for first in likely if (speaker := speaker_of(first, depth + 1))), "")


def as_speaker(value: Any) -> str:
    """Return what names somebody; nothing where a program writes that it knows nobody."""
    if isinstance(value, dict):
        return next((name for key in NAMES_OF_SPEAKERS if (name := as_speaker(value.get(key)))), "")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    whole = isinstance(value, float) and value.is_integer()  # as all numbers are read
    name = one_line(f"{value:.0f}" if whole else str(value))
    return name if any(letter.isalnum() for letter in name) else ""


def dicts_in(value: Any) -> list[dict[str, Any]]:
    """Return the objects in a list, or none if it is no list."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
