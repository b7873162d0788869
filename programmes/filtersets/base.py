"""What every filter is made of: keys, terms, numbers and words, and errors that say what was meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

import django_filters as filters
from django.core.exceptions import ValidationError
from django.core.validators import EMPTY_VALUES
from django.db.models import IntegerField as NumberColumn
from django.db.models import Model, Q, QuerySet
from django.forms import IntegerField

from programmes.integrity.access import NOBODY
from programmes.models.theory import not_retired
from programmes.search.did_you_mean import shown, suggestion
from programmes.search.index import matches
from programmes.search.stems import terms_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
    from django.http import HttpRequest, QueryDict

    from programmes.integrity.access import Person
    from programmes.models import CuratedModel

Rows = QuerySet[Any, Any]
GREATEST = 2_147_483_647  # number that a column of PostgreSQL for whole numbers takes
MOST_SUGGESTED = 1000  # keys among which the likeliest is looked for


def visible_rows(model: type[CuratedModel]) -> Callable[[HttpRequest], Rows]:
    """Return the rows of a model that the reader of a request may name in a filter: on the page of a theory its own."""

    def rows_for(request: HttpRequest) -> Rows:
        found = model.objects.visible_to(request.user)
        page = getattr(request, "resolver_match", None)
        slug = page.kwargs.get("slug") if page and page.route.startswith("theories/") else None
        names = {entry.name for entry in model._meta.get_fields()}
        path = "theory__slug" if "theory" in names else "study__theories__slug" if "study" in names else ""
        return found.filter(**{path: slug}) if slug and path else found

    return rows_for


UNKNOWN_KEY = "unknown_key"  # the code of the error that a filter names a row which is not there


class WholeNumberField(IntegerField):
    """A whole number that every database takes, written in the digits 0 to 9; `5.0` too, as data frames write it."""

    def to_python(self, value: Any) -> int | None:
        """Return the number; anything else is refused."""
        if value in self.empty_values:
            return None
        if not (written := re.fullmatch(r"([0-9]+)(\.0+)?", str(value))):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        digits = written[1]
        if len(digits) > len(str(GREATEST)) or int(digits) > GREATEST:
            raise ValidationError(f"No number here is greater than {GREATEST:,}.", code="max_value")
        return int(digits)


class NumberWithin(int):
    """A number with the key of the theory or study in which it counts; in any where it is not said."""

    within = ""


class ReferredNumberField(WholeNumberField):
    """The number of a row, or its public id, as in `thompson-2023:5`."""

    def to_python(self, value: Any) -> NumberWithin | None:
        """Return the number, with where it counts; anything else is refused."""
        within, colon, number = str(value).rpartition(":")
        if colon and not (within and number):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        whole = super().to_python(number if colon else value)
        if whole is None:
            return None
        found = NumberWithin(whole)
        found.within = within
        return found


def has_number(path: str, *values: int, key: str = "theory__slug") -> Q:
    """Return the condition that a relation leads to a row with one of these numbers, within what each says."""
    condition = NOBODY
    at = f"{path}__" if path else ""
    for value in values:
        within = getattr(value, "within", "")
        condition |= Q(**{f"{at}number": int(value), **({f"{at}{key}": within} if within else {})})
    return condition


def row_of_id(rows: Rows, text: str) -> Model | None:
    """Return the row that a public id names, or None where the text is none, or there is no such row."""
    names, parts = rows.model.key_fields, text.split(":")
    if len(names) == 1 or len(parts) != len(names):
        return None
    is_number = isinstance(rows.model._meta.get_field(names[-1]), NumberColumn)
    if is_number and not re.fullmatch("[0-9]{1,9}", parts[-1]):
        return None
    return rows.filter(**dict(zip(names, parts, strict=True))).first()


class KeyField(filters.fields.ModelMultipleChoiceField):
    """The keys of rows, or their public ids; one that is not known is refused with a remedy."""

    def _check_values(self, value: Any) -> Any:
        by_id = {key: row for key in value if (row := row_of_id(self.queryset, str(key)))}
        if by_id:
            rest = [key for key in value if key not in by_id]
            return [*by_id.values(), *(self._check_values(rest) if rest else ())]
        if isinstance(self.queryset.model._meta.get_field(self.to_field_name), NumberColumn):
            others = [
                key for key in value if ":" in str(key) or (self.null_label is not None and key == self.null_value)
            ]
            value = [*map(WholeNumberField().clean, (key for key in value if key not in others)), *others]
        try:
            return self.rows_of_keys(value)
        except ValidationError as error:
            known = list(self.queryset.values_list(self.to_field_name, flat=True)[:MOST_SUGGESTED])
            absence = [self.null_value] if known and self.null_label is not None else []
            raise unknown_value_error(error, [*known, *absence], UNKNOWN_KEY) from None

    def rows_of_keys(self, keys: list[Any]) -> Any:
        """Return the rows that have these keys. Raises ValidationError with the value that none has."""
        if unknown := next((key for key in keys if ":" in str(key)), None):
            raise ValidationError("There is no row of this id.", params={"value": unknown})
        return super()._check_values(keys)


class TermField(filters.fields.MultipleChoiceField):
    """Terms of the vocabulary; one that is not known is refused with a remedy."""

    def validate(self, value: Any) -> None:
        """Check every term."""
        try:
            super().validate(value)
        except ValidationError as error:
            raise unknown_value_error(error, [term for term, _ in self.choices], "invalid_choice") from None


def unknown_value_error(error: ValidationError, known: Iterable[Any], code: str) -> ValidationError:
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
        self.keys_are_numbers = isinstance(model._meta.get_field(kwargs["to_field_name"]), NumberColumn)
        super().__init__(queryset=visible_rows(model), **kwargs)

    def get_filter_predicate(self, v: Model) -> dict[str, Model]:
        """Return the condition that the relation leads to a row; the key only names it."""
        return {str(self.field_name): v}


# Asks for what none is given of. It is longer than the number of any service, and no number.
NOT_GIVEN = "not-given"


class KeyIfGivenFilter(KeyFilter):
    """Rows related to one of the given rows, or to none where the key says so."""

    def __init__(self, model: type[CuratedModel], **kwargs: Any) -> None:
        super().__init__(model, null_label=NOT_GIVEN, null_value=NOT_GIVEN, **kwargs)


def related_to(values: Sequence[Any], path: str, none: Q) -> Q:
    """Return the condition that a relation leads to one of the values of such a filter, or to none as it asks."""
    rows = [value for value in values if value != NOT_GIVEN]
    related = Q(**{f"{path}__in": rows}) if rows else NOBODY
    return related | none if len(rows) < len(values) else related


class TermFilter(filters.MultipleChoiceFilter):
    """Rows with one of the given terms of the vocabulary."""

    field_class = TermField

    def __init__(self, terms: Any, **kwargs: Any) -> None:
        super().__init__(choices=[(term, label) for term, label in terms.choices if term], **kwargs)


class NumberFilter(filters.NumberFilter):
    """Rows with a number of the printed order; a fraction is none."""

    field_class = WholeNumberField


class ReferredNumberFilter(NumberFilter):
    """Rows related to one that has a number or a public id; `key` is what the id begins with."""

    field_class = ReferredNumberField

    def __init__(self, key: str = "theory__slug", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.key = key

    def filter(self, qs: Rows, value: Any) -> Rows:
        """Return the rows that pass."""
        if value in EMPTY_VALUES:
            return qs
        found = qs.filter(has_number(str(self.field_name).rpartition("__")[0], value, key=self.key))
        return found.distinct() if self.distinct else found


class ReferredKeyFilter(filters.CharFilter):
    """Rows related to one that has a key or a public id; an unknown one finds nothing."""

    def __init__(self, key: str = "study__slug", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.key = key

    def filter(self, qs: Rows, value: Any) -> Rows:
        """Return the rows that pass."""
        within, colon, _ = str(value or "").rpartition(":")
        relation = str(self.field_name).rpartition("__")[0]
        rows = qs.filter(**{f"{relation}__{self.key}": within}) if colon else qs
        return super().filter(rows, value.rpartition(":")[2] if value else value)


class TextsField(filters.fields.MultipleChoiceField):
    """Texts, of which nothing is known beforehand."""

    def valid_value(self, value: str) -> bool:
        """Accept every text: one that no row has finds nothing."""
        return bool(value)


class TextsFilter(filters.MultipleChoiceFilter):
    """Rows with one of the given texts."""

    field_class = TextsField


class NumbersField(TextsField):
    """Whole numbers, or public ids that end in them."""

    def clean(self, value: Any) -> list[int]:
        """Return the numbers; anything else is refused."""
        number = ReferredNumberField()
        return [number.clean(entry) for entry in super().clean(value)]


class NumbersFilter(TextsFilter):
    """Rows related to one of those that have the given numbers of the printed order, or public ids."""

    field_class = NumbersField

    def filter(self, qs: Rows, value: Any) -> Rows:
        """Return the rows that pass."""
        return qs.filter(has_number(str(self.field_name).rpartition("__")[0], *value)) if value else qs


class TrueFalseFilter(filters.ChoiceFilter):
    """Rows of which something is true, or those of which it is false; anything else is refused."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=(("true", "Yes"), ("false", "No")), **kwargs)


def takes_numbers(entry: filters.Filter | None) -> bool:
    """Say whether a filter takes whole numbers, whether or not it takes public ids that end in one as well."""
    return isinstance(entry, NumberFilter | NumbersFilter) or (isinstance(entry, KeyFilter) and entry.keys_are_numbers)


def takes_ids(entry: filters.Filter | None) -> bool:
    """Say whether a filter takes public ids as well as what they end in."""
    return isinstance(entry, ReferredNumberFilter | NumbersFilter | KeyFilter | ReferredKeyFilter)


def with_present_names(data: QueryDict, renamed: Mapping[str, str]) -> QueryDict:
    """Return parameters under the names that filters have now; values under a former name count as well."""
    present = data.copy()
    for before, now in renamed.items():
        if before in present:
            present.setlist(now, [*present.getlist(now), *present.pop(before)])
    return present


class VisibleFilterSet(filters.FilterSet):
    """A FilterSet that knows who asks."""

    renamed: ClassVar[dict[str, str]] = {}  # names that filters had before, which still work

    @property
    def user(self) -> AbstractBaseUser | AnonymousUser:
        """Return who asks."""
        return self.request.user

    def rows(self, model: type[CuratedModel], **conditions: Any) -> Rows:
        """Return the rows of a related model that the reader may see."""
        return model.objects.visible_to(self.user).filter(**conditions)


class RetiredIfAskedMixin:
    """Leaves out what belongs to a retired configuration, unless a parameter asks for what may be retired."""

    form: Any
    asks_for_retired: ClassVar[tuple[str, ...]]  # the parameters
    paths_to_cmocs: ClassVar[tuple[str, ...]] = ("cmoc",)  # that must not be retired; "" is the row itself

    def filter_queryset(self, queryset: Rows) -> Rows:
        """Keep rows that pass every filter, and are not retired unless asked for."""
        rows: Rows = super().filter_queryset(self.without_retired(queryset))  # type: ignore[misc]  # of a FilterSet
        return rows

    def without_retired(self, rows: Rows) -> Rows:
        """Return the rows of configurations that are not retired; all rows where a parameter asks."""
        given = self.form.cleaned_data
        if any(given[name] not in EMPTY_VALUES for name in self.asks_for_retired):
            return rows
        return rows.filter(leads_to_unretired(rows.model, *self.paths_to_cmocs))


def leads_to_unretired(model: type[Model], *paths: str) -> Q:
    """Return the condition that no path from a row of a model leads to a retired configuration; it may lead to none."""
    condition = Q()
    for path in paths:
        optional = path and model._meta.get_field(path).null
        condition &= Q(**{path: None}) | not_retired(path) if optional else not_retired(path)
    return condition


def matching_words(question: str, user: Person | None = None, **models: type[Model]) -> Q:
    """Return the condition that every term of a question stands in at least one of the records that columns name.

    Models are given by column, as in `pk=Quote`. A question without a letter or digit finds nothing. Words that a mask
    covers are found by the team alone.
    """
    condition = Q() if (terms := terms_of(question)) else NOBODY
    for term in terms:
        anywhere = Q()
        for column, model in models.items():
            anywhere |= matches(model, [term], column, user)
        condition &= anywhere
    return condition
