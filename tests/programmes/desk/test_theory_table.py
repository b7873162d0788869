"""The theory as a table that is worked in: cells, rows, several at once, pasted ones; with scripts and without."""

import json
import re

import lxml.html
import pytest
from django.contrib.auth.models import User as Person
from django.urls import reverse

from programmes.actions.review import review, stored_wording
from programmes.desk import theory_table
from programmes.desk.who_wrote import who_wrote
from programmes.models import CMOC, BenchAct, Membership, Review, Theory
from programmes.transcripts.read import checksum
from tests.factories import (
    CMOCContextFactory,
    CMOCFactory,
    CMOCGroupFactory,
    CMOCMechanismFactory,
    ContextFactory,
    EvidenceFactory,
    MechanismFactory,
    ParticipantFactory,
    QuoteFactory,
    ReviewFactory,
    SourceFactory,
    TheoryFactory,
    UserFactory,
)
from tests.queries import asks

pytestmark = pytest.mark.django_db
TEXT = "P1: For him, walking in with the doctor was the worst thing of all that anybody there had done to him."


@pytest.fixture
def theory():
    theory = TheoryFactory(slug="walk", title="Walk", visibility="private", study__slug="links", study__title="Links")
    group = CMOCGroupFactory(theory=theory, number=1, heading="Comes back")
    first = CMOCFactory(theory=theory, number=1, title="Not a test", statement="When nobody tests, they come.")
    CMOCContextFactory(
        cmoc=first, context=ContextFactory(theory=theory, label="Nobody tests"), wording="nobody tests", position=1
    )
    CMOCMechanismFactory(
        cmoc=first, mechanism=MechanismFactory(theory=theory, label="Relief", kind="reasoning"), position=1
    )
    CMOCFactory(theory=theory, number=2, title="Time", statement="", group=group, mechanism_absence="not-stated")
    CMOCFactory(theory=theory, number=3, status="retired")
    source = SourceFactory(study=theory.study, text=TEXT, sha256=checksum(TEXT))
    who = ParticipantFactory(study=theory.study, pseudonym="P1")
    quote = QuoteFactory(study=theory.study, source=source, participant=who, text=TEXT[4:], start=4, end=len(TEXT))
    EvidenceFactory(cmoc=first, quote=quote, role="counters", position=1)
    for position, quote in enumerate(
        QuoteFactory.create_batch(3, study=theory.study, participant=None, consent="not-required"), 2
    ):
        EvidenceFactory(cmoc=first, quote=quote, role="counters" if position < 4 else "refines", position=position)
    return theory


@pytest.fixture
def signed_in(theory, client):
    def sign_one_in(role):
        user = UserFactory(username=role, first_name=role.capitalize(), last_name="")
        Membership.objects.create(study=theory.study, user=user, role=role)
        client.force_login(user)
        return user

    return sign_one_in


@pytest.fixture
def curator(signed_in):
    return signed_in("curator")


TABLE = "/desk/studies/links/table/walk/"


def rows_in(html):
    """Return the rows of a table: what its cells show, and which row it is."""
    return {
        row.get("id"): [" ".join(cell.text_content().split()) for cell in row.xpath("./td")]
        for row in lxml.html.fromstring(html).xpath("//tr[@id]")
    }


def cell(number, column, text, **more):
    return f"{TABLE}rows/{number}/cells/", {"column": column, "text": text, **more}


def sent(client, address, data):
    """Send an act as the script does; return the status and the answer."""
    answer = client.post(address, data, headers={"X-Bench-Fragment": "1"})
    is_json = answer.headers["Content-Type"] == "application/json"
    return answer.status_code, json.loads(answer.content) if is_json else answer.content.decode()


def test_each_cmoc_is_a_row(curator, client):
    page = client.get("/desk/studies/links/table/", follow=True)
    assert page.redirect_chain == [(TABLE, 302)]
    assert rows_in(page.content) == {
        "row-2": [
            "Time",
            *("not written yet", "not written yet", "Not stated", "not written yet"),
            *("none", "none yet", ""),
        ],
        "row-1": [
            "Not a test",
            "When nobody tests, they come.",
            "Nobody tests",
            "Relief reasoning",
            "not written yet",
            "1",
            "3“For him, walking in with the doctor was the worst thing of all that …” P1“They model hope.”",
            "",
        ],
    }
    text = " ".join(lxml.html.fromstring(page.content).text_content().split())
    assert "2 CMOCs · 1 quote for, 3 against" in text
    assert "3 quotes on 1 CMOC" in text
    assert "Comes back 1 CMOC" in text
    assert "Under no heading 1 CMOC" in text


def test_who_does_not_curate_reads_the_table(signed_in, client):
    signed_in("reviewer")
    page = client.get(TABLE).content.decode()
    assert rows_in(page)["row-1"][6].startswith(
        "3“For him, walking in with the doctor was the worst thing of all that …”“"
    )
    assert not {"<form id=", "table.js", "t-new", 'type="checkbox"'} & {
        word for word in ("<form id=", "table.js", "t-new", 'type="checkbox"') if word in page
    }
    for address, data in (cell(1, "title", "X"), (f"{TABLE}rows/", {"column": "title", "text": "X"})):
        assert client.post(address, data).status_code == 403
    assert client.get("/desk/studies/links/table/other/").status_code == 404
    Theory.objects.all().delete()
    assert "No theory yet" in client.get("/desk/studies/links/table/").content.decode()


def test_a_cell_is_written_and_its_row_comes_back(curator, client):
    status, answer = sent(client, *cell(2, "context", "A quiet room\nAn hour", was=""))
    assert (status, sorted(answer), list(answer["rows"]), answer["made"]) == (
        200,
        ["foot", "made", "rows", "said"],
        ["2"],
        None,
    )
    assert rows_in(f"<table>{answer['rows']['2']}</table>")["row-2"][2] == "A quiet roomAn hour"
    assert "Changed a part of 2 Time" in answer["foot"]
    status, answer = sent(client, *cell(2, "title", "Time", was="Time"))  # as it is
    assert (status, BenchAct.objects.count(), sorted(answer)) == (200, 1, ["body", "foot", "made", "said"])
    status, answer = sent(client, *cell(2, "group", ""))  # rows may stand elsewhere
    assert (status, list(rows_in(f"<table>{answer['body']}</table>"))) == (200, ["row-1", "row-2"])
    for address, data, said in (
        (*cell(2, "colour", "red"), "There is no such column in this table."),
        (*cell(2, "status", "retired"), "“retired” is no status. Write one of"),
        (*cell(2, "title", "x" * 301), "at most 300"),
    ):
        status, answer = sent(client, address, data)
        assert (status, said in answer) == (409, True), answer
    assert sent(client, *cell(3, "title", "X"))[0] == 404  # it is retired


def test_both_texts_are_shown_where_somebody_else_wrote_into_the_cell(curator, client):
    CMOC.objects.get(number=1).save()  # another cell of the row stands in nobody's way
    assert sent(client, *cell(1, "title", "Mine", was="Not a test"))[0] == 200
    status, answer = sent(client, *cell(1, "title", "Yours", was="Not a test"))
    page = lxml.html.fromstring(answer)
    form = {field.get("name"): field.get("value") or field.text for field in page.xpath("//form//*[@name]")}
    assert status == 409
    assert "Somebody else has written into this cell since you read it" in page.text_content()
    assert re.search(r"Curator, \d\d:\d\d", page.text_content())
    assert {name: form[name] for name in ("column", "was", "text")} == {
        "column": "title",
        "was": "Mine",
        "text": "Yours",
    }
    assert sent(client, *cell(1, "title", form["text"], was=form["was"]))[0] == 200
    assert CMOC.objects.get(number=1).title == "Yours"


def test_a_reason_is_asked_once_others_have_read_it(curator, client):
    ReviewFactory(cmoc=CMOC.objects.get(number=1))
    status, answer = sent(client, *cell(1, "title", "Changed"))
    assert (status, "say why you change it" in answer) == (422, True)
    assert sent(client, *cell(1, "title", "Changed", reason="A better word"))[0] == 200
    assert CMOC.objects.get(number=1).history.first().history_change_reason == "A better word"
    assert sent(client, *cell(2, "title", "Changed"))[0] == 200
    assert CMOC.objects.get(number=2).history.first().history_change_reason == "Working at the bench"


def test_a_row_is_begun(curator, client):
    status, answer = sent(client, f"{TABLE}rows/", {"column": "title", "text": "Walk before talk"})
    assert (status, answer["made"], answer["said"]) == (200, 4, "Made CMOC 4.")
    assert rows_in(f"<table>{answer['rows']['4']}</table>")["row-4"][0] == "Walk before talk"
    assert sent(client, f"{TABLE}rows/", {"column": "title", "text": " "})[0] == 409
    sent(client, f"{TABLE}undo/", {})
    assert not CMOC.objects.filter(number=4).exists()
    answer = sent(client, f"{TABLE}redo/", {})[1]
    assert "row-4" in answer["body"]


def test_rows_are_put_elsewhere(curator, client):
    CMOC.objects.update(group=None)
    status, answer = sent(client, f"{TABLE}order/", {"number": "2", "before": "1"})
    assert (status, list(rows_in(f"<table>{answer['body']}</table>"))) == (200, ["row-2", "row-1"])
    assert sent(client, f"{TABLE}order/", {"number": "2", "before": "1"})[0] == 200  # it stands there
    assert BenchAct.objects.count() == 1
    sent(client, f"{TABLE}order/", {"number": "2", "before": ""})
    assert Theory.objects.get().cmoc_order == ["1", "2"]
    sent(client, f"{TABLE}undo/", {})
    assert Theory.objects.get().cmoc_order == ["2", "1"]
    assert sent(client, f"{TABLE}order/", {"number": "9", "before": ""})[0] == 404
    assert sent(client, f"{TABLE}order/", {"number": "2", "before": "3"})[0] == 404
    other = CMOCFactory(theory=Theory.objects.get(), number=8)
    CMOC.objects.filter(pk=other.pk).update(status="retired")
    assert sent(client, f"{TABLE}order/", {"number": "8", "before": "1"})[0] == 404


def test_several_rows_are_changed_at_once(curator, client):
    def chosen(*numbers, **data):
        return sent(client, f"{TABLE}chosen/", {"chosen": numbers, **data})

    assert chosen(1, 2, do="status", status="refined")[0] == 200
    assert chosen(1, 2, do="status", status="refined")[0] == 200  # both are already
    assert set(CMOC.objects.exclude(number=3).values_list("status", flat=True)) == {"refined"}
    assert chosen(1, do="group", heading="comes BACK")[0] == 200
    assert CMOC.objects.get(number=1).group.heading == "Comes back"
    status, answer = chosen(1, 2, do="ask")
    assert (status, answer["said"]) == (200, "Put to reviewers: CMOC 1, CMOC 2.")
    assert chosen(1, 2, do="status", status="supported")[0] == 422  # others read them now
    for data, said in (
        ({"do": "status", "status": "lost"}, "say why"),
        ({"do": "dance"}, "Choose what is to be done with these rows."),
    ):
        status, answer = chosen(1, **data)
        assert (status in {409, 422}, said in answer) == (True, True), answer
    assert "Tick the rows first." in chosen(do="ask")[1]
    assert chosen(1, do="retire")[0] == 422
    status, answer = chosen(1, do="retire", reason="Nobody said so.")
    assert (status, answer["said"]) == (200, "Retired: CMOC 1. It can be taken back under Decisions.")
    assert list(rows_in(f"<table>{answer['body']}</table>")) == ["row-2"]


def test_chosen_rows_are_merged_on_the_screen_for_it(curator, client):
    answer = client.post(f"{TABLE}chosen/", {"chosen": ["1", "2", "x"], "do": "merge"})
    keys = CMOC.objects.filter(number__in=[1, 2]).order_by("number").values_list("pk", flat=True)
    query = "&".join(f"cmoc={key}" for key in keys)
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        f"{reverse('admin:programmes_cmoc_merge')}?{query}",
    )


def test_rows_are_pasted(curator, client):
    text = "Title\tContext\tColour\r\nAn hour\tA quiet room\tred\r\nA walk\tA path\t\r\n"
    status, answer = sent(client, f"{TABLE}paste/", {"text": text, "number": "1", "column": "title"})
    assert (status, answer["said"]) == (200, "Pasted 2 rows. 1 cell had no column here and was left out.")
    assert {row: cells[:3] for row, cells in rows_in(f"<table>{answer['body']}</table>").items()} == {
        "row-2": ["Time", "not written yet", "not written yet"],
        "row-1": ["An hour", "When nobody tests, they come.", "A quiet room"],
        "row-4": ["A walk", "not written yet", "A path"],
    }
    status, answer = sent(client, f"{TABLE}paste/", {"text": "Alone"})
    assert (status, answer["said"], CMOC.objects.get(number=5).title) == (200, "Pasted 1 row.", "Alone")
    sent(client, f"{TABLE}undo/", {})
    sent(client, f"{TABLE}undo/", {})
    assert list(CMOC.objects.order_by("number").values_list("title", flat=True))[:2] == ["Not a test", "Time"]
    for data, said in (
        ({"text": " \n"}, "There are no rows in this."),
        ({"text": "A", "column": "status"}, "Rows are pasted at a title, a statement or a part."),
        ({"text": f"A\n{'x' * 301}"}, "Row 2: "),
    ):
        status, answer = sent(client, f"{TABLE}paste/", data)
        assert (status, said in answer) == (409, True), answer
    assert CMOC.objects.count() == 3


def test_a_row_is_a_form_without_scripts(curator, client):
    address = f"{TABLE}rows/1/"
    page = lxml.html.fromstring(client.get(address).content)
    form = next(form for form in page.forms if "cell-title" in form.inputs.keys())  # noqa: SIM118  it is no dictionary
    data = dict(form.form_values())
    data |= {"cell-title": "Nobody keeps score", "cell-outcome": "Says what is wrong", "before": "2"}
    assert client.post(address, data).headers["Location"] == f"{TABLE}#row-1"
    page = client.get(TABLE)
    rows = rows_in(page.content)
    assert list(rows) == ["row-1", "row-2"]
    assert (rows["row-1"][0], rows["row-1"][4]) == ("Nobody keeps score", "Says what is wrong")
    client.post(address, data | {"before": "", "was-title": "Nobody keeps score"})  # all is so already
    client.post(address, {"before": "last"})
    assert list(rows_in(client.get(TABLE).content)) == ["row-2", "row-1"]
    data |= {"cell-title": "Yours", "was-title": "Not a test"}
    refused = client.post(address, data)
    assert (refused.status_code, CMOC.objects.get(number=1).title) == (409, "Nobody keeps score")
    assert client.get(f"{TABLE}rows/3/").status_code == 404


def test_acts_come_back_to_the_table_without_scripts(curator, client):
    for address, data, place in (
        (*cell(1, "title", "Better"), "#row-1"),
        (f"{TABLE}undo/", {}, "#row-1"),
        (f"{TABLE}sitting/", {"reason": "Tidying"}, ""),
    ):
        assert client.post(address, data).headers["Location"] == f"{TABLE}{place}"
    assert "Tidying" in client.get(TABLE).content.decode()
    refused = client.post(*cell(1, "status", "retired"))
    assert (refused.status_code, "Nothing was saved yet" in refused.content.decode()) == (409, True)


def test_how_far_reviews_are(curator, client):
    def told():
        return rows_in(client.get(TABLE).content)["row-1"][-1]

    cmoc = CMOC.objects.get(number=1)
    client.post(reverse("admin:programmes_cmoc_review", args=[cmoc.pk]), {"ask": "yes"})
    assert told() == "asked, 0 of 1"
    reviewer = UserFactory()
    Membership.objects.create(study=cmoc.theory.study, user=reviewer, role="reviewer")
    cmoc = CMOC.objects.get(number=1)
    review(cmoc=cmoc, read=stored_wording(cmoc, reviewer), verdict="agree", comment="", by=reviewer)
    assert told() == "agreed by 1"
    Review.objects.update(verdict="disagree", comment="No.")
    assert told() == "disputed"


def test_columns_are_those_of_the_form(curator, client):
    Theory.objects.update(form="icamo")
    page = lxml.html.fromstring(client.get(TABLE).content)
    heads = [head.text_content() for head in page.xpath("//thead//th")]
    assert [head for head in heads if head.startswith(("Inter", "Cont", "Actor", "Mech", "Outc"))] == [
        "Interventionwhat is done",
        "Contextin what circumstances",
        "Actorwho acts",
        "Mechanismwhy",
        "Outcomewhat follows",
    ]
    Theory.objects.update(form="narrative")
    CMOC.objects.all().delete()
    page = lxml.html.fromstring(client.get(TABLE).content)
    assert len(page.xpath("//thead//th")) == 6


def test_queries_of_the_table(curator, client):
    client.get(TABLE)
    with asks(
        "session, user, study, membership, theory, theory, "  # who asks, and the theory at hand
        "cmoc, cmoccontext + 8, review, evidence, evidence, "  # the rows
        "theory, count evidence, cmocgroup, benchact, quote"  # the head and the frame
    ):
        client.get(TABLE)


def test_long_table_comes_in_pieces_that_are_the_whole(curator, client, monkeypatch):
    monkeypatch.setattr(theory_table, "ROWS_AT_ONCE", 2)
    theory = Theory.objects.get()
    for number in (4, 5, 6):
        CMOCFactory(theory=theory, number=number, title=f"More {number}")
    first = client.get(TABLE).content.decode()
    assert (list(rows_in(first)), "Rows before" in first) == (["row-2", "row-1"], False)
    assert "5 CMOCs · 1 quote for, 3 against" in " ".join(lxml.html.fromstring(first).text_content().split())
    assert 'href="/desk/studies/links/table/walk/?from=3" data-rest>Rows 3 to 4 of 5</a>' in first
    second = client.get(f"{TABLE}?from=3").content.decode()
    assert (list(rows_in(second)), "Under no heading" in second) == (["row-4", "row-5"], True)
    assert f'<a href="{TABLE}">Rows before 3</a>' in second
    last = client.get(f"{TABLE}?from=5").content.decode()
    assert (list(rows_in(last)), "data-rest" in last) == (["row-6"], False)
    assert f'<a href="{TABLE}?from=3">Rows before 5</a>' in last
    piece = client.get(f"{TABLE}?from=3", headers={"X-Bench-Fragment": "1"}).content.decode()
    assert (list(rows_in(f"<table>{piece}</table>")), "t-head" in piece) == (["row-4", "row-5"], False)
    assert "Under no heading" not in piece  # it stands above the row before
    assert "data-rest" not in client.get(f"{TABLE}?from=99").content.decode()


def test_who_wrote_a_cell_is_known_by_the_state_that_says_so_first(curator, client):
    cmoc = CMOC.objects.get(number=1)
    assert who_wrote(cmoc, "title") == ""  # of what was there before anybody wrote here
    for column, text in (("title", "New"), ("statement", "Other."), ("context", "Winter"), ("group", "Late")):
        assert sent(client, *cell(1, column, text))[0] == 200
    told = [who_wrote(CMOC.objects.get(number=1), column) for column in ("title", "context", "group", "mechanism")]
    name = curator.get_full_name() or curator.get_username()
    assert [each.rpartition(", ")[0] for each in told] == [name, name, name, ""]
    Person.objects.filter(pk=curator.pk).update(first_name="", last_name="")
    assert who_wrote(CMOC.objects.get(number=1), "title").startswith(f"{curator.username}, ")
    CMOC.history.all().delete()
    assert who_wrote(cmoc, "title") == ""
