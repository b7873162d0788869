"""Searching the demo theories: the same answers on both databases."""

import json
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils.html import strip_tags

from programmes.search import find
from programmes.search.find import search
from programmes.search.places import PLACES
from programmes.search.stems import terms_of
from tests.factories import CMOCFactory, StudyFactory, TheoryFactory, UserFactory

# 85 questions, each with what it finds by kind, best first, what it was taken to mean, the terms of which each hit has
# some, and those that were left out. Both databases must agree.
ANSWERS = json.loads((Path(__file__).parent / "search_answers.json").read_text())


def answer(question, user):
    results = search(question, user)
    kinds = {kind.name: [hit.href for hit in kind.hits] for kind in results.kinds}
    return {"kinds": kinds, "meant": results.meant, "some": list(results.some), "without": list(results.without)}


@pytest.mark.untraced
@pytest.mark.parametrize("question", ANSWERS)
def test_questions(demo, question):
    assert answer(question, UserFactory()) == ANSWERS[question]


@pytest.mark.parametrize("question", ["10.1234/ZQ.5", "https://doi.org/10.1234/zq.5.", "doi:10.1234/zq.5"])
def test_doi_finds_what_has_it(db, question):
    study = StudyFactory(doi="10.1234/zq.5", visibility="public")
    StudyFactory(doi="10.1234/zq.55", visibility="public")
    StudyFactory(doi="10.1234/zq.5", visibility="private")
    kinds = search(question, AnonymousUser()).kinds
    assert [(kind.name, [hit.href for hit in kind.hits]) for kind in kinds] == [("Studies", [study.get_absolute_url()])]


def test_number_in_the_digits_of_another_script(db):
    theory = TheoryFactory(visibility="public", study__visibility="public")
    cmoc = CMOCFactory(theory=theory, number=7)
    CMOCFactory(theory=theory, number=8)
    for question in ("CMOC 7", "CMOC7", "CMOC\u0667"):
        (kind,) = search(question, AnonymousUser()).kinds
        assert [hit.href for hit in kind.hits] == [cmoc.get_absolute_url()]


def test_the_answer_is_the_same_however_the_database_orders_its_rows(demo, monkeypatch):
    matching_rows = find.matching_rows
    monkeypatch.setattr(find, "matching_rows", lambda *asked: matching_rows(*asked)[::-1])
    assert answer("the", UserFactory()) == ANSWERS["the"]


def test_the_questions_find_every_kind_of_record_that_is_searched():
    found = {kind for expected in ANSWERS.values() for kind in expected["kinds"]}
    assert found == {place.kind for place in PLACES} - {"Strategies", "Interventions", "Groups of CMOCs"}  # of the demo


@pytest.mark.parametrize("question", ["", "   ", "_", "!!", '""'])
def test_questions_without_words(demo, question):
    assert answer(question, UserFactory()) == {"kinds": {}, "meant": "", "some": [], "without": []}


def test_hits_lead_to_their_page_with_the_words_marked(demo):
    kinds = {kind.name: kind for kind in search("Walsall", UserFactory()).kinds}
    hit = kinds["Services"].hits[0]
    assert (hit.href, str(hit.title)) == (
        "/studies/thompson-2023/services/02/",
        'Public health team, <mark>Walsall</mark> <span class="number">02</span>',
    )
    assert "<mark>Walsall</mark>" in hit.excerpt


def first_hit(question, kind):
    kinds = {group.name: group for group in search(question, UserFactory()).kinds}
    return strip_tags(kinds[kind].hits[0].title) if kind in kinds else None


@pytest.mark.once
@pytest.mark.untraced
@pytest.mark.parametrize("number", range(1, 13))
def test_every_cmoc_is_found_first_by_what_it_is_called(demo, number):
    for question in (f"CMOC {number}", f"cmoc{number}", f"{number}", f"Configuration {number}", f"claim #{number}"):
        assert first_hit(question, "CMOCs").endswith(f"CMOC {number}"), question


@pytest.mark.untraced
@pytest.mark.parametrize(
    ("question", "kind", "title"),
    [
        ("service 12", "Services", "Eating-disorder service, Birmingham 12"),
        ("Service 1", "Services", "Charity with the NHS, Birmingham 01"),
        ("09", "Services", "Peer mediation 09"),
        (
            "[#12]",
            "Quotes",
            "Peer support service staff, Eating-disorder service, Birmingham [#12], against CMOC 10",
        ),
        ("q05", "Quotes", "Peer support service staff, Training company, West Midlands [#13], against CMOC 2"),
        ("caveat 15", "Caveats", "Mechanism displaced, on CMOC 10 caveat 15"),
        ("reference 12", "References", None),
        ("note-27-cmoc-7", "Curators’ notes", "Note on the source, on CMOC 7 note-27-cmoc-7"),
        ("Thompson", "Studies", "Focusing a realist evaluation of peer support for paediatric mental health"),
        ("what works for hope", "Outcomes", "Hope"),
    ],
)
def test_what_is_printed_on_a_page_leads_there(demo, question, kind, title):
    found = first_hit(question, kind)
    assert found == title if title else found.endswith("[12]")


def test_nothing_found_ends_with_ways_on(demo, client):
    page = client.get("/search/?q=xyzzyx").content.decode()
    assert "Nothing here has “<bdi>xyzzyx</bdi>”" in page
    assert "Read it from your own setting" in page
    assert "/theories/thompson-2023/outcomes/hope/" in page
    assert "Other ways in" not in client.get("/search/?q=trust").content.decode()


def test_titles_are_text_in_the_head_of_a_page(demo, client):
    head = client.get("/studies/thompson-2023/quotes/q05/").content.decode().partition("</title>")[0]
    assert "Peer support service staff, Training company, West Midlands [#13], against CMOC 2 · Realist" in head


def test_any_database_can_be_searched(demo):
    asked = find.Question(tuple(terms_of("trust")))
    for user in (AnonymousUser(), UserFactory()):
        assert find.matching_rows(asked, user, most=1, using="default")
