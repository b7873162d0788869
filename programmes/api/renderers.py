"""The formats of the API."""

from __future__ import annotations

from typing import Any

import orjson
from rest_framework.renderers import BaseRenderer


class ORJSONRenderer(BaseRenderer):
    """JSON at the speed of the database."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        """Return the data as JSON."""
        del accepted_media_type, renderer_context
        return orjson.dumps(data)


class CSVRenderer(BaseRenderer):
    """Names the format; the view writes it itself, row by row."""

    media_type = "text/csv"
    format = "csv"
