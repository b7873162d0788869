"""The words of a search, without a database."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.search.stems import TOKEN, Ranking, excerpt, marked, nearest, stem, telling, terms_of, words_in


def written(question):
    return [str(term) for term in terms_of(question)]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("trust hope", ["trust", "hope"]),
        ('"peer support" hope', ["peer support", "hope"]),
        ("“peer support”", ["peer support"]),
        ("user-led it's", ["user led", "it s"]),
        ("hope hope", ["hope"]),
        ('" " - _ !', []),
        ("a" * 3 + " b" * 20, ["aaa", "b"]),
        (" ".join(map(str, range(20))), [str(number) for number in range(12)]),
    ],
)
def test_terms(question, expected):
    assert written(question) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [("hoping", "hope"), ("Hopes", "hope"), ("stories", "stori"), ("possibly", "possibl"), ("is", "is"), ("É", "e")],
)
def test_stems(word, expected):
    assert stem(word) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("why does peer support not work", ["peer", "support"]),
        ("what works for hope?", ["hope"]),
        ("works for hope", ["works", "hope"]),
        ("who was never asked", ["never", "asked"]),
        ("“what works” for whom", ["what works"]),
        ("what of it", ["what", "of", "it"]),
    ],
)
def test_small_words_of_a_question_tell_nothing(question, expected):
    assert list(map(str, telling(terms_of(question)))) == expected


def test_words_are_marked_and_the_rest_is_escaped():
    terms = terms_of('hope "peer support" b')
    assert marked("<b>Hoping</b> for peer  support & peers", terms) == (
        "&lt;<mark>b</mark>&gt;<mark>Hoping</mark>&lt;/<mark>b</mark>&gt; for <mark>peer  support</mark> &amp; peers"
    )
    assert marked("<b>", []) == "&lt;b&gt;"


@given(st.text(max_size=200), st.text(max_size=20))
def test_marks_change_nothing_but_add_marks(text, question):
    shown = marked(text, terms_of(question))
    bare = re.sub("</?mark>", "", shown)
    assert bare == marked(text, [])


@given(st.text(max_size=100))
def test_every_word_finds_itself(text):
    for word in TOKEN.findall(text):
        assert "<mark>" in marked(text, terms_of(word)) or terms_of(word) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("short", "short"),
        ("needle " + "x " * 300, "needle " + ("x " * 300)[:213].strip() + " …"),
        ("x " * 300 + "needles", "… " + ("x " * 300 + "needles")[-220:].strip()),
        ("x " * 300, ("x " * 110).strip() + " …"),
        ("abcdefghi " * 60, ("abcdefghi " * 22).strip() + " …"),
        ("needle " + "abcdefghi " * 60, "needle " + ("abcdefghi " * 21).strip() + " …"),
        ("abcdefghi " * 60 + "needle", "… " + "abcdefghi " * 21 + "needle"),
        ("y" * 500, "y" * 220 + " …"),
    ],
)
def test_excerpt_is_around_the_word(text, expected):
    assert excerpt(text, terms_of("needle")) == expected


def test_ranking():
    ranking = Ranking(terms_of("hope"))
    fits = [
        ranking.fit("hope", "some text"),
        ranking.fit("", "hope and hoping"),
        ranking.fit("", "hopes"),
        ranking.fit("", "hopes" + " and more" * 50),
        ranking.fit("", "hop hopper"),
    ]
    assert fits == sorted(fits, reverse=True)
    assert len(set(fits)) == 5
    assert fits[-1] == 0


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("empthy", ["empathy"]),
        ("emapthy", ["empathy"]),
        ("walsal", ["walsall"]),
        ("zzz", []),
        ("tr", []),
        ("tru", []),
        ("tru3t", []),
        ("", []),
        ("trsut", ["trust"]),
        ("bely", ["bell", "belly"]),
        ("belt", ["bell"]),
    ],
)
def test_nearest(word, expected):
    known = words_in(["Empathy and trust; trusts in Walsall, empathy", "truest", "The bell, the bell, and a belly"])
    assert nearest(word, known) == expected
