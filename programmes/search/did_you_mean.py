"""Advice on a wrong value: how it is shown, and what may have been meant."""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_VALUE = 60


def shown(value: Any) -> str:
    """Return a value as the document has it, shortened."""
    text = json.dumps(value, ensure_ascii=False, default=str).encode(errors="backslashreplace").decode()
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def suggestion(word: Any, known: Iterable[Any]) -> str:
    """Return advice that names the most similar known word, or else the first few of them."""
    names = {str(name): name for name in known if name != ""}
    close = difflib.get_close_matches(str(word), names, n=1)
    if close:
        return f"did you mean {shown(names[close[0]])}?"
    if not names:
        return "there is none to choose from"
    return "known are " + ", ".join([*names][:12]) + (" …" if len(names) > 12 else "")  # noqa: PLR2004  enough to see the kind
