"""Which format an answer has: the one that the address names, or else the one that the header Accept likes best."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation

from programmes.api.parameter_errors import unknown_word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rest_framework.renderers import BaseRenderer
    from rest_framework.request import Request

WEIGHT = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")


def accepted_ranges(header: str) -> dict[str, float]:
    """Return how much each media range is liked, from 0 to 1; a weight that cannot be read counts as 1."""
    found = {}
    for entry in header.split(","):
        name, *parameters = (part.strip().lower() for part in entry.split(";"))
        given = next((part[2:].strip() for part in parameters if part.startswith("q=")), "1")
        if name:
            found[name] = float(given) if WEIGHT.fullmatch(given) else 1.0
    return found


def liking(media_type: str, ranges: dict[str, float]) -> float:
    """Return how much a media type is liked: the range that fits it most closely decides."""
    wide = f"{media_type.partition('/')[0]}/*"
    return next((ranges[name] for name in (media_type, wide, "*/*") if name in ranges), 0.0)


class WeighedFormats(DefaultContentNegotiation):
    """Chooses the format of an answer."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return what writes the answer; the parameter `format` counts more than the header Accept."""
        del format_suffix
        known = list(renderers)
        wanted = request.query_params.get("format")
        if wanted is not None:
            named = {str(renderer.format): renderer for renderer in known}
            if wanted not in named:
                raise unknown_word("format", "format", wanted, list(named))
            return named[wanted], str(named[wanted].media_type)
        ranges = accepted_ranges(request.META.get("HTTP_ACCEPT", "")) or {"*/*": 1.0}
        best = max(known, key=lambda renderer: liking(str(renderer.media_type), ranges))
        if not liking(str(best.media_type), ranges):
            types = ", ".join(dict.fromkeys(str(renderer.media_type) for renderer in known))
            raise NotAcceptable(f"The answer can be {types}; accept one of them, or name it with the parameter format.")
        return best, str(best.media_type)
