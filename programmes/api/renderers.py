"""The formats of the API."""

from __future__ import annotations

from typing import Any

import orjson
from rest_framework.renderers import BaseRenderer

from programmes.formats.workbooks import WORKBOOK


class ORJSONRenderer(BaseRenderer):
    """JSON at the speed of the database."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        """Return the data as JSON."""
        del accepted_media_type, renderer_context
        return orjson.dumps(data)


class FileRenderer(BaseRenderer):
    """Names the format of a file; the view writes it itself, row by row."""


class CSVRenderer(FileRenderer):
    """A table for programs."""

    media_type = "text/csv"
    format = "csv"


class JSONLinesRenderer(FileRenderer):
    """A row on each line, as the answer in JSON has it."""

    media_type = "application/jsonl"
    format = "jsonl"


class WorkbookRenderer(FileRenderer):
    """A table for spreadsheets."""

    media_type = WORKBOOK
    format = "xlsx"


class ParquetRenderer(FileRenderer):
    """A table in columns, with their types."""

    media_type = "application/vnd.apache.parquet"
    format = "parquet"


FILE_RENDERERS = (CSVRenderer, JSONLinesRenderer, WorkbookRenderer, ParquetRenderer)
