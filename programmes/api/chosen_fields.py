"""Which fields of its rows an answer has: those asked for, or all but some, or a light row with a few more."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from programmes.api.parameter_errors import BadParameterError, unknown_word
from programmes.api.rows import MoreField

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rest_framework.request import Request

    from programmes.api.rows import RowSerializer

Tree = dict[str, "Tree"]
FIELD_PARAMETERS = ("fields", "exclude", "include", "light")
LISTS_OF_NAMES = frozenset({"fields", "exclude", "include"})  # which can be given several times


def shape_within(entry: Any) -> Any:
    """Return the serializer of what stands in a field, or None where that is a value."""
    if isinstance(entry, serializers.ListSerializer):
        return entry.child
    return entry if isinstance(entry, serializers.Serializer) else None


def names_of_fields(serializer: Any, before: str = "") -> Iterator[str]:
    """Yield the name of each field, and of those within it after a dot, as in `setting.stage`."""
    for name, entry in serializer.fields.items():
        yield f"{before}{name}"
        if (within := shape_within(entry)) is not None:
            yield from names_of_fields(within, f"{before}{name}.")


def tree_of(names: list[str]) -> Tree:
    """Return names as a tree; one that is named whole has nothing below it."""
    tree: Tree = {}
    for name in sorted(names):
        at = tree
        *before, last = name.split(".")
        for part in before:
            at = at.setdefault(part, {})
        at[last] = {}
    return {name: {} if name in names else below for name, below in tree.items()}


@dataclass(frozen=True)
class FieldChoice:
    """The fields that somebody chose."""

    top: frozenset[str] | None = None  # the fields of a row of which anything is wanted; None for all
    keep: Tree = field(default_factory=dict)  # of fields of which a part is wanted
    drop: Tree = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Say whether a field is wanted that holds one value, or such a part of one as `setting.stage`."""
        top, _, part = name.partition(".")
        if self.top is not None and top not in self.top:
            return False
        keep, drop = self.keep.get(top), self.drop.get(top)
        return not part or ((not keep or part in keep) and not (drop and part in drop))

    def cut(self, row: dict[str, Any]) -> dict[str, Any]:
        """Return a row with the chosen parts of its fields."""
        return row_without(only(row, self.keep), self.drop) if self.keep or self.drop else row


def only(row: dict[str, Any], keep: Tree) -> dict[str, Any]:
    """Return a row of which some fields have only the parts that are named."""
    return {name: each(value, keep[name], named_parts) if keep.get(name) else value for name, value in row.items()}


def named_parts(row: dict[str, Any], keep: Tree) -> dict[str, Any]:
    """Return the parts of a row that are named."""
    return only({name: value for name, value in row.items() if name in keep}, keep)


def row_without(row: dict[str, Any], drop: Tree) -> dict[str, Any]:
    """Return a row without the parts that are named."""
    return {
        name: each(value, drop[name], row_without) if drop.get(name) else value
        for name, value in row.items()
        if name not in drop or drop[name]
    }


def each(value: Any, tree: Tree, change: Any) -> Any:
    """Return what stands in a field with each of its rows changed."""
    return [change(row, tree) for row in value] if isinstance(value, list) else change(value, tree)


def asked_names(request: Request, parameter: str, known: list[str]) -> list[str]:
    """Return the names that a parameter gives, with commas or several times; refuse what is none."""
    names = [name.strip() for text in request.query_params.getlist(parameter) for name in text.split(",")]
    for name in names:
        if name not in known:
            raise unknown_word("field", parameter, name, known)
    return names


def choice_of(request: Request, serializer: RowSerializer) -> FieldChoice:
    """Return the fields that a request asks for."""
    asked = [name for name in FIELD_PARAMETERS if name in request.query_params]
    if not asked:
        return FieldChoice()
    light = request.query_params.get("light", "false")
    if light not in {"true", "false"}:
        raise BadParameterError("light", light, "is neither true nor false")
    known = list(names_of_fields(serializer))
    named = {parameter: asked_names(request, parameter, known) for parameter in LISTS_OF_NAMES}
    keep = tree_of(named["fields"] + named["include"])
    drop = tree_of(named["exclude"])
    top = [name for name in map(str, serializer.fields) if not named["fields"] or name in keep]
    if light == "true" and not named["fields"]:
        top = [name for name in top if name in keep or is_light(serializer.fields[name])]
    return FieldChoice(frozenset(name for name in top if name not in drop or drop[name]), keep, drop)


def is_light(entry: Any) -> bool:
    """Say whether a field stands in a light row: one that holds no rows of its own."""
    return not isinstance(entry, serializers.ListSerializer | MoreField)


def field_parameters(serializer: RowSerializer, *names: str) -> list[OpenApiParameter]:
    """Return the parameters by which fields are chosen, or those of them that are named, for the OpenAPI document."""
    several = {"type": "array", "minItems": 1, "items": {"type": "string", "enum": list(names_of_fields(serializer))}}
    said = {
        "fields": "Only these fields, separated by commas; with a dot, a part of one, as in setting.stage.",
        "exclude": "All but these fields.",
        "include": "Fields that a light row has besides.",
    }
    lists = [
        OpenApiParameter(name, several, explode=False, style="form", description=text) for name, text in said.items()
    ]
    found = [*lists, OpenApiParameter("light", bool, description="Leave out lists of rows within a row.")]
    return [parameter for parameter in found if not names or parameter.name in names]
