"""What a reader may have meant by words that no record has: misspelt ones, and such as are put apart or together."""

from __future__ import annotations

from itertools import islice, pairwise, product
from typing import TYPE_CHECKING

from programmes.search.stems import SearchTerm, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_GUESSES = 6  # at what a question may have meant
SHORTEST_HALF = 3  # letters of a word that stands in another


def options_for(unknown: Sequence[str], known: dict[str, int]) -> dict[str, list[tuple[str, ...]]]:
    """Return the known words that each unknown one may stand for, likeliest first, as far as there are any."""
    options: dict[str, list[tuple[str, ...]]] = {}
    for word in unknown:
        options[word] = [(near,) for near in nearest(word, known)]
        options[word] += halves(word, known) if not options[word] else []
    return {word: found for word, found in options.items() if found}


def halves(word: str, known: dict[str, int]) -> list[tuple[str, ...]]:
    """Return two known words that are written together, if a word is made of such."""
    lower = word.lower()
    cuts = range(SHORTEST_HALF, len(lower) - SHORTEST_HALF + 1)
    found: list[tuple[str, ...]] = [(lower[:cut], lower[cut:]) for cut in cuts]
    return [pair for pair in found if known.keys() >= {*pair}][:1]


def mended_terms(
    terms: Sequence[SearchTerm], options: dict[str, list[tuple[str, ...]]]
) -> list[tuple[SearchTerm, ...]]:
    """Return what may have been meant by all terms together, likeliest first."""
    words = list(options)
    guesses = []
    for chosen in islice(product(*options.values()), MOST_GUESSES):
        instead = dict(zip(words, chosen, strict=True))
        guesses.append(
            tuple(SearchTerm(tuple(new for word in term.words for new in instead.get(word, (word,)))) for term in terms)
        )
    return guesses


def put_together(
    terms: Sequence[SearchTerm], unknown: Sequence[str], known: dict[str, int]
) -> tuple[SearchTerm, ...] | None:
    """Return the terms with two that are one known word written as such; nothing where there are none."""
    for place, (first, second) in enumerate(pairwise(terms)):
        whole = f"{first}{second}".lower()
        if whole in known and {str(first), str(second)}.intersection(unknown):
            return (*terms[:place], SearchTerm((whole,)), *terms[place + 2 :])
    return None
