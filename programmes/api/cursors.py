"""Cursors of lists: addresses that only this site can read, so that nobody counts by them what is not shown."""

from __future__ import annotations

import base64
import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings


class NoCursorError(ValueError):
    """What was given is no cursor of this site."""


def cipher() -> AESSIV:
    """Return what writes and reads cursors; equal places give equal cursors, so that answers can be cached."""
    return AESSIV(hashlib.sha512(b"cursors of the API" + settings.SECRET_KEY.encode()).digest())


def sealed(place: str) -> str:
    """Return a place in a list as a cursor."""
    return base64.urlsafe_b64encode(cipher().encrypt(place.encode(), None)).decode().rstrip("=")


def unsealed(cursor: str) -> str:
    """Return the place that a cursor names. Raises NoCursorError."""
    try:
        given = base64.urlsafe_b64decode(cursor.encode("ascii") + b"==")
        return cipher().decrypt(given, None).decode()
    except (InvalidTag, ValueError) as error:
        raise NoCursorError(cursor) from error
