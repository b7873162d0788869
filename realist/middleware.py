"""What holds for every request and answer."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

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
