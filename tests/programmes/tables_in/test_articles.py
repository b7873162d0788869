"""Invented tables in the shapes that journals print, each with what should be read from it; nothing is guessed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from programmes.tables_in.files import read_tables
from programmes.tables_in.read import read_configurations

FOLDER = Path(__file__).parent / "articles"
EXPECTED = ".expected.json"
NAMES = sorted(path.name.removesuffix(EXPECTED) for path in FOLDER.glob(f"*{EXPECTED}"))
SLOTS = ("contexts", "outcomes", "interventions", "actors")


def table_file(name):
    """Return the file of a table."""
    return next(path for path in FOLDER.glob(f"{name}.*") if not path.name.endswith(EXPECTED))


def as_expected(one):
    """Return a configuration as the expected readings are written."""
    mechanisms = [words for slot in ("mechanisms", "resources", "reasonings") for words in one.parts.get(slot, [])]
    return {
        "label": one.label,
        "statement": one.statement,
        "mechanisms": mechanisms,
        **{slot: one.parts.get(slot, []) for slot in SLOTS},
        "group": one.group,
        "quotes": [quote.text for _, quote in one.quotes],
    }


@pytest.mark.parametrize("name", NAMES)
def test_table_is_read_as_it_is_meant(name):
    path = table_file(name)
    read = read_configurations(read_tables(path.name, path.read_bytes()))
    assert [as_expected(one) for one in read.configurations] == json.loads((FOLDER / f"{name}{EXPECTED}").read_bytes())


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_is_placed_or_listed_and_no_column_is_asked_about_twice(name):
    path = table_file(name)
    read = read_configurations(read_tables(path.name, path.read_bytes()))
    cells = [(layout.table.number, cell) for layout in read.layouts for cell in layout.table.cells if not cell.blank]
    listed = {(entry.table, entry.row, entry.column) for entry in read.account.not_placed}
    lost = [
        cell.text
        for table, cell in cells
        if not read.account.became.get((table, cell)) and (table, cell.row + 1, cell.column + 1) not in listed
    ]
    assert lost == []
    asked = [(question.table, question.column) for question in read.account.questions.values()]
    assert len(asked) == len(set(asked))
