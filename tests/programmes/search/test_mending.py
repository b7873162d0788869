"""What may have been meant by words that no record has."""

import pytest

from programmes.search.mending import MOST_GUESSES, mended_terms, options_for, put_together
from programmes.search.stems import terms_of

KNOWN = {"head": 3, "teacher": 2, "breakfast": 5, "bell": 2, "belly": 1, "rumbling": 1}


@pytest.mark.parametrize(
    ("word", "options"),
    [
        ("breakfest", [("breakfast",)]),
        ("bely", [("bell",), ("belly",)]),
        ("headteacher", [("head", "teacher")]),
        ("Headteacher", [("head", "teacher")]),
        ("headgear", None),
        ("xyzzyx", None),
        ("he", None),
    ],
)
def test_options(word, options):
    assert options_for([word], KNOWN).get(word) == options


def test_every_guess_mends_all_words_and_likely_ones_come_first():
    terms = terms_of('rumblng "bely headteacher" club')
    options = options_for(["rumblng", "bely", "headteacher"], KNOWN)

    assert [" / ".join(map(str, guess)) for guess in mended_terms(terms, options)] == [
        "rumbling / bell head teacher / club",
        "rumbling / belly head teacher / club",
    ]


def test_no_more_guesses_than_can_be_tried():
    known = {f"trus{letter}": 1 for letter in "abcdefghijk"}
    assert len(mended_terms(terms_of("trust"), options_for(["trust"], known))) == MOST_GUESSES


@pytest.mark.parametrize(
    ("question", "unknown", "expected"),
    [
        ("break fast", ["break", "fast"], ["breakfast"]),
        ("one break fast club", ["break"], ["one", "breakfast", "club"]),
        ("Break Fast", ["Fast"], ["breakfast"]),
        ("break fast", [], None),
        ("break up fast", ["break", "fast"], None),
        ("breakfast", ["breakfast"], None),
    ],
)
def test_words_that_were_put_apart(question, unknown, expected):
    found = put_together(terms_of(question), unknown, KNOWN)
    assert (None if found is None else [*map(str, found)]) == expected
