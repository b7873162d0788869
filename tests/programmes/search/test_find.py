"""Searching the demo theories: the same answers on both databases."""

import json
from pathlib import Path

import pytest

from programmes.search import find
from programmes.search.find import search
from programmes.search.places import PLACES
from tests.factories import UserFactory

# 40 questions, each with what it finds by kind, best first, and what it was taken to mean. Both databases must agree.
ANSWERS = json.loads((Path(__file__).parent / "search_answers.json").read_text())


def answer(question, user):
    results = search(question, user)
    kinds = {kind.name: [hit.href for hit in kind.hits] for kind in results.kinds}
    return {"kinds": kinds, "meant": results.meant, "alone": list(results.alone)}


@pytest.mark.parametrize("question", ANSWERS)
def test_questions(demo, question):
    assert answer(question, UserFactory()) == ANSWERS[question]


def test_the_answer_is_the_same_however_the_database_orders_its_rows(demo, monkeypatch):
    matching_rows = find.matching_rows
    monkeypatch.setattr(find, "matching_rows", lambda *asked: matching_rows(*asked)[::-1])
    assert answer("the", UserFactory()) == ANSWERS["the"]


def test_the_questions_find_every_kind_of_record_that_is_searched():
    found = {kind for expected in ANSWERS.values() for kind in expected["kinds"]}
    assert found == {place.kind for place in PLACES} - {"Strategies", "Interventions", "Groups of CMOCs"}  # of the demo


@pytest.mark.parametrize("question", ["", "   ", "_", "!!", '""'])
def test_questions_without_words(demo, question):
    assert answer(question, UserFactory()) == {"kinds": {}, "meant": "", "alone": []}


def test_hits_lead_to_their_page_with_the_words_marked(demo):
    kinds = {kind.name: kind for kind in search("Walsall", UserFactory()).kinds}
    hit = kinds["Services"].hits[0]
    assert (hit.href, str(hit.title)) == ("/studies/thompson-2023/services/02/", "02 Local authority (public health)")
    assert "<mark>Walsall</mark>" in hit.excerpt
