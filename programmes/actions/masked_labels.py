"""What becomes of the turns of a transcript when marks are put over letters: they stay, under labels with marks."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from programmes.models import Source, Speaker
from programmes.transcripts.runs import MARK
from programmes.transcripts.turns import line_of_turn, turn_of_line

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


def put_text_with_marks(source: Source, text: str, reason: str) -> None:
    """Give a source its text with more marks. Its turns stay where they are; covered labels have marks too."""
    turns = source.spoken()
    new_labels = free_labels(covered_labels(source.text, text, turns), {turn.speaker for turn in turns})
    for row in source.speakers.filter(label__in=new_labels):
        old, row.label = row.label, new_labels[row.label]
        row.set_change_reason(reason)
        row.save()
        Speaker.history.filter(source_id=source.pk, label=old).update(label=row.label)
    kept = [replace(turn, speaker=new_labels.get(turn.speaker, turn.speaker)) for turn in turns]
    states = Source.history.filter(id=source.pk).exclude(turns=[])
    for state in states if new_labels else ():
        state.turns = [line_with(line, new_labels) for line in state.turns]
        state.save()
    source.turns = [line_with(line, new_labels) for line in source.turns]
    source.erase(text)
    if source.spoken() != kept:  # the marks hide a label, or look like another
        source.turns = [line_of_turn(turn) for turn in kept]


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
