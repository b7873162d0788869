"""The quotes of a theory as a flat table: what stands in it for whom, and under which filters."""

import csv
import datetime as dt
import io

import openpyxl
import pytest
from django.contrib.auth.models import User

from programmes.models import Evidence, Theory
from programmes.pages import quote_table
from programmes.transcripts.read import checksum
from tests.factories import (
    CMOCFactory,
    CMOCGroupFactory,
    EvidenceFactory,
    MembershipFactory,
    ParticipantFactory,
    QuoteFactory,
    ReferenceFactory,
    ServiceFactory,
    SourceFactory,
    StudyFactory,
    TheoryFactory,
    UserFactory,
)
from tests.queries import asks

pytestmark = pytest.mark.django_db

TALK = "INT: Why?\nP1: I went to Marlow with him.\nHe never looked at the clock."
OPEN = {"visibility": "public", "locator": ""}
TEAM_HEADS = {
    "Words for readers": "reader",
    "Who may read it": "reader",
    "Person": "curator",
    "Source": "curator",
    "Title of the source": "curator",
    "Line": "curator",
}


@pytest.fixture
def theory():
    """A theory with a masked quote, one that the team alone reads, and one of a document."""
    study = StudyFactory(slug="walks", title="Walks", citation="Doe 2026.", licence="CC BY 4.0", setting="Marlow Road")
    theory = TheoryFactory(study=study, slug="walked", title="Walked in", stage="initial")
    first = CMOCFactory(theory=theory, number=1, label="1a", title="Taken there", status="candidate")
    heading = CMOCGroupFactory(theory=theory, number=1, heading="First steps")
    second = CMOCFactory(theory=theory, number=2, title="=Waiting", group=heading)
    service = ServiceFactory(study=study, number="03", name="Link workers", service_type="Charity", location="")
    person = ParticipantFactory(study=study, pseudonym="p1", role="Guest", role_reporting="reported", service=service)
    talk = SourceFactory(study=study, key="lw03", title="Talk three", text=TALK, sha256=checksum(TALK))
    shared = {"study": study, "participant": person, "source": talk}

    def quote(key, words, **fields):
        start = TALK.index(words)
        return QuoteFactory(key=key, text=words, start=start, end=start + len(words), **{**OPEN, **shared, **fields})

    covered = quote("covered", "I went to Marlow with him.", masks=["10 16"])
    private = quote("private", "He never looked at the clock.", visibility="private")
    paper = SourceFactory(
        study=study,
        kind="document",
        key="d1",
        title="A paper",
        reference=ReferenceFactory(study=study, number=7, as_printed="Roe 2020. On walks."),
    )
    printed = QuoteFactory(
        study=study, key="printed", text="Hope is modelled.", participant=None, source=paper, consent="published"
    )
    by = {"signed_by": "A. Curator", "signed_date": dt.date(2026, 2, 3)}
    EvidenceFactory(cmoc=first, quote=covered, role="supports", slot="context", position=1)
    EvidenceFactory(cmoc=first, quote=private, role="counters", position=2, note="It did not hold.", **by)
    EvidenceFactory(cmoc=second, quote=covered, role="counters", note="-Nothing", **by)
    EvidenceFactory(cmoc=second, quote=printed, role="illustrates", position=2)
    retired = CMOCFactory(theory=theory, number=3, title="Gone", status="retired")
    EvidenceFactory(cmoc=retired, quote=covered, role="supports")
    return theory


def answer(client, query="", form="csv"):
    return client.get(f"/theories/walked/quotes.{form}{query}")


def content(response):
    assert response.status_code == 200
    return response.content


def table(client, query=""):
    heads, *rows = csv.reader(io.StringIO(content(answer(client, query)).decode()))
    return [dict(zip(heads, row, strict=True)) for row in rows]


def sign_in(client, theory, role):
    client.force_login(MembershipFactory(study=theory.study, role=role).user)


def test_everybody_gets_a_row_for_each_quote_and_cmoc_in_the_order_of_the_theory(client, theory):
    second, third, first = table(client)
    known = {
        "Theory": "walked",
        "Title of the theory": "Walked in",
        "Stage": "Initial",
        "Programme": theory.study.programme.name,
        "Setting": "Marlow Road",
        "Citation": "Doe 2026.",
        "Licence": "CC BY 4.0",
    }
    person = {
        "Quote": "covered",
        "Label": "",
        "Words": "I went to […] with him.",
        "Words as printed": "",
        "Speaker": "Guest, Link workers",
        "Role of the speaker": "Guest",
        "Service": "03",
        "Name of the service": "Link workers",
        "Kind of source": "Interview",
        "Document": "",
        "Place": "",
        "Address": "http://testserver/studies/walks/quotes/covered/",
    }
    unsigned = {"Why": "", "Signed by": "", "Signed on": ""}
    assert first == {
        **known,
        **person,
        **unsigned,
        "Status": "Candidate",
        "Number": "1",
        "CMOC": "CMOC 1a",
        "Title": "Taken there",
        "Group": "",
        "Role": "Supports",
        "Part": "Context",
    }
    of_second = {
        "Number": "2",
        "CMOC": "CMOC 2",
        "Title": "'=Waiting",
        "Group": "First steps",
        "Part": "",
        "Status": "",
    }
    signed = {"Why": "'-Nothing", "Signed by": "A. Curator", "Signed on": "2026-02-03"}
    assert second == {**known, **person, **of_second, **signed, "Role": "Counters"}
    assert third == {
        **known,
        **of_second,
        **unsigned,
        **dict.fromkeys(("Label", "Words as printed", "Role of the speaker", "Service", "Name of the service"), ""),
        "Role": "Illustrates",
        "Quote": "printed",
        "Words": "Hope is modelled.",
        "Speaker": theory.study.references.get().name_in_credit,
        "Kind of source": "Document",
        "Document": "[7] Roe 2020. On walks.",
        "Place": "p. 1",
        "Address": "http://testserver/studies/walks/quotes/printed/",
    }


@pytest.mark.parametrize(
    ("role", "quotes"),
    [
        ("reader", ["covered", "printed", "covered"]),
        ("reviewer", ["covered", "printed", "covered", "private"]),
        ("curator", ["covered", "printed", "covered", "private"]),
        ("lead", ["covered", "printed", "covered", "private"]),
    ],
)
def test_copy_of_the_team_has_what_the_role_reads(client, theory, role, quotes):
    plain = set(table(client)[0])
    sign_in(client, theory, role)
    assert [row["Quote"] for row in table(client)] == ["covered", "printed", "covered"]  # as for everybody
    rows = table(client, "?copy=team")
    assert [row["Quote"] for row in rows] == quotes
    least = {"reader": ["reader"], "reviewer": ["reader"]}.get(role, ["reader", "curator"])
    assert set(rows[0]) - plain == {head for head, role in TEAM_HEADS.items() if role in least}
    assert (rows[0]["Words"], rows[0]["Words for readers"]) == ("I went to Marlow with him.", "I went to […] with him.")
    if role in {"curator", "lead"}:
        told = [[row[head] for head in ("Quote", "Person", "Source", "Title of the source", "Line")] for row in rows]
        assert told == [
            ["covered", "p1", "lw03", "Talk three", "2"],
            ["printed", "", "d1", "A paper", ""],
            ["covered", "p1", "lw03", "Talk three", "2"],
            ["private", "p1", "lw03", "Talk three", "3"],
        ]
        assert [row["Who may read it"] for row in rows] == ["Public", "Public", "Public", "Private"]


def test_copy_of_the_team_is_for_the_team(client, theory):
    address = "?copy=team"
    assert answer(client, address).status_code == 403
    client.force_login(MembershipFactory(role="lead").user)
    assert answer(client, address).status_code == 403
    client.force_login(UserFactory(is_superuser=True))
    assert len(table(client, address)) == 4
    asker = MembershipFactory(study=theory.study, role="lead").user
    client.force_login(asker)
    User.objects.filter(pk=asker.pk).update(is_active=False)
    assert answer(client, address).status_code == 403


def test_team_of_a_private_theory_gets_what_everybody_would_read(client, theory):
    theory.visibility = "private"
    theory.save()
    assert answer(client).status_code == 404
    sign_in(client, theory, "curator")
    assert [(row["Quote"], row["Words"]) for row in table(client)] == [
        ("covered", "I went to […] with him."),
        ("printed", "Hope is modelled."),
        ("covered", "I went to […] with him."),
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("role=counters", ["2 covered"]),
        ("role=counters&cmoc=1", []),
        ("cmoc=3", ["3 covered"]),
        ("cmoc=1&cmoc=2&service=03", ["2 covered", "1 covered"]),
        ("document=7", ["2 printed"]),
        ("slot=context", ["1 covered"]),
        ("quote_q=modelled", ["2 printed"]),
        ("quote_q=Marlow", []),
        ("q=modelled", ["2 printed"]),
    ],
)
def test_filters_hold_of_one_row(client, theory, query, found):
    assert [f"{row['Number']} {row['Quote']}" for row in table(client, f"?{query}")] == found


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("copy=teem", '“teem” is no copy; did you mean "team"?'),
        ("role=counter", '"counter" is not known here; did you mean "counters"?'),
        ("sort=fit", '"sort" is not known to this page and was left out; did you mean "slot"?'),
    ],
)
def test_address_that_asks_for_what_is_not_there_is_refused(client, theory, query, said):
    response = answer(client, f"?{query}")
    assert (response.status_code, response.content.decode()) == (400, said)


def test_workbook_has_the_same_cells(client, theory):
    sign_in(client, theory, "curator")
    for query, notice in (("", []), ("?copy=team", ["The team’s copy: not for others"])):
        response = answer(client, query, "xlsx")
        suffix = "-team" if notice else ""
        assert response.headers["Content-Disposition"] == f'attachment; filename="walked-quotes{suffix}.xlsx"'
        book = openpyxl.load_workbook(io.BytesIO(content(response)))
        heads, *rows = book["Quotes"].iter_rows(values_only=True)
        said = [
            {head: "" if value is None else str(value) for head, value in zip(heads, row, strict=True)} for row in rows
        ]
        plain = [
            {head: value.removeprefix("'") for head, value in row.items()} for row in table(client, query)
        ]  # a text of a workbook needs no sign before it
        assert [{**row, "Signed on": row["Signed on"].removesuffix(" 00:00:00")} for row in said] == plain
        assert [row[0].value for row in book["About"].iter_rows() if row[0].value][1 : 1 + len(notice)] == notice
        assert {type(row[1]) for row in rows} == {int}
        assert {row[0].value: row[1].value for row in book["About"].iter_rows()}["From"] == (
            "http://testserver/theories/walked/"
        )


@pytest.mark.parametrize("rows", [1, 3])
def test_number_of_queries_does_not_grow_with_rows(client, rows):
    theory = TheoryFactory(slug="walked")
    for number in range(rows):
        source = SourceFactory(study=theory.study)
        quote = QuoteFactory(study=theory.study, source=source)
        EvidenceFactory(cmoc=CMOCFactory(theory=theory, number=number + 1), quote=quote)
    # the theory, and once more as a filter; its CMOCs in order; which rows; the rows
    with asks("theory, theory, cmoc, evidence, evidence"):
        assert len(table(client)) == rows


def test_rows_are_read_a_few_at_a_time(client, theory, monkeypatch):
    whole = content(answer(client))
    monkeypatch.setattr(quote_table, "AT_ONCE", 2)
    with asks("theory, theory, cmoc, evidence, evidence, evidence"):
        assert content(answer(client)) == whole


@pytest.mark.once
def test_every_theory_has_its_table(client, universe):
    """Of theories without quotes too: heads and no rows; a role that nobody stated is told as that."""
    found = {}
    for theory in Theory.objects.visible_to(UserFactory()).order_by("slug"):
        for form in ("csv", "xlsx"):
            response = client.get(f"/theories/{theory.slug}/quotes.{form}")
            assert response.status_code == 200
            body = response.content
            if form == "csv":
                found[theory.slug] = len(list(csv.reader(io.StringIO(body.decode())))) - 1
    assert found == {
        slug: Evidence.objects.visible_to(UserFactory())
        .filter(cmoc__theory__slug=slug)
        .exclude(cmoc__status="retired")
        .count()
        for slug in found
    }
    assert found["gardens"] == 0
    assert found["breakfast"] > 0


def test_role_that_nobody_stated_is_told(client):
    theory = TheoryFactory(slug="walked", study=StudyFactory())
    for key, role, reporting in (("a", "", "not-stated"), ("b", "", ""), ("c", "Staff", "reported")):
        who = ParticipantFactory(study=theory.study, role=role, role_reporting=reporting)
        quote = QuoteFactory(study=theory.study, participant=who, key=key)
        EvidenceFactory(cmoc=CMOCFactory(theory=theory, number=ord(key)), quote=quote)
    assert [row["Role of the speaker"] for row in table(client)] == ["Not stated", "", "Staff"]


def test_page_of_quotes_leads_to_the_table_of_what_it_found(client, theory):
    page = client.get("/theories/walked/evidence/?role=counters").content.decode()
    for form in ("csv", "xlsx"):
        assert f'href="/theories/walked/quotes.{form}?role=counters"' in page
