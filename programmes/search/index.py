"""The full-text index of every searched record, which the database itself builds and maintains.

SQLite has an FTS5 table beside each searched table, PostgreSQL a generated column of lexemes with a GIN index. Both
split texts at everything that is neither letter nor digit, ignore case and accents, and stem with Porter's algorithm,
so that both find the same. The index is derived: it is dropped before migrations, and built after them wherever it
differs from what the models declare.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, ClassVar

from django.apps import apps
from django.db import connections
from django.db.models import BooleanField, Exists, Expression, F, Q
from django.db.models.expressions import RawSQL

from programmes.integrity.derived import DerivedObject, Family
from programmes.search.stems import DEPARTURES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from django.db import models
    from django.db.backends.base.base import BaseDatabaseWrapper

    from programmes.integrity.access import Person
    from programmes.search.stems import SearchTerm

LEXEMES = "search_words"  # the generated column on PostgreSQL
CONFIGURATION = "realist_words"  # what PostgreSQL splits and stems texts with
EVENTS = ("insert", "delete", "update")  # the triggers that keep an index on SQLite
TSQUERY = "to_tsquery('realist', %s)"
ACCENT, LETTERS, WITH_S = re.compile("[\u0300-\u036f]"), re.compile(r"[^\W_]+"), re.compile(r"^(\w?)s$")
AS_INDEXED = r"\1s0"  # a word of one letter and s, which else would lose it
LONGEST = 100_000  # letters of a text that PostgreSQL indexes; the lexemes of a row may take 1 MB at most


# The function that splits a text makes the same of it as SQLite's tokenizer does. In its last three steps it makes up
# for SQLite's stemmer, which departs from the published algorithm in -bly and -logy and leaves words of two letters.
POSTGRESQL = (
    "CREATE TEXT SEARCH DICTIONARY {schema}.realist (TEMPLATE = snowball, LANGUAGE = porter)",
    "CREATE TEXT SEARCH CONFIGURATION {schema}.realist (COPY = pg_catalog.simple)",
    "ALTER TEXT SEARCH CONFIGURATION {schema}.realist ALTER MAPPING FOR asciiword, word, numword WITH {schema}.realist",
    r"""
    CREATE FUNCTION {schema}.realist_words(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
      SELECT regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
        normalize(lower(left($1, {longest}) COLLATE "und-x-icu"), NFKD),
        '[\u0300-\u036f]', '', 'g'), '[^[:alnum:]]+', ' ', 'g'),
        'bl(y|ies)\M', 'ble', 'g'), 'log(y|ies)\M', 'log', 'g'), '\m([[:alnum:]]?)s\M', '\1s0', 'g')
    $$
    """,
)

# Each index that the database has, if only in part, and whether it is whole.
SQLITE_INDEXES = """
SELECT name, (
  SELECT count(*) FROM sqlite_master t WHERE t.type = 'trigger' AND
  t.name IN (m.name || '_insert', m.name || '_delete', m.name || '_update')
) = 3 FROM sqlite_master m WHERE sql LIKE 'CREATE VIRTUAL TABLE "search!_%' ESCAPE '!'
UNION
SELECT 'search_' || tbl_name, 0 FROM sqlite_master t WHERE type = 'trigger' AND substr(name, 1, 7) = 'search_' AND
NOT EXISTS (SELECT 1 FROM sqlite_master m WHERE m.name = 'search_' || t.tbl_name)
"""
POSTGRESQL_INDEXES = f"""
SELECT 'search_' || table_name, EXISTS (
    SELECT FROM pg_indexes WHERE schemaname = current_schema() AND indexname = 'search_' || table_name
  )
FROM information_schema.columns WHERE table_schema = current_schema() AND column_name = '{LEXEMES}'
"""  # noqa: S608  a name of our own
POSTGRESQL_CONFIGURATION = """
SELECT 'realist_words', count(*) = 3 FROM (
  SELECT FROM pg_proc WHERE pronamespace = current_schema()::regnamespace AND proname = 'realist_words' UNION ALL
  SELECT FROM pg_ts_config WHERE cfgnamespace = current_schema()::regnamespace AND cfgname = 'realist' UNION ALL
  SELECT FROM pg_ts_dict WHERE dictnamespace = current_schema()::regnamespace AND dictname = 'realist'
) parts HAVING count(*) > 0
"""


class FullTextMatch(Expression):
    """The condition that the record a column points at contains every one of some terms.

    With `most` it is true of so many records at most, the first in the index's own order of those that `visible` has.
    """

    conditional: ClassVar[bool] = True

    def __init__(
        self,
        column: Any,
        model: type[models.Model],
        query: TextQuery,
        visible: models.QuerySet[Any, Any] | None = None,
        most: int = 0,
    ) -> None:
        super().__init__(output_field=BooleanField())
        self.column, self.model, self.query, self.most = column, model, query, most
        here = RawSQL(f'"{index_of(model._meta.db_table)}"."rowid"', ())  # noqa: S611  no text of a person
        self.visible = None if visible is None else Exists(visible.filter(pk=here))

    def get_source_expressions(self) -> list[Any]:
        return [self.column, self.visible]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        self.column, self.visible = exprs

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:  # type: ignore[override]
        column, parameters = compiler.compile(self.column)
        table = self.model._meta.db_table
        values: list[Any] = [*parameters, self.query.text(connection.vendor)]
        if connection.vendor != "sqlite":
            return f'{column} IN (SELECT id FROM "{table}" WHERE "{LEXEMES}" @@ {TSQUERY})', values  # noqa: S608  as above
        found = f'SELECT rowid FROM "{index_of(table)}" WHERE "{index_of(table)}" MATCH %s'  # noqa: S608  as above
        if self.visible is not None:
            seen, more = compiler.compile(self.visible)
            found, values = f"{found} AND {seen} ORDER BY rowid LIMIT %s", [*values, *more, self.most]
        return f"{column} IN ({found})", values


def matches(
    model: type[models.Model], terms: Sequence[SearchTerm], column: str = "pk", user: Person | None = None
) -> Q:
    """Return the condition that the texts of the record a column points at have every term; without any, it is true.

    Where masks cover words, these are found for the team of the record alone.
    """
    if not terms:
        return Q()
    found = Q(FullTextMatch(F(column), model, TextQuery(tuple(terms), model)))
    if not getattr(model, "searched_by_team", ()) or user is None or not user.is_authenticated:
        return found
    own = model._default_manager.of_teams_of(user).values("pk")  # type: ignore[attr-defined]  # curated records have it
    beneath = FullTextMatch(F(column), model, TextQuery(tuple(terms), model, for_team=True))
    return found | (Q(**{f"{column}__in": own}) & Q(beneath))


def first_matches(
    rows: models.QuerySet[Any, Any], query: TextQuery, most: int, vendor: str
) -> models.QuerySet[Any, Any]:
    """Return the first rows that contain every term, in texts or names, in the database's own order.

    The index is read first, until there are enough; `matches` would read all of it. Without terms it takes all rows.
    """
    if not query:
        return rows.filter(pk__in=rows.order_by("pk").values("pk")[:most])
    if vendor == "sqlite":
        seen = FullTextMatch(F("pk"), rows.model, query, visible=rows, most=most)
        return rows.model._default_manager.filter(seen).order_by()
    column = RawSQL(f'"{rows.model._meta.db_table}"."{LEXEMES}" @@ {TSQUERY}', [query.text(vendor)], BooleanField())  # noqa: S611  as above
    return rows.filter(column).order_by()[:most]  # to sort, it would have to read all that it finds


class TextQuery:
    """Terms as the index of one model is asked for them; where no model is given, in its names and numbers as well."""

    def __init__(
        self,
        terms: Sequence[SearchTerm],
        only_texts_of: type[models.Model] | None = None,
        *,
        of: type[models.Model] | None = None,
        for_team: bool = False,
    ) -> None:
        self.terms, self.model = tuple(terms), only_texts_of
        own = getattr(only_texts_of or of, "searched_by_team", ())
        everybody = getattr(only_texts_of or of, "searched", ()) if own else ()
        self.left_out: tuple[str, ...] = everybody if for_team else own  # a mask covers words in one of the two
        self.weights = "" if not own else "B" if for_team else "D"

    def __bool__(self) -> bool:
        return bool(self.terms)

    def text(self, vendor: str) -> str:
        """Return the terms in the language of the database: of FTS5, or of a tsquery."""
        called = getattr(self.model, "called", ())
        if vendor == "sqlite":
            columns = " ".join((*self.left_out, *called))
            found = " AND ".join(
                either((f'"{" ".join(phrase)}"' for phrase in term.phrases), " OR ") for term in self.terms
            )
            return f"- {{{columns}}} : ({found})" if columns else found
        weights = self.weights or ("D" if called else "")
        names = "A" if self.weights and not called else ""
        label = f":{weights}{names}" if weights else ""
        return " & ".join(
            either((tsquery_phrase(phrase, label) for phrase in term.phrases), " | ") for term in self.terms
        )


def either(phrases: Iterable[str], word: str) -> str:
    """Return phrases of which each will do, with the database's word for "or" between them."""
    found = list(phrases)
    return found[0] if len(found) == 1 else f"({word.join(found)})"


def tsquery_phrase(words: Sequence[str], weight: str) -> str:
    """Return words that follow one another in the language of tsquery, made like the texts by `realist_words`."""
    text = ACCENT.sub("", unicodedata.normalize("NFKD", " ".join(words).lower()))
    tokens = []
    for token in LETTERS.findall(text):
        for ending, replacement in DEPARTURES:
            token = ending.sub(replacement, token)  # noqa: PLW2901  each takes what the one before left
        tokens.append(f"'{WITH_S.sub(AS_INDEXED, token)}'{weight}")
    return f"({' <-> '.join(tokens)})"


def index_of(table: str) -> str:
    """Return the name of a table's index on SQLite."""
    return f"search_{table}"


def table_of(index: str) -> str:
    """Return the name of the table that an index is for."""
    return index.removeprefix("search_")


def searched_models() -> Iterator[type[models.Model]]:
    """Yield every model that declares searched fields."""
    for model in apps.get_models():
        if getattr(model, "searched", ()):
            yield model


def sqlite_statements(table: str, texts: Sequence[str]) -> list[str]:
    """Return the statements that create one table's index, its triggers and its content."""
    index = index_of(table)
    columns = ", ".join(f'"{text}"' for text in texts)

    def values(row: str) -> str:
        return f"{row}.id, " + ", ".join(f'{row}."{text}"' for text in texts)

    remove = f'INSERT INTO "{index}"("{index}", rowid, {columns}) VALUES (\'delete\', {values("OLD")});'  # noqa: S608
    add = f'INSERT INTO "{index}"(rowid, {columns}) VALUES ({values("NEW")});'  # noqa: S608
    trigger = f'CREATE TRIGGER "{index}_{{0}}" AFTER {{1}} ON "{table}" BEGIN {{2}} END'
    options = f"content='{table}', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2'"
    return [
        f'CREATE VIRTUAL TABLE "{index}" USING fts5({columns}, {options})',
        trigger.format("insert", "INSERT", add),
        trigger.format("delete", "DELETE", remove),
        trigger.format("update", f"UPDATE OF id, {columns}", remove + add),
        f'INSERT INTO "{index}"("{index}") VALUES (\'rebuild\')',  # noqa: S608
    ]


def postgresql_statements(table: str, texts: Sequence[str], called: Sequence[str], own: Sequence[str]) -> list[str]:
    """Return the statements that create one table's index, which PostgreSQL then maintains.

    Names have weight A, and texts that only a team may find weight B.
    """

    def lexemes_of(columns: Sequence[str]) -> str:
        joined = " || ' ' || ".join(f'"{column}"::text' for column in columns)
        return f"to_tsvector('{{schema}}.realist'::regconfig, {{schema}}.realist_words({joined}))"

    lexemes = lexemes_of(texts) + (f" || setweight({lexemes_of(called)}, 'A')" if called else "")
    lexemes += f" || setweight({lexemes_of(own)}, 'B')" if own else ""
    return [
        f'ALTER TABLE "{table}" ADD COLUMN "{LEXEMES}" tsvector GENERATED ALWAYS AS ({lexemes}) STORED',
        f'CREATE INDEX "{index_of(table)}" ON "{table}" USING gin ("{LEXEMES}")',
    ]


class Indexes(Family):
    """The index of each searched table, and on PostgreSQL the text search configuration they share."""

    def declared(self, connection: BaseDatabaseWrapper) -> list[DerivedObject]:
        tables = [
            (
                model._meta.db_table,
                model.searched,  # type: ignore[attr-defined]  # searched_models looked
                getattr(model, "called", ()),
                getattr(model, "searched_by_team", ()),
            )
            for model in searched_models()
        ]
        if connection.vendor == "sqlite":
            return [
                DerivedObject(
                    index_of(table), frozenset([table]), tuple(sqlite_statements(table, (*texts, *called, *own)))
                )
                for table, texts, called, own in tables
            ]
        with connection.cursor() as cursor:
            cursor.execute("SELECT quote_ident(current_schema())")
            (schema,) = cursor.fetchone()

        def filled(statements: Sequence[str]) -> tuple[str, ...]:
            return tuple(text.replace("{schema}", schema).replace("{longest}", str(LONGEST)) for text in statements)

        configuration = DerivedObject(CONFIGURATION, frozenset(), filled(POSTGRESQL))
        return [configuration] + [
            DerivedObject(
                index_of(table),
                frozenset([table]),
                filled(postgresql_statements(table, texts, called, own)),
                configuration,
            )
            for table, texts, called, own in tables
        ]

    def found(self, connection: BaseDatabaseWrapper) -> dict[str, bool]:
        """Return each index and whether it is complete: all triggers on SQLite, the GIN index on PostgreSQL."""
        queries = {
            "sqlite": [SQLITE_INDEXES],
            "postgresql": [POSTGRESQL_INDEXES, POSTGRESQL_CONFIGURATION],
        }[connection.vendor]
        found: dict[str, bool] = {}
        with connection.cursor() as cursor:
            for query in queries:
                cursor.execute(query)
                found |= {name: bool(whole) for name, whole in cursor.fetchall()}
        return found

    def removal(self, name: str, connection: BaseDatabaseWrapper) -> list[str]:
        if connection.vendor == "sqlite":
            triggers = [f'DROP TRIGGER IF EXISTS "{name}_{event}"' for event in EVENTS]
            return [*triggers, f'DROP TABLE IF EXISTS "{name}"']
        if name == CONFIGURATION:
            return [
                "DROP FUNCTION IF EXISTS realist_words(text) CASCADE",
                "DROP TEXT SEARCH CONFIGURATION IF EXISTS realist CASCADE",
                "DROP TEXT SEARCH DICTIONARY IF EXISTS realist CASCADE",
            ]
        return [f'ALTER TABLE "{table_of(name)}" DROP COLUMN IF EXISTS "{LEXEMES}"']


INDEXES = Indexes()


def indexed_tables(using: str = "default") -> set[str]:
    """Return the names of the tables that have an index."""
    return {table_of(name) for name in INDEXES.found(connections[using]) if name != CONFIGURATION}


def install_index(using: str = "default") -> None:
    """Build the index of every searched table that exists, wherever it differs from what its model declares."""
    INDEXES.install(using)
