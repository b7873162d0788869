"""Reading packages in which a CMOC says in one text what is done: the text becomes a part of the CMOC."""

from __future__ import annotations

from typing import Any

LONGEST_LABEL = 300


def with_interventions(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document in which each text that says what is done is an intervention, letter for letter.

    One intervention stands for each text, named by the text's beginning, in the order of the CMOCs. What is no text
    stays as it is, so that whoever wrote it reads what is wrong.
    """
    cmocs = document.get("cmocs")
    rows = cmocs if isinstance(cmocs, list) else []
    told = [row for row in rows if isinstance(row, dict) and isinstance(row.get("intervention"), str)]
    texts = [row["intervention"] for row in sorted(told, key=number_of) if row["intervention"]]
    keys = {text: f"intervention-{number}" for number, text in enumerate(dict.fromkeys(texts), 1)}
    if not told:
        return document
    changed = [with_part(row, keys) if row in told else row for row in rows]
    given = [{"key": key, "label": label_of_text(text)} for text, key in keys.items()]
    return {**document, "cmocs": changed, **({"interventions": given} if given else {})}


def number_of(row: dict[str, Any]) -> int:
    """Return the number of a CMOC, for their order."""
    return row["number"] if isinstance(row.get("number"), int) else 0


def with_part(row: dict[str, Any], keys: dict[str, str]) -> dict[str, Any]:
    """Return a CMOC whose text is its part."""
    text = row["intervention"]
    rest = {name: value for name, value in row.items() if name != "intervention"}
    return {**rest, "interventions": [{"intervention": keys[text], "wording": text}]} if text else rest


def label_of_text(text: str) -> str:
    """Return the beginning of a text, up to the end of a word."""
    words = " ".join(text.split()) or "…"
    if len(words) <= LONGEST_LABEL:
        return words
    cut = words[: LONGEST_LABEL - 1]
    return (cut.rpartition(" ")[0] or cut[: LONGEST_LABEL - 2]).rstrip() + " …"
