"""Building API rows: a serializer declares the shape, this module reads exactly that from the database.

A page of rows costs one query for itself and two for each nested list, whatever its length. List and detail are built
in the same way, so they cannot differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Func, Value
from django.db.models.functions import Cast
from rest_framework import serializers

from programmes.integrity.text import LinesField, joined_key
from programmes.models.field_table import COVERED
from programmes.models.quote_masks import column_read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet

    from programmes.integrity.access import Person
    from programmes.models import CuratedModel

Path = tuple[str, ...]


class RowSerializer(serializers.Serializer[Any]):
    """The public shape of a row: the model's own fields named in Meta, and declared fields that follow relations.

    The `source` of a declared field is the path of a lookup, with dots or double underscores.
    """

    class Meta:
        model: type[CuratedModel]
        fields: tuple[str, ...] = ()
        parent = ""  # for nested rows: the path to the row that they belong to
        order: tuple[str, ...] = ()  # for nested rows: their order within it
        where: models.Q = models.Q()  # for nested rows: which of them

    def with_annotations(self, rows: QuerySet[Any, Any], user: Person) -> QuerySet[Any, Any]:
        """Add what fields are read from besides the model's own columns; a resource with such fields says what."""
        del user
        return rows

    def rests_on(self) -> Iterable[str]:
        """Return the lookups of what it is worked out from, besides those of its fields."""
        return ()

    def annotated(self, rows: QuerySet[Any, Any], user: Person) -> QuerySet[Any, Any]:
        """Add the same, and what all rows of their kind have."""
        return self.with_annotations(rows, user)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Return the model's fields, then the declared ones, each with the help text of its field."""
        declared = super().get_fields()
        own = {name: model_field(self.Meta.model._meta.get_field(name)) for name in self.Meta.fields}
        named = [*own, *(key for key in declared if key not in own)]
        return {name: with_whole_id(self.Meta.model, name, declared.get(name) or own[name]) for name in named}


def with_whole_id(model: type[CuratedModel], name: str, field: Any) -> Any:
    """Return the field of a row; one that names another row by a number holds its public id, which is a text."""
    path = (field.source or name).replace(".", "__")
    if isinstance(field, serializers.IntegerField) and refers(model, path):
        said = str(field.help_text).replace("Number of", "Public key of", 1)
        return serializers.CharField(source=field.source, allow_null=field.allow_null, help_text=said)
    return field


def where_path_ends(model: Any, path: str) -> tuple[Any, str]:
    """Return the model and the field at which the path of a lookup ends."""
    *relations, name = path.split("__")
    for relation in relations:
        model = model._meta.get_field(relation).related_model
    return model, name


def refers(model: type[CuratedModel], path: str) -> bool:
    """Say whether a path ends in the last part of the key of another row, and so names that row."""
    if "__" not in path:
        return False
    end, name = where_path_ends(model, path)
    return len(end.key_fields) > 1 and end.key_fields[-1] == name


def whole_id(path: str, keys: tuple[str, ...]) -> Func:
    """Return the public id of the row that a path names, as an expression of a query; null where there is none."""
    relation = path.rpartition("__")[0]
    parts: list[Any] = []
    for key in keys:
        parts += [Value(":"), Cast(f"{relation}__{key}", models.TextField())]
    return Func(*parts[1:], template="(%(expressions)s)", arg_joiner=" || ", output_field=models.TextField())


def model_field(entry: Any, **said: Any) -> serializers.Field[Any, Any, Any, Any]:
    """Return the serializer field of a model's field; what is said besides goes to it."""
    terms = f" One of: {', '.join(value for value, _ in entry.flatchoices if value)}." if entry.choices else ""
    help_text = f"{entry.help_text or str(entry.verbose_name).capitalize() + '.'}{terms}"
    if isinstance(entry, LinesField):
        return serializers.ListField(child=serializers.CharField(), help_text=help_text)
    kinds: tuple[tuple[type[models.Field[Any, Any]], type[serializers.Field[Any, Any, Any, Any]]], ...] = (
        (models.BooleanField, serializers.BooleanField),
        (models.DateField, serializers.DateField),
        (models.IntegerField, serializers.IntegerField),
    )
    kind = next((field for model, field in kinds if isinstance(entry, model)), serializers.CharField)
    return kind(help_text=help_text, **({"allow_null": True} if entry.null else {}), **said)


def nested_lists(serializer: serializers.BaseSerializer[Any]) -> Iterator[tuple[str, RowSerializer]]:
    """Yield the nested lists of a serializer, by name."""
    for name, field in serializer.fields.items():
        if isinstance(field, serializers.ListSerializer):
            yield name, field.child


def paths_of(serializer: Any, only: frozenset[str] | None = None) -> dict[Path, str]:
    """Return the lookup of each value of a row, by its place in the row."""
    paths: dict[Path, str] = {}
    for name, field in serializer.fields.items():
        if isinstance(field, serializers.ListSerializer) or (only is not None and name not in only):
            continue
        if isinstance(field, serializers.Serializer):
            paths |= {(name, *place): lookup for place, lookup in paths_of(field).items()}
        elif not isinstance(field, LinkField):
            paths[name,] = (field.source or name).replace(".", "__")
    return paths


class LinkField(serializers.CharField):
    """A value that is made from the key of a row: its public id, its address in the API, its page."""

    def __init__(self, template: str = "{id}", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.template = template

    def value(self, key: Iterable[Any], base: str) -> str:
        """Return the value for a row's key; `base` is the address of the site."""
        parts = list(key)
        return self.template.format(*parts, id=joined_key(parts), site=base)


def put(document: dict[str, Any], place: Path, value: Any) -> None:
    """Set a value at its place in a row."""
    for name in place[:-1]:
        document = document.setdefault(name, {})
    document[place[-1]] = value


def build_rows(
    serializer: RowSerializer,
    queryset: QuerySet[Any, Any],
    user: Person,
    base: str,
    only: frozenset[str] | None = None,
) -> dict[int, dict[str, Any]]:
    """Return the rows of a queryset in the shape of a serializer, by primary key, in the queryset's order.

    `only` names the fields wanted; nested lists that are not wanted are not read.
    """
    wanted = [name for name in serializer.fields if only is None or name in only]
    paths = paths_of(serializer, only)
    keys = serializer.Meta.model.key_fields
    asked = [as_read(user, serializer.Meta.model, path) for path in paths.values()]
    found = list(serializer.annotated(queryset, user).values_list("pk", *keys, *asked))
    lists = {
        name: children_of(child, [row[0] for row in found], user, base)
        for name, child in nested_lists(serializer)
        if name in wanted
    }
    rows: dict[int, dict[str, Any]] = {}
    for pk, *values in found:
        document: dict[str, Any] = dict.fromkeys(wanted)
        key, rest = values[: len(keys)], values[len(keys) :]
        for name in wanted:
            field = serializer.fields[name]
            if isinstance(field, LinkField):
                document[name] = field.value(key, base)
            elif isinstance(field, serializers.Serializer):
                document[name] = {}
        for place, value in zip(paths, rest, strict=True):
            put(document, place, value)
        for name, children in lists.items():
            document[name] = children.get(pk, [])
        rows[pk] = document
    return rows


def as_read(user: Person, model: type[CuratedModel], path: str) -> Any:
    """Return the lookup of a value, or what a reader has instead where masks may cover words of it."""
    end, name = where_path_ends(model, path)
    if refers(model, path):
        return whole_id(path, end.key_fields)
    return column_read(user, path) if (end, name) in COVERED else path


def children_of(
    serializer: RowSerializer, parents: list[int], user: Person, base: str
) -> dict[int, list[dict[str, Any]]]:
    """Return the nested rows of some parents that the reader may see, by parent."""
    meta = serializer.Meta
    visible = meta.model.objects.visible_to(user).filter(**{f"{meta.parent}__in": parents}).filter(meta.where)
    parent_of = dict(visible.order_by(meta.parent, *meta.order, "pk").values_list("pk", meta.parent))
    rows = build_rows(serializer, meta.model._base_manager.filter(pk__in=parent_of), user, base) if parent_of else {}
    grouped: dict[int, list[dict[str, Any]]] = {}
    for pk, parent in parent_of.items():
        grouped.setdefault(parent, []).append(rows[pk])
    return grouped
