"""What becomes of the turns of a transcript when marks are put over letters: they stay, under labels with marks."""

from __future__ import annotations

from dataclasses import replace

from programmes.models import Source, Speaker
from programmes.transcripts.labels_with_marks import covered_labels, free_labels, line_with
from programmes.transcripts.turns import line_of_turn


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
    if list(source.spoken()) != kept:  # the marks hide a label, or look like another
        source.turns = [line_of_turn(turn) for turn in kept]
