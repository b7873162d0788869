"""The words of a search: how a query is parsed, which words count as the same, and how well a text matches.

Both databases and this module take two words for the same when Porter's algorithm gives them one stem (Porter 1980,
"An algorithm for suffix stripping", https://tartarus.org/martin/PorterStemmer/), whatever their case and accents.
So the databases find the records, and this module ranks, cuts and highlights them, alike for both.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import snowballstemmer
from django.utils.html import escape
from rapidfuzz import process
from rapidfuzz.distance import OSA

from programmes.words import ShownWords, in_html, like

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

EXCERPT = 220  # letters of a long text that are shown around the first word that was found
MOST_TERMS = 12  # of one question; the rest is not read
WEIGHT_OF_NAME = 3  # a word in the name of a record counts as much as this many in its text
ACCENTS = "\u0300-\u036f"
TOKEN = re.compile(rf"[^\W_](?:[^\W_]|[{ACCENTS}])*")
CHUNK = re.compile(r'"([^"]*)"|“([^”]*)”|(\S+)')
# Words that a question is put with and that say nothing of what it is about.
QUESTION_WORDS = frozenset(
    [
        "a",
        "about",
        "am",
        "an",
        "and",
        "any",
        "anybody",
        "anyone",
        "are",
        "as",
        "at",
        "be",
        "been",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "doing",
        "for",
        "from",
        "had",
        "has",
        "have",
        "having",
        "he",
        "her",
        "here",
        "him",
        "his",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "isn",
        "it",
        "its",
        "me",
        "my",
        "no",
        "nor",
        "not",
        "of",
        "off",
        "on",
        "or",
        "our",
        "ours",
        "please",
        "s",
        "she",
        "should",
        "so",
        "some",
        "t",
        "tell",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "to",
        "us",
        "was",
        "wasn",
        "we",
        "were",
        "what",
        "whatever",
        "when",
        "where",
        "whether",
        "which",
        "while",
        "who",
        "whom",
        "whose",
        "why",
        "will",
        "with",
        "would",
        "you",
        "your",
        "yours",
    ]
)
# In a question of what works and why it does, that word says no more than these.
ASKING = frozenset({"what", "why", "how", "when", "where", "does", "do", "did"})
WORKS = frozenset({"work", "works", "worked", "working"})


# What SQLite's stemmer does beyond the published algorithm (its author's "departures").
DEPARTURES = ((re.compile("bl(?:y|ies)$"), "ble"), (re.compile("log(?:y|ies)$"), "log"))
SHORT = 2  # letters of a word that is its own stem
porter = snowballstemmer.stemmer("porter")


@dataclass(frozen=True)
class SearchTerm:
    """A word of a query, or several that must follow one another, with other words that do as well."""

    words: tuple[str, ...]
    others: tuple[tuple[str, ...], ...] = ()

    @property
    def phrases(self) -> tuple[tuple[str, ...], ...]:
        """Return the words that were asked for, and each of those that do as well."""
        return (self.words, *self.others)

    @property
    def stems(self) -> tuple[tuple[str, ...], ...]:
        """Return the stems of each phrase."""
        return tuple(tuple(stem(word) for word in phrase) for phrase in self.phrases)

    def __str__(self) -> str:
        return " ".join(self.words)


def terms_of(question: str) -> list[SearchTerm]:
    """Return the terms of a query: single words, and phrases in quotation marks or joined by hyphens and the like."""
    chunks = ("".join(found) for found in CHUNK.findall(question))
    terms = (SearchTerm(tuple(TOKEN.findall(chunk))) for chunk in chunks)
    return list(dict.fromkeys(term for term in terms if term.words))[:MOST_TERMS]


def telling(terms: Sequence[SearchTerm]) -> list[SearchTerm]:
    """Return the terms that say what a question is about; of one that is put in small words alone, all of them."""
    words = {without_accents(term.words[0]) for term in terms if len(term.words) == 1}
    idle = QUESTION_WORDS | WORKS if words & ASKING else QUESTION_WORDS
    return [term for term in terms if len(term.words) > 1 or without_accents(term.words[0]) not in idle] or list(terms)


def without_accents(word: str) -> str:
    """Return a word in lower case and without accents."""
    lower = word.lower()
    if lower.isascii():
        return lower
    return "".join(letter for letter in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(letter))


@lru_cache(maxsize=50_000)
def folded(text: str) -> str:
    """Return a text so that it is equal to others that differ in case, accents and blanks alone."""
    return without_accents(" ".join(text.split()).casefold())


def stem(word: str) -> str:
    """Return the stem of a word, which its inflections share."""
    bare = without_accents(word)
    if len(bare) <= SHORT:
        return bare
    for ending, replacement in DEPARTURES:
        bare = ending.sub(replacement, bare)
    return str(porter.stemWord(bare))


def spans(text: str, terms: Sequence[SearchTerm]) -> Iterator[tuple[int, int]]:
    """Yield start and end of every occurrence of a term, in order and without overlaps."""
    tokens = [(stem(token.group()), token.start(), token.end()) for token in TOKEN.finditer(text)]
    wanted = sorted((stems for term in terms for stems in term.stems), key=len, reverse=True)
    place = 0
    while place < len(tokens):
        for stems in wanted:
            here = tokens[place : place + len(stems)]
            if tuple(found for found, _, _ in here) == stems:
                yield here[0][1], here[-1][2]
                place += len(stems)
                break
        else:
            place += 1


def marked(text: str, terms: Sequence[SearchTerm]) -> ShownWords:
    """Return the text as HTML with every occurrence of a term in a mark element."""
    pieces: list[str] = []
    before = 0
    for start, end in spans(text, terms):
        pieces += [escape(text[before:start]), "<mark>", escape(text[start:end]), "</mark>"]
        before = end
    return in_html(text, "".join([*pieces, escape(text[before:])]))


def excerpt(text: str, terms: Sequence[SearchTerm]) -> str:
    """Return the part of a long text around the first occurrence of a term, cut between words where there are any."""
    if len(text) <= EXCERPT:
        return text
    first = next((start for start, _ in spans(text, terms)), 0)
    start = max(0, min(first - EXCERPT // 3, len(text) - EXCERPT))
    end = start + EXCERPT
    if start and (gap := re.search(r"\s", text[start - 1 : first])):
        start += gap.start()
    if end < len(text) and (gap := re.search(r"\s\S*$", text[max(first, start) + 1 : end + 1])):
        end = max(first, start) + 1 + gap.start()
    return like(text, f"{'… ' if start else ''}{text[start:end].strip()}{' …' if end < len(text) else ''}")


class Ranking:
    """How well texts match a query: more occurrences of more terms in shorter texts rank higher, names highest."""

    def __init__(self, terms: Sequence[SearchTerm]) -> None:
        self.wanted = [term.stems for term in terms]
        self.stems = {found for term in terms for stems in term.stems for found in stems}
        # A word of the same stem begins with the stem but for its last letter, so that few words need be stemmed. That
        # a word begins there is looked at last, which is twice as fast.
        beginnings = sorted({re.escape(found[:-1] if len(found) > SHORT else found) for found in self.stems})
        self.likely = re.compile("|".join(rf"{start}(?<![^\W_]{start})[^\W_]*" for start in beginnings))

    def found_in(self, name: str, text: str) -> dict[str, int]:
        """Return the weight of each stem that a record has."""
        found: dict[str, int] = {}
        for part, weight in ((name, WEIGHT_OF_NAME), (text, 1)):
            for word in self.likely.findall(without_accents(part)):
                if (common := stem(word)) in self.stems:
                    found[common] = found.get(common, 0) + weight
        return found

    def fit(self, name: str, text: str) -> float:
        """Return the score of a record by its name and its text; 0 without any term."""
        found = self.found_in(name, text)
        return sum(math.log1p(number) for number in found.values()) / (1 + math.log1p(len(text)) / 10)

    def terms_in(self, name: str, text: str) -> int:
        """Return how many of the terms a record has; of a phrase it is enough that it has the words."""
        found = self.found_in(name, text)
        return sum(any(found.keys() >= set(stems) for stems in phrases) for phrases in self.wanted)


def words_in(texts: Iterable[str]) -> dict[str, int]:
    """Return every word of some texts in lower case, with its frequency."""
    found: dict[str, int] = {}
    for text in texts:
        for word in TOKEN.findall(text.lower()):
            found[word] = found.get(word, 0) + 1
    return found


def nearest(word: str, known: dict[str, int]) -> list[str]:
    """Return the known words that a misspelling may stand for, those first that are more frequent.

    One slip (a letter added, missing or wrong, or two swapped) is allowed in a word of four letters, two in one of
    eight, and none in a number. Where words with one slip are known, none with two is meant.
    """
    if not word.isalpha():
        return []
    slips = min(2, len(word) // 4)
    near = process.extract(without_accents(word), known.keys(), scorer=OSA.distance, score_cutoff=slips, limit=None)
    fewest = min((distance for _, distance, _ in near), default=0)
    return sorted((found for found, distance, _ in near if distance == fewest), key=lambda one: (-known[one], one))
