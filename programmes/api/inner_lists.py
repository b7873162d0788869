"""Lists of the rows that stand within the rows of a resource, such as the deliveries of services.

A table has one value in each cell, so what a row has several of is a table of its own, at an address of its own: the
name of the resource, a dot and the name of the field. Each row names the one that it stands in by its public id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from rest_framework import serializers
from rest_framework.exceptions import NotFound

from programmes.api.base import PAGING_PARAMETERS, ListViewSet, ResourceViewSet
from programmes.api.openapi import InnerListSchema
from programmes.api.rows import nested_lists
from programmes.filtersets.base import row_of_id

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from programmes.api.rows import RowSerializer

OF = "of"  # the field that names the row in which one stands


class InnerListViewSet(ListViewSet):
    """Rows within the rows of a resource; the filters of the resource choose in which."""

    resource_viewset: ClassVar[type[ResourceViewSet]]
    schema = InnerListSchema()
    common_parameters = (OF, "fields", "exclude", "format", *PAGING_PARAMETERS)

    def get_queryset(self) -> QuerySet[Any, Any]:
        """Return the rows of the resource that the reader may see."""
        return self.resource_viewset.model.objects.visible_to(self.request.user)

    def chosen_rows(self) -> QuerySet[Any, Any]:
        """Return the rows within those that pass the filters."""
        meta = self.serializer_class.Meta
        around = self.filter_queryset(self.get_queryset()).order_by().values("pk")
        if asked := self.request.query_params.get(OF):
            around = around.filter(pk=self.row_around(asked))
        visible = self.model.objects.visible_to(self.request.user).filter(meta.where)
        return visible.filter(**{f"{meta.parent}__in": around})

    def row_around(self, asked: str) -> int:
        """Return the primary key of the row that a public key names."""
        rows, names = self.get_queryset(), self.resource_viewset.model.key_fields
        row = rows.filter(**{names[0]: asked}).first() if len(names) == 1 else row_of_id(rows, asked)
        if row is None:
            noun = self.resource_viewset.model._meta.verbose_name
            raise NotFound(f"There is no {noun} {asked!r} that you may see.")
        return row.pk  # type: ignore[no-any-return]  # a number

    def order(self) -> tuple[str, ...]:
        """Return the order: that of the rows around, and within each its own."""
        meta = self.serializer_class.Meta
        return (f"{meta.parent}__id", *meta.order, "id")


def inner_serializer(resource: str, name: str, shape: RowSerializer, around: type[ResourceViewSet]) -> type[Any]:
    """Return the shape of the rows of a list: as they stand in their row, and before that the public id of this."""
    parent = shape.Meta.parent.replace("__", ".")
    noun = around.model._meta.verbose_name
    said = f"Public key of the {noun} in which it stands."
    of = serializers.CharField(source=f"{parent}.{around.model.key_fields[-1].replace('__', '.')}", help_text=said)

    def get_fields(self: Any) -> dict[str, Any]:
        found = super(made, self).get_fields()
        return {OF: found.pop(OF), **found}

    words = [*resource.split("-"), *name.split("_")]
    declared = {OF: of, "__doc__": shape.__doc__, "resource": f"{resource}.{name}", "get_fields": get_fields}
    made = type(f"{''.join(word.title() for word in words)}ListSerializer", (type(shape),), declared)
    return made


def inner_viewset(resource: str, name: str, shape: RowSerializer, around: type[ResourceViewSet]) -> type[Any]:
    """Return the viewset of the rows that stand in a field of a resource."""
    serializer = inner_serializer(resource, name, shape, around)
    declared = {
        "__doc__": shape.__doc__,
        "model": shape.Meta.model,
        "serializer_class": serializer,
        "filterset_class": around.filterset_class,
        "resource_viewset": around,
        "documented_at": resource,
    }
    return type(f"{serializer.__name__.removesuffix('Serializer')}ViewSet", (InnerListViewSet,), declared)


def inner_viewsets(viewsets: dict[str, type[ResourceViewSet]]) -> dict[str, type[InnerListViewSet]]:
    """Return the viewset of every list of rows within the rows of resources, by its name."""
    return {
        f"{resource}.{name}": inner_viewset(resource, name, shape, around)
        for resource, around in viewsets.items()
        for name, shape in nested_lists(around.serializer_class())
    }
