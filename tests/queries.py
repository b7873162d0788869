"""What the database was asked for, in the words of the models, so that a budget says what each of its queries is."""

import contextlib
import re
from collections.abc import Generator

from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

NAMES = {
    table: model._meta.model_name
    for model in apps.get_models(include_auto_created=True)
    for table in [model._meta.db_table]
}
FIRST_TABLE = re.compile(r'(?:FROM|INTO|UPDATE)\s+"?(?!SELECT\b)(\w+)"?')
CURSOR = re.compile(r"DECLARE .*? CURSOR .*?FOR ")  # by which PostgreSQL reads many rows, a few at a time
HOLDS = "pg_advisory_xact_lock"  # by which PostgreSQL lets nobody erase; it asks for nothing
WITHIN_ROWS = re.compile(r'\(SELECT U0\."history_date"|\bjson_(?:agg|group_array)\(')  # what is worked out for each row
INNERMOST = re.compile(r"\([^()]*\)")


def name_of(statement: str) -> str:
    """Name a query by the model whose rows it asks for, as in "quote", "count quote", "context + 2" for a union."""
    statement = statement.removeprefix("(")
    if cursor := CURSOR.match(statement):
        statement = statement[cursor.end() :]
    is_of_rows = WITHIN_ROWS.search(statement) is not None
    while (is_of_rows or "CASE WHEN EXISTS" in statement) and (outer := INNERMOST.sub("", statement)) != statement:
        statement = outer  # what a query asks about each row stands before the rows
    verb = statement.split(None, 1)[0].lower()
    found = FIRST_TABLE.search(statement)
    if found is None:
        return verb
    table = found[1].removeprefix("search_")  # of the index that SQLite keeps beside a table
    name = NAMES.get(table, table)
    if verb != "select":
        return f"{verb} {name}"
    if statement.startswith("SELECT COUNT("):
        return f"count {name}"
    if statement.startswith("SELECT 1 AS"):
        return f"any {name}"
    unions = statement.count(" UNION ")
    return f"{name} + {unions}" if unions else name


@contextlib.contextmanager
def asks(expected: str, who: str = "") -> Generator[None]:
    """Compare the queries made in the block with a budget such as "session, user, count quote, quote"."""
    with CaptureQueriesContext(connection) as captured:
        yield
    asked = ", ".join(name_of(query["sql"]) for query in captured.captured_queries if HOLDS not in query["sql"])
    assert asked == expected, f"{who or 'it'} asked for {asked}"
