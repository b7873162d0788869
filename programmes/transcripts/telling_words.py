"""Words of a quote by which somebody may be known again, found by plain rules, for a person to decide about.

The rules know capitals inside sentences, numbers, and short lists of words in some languages. They miss things, and
find what is harmless: what they say is a hint and no check.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from programmes.transcripts.runs import run_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NAME, PLACE, DAY, DATE, NUMBER = "a name", "a place", "a day", "a date", "a number"
AGE, RELATIVE, TRADE, ADDRESS = "an age", "a relative", "a trade", "an address"
NAMES = {"en": "English", "de": "German", "fr": "French", "es": "Spanish"}
NOUNS_IN_CAPITALS = {"de"}  # so that a capital tells nothing there
KIND_OF_LIST = {"day": DAY, "month": DATE, "relative": RELATIVE, "place": PLACE, "trade": TRADE, "number": NUMBER}
LEAST_FUNCTION_WORDS = 0.15  # of the words of a text, by which its language is known
# A word, also one of several with hyphens, or with an apostrophe in it.
WORD = re.compile(r"[^\W\d_](?:[^\W_]|[\u0300-\u036f])*(?:[-’'][^\W\d_](?:[^\W_]|[\u0300-\u036f])*)*")
ADDRESSES = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|https?://\S*[\w/]|www\.\S*[\w/]|@\w{3,}|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b"
)
DATES = re.compile(r"\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b|\b(?:19|20)\d\d\b")
NUMBERS = re.compile(r"\+?\d[\d ().,/-]*\d|\d")
AGES = re.compile(
    r"\b(?:\w+|\d+)[- ]years?[- ]old\b|\baged? (?:of )?\d+\b|\b\d+[- ]?(?:jährige?[rsn]?|ans|años)\b", re.IGNORECASE
)
IN_LAW = re.compile(r"-in-law\b", re.IGNORECASE)
SENTENCE_ENDS = '.!?…:\n“”"«»'
BETWEEN = re.compile(r"[\s,]*(?:(?:the|a|an|of|der|die|das|von|le|la|les|du|de|des|el|los|del)\s+)?", re.IGNORECASE)
BEFORE_PLACE = re.compile(r"\b(?:from|in|at|near|to|outside)\s+(?:the\s+)?$", re.IGNORECASE)
BEFORE_ITS_NAME = re.compile(r"\b(?:from|in|at|near|outside)\s+$", re.IGNORECASE)


@dataclass(frozen=True)
class TellingWords:
    """Words of a text, and what they tell."""

    start: int
    end: int
    kinds: tuple[str, ...]

    @property
    def says(self) -> str:
        """Return what they tell, in words."""
        *others, last = self.kinds
        return f"{', '.join(others)} and {last}" if others else last


@cache
def vocabularies() -> dict[str, dict[str, frozenset[str]]]:
    """Return the lists of words, by language and by what they tell."""
    lists = tomllib.loads(Path(__file__).with_name("words_that_tell.toml").read_text())
    return {
        language: {kind: frozenset(words.split()) for kind, words in kinds.items()} for language, kinds in lists.items()
    }


def language_of(text: str) -> str:
    """Return the language of a text as far as its small words tell it; empty where there is no list for it."""
    words = [word.folded for word in run_words(text)]
    shares = {
        language: sum(word in lists["function"] for word in words) / max(1, len(words))
        for language, lists in vocabularies().items()
    }
    best = max(shares, key=lambda language: shares[language])
    return best if shares[best] >= LEAST_FUNCTION_WORDS else ""


def rules_in_words(language: str) -> str:
    """Return what the rules look for, and that they miss things."""
    if not language:
        return (
            "Found by plain rules that have no list of words for this language: capitals, numbers and addresses alone. "
            "They miss things. You decide."
        )
    names = "places" if language in NOUNS_IN_CAPITALS else "names, places"
    return (
        f"Found by plain rules for {NAMES[language]}: {names}, days, dates, numbers, ages, relatives, trades. They "
        "miss things. You decide."
    )


def telling_words(text: str, around: str = "") -> list[TellingWords]:
    """Return the words of a text by which somebody may be known, in order; the words around tell its language."""
    language = language_of(f"{around} {text}")
    lists = vocabularies().get(language, {})
    found = [
        *((*place.span(), kind) for pattern, kind in PATTERNS for place in pattern.finditer(text)),
        *words_in_lists(text, lists),
        *(words_with_capitals(text, lists) if language not in NOUNS_IN_CAPITALS else names_after_titles(text, lists)),
    ]
    return together(text, sorted(found))


PATTERNS = ((ADDRESSES, ADDRESS), (DATES, DATE), (AGES, AGE), (NUMBERS, NUMBER))


def words_in_lists(text: str, lists: dict[str, frozenset[str]]) -> Iterator[tuple[int, int, str]]:
    """Yield the words that stand in a list."""
    for word in WORD.finditer(text):
        folded = word[0].lower().removesuffix("’s").removesuffix("'s")
        end = word.start() + len(folded)
        if IN_LAW.search(folded):
            yield word.start(), end, RELATIVE
            continue
        for kind, tells in KIND_OF_LIST.items():
            if folded not in lists.get(kind, ()) or (
                kind == "month" and word[0].islower() and folded in {"may", "march"}
            ):
                continue
            start = place_from(text, word.start()) if kind == "place" else word.start()
            yield start, end, tells
            break


def place_from(text: str, start: int) -> int:
    """Return where the words before the word for a place begin that lead to it, as in "from the"."""
    before = BEFORE_PLACE.search(text, max(0, start - 40), start)
    return before.start() if before else start


def words_with_capitals(text: str, lists: dict[str, frozenset[str]]) -> Iterator[tuple[int, int, str]]:
    """Yield words with a capital that do not begin a sentence, and what follows a title."""
    yield from names_after_titles(text, lists)
    listed_words = frozenset().union(*(lists.get(kind, ()) for kind in ("never", "day", "month")))
    for word in WORD.finditer(text):
        before = text[: word.start()].rstrip(" \t'‘(")
        begins = not before or before[-1] in SENTENCE_ENDS
        if word[0][0].isupper() and not begins and word[0].lower().replace("’", "'") not in listed_words:
            place = BEFORE_ITS_NAME.search(text, max(0, word.start() - 20), word.start())
            yield word.start(), word.end(), PLACE if place else NAME


def names_after_titles(text: str, lists: dict[str, frozenset[str]]) -> Iterator[tuple[int, int, str]]:
    """Yield the names that follow a title, with it."""
    words = list(WORD.finditer(text))
    for title, name in pairwise(words):
        between = text[title.end() : name.start()]
        is_title = title[0].lower() in lists.get("title", ()) and title[0][0].isupper()
        if is_title and between.strip(" .") == "" and name[0][0].isupper():
            yield title.start(), name.end(), NAME


def together(text: str, found: Sequence[tuple[int, int, str]]) -> list[TellingWords]:
    """Return what was found in order; what has nothing but small words between it is one."""
    joined: list[tuple[int, int, list[str]]] = []
    for start, end, kind in found:
        if joined and (start < joined[-1][1] or BETWEEN.fullmatch(text, joined[-1][1], start)):
            first, last, kinds = joined[-1]
            joined[-1] = (first, max(last, end), [*kinds, *([kind] if kind not in kinds else [])])
        else:
            joined.append((start, end, [kind]))
    return [TellingWords(start, end, tuple(kinds_told(kinds))) for start, end, kinds in joined]


def kinds_told(kinds: list[str]) -> list[str]:
    """Return kinds without those that a more exact one tells already."""
    exact = {DATE, AGE, ADDRESS}.intersection(kinds)
    return [kind for kind in kinds if kind != NUMBER or not exact]
