"""Who asks, as far as the address of the network tells: the one place that reads it."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.checks import Warning  # noqa: A004  Django's name for it

if TYPE_CHECKING:
    from django.core.checks import CheckMessage
    from django.http import HttpRequest

UNKNOWN = "unknown"  # as of a socket of the file system, which has no addresses
SHARED_BITS = 64  # of an IPv6 address: whoever has one has all that begin with these
WITH_PORT = re.compile(r"\[([^\[\]]*)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+")


def client_address(request: HttpRequest) -> str:
    """Return the address to count a request by: of IPv4 the address, of IPv6 the /64 network that one customer has.

    X-Forwarded-For is believed only as far as TRUSTED_PROXIES says: each of these proxies adds the address from which
    it was asked, so that the last entries are theirs and all before them may be made up. Where the entry is missing or
    no address, whoever holds the socket is counted.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    proxies = settings.TRUSTED_PROXIES
    named = counted(forwarded[-proxies]) if 0 < proxies <= len(forwarded) else None
    return named or counted(request.META.get("REMOTE_ADDR", "")) or UNKNOWN


def counted(text: str) -> str | None:
    """Return an address in its one form, IPv6 without what a customer chooses; None where it is no address."""
    text = text.strip()
    if with_port := WITH_PORT.fullmatch(text):
        text = with_port[1] or with_port[2] or ""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is None:
            return str(ipaddress.ip_network((int(address), SHARED_BITS), strict=False))
        address = address.ipv4_mapped
    return str(address)


def proxy_is_counted(**_: object) -> list[CheckMessage]:
    """Warn where all who come through a proxy would be counted as one."""
    if getattr(settings, "SECURE_PROXY_SSL_HEADER", None) is None or settings.TRUSTED_PROXIES:
        return []
    text = "BEHIND_PROXY is true and TRUSTED_PROXIES is 0: all who come through the proxy share one limit."
    return [Warning(text, hint="Set TRUSTED_PROXIES to their number; see docs/operators.md.", id="realist.W001")]
