"""Searching everything a reader may see, by kind, ranked and highlighted, and forgiving of a misspelling."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db import connections
from django.urls import reverse

from programmes.models import Evidence, Participant, Quote, Reference, Service, Study
from programmes.models.short_names import cmoc_name, joined, service_name, speaker_name, what_it_does, with_number
from programmes.models.theory import not_retired
from programmes.search.index import TextQuery, first_matches
from programmes.search.mending import mended_terms, options_for, put_together
from programmes.search.places import PLACES, Place
from programmes.search.prepared import rows_for
from programmes.search.question import Question, as_put, asked_terms, call_key, is_kind_word, with_synonyms
from programmes.search.stems import (
    Ranking,
    SearchTerm,
    excerpt,
    marked,
    without_accents,
    words_in,
)
from programmes.words import DocumentsWords, Sentence, Suffix, in_html, in_mark, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from django.db.models import QuerySet

    from programmes.integrity.access import Person
    from programmes.words import ShownWords

DOI = re.compile(r"\b10\.\d{4,9}/\S+")
MOST = 20  # hits of one kind that are shown beside other kinds
MOST_ALONE = 200  # hits of one kind that are shown where a reader asks for that kind alone
MOST_RANKED = 2_000  # records of one kind that are ranked; of more it is only said that there are more


@dataclass(frozen=True)
class Hit:
    """A record that was found."""

    href: str
    title: Sentence
    excerpt: ShownWords
    within: str  # the theory or study that it is part of


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
    """What a search found; where its words find nothing, what was searched instead."""

    kinds: list[HitGroup]
    meant: str = ""  # the question with its misspelt words mended
    some: tuple[str, ...] = ()  # the terms of which each hit has some, where none has all
    without: tuple[str, ...] = ()  # the words that no record has, and that were left out
    apart: bool = False  # whether the words of a phrase were looked for one by one

    @property
    def found(self) -> int:
        """Return how many records were found; there may be more than were ranked."""
        return sum(kind.found for kind in self.kinds)

    @property
    def several(self) -> bool:
        """Say whether the hits are of more than one theory or study, so that each must name its own."""
        return len({hit.within for kind in self.kinds for hit in kind.hits if hit.within}) > 1

    @property
    def too_many(self) -> bool:
        """Return whether more records match than were ranked."""
        return any(kind.too_many for kind in self.kinds)


class FoundRow(NamedTuple):
    """A row as it comes from the database."""

    place: Place
    pk: int
    programme: int
    within: str  # the title of its theory, or of its study
    first: str
    second: str
    anchor: str
    text: str
    parts: tuple[str, ...]

    @property
    def order(self) -> tuple[Any, ...]:
        """Return the sort key among equally good hits: the address, numbers by value, then the words."""
        return (self.first, len(self.second), self.second, len(self.anchor), self.anchor, self.heading, self.text)

    @property
    def name(self) -> Sentence:
        """Return what the record is called, in the marks of those whose words it is made of."""
        parts = [self.place.words(of, text) for of, text in zip(self.place.parts, self.parts, strict=False)]
        return self.place.name([*parts, *self.parts[len(parts) :]])

    @property
    def heading(self) -> str:
        """Return what the record is called."""
        return str(self.place.name(self.parts))

    def is_called(self, called: tuple[str, ...]) -> bool:
        """Say whether this is how people call the record."""
        if not called or called[-1] not in without_accents(" ".join(self.parts)):
            return False  # most rows, at a glance
        return any(call_key(name) == called for name in self.place.asked_by(self.parts))

    def hit(self, terms: Sequence[SearchTerm], quotes: Mapping[int, tuple[Sentence, bool]]) -> Hit:
        """Return the record as it is shown, with the terms marked; a quote with who speaks and what it does."""
        text, name = self.place.words(self.place.text, self.text), self.name
        if self.place.model is Quote and self.pk in quotes:
            name, of_document = quotes[self.pk]
            text = DocumentsWords(text) if of_document else text
        pieces = [marked_piece(piece, terms) for piece in name.pieces]
        return Hit(self.href, Sentence(*pieces), marked(excerpt(text, terms), terms), self.within)

    @property
    def href(self) -> str:
        """Return the URL of the record."""
        return reverse(self.place.page, args=[value for value in (self.first, self.second) if value]) + self.anchor


def marked_piece(piece: str, terms: Sequence[SearchTerm]) -> ShownWords:
    """Return a piece of a name with the terms marked; a number stays one."""
    if isinstance(piece, Suffix):
        return in_html(piece, in_mark(Suffix(marked(piece.words, terms))))
    return marked(piece, terms)


def search(question: str, user: Person, only: str = "") -> Results:
    """Return what was found, by kind, in the order in which the field names them: theories, configurations and so on.

    `only` restricts the search to one kind. Where no record has all the words, misspelt ones are mended; where none has
    all of those either, records with some of them are found.
    """
    put = as_put(question)
    if doi := DOI.search(put):
        return Results(kinds_with_doi(doi[0].rstrip(".,;)"), user, only))
    terms = asked_terms(put)
    if not terms:
        return Results([])
    asked = with_synonyms(Question(terms, call_key(put)), user)
    if kinds := matching_kinds(asked, user, only):
        return Results(kinds)
    unknown = unknown_words(terms, user)
    known = known_words(user) if unknown else {}
    options = options_for(unknown, known)
    guesses = [*filter(None, [put_together(terms, unknown, known)])]
    if options and len(options) == len(unknown):
        guesses += mended_terms(terms, options)
    for guess in guesses:
        kinds = matching_kinds(with_synonyms(Question(guess), user), user, only)
        if kinds:
            return Results(kinds, meant=as_written(guess))
    meant = mended_terms(terms, options)[0]
    without = tuple(word for word in unknown if word not in options)
    left = tuple(dict.fromkeys(piece for term in meant for piece in known_pieces(term, without)))
    return search_some(left, without, as_written(left) if options else "", user, only)


def search_some(
    known: tuple[SearchTerm, ...], without: tuple[str, ...], meant: str, user: Person, only: str
) -> Results:
    """Return the records with all known terms, a phrase if need be word by word; where there are none, with some."""
    if not known or (without and all(map(is_kind_word, known))):
        return Results([], meant=meant)
    asked = with_synonyms(Question(known), user)
    if without and (kinds := matching_kinds(asked, user, only)):
        return Results(kinds, meant, without=without)
    apart = tuple(dict.fromkeys(SearchTerm((word,)) for term in known for word in term.words))
    asked = with_synonyms(Question(apart), user)
    if apart != known and (kinds := matching_kinds(asked, user, only)):
        return Results(kinds, meant, without=without, apart=True)
    if len(apart) == 1:
        return Results([], meant=meant)
    first, *others = asked.widened
    anyone = SearchTerm(first.words, (*first.others, *(phrase for other in others for phrase in other.phrases)))
    kinds = matching_kinds(replace(asked, terms=(anyone,), by_programme=()), user, only, Ranking(asked.widened))
    return Results(kinds, meant, some=tuple(map(str, apart)) if kinds else (), without=without)


def known_pieces(term: SearchTerm, unknown: Sequence[str]) -> list[SearchTerm]:
    """Return a term whose words are known; of a phrase with unknown words the others, each by itself."""
    left = [word for word in term.words if word not in unknown]
    return [term] if len(left) == len(term.words) else [SearchTerm((word,)) for word in left]


def kinds_with_doi(doi: str, user: Person, only: str) -> list[HitGroup]:
    """Return the studies and references that have a DOI, which is asked for as a whole."""
    found: dict[str, list[FoundRow]] = defaultdict(list)
    for number, place in enumerate(PLACES):
        if place.model in {Study, Reference} and only in {"", place.kind}:
            rows = place.rows(user).filter(doi__iexact=doi).values_list(*place.columns(number))
            found[place.kind] += (found_row(row) for row in rows[:MOST])
    return [HitGroup(kind, [row.hit((), {}) for row in rows], len(rows)) for kind, rows in found.items() if rows]


def unknown_words(terms: Sequence[SearchTerm], user: Person) -> list[str]:
    """Return the words that no record has."""
    words = dict.fromkeys(word for term in terms for word in term.words)
    return [word for word in words if not matching_rows(Question((SearchTerm((word,)),)), user, most=1)]


def known_words(user: Person) -> dict[str, int]:
    """Return the words that records have, with how often they have them."""
    rows = matching_rows(Question(()), user, MOST_RANKED)
    return words_in(f"{' '.join(row.parts)} {row.text}" for row in rows)


def as_written(terms: Sequence[SearchTerm]) -> str:
    """Return terms as a reader would type them."""
    return " ".join(map(term_as_written, terms))


def term_as_written(term: SearchTerm) -> str:
    """Return a term as a reader would type it."""
    return f'"{term}"' if len(term.words) > 1 else str(term)


def matching_kinds(asked: Question, user: Person, only: str, by_terms: Ranking | None = None) -> list[HitGroup]:
    """Return the records that match, by kind, best first; with `by_terms`, those with most of its terms."""
    by_kind: dict[str, list[FoundRow]] = defaultdict(list)
    for row in matching_rows(asked, user, MOST_RANKED + 1, only):
        terms = asked.terms_in(row.programme)
        if terms == asked.widened or has_all(row, terms):
            by_kind[row.place.kind].append(row)
    shown = MOST_ALONE if only else MOST
    ranking = Ranking(asked.widened)
    chosen: dict[str, tuple[list[FoundRow], int, bool]] = {}

    def worse(row: FoundRow) -> tuple[Any, ...]:
        heading = row.heading
        terms = by_terms.terms_in(heading, row.text) if by_terms else 0
        return (not row.is_called(asked.called), -terms, -ranking.fit(heading, row.text))

    for name, rows in by_kind.items():
        several = any(row.place.one_per_page for row in rows)  # of a record there may be several rows
        best: dict[Any, FoundRow] = {}  # the row that fits best for each record
        for number, row in enumerate(best_rows(rows, worse, len(rows) if several else shown)):
            best.setdefault((row.first, row.second) if row.place.one_per_page else number, row)
        found = len(best) if several else len(rows)
        first = list(best.values())[: min(shown, MOST_RANKED)]
        chosen[name] = (first, min(found, MOST_RANKED), len(rows) > MOST_RANKED)
    called = {name for name, (rows, *_) in chosen.items() if rows and rows[0].is_called(asked.called)}
    chosen = dict(sorted(chosen.items(), key=lambda entry: entry[0] not in called))
    quotes = quotes_shown([row.pk for rows, *_ in chosen.values() for row in rows if row.place.model is Quote], user)
    return [
        HitGroup(name, [row.hit(asked.widened, quotes) for row in rows], found, too_many)
        for name, (rows, found, too_many) in chosen.items()
    ]


def best_rows(rows: Sequence[FoundRow], worse: Callable[[FoundRow], tuple[Any, ...]], number: int) -> list[FoundRow]:
    """Return so many rows that fit best, and those that fit as well as the last of them."""
    scores = [worse(row) for row in rows]
    last = sorted(scores)[min(number, len(rows)) - 1]
    kept = [(score, row.order, row) for score, row in zip(scores, rows, strict=True) if score <= last]
    return [row for *_, row in sorted(kept, key=lambda entry: entry[:2])]


def evidence_of(user: Person, quotes: Sequence[int]) -> QuerySet[Any, Any]:
    """Return what quotes do to configurations, in the order of these."""
    rows = Evidence.objects.visible_to(user).filter(not_retired("cmoc"), quote__in=quotes)
    return rows.order_by("cmoc__theory", "cmoc__number", "pk").values_list(
        "quote_id", "role", "cmoc__number", "cmoc__label"
    )


SPEAKER = ("role", "role_reporting", "service__name", "service__service_type", "service__location")


def speakers_of(user: Person, quotes: Sequence[int]) -> QuerySet[Any, Any]:
    """Return who speaks in those quotes of which a participant is known."""
    rows = Quote.objects.visible_to(user).filter(pk__in=quotes, participant__isnull=False).order_by()
    return rows.values_list(
        "pk", "label_as_printed", "key", "participant__service", *(f"participant__{name}" for name in SPEAKER)
    )


def quotes_shown(keys: Sequence[int], user: Person) -> dict[int, tuple[Sentence, bool]]:
    """Return the name of quotes, with what each does to which configurations; and whether it is of a document."""
    if not keys:
        return {}
    does: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for quote, role, number, label in rows_for(evidence_of, user, keys):
        does[quote].append((role, cmoc_name(number, label)))
    found: dict[int, tuple[Sentence, bool]] = {}
    for key, label, own, service, role, reporting, *of_service in rows_for(speakers_of, user, keys):
        named = zip(("name", "service_type", "location"), of_service, strict=True)
        of = service_name(*(words_of(Service, field, text) for field, text in named)) if service else None
        who = speaker_name(words_of(Participant, "role", role), reporting, of)
        found[key] = (with_number(who, label or own), False)
    others = [key for key in keys if key not in found]
    quotes = Quote.objects.visible_to(user).select_related("source__reference").defer("source__text")
    found |= {key: (quote.short_name, quote.of_document) for key, quote in quotes.in_bulk(others).items()}
    return {
        key: (joined(name, f", {said}") if (said := what_it_does(does[key])) else name, of_document)
        for key, (name, of_document) in found.items()
    }


def has_all(row: FoundRow, terms: Sequence[SearchTerm]) -> bool:
    """Say whether a row has every term, where it was found by the synonyms of another programme."""
    terms = Question(tuple(terms)).terms_at(row.place)
    return Ranking(terms).terms_in(" ".join((row.heading, *row.parts)), row.text) == len(terms)


class StandIn(NamedTuple):
    """What stands for the terms at one place in a statement that is kept."""

    number: int

    def text(self, vendor: str) -> str:
        """Return a text that no reader types."""
        return f"\0{vendor}{self.number}"


def matching_rows(asked: Question, user: Person, most: int, only: str = "", using: str = "default") -> list[FoundRow]:
    """Return the first records of every kind that match, in one query; without terms, the first of all."""
    connection = connections[using]
    queries = [
        TextQuery(asked.terms_at(place), of=place.model, for_team=place.for_team) if asked.terms else None
        for place in PLACES
    ]
    if user.is_authenticated:
        sql, parameters = search_sql(tuple(queries), user, most, only, using)
    else:
        stand_ins = tuple(StandIn(number) if query else None for number, query in enumerate(queries))
        sql, parameters = public_search_sql(stand_ins, most, only, using, connection.vendor, len(PLACES))
        actual = {
            stand_in.text(connection.vendor): query.text(connection.vendor)
            for stand_in, query in zip(stand_ins, queries, strict=True)
            if stand_in and query
        }
        parameters = tuple(actual.get(value, value) if isinstance(value, str) else value for value in parameters)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [found_row(row) for row in cursor.fetchall()]


def found_row(row: Sequence[Any]) -> FoundRow:
    """Return a row of the columns of a place, which begin with its number."""
    number, pk, programme, within, first, second, anchor, text, *parts = row
    return FoundRow(PLACES[number], pk, programme, within, first, second, anchor, text, tuple(parts))


def search_sql(queries: Sequence[Any], user: Person, most: int, only: str, using: str) -> tuple[str, tuple[Any, ...]]:
    """Return the query over all kinds of record, with its parameters."""
    vendor = connections[using].vendor
    first, *others = [
        first_matches(place.rows(user).using(using), query, most, vendor).values_list(*place.columns(number))
        for number, (place, query) in enumerate(zip(PLACES, queries, strict=True))
        if only in {"", place.kind} and place.is_searched_by(user)
    ]
    rows = first.union(*others, all=True) if others else first
    sql, parameters = rows.query.get_compiler(using).as_sql()
    return sql, tuple(parameters)


@lru_cache(maxsize=200)
def public_search_sql(
    stand_ins: tuple[StandIn | None, ...], most: int, only: str, using: str, *_of_this_process: Any
) -> tuple[str, tuple[Any, ...]]:
    """Return the query for readers who are not signed in; only its terms differ from one search to another."""
    return search_sql(stand_ins, AnonymousUser(), most, only, using)
