"""What the OpenAPI document says of every resource: its parameters, and every answer that it can give."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from programmes.api.rows import RowSerializer
from programmes.filtersets.base import GREATEST, takes_numbers
from programmes.words import LayeredText, WordsOfFieldMixin

PROBLEM = "application/problem+json"
SOMETHING = "^[^\\u0000]+$"  # not empty, and no record can have a NUL character


class ProblemErrorSerializer(serializers.Serializer[Any]):
    """A parameter that is wrong."""

    parameter = serializers.CharField(help_text="Name of the parameter.")
    value = serializers.ListField(child=serializers.CharField(), help_text="What it was given.")
    message = serializers.CharField(help_text="What is wrong with it, and what was perhaps meant.")


class ProblemSerializer(serializers.Serializer[Any]):
    """Why there is no answer: problem details (RFC 9457)."""

    type = serializers.CharField(help_text="about:blank: the status says all.")
    title = serializers.CharField(help_text="The status in words.")
    status = serializers.IntegerField(help_text="The status of the answer.")
    detail = serializers.CharField(help_text="What is wrong.")
    instance = serializers.CharField(help_text="The address that was asked for.")
    errors = ProblemErrorSerializer(many=True, required=False, help_text="Each parameter that is wrong.")


PROBLEMS = {
    400: "A parameter is unknown, or its value cannot be read.",
    401: "The token is not valid, or the header Authorization has another form.",
    404: "A row that the address or a filter names is not there, or you may not see it.",
    406: "The answer has no such format.",
    429: "Too many calls; Retry-After says how many seconds to wait.",
    503: "The database is busy or does not answer; Retry-After says how many seconds to wait.",
}


class ResourceSchema(AutoSchema):
    """Adds the parameters that every resource has, and the answers."""

    def get_override_parameters(self) -> list[Any]:
        """Return the parameters."""
        names = list(self.view.get_serializer_class()().fields)
        several = {"type": "array", "minItems": 1, "items": {"type": "string", "enum": names}}
        fields = OpenApiParameter(
            "fields", several, explode=False, style="form", description="Only these fields, separated by commas."
        )
        if self.view.action != "list":
            return [fields]
        orders = [name for field in self.view.orderings for name in (field, f"-{field}")]
        return [fields, OpenApiParameter("ordering", str, enum=orders, description="Order of the rows.")]

    def get_operation_id(self) -> str:
        """Name the operation after the resource."""
        return f"{self.view.serializer_class.resource}_{self.view.action}".replace("-", "_")

    def get_response_serializers(self) -> Any:
        """Return every answer by status and media type."""
        rows: dict[Any, Any] = {
            (200, "application/json"): self.view.get_serializer_class()(),
            (200, "text/csv"): OpenApiTypes.STR,
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
        words = words_of_answer(field)
        return {**schema, "x-words": words.layer} if words else schema

    def _get_parameters(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = super()._get_parameters()
        for parameter in found:
            shape = parameter["schema"].get("items", parameter["schema"])
            if takes_numbers(self.view.filterset_class.base_filters.get(parameter["name"])):
                shape.clear()
                shape |= {"type": "integer", "minimum": 0, "maximum": GREATEST}
            if shape.get("type") == "string" and not {"enum", "pattern"} & shape.keys():
                shape["pattern"] = SOMETHING
        return found

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        shape = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        if isinstance(serializer, RowSerializer) and hasattr(serializer, "resource"):
            shape.pop("required", None)  # the parameter `fields` can leave out any of them
        return shape


def words_of_answer(field: serializers.Field[Any, Any, Any, Any]) -> type[LayeredText] | None:
    """Return whose words a field of an answer holds; None for facts of the record."""
    model: Any = getattr(getattr(field.parent, "Meta", None), "model", None)
    *relations, name = (field.source or "").split(".")
    try:
        for relation in relations:
            model = model._meta.get_field(relation).related_model
        entry = model._meta.get_field(name)
    except (AttributeError, FieldDoesNotExist):
        return None  # it is worked out, or is no field of a record
    return entry.words if isinstance(entry, WordsOfFieldMixin) else None
