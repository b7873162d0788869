"""What the words of one cell are: one part or a list, a mark at its end, a label, nothing at all."""

from __future__ import annotations

import re

from programmes.tables_in.grid import ITEMS, PARAGRAPHS
from programmes.tables_in.heads import ACTOR
from programmes.tables_in.sentences import EDGES, marks_in, trimmed_span
from programmes.vocabulary import Reporting

BULLET = re.compile(r"\s*(?:[•·▪◦●○‣∙*➢►✓■]|[-–—](?=\s)|\(?(?:\d{1,2}|[a-h]|[ivx]{1,4})[.)](?=\s))\s*")
SYMBOL = re.compile(r"^\s*(?:[•·▪◦●○‣∙*➢►✓■]|[-–—](?=\s))\s*")
CODE = re.compile(r"^\s*([CMOIAS])\s?\d{0,3}[a-z]?\s*(?:[:.)]|[–-](?=\s))\s*(?=\S)")
NOTHING = re.compile(r"[-–—.…/\s]*|n/?a\.?|not applicable|nil|not loaded|not yet", re.IGNORECASE)
ABSENCES = {str(term.label).casefold(): term.value for term in Reporting if term != Reporting.REPORTED}
SEMICOLON = re.compile(r";\s+")
INLINE_BULLET = re.compile(r"\s+[•▪●◦‣]\s*")


def says_nothing(text: str) -> bool:
    """Say whether a cell has only a dash or the like, as tables fill what is empty."""
    return NOTHING.fullmatch(text.strip()) is not None


def absence_said(text: str) -> str:
    """Return the term of the vocabulary by which a cell says in which way something is missing; else nothing."""
    return ABSENCES.get(text.strip().casefold(), "")


def without_bullet(line: str) -> str:
    """Return a line without the mark that makes it an item of a list."""
    found = BULLET.match(line)
    return line[found.end() :].strip() if found else line.strip()


def items_of(text: str, lines_are: str = "") -> tuple[list[str], bool]:
    """Return the items of a cell, and whether it is sure that they are items.

    A list of its file, bullets and numbers are sure; paragraphs, lines and semicolons are not.
    """
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) == 1 and len(found := [part for part in INLINE_BULLET.split(f" {lines[0]}") if part.strip()]) > 1:
        return [part.strip() for part in found], True
    if len(lines) > 1:
        return items_of_lines(lines, lines_are)
    whole = SYMBOL.sub("", text).strip()
    parts = [part.strip() for part in SEMICOLON.split(whole) if part.strip()]
    return (parts, False) if len(parts) > 1 else ([whole] if whole else [], True)


def items_of_lines(lines: list[str], lines_are: str) -> tuple[list[str], bool]:
    """Return the items that lines are: each bullet begins one, and goes on over lines without."""
    bulleted = [BULLET.match(line) is not None for line in lines]
    if lines_are == ITEMS or all(bulleted):
        return [without_bullet(line) for line in lines], True
    if bulleted[0]:
        items: list[str] = []
        for line, begins in zip(lines, bulleted, strict=True):
            if begins:
                items.append(without_bullet(line))
            else:
                items[-1] += f"\n{line}"
        return items, True
    if lines_are == PARAGRAPHS or all(line[0].isupper() for line in lines):
        return [without_bullet(line) for line in lines], False
    return ["\n".join(lines)], True


def slots_in_cell(text: str) -> tuple[str, str, list[str]]:
    """Return of a cell the slot that a mark at its end names, its words without that mark, and who is marked in it."""
    marks = marks_in(text)
    actors = []
    at = 0
    for slot, start, end in marks:
        if slot == ACTOR:
            first, last = trimmed_span(text, at, start)
            actors.append(text[first:last])
        at = end
    if marks and not text[marks[-1][2] :].strip(EDGES) and marks[-1][0] != ACTOR:
        slot, start, _ = marks[-1]
        return slot, text[:start].strip(), actors
    return "", text, actors


def slots_marked(text: str) -> list[str]:
    """Return the slots, each once, that marks in a cell name, other than who acts."""
    return list(dict.fromkeys(slot for slot, _, _ in marks_in(text) if slot != ACTOR))
