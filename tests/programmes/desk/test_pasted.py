"""Rows as spreadsheets and tables of texts put them on the clipboard."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.desk.pasted import cells_in_columns, pasted_cells

COLUMNS = ["title", "statement", "context", "outcome"]
HEADS = {"Title": "title", "Working statement": "statement", "Context": "context", "C": "context", "Outcome": "outcome"}


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", []),
        ("\r\n", []),
        ("One\tTwo\r\nThree\t\r\n", [["One", "Two"], ["Three", ""]]),
        ('"a\nb"\tc', [["a\nb", "c"]]),  # a cell of two lines, as Excel writes it
        ('She said ""no""\tc', [['She said ""no""', "c"]]),
        ('"No", she said\tc', [['"No", she said', "c"]]),  # from a table of a text, where marks are words
        ('"Never closed\tc\nnext\td', [['"Never closed', "c"], ["next", "d"]]),
        (" \t\nA\t \n", [["A", ""]]),
        ("one\rtwo", [["one"], ["two"]]),
    ],
)
def test_cells(text, rows):
    assert pasted_cells(text) == rows


CELLS = (
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)
    .map(str.strip)
    .filter(lambda text: any(map(str.isalnum, text)))
)


@given(st.lists(st.lists(CELLS | CELLS.map(lambda text: f"{text}\n{text}"), min_size=1, max_size=4), min_size=1))
def test_what_a_spreadsheet_copies_comes_back(rows):
    kept = io.StringIO()
    csv.writer(kept, delimiter="\t", lineterminator="\r\n").writerows(rows)
    assert pasted_cells(kept.getvalue()) == rows


def test_cells_follow_the_column_that_they_are_pasted_at():
    assert cells_in_columns([["a", "b", "c", "d"], ["e"]], COLUMNS, HEADS, "context") == (
        [[("context", "a"), ("outcome", "b")], [("context", "e")]],
        2,
    )


def test_heads_say_which_column_is_which():
    rows = [["context", "No.", "OUTCOME"], ["Winter", "4", "Stays in"], ["Summer", "", ""]]
    assert cells_in_columns(rows, COLUMNS, HEADS, "title") == (
        [[("context", "Winter"), ("outcome", "Stays in")], [("context", "Summer"), ("outcome", "")]],
        1,
    )
    assert cells_in_columns([["Context", "Winter"]], COLUMNS, HEADS, "title")[0] == [
        [("title", "Context"), ("statement", "Winter")]
    ]
    assert cells_in_columns([], COLUMNS, HEADS, "title") == ([], 0)
