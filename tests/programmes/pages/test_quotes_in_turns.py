"""A quote over several turns on public pages: with a break between the turns, and in nobody's name alone."""

import re

import pytest

from programmes.models import Quote
from programmes.templatetags.words import TURN_BREAK, in_turns
from programmes.transcripts.read import checksum
from programmes.words import ParticipantsWords, ShownWords
from tests.factories import (
    CMOCFactory,
    CMOCOutcomeFactory,
    EvidenceFactory,
    OutcomeFactory,
    QuoteFactory,
    SourceFactory,
    TheoryFactory,
)

TEXT = "I: Why?\nP1: It was <warm>.\nAnd late.\nP2: For me too."
SAID = "Why?\nIt was <warm>.\nAnd late.\nFor me too."
PIECES = ["3 7", "12 36", "41 52"]


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_dash_stands_before_every_turn_but_the_first():
    quote = Quote(text=SAID, pieces=PIECES, start=3, end=52)
    shown = in_turns(ParticipantsWords(SAID), quote)
    assert shown == (f"Why?\n{TURN_BREAK}It was &lt;warm&gt;.\nAnd late.\n{TURN_BREAK}For me too.")
    assert shown.layer == "participant"
    assert in_turns(ParticipantsWords("Why?\nIt …"), quote) == f"Why?\n{TURN_BREAK}It …"
    assert in_turns(ShownWords("Why?\nIt <mark>was</mark>.\nA\nF"), quote) == (
        f"Why?\n{TURN_BREAK}It <mark>was</mark>.\nA\n{TURN_BREAK}F"
    )


def test_quote_in_one_turn_is_shown_as_it_is():
    said = ParticipantsWords("a\nb")
    assert in_turns(said, Quote(text=said)) is said


@pytest.fixture
def quote(db):
    theory = TheoryFactory(visibility="public", study__visibility="public")
    source = SourceFactory(study=theory.study, text=TEXT, sha256=checksum(TEXT), kind="focus-group")
    place = {"source": source, "start": 3, "end": 52, "pieces": PIECES, "locator": ""}
    quote = QuoteFactory(study=theory.study, text=SAID, participant=None, consent="published", **place)
    EvidenceFactory(quote=quote, cmoc=CMOCFactory(theory=theory, number=1), role="supports")
    return quote


def test_pages_show_it_in_turns_and_in_nobodys_name_alone(client, quote):
    assert str(quote.speaker) == "Several voices"
    for address in (quote.get_absolute_url(), f"/theories/{quote.evidence.get().cmoc.theory.slug}/cmocs/1/"):
        page = client.get(address)
        assert "Why? — It was &lt;warm&gt;. And late. — For me too. Several voices · over 3 turns" in words(page)


def test_slides_show_it_in_turns(client, quote):
    quote.evidence.update(role="counters")
    cmoc = quote.evidence.get().cmoc
    CMOCOutcomeFactory(cmoc=cmoc, outcome=OutcomeFactory(theory=cmoc.theory, key="hope", label="Hope"))
    drawn = client.get(f"/theories/{cmoc.theory.slug}/slides/1.svg").content.decode()
    assert "“Why? — It was &lt;warm&gt;. And late. — For me too.”" in re.sub(
        r"\s+", " ", re.sub(r"<[^>]+>", " ", drawn)
    )


def test_search_shows_its_lines(client, quote):
    page = client.get("/search/", {"q": "late"}).content.decode()
    lines = '<p class="lines" dir="auto" data-words="participant">'
    assert f"{lines}Why?\nIt was &lt;warm&gt;.\nAnd <mark>late</mark>.\nFor me too.</p>" in page


def test_document_with_labels_is_a_document(quote):
    quote.source.kind = "document"
    assert str(quote.speaker) == "A document"
