"""The lists of theories and studies, and the pages of long lists."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from programmes.pages.keyset import keyset_page
from tests.factories import AuthorFactory, CMOCFactory, EvidenceFactory, TheoryFactory


def text_of(client, address):
    return " ".join(client.get(address).content.decode().split())


@given(st.integers(0, 30), st.integers(1, 7))
def test_pages_of_a_list_are_the_list(length, size):
    keys = [f"k{number}" for number in range(length)]
    read, after, pages = [], None, []
    while True:
        page = keyset_page(keys, after, size)
        read += page.keys
        pages.append(page)
        assert (page.found, page.last) == (length, page.first + len(page.keys) - 1 if page.keys else 0)
        if page.after is None:
            break
        after = page.after
    assert read == keys
    for before, page in pairwise(pages):
        assert keyset_page(keys, page.back, size) == before
        assert page.has_previous
    assert not pages[0].has_previous
    assert pages[0].is_whole == (len(pages) == 1)


def test_a_page_goes_on_where_it_did_when_an_entry_comes_before_it():
    assert keyset_page(["a", "b", "c", "d"], "b", 2).keys == ["c", "d"]
    assert keyset_page(["new", "a", "b", "c", "d"], "b", 2).keys == ["c", "d"]
    assert keyset_page(["a", "b"], "gone", 1).keys == ["a"]


def test_theories_and_studies_are_listed(db, client, monkeypatch):
    assert "There is no public theory yet." in text_of(client, "/theories/")
    assert "There is no public study yet." in text_of(client, "/studies/")
    for number in range(1, 4):
        theory = TheoryFactory(question=f"Question {number}?", study__slug=f"study-{number}", slug=f"theory-{number}")
        AuthorFactory(study=theory.study, family=f"Author{number}", given="A.", position=1)
        EvidenceFactory(cmoc=CMOCFactory(theory=theory))
    hidden = TheoryFactory(visibility="private", question="Hidden?")
    page = text_of(client, "/theories/")
    assert "<strong>3</strong> theories" in page
    assert page.index("Question 3?") < page.index("Question 2?") < page.index("Question 1?")
    assert "<strong>1</strong> claim (CMOC)" in page
    studies = text_of(client, "/studies/")
    assert ("<strong>4</strong> studies" in studies, "A. Author2" in studies, "Hidden?" in studies) == (
        True,
        True,
        False,
    )
    assert hidden.study.title in studies
    monkeypatch.setattr("programmes.pages.theory_list.PAGE_SIZE", 2)
    monkeypatch.setattr("programmes.pages.study_list.PAGE_SIZE", 3)
    first = text_of(client, "/theories/")
    assert ("Theories <strong>1 to 2</strong> of 3" in first, "Question 1?" in first) == (True, False)
    assert "Question 1?" in text_of(client, "/theories/?after=theory-2")
    assert "Studies <strong>1 to 3</strong> of 4" in text_of(client, "/studies/")


def test_home_shows_some_theories_and_leads_to_all(db, client, monkeypatch):
    monkeypatch.setattr("programmes.pages.home.MOST_THEORIES", 1)
    TheoryFactory()
    assert "All theories" not in text_of(client, "/")
    TheoryFactory()
    assert '1 of 2 theories. <a href="/theories/">All theories</a>' in text_of(client, "/")
