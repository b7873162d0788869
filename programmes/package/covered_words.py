"""Masks over words of quotes, in packages: the team's own has the words and the masks, one for others neither."""

from __future__ import annotations

from typing import Any

from programmes.models import Quote
from programmes.transcripts.masks import covered, covered_as_printed, mask_lines, mask_spans, moved
from programmes.vocabulary import Visibility

# What only the team reads, by the list in which it stands.
FOR_TEAM = {
    "quotes": ("masks", "start", "end", "pieces", "prefix", "suffix", "disclosure_note"),
    "sources": ("text", "sha256", "turns", "note", "interviewer", "speakers"),
    "participants": ("consent_note", "service_note"),
}
IN_A_TRANSCRIPT = "in a transcript that the team keeps"  # where a quote stands, for those who do not get the place


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


def for_others(document: dict[str, Any], open_quotes: set[str]) -> dict[str, Any]:
    """Return a package as everybody may have it, which loads like any other.

    It has the quotes that everybody may read, with signs for the words beneath masks, and neither transcripts nor
    places in them; memos, readings and surveys that are not public are left out.
    """
    left = dict(document)
    if "quotes" in left:
        left["quotes"] = [as_everybody_reads(row) for row in left["quotes"] if row["key"] in open_quotes]
    for name, hidden in FOR_TEAM.items():
        left[name] = [{key: value for key, value in row.items() if key not in hidden} for row in left.get(name, ())]
    left["cmocs"] = [of_open_quotes(row, open_quotes) for row in left.get("cmocs", ())]
    left["memos"] = [row for row in left.get("memos", ()) if is_for_all(row, open_quotes)]
    left["surveys"] = [row for row in left.get("surveys", ()) if row.get("visibility") == Visibility.PUBLIC]
    left["lineage"] = [
        {**row, "moves": [move for move in row.get("moves", ()) if move["quote"] in open_quotes]}
        for row in left.get("lineage", ())
    ]
    return {key: without_empty_lists(value) for key, value in left.items() if value != []}


def as_everybody_reads(quote: dict[str, Any]) -> dict[str, Any]:
    """Return the row of a quote with signs for the words beneath its masks."""
    spans, text = mask_spans(quote.get("masks", ())), quote["text"]
    left = {**quote, "text": covered(text, spans)}
    if "text_as_printed" in quote:
        left["text_as_printed"] = covered_as_printed(text, spans, quote["text_as_printed"])
    if not left.get("locator"):
        left["locator"] = IN_A_TRANSCRIPT
    return {entry.name: left[entry.name] for entry in Quote._meta.fields if entry.name in left} | left


def of_open_quotes(cmoc: dict[str, Any], open_quotes: set[str]) -> dict[str, Any]:
    """Return the row of a CMOC with what everybody may read of its evidence and of its readings."""
    evidence = [row for row in cmoc.get("evidence", ()) if row["quote"] in open_quotes]
    return {
        **cmoc,
        "evidence": evidence,
        "readings": [row for row in cmoc.get("readings", ()) if row.get("shown", True)],
    }


def is_for_all(memo: dict[str, Any], open_quotes: set[str]) -> bool:
    """Say whether everybody may read a memo."""
    of_open = "source" not in memo and memo.get("quote") in {None, *open_quotes}
    return of_open and memo.get("visibility") == Visibility.PUBLIC


def without_empty_lists(rows: Any) -> Any:
    """Return the rows of a list without lists that became empty, which a package leaves out."""
    if not isinstance(rows, list):
        return rows
    return [{key: value for key, value in row.items() if value != []} for row in rows]


def left_or_changed(row: dict[str, Any]) -> tuple[str, str]:
    """Return what is wrong with the row of a source whose transcript is here, and the remedy."""
    if not row.get("text"):
        return "leaves out the transcript that is here", "load the package of the team"
    remedy = "give the corrected one as a new source with a key of its own"
    return "differs from the transcript that is here, which stays as it is", remedy
