"""Fields in which somebody says in which way something is missing; what is there speaks for itself."""

from __future__ import annotations

from typing import Any

from django.db import models

from programmes.vocabulary import Missing


def absence_of(what: str) -> models.CharField[Any, Any]:
    """Return a field that says in which way a theory or study has none of something, if it has none."""
    words = f"In which way there are no {what} here, if there are none and somebody knows."
    return models.CharField(max_length=20, choices=Missing, blank=True, help_text=words)
