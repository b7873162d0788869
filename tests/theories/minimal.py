"""The least that the schema of the package asks for: one row in every list, with the needed fields alone."""

import copy
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator

from programmes.package.schema import package_schema
from programmes.package.sections import SECTIONS, Section, key_field_of

Row = dict[str, Any]


def value_for(field: Row) -> Any:
    """Return a value that the schema of a field allows."""
    if "const" in field or "enum" in field:
        return field["const"] if "const" in field else next(term for term in field["enum"] if term)
    return {"integer": 1, "boolean": True}.get(field["type"], "2024-05-06" if field.get("format") == "date" else "x")


def with_references(section: Section, row: Row) -> Row:
    """Return a row whose references lead to the one row of the list that they name."""
    found = dict(row)
    for entry in section.fields:
        if entry.name in row and entry.is_relation:
            target = entry.related_model._meta.get_field(key_field_of(entry.related_model))
            found[entry.name] = 1 if "Integer" in target.get_internal_type() else "x"
    return found


def minimal_row(section: Section, shape: Row) -> Row:
    """Return the least row of a list: its needed fields, and the fewest that meet its conditions."""
    properties = shape["properties"]
    rows = [{name: value_for(properties[name]) for name in shape["required"]}]
    for condition in shape.get("allOf", ()):
        ways = condition.get("anyOf", [condition])
        rows = [extended(row, way, properties) for row in rows for way in ways]
    allowed = Draft202012Validator({"allOf": shape.get("allOf", [])})
    return with_references(section, min(filter(allowed.is_valid, rows), key=len))


def extended(row: Row, way: Row, properties: Row) -> Row:
    """Return a row with what one way to meet a condition needs."""
    fields = {name: properties[name] | (way.get("properties", {}).get(name) or {}) for name in way.get("required", ())}
    return row | {name: value_for(field) for name, field in fields.items() if name not in row}


def row_shape(section: Section, properties: Row) -> Row:
    """Return the schema of one row."""
    shape: Row = properties[section.name]
    return shape if section.single else shape["items"]


def lists_of_package() -> Iterator[tuple[str, Section, Row, tuple[Section, ...]]]:
    """Yield each list or object of the package: its place, its section, the schema of its row, what it is nested in."""
    properties = package_schema()["properties"]
    for section in SECTIONS:
        shape = row_shape(section, properties)
        yield section.name, section, shape, ()
        for nested in section.nested:
            yield f"{section.name}.{nested.name}", nested, row_shape(nested, shape["properties"]), (section,)


def minimal_package(base: Row | None = None) -> Row:
    """Return a package with one least row in every list, or with that in each list that another has not."""
    properties = package_schema()["properties"]
    document = copy.deepcopy(base) if base else {name: value_for(properties[name]) for name in ("format", "version")}
    for _, section, shape, above in lists_of_package():
        if above:
            rows = document[above[0].name]
            if not any(section.name in row for row in ([rows] if above[0].single else rows)):
                (rows if above[0].single else rows[0])[section.name] = [minimal_row(section, shape)]
        elif section.name not in document:
            row = minimal_row(section, shape)
            document[section.name] = row if section.single else [row]
    return document
