"""Two facts choose the words: whether statements are printed or the team's own, and whether a source is a document."""

import html
import re

import pytest

from programmes.models import Quote, Reference, Source
from programmes.pages.voices import Voices, voices_of
from tests.factories import (
    CMOCContextFactory,
    CMOCFactory,
    EvidenceFactory,
    QuoteFactory,
    ReferenceFactory,
    SourceFactory,
)

pytestmark = pytest.mark.once  # what pages say of rows; that they work on both databases test_pages.py asks


def text_of(client, address):
    page = client.get(address).content.decode()
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.mark.parametrize(
    ("speakers", "voices", "said", "words"),
    [
        ([], Voices(), "The words", "the quotes"),
        ([(None, None)], Voices(), "The words", "the quotes"),
        ([(1, None)], Voices(people=True), "What participants said", "the participants’ words"),
        ([(None, "interview")], Voices(people=True), "What participants said", "the participants’ words"),
        ([(1, "document")], Voices(people=True), "What participants said", "the participants’ words"),
        ([(None, "document")], Voices(documents=True), "What the documents say", "the words of documents"),
        (
            [(None, "document"), (1, None)],
            Voices(people=True, documents=True),
            "What participants said and documents say",
            "the words of participants and documents",
        ),
    ],
)
def test_voices(speakers, voices, said, words):
    found = voices_of(speakers)
    assert (found, found.said, found.words) == (voices, said, words)


@pytest.mark.parametrize(
    ("statements", "origin", "legend", "cite"),
    [
        ("printed", "Authors’ words as printed: p. 1", "The authors’ words", "The words are the authors’."),
        ("own", "The team’s working statement: p. 1", "The team’s own words", "The words are the team’s own"),
        ("", "Statement: p. 1", "The study’s words", "Cite the study"),
    ],
)
def test_statements_are_called_what_they_are(db, client, statements, origin, legend, cite):
    cmoc = CMOCFactory(
        theory__study__statements=statements, statement="A.", statement_reporting="reported", locator="p. 1"
    )
    page = text_of(client, cmoc.get_absolute_url())
    assert origin in page
    assert legend in page
    assert ("uthors’ words" in page) is (statements == "printed")
    assert cite in text_of(client, f"{cmoc.get_absolute_url()}cite/")


def quote_of_document(**reference):
    """Return a quote of a document, which supports a CMOC."""
    evidence = EvidenceFactory(cmoc=CMOCFactory(), quote__participant=None, quote__consent="not-required")
    study = evidence.quote.study
    work = ReferenceFactory(study=study, number=4, title="A policy", as_printed="Dept. A policy. 2019.", **reference)
    evidence.quote.source = SourceFactory(study=study, kind="document", reference=work, title="Secret file name")
    evidence.quote.locator = "p. 3"
    evidence.quote.save()
    return evidence


@pytest.mark.parametrize(
    ("reference", "credit"),
    [({"authors": "Dept", "year": "2019"}, "A policy (Dept, 2019) · p. 3"), ({}, "A policy · p. 3")],
)
def test_quote_of_a_document_is_credited_and_cited_as_words_of_the_work(db, client, reference, credit):
    evidence = quote_of_document(**reference)
    quote, cmoc = evidence.quote, evidence.cmoc
    for address in (quote.get_absolute_url(), cmoc.get_absolute_url(), f"{cmoc.theory.get_absolute_url()}evidence/"):
        page = text_of(client, address)
        assert credit in page
        assert "articipants" not in page
        assert "Secret file name" not in page
    page = client.get(quote.get_absolute_url()).content.decode()
    assert f'href="{quote.study.get_absolute_url()}#reference-4"' in page
    assert "Cite as Dept. A policy. 2019. (p. 3) Quoted in: An evaluation. (n.d.)." in text_of(
        client, quote.get_absolute_url()
    )
    row = client.get(f"/api/v1/quotes/{quote.study.slug}:{quote.key}/").json()
    assert row["document"] == f"{evidence.quote.study.slug}:4"


def test_quote_of_a_document_without_a_reference(db, client):
    quote = quote_of_document().quote
    Source.objects.update(reference=None)
    page = text_of(client, quote.get_absolute_url())
    assert "A document · p. 3" in page
    assert "Cite as Quote" in page


def test_quote_of_a_person_is_cited_with_its_place(db, client):
    quote = QuoteFactory(locator="Sect. 3")
    page = text_of(client, quote.get_absolute_url())
    assert f"Cite as Quote {quote.key} (Sect. 3). In: An evaluation. (n.d.)." in page


def test_quote_without_a_place_is_cited_without_one(db, client):
    source = SourceFactory(text="They model hope.", sha256="0")
    quote = QuoteFactory(
        study=source.study, source=source, locator="", start=0, end=16, participant=None, consent="published"
    )
    assert f"Cite as Quote {quote.key}. In: An evaluation. (n.d.)." in text_of(client, quote.get_absolute_url())


def test_review_of_documents_is_set_against_its_documents(load_theory, client):
    load_theory("audit-review")
    page = text_of(client, "/theories/audit-review/matrix/")
    assert "CMOCs by documents" in page
    assert "CMOCs by services" not in page
    assert "CMOC Document 1 [1] Document 3 [3] Document 4 [4] Document without a reference" in page
    assert ("Roles of speakers" in page, "1 of 4" in page, "0 of" in page) == (False, True, False)
    table = client.get("/theories/audit-review/matrix.csv").content.decode().splitlines()
    assert table[0].startswith("cmoc,label,title,document 1,document 1: counters,document 3,")
    assert table[3] == "3,,Feedback 3,0,0,1,0,0,0,0,0"
    support = client.get("/theories/audit-review/support.csv").content.decode().splitlines()
    assert support[3] == "3,,Feedback 3,0,0,0,1,1,12,,,1,4,,1"
    found = text_of(client, "/theories/audit-review/evidence/?cmoc=3&document=3")
    assert "1 of 12 quotes found." in found
    assert "document: Document 3 [3]" in found
    assert "What the documents say, exactly" in found
    shown = client.get("/theories/audit-review/?view=table&document=3").context["page"].rows
    assert [row.cmoc.number for row in shown] == [3, 7, 11]


def test_text_of_a_document_stays_private(load_theory, client):
    load_theory("audit-review")
    assert Reference.objects.filter(documents__quotes__in=Quote.objects.all()).exists()
    for address in ("/theories/audit-review/evidence/", "/studies/audit-review/", "/api/v1/quotes/?study=audit-review"):
        assert "More is said in annex" not in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        (None, "what is claimed."),
        ("document", "what is claimed, and what speaks for it and against it."),
        ("interview", "what is claimed, and who speaks for it and against it."),
    ],
)
def test_picture_promises_only_what_a_box_can_show(db, client, source, hint):
    cmoc = CMOCContextFactory().cmoc
    if source:
        study = cmoc.theory.study
        quote = QuoteFactory(
            study=study, participant=None, consent="published", source=SourceFactory(study=study, kind=source)
        )
        EvidenceFactory(cmoc=cmoc, quote=quote)

    page = text_of(client, f"{cmoc.theory.get_absolute_url()}?view=picture")
    assert f"its path lights up with {hint}" in page
