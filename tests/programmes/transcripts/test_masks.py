"""Masks over words: what others read, which words a mask covers, and where it goes when the text becomes another."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.transcripts.masks import (
    SIGN,
    covered,
    covered_as_printed,
    mask_lines,
    mask_spans,
    moved,
    repeats_covered,
    whole_masks,
)
from programmes.words import ParticipantsWords, whose_words

SAID = "I sat with the others from the Thursday market and Anna."


def span(words, text=SAID):
    return text.index(words), text.index(words) + len(words)


def test_others_read_one_sign_however_long_the_words_are():
    assert covered(SAID, [span("from the Thursday market"), span("Anna")]) == "I sat with the others […] and […]."
    assert covered(SAID, []) == SAID
    assert covered("He said\nMill Road\n\nyes", [(3, 17)]) == "He […]\n[…]\n\nyes"
    assert whose_words(covered(ParticipantsWords(SAID), [span("Anna")])) == "participant"


def test_masks_are_kept_as_lines():
    assert mask_spans(["0 4", "9 12"]) == [(0, 4), (9, 12)]
    assert mask_lines([(0, 4), (9, 12)]) == ["0 4", "9 12"]


@pytest.mark.parametrize(
    ("text", "spans", "expected"),
    [
        (SAID, [(33, 36)], [span("Thursday")]),  # within a word
        (SAID, [(36, 42)], [span("Thursday market")]),
        (SAID, [(30, 40)], [span("Thursday")]),  # with the blanks around it
        (SAID, [span("Thursday"), span("market")], [span("Thursday market")]),  # with nothing between them
        (SAID, [span("market"), span("Thursday")], [span("Thursday market")]),
        (SAID, [span("Thursday"), span("the Thursday")], [span("the Thursday")]),
        (SAID, [(50, 900)], [(51, 56)]),
        (SAID, [(1, 2), (55, 56), (5, 5)], []),  # a blank, a full stop, nothing
        ("Zoe\u0301 came", [(0, 3)], [(0, 4)]),
        ("the 👨‍👩‍👧 came", [(4, 5)], [(4, 9)]),
        ("the 👨‍👩‍👧 came", [(8, 9)], [(4, 9)]),
        ("in 🇳🇱 then", [(3, 4)], [(3, 5)]),
        ("👍🏽 yes", [(0, 1)], [(0, 2)]),
        ("मेरी बहन आई", [(5, 6)], [(5, 8)]),
    ],
)
def test_masks_cover_whole_words_and_signs(text, spans, expected):
    assert whole_masks(text, spans) == expected


@given(
    st.text(alphabet="ab \n.'\u0301👨\u200d🇳é", max_size=12),
    st.lists(st.tuples(st.integers(0, 13), st.integers(0, 13)), max_size=3),
)
def test_whole_masks_stay_as_they_are(text, spans):
    once = whole_masks(text, spans)

    assert whole_masks(text, once) == once
    assert all(end <= first for (_, end), (first, _) in pairwise(once))


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (SAID, "I sat with the others from the […] market and […]."),
        (SAID.replace("I sat", "Well, I sat"), "Well, I sat with the others from the […] market and […]."),
        (SAID.replace("Thursday", "Thursdays"), "I sat with the others from the […] market and […]."),
        (SAID.replace("Thursday market", "Thursday, market"), "I sat with the others from the […], market and […]."),
        ("from the Thursday market", "from the […] market"),
        ("Anna sat there, anna!", "[…] sat there, […]!"),
        ("I sat there.", "I sat there."),
        ("█" * len(SAID), "█" * 31 + SIGN + "█" * 12 + SIGN + "█"),  # erased: no letter has moved
    ],
)
def test_masks_go_with_their_words(new, expected):
    assert covered(new, moved(SAID, [span("Thursday"), span("Anna")], new)) == expected


def test_the_words_as_printed_have_the_same_masks():
    spans = [span("Anna")]
    assert covered_as_printed(SAID, spans, f"“{SAID}”") == "“I sat with the others from the Thursday market and […].”"
    assert covered_as_printed(SAID, spans, "“I sat … and ANNA.”") == "“I sat … and […].”"
    assert covered_as_printed(SAID, spans, "“I sat with A.”") == SIGN  # where she is not found nothing is read
    assert covered_as_printed(SAID, spans, "") == ""
    assert covered_as_printed(SAID, [], "“I sat.”") == "“I sat.”"


def test_a_text_that_repeats_covered_words_is_known():
    spans = [span("the Thursday market")]
    assert repeats_covered(SAID, spans, "[a market]")
    assert not repeats_covered(SAID, spans, "[the others]")
    assert not repeats_covered(SAID, [], "[a market]")
