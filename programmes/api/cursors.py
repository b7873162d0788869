"""Cursors of lists: addresses that only this site can read, so that nobody counts by them what is not shown."""

from __future__ import annotations

import base64
import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings


class NoCursorError(ValueError):
    """What was given is no cursor of this list in this order."""


def cipher() -> AESSIV:
    """Return what writes and reads cursors; equal places give equal cursors, so that answers can be cached."""
    return AESSIV(hashlib.sha512(b"cursors of the API" + settings.SECRET_KEY.encode()).digest())


def sealed(place: str, ordered: str) -> str:
    """Return a place in an ordered list as a cursor, which no other list and no other order takes."""
    return base64.urlsafe_b64encode(cipher().encrypt(place.encode(), [ordered.encode()])).decode().rstrip("=")


def unsealed(cursor: str, ordered: str) -> str:
    """Return the place in an ordered list that a cursor names. Raises NoCursorError."""
    try:
        given = base64.urlsafe_b64decode(cursor.encode("ascii") + b"==")
        return cipher().decrypt(given, [ordered.encode()]).decode()
    except (InvalidTag, ValueError) as error:
        raise NoCursorError(cursor) from error
