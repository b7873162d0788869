"""The API as a whole: its resources, its schema and its documentation."""

from dataclasses import dataclass
from functools import cache
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
from programmes.api.changes import ChangesView
from programmes.api.inner_lists import inner_viewsets
from programmes.api.problem_kinds import PROBLEM_KINDS
from programmes.api.viewsets import VIEWSETS
from surveys.api.viewsets import VIEWSETS as SURVEY_VIEWSETS

RESOURCES = {**VIEWSETS, **SURVEY_VIEWSETS}
INNER_LISTS = inner_viewsets(RESOURCES)


class RootView(APIView):
    """The list of resources."""

    permission_classes = (AllowAny,)
    schema = None

    def get(self, request: Request) -> Response:
        """Return the address of each resource."""
        addresses = {name: reverse(f"api-{name}-list", request=request) for name in (*RESOURCES, *INNER_LISTS)}
        return Response({**addresses, "changes": reverse("api-changes", request=request)})


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
    lists: list[tuple[str, str]]  # of rows within its rows: their names and addresses


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
                lists=[(inner, f"/api/v1/{inner}/") for inner in INNER_LISTS if inner.partition(".")[0] == name],
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
    return render(request, "api/docs.html", {"resources": documented_resources(published_schema())})


def problem_page(request: HttpRequest) -> HttpResponse:
    """Show what each code of a problem means."""
    return render(request, "api/problems.html", {"kinds": PROBLEM_KINDS})


@cache
def published_schema() -> Any:
    """Return the schema, which is alike for everybody and takes seconds to make."""
    return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]


class SchemaView(SpectacularAPIView):
    """The OpenAPI document."""

    def _get_schema_response(self, request: Request) -> Response:
        """Return it; made anew for each request it would be the dearest of all answers."""
        name = self._get_filename(request, None)  # type: ignore[no-untyped-call]
        return Response(published_schema(), headers={"Content-Disposition": f'inline; filename="{name}"'})


router = SimpleRouter()
for name, viewset in (*RESOURCES.items(), *INNER_LISTS.items()):
    router.register(name.replace(".", r"\."), viewset, basename=f"api-{name}")

urlpatterns = [
    path("v1/", RootView.as_view(), name="api-root"),
    path("v1/schema/", SchemaView.as_view(), name="api-schema"),
    path("v1/docs/", documentation, name="api-docs"),
    path("v1/problems/", problem_page, name="api-problems"),
    path("v1/changes/", ChangesView.as_view(), name="api-changes"),
    path("v1/", include(router.urls)),
    re_path(r"^.*$", UnknownAddressView.as_view()),
]
