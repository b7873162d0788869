"""Forms that meet the end of a sign-in: they keep what was entered, to be sent again after the next one."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.utils.cache import add_never_cache_headers
from django.views.csrf import csrf_failure

from programmes.trouble import OTHER_SIGN_IN, SIGNED_OUT
from realist.trouble import API, page_of, sent_form

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from programmes.trouble import Trouble


def keep_when_signed_out(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Return a view that answers a form of somebody who is no longer signed in with all that they entered."""

    @wraps(view)
    def answer(request: HttpRequest, *given: Any, **named: Any) -> HttpResponseBase:
        if request.method == "POST" and not request.user.is_authenticated and sent_form(request):
            return form_again(request, SIGNED_OUT)
        return view(request, *given, **named)

    return answer


def answer_to_foreign_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without the token of this sign-in.

    Browsers say from which site a form was sent. Only where it was this one may it be sent again from the page: what
    another site has filled in is never offered to anybody.
    """
    is_ours = request.META.get("HTTP_ORIGIN") == f"{request.scheme}://{request.get_host()}"
    if is_ours and not request.path.startswith(API):
        return form_again(request, OTHER_SIGN_IN)
    return csrf_failure(request, reason)


def form_again(request: HttpRequest, trouble: Trouble) -> HttpResponse:
    """Return the page from which a form can be sent again; nothing of it is kept elsewhere."""
    response = HttpResponse(page_of(request, trouble), status=trouble.status)
    add_never_cache_headers(response)
    return response
