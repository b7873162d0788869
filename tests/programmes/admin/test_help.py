"""The words of the glossary in the forms of the admin."""

import re

import pytest

from programmes.transcripts.read import checksum
from tests.factories import CMOCFactory, SourceFactory, UserFactory


@pytest.fixture
def curator(client, db):
    client.force_login(UserFactory(is_superuser=True))
    return client


def explained(page):
    return re.findall(r'popovertarget="meaning-([^"]+)"', page), re.findall(r'id="meaning-([^"]+)"', page)


def test_words_of_the_form_of_a_cmoc_are_explained_once(curator):
    page = curator.get(f"/admin/programmes/cmoc/{CMOCFactory().pk}/change/").content.decode()
    words = ["cmoc", "hedge", "candidate", "caveat", "context", "mechanism", "outcome"]
    assert explained(page) == (words, words)
    assert "How firmly the authors put it, and what has become of it. <span" in page
    assert '<a href="/glossary/#hedge">Hedge in the glossary</a>' in page


def test_words_of_the_coding_screen_are_explained_once(curator):
    source = SourceFactory(text="We talked.", sha256=checksum("We talked."))
    page = curator.get(f"/admin/programmes/source/{source.pk}/code/").content.decode()
    words = [
        "cmoc",
        "supports",
        "refines",
        "counters",
        "illustrates",
        "candidate",
        "reflexive-memo",
        "disclosure-check",
    ]
    assert explained(page) == (words, words)
