"""What holds for every request and answer."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control


class RefuseNullCharacters:
    """Refuse addresses with a NUL character: no record can have one, and PostgreSQL cannot take one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, unless the address cannot be asked for."""
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("The address has a character that no record can have.")
        response = self.get_response(request)
        if "Cache-Control" not in response:
            # A page may be kept, but is asked for again: what a signed-in reader sees is theirs alone.
            if request.COOKIES:
                patch_cache_control(response, private=True, max_age=0)
            else:
                patch_cache_control(response, public=True, max_age=0, must_revalidate=True)
        return response
