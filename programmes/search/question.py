"""What is asked of the search: terms, the words that curators take for the same, and how records may be called."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db.models import TextField
from django.db.models.functions import Cast

from programmes.models import Programme
from programmes.search.places import PLACES
from programmes.search.prepared import rows_for
from programmes.search.stems import TOKEN, SearchTerm, telling, terms_of, without_accents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from programmes.integrity.access import Person
    from programmes.search.places import Place

LONGEST_NUMBER = 3  # digits of a number that may be printed with zeros before it


@dataclass(frozen=True)
class Question:
    """What is asked: its terms, and as it was put, which may be what a record is called."""

    terms: tuple[SearchTerm, ...]
    called: tuple[str, ...] = ()
    by_programme: tuple[tuple[int, tuple[SearchTerm, ...]], ...] = ()  # the terms with the synonyms of each programme

    @property
    def widened(self) -> tuple[SearchTerm, ...]:
        """Return the terms with the synonyms of all programmes."""
        found = list(self.terms)
        for _, terms in self.by_programme:
            found = [
                SearchTerm(term.words, tuple(dict.fromkeys((*term.others, *other.others))))
                for term, other in zip(found, terms, strict=True)
            ]
        return tuple(found)

    def terms_at(self, place: Place) -> tuple[SearchTerm, ...]:
        """Return the terms that a record of this sort must have: not the word for its sort, and a number as printed."""
        terms = self.widened
        left = tuple(term for term in terms if without_accents(str(term)) not in place.kind_words)
        return tuple(map(with_zeros, left if left and place.kind_words else terms))

    def terms_in(self, programme: int) -> tuple[SearchTerm, ...]:
        """Return the terms, with the synonyms of one programme."""
        return dict(self.by_programme).get(programme, self.terms)


def call_key(name: str) -> tuple[str, ...]:
    """Return what is compared of two names: their words and numbers, without accents and zeros before a number."""
    words = map(without_accents, TOKEN.findall(name))
    return tuple(word.lstrip("0") or "0" if word.isdecimal() else word for word in words)


def with_zeros(term: SearchTerm) -> SearchTerm:
    """Return a number with those that differ only in the zeros before it."""
    (word, *more) = term.words
    if more or not word.isdecimal() or len(word) > LONGEST_NUMBER:
        return term
    bare = word.lstrip("0") or "0"
    alike = [(bare.rjust(width, "0"),) for width in range(len(bare), LONGEST_NUMBER + 1)]
    return SearchTerm(term.words, (*term.others, *(other for other in alike if other != term.words)))


KIND_WORDS = sorted({word for place in PLACES for word in place.kind_words}, key=len, reverse=True)
GLUED = re.compile(rf"\b({'|'.join(KIND_WORDS)})\s*[#№]?\s*(\d+)", re.IGNORECASE)  # CMOC7, service #12


def as_put(question: str) -> str:
    """Return a question in usual letters, with a space between the word for a kind of record and its number."""
    return GLUED.sub(with_number_apart, unicodedata.normalize("NFKC", question))


def with_number_apart(found: re.Match[str]) -> str:
    """Return the word for a kind of record and a number, in the digits in which numbers are printed here."""
    return f"{found[1]} {''.join(str(unicodedata.decimal(digit)) for digit in found[2])}"


def asked_terms(question: str) -> tuple[SearchTerm, ...]:
    """Return the terms that say what is asked for: a small word too where it may be a label, as in "service A"."""
    terms = terms_of(question)
    if len(terms) == len(("service", "A")) and is_kind_word(terms[0]) and len(str(terms[1])) == 1:
        return tuple(terms)
    return tuple(telling(terms))


def is_kind_word(term: SearchTerm) -> bool:
    """Say whether a term only names a kind of record."""
    return without_accents(str(term)) in KIND_WORDS


def programmes_with_synonyms(user: Person, _keys: Sequence[int]) -> QuerySet[Any, Any]:
    """Return the programmes of which there are any, with their lines as they are stored."""
    rows = Programme.objects.visible_to(user).exclude(synonyms=[]).order_by("pk")
    return rows.values_list("pk", Cast("synonyms", TextField()))


def with_synonyms(asked: Question, user: Person) -> Question:
    """Return the question with what curators of each programme take for the same words."""
    rows = rows_for(programmes_with_synonyms, user, [])
    widened = [(programme, widened_terms(asked.terms, json.loads(lines))) for programme, lines in rows]
    return replace(asked, by_programme=tuple((key, terms) for key, terms in widened if terms != asked.terms))


def widened_terms(terms: tuple[SearchTerm, ...], lines: Sequence[str]) -> tuple[SearchTerm, ...]:
    """Return terms with the other words of each line of synonyms that has one of them.

    Where several terms together are one of a line, each of them gets the others: a record with those has them all.
    """
    stems = [term.stems[0] for term in terms]
    others: list[dict[tuple[str, ...], None]] = [{} for _ in terms]
    for line in lines:
        alike = [SearchTerm(words) for entry in line.split(",") if (words := tuple(TOKEN.findall(entry)))]
        for entry in alike:
            for first, last in runs(stems, entry.stems[0]):
                for number in range(first, last):
                    others[number] |= dict.fromkeys(other.words for other in alike if other != entry)
    return tuple(
        SearchTerm(term.words, (*term.others, *(words for words in more if words != term.words)))
        for term, more in zip(terms, others, strict=True)
    )


def runs(terms: Sequence[tuple[str, ...]], wanted: tuple[str, ...]) -> list[tuple[int, int]]:
    """Return where terms are together a phrase: the first of them, and the one after the last."""
    found = []
    for first in range(len(terms)):
        together: tuple[str, ...] = ()
        for last in range(first, len(terms)):
            together += terms[last]
            if together == wanted:
                found.append((first, last + 1))
    return found
