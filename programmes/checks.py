"""What `manage.py check` and the log say of triggers and indexes that are not as the models declare them."""

from __future__ import annotations

import logging
from itertools import groupby
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from django.core.checks import CheckMessage, Error, Warning  # noqa: A004  Django's name for it
from django.db import DatabaseError, connection
from django.db.models import CharField, F, IntegerField, JSONField, TextField

from programmes.actions.forget_again import forget_again
from programmes.actions.ledger import missing_here
from programmes.integrity.invariants import TRIGGERS, comparisons, models_with_invariants, path_and_lookup
from programmes.integrity.restoring import REMEDY as REMEDY_OF_RESTORE
from programmes.integrity.restoring import restored_from
from programmes.integrity.strips import STRIPS_OF_TEXTS
from programmes.integrity.touches import NOTES_OF_WRITES
from programmes.models import Erasure
from programmes.models.erasures import hash_keys
from programmes.search.index import INDEXES
from programmes.trouble import NOT_MIGRATED, trouble_of
from programmes.words import NobodysWords

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db import models

log = logging.getLogger(__name__)
FAMILIES = (STRIPS_OF_TEXTS, TRIGGERS, NOTES_OF_WRITES, INDEXES)
REMEDY = "Run: manage.py migrate"


def remove_before_migrate(using: str, plan: Sequence[Any], **_: object) -> None:
    """Clear the way for migrations, if there are any."""
    for family in FAMILIES if plan else ():
        family.remove(using)


def install_after_migrate(using: str, **_: object) -> None:
    """Make what is not as declared when migrations are done, or were none."""
    for family in FAMILIES:
        family.install(using)


def derived_objects_as_declared(databases: Sequence[str] | None = None, **_: object) -> list[CheckMessage]:
    """Warn of the triggers and indexes of each database that are not as the models declare them."""
    return [
        Warning(sentence, hint=REMEDY, id="programmes.W001")
        for using in databases or ()
        for family in FAMILIES
        for sentence in differences(family.compare(using)[0])
    ]


def differences(differing: dict[str, str]) -> list[str]:
    """Return a sentence for each way in which objects differ."""
    return [
        f"In the database, {how}: {', '.join(name for name, _ in entries)}."
        for how, entries in groupby(sorted(differing.items(), key=lambda entry: entry[1]), key=lambda entry: entry[1])
    ]


def erasures_are_obeyed(databases: Sequence[str] | None = None, **_: object) -> list[CheckMessage]:
    """Warn where a database that was restored does not know of erasures, or has hashes that nobody can use."""
    if "default" not in (databases or ()) or Erasure._meta.db_table not in connection.introspection.table_names():
        return []
    found: list[CheckMessage] = []
    if missing := len(missing_here()):
        text = f"{missing} erasures on file are not known to the database, as after restoring an older copy of it."
        found.append(Warning(text, hint="Run: manage.py tidy", id="programmes.W002"))
    if unusable := Erasure.objects.exclude(secret__in=hash_keys()).count():
        text = f"{unusable} erasures were kept with another ERASURE_KEY or SECRET_KEY: their words are not known again."
        found.append(Warning(text, hint="Name that key in SECRET_KEY_FALLBACKS.", id="programmes.W003"))
    return found


def log_what_differs() -> None:
    """Write into the log what a server that starts should know; where no database answers, it starts all the same.

    What a restored database brought back of what was erased is erased first.
    """
    try:
        if restored := restored_from(connection):
            log.warning(
                "The database is being restored from %s. The site is shut; %s",
                PurePath(restored.backup),
                NobodysWords(REMEDY_OF_RESTORE),
            )
            return
        if done := forget_again():
            log.warning("A restored database was made to forget: %d steps. Run: manage.py tidy", len(done))
        for message in [*derived_objects_as_declared(["default"]), *erasures_are_obeyed(["default"])]:
            log.warning("%s %s", NobodysWords(message.msg), NobodysWords(message.hint))
    except DatabaseError as error:
        log.warning("%s", NobodysWords(why_no_database(error)))
    finally:
        connection.close()


def why_no_database(error: DatabaseError) -> str:
    """Return what a server that starts says of a database that cannot be asked, in one sentence."""
    trouble = trouble_of(error, writes=False)
    if trouble == NOT_MIGRATED:
        return NOT_MIGRATED.for_operators
    return f"The database does not answer: {' '.join(str(error).split())}. Pages are 503 until it does."


def invariants_can_be_asked(**_: object) -> list[CheckMessage]:
    """Refuse a comparison that Python and the databases might answer differently."""
    return [
        Error(f"The invariant {invariant.name} of {model.__name__} {fault}: {lookup}.", id="programmes.E001")
        for model, invariant in models_with_invariants()
        if invariant.in_python is None
        for lookup, expected in comparisons(invariant.condition)
        if (fault := fault_of(model, lookup, expected))
    ]


def fault_of(model: type[models.Model], lookup: str, expected: Any) -> str:
    """Return what is wrong with a comparison, or nothing."""
    path, comparison = path_and_lookup(lookup)
    column = column_at(model, path)
    if column is None:
        return "follows what is no column"
    if expected is None or comparison == "isnull":
        return ""
    if isinstance(expected, F):
        other = column_at(model, expected.name)  # type: ignore[attr-defined]  # the stubs forget the name of F
        alike = other is not None and not isinstance(other, JSONField) and kind_of(other) == kind_of(column)
        return "" if alike else f"compares with {expected!r}, which is no column of the same kind"
    values = expected if comparison == "in" else [expected]
    plain = not column.is_relation and not isinstance(column, JSONField)
    fitting = plain and all(column.to_python(value) == value for value in values)
    return "" if fitting else "compares with a value that is none of its column"


def kind_of(column: Any) -> object:
    """Return what the values of a column can be compared with on every database."""
    if isinstance(column, (CharField, TextField)):
        return str
    if isinstance(column, IntegerField):
        return int
    return column.related_model or column.get_internal_type()


def column_at(model: type[models.Model], path: str) -> Any:
    """Return the column at the end of a path of relations, or None where the path is of something else."""
    place: Any = model
    column = None
    for name in path.split("__"):
        column = next((field for field in place._meta.concrete_fields if field.name == name), None) if place else None
        place = column.related_model if column else None
    return column
