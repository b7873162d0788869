"""The one layer that answers trouble which is expected, and lets every error of the API be problem details."""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, HttpResponseServerError, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.middleware.csrf import get_token
from django.template.loader import render_to_string

from programmes.api.problems import problem_document
from programmes.trouble import DOWN, trouble_of
from programmes.words import NobodysWords
from realist.acts import request_number

if TYPE_CHECKING:
    from programmes.trouble import Trouble
    from realist.middleware import GetResponse

log = logging.getLogger(__name__)
API = "/api/"
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
PROBLEM_TYPE = "application/problem+json"
# What is said of an error that no view of the API met, by status.
SAID_IN_API = {
    HTTPStatus.BAD_REQUEST: "The request cannot be read; look at its address and its headers.",
    HTTPStatus.FORBIDDEN: "You may not do that.",
    HTTPStatus.NOT_FOUND: "This is no address of the API; the list of resources is at /api/v1/.",
    HTTPStatus.METHOD_NOT_ALLOWED: "The API is read with GET and HEAD.",
    HTTPStatus.REQUEST_URI_TOO_LONG: "The address is longer than 8,000 letters; ask for less in one call.",
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        "The fault is ours and has been written down. Try again in a moment; if it lasts, tell whoever runs the site "
        "the request_id."
    ),
}
OF_CONTENT = frozenset({"Content-Type", "Content-Length", "Content-Encoding", "Content-Disposition", "ETag"})
UNREADABLE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent, UnreadablePostError, MultiPartParserError)
# Fields of which nobody knows that they sent them: tokens, buttons, counts and versions.
UNTYPED_STARTS = ("_", "csrfmiddlewaretoken", "opened_version", "action")
UNTYPED_ENDS = ("_FORMS", "-id", "-opened_version", "-ORDER")
SECRET_WORD = "password"  # noqa: S105  part of the names of fields that are never shown again


@dataclass(frozen=True)
class FilledField:
    """A field of a form that was sent, with what was written into it."""

    name: str
    written: str

    @property
    def is_typed(self) -> bool:
        """Say whether somebody wrote or chose this."""
        untyped = self.name.startswith(UNTYPED_STARTS) or self.name.endswith(UNTYPED_ENDS)
        return bool(self.written.strip()) and not untyped


@dataclass(frozen=True)
class SentForm:
    """A form that was sent in vain, to be sent again; secrets and files must be given anew."""

    address: str
    fields: list[FilledField]
    secrets: list[str]
    files: list[str]

    @property
    def typed(self) -> list[FilledField]:
        """Return the fields with what somebody wrote or chose."""
        return [field for field in self.fields if field.is_typed]


class ExpectedTrouble:
    """Answers trouble of a view: with a page, or in the API with problem details, as every error there has them."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; an error of the API that no view of it met becomes problem details."""
        response = self.get_response(request)
        is_error = response.status_code >= HTTPStatus.BAD_REQUEST and request.path.startswith(API)
        return as_problem(request, response) if is_error else response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer trouble; anything else goes its way."""
        return answer_to_trouble(request, error)


def as_problem(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return an error as problem details, with the headers that it had, unless it is that already."""
    if response.get("Content-Type", "").startswith(PROBLEM_TYPE):
        return response
    status = HTTPStatus(response.status_code)
    number = {"request_id": request_number()} if status == HTTPStatus.INTERNAL_SERVER_ERROR else {}
    detail = SAID_IN_API.get(status, status.description or status.phrase)
    problem = problem_document(request, status, detail, **number)
    for name, value in response.items():
        if name not in OF_CONTENT:
            problem[name] = value
    problem.cookies = response.cookies
    return problem


def answer_to_trouble(request: HttpRequest, error: BaseException) -> HttpResponse | None:
    """Return what to say of an exception, or None where it is a fault of the site."""
    trouble = trouble_of(error, writes=request.method not in SAFE)
    if trouble is None:
        return None
    for_operators = NobodysWords(trouble.for_operators)
    log.warning("Trouble (%s): %s. %s", NobodysWords(trouble.name), reason_of(trouble, error), for_operators)
    return answer_with(request, trouble)


def answer_with(request: HttpRequest, trouble: Trouble) -> HttpResponse:
    """Return what to say of a trouble."""
    if request.path.startswith(API):
        response = problem_document(request, trouble.status, f"{trouble.heading}. {trouble.remedy}")
    else:
        response = HttpResponse(page_of(request, trouble), status=trouble.status)
    if trouble.seconds is not None:
        response["Retry-After"] = str(trouble.seconds)
    response["Cache-Control"] = "no-store"
    return response


def reason_of(trouble: Trouble, error: BaseException) -> object:
    """Return what the log says of an error. Only where no database answers does its message repeat no words."""
    return NobodysWords(" ".join(str(error).split())) if trouble == DOWN else error


def page_of(request: HttpRequest, trouble: Trouble) -> str:
    """Return the page of a trouble. It is rendered without the request, so that nothing asks the database."""
    form = sent_form(request) if request.method == "POST" and not trouble.is_done else None
    return render_to_string(
        "trouble_bare.html" if trouble.is_bare else "trouble.html",
        {
            "trouble": trouble,
            "sent": form,
            "writes": request.method not in SAFE,
            "here": request.get_full_path(),
            "csrf_token": get_token(request) if form else "",
            "user": None,
            "standing": None,
            "left_out": [],
            "alternates": [],
        },
    )


def sent_form(request: HttpRequest) -> SentForm | None:
    """Return the form that was sent, or None where there is none that can be read."""
    try:
        written, files = request.POST, request.FILES
    except UNREADABLE:
        return None
    fields = [FilledField(name, value) for name, values in written.lists() for value in values]
    kept = [field for field in fields if SECRET_WORD not in field.name and field.name != "csrfmiddlewaretoken"]
    secrets = [field.name for field in fields if SECRET_WORD in field.name]
    return SentForm(request.get_full_path(), kept, secrets, list(files)) if kept or secrets or files else None


def answer_to_error(request: HttpRequest) -> HttpResponse:
    """Answer an exception that came up outside of views, as when a session cannot be saved.

    Django calls this while it handles the exception.
    """
    error = sys.exc_info()[1]
    answer = answer_to_trouble(request, error) if error else None
    return answer or HttpResponseServerError(render_to_string("500.html", {"number": request_number()}))
