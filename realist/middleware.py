"""What holds for every request and answer."""

import re
from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

from programmes.characters import UNSEEN_MARKS

MARKS = re.compile(f"[{''.join(UNSEEN_MARKS)}]")
PIECES_OF_PAGE = re.compile(  # what is no word of the page, and the marks
    r"<(script|style|textarea|title|option)\b.*?</\1\s*>|<!--.*?-->"
    r"""|<[/!a-zA-Z](?:"[^"]*"|'[^']*'|[^'">])*>|""" + MARKS.pattern,
    re.DOTALL,
)
GetResponse = Callable[[HttpRequest], HttpResponse]


class RefuseNullCharacters:
    """Refuse addresses with a NUL character: no record can have one, and PostgreSQL cannot take one.

    The API refuses them itself, in its own form.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, unless the address cannot be asked for."""
        if not request.path.startswith("/api/") and (
            "\0" in request.path or "%00" in request.META.get("QUERY_STRING", "")
        ):
            raise BadRequest("The address has a character that no record can have.")
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


class AskAgain:
    """Let browsers keep a page but ask for it again, and let no one else keep what a signed-in reader sees."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and say how long the answer holds where the page does not say so itself."""
        response = self.get_response(request)
        if "Cache-Control" not in response:
            if request.COOKIES:
                patch_cache_control(response, private=True, max_age=0)
            else:
                patch_cache_control(response, public=True, max_age=0, must_revalidate=True)
        return response
