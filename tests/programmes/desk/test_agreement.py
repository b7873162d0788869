"""Two codings of a source beside each other, in the admin."""

import datetime as dt
import re

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from programmes.actions.code_blind import code_blind, finish_blind_coding, start_blind_coding
from programmes.models import Evidence, Membership, Quote
from programmes.transcripts.read import checksum
from programmes.vocabulary import EvidenceRole
from tests.factories import (
    CMOCFactory,
    SecondCodeFactory,
    SecondCodingFactory,
    SourceFactory,
    TheoryFactory,
    UserFactory,
)
from tests.queries import asks

LINES = [
    "I: How was it?",
    "P3: It was good to meet somebody like me.",
    "",
    "I: And then?",
    "P3: We talked every week.",
    "P3: I did not like the room.",
    "I: Thank you.",
]
TEXT = "\n".join(LINES)


@pytest.fixture
def theory(db):
    return TheoryFactory(title="Peer support")


@pytest.fixture
def source(theory):
    return SourceFactory(study=theory.study, text=TEXT, sha256=checksum(TEXT), key="interview1", title="Interview 1")


@pytest.fixture
def cmocs(theory):
    return [CMOCFactory(theory=theory, number=number, title=title) for number, title in ((3, "=Hope"), (4, "Trust"))]


def person(source):
    user = UserFactory(is_staff=True, first_name="Ada", last_name="Reader")
    user.groups.add(Group.objects.get(name="Curator"))
    Membership.objects.create(study=source.study, user=user, role="curator")
    return user


@pytest.fixture
def first_analyst(source):
    return person(source)


@pytest.fixture
def analyst(client, source):
    user = person(source)
    client.force_login(user)
    return user


def span(line, last=None):
    """Return where the words of lines stand, counted from 1."""
    start = sum(len(entry) + 1 for entry in LINES[: line - 1])
    return start, start + len("\n".join(LINES[line - 1 : last or line]))


def code_first(source, cmoc, place, role="supports", by=None):
    """Code a passage as the coding screen does, by somebody."""
    start, end = place
    quote = Quote(study=source.study, key=f"q{Quote.objects.count() + 1}", source=source, start=start, end=end)
    quote.text = TEXT[start:end]
    quote._history_user = by
    quote.save()
    evidence = Evidence(quote=quote, cmoc=cmoc, role=role)
    evidence._history_user = by
    evidence.save()
    return evidence


def code_second(source, by, *codes):
    """Code a source blind, and finish."""
    coding = start_blind_coding(source=source, by=by)
    for cmoc, place, role in codes:
        code_blind(source=source, coding=coding.pk, span=place, role=EvidenceRole(role), cmocs=[cmoc], by=by)
    return finish_blind_coding(source=source, coding=coding.pk, by=by)


@pytest.fixture
def compared(source, cmocs, first_analyst, analyst):
    """CMOC 3: one line alike, one in which the roles differ, one of the second; CMOC 4: two lines of the first."""
    hope, trust = cmocs
    code_first(source, hope, span(2), by=first_analyst)
    code_first(source, hope, span(6), by=first_analyst)
    code_first(source, trust, span(4, 5), by=first_analyst)
    return code_second(source, analyst, (hope, span(2), "supports"), (hope, span(5, 6), "counters"))


def screen(source, query=""):
    return reverse("admin:programmes_source_agreement", args=[source.pk]) + query


def words(text):
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def rows(page):
    """Return the cells of every table of a page."""
    found = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    return [[words(cell) for cell in re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row, re.DOTALL)] for row in found]


def test_table_and_differences(client, source, compared):
    page = client.get(screen(source)).content.decode()
    assert rows(page) == [
        ["CMOC", "Both", "Only first", "Only second", "Share in both", "Alpha, coded lines", "Alpha, all lines"],
        ["CMOC 3: =Hope (Peer support)", "2", "0", "1", "67%", "0.53", "0.69"],
        ["CMOC 4: Trust (Peer support)", "0", "2", "0", "0%", "−0.17", "−0.10"],  # noqa: RUF001  a minus
        ["All CMOCs (a line counts once for each)", "2", "2", "1", "40%", "0.29", "0.42"],
        ["Lines", "CMOC", "First coding", "Second coding"],
        ["4–5", "CMOC 4", "supports", "nothing"],
        ["5", "CMOC 3", "nothing", "counters"],
        ["6", "CMOC 3", "supports", "counters"],
    ]
    text = words(page)
    assert "4 of 6 lines with words are coded, in one coding or in both." in text
    assert "Two codings by different people (inter-coder agreement)." in text
    assert '<a href="#line-4">4–5</a>' in page


def test_both_codings_in_the_transcript(client, source, compared):
    page = client.get(screen(source)).content.decode()
    assert re.findall(r'<span class="((?:only|both)-\w+)">(.*?)</span>', page)[4:] == [
        ("both-alike", LINES[1]),
        ("only-first", LINES[3]),
        ("both-differ", LINES[4]),
        ("both-alike", LINES[5]),
    ]
    assert re.findall(r'<span class="flag">(.*?)</span>', page) == [
        "first: supports CMOC 3",
        "second: supports CMOC 3",
        "first: supports CMOC 4",
        "second: counters CMOC 3",
        "first: supports CMOC 3",
    ]


def test_passage_of_the_second_alone_is_told(client, source, cmocs, analyst):
    code_second(source, analyst, (cmocs[0], span(2), "supports"))
    page = client.get(screen(source)).content.decode()
    assert f'<span class="only-second">{LINES[1]}</span>' in page
    assert "Nobody had coded this source before." in words(page)
    assert rows(page)[1][4:] == ["0%", "cannot be told: no coded line lacks the code", "0.00"]


def test_nothing_coded_by_either(client, source, analyst):
    code_second(source, analyst)
    page = client.get(screen(source)).content.decode()
    assert rows(page) == [
        ["CMOC", "Both", "Only first", "Only second", "Share in both", "Alpha, coded lines", "Alpha, all lines"],
        ["All CMOCs (a line counts once for each)", "0", "0", "0", "–"] + ["cannot be told: no line was coded"] * 2,
    ]
    assert "Nowhere: on every line both say the same." in words(page)
    assert "0 of 6 lines" in words(page)


def test_table_as_csv(client, source, compared):
    response = client.get(screen(source, "?coding=1&format=csv"))
    assert response["Content-Disposition"] == 'attachment; filename="interview1-agreement-1.csv"'
    assert response.content.decode().splitlines() == [
        "CMOC,Title,Theory,Lines in both codings,Lines in the first only,Lines in the second only,Share in both,"
        "Alpha over coded lines,Coded lines,Alpha over all lines,All lines",
        "CMOC 3,'=Hope,Peer support,2,0,1,0.6667,0.5333,4,0.6857,6",
        "CMOC 4,Trust,Peer support,0,2,0,0.0,-0.1667,4,-0.1,6",
        "All CMOCs,,,2,2,1,0.4,0.2857,8,0.4202,12",
    ]


def test_table_as_csv_says_what_cannot_be_told(client, source, analyst):
    code_second(source, analyst)
    told = "cannot be told: no line was coded"
    lines = client.get(screen(source, "?format=csv")).content.decode().splitlines()
    assert lines[1:] == [f"All CMOCs,,,0,0,0,,{told},0,{told},0"]


def test_first_coding_is_taken_as_it_stood_then_or_as_it_stands_now(client, source, cmocs, compared, first_analyst):
    Evidence.objects.filter(cmoc=cmocs[1]).get().delete()
    changed = Evidence.objects.get(quote__start=span(6)[0])
    changed.role = "counters"
    changed.save()
    code_first(source, cmocs[1], span(7), by=first_analyst)
    then = rows(client.get(screen(source)).content.decode())
    now = rows(client.get(screen(source, "?first=now")).content.decode())
    assert [row[0] for row in then[5:]] == ["4–5", "5", "6"]
    assert now[5:] == [["5", "CMOC 3", "nothing", "counters"], ["7", "CMOC 4", "supports", "nothing"]]


def test_what_is_no_passage_of_the_source_any_more_does_not_count(client, source, cmocs, analyst, first_analyst):
    evidence = code_first(source, cmocs[0], span(2), by=first_analyst)
    quote = evidence.quote
    quote.start, quote.end, quote.locator = None, None, "p. 3"
    quote.save()
    moved = code_first(source, cmocs[0], span(4), by=first_analyst).quote
    moved.source = SourceFactory(study=source.study, text=TEXT, sha256=checksum(TEXT))
    moved.save()
    code_second(source, analyst)
    assert "0 of 6 lines" in words(client.get(screen(source)).content.decode())


def test_codes_of_a_cmoc_that_was_deleted_are_gone_from_both(client, source, cmocs, compared):
    Evidence.objects.filter(cmoc=cmocs[1]).delete()
    cmocs[1].delete()
    page = rows(client.get(screen(source)).content.decode())
    assert [row[0] for row in page[1:3]] == ["CMOC 3: =Hope (Peer support)", "All CMOCs (a line counts once for each)"]


@pytest.mark.parametrize(
    ("makers", "sentence"),
    [
        (["analyst"], "Same person: both codings are by one analyst."),
        (["analyst", "other"], "Partly the same person: who coded blind had also made some of the first codes."),
        (["other"], "Two codings by different people (inter-coder agreement)."),
        (["other", None], "It is not recorded for every code who made it, so the two may be by one person."),
    ],
)
def test_whether_the_two_are_by_one_person_is_said(client, source, cmocs, analyst, first_analyst, makers, sentence):
    people = {"analyst": analyst, "other": first_analyst, None: None}
    for line, maker in enumerate(makers, 1):
        code_first(source, cmocs[0], span(line), by=people[maker])
    code_second(source, analyst, (cmocs[0], span(2), "supports"))
    assert sentence in words(client.get(screen(source)).content.decode())


def test_coding_of_an_account_that_is_gone(client, source, cmocs, compared, analyst):
    client.force_login(person(source))
    analyst.delete()
    page = words(client.get(screen(source)).content.decode())
    assert "It is not recorded for every code who made it" in page
    assert "Second coding 1 by Ada Reader" in page


def test_which_second_coding_is_chosen(client, source, cmocs, compared, first_analyst):
    code_second(source, first_analyst, (cmocs[1], span(7), "refines"))
    start_blind_coding(source=source, by=first_analyst)
    newest, first = (client.get(screen(source, query)).content.decode() for query in ("", "?coding=1"))
    assert re.findall(r'<option value="(\d)"( selected)?>', newest) == [("1", ""), ("2", " selected")]
    assert re.findall(r'<option value="(\d)"( selected)?>', first) == [("1", " selected"), ("2", "")]
    assert ["7", "CMOC 4", "nothing", "refines"] in rows(newest)
    assert ["7", "CMOC 4", "nothing", "refines"] not in rows(first)


@pytest.mark.parametrize("number", ["3", "x", "-1", "1 ", "9" * 5000])
def test_second_coding_that_is_not_there(client, source, compared, number):
    response = client.get(screen(source), {"coding": number})
    assert response.status_code == 404
    page = words(response.content.decode())
    assert "There is no finished blind coding" in page
    assert "Second coding 1 by Ada Reader" in page


def test_nothing_to_compare_yet(client, source, analyst):
    SecondCodingFactory(source=source)
    response = client.get(screen(source))
    assert response.status_code == 200
    assert "nobody has finished a blind coding of this source" in words(response.content.decode())


def test_queries_do_not_grow(client, source, theory, analyst):
    coding = SecondCodingFactory(source=source, finished_date=dt.date(2026, 1, 3))
    client.get(screen(source))  # and its study is at hand
    for number in range(3):
        code_first(source, CMOCFactory(theory=TheoryFactory(study=theory.study)), span(number + 4))
        SecondCodeFactory(coding=coding, start=number, cmoc=CMOCFactory(theory=theory))
        if number != 1:
            with asks(
                "session, user, source, permission, permission, any source, study, secondcoding, secondcoding, "
                "historicalsecondcoding, historicalquote, historicalevidence, secondcode, cmoc, speaker, "
                "membership, study"
            ):
                client.get(screen(source))
