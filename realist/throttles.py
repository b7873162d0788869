"""How often the API may be called, and what each answer says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from rest_framework.exceptions import Throttled
from rest_framework.throttling import BaseThrottle

from realist.clients import client_address
from realist.counts import Allowance, Rate, call_counts

if TYPE_CHECKING:
    from django.http import HttpRequest
    from rest_framework.request import Request

PERIODS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
ALLOWANCE = "realist.allowance"  # where a request keeps what is left to whoever asks


def rate_of(name: str) -> Rate:
    """Return a rate of the settings, as in 600/minute."""
    calls, _, period = settings.API_RATES[name].partition("/")
    return Rate(int(calls), PERIODS[period[0]])


def count_call(request: HttpRequest, user: Any = None) -> Allowance:
    """Count a call of somebody who signed in, or else of an address."""
    if user is not None and user.is_authenticated:
        allowance = call_counts().count(f"user {user.pk}", rate_of("user"))
    else:
        allowance = call_counts().count(f"anonymous {client_address(request)}", rate_of("anonymous"))
    request.META[ALLOWANCE] = allowance
    return allowance


class CallRate(BaseThrottle):
    """Refuses whoever called too often."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count a call before it is answered."""
        del view
        allowance = count_call(request._request, request.user)  # noqa: SLF001  what the middleware sees
        if not allowance.allowed:
            raise Throttled(wait=None, detail=too_many_calls(allowance))
        return True


def too_many_calls(allowance: Allowance) -> str:
    """Return what is said to whoever called too often."""
    rate, seconds = allowance.rate, allowance.seconds
    return (
        f"These were {rate.calls} calls in {rate.seconds} seconds, as many as may be; ask again in {seconds} seconds."
    )
