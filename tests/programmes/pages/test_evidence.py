"""The evidence browser: facets, words, order, and the evidence at a glance."""

import csv
import io
import re
from dataclasses import replace

import pytest
from django.db.models import Q

from programmes.models import Evidence, Quote, Theory
from programmes.pages.evidence import evidence_page
from programmes.pages.matrix import matrix_page
from tests.factories import (
    CMOCFactory,
    EvidenceFactory,
    ParticipantFactory,
    QuoteFactory,
    ServiceFactory,
    TheoryFactory,
    UserFactory,
)

EVIDENCE = "/theories/thompson-2023/evidence/"


def page_of(rf, query, theory="thompson-2023"):
    request = rf.get(f"/?{query}")
    request.user = UserFactory()
    return evidence_page(request, Theory.objects.get(slug=theory))


def options(page, name):
    (facet,) = [facet for facet in page.facets if facet.name == name]
    return {option.value: option.quotes for option in facet.options}


def keys(page):
    return [row.quote.key for row in page.rows]


@pytest.mark.untraced
@pytest.mark.once
@pytest.mark.parametrize(
    "queries",
    [
        ("role=supports", "q=peer"),
        pytest.param(
            ("", "cmoc=2&role=counters", "sector=health&outcome=hope", "slot=context"), marks=pytest.mark.soak
        ),
    ],
)
def test_numbers_beside_a_facet_are_those_it_would_give(demo, rf, queries):
    for query in queries:
        page = page_of(rf, query)
        for facet in page.facets:
            others = "&".join(part for part in query.split("&") if part and not part.startswith(f"{facet.name}="))
            for option in facet.options:
                chosen = page_of(rf, f"{others}&{facet.name}={option.value}")
                assert chosen.found == option.quotes, (query, facet.name, option.value)


def test_conditions_hold_of_one_piece_of_evidence(db, rf):
    theory = TheoryFactory()
    quote = QuoteFactory(study=theory.study)
    EvidenceFactory(quote=quote, role="counters", cmoc=CMOCFactory(theory=theory, number=1))
    EvidenceFactory(quote=quote, role="supports", cmoc=CMOCFactory(theory=theory, number=2))
    assert page_of(rf, "role=counters&cmoc=2", theory.slug).found == 0
    assert page_of(rf, "role=counters&cmoc=1", theory.slug).found == 1
    assert page_of(rf, "role=counters&role=supports&cmoc=1&cmoc=2", theory.slug).found == 1


@pytest.mark.parametrize(
    ("taken_away", "shown"),
    [([], ["public"]), ([Evidence], ["public"]), ([Quote], ["public"]), ([Evidence, Quote], ["private", "public"])],
)
def test_private_quote_is_held_back_twice(db, rf, monkeypatch, taken_away, shown):
    """Its evidence is not shown, and neither is the quote itself: the one holds where the other fails."""
    cmoc = CMOCFactory(theory=TheoryFactory(visibility="public", study__visibility="public"))
    for visibility in ("public", "private"):
        quote = QuoteFactory(study=cmoc.theory.study, key=visibility, visibility=visibility)
        EvidenceFactory(cmoc=cmoc, quote=quote)
    for model in taken_away:
        monkeypatch.setattr(model, "access", replace(model.access, public_if=Q()))
    assert keys(page_of(rf, "", cmoc.theory.slug)) == shown


def test_page_csv_and_facets_agree(demo, client, rf):
    for query in ("", "role=counters", "cmoc=1&cmoc=12", "q=hope", "service=13&role=supports", "speaker_role=none"):
        answer = client.get(f"/api/v1/quotes/?theory=thompson-2023&format=csv&{query}")
        table = {row["key"] for row in csv.DictReader(io.StringIO(b"".join(answer).decode()))}
        assert set(keys(page_of(rf, query))) == table, query


def test_roles_that_nobody_has_are_shown(demo, rf):
    assert options(page_of(rf, ""), "role") == {"supports": 17, "refines": 2, "counters": 3, "illustrates": 0}


@pytest.mark.parametrize(
    ("query", "first"),
    [("", ["q01", "q02", "q03"]), ("sort=printed&q=hope", ["q01", "q02", "q18"]), ("sort=cmoc", ["q01", "q02"])],
)
def test_order(demo, rf, query, first):
    assert keys(page_of(rf, query))[: len(first)] == first


def test_order_by_service_has_those_without_one_last(db, rf):
    theory = TheoryFactory()
    cmoc = CMOCFactory(theory=theory)
    for key, number in (("a", None), ("b", "10"), ("c", "9")):
        service = ServiceFactory(study=theory.study, number=number) if number else None
        speaker = ParticipantFactory(study=theory.study, service=service, role="Nurse" if number else "")
        EvidenceFactory(cmoc=cmoc, quote=QuoteFactory(study=theory.study, key=key, participant=speaker))
    assert keys(page_of(rf, "sort=service", theory.slug)) == ["c", "b", "a"]
    assert options(page_of(rf, "", theory.slug), "speaker_role") == {"Nurse": 2}


def test_best_fit_first(db, rf):
    theory = TheoryFactory()
    cmoc = CMOCFactory(theory=theory)
    for key, text in (("a", "trust and many other words that are said"), ("b", "trust, trust"), ("c", "nothing")):
        EvidenceFactory(cmoc=cmoc, quote=QuoteFactory(study=theory.study, key=key, text=text))
    page = page_of(rf, "q=trusting", theory.slug)
    assert (keys(page), page.sort) == (["b", "a"], "fit")
    assert page.rows[0].text == "<mark>trust</mark>, <mark>trust</mark>"


def test_wrong_order_is_named(demo, client):
    response = client.get(f"{EVIDENCE}?sort=cmocs")
    assert response.status_code == 400
    assert "“cmocs” is no order; did you mean &quot;cmoc&quot;?" in response.content.decode()


def test_what_is_chosen_is_said(demo, client):
    page = client.get(f"{EVIDENCE}?cmoc=2&role=supports&q=team").content.decode()
    chosen = re.search(r'<ul class="chosen".*?</ul>', page, re.DOTALL)[0]
    assert re.findall(r"<li>(.+?)</li>", re.sub("</?bdi>", "", chosen))[:-1] == [
        "with the words: team",
        "what it does: Supports",
        '<bdi data-words="authors">Peer advocates for child, navigating barriers to service '
        '<span class="number">CMOC 2</span>',
    ]


def test_nothing_found_is_called_a_gap(demo, client):
    assert "a gap in what is here, not a refutation" in client.get(f"{EVIDENCE}?cmoc=5&role=counters").content.decode()


def test_matrix_counts_every_piece_of_evidence_once(demo):
    page = matrix_page(Theory.objects.get(slug="thompson-2023"), UserFactory())
    every = Evidence.objects.filter(cmoc__theory__slug="thompson-2023")
    (table,) = page.tables
    assert sum(cell.quotes for cell in table.crosstab.cells.values()) == every.count()
    assert sum(cell.counters for cell in table.crosstab.cells.values()) == 3
    assert (page.quotes, len(page.services), len(page.rows)) == (22, 14, 12)
    cells = {
        (cmoc.number, stretch.cell.value): (stretch.cell.quotes, stretch.cell.counters)
        for cmoc, stretches, _ in table.rows
        for stretch in stretches
        if stretch.cell
    }
    assert cells[2, "13"] == (2, 1)


@pytest.mark.untraced
@pytest.mark.once
def test_every_number_of_the_matrix_leads_to_that_many_quotes(demo, client):
    page = client.get("/theories/thompson-2023/matrix/").content.decode()
    links = re.findall(r'href="(/theories/[^"]*evidence/\?[^"]*)"[^>]*>(\d+)<', page)
    assert len(links) > 40
    for address, number in set(links):
        found = client.get(address.replace("&amp;", "&")).content.decode()
        assert f"<strong>{number}</strong> of 22 quotes found." in found, address


def test_matrix_and_support_as_csv(demo, client):
    matrix = list(csv.reader(io.StringIO(client.get("/theories/thompson-2023/matrix.csv").content.decode())))
    assert matrix[0][:5] == ["cmoc", "label", "title", "service 01", "service 01: counters"]
    assert matrix[2][-4:-2] == ["2", "1"]
    support = list(csv.DictReader(io.StringIO(client.get("/theories/thompson-2023/support.csv").content.decode())))
    assert support[1] == {
        "cmoc": "2",
        "label": "",
        "title": "Peer advocates for child, navigating barriers to service",
        "supports": "2",
        "refines": "0",
        "counters": "1",
        "illustrates": "0",
        "quotes": "3",
        "of quotes": "22",
        "services quoted": "2",
        "of services": "14",
        "documents quoted": "",
        "of documents": "",
        "roles of speakers": "1",
        "caveats": "4",
    }


def test_quotes_of_nobody_known_have_a_column(db, client):
    theory = TheoryFactory()
    ServiceFactory(study=theory.study, number="s3")
    EvidenceFactory(
        cmoc=CMOCFactory(theory=theory), quote=QuoteFactory(study=theory.study, participant=None, consent="published")
    )
    assert "No service given" in client.get(f"/theories/{theory.slug}/matrix/").content.decode()
    table = client.get(f"/theories/{theory.slug}/matrix.csv").content.decode()
    services = "service s3,service s3: counters,no service given,no service given: counters"
    assert table.splitlines()[0] == f"cmoc,label,title,{services}"


@pytest.mark.parametrize("page", ["matrix", "evidence"])
def test_theory_without_quotes_says_so_in_one_sentence(db, client, page):
    cmoc = CMOCFactory()

    shown = client.get(f"/theories/{cmoc.theory.slug}/{page}/").content.decode()

    assert shown.count("This theory is shown without quotes.") == 1
    assert "<table" not in shown
    assert '<form class="facets"' not in shown
    table = client.get(f"/theories/{cmoc.theory.slug}/support.csv").content.decode().splitlines()
    assert table[1] == f"{cmoc.number},,{cmoc.title},,,,,,,,,,,,"
