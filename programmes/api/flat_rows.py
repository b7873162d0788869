"""Rows of a list as a table has them: a line for each object, and one value in each cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rest_framework import serializers

from programmes.api.bare_rows import AT_ONCE
from programmes.api.parameter_errors import BadParameterError
from programmes.api.rows import LinkField, MoreField, as_read
from programmes.integrity.text import joined_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db.models import QuerySet

    from programmes.api.chosen_fields import FieldChoice
    from programmes.api.rows import RowSerializer
    from programmes.integrity.access import Person

TEXT, NUMBER, TRUTH, DAY, MOMENT, LINES = "text", "number", "truth", "day", "moment", "lines"
KINDS = (
    (serializers.ListField, LINES),
    (serializers.BooleanField, TRUTH),
    (serializers.IntegerField, NUMBER),
    (serializers.DateTimeField, MOMENT),
    (serializers.DateField, DAY),
)


@dataclass(frozen=True)
class FlatColumn:
    """A column of a table: a field of the rows, or a part of one, as in `setting.stage`."""

    name: str
    meaning: str
    kind: str
    lookup: str = ""  # what it is read from
    link: LinkField | None = None  # or what makes it from the key of the row


def columns_of(serializer: Any, before: str = "") -> Iterator[FlatColumn]:
    """Yield the columns that rows of a serializer have; lists of rows within them are tables of their own."""
    for name, field in serializer.fields.items():
        if isinstance(field, serializers.ListSerializer | MoreField):
            continue
        if isinstance(field, serializers.Serializer):
            yield from columns_of(field, f"{before}{name}.")
            continue
        kind = next((kind for of, kind in KINDS if isinstance(field, of)), TEXT)
        said = str(field.help_text or "")
        if isinstance(field, LinkField):
            yield FlatColumn(f"{before}{name}", said, kind, link=field)
        else:
            yield FlatColumn(f"{before}{name}", said, kind, (field.source or name).replace(".", "__"))


def chosen_columns(serializer: RowSerializer, chosen: FieldChoice, resource: str) -> list[FlatColumn]:
    """Return the columns that somebody chose. Lists of rows are refused, with where they are to be had."""
    for name in chosen.keep:
        if isinstance(serializer.fields[name], serializers.ListSerializer):
            raise BadParameterError(
                "fields",
                name,
                f"{name} is a list of rows, which no cell holds; it is a file of its own: /api/v1/{resource}.{name}/",
                "no-meaning",
            )
    columns = [column for column in columns_of(serializer) if chosen.has(column.name)]
    if not columns:
        raise BadParameterError("exclude", "", "leaves no field that a table can have; exclude fewer", "no-meaning")
    return columns


@dataclass(frozen=True)
class FlatRows:
    """The rows of a list that a reader may see, each as its values in the order of the columns."""

    serializer: RowSerializer
    queryset: QuerySet[Any, Any]  # in order
    user: Person
    site: str  # its address
    address: str  # that was asked for
    columns: Sequence[FlatColumn]
    along_table: bool = False  # whether they are all that there are, in the order in which they were made

    def values(self) -> QuerySet[Any, Any]:
        """Return the query of the key of each row, and of what its columns are read from."""
        model = self.serializer.Meta.model
        asked = [as_read(self.user, model, column.lookup) for column in self.columns if not column.link]
        return self.serializer.annotated(self.queryset, self.user).values_list(*model.key_fields, *asked)

    def read(self) -> Iterator[tuple[tuple[Any, ...], list[Any]]]:
        """Yield the key of each and its values, read a part at a time."""
        keys = len(self.serializer.Meta.model.key_fields)
        for values in self.values().iterator(chunk_size=AT_ONCE):
            key, rest = values[:keys], iter(values[keys:])
            yield key, [column.link.value(key, self.site) if column.link else next(rest) for column in self.columns]

    def __iter__(self) -> Iterator[list[Any]]:
        """Yield them."""
        return (row for _, row in self.read())

    def with_keys(self) -> Iterator[tuple[str, list[Any]]]:
        """Yield them, before each the public key of its record."""
        return ((joined_key(key), row) for key, row in self.read())
