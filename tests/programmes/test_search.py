"""Searching: the same answers on both databases, and nothing that a page would run."""

import pytest

from programmes.search import excerpt, marked, search
from tests.factories import CMOCFactory, QuoteFactory, ServiceFactory, TheoryFactory, UserFactory

# A question, and what is found: the kind and how many.
QUESTIONS = {
    "trust": {"CMOCs": 1, "Mechanisms": 1, "Quotes": 1},
    "TRUST": {"CMOCs": 1, "Mechanisms": 1, "Quotes": 1},
    "trust services": {"CMOCs": 1, "Mechanisms": 1},
    "services trust": {"CMOCs": 1, "Mechanisms": 1},
    "Walsall": {"Services": 2},
    "empathy": {"CMOCs": 1, "Contexts": 1, "Quotes": 1},
    "it's like": {"Quotes": 2},
    "it’s like": {"Quotes": 2},
    "children’s mental": {"Theories": 1, "Quotes": 1},
    "100%": {},
    "_": {},
    "hope": {"CMOCs": 1, "Outcomes": 1, "Quotes": 3, "Services": 2},
    "nothing-of-the-kind": {},
    "": {},
    "   ": {},
}


def found(question, user):
    return {kind.name: kind.found for kind in search(question, user)}


@pytest.mark.parametrize("question", QUESTIONS)
def test_questions(demo, question):
    assert found(question, UserFactory()) == QUESTIONS[question]


def test_letters_of_other_alphabets(db):
    CMOCFactory(theory=TheoryFactory(), statement="Vertrauen wächst 漢字")
    assert found("wächst", UserFactory()) == {"CMOCs": 1}
    assert found("漢", UserFactory()) == {"CMOCs": 1}


def test_hits_lead_to_their_page_with_the_words_marked(demo):
    kinds = {kind.name: kind for kind in search("Walsall", UserFactory())}
    hit = kinds["Services"].hits[0]
    assert (hit.href, str(hit.title)) == ("/studies/thompson-2023/services/02/", "02 Local authority (public health)")
    assert "<mark>Walsall</mark>" in hit.excerpt


def test_what_is_searched_is_never_run():
    assert marked("<b>bold</b> & more", ["b>"]) == "&lt;<mark>b&gt;</mark>bold&lt;/<mark>b&gt;</mark> &amp; more"
    assert marked("<b>", []) == "&lt;b&gt;"


def test_page_escapes_the_question(demo, client):
    page = client.get("/search/", {"q": '<script>alert("x")</script>'}).content.decode()
    assert "<script>alert" not in page


def test_either_apostrophe_is_marked():
    assert marked("it’s like", ["it's"]) == "<mark>it’s</mark> like"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("short", "short"),
        ("needle " + "x " * 300, "needle " + ("x " * 300)[:213].strip() + " …"),
        ("x " * 300 + "needle", "… " + ("x " * 300 + "needle")[-220:]),
    ],
)
def test_excerpt_is_around_the_word(text, expected):
    assert excerpt(text, ["needle"]) == expected


def test_many_hits_are_counted_and_the_first_are_shown(db):
    study = TheoryFactory().study
    for _ in range(25):
        QuoteFactory(study=study, text="zqmany")
    (kind,) = search("zqmany", UserFactory())
    assert (kind.name, len(kind.hits), kind.found, kind.more) == ("Quotes", 20, 25, 5)


def test_what_is_not_yours_is_not_found(db):
    ServiceFactory(study=TheoryFactory(study__visibility="private").study, location="zqsecret")
    assert found("zqsecret", UserFactory()) == {}
