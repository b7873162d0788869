"""What the OpenAPI document says of every resource: its parameters, and every answer that it can give."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from programmes.api.chosen_fields import field_parameters
from programmes.api.moments import MOMENT
from programmes.api.problem_kinds import PROBLEM_KINDS
from programmes.api.renderers import ParquetRenderer, WorkbookRenderer
from programmes.filtersets.base import GREATEST, takes_ids, takes_numbers
from programmes.words import LayeredText, WordsOfFieldMixin

PROBLEM = "application/problem+json"
ID_OF_NUMBER = "^[a-z0-9-]+:[0-9]{1,9}$"
SOMETHING = "^[^\\u0000]+$"  # not empty, and no record can have a NUL character


class ProblemErrorSerializer(serializers.Serializer[Any]):
    """A parameter that is wrong."""

    parameter = serializers.CharField(help_text="Name of the parameter.")
    value = serializers.ListField(child=serializers.CharField(), help_text="What it was given.")
    message = serializers.CharField(help_text="What is wrong with it, and what was perhaps meant.")
    code = serializers.ChoiceField([kind.code for kind in PROBLEM_KINDS], help_text="The same for programs.")


class ProblemSerializer(serializers.Serializer[Any]):
    """Why there is no answer: problem details (RFC 9457)."""

    type = serializers.CharField(help_text="Address at which this kind of problem is explained.")
    code = serializers.ChoiceField(
        [kind.code for kind in PROBLEM_KINDS if kind.status], help_text="Kind of the problem, for programs."
    )
    title = serializers.CharField(help_text="The status in words.")
    status = serializers.IntegerField(help_text="The status of the answer.")
    detail = serializers.CharField(help_text="What is wrong.")
    instance = serializers.CharField(help_text="The address that was asked for.")
    errors = ProblemErrorSerializer(many=True, required=False, help_text="Each parameter that is wrong.")


MODIFIED_SINCE = (
    "Rows whose records were saved since a day or time, such as 2026-03-04 or 2026-03-04T05:06:07Z. What is told with "
    "a row may have changed without it: /changes/ knows."
)
SINCE = (
    "The cursor that an answer gave as `since`, or a day or time such as 2026-03-04 or 2026-03-04T05:06:07Z. Without "
    "it everything that you may see is listed as added."
)
SAID_OF_PARAMETERS = {
    "format": "The format of the answer; it can also be asked for by the header Accept.",
    "id": "Public key of the row, as the field `id` has it.",
}
PROBLEMS = {
    400: "A parameter is unknown, or its value cannot be read.",
    401: "The token is not valid, or the header Authorization has another form.",
    404: "A row that the address or a filter names is not there, or you may not see it.",
    406: "The answer has no such format.",
    414: "The address is longer than 8,000 letters.",
    429: "Too many calls; Retry-After says how many seconds to wait.",
    501: "This site does not write the format.",
    503: "The database is busy or does not answer; Retry-After says how many seconds to wait.",
}


class ResourceSchema(AutoSchema):
    """Adds the parameters that every resource has, and the answers."""

    def get_override_parameters(self) -> list[Any]:
        """Return the parameters."""
        fields = field_parameters(self.view.get_serializer_class()())
        if self.view.action != "list":
            return fields
        orders = [name for field in self.view.orderings for name in (field, f"-{field}")]
        modified = OpenApiParameter("modified_since", MOMENT, description=MODIFIED_SINCE)
        return [*fields, OpenApiParameter("ordering", str, enum=orders, description="Order of the rows."), modified]

    def get_operation_id(self) -> str:
        """Name the operation after the resource."""
        return re.sub("[-.]", "_", f"{self.view.serializer_class.resource}_{self.view.action}")

    def get_response_serializers(self) -> Any:
        """Return every answer by status and media type."""
        rows: dict[Any, Any] = {
            (200, "application/json"): self.view.get_serializer_class()(),
            (200, "text/csv"): OpenApiTypes.STR,
            (200, "application/jsonl"): OpenApiTypes.STR,
            **{(200, renderer.media_type): OpenApiTypes.BINARY for renderer in (WorkbookRenderer, ParquetRenderer)},
            304: OpenApiResponse(description="Nothing has changed since the answer whose ETag was sent."),
        }
        problems = {
            (status, PROBLEM): OpenApiResponse(ProblemSerializer, description)
            for status, description in PROBLEMS.items()
        }
        return rows | problems

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:  # noqa: FBT001, FBT002  a hook
        """Say of a text whose words it is."""
        schema = super()._map_serializer_field(field, direction, bypass_extensions)  # type: ignore[no-untyped-call]  # it ships none
        words, terms = words_of_answer(field), terms_of_answer(field)
        schema = {**schema, "x-words": words.layer} if words else schema
        return {**schema, "enum": terms} if terms else schema

    def get_summary(self) -> str:
        """Say in a line what an operation gives."""
        noun = self.view.model._meta
        if self.view.action == "list":
            return f"List {noun.verbose_name_plural}"
        return f"Get one {noun.verbose_name} by its key"

    def get_tags(self) -> list[str]:
        """Put the operations of a resource together."""
        return [self.view.serializer_class.resource]

    def _get_parameters(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = super()._get_parameters()
        for parameter in found:
            parameter["description"] = parameter.get("description") or SAID_OF_PARAMETERS[parameter["name"]]
            shape = parameter["schema"].get("items", parameter["schema"])
            entry = self.view.filterset_class.base_filters.get(parameter["name"])
            if takes_numbers(entry):
                number = {"type": "integer", "minimum": 0, "maximum": GREATEST}
                shape.clear()
                shape |= (
                    {"anyOf": [number, {"type": "string", "pattern": ID_OF_NUMBER}]} if takes_ids(entry) else number
                )
            if shape.get("type") == "string" and not {"enum", "pattern"} & shape.keys():
                shape["pattern"] = SOMETHING
        return found

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        shape = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        if type(serializer).__module__ != __name__:  # a row, or what stands in one
            shape.pop("required", None)  # the parameter `fields` can leave out any of them
        return shape


class InnerListSchema(ResourceSchema):
    """The parameters of a list of the rows within rows: the filters choose those in which they stand."""

    def get_override_parameters(self) -> list[Any]:
        """Return the parameters."""
        of = OpenApiParameter(
            "of", str, description="Of one row alone: its `id`. The field `more` of a row gives this address."
        )
        return [of, *field_parameters(self.view.get_serializer_class()(), "fields", "exclude")]

    def get_summary(self) -> str:
        """Say in a line what the operation gives."""
        resource, _, name = self.view.serializer_class.resource.partition(".")
        return f"List {name.replace('_', ' ')} of {resource.replace('-', ' ')}"

    def get_tags(self) -> list[str]:
        """Put the list with its resource."""
        return [self.view.serializer_class.resource.partition(".")[0]]


class ChangeSerializer(serializers.Serializer[Any]):
    """A row that was added, changed or removed for you."""

    resource = serializers.CharField(help_text="The resource that has the row.")
    id = serializers.CharField(help_text="Public key of the row.")
    change = serializers.ChoiceField(
        choices=("added", "changed", "removed"), help_text="What became of it for you since what you gave as `since`."
    )
    when = serializers.DateTimeField(help_text="When that was worked out, soon after it was done.")
    url = serializers.CharField(required=False, help_text="Address of the row; not where it was removed.")
    modified = serializers.DateTimeField(
        required=False, allow_null=True, help_text="When its record was saved last; not where it was removed."
    )
    version = serializers.IntegerField(
        required=False, help_text="How often its record was saved; not where it was removed."
    )
    row = serializers.DictField(
        required=False, help_text="With `rows=true`: the row as it is now, in the shape of its resource."
    )


class ChangesSerializer(serializers.Serializer[Any]):
    """What changed, in an order in which nothing ever comes before what was given already."""

    next = serializers.CharField(help_text="Address of what follows. Keep it: it is good for the next night too.")
    since = serializers.CharField(help_text="The cursor in that address.")
    more = serializers.BooleanField(help_text="Whether something follows already; otherwise your copy is up to date.")
    results = ChangeSerializer(many=True, help_text="The changes.")


class ChangesSchema(AutoSchema):
    """The parameters and answers of the resource of changes."""

    def get_override_parameters(self) -> list[Any]:
        """Return the parameters."""
        return [
            OpenApiParameter("since", {"type": "string", "pattern": SOMETHING}, description=SINCE),
            OpenApiParameter(
                "page_size",
                {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100},
                description="How many changes a page has.",
            ),
            OpenApiParameter("rows", bool, description="Whether each row comes along as it is now."),
        ]

    def get_operation_id(self) -> str:
        """Name the operation."""
        return "changes_list"

    def get_summary(self) -> str:
        """Say in a line what the operation gives."""
        return "List what was added, changed or removed for you"

    def get_tags(self) -> list[str]:
        """Name what it belongs to."""
        return ["changes"]

    def get_response_serializers(self) -> Any:
        """Return every answer by status and media type."""
        problems = {
            (status, PROBLEM): OpenApiResponse(ProblemSerializer, description)
            for status, description in PROBLEMS.items()
        }
        return {(200, "application/json"): ChangesSerializer(), **problems}


def words_of_answer(field: serializers.Field[Any, Any, Any, Any]) -> type[LayeredText] | None:
    """Return whose words a field of an answer holds; None for facts of the record."""
    entry = entry_of_answer(field)
    return entry.words if isinstance(entry, WordsOfFieldMixin) else None


def entry_of_answer(field: serializers.Field[Any, Any, Any, Any]) -> Any:
    """Return the field of a record that a field of an answer holds; None where it is worked out."""
    model: Any = getattr(getattr(field.parent, "Meta", None), "model", None)
    *relations, name = (field.source or "").split(".")
    try:
        for relation in relations:
            model = model._meta.get_field(relation).related_model
        return model._meta.get_field(name)
    except (AttributeError, FieldDoesNotExist):
        return None


def terms_of_answer(field: serializers.Field[Any, Any, Any, Any]) -> list[str | None]:
    """Return the terms that a field of an answer may have, if these are all that there are."""
    entry = entry_of_answer(field)
    terms: list[str | None] = [value for value, _ in getattr(entry, "flatchoices", ()) if value not in {"", None}]
    if not terms or not isinstance(terms[0], str):
        return []
    return [*terms, *([""] if entry.blank else []), *([None] if field.allow_null else [])]


def without_marks(result: Any, **_: Any) -> Any:
    """Return the document without the marks by which its maker tells lists of terms apart: a hook of it."""
    if isinstance(result, dict):
        return {name: without_marks(value) for name, value in result.items() if name != "x-spec-enum-id"}
    return [without_marks(value) for value in result] if isinstance(result, list) else result
