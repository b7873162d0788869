"""Reading packages of format 1: nothing was said of what a theory does not hold, what is done was one text."""

from __future__ import annotations

from typing import Any

from programmes.package.interventions import with_interventions
from programmes.package.study_lists import with_study_lists


def from_format_1(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document of format 1 as one of format 2, letter for letter.

    Format 1 took "not stated" for granted where a word was left out. Nobody had said it, so it stays unsaid. A text
    that said what is done becomes a part of its CMOC, and the terms of one study become entries of each study's lists.
    """
    return {**with_study_lists(with_interventions(document)), "version": 2}
