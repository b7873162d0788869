"""Building API rows: a serializer declares the shape, this module reads exactly that from the database.

A page of rows costs one query, whatever its length: the database gives each nested list as one JSON text. List and
detail are built in the same way, so they cannot differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson
from django.db import models
from django.db.models import Func, Value
from django.db.models.functions import Cast, JSONObject
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
        elif not isinstance(field, LinkField | MoreField):
            paths[name,] = (field.source or name).replace(".", "__")
    return paths


MOST_NESTED = 100  # rows of a list within a row
MORE = "more"  # the field that says where the lists are that are longer


class MoreField(serializers.DictField):
    """Which lists of a row are longer than what it holds of them, and the addresses at which they are whole."""

    child = serializers.CharField()

    @staticmethod
    def address(resource: str, name: str, key: Iterable[Any], base: str) -> str:
        """Return where a list of a row is whole."""
        return f"{base}/api/v1/{resource}.{name}/?of={quote(joined_key(list(key)))}"


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
    shape = RowShape(serializer, user, only)
    return shape.documents(shape.asked(queryset), base)


class RowShape:
    """What is read of the rows of a serializer for somebody, and how a row is put together from it."""

    def __init__(self, serializer: RowSerializer, user: Person, only: frozenset[str] | None) -> None:
        self.serializer = serializer
        self.user = user
        self.wanted = [name for name in serializer.fields if name != MORE and (only is None or name in only)]
        self.paths = paths_of(serializer, only)
        self.keys = serializer.Meta.model.key_fields
        self.resource = getattr(serializer, "resource", "")
        self.lists = {name: child for name, child in nested_lists(serializer) if name in self.wanted}
        self.blank: dict[str, Any] = dict.fromkeys(self.wanted)
        self.within = [name for name in self.wanted if isinstance(serializer.fields[name], serializers.Serializer)]
        self.links = {name: field for name in self.wanted if isinstance(field := serializer.fields[name], LinkField)}

    def asked(self, queryset: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        """Return the query of a row: primary key, public key, values, and each nested list as JSON."""
        model = self.serializer.Meta.model
        values = [as_read(self.user, model, path) for path in self.paths.values()]
        nested = [JSONList(children_of(child, self.user)) for child in self.lists.values()]
        return self.serializer.annotated(queryset, self.user).values_list("pk", *self.keys, *values, *nested)

    def documents(self, found: Iterable[tuple[Any, ...]], base: str) -> dict[int, dict[str, Any]]:
        """Return rows that were read, in their public shape."""
        first, last = len(self.keys), len(self.keys) + len(self.paths)
        direct = [(index, place[0]) for index, place in enumerate(self.paths, first) if len(place) == 1]
        deep = [(index, place) for index, place in enumerate(self.paths, first) if len(place) > 1]
        rows: dict[int, dict[str, Any]] = {}
        for pk, *values in found:
            document = self.blank.copy()
            key = values[:first]
            for name, link in self.links.items():
                document[name] = link.value(key, base)
            for name in self.within:
                document[name] = {}
            for index, name in direct:
                document[name] = values[index]
            for index, place in deep:
                put(document, place, values[index])
            more = {}
            for name, text in zip(self.lists, values[last:], strict=True):
                document[name] = held = orjson.loads(text)
                if len(held) > MOST_NESTED:
                    del held[MOST_NESTED:]
                    more[name] = MoreField.address(self.resource, name, key, base)
            if more:
                document[MORE] = more
            rows[pk] = document
        return rows


def children_of(serializer: RowSerializer, user: Person) -> QuerySet[Any, Any]:
    """Return the query of the nested rows that the reader may see, of the row of the query around it, as documents."""
    meta = serializer.Meta
    visible = meta.model.objects.visible_to(user).filter(**{meta.parent: models.OuterRef("pk")}).filter(meta.where)
    tree: dict[str, Any] = {}
    for place, path in paths_of(serializer).items():
        put(tree, place, json_value(serializer, place, as_read(user, meta.model, path)))
    ordered = serializer.annotated(visible, user).order_by(*meta.order, "pk")
    found: QuerySet[Any, Any] = ordered.annotate(document=json_object(tree)).values("document")
    return found[: MOST_NESTED + 1]


def json_object(tree: dict[str, Any]) -> JSONObject:
    """Return the expression of a JSON object with values, and with objects within it."""
    inner = {name: json_object(value) if isinstance(value, dict) else value for name, value in tree.items()}
    return JSONObject(**inner)


def json_value(serializer: RowSerializer, place: Path, expression: Any) -> Any:
    """Return the expression of a value of a row as JSON has it."""
    field: Any = serializer
    for name in place:
        field = field.fields[name]
    on_sqlite = next((text for kind, text in JSON_ON_SQLITE.items() if isinstance(field, kind)), "")
    return AsJSON(expression, on_sqlite=on_sqlite) if on_sqlite else expression


# SQLite has a number for a truth value, and a text for a list.
JSON_ON_SQLITE: dict[type[serializers.Field[Any, Any, Any, Any]], str] = {
    serializers.BooleanField: "json(CASE %(expressions)s WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)",
    serializers.ListField: "json(%(expressions)s)",
}


class AsJSON(Func):
    """A value within a JSON object that SQLite has in another form."""

    template = "%(expressions)s"
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """Return it for SQLite."""
        return super().as_sql(compiler, connection, template=self.extra["on_sqlite"], **extra)


class JSONList(models.Subquery):
    """The documents of a query as one JSON list, as text."""

    output_field = models.TextField()
    empty_result_set_value = "[]"
    template = "(SELECT COALESCE(json_agg(child.document), '[]')::text FROM (%(subquery)s) AS child)"

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """Return it for SQLite."""
        template = "(SELECT json_group_array(json(child.document)) FROM (%(subquery)s) AS child)"
        return self.as_sql(compiler, connection, template=template, **extra)


def as_read(user: Person, model: type[CuratedModel], path: str) -> Any:
    """Return the lookup of a value, or what a reader has instead where masks may cover words of it."""
    end, name = where_path_ends(model, path)
    if refers(model, path):
        return whole_id(path, end.key_fields)
    return column_read(user, path) if (end, name) in COVERED else path
