"""Rules of the models about several fields of one row, as conditions of the JSON Schema.

So a row that the schema allows is one that the database takes. What compares two values with one another, or follows a
relation, a schema cannot say; the reader asks it.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from programmes.integrity.invariants import comparisons, path_and_lookup
from programmes.package.sections import Section, default_of

Schema = dict[str, Any]

ALWAYS: Schema = {}
WORKED_OUT = {"source_text_has_checksum"}  # what the reader adds where it is left out


def conditions_of(section: Section) -> list[Schema]:
    """Return the check constraints about several fields that a schema can say, each with its sentence."""
    entries = {entry.name: entry for entry in section.fields}
    found = []
    for rule in section.model._meta.constraints:
        if not isinstance(rule, models.CheckConstraint) or rule.name in WORKED_OUT:
            continue
        if len(fields_in(rule.condition)) > 1:  # type: ignore[arg-type]  # always a Q
            schema = schema_of(rule.condition, entries, negated=False)  # type: ignore[arg-type]  # as above
            if schema != ALWAYS:
                found.append({"description": str(rule.get_violation_error_message()), **schema})
    return found


def fields_in(condition: Q) -> set[str]:
    """Return the fields that a condition compares."""
    return {path_and_lookup(lookup)[0] for lookup, _ in comparisons(condition)}


def schema_of(condition: Q, entries: dict[str, models.Field[Any, Any]], *, negated: bool) -> Schema:
    """Return a condition as a schema, which allows too much where it cannot say it, and never too little."""
    negated = negated != condition.negated
    parts = [
        schema_of(child, entries, negated=negated)
        if isinstance(child, Q)
        else comparison_schema(child, entries, negated=negated)  # type: ignore[arg-type]  # what is no Q is a comparison
        for child in condition.children
    ]
    # Not all of them is one of them not.
    return any_of(parts) if (condition.connector == Q.OR) != negated else all_of(parts)


def any_of(parts: list[Schema]) -> Schema:
    """Return the schema of what satisfies one of several."""
    flat = [inner for part in parts for inner in part.get("anyOf", [part])]
    if ALWAYS in flat:
        return ALWAYS
    return flat[0] if len(flat) == 1 else {"anyOf": flat}


def all_of(parts: list[Schema]) -> Schema:
    """Return the schema of what satisfies all of several; those about different fields are one."""
    properties: Schema = {}
    required: list[str] = []
    others: list[Schema] = []
    for part in parts:
        if set(part) <= {"properties", "required"} and properties.keys().isdisjoint(part.get("properties", ())):
            properties |= part.get("properties", {})
            required += part.get("required", [])
        else:
            others.append(part)
    words = {"properties": properties, "required": required, "allOf": others}
    return {word: value for word, value in words.items() if value}


def comparison_schema(part: tuple[str, Any], entries: dict[str, models.Field[Any, Any]], *, negated: bool) -> Schema:
    """Return one comparison as a schema: of a field that is left out its default is compared."""
    lookup, expected = part
    name, comparison = path_and_lookup(lookup)
    if hasattr(expected, "resolve_expression") or name not in entries or comparison not in {"exact", "in", "isnull"}:
        return ALWAYS
    if comparison == "isnull" or expected is None:
        wanted = (expected is None or expected) == negated  # whether there must be a value
        return {"required": [name]} if wanted else {"properties": {name: False}}
    given = expected if comparison == "in" else [expected]
    terms = [term if isinstance(term, list) else str(term) for term in given]
    among: Schema = {"enum": terms} if len(terms) > 1 else {"const": terms[0]}
    allowed = {"not": among} if negated else among
    schema: Schema = {"properties": {name: allowed}}
    if (default_of(entries[name]) in terms) == negated:
        schema["required"] = [name]
    return schema
