"""Invariants over more than one row: a check constraint cannot follow a relation, a trigger can.

A model lists them in `invariants`. `migrate` removes the triggers before it changes tables, and afterwards makes those
that are not as the models declare them. Forms and the package reader ask the same invariant in Python first, to answer
with a sentence instead of an error of the database; a lookup that Python cannot ask is refused where it is declared.
"""

from __future__ import annotations

import functools
import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import connections, models
from django.db.backends.utils import truncate_name
from django.db.models import BooleanField, Case, F, Q, When
from django.db.models.expressions import RawSQL

from programmes.integrity.derived import DerivedObject, Family

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from django.db.backends.base.base import BaseDatabaseWrapper

PREFIX = "invariant_"
LONGEST_NAME = 63  # letters of a name that PostgreSQL keeps
LOOKUPS = ("exact", "in", "isnull")  # what Python compares as every database does, whatever its collation
# Of numbers and dates alone, and in check constraints alone: these refuse nothing where one of the two is missing.
ORDERED = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}


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
    """Say whether one comparison of a condition holds for a row; as in SQL, nothing equals what is not there."""
    path, comparison = path_and_lookup(lookup)
    value = follow(row, path)
    if comparison == "isnull" or expected is None:
        return (value is None) == (expected is None or expected)
    if isinstance(expected, F):
        expected = follow(row, expected.name)  # type: ignore[attr-defined]  # the stubs forget the name of F
    if isinstance(value, models.Model) and isinstance(expected, int):
        value = value.pk  # a row that points at itself
    if comparison in ORDERED:
        return value is None or expected is None or ORDERED[comparison](value, expected)
    return value is not None and (value in expected if comparison == "in" else value == expected)


def path_and_lookup(lookup: str) -> tuple[str, str]:
    """Return the path of a comparison and the lookup at its end, which need not be written."""
    path, _, comparison = lookup.rpartition("__")
    return (path, comparison) if comparison in {*LOOKUPS, *ORDERED} else (lookup, "exact")


def comparisons(condition: Q) -> Iterator[tuple[str, Any]]:
    """Yield each comparison of a condition."""
    for child in condition.children:
        if isinstance(child, Q):
            yield from comparisons(child)
        else:
            yield child  # type: ignore[misc]  # what is no comparison was refused


def beyond_python(part: object, lookups: Iterable[str] = LOOKUPS) -> str:
    """Return what in a condition cannot be asked in Python, or nothing."""
    if isinstance(part, Q):
        inner = (beyond_python(child, lookups) for child in part.children)
        return f"joins by {part.connector}" if part.connector == Q.XOR else next(filter(None, inner), "")
    if not isinstance(part, tuple):
        return f"asks {part!r}"
    lookup, expected = part
    used = lookup.rpartition("__")[2]
    if used in models.Field.get_class_lookups() and used not in lookups:
        return f"uses the lookup {used} in {lookup}"
    if hasattr(expected, "resolve_expression") and type(expected) is not F:
        return f"compares {lookup} with {expected!r}"
    return ""


def true_or_false(condition: Q) -> Q:
    """Return the condition with comparisons that are true or false, as in Python.

    In SQL a comparison with what is not there is neither, and inside negations Django does not always see to that.
    """
    parts = [
        true_or_false(part)
        if isinstance(part, Q)
        else Case(When(Q(part), then=True), default=False, output_field=BooleanField())
        for part in condition.children
    ]
    return Q(*parts, _connector=condition.connector, _negated=condition.negated)


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

    def __post_init__(self) -> None:
        """Refuse a condition that forms could not ask."""
        fault = "" if self.in_python else beyond_python(self.condition)
        if fault:
            raise ImproperlyConfigured(
                f"The condition of the invariant {self.name} {fault}, which cannot be asked in Python: compare with "
                f"values or F by {', '.join(LOOKUPS)}, join by & and |, or give in_python."
            )

    def check(self, row: models.Model) -> None:
        """Raise ValidationError unless the unsaved row satisfies the invariant."""
        satisfied = self.in_python(row) if self.in_python else holds(self.condition, row)
        if not satisfied:
            raise ValidationError(self.message, code=self.name)

    def reads(self, guard: str, fields: Collection[str]) -> bool:
        """Say whether the invariant may ask for one of these fields of the row that a guard leads to."""
        if self.in_python:
            return True
        asked = {
            path
            for lookup, expected in comparisons(self.condition)
            for path in (path_and_lookup(lookup)[0], getattr(expected, "name", ""))
        }
        return any(f"{path}__".startswith(f"{guard}__{name}__") for path in asked for name in fields)

    def triggers(self, model: type[models.Model], connection: BaseDatabaseWrapper) -> Iterator[DerivedObject]:
        """Yield the trigger of each event that could break the invariant."""
        locks = [lock for guard in self.guards for lock in guard_locks(model, guard)]
        for event in self.events(model):
            name = truncate_name(f"{PREFIX}{self.name}_{event.suffix}", LONGEST_NAME)
            query, tables = violation(model, self.condition, event, connection.alias)
            held = locks if event.suffix == event.kind else event.locks
            statements = trigger_sql(connection.vendor, name, event, query, self.name, held)
            yield DerivedObject(name, tables | {event.table}, tuple(statements))

    def events(self, model: type[models.Model]) -> Iterator[WatchedEvent]:
        """Yield what is watched: the rows themselves, those that guards lead to, and who stands in a list of them."""
        own = model._meta.db_table
        yield from (WatchedEvent(kind, kind, own, "pk") for kind in ("insert", "update"))
        for guard in self.guards:
            relation: Any = model._meta.get_field(guard)
            yield WatchedEvent(guard, "update", relation.related_model._meta.db_table, guard)
            if relation.many_to_many:
                row, other, among = relation.m2m_column_name(), relation.m2m_reverse_name(), relation.m2m_db_table()
                locks = (
                    f'PERFORM 1 FROM "{own}" WHERE id = NEW."{row}" FOR SHARE;',
                    f'PERFORM 1 FROM "{relation.related_model._meta.db_table}" WHERE id = NEW."{other}" FOR SHARE;',
                )
                yield WatchedEvent(f"{guard}_insert", "insert", among, "pk", row, locks)


@dataclass(frozen=True)
class WatchedEvent:
    """A change of a table that could break an invariant, and how it leads to the rows concerned."""

    suffix: str  # of the trigger's name
    kind: str  # insert or update
    table: str
    key: str  # the lookup of the rows concerned
    column: str = "id"  # of the changed row, with which these are looked up
    locks: tuple[str, ...] = ()  # statements of PostgreSQL that hold the rows that the invariant rests on


def guard_locks(model: type[models.Model], guard: str) -> Iterator[str]:
    """Yield the statement by which PostgreSQL holds the rows that a guard leads to until the transaction ends.

    Otherwise two transactions that do not see each other could each keep the invariant, and break it together. Rows
    are held in the order of their ids, so that two who hold the same ones do not wait for each other.
    """
    relation: Any = model._meta.get_field(guard)
    table = relation.related_model._meta.db_table
    named = f'= NEW."{relation.column}"'
    if relation.many_to_many:
        row, other, among = relation.m2m_column_name(), relation.m2m_reverse_name(), relation.m2m_db_table()
        named = f'IN (SELECT "{other}" FROM "{among}" WHERE "{row}" = NEW.id)'  # noqa: S608  names of tables
    yield f'PERFORM 1 FROM "{table}" WHERE id {named} ORDER BY id FOR SHARE;'


@functools.cache  # each migration, restore and check asks for hundreds of them, and none ever differs
def violation(model: type[models.Model], condition: Q, event: WatchedEvent, using: str) -> tuple[str, frozenset[str]]:
    """Return the SQL that finds rows which break a condition because of the changed row, and the tables it reads."""
    connection = connections[using]
    changed = RawSQL(f'NEW."{event.column}"', ())  # noqa: S611  the name of a column
    rows = broken_rows(model, condition).using(using).filter(**{event.key: changed}).order_by().values("pk")
    sql, parameters = rows.query.get_compiler(connection=connection).as_sql()
    quote = connection.schema_editor(collect_sql=True, atomic=False).quote_value
    tables = frozenset(join.table_name for join in rows.query.alias_map.values())
    return str(sql % tuple(quote(value) for value in parameters)), tables


def field_triggers(model: type[models.Model], connection: BaseDatabaseWrapper) -> Iterator[DerivedObject]:
    """Yield the triggers that hold what the fields of a model ask of their values, as a check constraint would.

    Where a row broke the rule before there was one, it stays, and all else of it can be changed: only what is new is
    asked. That a day has not come no check constraint can say.
    """
    rules = {
        f'"{entry.column}"': rule
        for entry in model._meta.local_concrete_fields
        if hasattr(entry, "broken_where") and hasattr(model, "invariants")  # what was once so, the history keeps
        if (rule := entry.broken_where(f'NEW."{entry.column}"', connection.vendor))
    }
    if not rules:
        return
    table, name = model._meta.db_table, f"{model._meta.model_name}_fields_hold"
    for event in ("insert", "update"):
        differs = {"sqlite": "IS NOT", "postgresql": "IS DISTINCT FROM"}[connection.vendor]
        faults = " OR ".join(
            rule if event == "insert" else f"(NEW.{column} {differs} OLD.{column} AND {rule})"
            for column, rule in rules.items()
        )
        trigger = truncate_name(f"{PREFIX}{name}_{event}", LONGEST_NAME)
        watched = WatchedEvent(event, event, table, "pk")
        statements = trigger_sql(connection.vendor, trigger, watched, f"SELECT 1 WHERE {faults}", name)
        yield DerivedObject(trigger, frozenset({table}), tuple(statements))


def broken_rows(model: type[models.Model], condition: Q) -> models.QuerySet[Any, Any]:
    """Return the rows that break a condition."""
    return model._base_manager.filter(~true_or_false(condition))


def models_with_invariants() -> Iterator[tuple[type[models.Model], Invariant]]:
    """Yield every invariant with the model that declares it."""
    for model in models_that_declare():
        for invariant in model.invariants:
            yield model, invariant


@functools.cache  # asked at each save
def models_that_declare() -> tuple[Any, ...]:
    """Return the models that have a list of invariants, though it may be empty."""
    return tuple(model for model in apps.get_models() if hasattr(model, "invariants"))


def invariants_guarding(row: models.Model) -> Iterator[tuple[type[models.Model], Invariant, str]]:
    """Yield the invariants of other rows that a change of this row could break, and by which relation."""
    for model, invariant in models_with_invariants():
        for guard in invariant.guards:
            if model._meta.get_field(guard).related_model is type(row):
                yield model, invariant, guard


def check_invariants(row: models.Model, changing: Collection[str] | None = None) -> None:
    """Raise ValidationError with every invariant that this unsaved row, or a row pointing at it, would break.

    Where it is known which fields are changing, rows that point at it are asked only what these decide.
    """
    errors: list[ValidationError] = []
    for invariant in getattr(row, "invariants", ()):
        try:
            invariant.check(row)
        except ValidationError as error:
            errors.append(error)
    if not row._state.adding:
        for model, invariant, guard in invariants_guarding(row):
            if changing is not None and not invariant.reads(guard, changing):
                continue
            for dependent in model._base_manager.filter(**{guard: row.pk}):
                put_in_place(dependent, guard, row)
                try:
                    invariant.check(dependent)
                except ValidationError as error:
                    errors.append(error)
                    break
    if errors:
        raise ValidationError(errors)


def put_in_place(dependent: Any, guard: str, row: models.Model) -> None:
    """Let a row lead to another as it would be after a change, not as it is stored."""
    if not dependent._meta.get_field(guard).many_to_many:
        setattr(dependent, guard, row)
        return
    others = [row if other.pk == row.pk else other for other in getattr(dependent, guard).all()]
    dependent._prefetched_objects_cache = {guard: others}  # noqa: SLF001  as Django's prefetching leaves them


class Triggers(Family):
    """The triggers of all invariants; those of another purpose have another beginning of their names."""

    prefix = PREFIX

    def declared(self, connection: BaseDatabaseWrapper) -> list[DerivedObject]:
        """Return every trigger of every invariant, and of the rules of fields."""
        of_invariants = [
            trigger
            for model, invariant in models_with_invariants()
            for trigger in invariant.triggers(model, connection)
        ]
        return of_invariants + [trigger for model in apps.get_models() for trigger in field_triggers(model, connection)]

    def found(self, connection: BaseDatabaseWrapper) -> dict[str, bool]:
        """Return each trigger; on PostgreSQL each function of one, and whether a trigger that is on calls it."""
        query = {
            "sqlite": "SELECT name, 1 FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, length(%s)) = %s",
            "postgresql": (
                "SELECT proname, EXISTS (SELECT FROM pg_trigger WHERE tgfoid = p.oid AND tgenabled <> 'D') "
                "FROM pg_proc p WHERE pronamespace = current_schema()::regnamespace AND starts_with(proname, %s)"
            ),
        }[connection.vendor]
        with connection.cursor() as cursor:
            cursor.execute(query, [self.prefix] * query.count("%s"))
            return {name: bool(whole) for name, whole in cursor.fetchall()}

    def removal(self, name: str, connection: BaseDatabaseWrapper) -> list[str]:
        """Return the statement that removes a trigger, with its function."""
        statement = {"sqlite": 'DROP TRIGGER IF EXISTS "{}"', "postgresql": 'DROP FUNCTION IF EXISTS "{}" CASCADE'}
        return [statement[connection.vendor].format(name)]


TRIGGERS = Triggers()


def installed_triggers(using: str = "default") -> set[str]:
    """Return the names of the triggers of invariants that the database has."""
    return set(TRIGGERS.found(connections[using]))


def remove_triggers(using: str = "default") -> None:
    """Remove every trigger of an invariant, so that tables can be rebuilt."""
    TRIGGERS.remove(using)


def install_triggers(using: str = "default") -> None:
    """Bring the triggers to what the present models declare of the tables that exist."""
    TRIGGERS.install(using)


def trigger_sql(
    vendor: str, name: str, event: WatchedEvent, query: str, invariant: str, locks: Sequence[str] = ()
) -> list[str]:
    """Return the statements that make one trigger. All names come from the code, none from a person.

    On PostgreSQL it holds the rows that the invariant rests on before it asks; SQLite has one writer at a time.
    """
    kind, table = event.kind.upper(), event.table
    if vendor == "sqlite":
        body = f"SELECT RAISE(ABORT, '{invariant}') WHERE EXISTS ({query})"
        return [f'CREATE TRIGGER "{name}" AFTER {kind} ON "{table}" BEGIN {body}; END']
    function = (
        f'CREATE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {" ".join([*locks, ""])}'
        f"IF EXISTS ({query}) THEN "
        f"RAISE EXCEPTION '{invariant}' USING ERRCODE = 'check_violation', CONSTRAINT = '{invariant}'; "
        "END IF; RETURN NULL; END $$"
    )
    trigger = f'CREATE TRIGGER "{name}" AFTER {kind} ON "{table}" FOR EACH ROW EXECUTE FUNCTION "{name}"()'
    return [function, trigger]
