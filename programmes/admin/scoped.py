"""What an admin shows of curated records: those that the person may see, and of each what they may read.

The field table says which role reads a field. Forms leave it out, lists are not filtered by it, and an address that
asks for it finds only records of studies in which the person has that role.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models
from django.db.models import Q

from programmes.desk.base import NamedAutocomplete, is_among
from programmes.desk.picker_field import CMOCPickerSelect, StandingCMOCs
from programmes.desk.study_at_hand import OF_SEVERAL, rows_at_hand, study_at_hand
from programmes.integrity.text import LineInput, LongTextField, ShortTextField
from programmes.models import CMOC, CuratedModel
from programmes.models.hidden_fields import (
    QUESTIONS,
    also_for_reviewers,
    is_put_to_reviewers,
    restricted_fields,
    where_allowed,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet
    from django.http import HttpRequest

    from programmes.models import Study

Fieldset = tuple[Any, dict[str, Any]]


class AdminLineInput(LineInput):
    """A field for a short text, as the admin shows it."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": "vTextField", **(attrs or {})})


class ScopedAdmin(BaseModelAdmin):  # type: ignore[type-arg]
    """Shows and offers only records that the person may see, and of each only the fields that they may read."""

    formfield_overrides: ClassVar[Any] = {
        models.URLField: {"assume_scheme": "https"},
        ShortTextField: {"widget": AdminLineInput},
        LongTextField: {"widget": AdminTextareaWidget(attrs={"rows": 3})},
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any, Any]:
        """Return what the person may see; where the address asks for a field, what they may ask it of."""
        visible = where_allowed(self.shown_here(request), request.user, request.GET)
        ordering = self.get_ordering(request)
        return visible.order_by(*ordering) if ordering else visible

    def shown_here(self, request: HttpRequest) -> QuerySet[Any, Any]:
        """Return what an address is about: lists and pickers the study at hand, and a record whatever may be seen.

        A programme is chosen from all, since several studies may be of one.
        """
        place = request.resolver_match
        is_of_one = place is not None and "object_id" in place.kwargs
        is_picker = place is not None and place.url_name == "autocomplete"
        if is_of_one or (is_picker and self.model.access.study == OF_SEVERAL):
            return self.model.objects.visible_to(request.user)
        return rows_at_hand(request, self.model)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Say of a day that cannot be read how one is written."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, forms.DateField):
            field.error_messages["invalid"] = "Write the day as year, month and day, such as 2026-03-14."
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer only records that the person may see."""
        if issubclass(db_field.related_model, CuratedModel):
            kwargs["queryset"] = db_field.related_model.objects.visible_to(request.user)
            study = study_at_hand(request)
            if db_field.name not in self.get_autocomplete_fields(request):
                pass
            elif db_field.related_model is CMOC and study is not None:
                kwargs["widget"] = CMOCPickerSelect(standing_cmocs_of(request, study))
            else:
                kwargs["widget"] = NamedAutocomplete(db_field, self.admin_site, using=kwargs.get("using"))
                kwargs["widget"].study = study
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the fields that the person may read of a record, or of the rows below it."""
        return self.readable(request, super().get_fieldsets(request, obj), obj)

    def readable(self, request: HttpRequest, fieldsets: Any, obj: Any) -> Any:
        """Return fieldsets without what the person may not read."""
        hidden = hidden_fields(request, self.model, obj)
        return without(fieldsets, hidden) if hidden else fieldsets


def standing_cmocs_of(request: HttpRequest, study: Study) -> StandingCMOCs:
    """Return the configurations that pickers of this page offer, which are read once for all of them."""
    found: StandingCMOCs = request.__dict__.setdefault("standing_cmocs", StandingCMOCs(study, request.user))
    return found


class OwnStudiesFilter(admin.ChoicesFieldListFilter):
    """A filter by a field that not everybody reads who may see the record: it counts records of own studies alone."""

    def __init__(self, field: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.user = request.user
        super().__init__(field, request, *args, **kwargs)

    def get_facet_counts(self, pk_attname: str, filtered_qs: QuerySet[Any, Any]) -> dict[str, Any]:
        """Return how many records of own studies have each value."""
        counts = super().get_facet_counts(pk_attname, filtered_qs)
        own = Q(pk__in=where_allowed(filtered_qs.model.objects.all(), self.user, [self.field_path]).values("pk"))
        for count in counts.values():
            count.filter &= own
        return counts


def hidden_fields(request: HttpRequest, model: type[CuratedModel], row: Any) -> set[str]:
    """Return the fields that this person may not read of a record, or of the rows of a model that stand below it.

    To who may not change a record, that is also what would name a record which is not theirs to see.
    """
    if row is None:
        return set()
    hidden = {name for name, role in restricted_fields(model).items() if not is_among(request, QUESTIONS[role], row)}
    if hidden & also_for_reviewers(model) and is_among(request, "reviewable_by", row) and is_put_to_reviewers(row):
        hidden -= also_for_reviewers(model)
    if type(row) is model and not is_among(request, "editable_by", row):
        hidden |= {name for name, other in named_records(row) if not is_among(request, "visible_to", other)}
    return hidden


def named_records(row: CuratedModel) -> Iterator[tuple[str, CuratedModel]]:
    """Yield each record that a record names, with the name of the relation."""
    for entry in row._meta.concrete_fields:
        named = getattr(row, entry.name) if entry.is_relation else None
        if isinstance(named, CuratedModel):
            yield entry.name, named


def without(fieldsets: Iterable[Fieldset], hidden: set[str]) -> list[Fieldset]:
    """Return fieldsets without some fields, and without lines and headings that have none left."""
    found = []
    for heading, options in fieldsets:
        lines = [[line] if isinstance(line, str) else line for line in options["fields"]]
        kept = [tuple(name for name in line if name not in hidden) for line in lines]
        shown = [line[0] if len(line) == 1 else line for line in kept if line]
        if shown:
            found.append((heading, {**options, "fields": shown}))
    return found
