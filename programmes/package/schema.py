"""The JSON Schema of the theory package, derived from the models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import models
from django.db.models import Q

from programmes.integrity.known_dates import PATTERN, KnownDateField
from programmes.integrity.text import LinesField
from programmes.package.conditions import conditions_of
from programmes.package.problems import SLUG_PATTERN
from programmes.package.sections import FORMAT, SECTIONS, VERSION, Section, is_required, key_field_of

SCHEMA_FILE = Path(__file__).with_name(f"theory-package-{VERSION}.schema.json")

INTEGER_FIELDS = (models.IntegerField,)


def package_schema(*, conditions: bool = True) -> dict[str, Any]:
    """Return the schema of a whole package, with or without the rules about several fields of a row."""
    properties: dict[str, Any] = {
        "format": {"const": FORMAT, "description": "Says that this is a theory package."},
        "version": {"const": VERSION, "description": "The version of this format."},
    }
    for section in SECTIONS:
        properties[section.name] = section_schema(section, conditions=conditions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:realist:theory-package:{VERSION}",
        "title": "Theory package",
        "description": "A programme theory with its study, services, evidence and notes.",
        "type": "object",
        "properties": properties,
        "required": ["format", "version", *(section.name for section in SECTIONS if section.single)],
        "additionalProperties": False,
    }


def section_schema(section: Section, *, conditions: bool) -> dict[str, Any]:
    """Return the schema of a section: an object, or a list of objects."""
    properties = {entry.name: field_schema(entry) for entry in section.fields}
    properties |= {nested.name: section_schema(nested, conditions=conditions) for nested in section.nested}
    row: dict[str, Any] = {
        "type": "object",
        "description": " ".join((section.model.__doc__ or "").split()),
        "properties": properties,
        "required": [entry.name for entry in section.fields if is_required(entry)],
        "additionalProperties": False,
    }
    if conditions and (rules := conditions_of(section)):
        row["allOf"] = rules
    return row if section.single else {"type": "array", "items": row}


def field_schema(entry: models.Field[Any, Any]) -> dict[str, Any]:
    """Return the schema of a field's value."""
    if isinstance(entry, models.ForeignKey):
        related = entry.related_model
        target: Any = related._meta.get_field(key_field_of(related))
        schema = {"type": json_type(target)}
        description = f"The {target.name} of a {related._meta.verbose_name}."
    else:
        schema = plain_schema(entry)
        description = ""
    words = " ".join([str(entry.help_text), description]).strip()
    return {"description": words, **schema} if words else schema


def plain_schema(entry: models.Field[Any, Any]) -> dict[str, Any]:
    """Return the schema of a value that is not a relation."""
    if isinstance(entry, LinesField):
        line: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": entry.line_letters}
        if entry.line_pattern:
            line["pattern"] = f"^{entry.line_pattern}$"
        return {"type": "array", "items": line, "maxItems": entry.most_lines}
    schema: dict[str, Any] = {"type": json_type(entry)}
    if entry.choices:
        terms = [value for value, _ in entry.flatchoices]
        schema["enum"] = ["", *terms] if entry.blank and "" not in terms else terms
    elif isinstance(entry, models.DateField):
        schema["format"] = "date"
    elif isinstance(entry, KnownDateField):
        schema |= {"format": "known-date", "pattern": PATTERN}
    elif isinstance(entry, models.SlugField):
        schema |= {"pattern": SLUG_PATTERN, "maxLength": entry.max_length}
    elif isinstance(entry, INTEGER_FIELDS):
        # PostgreSQL's limits, so that a package that fits one database fits every other.
        schema |= {
            "minimum": lowest(entry),
            "maximum": 32767 if isinstance(entry, models.PositiveSmallIntegerField) else 2147483647,
        }
    elif schema["type"] == "string":
        schema |= text_schema(entry)
    return schema


def text_schema(entry: models.Field[Any, Any]) -> dict[str, Any]:
    """Return what the schema of a text asks for."""
    schema: dict[str, Any] = {} if entry.blank else {"minLength": 1}
    schema["maxLength"] = entry.max_length
    return schema | ({"format": "uri"} if isinstance(entry, models.URLField) else {})


def lowest(entry: models.Field[Any, Any]) -> int:
    """Return the least number that a field takes."""
    positive = Q(**{f"{entry.name}__gt": 0})
    return int(any(getattr(rule, "condition", None) == positive for rule in entry.model._meta.constraints))


def json_type(entry: models.Field[Any, Any]) -> str:
    """Return the JSON type of a field's values."""
    if isinstance(entry, models.BooleanField):
        return "boolean"
    return "integer" if isinstance(entry, INTEGER_FIELDS) else "string"
