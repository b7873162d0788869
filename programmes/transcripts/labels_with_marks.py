"""The labels of speakers in a transcript in which marks were put over letters."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from programmes.transcripts.runs import MARK
from programmes.transcripts.turns import line_of_turn, turn_of_line, turns_beside, turns_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from programmes.transcripts.turns import SpokenTurn


def covered_labels(old: str, text: str, turns: Sequence[SpokenTurn]) -> dict[str, str]:
    """Return the labels of speakers that have marks in the new text, wherever they stand, as they are there."""
    found: dict[str, set[str]] = defaultdict(set)
    end = 0
    for turn in turns:
        at = old.rfind(turn.speaker, end, turn.start)
        if at >= 0:
            found[turn.speaker].add(text[at : at + len(turn.speaker)])
        end = turn.end
    covered = {label: next(iter(there)) for label, there in found.items() if len(there) == 1}
    return {label: new for label, new in covered.items() if new != label and MARK in new}


def free_labels(wanted: dict[str, str], taken: set[str]) -> dict[str, str]:
    """Return new labels of which no two are alike, though marks of one length are."""
    free: dict[str, str] = {}
    there = set(taken)
    for label, new in wanted.items():
        number = 1
        free[label] = new
        while free[label] in there:
            number += 1
            free[label] = f"{new} {number}"
        there.add(free[label])
    return free


def line_with(line: str, new_labels: dict[str, str]) -> str:
    """Return the line of a turn with the new label of its speaker."""
    turn = turn_of_line(line)
    return line_of_turn(replace(turn, speaker=new_labels.get(turn.speaker, turn.speaker)))


def turns_under_marks(old: str, text: str, lines: Sequence[str]) -> list[str]:
    """Return the lines of turns to keep beside a text with more marks, so that every turn stays where it is.

    Where none were kept, none are needed unless the marks hide a label, or make it look like another.
    """
    if text == old:
        return list(lines)
    turns = turns_beside(old, lines, ())
    covered = covered_labels(old, text, turns)
    labels = free_labels(covered, {turn.speaker for turn in turns})
    kept = [replace(turn, speaker=labels.get(turn.speaker, turn.speaker)) for turn in turns]
    return [line_of_turn(turn) for turn in kept] if lines or turns_of(text) != kept else []
