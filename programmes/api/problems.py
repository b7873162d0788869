"""Errors of the API as problem details (RFC 9457): what is wrong, where, and what is allowed."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import orjson
from django.core.exceptions import DisallowedHost, PermissionDenied
from django.http import Http404, HttpResponse
from rest_framework import exceptions
from rest_framework.views import set_rollback

from programmes.api.problem_kinds import KINDS_BY_CODE, kind_of_status
from programmes.filtersets import UNKNOWN_KEY

if TYPE_CHECKING:
    from django.http import HttpRequest
    from rest_framework.request import Request


# What errors of forms are called, which have names of their own for the same.
CODES_OF_FORMS = {UNKNOWN_KEY: "unknown-row", "invalid_choice": "unknown-value"}


def code_of_error(message: Any) -> str:
    """Return the code of what is wrong with a parameter."""
    code = getattr(message, "code", "")
    return code if code in KINDS_BY_CODE else CODES_OF_FORMS.get(code, "wrong-value")


def site_of(request: HttpRequest | Request) -> str:
    """Return the address of the site, or nothing where the request came to a name that is not ours."""
    try:
        return request.build_absolute_uri("/").rstrip("/")
    except DisallowedHost:
        return ""


def problem_document(
    request: HttpRequest | Request, status: int, detail: str, code: str = "", **more: Any
) -> HttpResponse:
    """Return problem details as an answer; where no code is given, the one that the status has."""
    kind = KINDS_BY_CODE[code] if code else kind_of_status(status)
    document = {
        "type": f"{site_of(request)}{kind.address}",
        "code": kind.code,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": request.get_full_path(),
        **more,
    }
    return HttpResponse(orjson.dumps(document), status=status, content_type="application/problem+json")


def problem_status(error: exceptions.APIException) -> int:
    """Return the status: 404 where the request is well formed, and only names rows that are not there."""
    if isinstance(error.detail, dict):
        codes = {getattr(message, "code", None) for messages in error.detail.values() for message in messages}
        if codes == {UNKNOWN_KEY}:
            return HTTPStatus.NOT_FOUND
    return error.status_code


def problem_response(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """Return an error as a problem document, or None for what is no error of the API."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    request = context["request"]
    status = problem_status(error)
    errors = [
        {
            "parameter": name,
            "value": request.query_params.getlist(name),
            "message": str(message),
            "code": code_of_error(message),
        }
        for name, messages in (error.detail.items() if isinstance(error.detail, dict) else ())
        for message in messages
    ]
    detail = str(error.detail) if isinstance(error.detail, str) else "See errors."
    code = "" if not errors else "unknown-row" if status == HTTPStatus.NOT_FOUND else "wrong-parameters"
    response = problem_document(request, status, detail, code, **({"errors": errors} if errors else {}))
    if header := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = header
    response.exception = True
    set_rollback()
    return response
