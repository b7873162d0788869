"""The JSON Schema of the theory package, derived from the models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import models

from programmes.integrity.known_dates import PATTERN, KnownDateField
from programmes.integrity.text import LinesField
from programmes.package.sections import FORMAT, SECTIONS, VERSION, Section, is_required, key_field_of

SCHEMA_FILE = Path(__file__).with_name(f"theory-package-{VERSION}.schema.json")

INTEGER_FIELDS = (models.IntegerField,)
SLUG_PATTERN = "^[-a-zA-Z0-9_]+$"


def package_schema() -> dict[str, Any]:
    """Return the schema of a whole package."""
    properties: dict[str, Any] = {
        "format": {"const": FORMAT, "description": "Says that this is a theory package."},
        "version": {"const": VERSION, "description": "The version of this format."},
    }
    for section in SECTIONS:
        properties[section.name] = section_schema(section)
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


def section_schema(section: Section) -> dict[str, Any]:
    """Return the schema of a section: an object, or a list of objects."""
    properties = {entry.name: field_schema(entry) for entry in section.fields}
    properties |= {nested.name: section_schema(nested) for nested in section.nested}
    row = {
        "type": "object",
        "description": " ".join((section.model.__doc__ or "").split()),
        "properties": properties,
        "required": [entry.name for entry in section.fields if is_required(entry)],
        "additionalProperties": False,
    }
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
        line = {"type": "string", "minLength": 1, "maxLength": entry.line_letters}
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
            "minimum": 0,
            "maximum": 32767 if isinstance(entry, models.PositiveSmallIntegerField) else 2147483647,
        }
    elif schema["type"] == "string":
        if not entry.blank:
            schema["minLength"] = 1
        schema["maxLength"] = entry.max_length
    return schema


def json_type(entry: models.Field[Any, Any]) -> str:
    """Return the JSON type of a field's values."""
    if isinstance(entry, models.BooleanField):
        return "boolean"
    return "integer" if isinstance(entry, INTEGER_FIELDS) else "string"
