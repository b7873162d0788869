"""What changed between two versions of a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.pages.word_diff import Change, changed_lines, word_diff


def test_words_are_compared():
    pieces = word_diff("Hope grows slowly.", "Hope may grow slowly.")
    assert [(piece.change.value, piece.text) for piece in pieces] == [
        ("kept", "Hope "),
        ("removed", "grows"),
        ("added", "may grow"),
        ("kept", " slowly."),
    ]


@given(st.text(max_size=80), st.text(max_size=80))
def test_both_versions_can_be_read_from_it(before, after):
    pieces = word_diff(before, after)
    assert "".join(piece.text for piece in pieces if piece.change != Change.ADDED) == before
    assert "".join(piece.text for piece in pieces if piece.change != Change.REMOVED) == after


@given(st.text(max_size=80))
def test_same_text_is_kept_whole(text):
    assert all(piece.change == Change.KEPT for piece in word_diff(text, text))


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("after", [["+outcome hope"], ["statement: ", "-Slow", "+Fast: sure"], ["-context trust: in us"]]),
        ("before", [["statement: ", "-Slow", "+Fast: sure"], ["-context trust: in us"], ["+outcome hope"]]),
    ],
)
def test_lines_that_differ_stand_in_the_order_of_some_lines(order, expected):
    before = ["title: Same", "statement: Slow", "context trust: in us"]
    after = ["title: Same", "outcome hope", "statement: Fast: sure"]
    lines = [*after, *before] if order == "after" else [*before, *after]
    signs = {Change.KEPT: "", Change.ADDED: "+", Change.REMOVED: "-"}
    found = changed_lines(before, after, order=lines)
    assert [[f"{signs[piece.change]}{piece.text}" for piece in line] for line in found] == expected
