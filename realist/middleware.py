"""What holds for every request and answer."""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import cast

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.middleware.http import ConditionalGetMiddleware
from django.utils.cache import get_conditional_response, patch_vary_headers, set_response_etag
from django.utils.http import parse_http_date_safe

from programmes.api.problems import problem_document
from programmes.characters import UNSEEN_MARKS
from programmes.integrity.restoring import while_serving
from realist.throttles import ALLOWANCE, count_call, too_many_calls

MARKS = re.compile(f"[{''.join(UNSEEN_MARKS)}]")
PIECES_OF_PAGE = re.compile(  # what is no word of the page, and the marks
    r"<(script|style|textarea|title|option)\b.*?</\1\s*>|<!--.*?-->"
    r"""|<[/!a-zA-Z](?:"[^"]*"|'[^']*'|[^'">])*>|""" + MARKS.pattern,
    re.DOTALL,
)
API = "/api/"
READ_ONLY = "GET, HEAD, OPTIONS"
LONGEST_ADDRESS = 8000  # letters; servers and browsers differ beyond
REFUSED_GZIP = re.compile(r"\bgzip\s*;\s*q=0(?:\.0*)?\s*(?:,|$)", re.IGNORECASE)
GetResponse = Callable[[HttpRequest], HttpResponse]


class ShutWhileRestored:
    """Serve nobody from a database that is being restored: it may still have what was erased."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; whatever asks the database is refused while it is being restored."""
        with while_serving():
            return self.get_response(request)


class RefuseNullCharacters:
    """Refuse addresses with a NUL character: no record can have one, and PostgreSQL cannot take one.

    The API refuses them itself, in its own form.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, unless the address cannot be asked for."""
        if not request.path.startswith(API) and ("\0" in request.path or "%00" in request.META.get("QUERY_STRING", "")):
            raise BadRequest("The address has a character that no record can have.")
        return self.get_response(request)


class GZipWhereAccepted(GZipMiddleware):
    """Compresses answers for whoever takes them so; `gzip;q=0` says that somebody does not."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress, unless it is refused, or the answer has a checksum or pieces, which are of what is sent."""
        if response.has_header("Repr-Digest") or response.get("Accept-Ranges") == "bytes":
            return response
        if REFUSED_GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", "")):
            patch_vary_headers(response, ("Accept-Encoding",))
            return response
        return super().process_response(request, response)


class ValidatorsOfAnswers(ConditionalGetMiddleware):
    """Gives answers an ETag, and nothing but it to whoever has them; HEAD is answered as GET would be."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Give the ETag, and shorten the answer."""
        if request.method == "HEAD" and self.needs_etag(response) and not response.has_header("ETag"):
            set_response_etag(response)
        if request.method != "HEAD" or "ETag" not in response:
            return super().process_response(request, response)
        changed = response.get("Last-Modified")
        found = get_conditional_response(
            request,
            etag=response["ETag"],
            last_modified=parse_http_date_safe(changed) if changed else None,
            response=cast("HttpResponse", response),
        )
        return cast("HttpResponse", found)


class AskedFromOtherSites:
    """Says what may be asked of the API from pages of other sites, and refuses addresses that are too long."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        length = len(request.path) + len(request.META.get("QUERY_STRING", ""))
        if length > LONGEST_ADDRESS:
            return HttpResponse(
                f"The address has {length} letters; {LONGEST_ADDRESS} are the most.",
                status=HTTPStatus.REQUEST_URI_TOO_LONG,
                content_type="text/plain",
            )
        if request.method == "OPTIONS" and request.path.startswith(API):
            return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"Allow": READ_ONLY})
        return self.get_response(request)


class ShowUnseenMarks:
    """Show the characters on a page that move letters about unseen, and keep what they do to themselves.

    Each gets an element of its own, at whose end its effect ends. So a reader sees the letters in the order in which
    they are stored, and where a mark stands; who copies the text has it whole.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; a page without such marks, as nearly all are, is left alone."""
        response = self.get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html") and not response.streaming
        if is_page and MARKS.search(text := response.content.decode(response.charset or "utf-8", "replace")):
            response.content = with_marks_shown(text)
        return response


def with_marks_shown(page: str) -> str:
    """Return a page with its unseen marks shown wherever its words are; not in fields, nor in the head."""
    in_picture = False

    def shown(found: re.Match[str]) -> str:
        nonlocal in_picture
        piece = found[0]
        if piece not in UNSEEN_MARKS:
            in_picture = piece.startswith("<svg") or (in_picture and not piece.startswith("</svg"))
            return piece
        short, name = UNSEEN_MARKS[piece]
        if in_picture:  # whose words are not copied
            return f'<tspan class="unseen-mark">[{short}]</tspan>'
        return (
            f'<bdi class="unseen-mark" role="img" aria-label="{name}" title="{name}" data-mark="{short}">{piece}</bdi>'
        )

    return PIECES_OF_PAGE.sub(shown, page)


class CountCalls:
    """Counts each call of the API that no view of it counted, and says with each answer what is left.

    So a call is counted though it is no address, or the token with it is none: whoever guesses tokens is not told
    more than others.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; with 429 where there were too many calls."""
        response = self.get_response(request)
        if not request.path.startswith(API):
            return response
        allowance = request.META.get(ALLOWANCE) or count_call(request)
        if not allowance.allowed and response.status_code != HTTPStatus.TOO_MANY_REQUESTS:
            response = problem_document(request, HTTPStatus.TOO_MANY_REQUESTS, too_many_calls(allowance))
        if not allowance.allowed:
            response["Retry-After"] = str(allowance.seconds)
        rate = allowance.rate
        response["RateLimit-Policy"] = f"{rate.calls};w={rate.seconds}"
        response["RateLimit-Limit"] = str(rate.calls)
        response["RateLimit-Remaining"] = str(allowance.left)
        response["RateLimit-Reset"] = str(allowance.seconds)
        return response
