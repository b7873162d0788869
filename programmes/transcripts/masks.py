"""Masks over words: the team reads what is beneath them, and everybody else one sign, however long the words are.

A mask is a span of a text in code points. It covers whole words: of half a word the other half can be guessed.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from programmes.transcripts.runs import RunWord, run_words
from programmes.words import like

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Span = tuple[int, int]

SIGN = "[…]"  # what everybody else reads instead of the words
JOINER = "\u200d"  # makes one sign of several, as of a family
UPON = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]"
)
FLAG = re.compile("[\U0001f1e6-\U0001f1ff]")


def mask_spans(lines: Iterable[str]) -> list[Span]:
    """Return masks as they are kept, each a line such as "4 15", as spans."""
    return [(int(start), int(end)) for start, end in (line.split() for line in lines)]


def mask_lines(spans: Iterable[Span]) -> list[str]:
    """Return spans as they are kept."""
    return [f"{start} {end}" for start, end in spans]


def covered(text: str, spans: Sequence[Span]) -> str:
    """Return a text as everybody reads it: a sign for the words of each mask, on each of its lines."""
    if not spans:
        return text
    pieces, last = [], 0
    for start, end in spans:
        pieces += [text[last:start], "\n".join(SIGN if line.strip() else line for line in text[start:end].split("\n"))]
        last = end
    return like(text, "".join([*pieces, text[last:]]))


def whole_masks(text: str, spans: Iterable[Span]) -> list[Span]:
    """Return masks in order over whole words and signs, without blanks at their ends; those that touch are one."""
    words = run_words(text)
    found: list[Span] = []
    for first, last in sorted(spans):
        start, end = without_blank_ends(text, max(0, first), min(last, len(text)))
        if start >= end or all(word.end <= start or word.start >= end for word in words):
            continue  # a mask over no word says nothing but that something is there
        start, end = widened(text, words, start, end)
        if found and not text[found[-1][1] : start].strip():
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def without_blank_ends(text: str, start: int, end: int) -> Span:
    """Return a span without blanks at its ends."""
    words = text[start:end]
    return start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())


def widened(text: str, words: Sequence[RunWord], start: int, end: int) -> Span:
    """Return a span that cuts no word and no sign made of several characters."""
    for word in words:
        if word.start < start < word.end:
            start = word.start
        if word.start < end < word.end:
            end = word.end
    while 0 < start < len(text) and is_one(text, start):
        start -= 1
    while 0 < end < len(text) and is_one(text, end):
        end += 1
    return start, end


def is_one(text: str, place: int) -> bool:
    """Say whether the characters on both sides of a place are one sign to a reader."""
    before, after = text[place - 1], text[place]
    both_flags = FLAG.match(before) is not None and FLAG.match(after) is not None
    return both_flags or JOINER in (before, after) or UPON.match(after) is not None or (before, after) == ("\r", "\n")


def moved(old: str, spans: Sequence[Span], new: str) -> list[Span]:
    """Return the masks over a text that became another one: over the same words, and over what came between them.

    Words beneath a mask that stand elsewhere in the new text get one too.
    """
    if not spans or len(old) == len(new):
        return list(spans)
    places: dict[int, int] = {}
    for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        places |= {block.a + step: block.b + step for step in range(block.size)}
    found: list[Span] = []
    for start, end in spans:
        there = [places[place] for place in range(start, end) if place in places]
        if there:
            found.append((min(there), max(there) + 1))
    return whole_masks(new, [*found, *places_of_covered(old, spans, new)])


def places_of_covered(old: str, spans: Iterable[Span], new: str) -> list[Span]:
    """Return where the words that masks cover in one text stand in another."""
    words = run_words(new)
    wanted = [[word.folded for word in run_words(old[start:end])] for start, end in spans]
    return [
        (words[first].start, words[first + len(run) - 1].end)
        for run in filter(None, wanted)
        for first in range(len(words) - len(run) + 1)
        if [word.folded for word in words[first : first + len(run)]] == run
    ]


def places_of_words(text: str, words: str) -> list[Span]:
    """Return every place at which words stand in a text, whatever their case and what stands between them."""
    return places_of_covered(words, [(0, len(words))], text)


def covered_as_printed(text: str, spans: Sequence[Span], printed: str) -> str:
    """Return the same words as they were printed, with the same masks; where they cannot be found, none of them."""
    if not spans or not printed:
        return printed
    first = printed.find(text)
    if first >= 0:
        return covered(printed, [(first + start, first + end) for start, end in spans])
    each = [places_of_covered(text, [span], printed) for span in spans]
    if not all(each):
        return like(printed, SIGN)
    return covered(printed, whole_masks(printed, [place for places in each for place in places]))


def repeats_covered(text: str, spans: Iterable[Span], said: str) -> bool:
    """Say whether a text has words that masks cover in another one, and that do not stand there for all to read."""
    beneath = {word.folded for start, end in spans for word in run_words(text[start:end])}
    open_words = {word.folded for word in run_words(covered(text, whole_masks(text, spans)))}
    return not beneath.isdisjoint({word.folded for word in run_words(said)} - open_words)
