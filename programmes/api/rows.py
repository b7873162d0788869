"""Building API rows: a serializer declares the shape, this module reads exactly that from the database.

A page of rows costs one query for itself and two for each nested list, whatever its length. List and detail are built
in the same way, so they cannot differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from rest_framework import serializers

from programmes.integrity.text import LinesField, joined_key

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

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Return the model's fields, then the declared ones, each with the help text of its field."""
        declared = super().get_fields()
        own = {name: model_field(self.Meta.model._meta.get_field(name)) for name in self.Meta.fields}
        return {name: declared.get(name) or own[name] for name in [*own, *(key for key in declared if key not in own)]}


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
    found = list(serializer.with_annotations(queryset, user).values_list("pk", *keys, *paths.values()))
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
