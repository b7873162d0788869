"""What every filter is made of: keys, terms, numbers and words, and errors that say what was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters as filters
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.forms import IntegerField

from programmes.models import Evidence
from programmes.remedies import shown, suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
    from django.http import HttpRequest

    from programmes.models import CuratedModel

Rows = QuerySet[Any, Any]
APOSTROPHES = "'’‘"
MOST_SUGGESTED = 1000  # keys among which the likeliest is looked for


def visible(model: type[CuratedModel]) -> Callable[[HttpRequest], Rows]:
    """Return the rows of a model that the reader of a request may name in a filter."""
    return lambda request: model.objects.visible_to(request.user)


UNKNOWN_KEY = "unknown_key"  # the code of the error that a filter names a row which is not there


class KeyField(filters.fields.ModelMultipleChoiceField):
    """The keys of rows; one that is not known is refused with a remedy."""

    def _check_values(self, value: Any) -> Any:
        try:
            return super()._check_values(value)
        except ValidationError as error:
            known = self.queryset.values_list(self.to_field_name, flat=True)[:MOST_SUGGESTED]
            raise unknown(error, known, UNKNOWN_KEY) from None


class TermField(filters.fields.MultipleChoiceField):
    """Terms of the vocabulary; one that is not known is refused with a remedy."""

    def validate(self, value: Any) -> None:
        """Check every term."""
        try:
            super().validate(value)
        except ValidationError as error:
            raise unknown(error, [term for term, _ in self.choices], "invalid_choice") from None


def unknown(error: ValidationError, known: Iterable[Any], code: str) -> ValidationError:
    """Return the error for a value that is not known, with what may have been meant."""
    value = (error.params or {}).get("value", "")
    message = f"{shown(str(value))} is not known here; {suggestion(value, known)}"
    return ValidationError("%(message)s", code=code, params={"message": message})  # the value may have a % itself


class KeyFilter(filters.ModelMultipleChoiceFilter):
    """Rows related to one of the given rows, which are named by their public keys."""

    field_class = KeyField

    def __init__(self, model: type[CuratedModel], **kwargs: Any) -> None:
        kwargs.setdefault("to_field_name", model.key_fields[-1])
        kwargs.setdefault("label", str(model._meta.verbose_name).capitalize())
        super().__init__(queryset=visible(model), **kwargs)

    def get_filter_predicate(self, v: Model) -> dict[str, Model]:
        """Return the condition that the relation leads to a row; the key only names it."""
        return {str(self.field_name): v}


class TermFilter(filters.MultipleChoiceFilter):
    """Rows with one of the given terms of the vocabulary."""

    field_class = TermField

    def __init__(self, terms: Any, **kwargs: Any) -> None:
        super().__init__(choices=terms.choices, **kwargs)


class NumberFilter(filters.NumberFilter):
    """Rows with a number of the printed order; a fraction is none."""

    field_class = IntegerField


class TrueFalseFilter(filters.ChoiceFilter):
    """Rows of which something is true, or those of which it is false; anything else is refused."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=(("true", "Yes"), ("false", "No")), **kwargs)


class VisibleFilterSet(filters.FilterSet):
    """A FilterSet that knows who asks."""

    @property
    def user(self) -> AbstractBaseUser | AnonymousUser:
        """Return who asks."""
        return self.request.user

    def rows(self, model: type[CuratedModel], **conditions: Any) -> Rows:
        """Return the rows of a related model that the reader may see."""
        return model.objects.visible_to(self.user).filter(**conditions)

    def quotes_of_services(self, **conditions: Any) -> Rows:
        """Return the visible evidence whose speaker belongs to certain services."""
        return self.rows(
            Evidence, **{f"quote__participant__service__{name}": value for name, value in conditions.items()}
        )


def spellings(word: str) -> list[str]:
    """Return a word with each kind of apostrophe: printed ones are straight or curly, and a reader types either."""
    found = {"".join(mark if letter in APOSTROPHES else letter for letter in word) for mark in APOSTROPHES}
    return sorted(found)


def matches(words: str, *paths: str) -> Q:
    """Return the condition that every word stands in at least one of the fields."""
    condition = Q()
    for word in words.split():
        anywhere = Q()
        for path in paths:
            for spelling in spellings(word):
                anywhere |= Q(**{f"{path}__icontains": spelling})
        condition &= anywhere
    return condition
