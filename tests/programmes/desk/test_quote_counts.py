"""The quotes of a theory counted by CMOC, source, person and role, at the desk and as files."""

import csv
import io
import re

import openpyxl
import pytest

from programmes.models import Evidence, Theory
from programmes.transcripts.read import checksum
from tests.factories import (
    CMOCFactory,
    EvidenceFactory,
    MembershipFactory,
    ParticipantFactory,
    QuoteFactory,
    ServiceFactory,
    SourceFactory,
    StudyFactory,
    TheoryFactory,
)
from tests.queries import asks

pytestmark = pytest.mark.django_db

TALK = "A: He came. B: He did."
AT = "/desk/studies/walks/quotes/"


@pytest.fixture
def theory():
    """Two people in two talks, one quote that goes over the turns of both, one of nobody who is known."""
    study = StudyFactory(slug="walks")
    theory = TheoryFactory(study=study, slug="walked", title="Walked in")
    first, second = (CMOCFactory(theory=theory, number=number, title=f"Title {number}") for number in (1, 2))
    service = ServiceFactory(study=study, number="03", name="Link workers")
    anna = ParticipantFactory(study=study, pseudonym="anna", role="Guest", role_reporting="reported", service=service)
    bela = ParticipantFactory(study=study, pseudonym="bela")
    talk = SourceFactory(study=study, key="t1", title="Talk one", text=TALK, sha256=checksum(TALK))
    other = SourceFactory(study=study, key="t2", title="t2", kind="focus-group")

    def quote(source, who, **fields):
        return QuoteFactory(study=study, source=source, participant=who, **fields)

    both = quote(talk, None, consent="published", start=3, end=22, text="He came.\nHe did.", pieces=["3 11", "15 22"])
    both.also_by.set([anna, bela])
    for cmoc, of, role in (
        (first, quote(talk, anna), "supports"),
        (first, quote(talk, anna, visibility="private"), "supports"),
        (first, quote(talk, anna), "counters"),
        (first, quote(other, anna), "refines"),
        (first, both, "supports"),
        (second, quote(other, bela), "illustrates"),
        (second, quote(None, None, consent="published"), "supports"),
        (second, both, "counters"),
        (CMOCFactory(theory=theory, number=3, status="retired"), quote(talk, bela), "supports"),
    ):
        EvidenceFactory(cmoc=cmoc, quote=of, role=role)
    return theory


def sign_in(client, theory, role):
    client.force_login(MembershipFactory(study=theory.study, role=role).user)


def words(html):
    return " ".join(re.sub(r"</?(?:bdi|span|a|strong)[^>]*>", "", html).split())


def rows_of(page):
    body = page.content.decode()
    return [
        [words(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)]
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    ]


def file_rows(client, query="", form="csv"):
    response = client.get(f"{AT}walked/counts.{form}{query}")
    assert response.status_code == 200
    body = response.content
    if form == "csv":
        return list(csv.reader(io.StringIO(body.decode())))
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(body))["Counts"].iter_rows(values_only=True)]


ALL = [
    ["CMOC", "Source", "Person", "Supports", "Refines", "Counters", "Illustrates", "Quotes"],
    ["Title 1 CMOC 1", "t2", "anna", "0", "1", "0", "0", "1"],
    ["Title 1 CMOC 1", "Talk one (t1)", "anna", "2", "0", "1", "0", "3"],
    ["Title 1 CMOC 1", "Talk one (t1)", "anna with bela", "1", "0", "0", "0", "1"],
    ["Title 2 CMOC 2", "t2", "bela", "0", "0", "0", "1", "1"],
    ["Title 2 CMOC 2", "Talk one (t1)", "anna with bela", "0", "0", "1", "0", "1"],
    ["Title 2 CMOC 2", "Not given", "Not given", "1", "0", "0", "0", "1"],
    ["Different quotes", "", "", "4", "1", "2", "1", "7"],
]


def test_curators_count_by_source_and_person(client, theory):
    sign_in(client, theory, "curator")
    found = rows_of(client.get(f"{AT}walked/"))
    assert sorted(found) == sorted(ALL)
    assert [row[0] for row in found] == [row[0] for row in ALL]
    assert found[-2][1:3] == ["Not given", "Not given"]


@pytest.mark.parametrize(("role", "supports"), [("reader", 1), ("reviewer", 2)])
def test_others_count_by_kind_of_source_and_by_what_pages_call_a_speaker(client, theory, role, supports):
    sign_in(client, theory, role)
    heads, *rows, total = rows_of(client.get(f"{AT}walked/"))
    assert heads[:3] == ["CMOC", "Kind of source", "Speaker"]
    assert rows == [
        ["Title 1 CMOC 1", "Focus group", "Guest, Link workers", "0", "1", "0", "0", "1"],
        ["Title 1 CMOC 1", "Interview", "Guest, Link workers", str(supports), "0", "1", "0", str(supports + 1)],
        ["Title 1 CMOC 1", "Interview", "Not given", "1", "0", "0", "0", "1"],
        ["Title 2 CMOC 2", "Focus group", "Participant", "0", "0", "0", "1", "1"],
        ["Title 2 CMOC 2", "Interview", "Not given", "0", "0", "1", "0", "1"],
        ["Title 2 CMOC 2", "Not given", "Not given", "1", "0", "0", "0", "1"],
    ]
    assert total[-1] == str(supports + 5)
    page = client.get(f"{AT}walked/").content.decode()
    assert "anna" not in page
    assert "Talk one" not in page
    assert file_rows(client)[0][3:5] == ["Kind of source", "Speaker"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("cmoc=2&role=counters", [["Title 2 CMOC 2", "Talk one (t1)", "anna with bela"]]),
        ("person=bela", [["Title 1 CMOC 1", "Talk one (t1)", "anna with bela"], *[row[:3] for row in ALL[4:6]]]),
        ("source=t2&person=anna", [["Title 1 CMOC 1", "t2", "anna"]]),
        ("source=not-given", [["Title 2 CMOC 2", "Not given", "Not given"]]),
        ("source=t2&role=counters", []),
        ("role=", [row[:3] for row in ALL[1:-1]]),
    ],
)
def test_filters_hold_together_on_page_and_in_files(client, theory, query, found):
    sign_in(client, theory, "lead")
    page = client.get(f"{AT}walked/?{query}")
    assert sorted(row[:3] for row in rows_of(page)[1:-1]) == sorted(found)
    assert ("No quote fits these choices." in page.content.decode()) == (not found)
    in_csv = file_rows(client, f"?{query}")
    assert sorted([f"{row[2]} {row[1]}", *row[3:5]] for row in in_csv[1:]) == sorted(found)
    in_workbook = file_rows(client, f"?{query}", "xlsx")
    assert [[str(value) for value in row] for row in in_workbook] == in_csv


def test_file_has_what_the_page_has(client, theory):
    sign_in(client, theory, "curator")
    heads, *rows = file_rows(client)
    assert heads == ["Number", "CMOC", "Title", "Source", "Person", *ALL[0][3:]]
    assert sorted([f"{row[2]} {row[1]}", *row[3:]] for row in rows) == sorted(ALL[1:-1])
    response = client.get(f"{AT}walked/counts.xlsx")
    assert response.headers["Content-Disposition"] == 'attachment; filename="walked-counts-team.xlsx"'
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    assert {type(row[9]) for row in list(book["Counts"].iter_rows(values_only=True))[1:]} == {int}
    assert book["About"]["A2"].value == "The team’s copy: not for others"


@pytest.mark.parametrize("form", ["page", "csv", "xlsx"])
def test_value_that_is_not_there_is_refused_with_what_there_is(client, theory, form):
    sign_in(client, theory, "curator")
    address = f"{AT}walked/" if form == "page" else f"{AT}walked/counts.{form}"
    response = client.get(f"{address}?person=ann")
    assert response.status_code == 400
    text = response.content.decode().replace("&quot;", '"')
    assert '"ann" is not known here; did you mean "anna"?' in text


def test_who_is_not_in_the_team_finds_nothing(client, theory):
    client.force_login(MembershipFactory(role="lead").user)
    for address in (AT, f"{AT}walked/", f"{AT}walked/counts.csv"):
        assert client.get(address).status_code == 404


def test_long_table_is_shown_in_pages(client, theory, monkeypatch):
    monkeypatch.setattr("programmes.desk.quote_counts.ROWS", 4)
    sign_in(client, theory, "curator")
    page = client.get(f"{AT}walked/?cmoc=1&cmoc=2")
    assert "7 of 7 quotes in 6 rows; here 1 to 4" in words(page.content.decode())
    (onward,) = re.findall(r'href="([^"]*)" rel="next"', page.content.decode())
    following = client.get(f"{AT}walked/{onward.replace('&amp;', '&')}")
    both = [*rows_of(page)[1:-1], *rows_of(following)[1:-1]]
    assert sorted(both) == sorted(ALL[1:-1])


def test_tab_leads_to_the_theory_at_hand(client, theory):
    TheoryFactory(study=theory.study, slug="later", title="Later")
    sign_in(client, theory, "reader")
    assert client.get(AT).headers["Location"] == f"{AT}later/"
    page = client.get(f"{AT}walked/").content.decode()
    assert f'href="{AT}later/"' in page
    assert client.get(AT).headers["Location"] == f"{AT}walked/"


def test_study_without_theory_or_quotes_says_so(client):
    member = MembershipFactory(role="lead", study__slug="walks")
    client.force_login(member.user)
    assert "This study has no theory yet." in client.get(AT).content.decode()
    theory = TheoryFactory(study=member.study, slug="walked")
    said = "No quote bears on a CMOC of this theory yet, as far as you may read."
    assert said in client.get(f"{AT}walked/").content.decode()
    assert file_rows(client) == [["Number", "CMOC", "Title", "Source", "Person", *ALL[0][3:]]]
    assert theory.cmocs.count() == 0


@pytest.mark.parametrize("rows", [1, 3])
def test_number_of_queries_does_not_grow_with_rows(client, rows):
    theory = TheoryFactory(slug="walked", study__slug="walks")
    sign_in(client, theory, "curator")
    for number in range(rows):
        source = SourceFactory(study=theory.study)
        quote = QuoteFactory(study=theory.study, source=source)
        EvidenceFactory(cmoc=CMOCFactory(theory=theory, number=number + 1), quote=quote)
    client.get(f"{AT}walked/")  # from now on the session knows study and theory
    # who asks, for which study, in which role; the theory; its CMOCs; quotes of several people; the quotes
    with asks("session, user, study, membership, theory, cmoc, evidence, evidence"):
        assert len(file_rows(client)) == rows + 1


@pytest.mark.once
def test_counts_are_those_of_the_evidence_for_every_theory(client, universe):
    for theory in Theory.objects.select_related("study"):
        sign_in(client, theory, "curator")
        address = f"/desk/studies/{theory.study.slug}/quotes/{theory.slug}/counts.csv"
        heads, *rows = csv.reader(io.StringIO(client.get(address).content.decode()))
        standing = Evidence.objects.filter(cmoc__theory=theory).exclude(cmoc__status="retired")
        assert sum(int(row[-1]) for row in rows) == standing.count()
        assert client.get(address.removesuffix("counts.csv")).status_code == 200
        assert heads[-1] == "Quotes"
