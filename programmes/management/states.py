"""The page on states in the documentation, drawn from the tables of transitions: a column for each state."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.template.loader import render_to_string

from programmes.actions.transitions import CMOC_TRANSITIONS, REVIEW_TRANSITIONS, Transition
from programmes.vocabulary import CMOCStatus, ReviewState

if TYPE_CHECKING:
    from programmes.actions.transitions import State

FOLDER = Path(__file__).resolve().parents[2] / "docs"
ABSENT = "Not there"
UNSAID = "Nothing said"
FIRST_COLUMN, COLUMN, FIRST_ROW, ROW = 360, 104, 64, 30  # pixels
LONGEST_HEAD = 14  # letters on a line
HEAD = """# States

Made from `programmes/actions/transitions.py` by `make schema`; do not edit it by hand. A test performs every act in
every state and compares what happens with that table.

In the pictures each column is a state and each row an act. It can be done in the states with a dot and leads to those
with an arrowhead, or with a diamond where it comes from both sides. A ring marks a state that the act leaves as it is.
"""


@dataclass(frozen=True)
class StateMark:
    """A dot, a ring, or the points of an arrowhead, in the column of a state."""

    kind: str
    x: int
    points: str = ""


@dataclass(frozen=True)
class PictureRow:
    """An act, with the line between the states that it joins."""

    label: str
    when: str
    y: int
    marks: tuple[StateMark, ...]
    start: int
    end: int


@dataclass(frozen=True)
class Subject:
    """What has states: its heading, the states in order with whether it can be missing, and what changes them."""

    slug: str
    title: str
    meaning: str
    states: tuple[State | None, ...]
    transitions: tuple[Transition, ...]


SUBJECTS = (
    Subject(
        "cmoc",
        "A CMOC in its theory",
        "Its status is the curator's judgement. Merging, splitting and retiring also record what follows it.",
        (None, "", *CMOCStatus),
        CMOC_TRANSITIONS,
    ),
    Subject(
        "review",
        "A CMOC between curators and reviewers",
        "Nobody sets this state: it follows from the verdicts on the present wording.",
        tuple(ReviewState),
        REVIEW_TRANSITIONS,
    ),
)


def label_of(state: State | None) -> str:
    """Return a state as people read it."""
    return ABSENT if state is None else str(state.label) if state else UNSAID


def marks_of(transition: Transition, columns: dict[State | None, int], y: int) -> tuple[StateMark, ...]:
    """Return the marks of an act, from left to right; a state it can both leave and lead to has both, side by side."""
    marks = []
    leaves = [columns[state] for state in transition.before]
    for state, x in columns.items():
        if state in transition.before:
            kind = "leaves" if transition.after else "stays"
            marks.append(StateMark(kind, x - 9 if state in transition.after else x))
        if state in transition.after:
            left = x - (6 if any(start > x for start in leaves) else 0)
            right = x + (6 if any(start < x for start in leaves) else 0)
            marks.append(StateMark("leads", x, f"{left},{y} {x},{y - 6} {right},{y} {x},{y + 6}"))
    return tuple(marks)


def picture(subject: Subject) -> str:
    """Return the picture as SVG."""
    columns = {state: FIRST_COLUMN + COLUMN * n for n, state in enumerate(subject.states)}
    rows = []
    for n, transition in enumerate(subject.transitions):
        y = FIRST_ROW + ROW * n
        marks = marks_of(transition, columns, y)
        line = [mark.x for mark in marks] if transition.after else [0]
        rows.append(PictureRow(transition.act, transition.when, y, marks, min(line), max(line)))
    return render_to_string(
        "documentation/states.svg",
        {
            "title": subject.title,
            "width": FIRST_COLUMN + COLUMN * len(columns) - COLUMN // 3,
            "height": FIRST_ROW + ROW * len(rows),
            "columns": [(textwrap.wrap(label_of(state), LONGEST_HEAD), x) for state, x in columns.items()],
            "rows": rows,
        },
    )


def table(subject: Subject) -> list[str]:
    """Return the same as the picture in words."""
    lines = ["| act | in | leads to | when |", "|---|---|---|---|"]
    for transition in subject.transitions:
        before, after = (
            ", ".join(label_of(state).lower() for state in subject.states if state in states)
            for states in (transition.before, transition.after)
        )
        lines.append(f"| {transition.act} | {before} | {after or 'the same'} | {transition.when} |")
    return lines


def states_page() -> str:
    """Return the whole page."""
    lines = [HEAD]
    for subject in SUBJECTS:
        picture_line = f"![{subject.title}: the table below says the same]({picture_name(subject)})"
        lines += [f"## {subject.title}", "", subject.meaning, "", picture_line, "", *table(subject), ""]
    return "\n".join(lines)


def picture_name(subject: Subject) -> str:
    """Return the name of the file of a picture."""
    return f"states-{subject.slug}.svg"


def state_documents() -> dict[str, str]:
    """Return the page and its pictures, by the name of the file."""
    return {"states.md": states_page(), **{picture_name(subject): picture(subject) for subject in SUBJECTS}}
