"""Words found in a transcript: turn by turn, with what stands around them."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.search.in_transcripts import Stretch, TranscriptQuestion, stretches_of
from programmes.search.stems import terms_of
from programmes.transcripts.turns import SpokenTurn, turns_of
from programmes.words import ParticipantsWords

TEXT = """\
Focus group of 3 May

I: What was it like?
P1: We were WAITING, in the cafe\u0301.
And waited on.
P2: The café of the ward was warm.
I: Warm?
P1: Long waits, no café."""


def found(question, text=TEXT, turns=None):
    asked = TranscriptQuestion(terms_of(question))
    stretches = asked.stretches_in(text, turns_of(text) if turns is None else turns)
    return [asked.shown(text, stretch) for stretch in stretches]


def places(question, **data):
    return [(passage.speaker, passage.line) for passage in found(question, **data)]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("waits", [("P1", 4), ("P1", 8)]),
        ("CAFE waited", [("P1", 4), ("P1", 8)]),
        ('"waited on"', [("P1", 5)]),
        ('"on waited"', []),
        ("café ward", [("P2", 6)]),
        ("café warm? nobody", []),
        ("may", [("", 1)]),
        ("P1", []),  # a label is nobody's words
    ],
)
def test_words_are_found_in_turns(question, expected):
    assert places(question) == expected


def test_words_are_marked_and_stay_whose_they_are():
    text = ParticipantsWords("P1: I <i> waited & waited.")
    (passage,) = found("wait", text)
    assert str(passage.words) == "I &lt;i&gt; <mark>waited</mark> &amp; <mark>waited</mark>."
    assert passage.words.layer == "participant"


def test_long_turn_is_cut_around_the_first_word():
    text = f"P1: {'yes ' * 100}we waited {'no ' * 100}"
    (passage,) = found("waited", text)
    assert str(passage.words) == f"… {'yes ' * 17}we <mark>waited</mark> {'no ' * 47}…"


@pytest.mark.parametrize(
    ("turn", "place"),
    [
        (SpokenTurn(3, 9, "A", "0:01:02", 3), "line 1, at 0:01:02, page 3"),
        (SpokenTurn(3, 9, "A", "", 3), "line 1, page 3"),
        (SpokenTurn(3, 9, "A", "0:01:02"), "line 1, at 0:01:02"),
    ],
)
def test_place_says_time_and_page_where_they_are_known(turn, place):
    (passage,) = found("waited", "A: waited", [turn])
    assert passage.place == place


def test_line_between_turns_of_a_file_is_a_stretch_of_its_own():
    text = "A: one\nsomebody two\nB: three\nfour"
    turns = [SpokenTurn(3, 6, "A"), SpokenTurn(23, 28, "B")]
    stretches = [text[each.start : each.end] for each in stretches_of(text, turns)]
    assert [words for words in stretches if words] == ["one", "somebody two", "three", "four"]


@given(st.text(st.sampled_from("ab:P1 \n"), max_size=60))
def test_every_word_but_labels_is_in_one_stretch(text):
    turns = turns_of(text)
    stretches = list(stretches_of(text, turns))
    assert [each.start for each in stretches] == sorted(each.start for each in stretches)
    assert all(first.end <= second.start for first, second in itertools.pairwise(stretches))
    assert [each.turn for each in stretches if each.turn] == turns
    if not turns:
        assert "\n".join(text[each.start : each.end] for each in stretches) == text
        assert all(isinstance(each, Stretch) for each in stretches)
