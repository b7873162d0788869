"""Which rows of the API a written record concerns: read from the shapes of the rows, not listed by hand."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q

from programmes.api.rows import nested_lists, paths_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import Model

    from programmes.api.rows import RowSerializer

RESOURCES: dict[str, type[Any]] = {}  # every viewset, by the name of its resource
ITSELF = ""  # the path from a row to its own record


def hops(model: Any, lookup: str) -> Iterator[tuple[str, str, Any, str]]:
    """Yield each relation on the way of a lookup: the path before it and with it, where it leads, and through what.

    That is the kind of the rows which lead to where it begins; empty where one value of its own leads on.
    """
    before = ITSELF
    for name in lookup.split("__"):
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            return  # an annotation, or a comparison at the end
        if not field.is_relation:
            return
        path, model = f"{before}__{name}".removeprefix("__"), field.related_model
        several = field.related_model if field.one_to_many else None
        if field.many_to_many:
            several = (field.remote_field if field.concrete else field).through
        yield before, path, model, several._meta.label_lower if several else ""
        before = path


def backwards(model: Any, path: str) -> str:
    """Return the lookup that leads back from the end of a path to where it began."""
    names = []
    for name in path.split("__"):
        field = model._meta.get_field(name)
        names.append(field.related_query_name())
        model = field.related_model
    return "__".join(reversed(names))


def lookups_in(condition: Q) -> Iterator[str]:
    """Yield the lookups that a condition asks for."""
    for child in condition.children:
        if isinstance(child, Q):
            yield from lookups_in(child)
        else:
            yield child[0]


def lookups_of(serializer: RowSerializer) -> Iterator[str]:
    """Yield every lookup that decides what a row says and who sees it, from the row's own record."""
    model = serializer.Meta.model
    yield from paths_of(serializer).values()
    yield from model.key_fields
    yield from serializer.rests_on()
    yield from (f"{path}__pk" for path in (model.access.study, model.access.theory) if path)
    yield from lookups_in(model.access.public_if)
    yield from lookups_in(serializer.Meta.where)
    for _, child in nested_lists(serializer):
        back = backwards(child.Meta.model, child.Meta.parent)
        yield f"{back}__pk"
        yield from (f"{back}__{lookup}" for lookup in lookups_of(child))


class Dependencies:
    """By the label of a model: the resources whose rows rest on its records, and by which lookups."""

    def __init__(self) -> None:
        self.on_record: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self.on_what_is_below: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
        for name, viewset in resources().items():
            model = viewset.model
            self.on_record[model._meta.label_lower].add((name, ITSELF))
            for lookup in lookups_of(viewset.serializer_class()):
                self.add(name, model, lookup)

    def add(self, resource: str, model: type[Model], lookup: str) -> None:
        """Keep what a lookup passes."""
        place = model._meta.label_lower
        for before, path, reached, through in hops(model, lookup):
            if through:
                self.on_what_is_below[place, through].add((resource, before))
            place = reached._meta.label_lower
            self.on_record[place].add((resource, path))

    def concerned(self, kind: str, below: str) -> Iterable[tuple[str, str]]:
        """Return the resources and lookups by which rows rest on records of a kind, or on others that lead to these."""
        return sorted(self.on_what_is_below.get((kind, below), ()) if below else self.on_record.get(kind, ()))


@cache
def dependencies() -> Dependencies:
    """Return what rests on what; the shapes of rows do not change while a process lives."""
    return Dependencies()


@cache
def resources() -> dict[str, type[Any]]:
    """Return every viewset by the name of its resource; a command has not read the addresses of the site yet."""
    import_module(settings.ROOT_URLCONF)
    return RESOURCES
