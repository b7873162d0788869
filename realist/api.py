"""The API as a whole: its resources, its schema and its documentation."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path, re_path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from programmes.api.base import UnknownAddressView
from programmes.api.viewsets import VIEWSETS
from surveys.api.viewsets import VIEWSETS as SURVEY_VIEWSETS

RESOURCES = {**VIEWSETS, **SURVEY_VIEWSETS}


class RootView(APIView):
    """The list of resources."""

    permission_classes = (AllowAny,)
    schema = None

    def get(self, request: Request) -> Response:
        """Return the address of each resource."""
        return Response({name: reverse(f"api-{name}-list", request=request) for name in RESOURCES})


@dataclass(frozen=True)
class ParameterRow:
    """A parameter of a resource, for the documentation."""

    name: str
    description: str
    terms: list[str]


@dataclass(frozen=True)
class DocumentedField:
    """A field of a row, for the documentation."""

    name: str
    kind: str
    description: str


@dataclass(frozen=True)
class ResourceRow:
    """A resource, for the documentation."""

    name: str
    path: str
    description: str
    parameters: list[ParameterRow]
    fields: list[DocumentedField]


def documented_resources(schema: dict[str, Any]) -> list[ResourceRow]:
    """Return what the schema says of each resource."""
    shapes = schema["components"]["schemas"]
    rows = []
    for name, viewset in RESOURCES.items():
        address = f"/api/v1/{name}/"
        parameters = schema["paths"][address]["get"]["parameters"]
        shape = shapes[viewset.serializer_class.__name__.removesuffix("Serializer")]
        rows.append(
            ResourceRow(
                name=name,
                path=address,
                description=shape.get("description", ""),
                parameters=[parameter_row(parameter) for parameter in parameters],
                fields=[documented_field(key, value) for key, value in shape["properties"].items()],
            )
        )
    return rows


def parameter_row(parameter: dict[str, Any]) -> ParameterRow:
    """Return a parameter in words."""
    shape = parameter["schema"]
    terms = shape.get("enum") or shape.get("items", {}).get("enum") or []
    return ParameterRow(parameter["name"], parameter.get("description", ""), [str(term) for term in terms])


def documented_field(name: str, shape: dict[str, Any]) -> DocumentedField:
    """Return a field in words."""
    kind = shape.get("type", "object")
    return DocumentedField(name, " or ".join(kind) if isinstance(kind, list) else kind, shape.get("description", ""))


def documentation(request: HttpRequest) -> HttpResponse:
    """Show the documentation, made from the schema."""
    schema: Any = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return render(request, "api/docs.html", {"resources": documented_resources(schema)})


router = SimpleRouter()
for name, viewset in RESOURCES.items():
    router.register(name, viewset, basename=f"api-{name}")

urlpatterns = [
    path("v1/", RootView.as_view(), name="api-root"),
    path("v1/schema/", SpectacularAPIView.as_view(throttle_classes=()), name="api-schema"),
    path("v1/docs/", documentation, name="api-docs"),
    path("v1/", include(router.urls)),
    re_path(r"^.*$", UnknownAddressView.as_view()),
]
