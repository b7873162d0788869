"""Searching everything a reader may see, by kind, ranked and highlighted, and forgiving of a misspelling."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db import connections
from django.urls import reverse

from programmes.search.index import first_matches_sql, sqlite_query
from programmes.search.places import (
    PLACES,
    Place,
)
from programmes.search.stems import Ranking, SearchTerm, closest, excerpt, marked, terms_of, words_in
from programmes.words import Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from programmes.integrity.access import Person
    from programmes.words import ShownWords

MOST = 20  # hits of one kind that are shown beside other kinds
MOST_ALONE = 200  # hits of one kind that are shown where a reader asks for that kind alone
MOST_RANKED = 2_000  # records of one kind that are ranked; of more it is only said that there are more


@dataclass(frozen=True)
class Hit:
    """A record that was found."""

    href: str
    title: Sentence
    excerpt: ShownWords


@dataclass(frozen=True)
class HitGroup:
    """The hits of one kind of record, best first."""

    name: str
    hits: list[Hit]
    found: int
    too_many: bool = False  # whether there are more than were ranked

    @property
    def more(self) -> int:
        """Return how many hits are not shown."""
        return self.found - len(self.hits)


@dataclass(frozen=True)
class Results:
    """What a search found; where its words find nothing, the spelling it was taken to mean."""

    kinds: list[HitGroup]
    meant: str = ""  # the question with its misspelt words mended
    alone: tuple[str, ...] = ()  # the terms, where each is found but never all in one record

    @property
    def found(self) -> int:
        """Return how many records were found; there may be more than were ranked."""
        return sum(kind.found for kind in self.kinds)

    @property
    def too_many(self) -> bool:
        """Return whether more records match than were ranked."""
        return any(kind.too_many for kind in self.kinds)


class FoundRow(NamedTuple):
    """A row as it comes from the database."""

    place: Place
    first: str
    second: str
    anchor: str
    name: str
    title: str
    text: str

    @property
    def order(self) -> tuple[Any, ...]:
        """Return the sort key among equally good hits: the address, numbers by value, then the words."""
        return (self.first, len(self.second), self.second, len(self.anchor), self.anchor, self.heading, self.text)

    @property
    def heading(self) -> str:
        """Return what the record is called."""
        return self.name + self.title

    def hit(self, terms: Sequence[SearchTerm]) -> Hit:
        """Return the record as it is shown, with the terms marked, in the marks of those whose words they are."""
        title, text = self.place.words(self.place.title, self.title), self.place.words(self.place.text, self.text)
        name = Sentence(marked(self.name, terms), marked(title, terms)) or Sentence(self.second or self.first)
        return Hit(self.href, name, marked(excerpt(text, terms), terms))

    @property
    def href(self) -> str:
        """Return the URL of the record."""
        return reverse(self.place.page, args=[value for value in (self.first, self.second) if value]) + self.anchor


def search(question: str, user: Person, only: str = "") -> Results:
    """Return what was found, by kind, in the order in which the field names them: theories, configurations and so on.

    `only` restricts the search to one kind.
    """
    terms = terms_of(question)
    if not terms:
        return Results([])
    kinds = matching_kinds(terms, user, only)
    if kinds:
        return Results(kinds)
    words = list(dict.fromkeys(word for term in terms for word in term.words))
    unknown = [word for word in words if not matching_rows([SearchTerm((word,))], user, most=1)]
    if not unknown:
        return Results([], alone=tuple(map(str, terms)) if len(terms) > 1 else ())
    known = words_in(f"{row.heading} {row.text}" for row in matching_rows((), user, MOST_RANKED))
    mended = {word: near for word in unknown if (near := closest(word, known))}
    if len(mended) < len(unknown):
        return Results([])
    meant = [SearchTerm(tuple(mended.get(word, word) for word in term.words)) for term in terms]
    return Results(matching_kinds(meant, user, only), meant=" ".join(map(term_as_written, meant)))


def term_as_written(term: SearchTerm) -> str:
    """Return a term as a reader would type it."""
    return f'"{term}"' if len(term.words) > 1 else str(term)


def matching_kinds(terms: Sequence[SearchTerm], user: Person, only: str) -> list[HitGroup]:
    """Return the records that match every term, by kind, ranked."""
    by_kind: dict[str, list[FoundRow]] = defaultdict(list)
    for row in matching_rows(terms, user, MOST_RANKED + 1, only):
        by_kind[row.place.kind].append(row)
    shown = MOST_ALONE if only else MOST
    ranking = Ranking(terms)
    kinds = []
    for name, rows in by_kind.items():
        best: dict[Any, FoundRow] = {}  # the row that fits best for each record
        for number, row in enumerate(sorted(rows, key=lambda row: (-ranking.fit(row.heading, row.text), row.order))):
            best.setdefault((row.first, row.second) if row.place.one_per_page else number, row)
        hits = [row.hit(terms) for row in list(best.values())[: min(shown, MOST_RANKED)]]
        kinds.append(HitGroup(name, hits, min(len(best), MOST_RANKED), too_many=len(rows) > MOST_RANKED))
    return kinds


def matching_rows(terms: Sequence[SearchTerm], user: Person, most: int, only: str = "") -> list[FoundRow]:
    """Return the first records of every kind that match every term, in one query; without terms, the first of all."""
    if user.is_authenticated:
        sql, parameters = search_sql(terms, user, most, only)
    else:
        stand_ins = tuple(SearchTerm((f"\0{number}",)) for number in range(len(terms)))
        sql, parameters = public_search_sql(stand_ins, most, only)
        actual = {sqlite_query(stand_ins): sqlite_query(terms)}
        actual |= {str(stand_in): str(term) for stand_in, term in zip(stand_ins, terms, strict=True)}
        parameters = [actual.get(value, value) if isinstance(value, str) else value for value in parameters]
    with connections["default"].cursor() as cursor:
        cursor.execute(sql, parameters)
        return [FoundRow(PLACES[number], *columns) for number, *columns in cursor.fetchall()]


def search_sql(terms: Sequence[SearchTerm], user: Person, most: int, only: str) -> tuple[str, list[Any]]:
    """Return the query over all kinds of record, with its parameters."""
    parts, parameters = [], []
    for number, place in enumerate(PLACES):
        if only in {"", place.kind}:
            rows = place.rows(user).values_list(*place.columns(number))
            sql, values = first_matches_sql(rows, terms, most)
            parts.append(f"SELECT * FROM ({sql}) AS place_{number}")  # noqa: S608  compiled by Django
            parameters += values
    return " UNION ALL ".join(parts), parameters


@lru_cache(maxsize=200)
def public_search_sql(stand_ins: tuple[SearchTerm, ...], most: int, only: str) -> tuple[str, list[Any]]:
    """Return the query for readers who are not signed in; only its terms differ from one search to another."""
    return search_sql(stand_ins, AnonymousUser(), most, only)
