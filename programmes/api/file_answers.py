"""Answers that are files: their names, their validators, and the pieces that somebody asks for."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from http import HTTPStatus
from io import SEEK_END
from typing import IO, TYPE_CHECKING, Any

import orjson
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from programmes.api.audiences import Roles
from programmes.api.files import FILE_FORMATS, in_one_state, spooled
from programmes.api.problems import problem_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rest_framework.request import Request

NOT_IN_NAME = frozenset({"format", "fields", "exclude", "include", "light", "ordering"})
LONGEST_NAME = 100  # letters
PIECE = 65_536  # bytes
RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.ASCII)
SHAPE = 1  # of the files that this version writes; another one makes them other files


def file_name(resource: str, request: Request, ending: str) -> str:
    """Return a name that says what is in a file: the resource, and the filters by which its rows were chosen."""
    chosen = [
        f"{name}-{value}"
        for name, values in sorted(request.query_params.lists())
        for value in values
        if name not in NOT_IN_NAME
    ]
    words = re.sub(r"[^A-Za-z0-9.]+", "-", "-".join(["realist", resource, *chosen]))
    return f"{words[:LONGEST_NAME].strip('-.')}.{ending}"


def state_tag(request: Request, told: int | None, columns: Iterable[str]) -> str | None:
    """Return the ETag of a file without reading its rows: what was told last, and who asks for what; None if unknown.

    While something was written that was not worked out yet, nobody can say so whether the file is the same.
    """
    if told is None:
        return None
    form = request.accepted_renderer.format
    parts = [SHAPE, told, Roles.of(request.user).as_document(), request.build_absolute_uri(), form, *columns]
    return quote_etag(hashlib.sha256(orjson.dumps(parts)).hexdigest()[:32])


@dataclass(frozen=True)
class ListFile:
    """A file that somebody asks for."""

    form: str
    rows: Any
    name: str  # of what is in it
    headers: dict[str, str]
    tag: str | None = None
    changed: int | None = None  # seconds since 1970, as Last-Modified says

    def answer(self, request: Request) -> HttpResponse | StreamingHttpResponse:
        """Return the file, or what is to be said in its place."""
        unchanged = get_conditional_response(request, etag=self.tag, last_modified=self.changed)
        if unchanged is not None:
            if unchanged.status_code == HTTPStatus.NOT_MODIFIED and self.tag:
                unchanged["ETag"] = self.tag
            return unchanged
        form = FILE_FORMATS[self.form]
        if form.parts and request.META.get("SERVER_PROTOCOL") != "HTTP/1.0":
            # Where it breaks off, its last part is missing, and whoever reads it is told so by their program.
            parts = in_one_state(form.parts(self.rows)) if request.method == "GET" else ()
            return StreamingHttpResponse(parts, headers={**self.headers, "Accept-Ranges": "none", **self.validator()})
        return self.whole(request, spooled(form, self.rows, self.name))

    def validator(self) -> dict[str, str]:
        """Return the header by which somebody asks whether it is still the same."""
        return {"ETag": self.tag} if self.tag else {}

    def whole(self, request: Request, file: IO[bytes]) -> HttpResponse | StreamingHttpResponse:
        """Return a file that is written already: all of it, or the piece that is asked for."""
        length = file.seek(0, SEEK_END)
        tag = self.tag or content_tag(file)
        headers = {**self.headers, "Accept-Ranges": "bytes", "ETag": tag}
        first, end, status = 0, length, HTTPStatus.OK
        if request.method == "GET" and request.headers.get("If-Range", tag) == tag:
            first, end = asked_piece(request.headers.get("Range", ""), length)
        if first >= end > 0:
            file.close()
            said = f"The file has {length:,} bytes; ask for bytes among these, or leave out the header Range."
            return no_such_range(request, said, length)
        if end - first < length:
            headers["Content-Range"] = f"bytes {first}-{end - 1}/{length}"
            status = HTTPStatus.PARTIAL_CONTENT
        answer = StreamingHttpResponse(PieceOfFile(file, first, end), status=status, headers=headers)
        answer["Content-Length"] = str(end - first)
        return answer


def no_such_range(request: Request, said: str, length: int) -> HttpResponse:
    """Return that a file has no such bytes."""
    answer = problem_document(request, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, said)
    answer["Content-Range"] = f"bytes */{length}"
    return answer


def content_tag(file: IO[bytes]) -> str:
    """Return the ETag of a file that is read for it."""
    file.seek(0)
    return quote_etag(hashlib.file_digest(file, "sha256").hexdigest()[:32])


def asked_piece(header: str, length: int) -> tuple[int, int]:
    """Return where a piece begins and where it ends, as the header Range asks (RFC 9110); all where it asks for none.

    It begins at its end or behind it where the file has no such bytes. Several pieces at once are not given.
    """
    asked = RANGE.fullmatch(header)
    if not asked or not (asked[1] or asked[2]) or (asked[1] and asked[2] and int(asked[2]) < int(asked[1])):
        return 0, length
    if not asked[1]:
        return max(0, length - int(asked[2])), length
    return int(asked[1]), min(int(asked[2]) + 1, length) if asked[2] else length


class PieceOfFile:
    """What of a file is sent; it is closed with the answer, read or not."""

    def __init__(self, file: IO[bytes], first: int, end: int) -> None:
        self.file = file
        self.first = first
        self.end = end

    def __iter__(self) -> Iterator[bytes]:
        """Yield it; who has read it all need not close it."""
        with self.file:
            self.file.seek(self.first)
            while part := self.file.read(min(PIECE, self.end - self.file.tell())):
                yield part

    def close(self) -> None:
        """Close the file."""
        self.file.close()
