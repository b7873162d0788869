"""What in a transcript may lead back to a person, and its consistent replacement.

The rules are simple: words with a capital letter, and whatever has the form of a date, a number or an address. They
find too much rather than too little, and they do not understand what they read: only a person will notice a nickname
in lower case, a job that only one person has, or names in a script without capital letters.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from programmes.transcripts.turns import SPEAKER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def word_list(name: str) -> frozenset[str]:
    """Return the words of one of the lists that stand beside this module."""
    return frozenset((Path(__file__).parent / f"words_{name}.txt").read_text(encoding="utf-8").split())


class IdentifierKind(StrEnum):
    """What may lead back to a person, in the word that stands in its place."""

    NAME = "name"
    PLACE = "place"  # or an organisation
    DATE = "date"
    ADDRESS = "address"  # of e-mail, or in the web
    NUMBER = "number"  # or an age


CONTEXT_SIZE = 40  # characters that are shown before and after what was found
EXAMPLES = 3
MOST_REMAINING = 50  # that are listed of the replaced words that remain; who reads fifty reads the text
LONG_NUMBER = 6  # digits, from which a number is likely one of a person
MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
DAY = "[0-9]{1,2}(?:st|nd|rd|th)?"
FORMS = {
    IdentifierKind.ADDRESS: (
        r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
        r"(?:https?://|www\.)[^\s<>\"”]*[\w/]",
        r"(?<![\w.])@\w{2,}",
    ),
    IdentifierKind.DATE: (
        rf"\b{DAY}(?: of)? {MONTH}(?:,? (?:19|20)[0-9]{{2}})?\b",
        rf"\b{MONTH} (?:{DAY}\b(?:,? (?:19|20)[0-9]{{2}}\b)?|(?:19|20)[0-9]{{2}}\b)",
        r"\b[0-9]{1,4}([/.-])[0-9]{1,2}\1[0-9]{2,4}\b",
        r"\b(?:19|20)[0-9]{2}\b",
    ),
    IdentifierKind.PLACE: (r"\b[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}\b",),  # a British postcode
    IdentifierKind.NUMBER: (
        r"(?<![\w.])\+?[0-9](?:[ ()-]{0,2}[0-9]){5,}(?!\w)",
        r"\b(?=[A-Z]*[0-9])(?=[0-9]*[A-Z])[A-Z0-9]{5,}\b",
        r"\b[0-9]{1,3}[ -]years?[ -]olds?\b",
        r"\baged? [0-9]{1,3}\b",
        r"\b[0-9]{4,}\b",
    ),
}
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
JOINS = re.compile(r"(?:\.? | (?:of|de|la|van|der|den|von) )")
TITLES = frozenset(("Mr", "Mrs", "Ms", "Miss", "Mx", "Dr", "Prof", "Professor", "Sir", "Nurse", "Sister", "Father"))
OF_PLACES = word_list("places")  # that end the names of places and organisations
BEFORE_PLACES = frozenset(("in", "at", "near", "around", "across"))
ROLES = word_list("roles")  # before a colon, that name nobody
# Capitalised words that name nobody, or that begin sentences so often that they would drown the rest.
COMMON = word_list("common")
ENDS_SENTENCE = re.compile(r"(?:\A|\n|[.!?…:;\])—–-]|[“\"‘'(\[])\s*\Z")


class Occurrence(NamedTuple):
    """Words that may lead back to a person, in one place of a text."""

    words: str
    kind: IdentifierKind
    start: int
    likely: bool


@dataclass
class Finding:
    """Words that may lead back to a person, and where they stand."""

    words: str
    kind: IdentifierKind
    likely: bool  # whether they are proposed for replacement
    positions: list[int] = field(default_factory=list)

    def examples(self, text: str) -> list[tuple[str, str]]:
        """Return the text before and after the words, for their first few occurrences."""
        ends = [(start, start + len(self.words)) for start in self.positions[:EXAMPLES]]
        return [(text[max(0, start - CONTEXT_SIZE) : start], text[end : end + CONTEXT_SIZE]) for start, end in ends]


def identifiers_in(text: str) -> list[Finding]:
    """Return what in a text may lead back to a person: likely ones first, then by kind and place."""
    found: dict[str, Finding] = {}
    taken = [False] * len(text)  # the characters that an earlier rule accounts for
    for words, kind, start, likely in (
        *identifiers_by_form(text, taken),
        *speaker_names(text, taken),
        *capitalised_words(text, taken),
    ):
        entry = found.setdefault(words, Finding(words, kind, likely))
        entry.likely |= likely
        entry.positions.append(start)
    kinds = list(IdentifierKind)
    for entry in found.values():
        entry.positions.sort()
    return sorted(found.values(), key=lambda entry: (not entry.likely, kinds.index(entry.kind), entry.positions[0]))


def identifiers_by_form(text: str, taken: list[bool]) -> list[Occurrence]:
    """Return what has the form of an address, a date, a postcode or a number. A year or an age alone is not likely."""
    found: list[Occurrence] = []
    for kind, form in ((kind, form) for kind, forms in FORMS.items() for form in forms):
        for match in re.finditer(form, text):
            start, end = match.span()
            if not any(taken[start:end]):
                taken[start:end] = [True] * (end - start)
                digits = len(re.sub("[^0-9]", "", match[0]))
                likely = digits >= LONG_NUMBER if kind == IdentifierKind.NUMBER else not match[0].isdigit()
                found.append(Occurrence(match[0], kind, start, likely))
    return found


def speaker_names(text: str, taken: list[bool]) -> list[Occurrence]:
    """Return the names before a colon at the start of a line, other than those of roles."""
    found: list[Occurrence] = []
    for line in re.finditer("^.*$", text, re.MULTILINE):
        label = SPEAKER.match(line[0])
        if label and label["name"][0].isupper():
            start = line.start() + label.start("name")
            taken[start : start + len(label["name"])] = [True] * len(label["name"])
            if not set(re.findall("[a-z]+", label["name"].lower())) <= ROLES:
                found.append(Occurrence(label["name"], IdentifierKind.NAME, start, likely=True))
    return found


def identifier_kind(words: str, before: str) -> IdentifierKind:
    """Return whether capitalised words look like a place or organisation, or like a name."""
    last = re.findall(r"\w+", before)[-1:]
    is_place = not OF_PLACES.isdisjoint(words.split()) or not BEFORE_PLACES.isdisjoint(last)
    return IdentifierKind.PLACE if is_place or (words.isupper() and len(words) > 1) else IdentifierKind.NAME


def capitalised_words(text: str, taken: list[bool]) -> list[Occurrence]:
    """Return words with capital letters that may be names. Where they only begin a sentence they are not likely."""
    small = {match[0] for match in WORD.finditer(text) if match[0][0].islower() and not taken[match.start()]}
    ordinary = small | COMMON
    found: list[Occurrence] = []
    for run in capitalised_runs(text, taken):
        begins = bool(ENDS_SENTENCE.search(text, max(0, run[0].start() - CONTEXT_SIZE), run[0].start()))
        words = [without_possessive(match[0]) for match in run]
        first, last = 0, len(run)
        if begins and last > 1 and words[0] not in TITLES and words[0].lower() in ordinary:
            first, begins = 1, False  # what is left does not begin the sentence
        while first < last and words[first].lower() in COMMON:
            first += 1
        while first < last and words[last - 1].lower() in COMMON:
            last -= 1
        if first == last or (begins and words[first].lower() in small):
            continue
        start = run[first].start()
        name = text[start : run[last - 1].start() + len(words[last - 1])]
        kind = identifier_kind(name, text[max(0, start - CONTEXT_SIZE) : start])
        found.append(Occurrence(name, kind, start, likely=not begins and not name.isupper()))
    return found


def capitalised_runs(text: str, taken: list[bool]) -> Iterator[list[re.Match[str]]]:
    """Yield capitalised words that follow one another, joined by spaces or by words such as “of”."""
    run: list[re.Match[str]] = []
    for match in WORD.finditer(text):
        if not match[0][0].isupper() or taken[match.start()]:
            continue
        between = text[run[-1].end() : match.start()] if run else ""
        if run and (not JOINS.fullmatch(between) or (between[0] == "." and run[-1][0] not in TITLES)):
            yield run
            run = []
        run.append(match)
    if run:
        yield run


def without_possessive(word: str) -> str:
    """Return a word without the s of a possessive."""
    return re.sub("['’]s$", "", word)


def proposals(findings: Iterable[Finding], key: dict[str, str]) -> dict[str, str]:
    """Return a replacement for each finding: the one in the key of other transcripts, or a numbered label.

    Part of a name gets the label of the longest name that it is part of. What is not likely is left as it is.
    """
    findings = sorted(findings, key=lambda entry: entry.positions[0])
    names = sorted((entry.words for entry in findings if entry.likely), key=len, reverse=True)
    numbers: dict[str, int] = defaultdict(int)
    for used in key.values():
        if numbered := re.fullmatch(r"\[(.+) ([0-9]+)\]", used):
            numbers[numbered[1]] = max(numbers[numbered[1]], int(numbered[2]))
    labels: dict[str, str] = dict(key)
    for finding in findings:
        words = finding.words
        whole = words
        if finding.kind == IdentifierKind.NAME:
            whole = next((name for name in names if words in WORD.findall(name)), words)
        if words not in labels and finding.likely:
            if whole not in labels:
                numbers[finding.kind] += 1
                labels[whole] = f"[{finding.kind} {numbers[finding.kind]}]"
            labels[words] = labels[whole]
    return {finding.words: labels.get(finding.words, "") for finding in findings}


@dataclass(frozen=True)
class Pseudonymised:
    """A text in which words were replaced: the span of each replacement, how often each was made, and what remains."""

    text: str
    spans: list[tuple[int, int]]
    times: dict[str, int]
    remaining: list[tuple[int, str]]  # the line and the words: in another case, or inside another word

    @property
    def parts(self) -> list[tuple[str, bool]]:
        """Return the text in parts, each with whether it is a replacement."""
        found, last = [], 0
        for start, end in self.spans:
            found += [(self.text[last:start], False), (self.text[start:end], True)]
            last = end
        return [(words, replaced) for words, replaced in [*found, (self.text[last:], False)] if words]


def pseudonymise(text: str, replacements: dict[str, str]) -> Pseudonymised:
    """Return a text with words replaced wherever they stand whole, longer ones first, all in one pass.

    Words with an empty replacement are kept.
    """
    words = sorted((entry for entry in replacements if replacements[entry]), key=lambda entry: (-len(entry), entry))
    if not words:
        return Pseudonymised(text, [], {}, [])
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)")
    parts: list[str] = []
    spans: list[tuple[int, int]] = []
    times = dict.fromkeys(words, 0)
    last = length = 0
    for match in pattern.finditer(text):
        replacement = replacements[match[0]]
        parts += [text[last : match.start()], replacement]
        length += match.start() - last + len(replacement)
        spans.append((length - len(replacement), length))
        times[match[0]] += 1
        last = match.end()
    result = "".join([*parts, text[last:]])
    return Pseudonymised(result, spans, times, remaining_words(result, spans, words))


def remaining_words(text: str, spans: list[tuple[int, int]], words: list[str]) -> list[tuple[int, str]]:
    """Return the first replaced words that remain outside the replacements: in another case, or inside another word."""
    telling = [entry for entry in words if len(entry) > 1]
    if not telling:
        return []
    pattern = re.compile("|".join(map(re.escape, telling)), re.IGNORECASE)
    inside = re.compile(r"\w*\Z"), re.compile(r"\w*")
    replaced = {position for start, end in spans for position in range(start, end)}
    found = []
    for match in islice((match for match in pattern.finditer(text) if match.start() not in replaced), MOST_REMAINING):
        before = inside[0].search(text, max(0, match.start() - CONTEXT_SIZE), match.start())
        after = inside[1].match(text, match.end(), match.end() + CONTEXT_SIZE)
        shown = (before[0] if before else "") + match[0] + (after[0] if after else "")
        found.append((text.count("\n", 0, match.start()) + 1, shown))
    return found
