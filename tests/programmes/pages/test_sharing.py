"""What pages say of themselves where they are shared: a card, and linked data."""

import json
import re

import pytest

from programmes.formats.cards import Card, CardBox, card_png
from programmes.pages.sharing import card_credit, linked_data
from tests.factories import CMOCFactory, StudyFactory, TheoryFactory

pytestmark = pytest.mark.once  # what pages say of rows; that they work on both databases test_pages.py asks

THEORY = "/theories/thompson-2023/"
# The properties of schema.org that each type may have, of those that are used here (https://schema.org/docs/full.html).
WORK = {
    "url",
    "name",
    "text",
    "author",
    "license",
    "isPartOf",
    "hasPart",
    "about",
    "headline",
    "datePublished",
    "sameAs",
}
WORK |= {"creativeWorkStatus", "isBasedOn", "creator", "isAccessibleForFree", "description", "publication"}
PROPERTIES = {
    "Claim": WORK | {"appearance"},
    "ScholarlyArticle": WORK,
    "Report": WORK,
    "Quotation": WORK,
    "Dataset": WORK | {"measurementTechnique", "distribution"},
    "DataDownload": WORK | {"encodingFormat", "contentUrl"},
    "Periodical": WORK,
    "Person": {"givenName", "familyName", "name"},
    "Thing": {"name"},
    "WebSite": WORK | {"potentialAction"},
    "SearchAction": {"target", "query-input"},
    "EntryPoint": {"urlTemplate"},
}


def linked_data_of(client, address):
    page = client.get(address).content.decode()
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return json.loads(text)


def things(value):
    if isinstance(value, list):
        for entry in value:
            yield from things(entry)
    if isinstance(value, dict):
        yield value
        for entry in value.values():
            yield from things(entry)


@pytest.mark.parametrize("address", ["/", THEORY, f"{THEORY}cmocs/2/", "/studies/thompson-2023/quotes/q01/"])
def test_linked_data_use_the_terms_of_schema_org(demo, client, address):
    data = linked_data_of(client, address)
    assert data["@context"] == "https://schema.org"
    for thing in things(data):
        assert {name for name in thing if not name.startswith("@")} <= PROPERTIES[thing["@type"]], thing
        assert "" not in thing.values()


def test_claim(demo, client):
    claim = linked_data_of(client, f"{THEORY}cmocs/2/")
    assert (claim["@type"], claim["url"]) == ("Claim", "http://testserver/theories/thompson-2023/cmocs/2/")
    assert claim["text"].startswith("When a peer advocates for a child (C)")
    assert claim["appearance"]["sameAs"] == "https://doi.org/10.1007/s44192-023-00045-2"
    assert [author["familyName"] for author in claim["appearance"]["author"]] == [
        "Thompson",
        "Bernard",
        "Maxfield",
        "Halsall",
        "Mathers",
    ]
    assert len(claim["hasPart"]) == 3


def test_linked_data_cannot_end_their_element():
    assert linked_data({"name": "</script><b>&"}) == (
        '{"@context":"https://schema.org","name":"\\u003c/script\\u003e\\u003cb\\u003e\\u0026"}'
    )


@pytest.mark.parametrize("address", ["/", THEORY, f"{THEORY}cmocs/2/"])
def test_card_is_a_picture_of_the_size_that_is_said(demo, client, address):
    page = client.get(address).content.decode()
    image = re.search(r'property="og:image" content="http://testserver([^"]+)"', page)[1]
    response = client.get(image)
    assert response["Content-Type"] == "image/png"
    assert response.content[:8] == b"\x89PNG\r\n\x1a\n"
    size = int.from_bytes(response.content[16:20]), int.from_bytes(response.content[20:24])
    assert size == (1200, 630)
    assert 'property="og:image:width" content="1200"' in page
    assert response.content == client.get(image).content


def test_card_says_what_is_missing_and_runs_nothing(db, client):
    theory = TheoryFactory(title="#panic() $x$ " * 12)
    cmoc = CMOCFactory(theory=theory, title="", context_absence="not-stated", outcome_absence="unclear")
    page = client.get(cmoc.get_absolute_url()).content.decode()
    assert "Context: Not stated; Outcome: Unclear in source" in page
    silent = CMOCFactory(theory=theory)
    assert "og:image:alt" in client.get(silent.get_absolute_url()).content.decode()
    assert client.get(f"{silent.get_absolute_url()}card.png").status_code == 200
    assert client.get(f"{cmoc.get_absolute_url()}card.png").status_code == 200
    boxes = tuple(
        CardBox(name, "#panic()", words) for name, words in {"context": "x" * 500, "outcome": "", "actor": "y"}.items()
    )
    assert card_png(Card("kicker", "#panic()", boxes, "#eval", "text " * 200))[:4] == b"\x89PNG"
    assert card_png(Card("kicker", "#panic()", boxes * 2, "#eval"))[:4] == b"\x89PNG"


def test_credit(db):
    study = StudyFactory(title="A study", licence="")
    assert card_credit(study) == "A study"
    study = StudyFactory(licence="CC BY 4.0")
    study.authors.create(position=2, family="Two")
    study.authors.create(position=1, family="One")
    assert card_credit(study) == "One and Two · CC BY 4.0"


def test_author_is_a_person_or_an_organisation(db, client):
    theory = TheoryFactory(study__published_date="2021-03")
    theory.study.authors.create(position=1, given="Martin Luther, Jr.", family="King")
    theory.study.authors.create(position=2, organisation="Health for All, Leeds")
    assert card_credit(theory.study) == "King and Health for All, Leeds 2021"
    data = linked_data_of(client, theory.get_absolute_url())["isBasedOn"]
    assert data["datePublished"] == "2021-03"
    assert data["author"] == [
        {"@type": "Person", "givenName": "Martin Luther", "familyName": "King", "honorificSuffix": "Jr."},
        {"@type": "Organization", "name": "Health for All, Leeds"},
    ]


def test_report_without_a_journal(db, client):
    theory = TheoryFactory()
    data = linked_data_of(client, f"/theories/{theory.slug}/")
    assert data["isBasedOn"] == {"@type": "Report", "headline": theory.study.title}
