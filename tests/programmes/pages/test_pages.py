"""The pages on the demo theories: that they say what they must, ask little of the database, and agree with the API."""

import csv
import io
import re

import lxml.html
import pytest
from django.core.exceptions import BadRequest
from django.test import RequestFactory

from programmes.models import CMOC, Caveat, CMOCContext, CMOCLink, Evidence, Quote, Service, Study, Theory
from realist.middleware import RefuseNullCharacters
from tests.factories import (
    AuthorFactory,
    CaveatFactory,
    CMOCBeneficiaryFactory,
    CMOCContextFactory,
    CMOCFactory,
    CMOCLinkFactory,
    CMOCMechanismFactory,
    CMOCOutcomeFactory,
    CMOCServiceFactory,
    ContextFactory,
    EvidenceFactory,
    MechanismFactory,
    MemoFactory,
    OutcomeFactory,
    ParticipantFactory,
    QuoteFactory,
    ReferenceFactory,
    ServiceFactory,
    StudyFactory,
    TheoryFactory,
)
from tests.queries import asks
from tests.views import every_view

THEORY = "/theories/thompson-2023/"
STUDY = "/studies/thompson-2023/"
# What each page asks the database for.
PAGES = {
    "/": (
        "theory, cmoc, evidence, service, outcome, count theory, evidence, evidence, evidence, cmoccontext + 8, "
        "reading, theory, sector, population, outcome"
    ),
    THEORY: (
        "theory, cmoc, cmocoutcome, evidence, reading, evidence, evidence, service, caveat, theory, study, cmoc, "
        "cmoccontext + 7, caveat, personkind, evidence, service, count source, evidence, servicesector, theory, "
        "evidence, any evidence, author"
    ),
    f"{THEORY}?view=picture": (
        "theory, cmoc, cmoccontext + 8, evidence, servicesector, caveat, cmoclink, theory, substantivetheory, "
        "memo, any service, theory, cmocgroup, evidence, reading, evidence, evidence, service, caveat, evidence, "
        "any evidence, author"
    ),
    f"{THEORY}?outcome=hope&service=12&sector=health&role=supports": (
        "theory, cmoc, service, sector, outcome, cmoc, cmocoutcome, evidence, reading, evidence, evidence, "
        "service, caveat, theory, study, cmoc, cmoccontext + 7, caveat, personkind, evidence, service, count "
        "source, evidence, servicesector, theory, evidence, any evidence, author"
    ),
    f"{THEORY}?view=table&outcome=hope&service=12&sector=health&role=supports": (
        "theory, cmoc, cmoccontext + 8, evidence, servicesector, caveat, cmoclink, service, sector, outcome, cmoc, "
        "theory, substantivetheory, memo, any service, theory, author"
    ),
    f"{THEORY}cmocs/2/": (
        "cmoc, cmoccontext + 8, evidence, editorialmark, cmocbeneficiary, caveat, reading, substantivetheorylink, "
        "cmoclink, memo, review, lineageevent, count evidence, author, cmoc, evidence"
    ),
    f"{THEORY}cmocs/2/history/": (
        "cmoc, publicspan, historicalcmoc, historicalcmoccontext, historicalcmocmechanism, historicalcmocoutcome, "
        "historicalcmocactor, historicalcmocbeneficiary, historicalcmocservice, historicalcmocstrategy, "
        "historicalcmocintervention"
    ),
    f"{THEORY}contexts/matched-peer/": "context, cmoccontext + 8, cmoc, cmoclink, memo",
    f"{THEORY}mechanisms/inspiration/": "mechanism, cmoccontext + 8, cmoc, memo, mechanism",
    f"{THEORY}outcomes/hope/": "outcome, cmoccontext + 8, cmoc, caveat, cmoclink, memo",
    f"{THEORY}evidence/": "theory, cmocoutcome, evidence, cmoc, theory, quote, quote, evidence",
    f"{THEORY}matrix/": "theory, service, cmoc, evidence, caveat, theory, count source, any evidence",
    f"{THEORY}lineage/": "theory, lineageevent, count cmoc",
    f"{THEORY}earlier/": (
        "theory, publicspan, cmoc, historicalcmoc, historicalcmoccontext, historicalcontext, historicalcmocmechanism, "
        "historicalmechanism, historicalcmocoutcome, historicaloutcome, historicalcmocactor, historicalpopulation, "
        "historicalcmocbeneficiary, historicalpopulation, historicalcmocservice, historicalcmocstrategy, "
        "historicalcmocintervention, cmoccontext + 8, historicalevidence, quote, historicalcmoc"
    ),
    STUDY: "study, memo, author, theory, reference, count service, count quote, count source, study, survey",
    f"{STUDY}services/": (
        "study, service, service, servicesector, servicelocation, delivery, evidence, cmocservice, servicesector, "
        "servicelocation, any evidence"
    ),
    f"{STUDY}services/12/": (
        "service, servicesector, servicelocation, delivery, evidence, cmocservice, evidence, evidence, memo, "
        "service, service"
    ),
    f"{STUDY}quotes/q01/": "quote, editorialmark, evidence, memo, author",
    f"{STUDY}memos/": ("study, memo, memo, memo, memo, theory"),
    f"{STUDY}memos/?about=cmoc&kind=source-note&q=printed": ("study, memo, memo, memo, memo, theory"),
    f"{THEORY}slides/": (
        "theory, cmoc, cmoccontext + 8, evidence, servicesector, caveat, cmoclink, theory, substantivetheory, memo, "
        "any service, theory, cmocgroup, evidence, any evidence, personkind, evidence, service, count source, "
        "evidence, reading, evidence, evidence, service, caveat, caveat"
    ),
    f"{THEORY}setting/?sector=health&who=child&outcome=hope": (
        "theory, service, sector, deliverymode, population, outcome, theory, servicesector, cmoccontext + 8, evidence, "
        "cmocservice, reading, caveat, cmoc, cmocoutcome, personkind, population, theory, sector, population, outcome"
    ),
    "/from-where-you-stand/": "sector, population, outcome",
    "/services/": (
        "service, service, servicesector, servicelocation, delivery, evidence, cmocservice, servicesector, "
        "servicelocation, any evidence"
    ),
    "/surveys/thompson-2023-survey/": "survey, respondentrole, topicgroup, questionform",
    "/search/?q=trust": "programme, theory + 24, evidence, quote",
    "/cite/": "evidence",  # theories, and whether any has quotes, services and references
    "/glossary/": "",
    "/api/v1/docs/": "",
}


def text_of(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


@pytest.mark.untraced
@pytest.mark.parametrize("address", PAGES)
def test_queries(demo, client, address):
    with asks(PAGES[address]):
        response = client.get(address)
    assert (response.status_code, response.cookies.output()) == (200, "")


def grow(theory, count):
    """Add configurations with everything that a page shows beside them."""
    for _ in range(count):
        cmoc = CMOCFactory(theory=theory)
        CMOCContextFactory(cmoc=cmoc)
        CMOCMechanismFactory(cmoc=cmoc)
        CMOCOutcomeFactory(cmoc=cmoc)
        CMOCBeneficiaryFactory(cmoc=cmoc)
        CaveatFactory(theory=theory, cmoc=cmoc)
        study = theory.study
        speaker = ParticipantFactory(study=study, service=ServiceFactory(study=study))
        EvidenceFactory(cmoc=cmoc, quote=QuoteFactory(study=study, participant=speaker))


def growing_pages(theory):
    cmoc = theory.cmocs.first()
    study = f"/studies/{theory.study.slug}/"
    return {
        "/": (
            "theory, cmoc, evidence, service, outcome, count theory, evidence, evidence, evidence, "
            "cmoccontext + 8, reading, theory, sector, population, outcome"
        ),
        f"/theories/{theory.slug}/": (
            "theory, cmoc, cmocoutcome, evidence, reading, evidence, evidence, service, caveat, theory, study, "
            "cmoc, cmoccontext + 7, caveat, personkind, evidence, service, count source, evidence, servicesector, "
            "theory, evidence, any evidence, author"
        ),
        f"/theories/{theory.slug}/?view=table": (
            "theory, cmoc, cmoccontext + 8, evidence, servicesector, caveat, cmoclink, theory, substantivetheory, "
            "memo, any service, theory, cmocgroup, author"
        ),
        cmoc.get_absolute_url(): (
            "cmoc, cmoccontext + 8, evidence, editorialmark, cmocbeneficiary, caveat, reading, substantivetheorylink, "
            "cmoclink, memo, review, lineageevent, count evidence, author, cmoc, evidence"
        ),
        CMOCContext.objects.select_related("context__theory").get(cmoc=cmoc).context.get_absolute_url(): (
            "context, cmoccontext + 8, cmoc, cmoclink, memo"
        ),
        f"/theories/{theory.slug}/evidence/": "theory, cmocoutcome, evidence, cmoc, theory, quote, quote, evidence",
        study: "study, memo, author, theory, reference, count service, count quote, count source, study, survey",
        f"{study}services/": (
            "study, service, service, servicesector, servicelocation, delivery, evidence, cmocservice, servicesector, "
            "servicelocation, any evidence"
        ),
        f"{study}services/{theory.study.services.first().number}/": (
            "service, servicesector, servicelocation, delivery, evidence, cmocservice, evidence, evidence, memo, "
            "service, service"
        ),
        "/search/?q=hope": "programme, theory + 24, evidence, quote",
        f"/theories/{theory.slug}/matrix/": (
            "theory, service, cmoc, evidence, caveat, theory, count source, any evidence"
        ),
    }


LARGEST = 400_000  # bytes of a page, whatever it shows


@pytest.mark.once
@pytest.mark.slow(seconds=9, reason="asks for every page of theories of one and of 300 CMOCs")
def test_queries_do_not_grow_with_rows(db, client):
    theory = TheoryFactory()
    for more in (1, 2, 297):
        grow(theory, more)
        for address, expected in growing_pages(theory).items():
            with asks(expected, address):
                response = client.get(address)
            assert (response.status_code, address) == (200, address)
            assert len(response.content) < LARGEST, address


@pytest.mark.untraced
def test_picture_table_api_csv_and_database_agree(demo, client):
    for query in (
        "",
        "outcome=service-engagement",
        "service=12",
        "role=counters",
        "q=stigma",
        "status=refuted",
    ):
        page = every_view(client, f"{THEORY}?{query}", ("picture", "table"))
        picture = {int(n) for n in re.findall(r'web-number" x="[\d.]+" y="[\d.]+">CMOC (\d+)<', page)}
        lines = {int(n) for n in re.findall(r'<th scope="row"><a href="[^"]*/cmocs/(\d+)/">', page)}
        json_rows = client.get(f"/api/v1/cmocs/?theory=thompson-2023&{query}").json()["results"]
        answer = client.get(f"/api/v1/cmocs/?theory=thompson-2023&{query}&format=csv")
        table = csv.DictReader(io.StringIO(b"".join(answer).decode()))
        every = {int(row["number"]) for row in table}
        assert picture == lines == {row["number"] for row in json_rows} == every, query
    assert set(CMOC.objects.filter(theory__slug="thompson-2023").values_list("number", flat=True)) == set(range(1, 13))


def test_every_cmoc_page_shows_its_statement_quotes_and_caveats(demo, client):
    for cmoc in CMOC.objects.select_related("theory").filter(theory__slug="thompson-2023"):
        page = text_of(client, cmoc.get_absolute_url()).replace("&#x27;", "'").replace("&quot;", '"')
        words = [cmoc.statement, *Caveat.objects.filter(cmoc=cmoc).values_list("text", flat=True)]
        words += Quote.objects.filter(evidence__cmoc=cmoc).values_list("text", flat=True)
        assert [word for word in words if word not in page] == []


@pytest.mark.once
@pytest.mark.untraced
def test_every_page_of_content_names_its_source_and_licence(demo, client):
    for address in PAGES:
        if address not in {"/cite/", "/glossary/", "/api/v1/docs/", "/search/?q=trust", "/from-where-you-stand/"}:
            page = text_of(client, address)
            assert 'href="https://creativecommons.org/licenses/by/4.0/"' in page, address
            assert "10.1007/s44192-023-00045-2" in page, address


def test_counter_evidence_stands_open(demo, client):
    page = text_of(client, f"{THEORY}cmocs/2/")
    assert "1 quote against it" in page
    assert "2 quotes for it" in page
    document = lxml.html.fromstring(page)
    quotes = "figure[contains(@class, 'quote')]"
    assert (len(document.xpath(f"//{quotes}")), document.xpath(f"//details//{quotes}")) == (3, [])
    beside = document.xpath("//div[@class='for-against']/section/@class")
    assert beside == ["supports", "counters"]


def test_small_picture_says_in_words_what_speaks_against_its_claims(demo, client):
    document = lxml.html.fromstring(client.get(f"{THEORY}cmocs/10/").content.decode())
    drawn = document.xpath(
        "//section[@aria-labelledby='web-heading']//svg[not(@aria-hidden)]//g[contains(@class, 'web-cmoc')]"
    )
    tags = {
        "".join(cmoc.xpath(".//text[@class='web-number']//text()")): cmoc.xpath(
            ".//text[@class='web-tag-words']/text()"
        )
        for cmoc in drawn
    }
    assert tags == {"CMOC 9": [], "CMOC 10": ["1 against"], "CMOC 11": ["1 against"], "CMOC 12": []}


def test_curators_notes_are_folded_on_the_page_of_a_claim(demo, client):
    document = lxml.html.fromstring(client.get(f"{THEORY}cmocs/10/").content.decode())
    (folded,) = document.xpath("//details[summary/h2[text()='Curators’ notes']]")
    assert (folded.get("open"), folded.xpath("string(summary/span)")) == (None, "1")
    assert "may mean the peer or the" in folded.text_content()


def test_where_nobody_speaks_against_it_the_page_says_so(demo, client):
    assert "Nobody has spoken against it yet" in text_of(client, f"{THEORY}cmocs/1/")
    assert "Only public quotes are counted" not in text_of(client, f"{THEORY}matrix/")
    Quote.objects.filter(evidence__cmoc__number=2, evidence__role="counters").update(visibility="private")
    page = text_of(client, f"{THEORY}cmocs/2/")
    assert ("No public quote speaks against it" in page, "Nobody has spoken" in page) == (True, False)
    said = "Only public quotes are counted"
    assert said in text_of(client, f"{THEORY}matrix/")
    answer = text_of(client, THEORY)
    assert ("No public quote speaks against it" in answer, "Nobody has spoken" in answer) == (True, False)


def test_services_quoted_and_stated_are_different(demo, client):
    page = text_of(client, f"{THEORY}cmocs/1/")
    assert re.findall(r"<dt>(Services[^<]*)</dt>", page) == [
        "Services quoted",
        "Services stated relevant",
    ]
    assert "Unclear in source" in page


def test_caveat_that_speaks_against_another(demo, client):
    theory = Theory.objects.get(slug="thompson-2023")
    first = CaveatFactory(theory=theory, number=101)
    CaveatFactory(theory=theory, number=102, refutes=first)
    assert "speaks against caveat 101" in text_of(client, f"{THEORY}?view=sources")


def test_what_is_missing_is_shown(db, client):
    theory = TheoryFactory()
    cmoc = CMOCFactory(theory=theory, statement="", statement_reporting="not-loaded", outcome_absence="unclear")
    CMOCFactory(theory=theory, context_absence="not-stated")
    page = text_of(client, f"/theories/{theory.slug}/?view=picture")
    drawn = " ".join(re.sub(r"<[^>]+>", "", page).split())
    assert "outcome: unclear in source" in drawn
    assert "context: not stated" in drawn
    own = text_of(client, cmoc.get_absolute_url())
    assert "Statement: not loaded" in own
    assert "No quote is shown for this CMOC." in own
    assert "Not stated" not in own


def test_outcome_that_becomes_a_context_is_a_link_in_the_picture(db, client):
    theory = TheoryFactory()
    outcome = CMOCOutcomeFactory(cmoc=CMOCFactory(theory=theory, number=1)).outcome
    target = CMOCFactory(theory=theory, number=2)
    link = CMOCLinkFactory(
        theory=theory,
        kind="outcome-becomes-context",
        source_cmoc=None,
        source_outcome=outcome,
        target_cmoc=target,
        target_text="",
        status="possible",
    )
    page = text_of(client, f"/theories/{theory.slug}/?view=picture")
    said = "Hope: outcome becomes context: CMOC 2 (possible)"
    panel = f"//a[@href='{target.get_absolute_url()}' and ancestor::ul[@class='web-relations']]"
    file = f'<a class="web-pill web-ripple" href="http://testserver{target.get_absolute_url()}">'
    assert [link.text_content() for link in lxml.html.fromstring(page).xpath(panel)] == [said]
    assert 'class="web-chain-line" d=' in page
    assert file in text_of(client, f"/theories/{theory.slug}/web.svg")
    CMOCLink.objects.filter(pk=link.pk).update(status="declined")
    declined = text_of(client, f"/theories/{theory.slug}/?view=picture")
    assert lxml.html.fromstring(declined).xpath(panel) == []
    assert 'class="web-chain-line"' not in declined
    assert file not in text_of(client, f"/theories/{theory.slug}/web.svg")


def test_theory_without_cmocs(db, client):
    theory = TheoryFactory()
    page = every_view(client, f"/theories/{theory.slug}/")
    assert "<strong>0</strong> of 0 CMOCs shown." in page
    assert "web-cmoc" not in page


def test_large_theory_has_panels_and_a_table_of_contexts_by_outcomes(db, client, monkeypatch):
    theory = TheoryFactory()
    grow(theory, 31)
    page = text_of(client, f"/theories/{theory.slug}/?view=picture")
    assert (page.count('class="web web-rows"'), "Contexts by outcomes" in page) == (0, True)
    addresses = re.findall(r'href="(\?view=picture&amp;outcome=[^"]*)"', page)
    assert len(addresses) == 31
    drawn = text_of(client, f"/theories/{theory.slug}/{addresses[0].replace('&amp;', '&')}")
    assert drawn.count('class="web web-rows"') == 1
    monkeypatch.setattr("programmes.pages.picture.MOST_CELLS", 960)
    assert "Contexts by outcomes" not in text_of(client, f"/theories/{theory.slug}/?view=picture")


def test_pair_of_mechanisms(db, client):
    theory = TheoryFactory()
    resource = MechanismFactory(theory=theory, kind="resource", label="An example set")
    reasoning = MechanismFactory(theory=theory, kind="reasoning", resource=resource, label="Hope awakes")
    assert "An example set" in text_of(client, reasoning.get_absolute_url())
    assert "Hope awakes" in text_of(client, resource.get_absolute_url())


def test_note_on_a_reference_stands_beside_it(db, client):
    study = StudyFactory()
    MemoFactory(study=study, reference=ReferenceFactory(study=study), text="The year is wrong.")
    MemoFactory(study=study, text="On the whole study.")
    page = text_of(client, f"/studies/{study.slug}/")
    assert page.index("The year is wrong.") > page.index("References of the study") > page.index("On the whole study.")


@pytest.mark.parametrize(
    ("address", "message"),
    [
        (f"{THEORY}?outcome=hop", "&quot;hop&quot; is not known here; did you mean &quot;hope&quot;?"),
        (f"{THEORY}?status=suported", "did you mean &quot;supported&quot;?"),
        (f"{THEORY}evidence/?cmoc=one", "Enter a whole number."),
        (f"{STUDY}services/?sort=size", "“size” is no order; choose number, type, location or sector."),
        (f"{STUDY}services/?sector=schol", "did you mean &quot;school&quot;?"),
    ],
)
def test_filter_that_is_wrong_is_named(demo, client, address, message):
    assert message in text_of(client, address, 400)


@pytest.mark.parametrize(
    "address",
    [
        "/theories/nothing/",
        f"{THEORY}cmocs/99/",
        f"{THEORY}contexts/nothing/",
        f"{STUDY}services/99/",
        f"{STUDY}quotes/nothing/",
        "/surveys/nothing/",
        "/nothing",
    ],
)
def test_what_is_not_there(demo, client, address):
    assert "There is no such page" in text_of(client, address, 404)


def test_what_is_private_is_not_there(demo, client):
    Theory.objects.filter(slug="thompson-2023").update(visibility="private")
    for address in (THEORY, f"{THEORY}cmocs/1/", f"{THEORY}evidence/", f"{THEORY}outcomes/hope/"):
        assert client.get(address).status_code == 404
    assert text_of(client, f"{STUDY}quotes/q01/").count("CMOC 1") == 0


@pytest.mark.untraced
def test_evidence_is_paged_and_filtered(db, client):
    theory = TheoryFactory()
    grow(theory, 51)
    address = f"/theories/{theory.slug}/evidence/"
    first = text_of(client, address)
    second = text_of(client, address + re.search(r'href="([^"]*)" rel="next"', first)[1].replace("&amp;", "&"))
    assert [page.count("<blockquote>") for page in (first, second)] == [50, 1]
    assert "<strong>51</strong> of 51 quotes found; here 1 to 50." in first
    assert f'href="?{"sort=printed&amp;"}" rel="prev"' in second
    number = Evidence.objects.first().cmoc.number
    assert text_of(client, f"{address}?cmoc={number}").count("<blockquote>") == 1


ORDERS = {
    "number": lambda service: service.number,
    "type": lambda service: service.service_type,
    "location": lambda service: service.location,
    "sector": lambda service: min((link.sector.label for link in service.sector_links.all()), default=""),
}


@pytest.mark.parametrize("sort", ORDERS)
def test_services_are_sorted(demo, client, sort):
    page = text_of(client, f"{STUDY}services/?sort={sort}")
    shown = re.findall(r'<th scope="row"><a href="[^"]*/services/(\d+)/">', page)
    services = Service.objects.filter(study__slug="thompson-2023").order_by("number")
    expected = sorted(services, key=ORDERS[sort])
    assert shown == [service.number for service in expected]


def test_answers_may_be_kept_but_are_asked_for_again(demo, client):
    first = client.get(THEORY)
    assert first["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert client.get(THEORY, headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_icon_where_browsers_look_for_it(client):
    response = client.get("/favicon.ico")
    assert (response.status_code, response["Location"]) == (302, "/static/icon.svg")


@pytest.mark.parametrize("address", ["/search/?q=%00", "/search/?%00=1"])
def test_null_character_is_refused(demo, client, address):
    assert "That address cannot be read" in text_of(client, address, 400)


def test_null_character_in_the_path_is_refused():
    request = RequestFactory().get("/")
    request.path = "/\0"
    with pytest.raises(BadRequest):
        RefuseNullCharacters(lambda _: None)(request)


def test_long_texts_without_spaces_are_shown(db, client):
    theory = TheoryFactory(title="x" * 300)
    grow(theory, 1)
    for address in growing_pages(theory):
        assert client.get(address).status_code == 200


def test_package_schema_is_served(client):
    for version in (1, 2):
        response = client.get(f"/packages/schema/{version}/")
        assert (response.status_code, response["Content-Type"]) == (200, "application/schema+json")
        assert response.json()["properties"]["version"]["const"] == version
    assert client.get("/packages/schema/3/").status_code == 404


def test_study_without_services_says_so_in_one_sentence(db, client):
    study = StudyFactory()

    shown = text_of(client, f"/studies/{study.slug}/services/")

    assert "This study is shown without services." in shown
    assert "Sort by" not in shown
    Study.objects.update(visibility="private")
    assert "No study is shown with services." in text_of(client, "/services/")


def test_legend_promises_only_words_that_are_there(universe, client):
    def legend(slug):
        return re.search(r"<li>(Labels are .*?)</li>", text_of(client, f"/theories/{slug}/?view=picture"))[1]

    short = "Labels are the curators’ short wording"
    assert (
        legend("breakfast")
        == f"{short}; the authors’ statement and the words of participants and documents are one click away"
    )
    assert legend("discharge") == f"{short}; the statement is one click away"


def test_study_has_its_dates(db, client):
    study = StudyFactory()
    assert "Dates of data collection" not in text_of(client, f"/studies/{study.slug}/")
    study.collection_start, study.collection_end, study.published_date = "2021-03-01", "2021-05", "2023"
    study.save()
    page = text_of(client, f"/studies/{study.slug}/")
    assert "<dt>Dates of data collection</dt><dd>1 March 2021 to May 2021</dd>" in page
    assert "<p>Published: 2023</p>" in page


def test_study_names_its_authors_apart(db, client):
    author = AuthorFactory(given="Ann", family="Thompson", position=1)
    AuthorFactory(study=author.study, family="", organisation="Health for All", position=2)
    page = text_of(client, author.study.get_absolute_url())
    assert '<p class="lead"><bdi>Ann Thompson</bdi>, <bdi>Health for All</bdi></p>' in page
    AuthorFactory(study=author.study, given="Martin", family="King", suffix="Jr.", position=3)
    page = re.sub(r"</?bdi>", "", text_of(client, author.study.get_absolute_url()))
    assert '<p class="lead">Ann Thompson; Health for All; Martin King, Jr.</p>' in page


def test_quote_of_nobody_known_and_service_stated_relevant(db, client):
    theory = TheoryFactory()
    cmoc = CMOCFactory(theory=theory)
    quote = QuoteFactory(study=theory.study, participant=None, consent="published", text="Somebody said so.")
    EvidenceFactory(cmoc=cmoc, quote=quote)
    link = CMOCServiceFactory(cmoc=cmoc)
    assert "Somebody said so." in text_of(client, cmoc.get_absolute_url())
    page = text_of(client, link.service.get_absolute_url())
    assert f"CMOC {cmoc.number}" in page
    assert "Stated relevant" in page


def test_narrative_has_the_columns_that_it_uses_and_none_otherwise(db, client):
    cmoc = CMOCFactory(theory=TheoryFactory(form="narrative"), statement="Some people met, and went on meeting.")
    address = f"/theories/{cmoc.theory.slug}/?view=picture"
    assert "<svg" not in text_of(client, address).partition("<main")[2]
    CMOCContextFactory(cmoc=cmoc, wording="")
    page = client.get(address)
    assert [column.name for column in page.context["page"].columns] == ["context"]
    assert "<svg" in page.content.decode().partition("<main")[2]


def test_of_many_neighbours_those_that_share_less_are_folded(db, client):
    theory = TheoryFactory()
    context, outcome = ContextFactory(theory=theory), OutcomeFactory(theory=theory)
    cmocs = [CMOCFactory(theory=theory, title=f"Neighbour {number}") for number in range(15)]
    for cmoc in cmocs:
        CMOCContextFactory(cmoc=cmoc, context=context)
    for cmoc in (cmocs[0], cmocs[-1]):  # the last shares most with the first
        CMOCOutcomeFactory(cmoc=cmoc, outcome=outcome)

    answer = client.get(cmocs[0].get_absolute_url())

    page = answer.context["page"]
    titles = [[entry.cmoc.title for entry in part] for part in (page.nearest, page.further)]
    assert titles == [[f"Neighbour {number}" for number in (*range(1, 12), 14)], ["Neighbour 12", "Neighbour 13"]]
    assert "2 more neighbours" in answer.content.decode()


def test_places_of_a_list_are_told_from_printed_ones(universe, client):
    printed, listed = (
        " ".join(text_of(client, f"/studies/{study}/services/").split())
        for study in ("discharge-2023", "breakfast-2024")
    )
    assert "Sectors are the curators’ grouping; places are as given" in printed
    assert "Sectors, and places with a line under them, are the curators’ grouping; other places are as given" in listed
    only = text_of(client, "/studies/breakfast-2024/services/?place=hill")
    assert re.findall(r'<th scope="row"><a href="[^"]*/services/(\d+)/">', only) == ["02", "05"]
    assert "The hill" in text_of(client, "/studies/breakfast-2024/services/05/")
