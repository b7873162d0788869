"""Errors of the API as problem details (RFC 9457): what is wrong, where, and what is allowed."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import orjson
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from rest_framework import exceptions
from rest_framework.views import set_rollback

from programmes.filtersets import UNKNOWN_KEY
from programmes.search.did_you_mean import suggestion

if TYPE_CHECKING:
    from django.http import HttpRequest
    from rest_framework.request import Request


class BadParameterError(exceptions.ValidationError):
    """A query parameter that is unknown, or whose value is."""

    def __init__(self, parameter: str, value: str, message: str) -> None:
        super().__init__({parameter: [message]})
        self.value = value


def unknown_word(kind: str, parameter: str, word: str, known: Any) -> BadParameterError:
    """Return the error for a word that is not known here, with a remedy."""
    return BadParameterError(parameter, word, f"{word!r} is no {kind} here; {suggestion(word, known)}")


def problem_document(request: HttpRequest | Request, status: int, detail: str, **more: Any) -> HttpResponse:
    """Return problem details as an answer."""
    document = {
        "type": "about:blank",
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
        {"parameter": name, "value": request.query_params.getlist(name), "message": str(message)}
        for name, messages in (error.detail.items() if isinstance(error.detail, dict) else ())
        for message in messages
    ]
    detail = str(error.detail) if isinstance(error.detail, str) else "See errors."
    response = problem_document(request, status, detail, **({"errors": errors} if errors else {}))
    if wait := getattr(error, "wait", None):
        response["Retry-After"] = str(int(wait) + 1)
    if header := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = header
    response.exception = True
    set_rollback()
    return response
