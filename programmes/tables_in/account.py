"""What became of every cell of a table: placed, asked about or not placed; nothing is left without a word."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from programmes.tables_in.heads import NOT_PLACED

if TYPE_CHECKING:
    from programmes.tables_in.grid import GridCell, PrintedTable
    from programmes.tables_in.own_form import PartName
    from programmes.tables_in.quotes import PrintedQuote
    from programmes.tables_in.sentences import SentenceSpan

MOST_NAMED = 200  # cells that one question names by their places
SHOWN = 200  # letters of a value in a question

# What can be asked, how it is read until somebody answers, and what may be answered: the reading stands first.
QUESTIONS: dict[str, tuple[str, dict[str, str]]] = {
    "column": (
        "What does this column hold? Neither its head nor its cells say.",
        {"leave": "It is not placed", "choose": "Choose what it holds"},
    ),
    "marks": (
        "The marks in these cells say something else than the head of their column. Which holds?",
        {"marks": "The marks", "head": "The head"},
    ),
    "list": (
        "These cells have several items. Is each a part of its own?",
        {"several": "Each item is a part", "one": "One part, as printed"},
    ),
    "sentence": (
        "It is not sure where the parts of these sentences begin and end. Are they read rightly?",
        {"read": "As they are read", "statement": "Keep the sentences without parts"},
    ),
    "no marks": (
        "These sentences have neither marks nor IF and THEN. Nothing in them is placed in a slot; is that right?",
        {"statement": "Keep the sentences without parts", "leave": "Leave them out"},
    ),
    "inventory": (
        "These rows look like lists that stand side by side. Is each row a configuration?",
        {"leave": "No: leave them out", "rows": "Yes: each row is one"},
    ),
    "alone": (
        "These rows have one cell only. What are they?",
        {"group": "Headings of the rows below", "more": "They go on with the row above"},
    ),
    "shared": (
        "These rows lack a cell that the row above has. Does it hold for them too?",
        {"absent": "No: it is not there", "shared": "Yes: it is that of the row above"},
    ),
    "together": (
        "These rows share a cell. Are they one configuration?",
        {"one": "One, with several parts", "apart": "One each"},
    ),
    "quotes": (
        "No quotation marks stand in these cells. Is each line a quote?",
        {"quotes": "Each line is a quote", "leave": "They are no quotes"},
    ),
}


@dataclass
class TableQuestion:
    """A question about cells of one column, with how they are read until it is answered."""

    key: str
    kind: str
    table: int
    column: int | None
    head: str
    cells: list[str] = field(default_factory=list)
    row: int = 0
    value: str = ""
    count: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return it with place, value, reading and remedy."""
        question, options = QUESTIONS[self.kind]
        return {
            "key": self.key,
            "table": self.table,
            "row": self.row,
            "column": self.column,
            "head": self.head,
            "value": self.value,
            "question": question,
            "reading": next(iter(options.values())),
            "remedy": "Choose: " + " · ".join(options.values()),
            "options": [{"value": value, "label": label} for value, label in options.items()],
            "cells": self.cells,
            "count": self.count,
        }


@dataclass(frozen=True)
class CellNotPlaced:
    """Words that went nowhere, with their place and the reason."""

    table: int
    row: int | None
    column: int | None
    value: str
    why: str


@dataclass
class TableChoices:
    """What somebody chose: the slot of columns, answers to questions by their keys, and what words of a sentence are.

    Columns are named by table and column, spans by table, row, column and their place among the spans of the cell.
    """

    columns: dict[tuple[int, int], str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    spans: dict[tuple[int, int, int, int], str] = field(default_factory=dict)


@dataclass
class ReadConfiguration:
    """One configuration as a table gives it, every text as printed."""

    table: int
    row: int
    label: str = ""
    title: str = ""
    group: str = ""
    statement: str = ""
    parts: dict[str, list[str]] = field(default_factory=dict)
    absences: dict[str, str] = field(default_factory=dict)  # by slot: in which way it is missing, as the table says
    quotes: list[tuple[str, PrintedQuote]] = field(default_factory=list)
    is_own: bool = False  # of an appendix of ours
    number: int | None = None  # where it gives one
    services: list[str] = field(default_factory=list)  # that it is stated relevant to: name and number of each
    names: dict[tuple[str, str], PartName] = field(default_factory=dict)  # of parts, by slot and words
    pieces: list[tuple[str, str]] = field(default_factory=list)  # the statement, with what its words are

    def add(self, slot: str, words: str) -> None:
        """Add words to a slot, unless they are there."""
        held = self.parts.setdefault(slot, [])
        if words not in held:
            held.append(words)


class CellAccount:
    """What became of the cells of one file."""

    def __init__(self, choices: TableChoices) -> None:
        self.choices = choices
        self.became: dict[tuple[int, GridCell], str] = {}
        self.questions: dict[str, TableQuestion] = {}
        self.asked_about: set[tuple[int, GridCell]] = set()
        self.not_placed: list[CellNotPlaced] = []

    def place(self, table: PrintedTable, cell: GridCell, what: str) -> None:
        """Say what a cell became; what is said first stands first."""
        before = self.became.get((table.number, cell))
        if before is None:
            self.became[table.number, cell] = what
        elif what not in before.split(", "):
            self.became[table.number, cell] = f"{before}, {what}"

    def leave(self, table: PrintedTable, cell: GridCell, why: str, words: str = "") -> None:
        """Say that a cell, or some of its words, went nowhere."""
        if not words:
            if (table.number, cell) in self.became:
                return
            self.became[table.number, cell] = ""
        self.not_placed.append(CellNotPlaced(table.number, cell.row + 1, cell.column + 1, words or cell.text, why))

    def ask(self, kind: str, table: PrintedTable, cell: GridCell, head: str = "", *, whole: bool = False) -> str:
        """Return the answer to a question about a cell; while there is none, ask it, and return the reading."""
        column = None if whole else cell.column
        key = f"{table.number}-{kind.replace(' ', '-')}" + ("" if whole else f"-{column}")
        options = QUESTIONS[kind][1]
        if (answer := self.choices.answers.get(key)) in options:
            return str(answer)
        place = None if column is None else column + 1
        asked = self.questions.setdefault(key, TableQuestion(key, kind, table.number, place, head))
        if not asked.count:
            asked.row, asked.value = cell.row + 1, cell.text[:SHOWN]
        if (table.number, cell) not in self.asked_about or cell.place not in asked.cells:
            asked.count += 1
            asked.cells += [cell.place] if len(asked.cells) < MOST_NAMED else []
        self.asked_about.add((table.number, cell))
        return next(iter(options))

    def spans_chosen(self, table: PrintedTable, cell: GridCell, spans: tuple[SentenceSpan, ...]) -> list[SentenceSpan]:
        """Return the spans of a sentence as somebody chose them; what is chosen to be none is kept among the rest."""
        chosen = self.choices.spans
        place = (table.number, cell.row, cell.column)
        found = [replace(span, slot=chosen.get((*place, at), span.slot)) for at, span in enumerate(spans)]
        return [span for span in found if span.slot != NOT_PLACED]

    def close(self, table: PrintedTable) -> None:
        """List every cell of a table of which nothing was said."""
        for cell in table.cells:
            if not cell.blank and (table.number, cell) not in self.became:
                self.leave(table, cell, "nothing here takes it")
            for mark in cell.marks:
                self.leave(table, cell, "a raised mark, as of a footnote", mark)
