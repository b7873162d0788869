"""Quotes in a cell: the words between quotation marks, and who is said to have spoken them."""

from __future__ import annotations

import re
from dataclasses import dataclass

PAIRS = {"“": "”", "„": "“”", "«": "»", "»": "«", '"': '"', "‘": "’", "'": "'"}
TAG = re.compile(r"\s*(?:[(\[](?P<inside>[^()\[\]]{1,80})[)\]]|[–—-]+\s*(?P<dash>[^“„«\"\n]{1,80}))\s*[.;,]?")
BARE_TAG = re.compile(r"\s*(?P<bare>[^“„«\"\n]{1,80}?)\s*(?=\n|$)")
TAG_AT_END = re.compile(r"\s*(?:[(\[](?P<inside>[^()\[\]]{1,80})[)\]]|[–—]\s*(?P<dash>[^\n–—]{1,60}))\s*[.;]?\s*$")
CLOSE = r"(?=[\s.,;:!?)\]\[(–—-]|$)"


@dataclass(frozen=True)
class PrintedQuote:
    """Words between quotation marks, as printed, and the tag of their speaker; more in an appendix of ours."""

    text: str
    as_printed: str
    speaker: str = ""
    role: str = ""
    part: str = ""
    key: str = ""
    source: str = ""
    line: int | None = None
    place: str = ""


def closes_at(text: str, start: int) -> int:
    """Return the place of the mark that closes the quote which opens at `start`; -1 where none does."""
    marks = PAIRS[text[start]]
    found = re.compile(rf"[{re.escape(marks)}]{CLOSE}").search(text, start + 1)
    return found.start() if found else -1


def quotes_in(text: str) -> tuple[list[PrintedQuote], list[str]]:
    """Return the quotes of a cell, and the words that belong to none of them."""
    quotes: list[PrintedQuote] = []
    rest: list[str] = []
    at = 0
    while at < len(text):
        opens = next((place for place in range(at, len(text)) if opens_quote(text, place)), -1)
        closes = closes_at(text, opens) if opens >= 0 else -1
        if closes < 0:
            break
        rest.append(text[at:opens])
        tag = TAG.match(text, closes + 1) or BARE_TAG.match(text, closes + 1)
        speaker = next((words for words in tag.groupdict().values() if words), "").strip() if tag else ""
        quotes.append(PrintedQuote(text[opens + 1 : closes].strip(), text[opens : closes + 1], speaker))
        at = tag.end() if tag else closes + 1
    if quotes:
        return quotes, [words for part in [*rest, text[at:]] if (words := part.strip(" \n;,.•-"))]
    return [unmarked_quote(line) for line in text.split("\n") if line.strip()], []


def whole_quote(text: str) -> PrintedQuote:
    """Return a cell that is one quote, as where its speaker stands in another column."""
    inside = opens_quote(text, 0) and closes_at(text, 0) == len(text) - 1
    return PrintedQuote(text[1:-1].strip() if inside else text, text)


def opens_quote(text: str, place: int) -> bool:
    """Say whether a quote opens here: an apostrophe inside a word does not."""
    return text[place] in PAIRS and (place == 0 or text[place - 1] in " \n([•-–—:") and text[place] not in "»’"


def unmarked_quote(line: str) -> PrintedQuote:
    """Return a line without a pair of marks as one quote; a tag at its end is the speaker's."""
    tag = TAG_AT_END.search(line)
    words = line[: tag.start()] if tag else line
    speaker = (tag["inside"] or tag["dash"] or "").strip() if tag else ""
    return PrintedQuote(words.strip().strip('“”„«»"').strip(), words.strip(), speaker)
