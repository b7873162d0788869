"""Whether the tables are sound: pages of the file, keys that lead somewhere, and every rule that the models declare."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connection, models

from programmes.checks import FAMILIES, differences
from programmes.upkeep.broken_rules import broken_rules
from programmes.upkeep.findings import FROM_BACKUP, Defect, answers_to, bounded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from programmes.integrity.derived import DerivedObject

MIGRATE = "Run: manage.py migrate"
NOT_HELD = {  # what PostgreSQL has, and does not hold
    "a constraint that was never checked of the rows from before": (
        "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE NOT convalidated "
        "AND connamespace = current_schema()::regnamespace ORDER BY 1, 2"
    ),
    "an index that is not valid": (
        "SELECT indrelid::regclass::text, indexrelid::regclass::text FROM pg_index "
        "JOIN pg_class c ON c.oid = indexrelid "
        "WHERE NOT indisvalid AND relnamespace = current_schema()::regnamespace ORDER BY 1, 2"
    ),
    "a trigger that is turned off": (
        "SELECT tgrelid::regclass::text, tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid "
        "WHERE tgenabled = 'D' AND relnamespace = current_schema()::regnamespace ORDER BY 1, 2"
    ),
}
CHECKS = (
    "SELECT conrelid::regclass::text, conname, pg_get_expr(conbin, conrelid) FROM pg_constraint "
    "WHERE contype = 'c' AND connamespace = current_schema()::regnamespace ORDER BY 1, 2"
)
CONSTRAINTS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = %s",
    "postgresql": (
        "SELECT conname FROM pg_constraint JOIN pg_class c ON c.oid = conrelid WHERE relname = %s "
        "AND relnamespace = current_schema()::regnamespace UNION "
        "SELECT i.relname FROM pg_index JOIN pg_class i ON i.oid = indexrelid JOIN pg_class c ON c.oid = indrelid "
        "WHERE c.relname = %s AND c.relnamespace = current_schema()::regnamespace"
    ),
}
POINTERS = {
    "sqlite": 'SELECT "from" FROM pragma_foreign_key_list(%s)',
    "postgresql": (
        "SELECT attname FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY(conkey) "
        "WHERE contype = 'f' AND conrelid = quote_ident(%s)::regclass"
    ),
}
NAMED = re.compile(r'CONSTRAINT "([^"]+)"')
FUNCTION = re.compile(r'CREATE FUNCTION (?:"?\w+"?\.)?"?(\w+)"?\(.*?\$\$(.*)\$\$', re.DOTALL)  # its name and its body


def all_models() -> list[Any]:
    """Return every model that has a table, those of Django too."""
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]


def sound_engine() -> Iterator[Defect]:
    """Yield what the database itself finds wrong with its pages, its indexes and its check constraints."""
    if connection.vendor == "sqlite":
        for (said,) in answers_to("PRAGMA integrity_check"):
            if said != "ok":
                yield Defect("the file of the database", str(said), FROM_BACKUP)
        return
    for what, query in NOT_HELD.items():
        for table, name in answers_to(query):
            yield Defect(f"{table}, {name}", what, "Validate it, build it again or turn it on")
    for table, name, expression in list(answers_to(CHECKS)):
        for (number,) in answers_to(f"SELECT count(*) FROM {table} WHERE NOT ({expression})".replace("%", "%%")):  # noqa: S608  a constraint's own words
            if number:
                yield Defect(f"{table}, {name}", f"{number} rows break this check", FROM_BACKUP)


def sound_keys() -> Iterator[Defect]:
    """Yield rows that point at nothing, and numbers that would be given a second time."""
    for model in all_models():
        for field in model._meta.local_concrete_fields:
            if field.remote_field and field.db_constraint:
                yield from bounded(broken_pointers(model, field))
        if connection.vendor == "postgresql" and isinstance(model._meta.pk, models.AutoField):
            yield from numbers_given_twice(model)


def broken_pointers(model: type[models.Model], field: Any) -> Iterator[Defect]:
    """Yield the rows whose relation leads nowhere."""
    target = field.target_field
    query = (
        f'SELECT "{model._meta.pk.column}", "{field.column}" FROM "{model._meta.db_table}" r '  # noqa: S608  names of columns
        f'WHERE "{field.column}" IS NOT NULL AND NOT EXISTS '
        f'(SELECT 1 FROM "{target.model._meta.db_table}" t WHERE t."{target.column}" = r."{field.column}") '
        f'ORDER BY "{model._meta.pk.column}"'
    )
    for pk, value in answers_to(query):
        yield Defect(f"{model._meta.verbose_name} {pk}, {field.name}", f"there is no {value}", FROM_BACKUP)


def numbers_given_twice(model: type[models.Model]) -> Iterator[Defect]:
    """Yield the sequence of a table that is behind its rows, as after they were loaded by hand."""
    table, column = model._meta.db_table, model._meta.pk.column
    (name,) = next(answers_to("SELECT pg_get_serial_sequence(%s, %s)", [f'"{table}"', column]))
    ((last, most),) = answers_to(f'SELECT (SELECT last_value FROM {name}), (SELECT max("{column}") FROM "{table}")')  # noqa: S608  as above
    if most is not None and most > last:
        remedy = f"Run in psql: SELECT setval('{name}', {most})"
        yield Defect(f"the sequence {name}", f"it is at {last}, and there is a row {most}", remedy)


def sound_rules() -> Iterator[Defect]:
    """Yield rules that are not held as declared, and rows that break one or are kept back."""
    for family in FAMILIES:
        differing, declared = family.compare("default")
        for sentence in differences(differing):
            yield Defect("triggers and indexes", sentence.removeprefix("In the database, ").strip("."), MIGRATE)
        same = [entry for name, entry in declared.items() if name not in differing]
        for entry in altered(same):
            yield Defect(f"trigger or index {entry.name}", "it was changed by hand", f"Drop it. {MIGRATE}")
    for model in all_models():
        for name in missing_constraints(model):
            yield Defect(f"{model._meta.db_table}, {name}", "this constraint is missing", FROM_BACKUP)
    yield from bounded(broken_rule(sentence) for sentence in broken_rules())


def broken_rule(sentence: str) -> Defect:
    """Return what is said of a row that breaks a rule."""
    place, _, value = sentence.rpartition(": ")
    return Defect(place, value, "Change that row in the admin")


def altered(declared: list[DerivedObject]) -> Iterator[DerivedObject]:
    """Yield the objects that the database has in other words than those that made them."""
    if connection.vendor == "sqlite":
        there: set[Any] = {sql for (sql,) in answers_to("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")}
        made: dict[DerivedObject, list[Any]] = {
            entry: [text for text in entry.statements if text.startswith("CREATE")] for entry in declared
        }
    else:
        there = set(
            answers_to("SELECT proname, prosrc FROM pg_proc WHERE pronamespace = current_schema()::regnamespace")
        )
        made = {entry: [pair for text in entry.statements for pair in FUNCTION.findall(text)] for entry in declared}
    for entry, texts in made.items():
        if not there.issuperset(texts):
            yield entry


def missing_constraints(model: type[models.Model]) -> Iterator[str]:
    """Yield the constraints and foreign keys of a model that its table does not have."""
    table = model._meta.db_table
    there = constraints_there(table)
    keys = {column for (column,) in answers_to(POINTERS[connection.vendor], [table])}
    yield from (constraint.name for constraint in model._meta.constraints if constraint.name not in there)
    for field in model._meta.local_concrete_fields:
        if field.remote_field and getattr(field, "db_constraint", False) and field.column not in keys:
            yield f"the foreign key of {field.column}"


def constraints_there(table: str) -> set[str]:
    """Return the names of the constraints and indexes of a table. Django's own reader stumbles over some checks."""
    there = {
        name
        for (name,) in answers_to(CONSTRAINTS[connection.vendor], [table] * CONSTRAINTS[connection.vendor].count("%s"))
    }
    if connection.vendor == "sqlite":
        ((sql,),) = answers_to("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = %s", [table])
        there |= set(NAMED.findall(sql))
    return there
