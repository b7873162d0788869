"""The answer of a theory: its claims by outcome, who speaks for and against each, and who was asked."""

import re

import lxml.html
import pytest

from programmes.models import CMOC, PersonKind, Quote, Theory
from programmes.models.caveat_words import CAVEATS_IN_PLAIN_WORDS
from programmes.vocabulary import CaveatKind
from tests.factories import (
    CaveatFactory,
    CMOCFactory,
    CMOCOutcomeFactory,
    EvidenceFactory,
    OutcomeFactory,
    ParticipantFactory,
    PersonKindFactory,
    QuoteFactory,
    ReadingFactory,
    ServiceFactory,
    TheoryFactory,
)

pytestmark = pytest.mark.once  # what pages say of rows; that they work on both databases test_pages.py asks

THEORY = "/theories/thompson-2023/"
CMOC_PAGE = re.compile(r"^/theories/.*/cmocs/\d+/$")


def page_of(client, address):
    return client.get(address).context["page"]


def text_of(client, address):
    document = lxml.html.fromstring(client.get(address).content.decode())
    return " ".join(document.xpath("//main")[0].text_content().split())


def claims_of(page):
    return [(str(group.outcome), [claim.cmoc.number for claim in group.claims]) for group in page.groups]


def test_claims_stand_under_their_outcomes_in_the_order_of_the_theory(demo, client):
    assert claims_of(page_of(client, THEORY)) == [
        ("Hope", [1]),
        ("Service engagement", [2, 3, 4, 5]),
        ("Confidence", [6]),
        ("Resilience", [7, 8]),
        ("Wellbeing", [9, 10, 11, 12]),
    ]


def test_claim_says_who_speaks_for_and_against_it(demo, client):
    groups = page_of(client, THEORY).groups
    claims = {claim.cmoc.number: claim for group in groups for claim in group.claims}
    two = claims[2]
    assert two.claimed == two.reading.text
    assert two.statement == two.cmoc.statement
    assert (two.supporting.role, two.countering.role) == ("supports", "counters")
    assert [(heard.service.number, heard.against) for heard in two.services] == [("10", False), ("13", True)]
    assert (two.quotes, two.more_for, two.more_against, two.caveats) == (3, 1, 3, 4)
    assert [caveat.number for caveat in groups[1].caveats] == [20, 21, 22]
    text = text_of(client, THEORY)
    assert "Nobody has spoken against it yet" in text
    assert "In plain words by Realist curators, 23 November 2026." in text


@pytest.mark.untraced
def test_filter_keeps_what_speaks_against_and_marks_the_voice_that_was_asked_for(demo, client):
    page = page_of(client, f"{THEORY}?service=10")
    (group,) = [group for group in page.groups if group.outcome.label == "Service engagement"]
    (claim,) = group.claims
    assert (claim.supporting.chosen, claim.supporting.quote.participant.service.number) == (True, "10")
    assert (claim.countering.chosen, claim.countering.role) == (False, "counters")
    assert group.caveats
    against = page_of(client, f"{THEORY}?service=13&role=counters")
    assert [claim.countering.chosen for group in against.groups for claim in group.claims] == [True]
    assert "your filter" in text_of(client, f"{THEORY}?service=13&role=counters")
    assert page.caveats == []
    assert page_of(client, THEORY).caveats


def test_who_was_asked_and_who_was_not(demo, client):
    who = page_of(client, THEORY).who
    assert [kind.label for kind in who.not_asked] == ["Child or young person", "Peer", "Parent or carer"]
    assert [kind.label for kind in who.asked] == ["Staff of services"]
    assert (who.number_of_services, who.quoted, len(who.services)) == (14, 10, 14)
    text = text_of(client, THEORY)
    assert "Who was not asked Child or young personPeerParent or carer" in text
    assert "14 services, 10 of them quoted" in text


def test_of_whom_nobody_said_nothing_is_claimed(db, client):
    theory = CMOCFactory(theory=TheoryFactory()).theory
    PersonKindFactory(study=theory.study, asked="")
    text = text_of(client, theory.get_absolute_url())
    assert [words for words in ("Who was", "Who stands", "service", "Nobody", "against") if words in text] == []
    PersonKind.objects.update(asked="no")
    assert "Who was not asked" in text_of(client, theory.get_absolute_url())
    PersonKind.objects.update(asked="yes")
    assert "Who was asked" in text_of(client, theory.get_absolute_url())


def test_many_services_are_counted_and_not_listed(db, client, monkeypatch):
    monkeypatch.setattr("programmes.pages.who_was_asked.MOST_SERVICES", 2)
    theory = CMOCFactory(theory=TheoryFactory()).theory
    for _ in range(2):
        ServiceFactory(study=theory.study)
    assert len(page_of(client, theory.get_absolute_url()).who.services) == 2
    ServiceFactory(study=theory.study)
    who = page_of(client, theory.get_absolute_url()).who
    assert (who.services, who.number_of_services) == ([], 3)


def test_key_messages_are_signed(db, client):
    theory = CMOCFactory(theory=TheoryFactory()).theory
    assert "Key messages" not in text_of(client, theory.get_absolute_url())
    Theory.objects.update(key_messages=["Peers help.", "Some say they do not."])
    assert "Key messages Peers help.Some say they do not. A curator who is not named" in text_of(
        client, theory.get_absolute_url()
    )
    Theory.objects.update(signed_by="B. Curator", signed_date="2026-11-01")
    assert "B. Curator, 1 November 2026" in text_of(client, theory.get_absolute_url())


def test_without_plain_words_the_statement_stands_and_without_it_the_title(db, client):
    theory = TheoryFactory()
    CMOCFactory(theory=theory, number=1, statement="As printed.", title="A title")
    CMOCFactory(theory=theory, number=2, statement="", title="Only a title")
    CMOCFactory(theory=theory, number=3, statement="", title="", statement_reporting="not-loaded")
    page = page_of(client, theory.get_absolute_url())
    sentences = [claim.claimed for claim in page.groups[0].claims]
    assert sentences == ["As printed.", "Only a title", ""]
    text = text_of(client, theory.get_absolute_url())
    assert "CMOC 3 — Statement: not loaded" in text.replace("CMOC 3 Statement", "CMOC 3 — Statement")
    assert "claims-outcome" not in client.get(theory.get_absolute_url()).content.decode()


def test_claim_with_two_outcomes_stands_under_the_first_and_names_the_other(db, client):
    theory = TheoryFactory()
    cmoc = CMOCFactory(theory=theory, number=1)
    for position, label in enumerate(("Trust", "Hope"), 1):
        CMOCOutcomeFactory(cmoc=cmoc, outcome=OutcomeFactory(theory=theory, label=label), position=position)
    assert claims_of(page_of(client, theory.get_absolute_url())) == [("Trust", [1])]
    assert "It leads to Hope as well." in text_of(client, theory.get_absolute_url())


def test_quotes_that_are_not_public_are_not_nobody(db, client):
    theory = TheoryFactory()
    cmoc = CMOCFactory(theory=theory)
    EvidenceFactory(cmoc=cmoc, role="supports")
    assert "Nobody has spoken against it yet" in text_of(client, theory.get_absolute_url())
    EvidenceFactory(cmoc=cmoc, role="counters", quote__visibility="private")
    text = text_of(client, theory.get_absolute_url())
    assert ("No public quote speaks against it" in text, "Nobody has spoken" in text) == (True, False)
    Quote.objects.update(visibility="private")
    text = text_of(client, theory.get_absolute_url())
    assert "The quotes of this theory are not public." in text
    assert [words for words in ("Nobody", "No public quote", "speaks") if words in text] == []


def test_claim_that_only_somebody_speaks_against(db, client):
    theory = TheoryFactory()
    EvidenceFactory(cmoc=CMOCFactory(theory=theory), role="counters")
    assert "No quote for it is here" in text_of(client, theory.get_absolute_url())


def test_caveats_alone_have_a_column_of_their_own(db, client):
    theory = TheoryFactory()
    cmoc = CMOCFactory(theory=theory)
    CaveatFactory(theory=theory, cmoc=cmoc, number=1, kind="displaced-mechanism", text="Not in winter.")
    text = text_of(client, theory.get_absolute_url())
    behind = "mechanism displaced, caveat 1"
    assert f"When it may not hold It moves to somebody else {behind} Not in winter." in text
    assert "speaks" not in text


def test_plain_words_of_two_curators_are_signed_one_by_one(db, client):
    theory = TheoryFactory()
    for name in ("A. Curator", "B. Curator"):
        ReadingFactory(cmoc=CMOCFactory(theory=theory), kind="plain-summary", text="Plain.", signed_by=name)
    text = text_of(client, theory.get_absolute_url())
    assert text.count("In plain words by") == 2


@pytest.fixture
def long_theory(db, monkeypatch):
    monkeypatch.setattr("programmes.pages.claims.PAGE_SIZE", 2)
    monkeypatch.setattr("programmes.pages.theory.TABLE_ROWS", 2)
    monkeypatch.setattr("programmes.pages.matrix.ROWS", 2)
    monkeypatch.setattr("programmes.pages.as_of.PAGE_SIZE", 2)
    theory = TheoryFactory()
    for number in range(1, 6):
        EvidenceFactory(cmoc=CMOCFactory(theory=theory, number=number))
    return theory


@pytest.mark.untraced
@pytest.mark.parametrize("view", ["", "?view=table", "matrix/", "earlier/"])
def test_long_theory_is_read_page_by_page(long_theory, client, view):
    address = f"{long_theory.get_absolute_url()}{view}"
    seen = []
    pages = 0
    while address and pages < 5:
        document = lxml.html.fromstring(client.get(address).content.decode())
        numbers = [int(link.split("/")[-2]) for link in document.xpath("//main//a/@href") if CMOC_PAGE.search(link)]
        seen.append(list(dict.fromkeys(numbers)))
        following = document.xpath("//a[@rel='next']/@href")
        start = f"{long_theory.get_absolute_url()}{view.partition('?')[0]}"
        address = f"{start}{following[0]}" if following else ""
        pages += 1
    assert seen == [[1, 2], [3, 4], [5]]
    before = document.xpath("//a[@rel='prev']/@href")[0]
    middle = lxml.html.fromstring(client.get(f"{start}{before}").content.decode())
    numbers = [int(link.split("/")[-2]) for link in middle.xpath("//main//a/@href") if CMOC_PAGE.search(link)]
    assert list(dict.fromkeys(numbers)) == [3, 4]
    first = middle.xpath("//a[@rel='prev']/@href")[0]
    assert client.get(f"{start}{first}").status_code == 200
    nothing = client.get(f"{start}?{view.partition('?')[2]}&after=x").content.decode()
    assert "CMOC 1" in nothing


def test_view_that_there_is_not_is_named(demo, client):
    answer = client.get(f"{THEORY}?view=pictures")
    assert answer.status_code == 400
    assert "“pictures” is no view of a theory; did you mean &quot;picture&quot;?" in answer.content.decode()


def test_filters_with_very_many_values_are_left_to_the_search(db, client, monkeypatch):
    monkeypatch.setattr("programmes.pages.choices.MOST_OPTIONS", 1)
    theory = TheoryFactory()
    for _ in range(2):
        CMOCOutcomeFactory(cmoc=CMOCFactory(theory=theory))
    for view in ("answer", "table"):
        text = text_of(client, f"{theory.get_absolute_url()}?view={view}")
        assert "There are too many to choose from here of: Outcome." in text
    cmoc = CMOC.objects.first()
    key = cmoc.outcome_links.get().outcome.key
    assert claims_of(page_of(client, f"{theory.get_absolute_url()}?outcome={key}"))[0][1] == [cmoc.number]


def test_columns_and_facets_of_very_many_values_are_bounded(db, client, monkeypatch):
    monkeypatch.setattr("programmes.pages.matrix.MOST_COLUMNS", 1)
    monkeypatch.setattr("programmes.pages.evidence.MOST_OPTIONS", 1)
    theory = TheoryFactory()
    cmoc = CMOCFactory(theory=theory)
    for number in ("01", "02", "03"):
        service = ServiceFactory(study=theory.study, number=number)
        if number != "03":
            speaker = ParticipantFactory(study=theory.study, service=service)
            for _ in range(int(number)):
                EvidenceFactory(cmoc=cmoc, quote=QuoteFactory(study=theory.study, participant=speaker))
    text = text_of(client, f"{theory.get_absolute_url()}matrix/")
    assert "2 services without a quote on these CMOCs are left out." in text
    facets = page_of(client, f"{theory.get_absolute_url()}evidence/").facets
    (facet,) = [facet for facet in facets if facet.name == "service"]
    assert ([option.value for option in facet.options], facet.left_out) == (["02"], 1)
    assert "1 more, with fewer quotes" in text_of(client, f"{theory.get_absolute_url()}evidence/")


def test_result_stands_on_each_claim_where_cards_are_far_from_their_heading(universe, client):
    document = lxml.html.fromstring(client.get("/theories/breakfast/").content.decode())
    results = {
        card.get("id"): " ".join(card.xpath("string(.//*[@class='claim-result'])").split())
        for card in document.xpath("//article[contains(@class, 'claim')]")
    }
    assert results["cmoc-2"] == results["cmoc-3"] == "Result: More children are in school on time"
    assert all(results.values())


def test_many_services_are_folded_and_few_stand_open(universe, client):
    for slug, number, folded in (("breakfast", 7, 7), ("discharge", 2, 0)):
        document = lxml.html.fromstring(client.get(f"/theories/{slug}/").content.decode())
        assert document.xpath("count(//*[@class='who-parts']//ul[@class='heard']/li)") == number
        assert document.xpath("count(//details[contains(@class, 'names-fold')]//li)") == folded


def test_every_kind_of_caveat_has_plain_words_of_its_own():
    words = [CAVEATS_IN_PLAIN_WORDS[kind] for kind in CaveatKind]
    assert len({*words}) == len(words)
    assert [word for word in words if not word.strip()] == []
