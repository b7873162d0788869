"""Invariants over more than one row: a check constraint cannot follow a relation, a trigger can.

A model lists them in `invariants`. `migrate` removes the triggers before it changes tables and puts them back after,
so they always follow the models as they are. Forms and the package reader ask the same invariant in Python first,
to answer with a sentence instead of an error of the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connections, models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "exact": lambda value, expected: value == expected,
    "in": lambda value, expected: value in expected,
    "isnull": lambda value, expected: (value is None) == expected,
    "gt": lambda value, expected: value is not None and value > expected,
}


def follow(row: Any, path: str) -> Any:
    """Return the value at the end of a path of relations, or None where it breaks off."""
    for name in path.split("__"):
        if row is None:
            return None
        row = getattr(row, name)
    return row


def holds(condition: Q, row: models.Model) -> bool:
    """Say in Python, before anything is saved, whether a row satisfies a condition that may follow relations."""
    results = (
        holds(child, row) if isinstance(child, Q) else comparison_holds(child[0], child[1], row)  # type: ignore[index]
        for child in condition.children
    )
    combined = any(results) if condition.connector == Q.OR else all(results)
    return combined != condition.negated


def comparison_holds(lookup: str, expected: Any, row: models.Model) -> bool:
    """Say whether one comparison of a condition holds for a row."""
    path, _, comparison = lookup.rpartition("__")
    if comparison not in COMPARISONS:
        path, comparison = lookup, "exact"
    if isinstance(expected, F):
        expected = follow(row, expected.name)  # type: ignore[attr-defined]  # the stubs forget the name of F
    return COMPARISONS[comparison](follow(row, path), expected)


@dataclass(frozen=True)
class Invariant:
    """Something that must always be true of a row and the rows it points at.

    `guards` names the relations whose rows could break it when they change; they are watched too.
    `in_python` replaces the condition where that uses database functions.
    """

    name: str
    condition: Q
    message: str
    guards: tuple[str, ...] = ()
    in_python: Callable[[Any], bool] | None = None

    def check(self, row: models.Model) -> None:
        """Raise ValidationError unless the unsaved row satisfies the invariant."""
        satisfied = self.in_python(row) if self.in_python else holds(self.condition, row)
        if not satisfied:
            raise ValidationError(self.message, code=self.name)

    def triggers(
        self, model: type[models.Model], connection: BaseDatabaseWrapper
    ) -> Iterator[tuple[str, str, str, str]]:
        """Yield each trigger as its name, event, table and the query that finds a violation."""
        own = model._meta.db_table
        for event in ("insert", "update"):
            yield f"{self.name}_{event}", event, own, violation(model, self.condition, "pk", connection)
        for guard in self.guards:
            related = model._meta.get_field(guard).related_model
            table = related._meta.db_table  # type: ignore[union-attr]  # a guard is a foreign key
            yield f"{self.name}_{guard}", "update", table, violation(model, self.condition, guard, connection)


def violation(model: type[models.Model], condition: Q, key: str, connection: BaseDatabaseWrapper) -> str:
    """Return the SQL that finds rows which break a condition, among those that belong to the changed row."""
    changed = RawSQL("NEW.id", ())
    rows = (
        model._base_manager.using(connection.alias).filter(**{key: changed}).exclude(condition).order_by().values("pk")
    )
    sql, parameters = rows.query.get_compiler(connection=connection).as_sql()
    quote = connection.schema_editor(collect_sql=True, atomic=False).quote_value
    return str(sql % tuple(quote(value) for value in parameters))


def models_with_invariants() -> Iterator[tuple[type[models.Model], Invariant]]:
    """Yield every invariant with the model that declares it."""
    for model in apps.get_models():
        for invariant in getattr(model, "invariants", ()):
            yield model, invariant


def invariants_guarding(row: models.Model) -> Iterator[tuple[type[models.Model], Invariant, str]]:
    """Yield the invariants of other rows that a change of this row could break, and by which relation."""
    for model, invariant in models_with_invariants():
        for guard in invariant.guards:
            if model._meta.get_field(guard).related_model is type(row):
                yield model, invariant, guard


def check_invariants(row: models.Model) -> None:
    """Raise ValidationError with every invariant that this unsaved row, or a row pointing at it, would break."""
    errors: list[ValidationError] = []
    for invariant in getattr(row, "invariants", ()):
        try:
            invariant.check(row)
        except ValidationError as error:
            errors.append(error)
    if not row._state.adding:
        for model, invariant, guard in invariants_guarding(row):
            for dependent in model._base_manager.filter(**{guard: row.pk}):
                setattr(dependent, guard, row)  # the change as it would be, not as it is stored
                try:
                    invariant.check(dependent)
                except ValidationError as error:
                    errors.append(error)
                    break
    if errors:
        raise ValidationError(errors)


PREFIX = "invariant_"


def installed_triggers(using: str = "default") -> set[str]:
    """Return the names of the triggers of invariants that the database has."""
    connection = connections[using]
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, 10) = %s",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE starts_with(tgname, %s)",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query, [PREFIX])
        return {name for (name,) in cursor.fetchall()}


def remove_triggers(using: str = "default") -> None:
    """Remove every trigger of an invariant, so that tables can be rebuilt."""
    connection = connections[using]
    statement = {"sqlite": 'DROP TRIGGER "{}"', "postgresql": 'DROP FUNCTION "{}" CASCADE'}[connection.vendor]
    with connection.cursor() as cursor:
        for name in sorted(installed_triggers(using)):
            cursor.execute(statement.format(name))


def install_triggers(using: str = "default") -> None:
    """Install the trigger of every invariant of the present models whose tables exist.

    Where there are triggers already, the tables were not changed (`flush` only empties them), and nothing is to do.
    """
    if installed_triggers(using):
        return
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for model, invariant in models_with_invariants():
            if model._meta.db_table in tables:
                for name, event, table, query in invariant.triggers(model, connection):
                    for statement in trigger_sql(connection.vendor, PREFIX + name, event, table, query, invariant.name):
                        cursor.execute(statement)


def trigger_sql(vendor: str, name: str, event: str, table: str, query: str, invariant: str) -> list[str]:
    """Return the statements that make one trigger. All names come from the code, none from a person."""
    if vendor == "sqlite":
        body = f"SELECT RAISE(ABORT, '{invariant}') WHERE EXISTS ({query})"
        return [f'CREATE TRIGGER "{name}" AFTER {event.upper()} ON "{table}" BEGIN {body}; END']
    function = (
        f'CREATE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS ({query}) THEN '
        f"RAISE EXCEPTION '{invariant}' USING ERRCODE = 'check_violation', CONSTRAINT = '{invariant}'; "
        "END IF; RETURN NULL; END $$"
    )
    trigger = f'CREATE TRIGGER "{name}" AFTER {event.upper()} ON "{table}" FOR EACH ROW EXECUTE FUNCTION "{name}"()'
    return [function, trigger]


def remove_before_migrate(using: str, **_: object) -> None:
    """Clear the way for a migration."""
    remove_triggers(using)


def install_after_migrate(using: str, **_: object) -> None:
    """Put the triggers back when a migration is done."""
    install_triggers(using)
