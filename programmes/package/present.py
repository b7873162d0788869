"""The rows of the database that those of a package are compared with, and whether they still are as they were."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, ForeignKey, Max

from programmes.models import CuratedModel, Erasure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Model, QuerySet

    from programmes.package.sections import Section

Nested = dict[Any, list[CuratedModel]]  # rows of the database by the row that they are nested in
AT_ONCE = 500  # keys in one question


class MovedError(Exception):
    """Somebody changed what a plan rests on after it was made."""


class PresentRows:
    """Reads rows section by section. Related rows are read once each, however many refer to them."""

    def __init__(self) -> None:
        self.by_id: dict[type[Model], dict[Any, Model]] = {}
        self.read: list[tuple[QuerySet[Any, Any], set[Any]]] = []  # what was asked, and the rows that a plan rests on
        self.versions: dict[type[Model], dict[Any, int]] = {}
        self.whole: list[tuple[QuerySet[Any, Any], dict[Any, int]]] = []  # of which none may come or go either
        self.erasures = erasures_so_far()

    def of_section(self, section: Section, parent: CuratedModel | None, given: set[Any]) -> dict[Any, CuratedModel]:
        """Return the rows of a section that are in the database, by key; a plan rests on those that are given."""
        rows = section.model._base_manager.all()
        if section.single:
            rows = rows.filter(**{f"{section.key}__in": given - {None}})
        elif parent is not None and parent.pk is not None:
            rows = rows.filter(**{section.parent: parent})
        else:
            return {}
        found = {section.key_of(row): row for row in self.linked(section, rows, [parent])}
        self.rest_on(rows, (row for key, row in found.items() if key in given))
        return found

    def nested_in(
        self,
        section: Section,
        above: Section,
        parent: CuratedModel | None,
        rows: dict[Any, CuratedModel],
        given: set[Any],
    ) -> Nested:
        """Return the rows that are nested in those of a section, by the number of the row that they are in."""
        if not rows:
            return {}
        inside = {f"{section.parent}__in": list(rows.values())}
        if not above.single:
            inside = {f"{section.parent}__{above.parent}": parent}  # type: ignore[dict-item]  # there are rows, so there is one
        asked = section.model._base_manager.filter(**inside)
        there = {row.pk for key, row in rows.items() if key in given}
        found: Nested = {}
        for row in self.linked(section, asked, rows.values()):
            found.setdefault(getattr(row, f"{section.parent}_id"), []).append(row)
        self.rest_on(asked, (row for key in there for row in found.get(key, ())))
        return found

    def linked(
        self, section: Section, rows: QuerySet[Any, Any], parents: Iterable[CuratedModel | None]
    ) -> list[CuratedModel]:
        """Return rows that lead to one instance of each related row."""
        found = list(rows)
        self.know(parent for parent in parents if parent is not None)
        self.know(found)
        for entry in section.model._meta.concrete_fields:
            if isinstance(entry, ForeignKey) and entry.name in {*section.relations, section.parent}:
                self.link(entry, found)
        return found

    def know(self, rows: Iterable[CuratedModel]) -> None:
        """Keep rows for others that refer to them."""
        for row in rows:
            self.by_id.setdefault(type(row), {})[row.pk] = row

    def link(self, entry: ForeignKey[Any, Any], rows: list[CuratedModel]) -> None:
        """Let rows lead to the related rows that are known; read the others first."""
        known = self.by_id.setdefault(entry.related_model, {})
        keys = {getattr(row, entry.attname) for row in rows} - {None}
        missing = sorted(keys - known.keys())
        for first in range(0, len(missing), AT_ONCE):
            known |= entry.related_model._base_manager.in_bulk(missing[first : first + AT_ONCE])
        for row in rows:
            if key := getattr(row, entry.attname):
                entry.set_cached_value(row, known[key])

    def rest_on(self, asked: QuerySet[Any, Any], rows: Iterable[CuratedModel]) -> None:
        """Remember the versions of rows that a plan rests on, and how they are found."""
        versions = {row.pk: row.version for row in rows}
        self.versions.setdefault(asked.model, {}).update(versions)
        if versions:
            self.read.append((asked, set(versions)))

    def rest_on_all(self, asked: QuerySet[Any, Any]) -> None:
        """Remember the versions of all these rows: a plan rests on there being these and no others."""
        self.whole.append((asked, versions_now(asked)))

    def confirm(self) -> None:
        """Raise MovedError where a row is not as it was read. Others that came meanwhile are taken to come afterwards.

        The number of questions is that of the sections, however many rows there are.
        """
        if erasures_so_far() != self.erasures:
            raise MovedError
        if any(versions_now(asked) != versions for asked, versions in self.whole):
            raise MovedError
        for asked, keys in self.read:
            present = versions_now(asked)
            known = self.versions[asked.model]
            if any(present.get(key) != known[key] for key in keys):
                raise MovedError


def versions_now(asked: QuerySet[Any, Any]) -> dict[Any, int]:
    """Return the versions of rows as they stand now."""
    return dict(asked.order_by().values_list("pk", "version"))


def erasures_so_far() -> tuple[int, int | None]:
    """Return what is another once something more was erased."""
    stamp = Erasure.objects.order_by().aggregate(number=Count("pk"), newest=Max("pk"))
    return stamp["number"], stamp["newest"]
