"""What a package for others leaves out: loaded where it is, it neither uncovers a word nor takes one away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from programmes.models import Quote
from programmes.package.problems import Problem, path_text
from programmes.package.reader import stands_in
from programmes.search.did_you_mean import shown
from programmes.transcripts.masks import mask_lines, mask_spans, moved

if TYPE_CHECKING:
    from programmes.models import CuratedModel
    from programmes.package.problems import Path


def keep_masks(present: Quote, values: dict[str, Any], row: dict[str, Any]) -> None:
    """Let a quote keep its masks where a package says nothing of them, and its words where it has them with masks.

    Such a package was written before there were masks, or for others: neither uncovers a word.
    """
    if not present.masks or "masks" in row:
        return
    if values["text"] == present.shown_text:
        values["text"] = present.text
    if values["text_as_printed"] == present.shown_as_printed:
        values["text_as_printed"] = present.text_as_printed
    values["masks"] = mask_lines(moved(present.text, mask_spans(present.masks), values["text"]))


def left_or_changed(row: dict[str, Any]) -> tuple[str, str]:
    """Return what is wrong with the row of a source whose transcript is here, and the remedy."""
    if not row.get("text"):
        return "leaves out the transcript that is here", "load the package of the team"
    remedy = "give the corrected one as a new source with a key of its own"
    return "differs from the transcript that is here, which stays as it is", remedy


def told_no_more(
    present: CuratedModel | None, values: dict[str, Any], row: dict[str, Any], path: Path
) -> list[Problem]:
    """Return a problem where a package for others has a record stand in, of a quote that leads to another here."""
    named = {"participant": "pseudonym", "source": "key"} if isinstance(present, Quote) else {}
    message = "leaves out who speaks or where, which is known here"
    return [
        Problem(path_text((*path, name)), shown(row[name]), message, "load the package of the team")
        for name, key in named.items()
        if getattr(present, f"{name}_id") is not None
        and values.get(name) not in (None, getattr(present, name))
        and stands_in(getattr(values[name], key))
    ]
