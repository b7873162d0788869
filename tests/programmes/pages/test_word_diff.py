"""What changed between two versions of a text."""

from hypothesis import given
from hypothesis import strategies as st

from programmes.pages.word_diff import Change, word_diff


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
