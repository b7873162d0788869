"""What is unsure is asked, and an answer changes the reading; what is sure is not; no cell is lost."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.tables_in.account import TableChoices
from programmes.tables_in.files import read_tables
from programmes.tables_in.grid import GridCell, PrintedTable, TablesRead, table_of_rows
from programmes.tables_in.heads import slot_of_head
from programmes.tables_in.quotes import quotes_in
from programmes.tables_in.read import read_configurations
from programmes.tables_in.sentences import read_sentence


def read_rows(*rows, answers=None, columns=None, caption=""):
    made = table_of_rows(rows)
    table = PrintedTable(1, made.cells, caption)
    return read_configurations(TablesRead((table,)), TableChoices(columns or {}, answers or {}))


def parts(read):
    return [one.parts for one in read.configurations]


CMO = ("Context", "Mechanism", "Outcome")
AB = {"contexts": ["a"], "mechanisms": ["b"]}
QUESTIONS = {
    "several items or one": (
        [CMO, ("a", "b", "c; d")],
        "1-list-2",
        [{**AB, "outcomes": ["c", "d"]}],
        {"one": [{**AB, "outcomes": ["c; d"]}]},
    ),
    "a mark against a head": (
        [CMO, ("a", "b", "c (M)")],
        "1-marks-2",
        [{"contexts": ["a"], "mechanisms": ["b", "c"]}],
        {"head": [{**AB, "outcomes": ["c"]}]},
    ),
    "lists side by side": (
        [CMO, ("a", "b", "c"), ("d", "", ""), ("e", "", "")],
        "1-inventory",
        [],
        {},
    ),
    "one row of lists": ([CMO, ("- a\n- d", "- b\n- e", "c")], "1-inventory", [], {}),
    "a caption of a list": ([CMO, ("a", "b", "c")], "1-inventory", [], {"rows": [{**AB, "outcomes": ["c"]}]}),
    "a row of one cell": (
        [CMO, ("a", "b", "c"), ("d", "", ""), ("e", "f", "g")],
        "1-alone-0",
        [{**AB, "outcomes": ["c"]}, {"contexts": ["e"], "mechanisms": ["f"], "outcomes": ["g"]}],
        {
            "more": [
                {"contexts": ["a", "d"], "mechanisms": ["b"], "outcomes": ["c"]},
                {"contexts": ["e"], "mechanisms": ["f"], "outcomes": ["g"]},
            ]
        },
    ),
    "a cell that the row above has": (
        [CMO, ("a", "b", "c"), ("", "d", "e")],
        "1-shared-0",
        [{**AB, "outcomes": ["c"]}, {"mechanisms": ["d"], "outcomes": ["e"]}],
        {"shared": [{**AB, "outcomes": ["c"]}, {"contexts": ["a"], "mechanisms": ["d"], "outcomes": ["e"]}]},
    ),
    "two slots, one shared": (
        [("Context", "Outcome"), ("a", "b"), ("", "c")],
        "1-together",
        [{"contexts": ["a"], "outcomes": ["b", "c"]}],
        {"apart": [{"contexts": ["a"], "outcomes": ["b"]}, {"outcomes": ["c"]}]},
    ),
    "several commas": (
        [("Programme theory",), ("If a, b, c.",)],
        "1-sentence-0",
        [{"contexts": ["a"], "outcomes": ["b, c"]}],
        {"statement": [{}]},
    ),
    "because before then": (
        [("Programme theory",), ("If a because b then c.",)],
        "1-sentence-0",
        [{**AB, "outcomes": ["c"]}],
        {},
    ),
    "no marks": ([("Programme theory",), ("A leads to b.",)], "1-no-marks-0", [{}], {"leave": []}),
}


@pytest.mark.parametrize(("rows", "key", "reading", "answers"), QUESTIONS.values(), ids=QUESTIONS)
def test_question_has_a_reading_and_an_answer_changes_it(rows, key, reading, answers):
    caption = "Overview of what was found" if rows == [CMO, ("a", "b", "c")] else ""
    asked = read_rows(*rows, caption=caption)
    assert (list(asked.account.questions), parts(asked)) == ([key], reading)
    for answer, other in answers.items():
        told = read_rows(*rows, caption=caption, answers={key: answer})
        assert (list(told.account.questions), parts(told)) == ([], other)


def test_quotes_without_marks_are_asked_about():
    rows = [(*CMO, "Quotes"), ("a", "b", "c", "We talked – P1")]
    asked = read_rows(*rows)
    assert list(asked.account.questions) == ["1-quotes-3"]
    assert [(quote.text, quote.speaker) for _, quote in asked.configurations[0].quotes] == [("We talked", "P1")]
    left = read_rows(*rows, answers={"1-quotes-3": "leave"})
    assert [cell.why for cell in left.account.not_placed] == ["no quotes, as was chosen"]


def test_chosen_column_holds_what_was_chosen():
    rows = [("Context", "Colour", "Outcome"), ("a", "b", "c")]
    assert list(read_rows(*rows).account.questions) == ["1-column-1"]
    assert parts(read_rows(*rows, columns={(1, 1): "mechanisms"})) == [{**AB, "outcomes": ["c"]}]


def test_question_names_place_value_reading_and_remedy():
    asked = next(iter(read_rows(CMO, ("a", "b", "c; d")).account.questions.values()))
    assert asked.as_json() == {
        "key": "1-list-2",
        "table": 1,
        "row": 2,
        "column": 3,
        "head": "Outcome",
        "value": "c; d",
        "question": "These cells have several items. Is each a part of its own?",
        "reading": "Each item is a part",
        "remedy": "Choose: Each item is a part · One part, as printed",
        "options": [
            {"value": "several", "label": "Each item is a part"},
            {"value": "one", "label": "One part, as printed"},
        ],
        "cells": ["row 2, column 3"],
        "count": 1,
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a (C1), b (M: resource), c (reasoning), d (O)", ["contexts", "resources", "reasonings", "outcomes"]),
        ("a (context), b (students) (i.e. c) (EPAs) (Macro) (mechanism: trust)", ["contexts", "mechanisms"]),
        ("Nurses (2007 (a) (b) (c))", []),
        ("a (c), b (m) and (o)", ["contexts", "mechanisms", "outcomes"]),
        ("(C) a (M) b", ["mechanisms"]),
        ("First. Then a (C), b (M)", ["contexts", "mechanisms"]),
        ("If a and b", []),
        ("If a then b", ["contexts", "outcomes"]),
        ("Si a, entonces b porque c", ["contexts", "outcomes", "mechanisms"]),
        ("Quand a, alors b parce que c", ["contexts", "outcomes", "mechanisms"]),
        ("C: a, O (b", ["contexts", "outcomes"]),
        ("Context: , Outcome: b", ["outcomes"]),
        ("If , then b", ["outcomes"]),
        ("Outcome: a", []),
    ],
)
def test_spans_of_a_sentence(text, found):
    assert [span.slot for span in read_sentence(text).spans] == found


PIECES = ["a", "B", " ", ", ", ". ", "(C)", "(M1)", "(O)", "(A)", "If ", " then ", " because ", "C:", "\n", "("]
SENTENCES = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)


@given(SENTENCES | st.text(max_size=40))
def test_sentence_is_its_spans_and_what_lies_between(text):
    reading = read_sentence(text)
    assert "".join(words for _, words in reading.pieces) == text
    assert all(text[span.start : span.end].strip() for span in reading.spans)


WORDS = st.text(string.ascii_lowercase, min_size=3, max_size=8).map(lambda word: f"The {word}")


@given(st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=6), st.permutations([0, 1, 2]))
def test_generated_table_comes_back_as_it_was(rows, order):
    heads = [CMO[at] for at in order]
    body = [[row[at] for at in order] for row in rows]
    numbered = [("No", *heads), *((str(number), *row) for number, row in enumerate(body, 1))]
    read = read_rows(*numbered)
    assert parts(read) == [{"contexts": [c], "mechanisms": [m], "outcomes": [o]} for c, m, o in rows]
    assert (read.account.questions, read.account.not_placed) == ({}, [])


CELLS = st.sampled_from(["", "a", "Context", "Outcome (O)", "1", "x (C)", "“q”", "–", "a; b"])


@given(st.lists(st.lists(CELLS, max_size=4), max_size=5))
def test_every_cell_is_placed_or_listed(rows):
    read = read_rows(*rows)
    listed = {(cell.row, cell.column) for cell in read.account.not_placed}
    layouts = [(layout.table, cell) for layout in read.layouts for cell in layout.table.cells if not cell.blank]
    for table, cell in layouts:
        assert read.account.became.get((table.number, cell)) or (cell.row + 1, cell.column + 1) in listed


@pytest.mark.parametrize(
    ("text", "quotes", "rest"),
    [
        ("“a b” (P1) said, “c d”", [("a b", "P1"), ("c d", "")], ["said"]),
        ("‘It’s good’ – P2", [("It’s good", "P2")], []),
        ("“never closed", [("never closed", "")], []),
        ("no marks (P3)\nnone", [("no marks", "P3"), ("none", "")], []),
        ("«a» [E1] “b”\nP2, nurse", [("a", "E1"), ("b", "P2, nurse")], []),
    ],
)
def test_quotes_with_their_speakers(text, quotes, rest):
    found, left = quotes_in(text)
    assert ([(quote.text, quote.speaker) for quote in found], left) == (quotes, rest)


@pytest.mark.parametrize(
    ("head", "slot"),
    [
        ("Context", "contexts"),
        ("C", "contexts"),
        ("MECHANISM (Reasoning)", "reasonings"),
        ("Mechanism: Resource", "resources"),
        ("Résultats", "outcomes"),
        ("Ergebnisse*", "outcomes"),
        ("Akteure", "actors"),
        ("Strategy", "strategies"),
        ("Context-mechanism-outcome configuration", "statement"),
        ("Actors and mechanisms", "mechanisms"),
        ("Nº", "label"),
        ("Included studies", "not placed"),
        ("Whatever", ""),
    ],
)
def test_heads_say_what_columns_hold(head, slot):
    assert slot_of_head(head) == slot


def test_quotes_of_another_table_find_their_configuration():
    page = (
        "<table><tr><th>CMOC<th>Context<th>Outcome<tr><td>CMOC 1<td>a<td>b</table>"
        "<table><tr><th>CMOC<th>Quotes<tr><td>1<td>“x y”<tr><td>7<td>“z”<tr><td><td></table>"
    )
    read = read_configurations(read_tables("t.html", page.encode()))
    assert [quote.text for _, quote in read.configurations[0].quotes] == ["x y"]
    assert [(cell.value, cell.why) for cell in read.account.not_placed] == [
        ("“z”", "no configuration has the label beside it"),
        ("7", "nothing here takes it"),
    ]


def test_question_names_no_more_places_than_a_person_reads():
    rows = [("No", *CMO), *((str(number), "a", "b", "c; d") for number in range(1, 300))]
    asked = read_rows(*rows).account.questions["1-list-3"]
    assert (asked.count, len(asked.cells)) == (299, 200)


def test_cell_is_known_by_its_place():
    assert GridCell("x", 0, 2).place == "row 1, column 3"


def test_list_below_its_head_is_asked_about():
    rows = [("Context: a",), ("Outcome: b; c",)]
    assert parts(read_rows(*rows)) == [{"contexts": ["a"], "outcomes": ["b", "c"]}]
    assert parts(read_rows(*rows, answers={"1-list-0": "one"})) == [{"contexts": ["a"], "outcomes": ["b; c"]}]


def test_who_acts_is_named_inside_other_words():
    assert read_sentence("Women (A) trust (M1)").pieces == [("mechanisms", "Women (A) trust"), ("", " (M1)")]
