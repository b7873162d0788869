"""Reading packages of format 1: what a theory does not hold was not said there, and what is done was one text."""

from __future__ import annotations

from typing import Any

from programmes.package.interventions import with_interventions


def from_format_1(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document of format 1 as one of format 2, letter for letter.

    Format 1 took "not stated" for granted where a word was left out. Nobody had said it, so it stays unsaid. A text
    that said what is done becomes a part of its CMOC.
    """
    return {**with_interventions(document), "version": 2}
