"""What every answer says to browsers and caches, whoever made it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.cache import patch_cache_control

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from realist.middleware import GetResponse

UNUSED = (  # what a browser could let pages do, and these never do
    *("accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media"),
    *("gamepad", "geolocation", "gyroscope", "hid", "magnetometer", "microphone", "midi", "payment"),
    *("publickey-credentials-get", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
)
# Of answers that no other layer got to, as a request that was refused before it came there.
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": settings.X_FRAME_OPTIONS,
    "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
    "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED),
}
MEANT_FOR_OTHERS = ("/api/", f"/{settings.STATIC_URL.strip('/')}/")
# Of the API, to pages of other sites: they read what everybody may, and never as somebody who signed in.
FOR_OTHER_SITES = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, If-Modified-Since, If-None-Match, If-Range, Range",
    "Access-Control-Expose-Headers": (
        "Accept-Ranges, Content-Disposition, Content-Range, ETag, Link, RateLimit-Limit, RateLimit-Policy, "
        "RateLimit-Remaining, RateLimit-Reset, Retry-After, X-Request-ID"
    ),
    "Access-Control-Max-Age": "86400",
}
SIGN_OUTS = frozenset({"admin:logout", "desk-sign-out"})


class AnswerHeaders:
    """Says of every answer who may keep it, who may embed it, and what a page may do.

    What is answered to somebody who signed in is kept nowhere. Anything else may be kept by anybody, and is asked for
    again; an unchanged answer is an empty 304 for everybody.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the headers."""
        response = self.get_response(request)
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        open_to_all = not is_of_member(request, response)
        say_who_keeps(request, response, open_to_all=open_to_all)
        embeddable = request.path.startswith(MEANT_FOR_OTHERS) or response.get("Content-Type", "").startswith("image/")
        response["Cross-Origin-Resource-Policy"] = "cross-origin" if open_to_all and embeddable else "same-origin"
        if open_to_all and request.path.startswith(MEANT_FOR_OTHERS[0]):
            for name, value in FOR_OTHER_SITES.items():
                response[name] = value
        if request.resolver_match is not None and request.resolver_match.view_name in SIGN_OUTS:
            response["Clear-Site-Data"] = '"cache"'
        return response


def is_of_member(request: HttpRequest, response: HttpResponse) -> bool:
    """Say whether somebody signed in asks, or just signed in; files of the site are the same for everybody."""
    if request.path.startswith(MEANT_FOR_OTHERS[1]):
        return False
    session = settings.SESSION_COOKIE_NAME
    begun = response.cookies.get(session)
    given = request.COOKIES.get(session) or (begun and begun.value)
    return bool(given) or "HTTP_AUTHORIZATION" in request.META


def say_who_keeps(request: HttpRequest, response: HttpResponse, *, open_to_all: bool) -> None:
    """Set Cache-Control where the view did not."""
    if not open_to_all:
        if "no-store" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = "private, no-store"
    elif "Cache-Control" not in response:
        if request.COOKIES or response.cookies:
            patch_cache_control(response, private=True, max_age=0)
        else:
            patch_cache_control(response, public=True, max_age=0, must_revalidate=True)
