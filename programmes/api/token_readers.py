"""Files and pages as data are read by scripts too, which say by a token who they are, as in the API."""

from __future__ import annotations

from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from programmes.api.problems import problem_document
from programmes.api.tokens import MemberToken

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


def read_with_token(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a view be read with a token; one that is wrong is refused, never taken for nobody."""

    @wraps(view)
    def read(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            found = MemberToken().authenticate(Request(request))
        except AuthenticationFailed as error:
            response = problem_document(request, HTTPStatus.UNAUTHORIZED, str(error.detail))
            response["WWW-Authenticate"] = "Token"
            return response
        if found:
            request.user = found[0]
        response = view(request, *args, **kwargs)
        response["Vary"] = "Accept-Encoding, Authorization, Cookie"
        return response

    return read
