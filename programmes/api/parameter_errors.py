"""Errors of one parameter: it is unknown, or its value is."""

from __future__ import annotations

from typing import Any

from rest_framework import exceptions

from programmes.search.did_you_mean import suggestion


class BadParameterError(exceptions.ValidationError):
    """A query parameter that is unknown, or whose value is."""

    def __init__(self, parameter: str, value: str, message: str, code: str = "wrong-value") -> None:
        super().__init__({parameter: [message]}, code=code)
        self.value = value


def unknown_word(kind: str, parameter: str, word: str, known: Any) -> BadParameterError:
    """Return the error for a word that is not known here, with a remedy."""
    message = f"{word!r} is no {kind} here; {suggestion(word, known)}"
    return BadParameterError(parameter, word, message, f"unknown-{kind}")
