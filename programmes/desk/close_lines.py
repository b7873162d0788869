"""Which configurations of a theory are close to words: so that one is not made twice."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from programmes.search.stems import folded, stem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from programmes.desk.theory_lines import TheoryLine

MOST_CLOSE = 3
SHORTEST = 4  # letters of a word that tells anything
COMMON = 1 / 3  # of the configurations, above which a word that stands in them tells nothing
FEW = 6  # configurations, among which every word tells something
SHARED = 2  # words that two texts have in common, at least


def telling_stems(text: str) -> set[str]:
    """Return the stems of the words of a text that may tell what it is about."""
    words = "".join(letter if letter.isalnum() else " " for letter in folded(text)).split()
    return {stem(word) for word in words if len(word) >= SHORTEST}


def close_lines(lines: list[TheoryLine], statements: Mapping[int, str], text: str) -> list[TheoryLine]:
    """Return the few configurations whose title, parts and statement share most words with a text, the closest first.

    Words that stand in many of them tell nothing; of rarer words fewer are enough.
    """
    asked = telling_stems(text)
    own = {line.pk: telling_stems(f"{line.title} {line.plain} {statements.get(line.pk, '')}") for line in lines}
    standing = Counter(word for words in own.values() for word in words)
    if len(lines) >= FEW:
        asked -= {word for word, number in standing.items() if number > len(lines) * COMMON}
    shared = {line.pk: own[line.pk] & asked for line in lines}
    near = [line for line in lines if len(shared[line.pk]) >= SHARED]
    telling = {pk: sum(1 / standing[word] for word in words) for pk, words in shared.items()}
    return sorted(near, key=lambda line: (-telling[line.pk], line.number))[:MOST_CLOSE]
