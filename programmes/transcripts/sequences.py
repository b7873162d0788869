"""The sequences in which the words of a text may have been said, whatever the text has between them.

A transcript that was exported anew has other labels, times and line ends between the same words. So a text is compared
as it stands, and without what stands between words in any such form.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from programmes.transcripts.runs import (
    PERSON,
    WORDS_AROUND,
    RunShape,
    RunWord,
    fold,
    is_spoken,
    run_words,
    runs_in,
)
from programmes.transcripts.turns import Label, speakers_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    KnownRun = tuple[RunShape, tuple[str, ...]]

# A word that goes on in the next line, as typesetting divides it.
DIVIDED = re.compile("[-\u2010\u2011\u00ad][ \t\r]*+\n\\s*+")
# What is written between the words that are said: "[laughs]", "(00:01)", "<br>", "&nbsp;".
INSERTED = re.compile(r"\[[^\[\]\n]{0,80}\]|\([^()\n]{0,80}\)|<[^<>\n]{0,200}>|&#?\w{1,10};")
# The speaker before what is said, in forms that no transcript is read by: "[P1] Yes", "P1 - Yes", "P1> Yes".
MORE_LABELS = re.compile(r"\s*+(?P<name>[^\W\d_][^\n:?!;.,]{0,40}?)(?:\s++[-\u2013\u2014]\s|\s*+[>|])\s*")
SPACES = re.compile("[\u200b\u2060\ufeff]")  # that show nothing, and may stand for a space or inside a word
LEAST_TIMES = 2  # that a label in such a form stands before words


class WordSequence(NamedTuple):
    """Words that may have been said one after another, in the order of their text."""

    words: Sequence[RunWord]
    whole: bool  # whether they are all that the text says
    spoken: bool  # whether no number and no sign is among them


def word_sequences(text: str) -> Iterator[WordSequence]:
    """Yield the words of a text as they stand; then in each other way in which they may have been said."""
    seen: set[tuple[str, ...]] = set()
    for words, whole in sequences_of(text):
        spoken = [word for word in words if is_spoken(word)]
        for those in (words, spoken):
            folded = tuple(word.folded for word in those)
            if folded not in seen:
                seen.add(folded)
                yield WordSequence(those, whole, len(those) == len(spoken))


def sequences_of(text: str) -> Iterator[tuple[list[RunWord], bool]]:
    """Yield words in each order in which they may have been said, and whether they are the whole of the text."""
    words = run_words(text)
    yield words, True
    if SPACES.search(text):
        yield run_words(SPACES.sub(" ", text)), True
    if DIVIDED.search(text):
        words = with_divided_words(text, words)
        yield words, True
    labels = labels_in(text)
    said, speakers = words_beside(words, labels, [found.span() for found in INSERTED.finditer(text)])
    yield said, True
    if len({label.name for label in labels}) > 1:
        by_speaker = defaultdict(list)
        for word, speaker in zip(said, speakers, strict=True):
            by_speaker[speaker].append(word)
        yield from ((theirs, False) for theirs in by_speaker.values())


def with_divided_words(text: str, words: Sequence[RunWord]) -> list[RunWord]:
    """Return words of which those that are divided at the end of a line are whole."""
    found: list[RunWord] = []
    whole = -1  # the place of the last that was made whole: a word is divided once
    for word in words:
        if found and whole != len(found) and DIVIDED.fullmatch(text, found[-1].end, word.start):
            first = found.pop()
            found.append(RunWord(fold(first.folded + word.folded), first.start, word.end))
            whole = len(found)
        else:
            found.append(word)
    return found


def labels_in(text: str) -> list[Label]:
    """Return the labels of speakers in a text, also in forms by which no transcript is read."""
    labels = speakers_in(text)
    known = {label.line for label in labels}
    others: dict[str, list[Label]] = defaultdict(list)
    start = 0
    for line, row in enumerate(text.split("\n")):
        if line not in known and (match := MORE_LABELS.match(row)):
            others[match["name"]].append(Label(line, start, start + match.end(), match["name"], ""))
        start += len(row) + 1
    more = [label for found in others.values() if len(found) >= LEAST_TIMES for label in found]
    return sorted([*labels, *more], key=lambda label: label.start)


def words_beside(
    words: Sequence[RunWord], labels: Sequence[Label], inserted: Sequence[tuple[int, int]]
) -> tuple[list[RunWord], list[str]]:
    """Return the words beside labels and whatever is inserted, and who says each of them."""
    beside = sorted([*inserted, *((label.start, label.end) for label in labels)])
    said: list[RunWord] = []
    speakers: list[str] = []
    place = turn = 0
    for word in words:
        while turn < len(labels) and labels[turn].start <= word.start:
            turn += 1
        while place < len(beside) and beside[place][1] <= word.start:
            place += 1
        if place == len(beside) or word.end <= beside[place][0]:
            said.append(word)
            speakers.append(labels[turn - 1].name if turn else "")
    return said, speakers


def spoken_runs(text: str, length: int) -> set[tuple[str, ...]]:
    """Return every run of so many words of a text, in each way in which its words may have been said."""
    return {run for words in word_sequences(text) if words.spoken for _, run in runs_in(words.words, length)}


def passage_runs(text: str, start: int, end: int) -> list[KnownRun]:
    """Return the runs by which a passage is known again, whatever is inserted between its words.

    A long passage is known by its own words too, and so is every part of it.
    """
    found: dict[KnownRun, None] = {}
    erased: list[str] = []
    for number, sequence in enumerate(words for words in word_sequences(text) if words.whole):
        words = sequence.words
        first = bisect_left([word.end for word in words], start + 1)
        last = bisect_left([word.start for word in words], end)
        folded = [word.folded for word in words]
        if number == 0:
            erased = folded[first:last]
        if folded[first:last] == erased:
            found |= dict.fromkeys(runs_beside(folded, first, last))
    own = [RunWord(word, 0, 0) for word in erased if is_spoken(RunWord(word, 0, 0))]
    found |= {(PERSON, run): None for _, run in runs_in(own, PERSON.length)}
    return list(found)


def runs_beside(folded: Sequence[str], first: int, last: int) -> Iterator[KnownRun]:
    """Yield the runs of a passage: with the words before it, and with those after it.

    Where these are few, it is known with both as well; without any words around it, it is known by itself. What has no
    words is known by those on both sides.
    """
    before, after = min(WORDS_AROUND, first), min(WORDS_AROUND, len(folded) - last)
    erased = last - first
    shapes = {RunShape(before, erased, 0), RunShape(0, erased, after)} if erased else {RunShape(before, 0, after)}
    if all(shape.is_common for shape in shapes):
        shapes |= {RunShape(before, erased, after)}
    known = [shape for shape in shapes if shape.length > shape.erased] or [RunShape(0, erased, 0)]
    for shape in sorted(known, key=lambda shape: (shape.before, shape.after)):
        if shape.length:
            yield shape, tuple(folded[first - shape.before : last + shape.after])
