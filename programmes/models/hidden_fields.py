"""Which fields of a record somebody may not read who may see the record: the least roles of the field table."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist

from programmes.integrity.access import NOBODY, studies_with_role
from programmes.models.base import CuratedModel
from programmes.models.evidence import Evidence, Quote
from programmes.models.field_table import fields_of, least_role, restriction_of
from programmes.vocabulary import TeamRole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from programmes.integrity.access import Person

QUESTIONS = {TeamRole.READER: "of_teams_of", TeamRole.REVIEWER: "reviewable_by", TeamRole.CURATOR: "editable_by"}


@cache
def role_of_field(model: type[CuratedModel], name: str) -> TeamRole | None:
    """Return the role that a field takes where it is more than its record takes; None where the record is enough.

    Where reviewers read it of what is put to them, it is what curators have of all records.
    """
    if model.access.public_if == NOBODY:
        return None  # whoever may see the record may read all of it
    return role_of_private(model, name)


def role_of_private(model: type[CuratedModel], name: str) -> TeamRole | None:
    """Return the role that a field takes of a record that the team alone sees, whatever of it is put to reviewers."""
    line = restriction_of(model, name)
    return line.role if line is not None else least_role(model, name)


@cache
def restricted_fields(model: type[CuratedModel]) -> dict[str, TeamRole]:
    """Return the fields that take more than their record, with the role."""
    roles = {entry.name: role_of_field(model, entry.name) for entry in fields_of(model)}
    return {name: role for name, role in roles.items() if role is not None}


def role_of_path(model: type[CuratedModel], path: str) -> TeamRole | None:
    """Return the role that it takes to ask for the field at the end of a path of lookups; None where nobody is hurt."""
    role, place = None, model
    for name in path.split("__"):
        try:
            entry: Any = place._meta.get_field(name)
        except FieldDoesNotExist:
            break  # a comparison at the end
        if not entry.concrete or name not in {one.name for one in fields_of(place)}:
            break  # the key of the record that the path has led to
        role = role_of_private(place, name) if place.access.public_if == NOBODY else role_of_field(place, name)
        if not entry.is_relation or not issubclass(entry.related_model, CuratedModel):
            break
        place = entry.related_model
    return role


def where_allowed(rows: QuerySet[Any, Any], user: Person, paths: Iterable[str]) -> QuerySet[Any, Any]:
    """Return the rows of which somebody may ask for the fields at the ends of these paths.

    Otherwise a filter would tell what no page shows: that of all quotes these two are of one participant.
    """
    model = rows.model
    for role in {role_of_path(model, path) for path in paths} - {None}:
        if not getattr(user, "is_superuser", False):
            rows = rows.filter(**{model.access.path("pk__in"): studies_with_role(user, role)})  # type: ignore[arg-type]  # None is left out
    return rows


def is_put_to_reviewers(row: CuratedModel) -> bool:
    """Say whether a quote bears on a CMOC that is put to reviewers."""
    return isinstance(row, Quote) and Evidence.objects.filter(quote=row, cmoc__review_asked_date__isnull=False).exists()


def also_for_reviewers(model: type[CuratedModel]) -> set[str]:
    """Return the restricted fields that reviewers read too, of what is put to them."""
    lines = {name: restriction_of(model, name) for name in restricted_fields(model)}
    return {name for name, line in lines.items() if line is not None and line.also_reviewers}
