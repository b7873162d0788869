"""What readers and programs see of what became of configurations."""

import re

import pytest

from programmes.actions.decisions import Decision
from programmes.actions.merge import merge
from programmes.actions.move import move_evidence
from programmes.actions.rename import rename
from programmes.actions.retire import retire
from programmes.actions.successors import Successor, rows_to_copy
from programmes.actions.undo import undo_decision
from programmes.models import CMOC, Evidence, Review
from tests.factories import UserFactory
from tests.views import every_view

THEORY = "/theories/thompson-2023/"


@pytest.fixture
def decision(demo):
    return Decision("Nobody could tell them apart.", UserFactory(first_name="Ada", last_name="Curator"))


def cmoc(number):
    return CMOC.objects.select_related("theory").get(theory__slug="thompson-2023", number=number)


@pytest.fixture
def merged(decision):
    both = [cmoc(3), cmoc(7)]
    takes = tuple(row for entry in both for row in rows_to_copy(entry))
    return merge(cmocs=both, into=Successor("Both", "Both are one.", takes), decision=decision)


def text_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.content.decode()))


def test_a_theory_without_decisions_says_so(demo, client):
    assert "No decision is kept here" in text_of(client, f"{THEORY}lineage/")


def test_every_decision_is_told(merged, decision, client):
    quote = Evidence.objects.get(cmoc=cmoc(5)).quote
    move_evidence(source=cmoc(5), target=cmoc(6), quotes=[quote], decision=decision)
    rename(cmoc=cmoc(2), title="Advocates", decision=decision)
    gone = retire(cmoc=cmoc(9), decision=decision)
    back = undo_decision(event=gone, decision=decision)
    undo_decision(event=back, decision=decision)
    text = text_of(client, f"{THEORY}lineage/")
    for sentence in (
        "CMOC 3 and CMOC 7 were merged into CMOC 13.",
        "A quote was moved from CMOC 5 to CMOC 6.",
        "Quotes: q09",
        f"CMOC 2 was renamed from “{cmoc(2).history.all()[1].title.replace(chr(39), '&#x27;')}” to “Advocates”.",
        "CMOC 9 was retired.",
        "Retirement 4 (taken back by decision 5)",
        "Retirement 4 was taken back.",
        "Taking back 5 was taken back.",
        "Nobody could tell them apart.",
        "Ada Curator",
        "6 other CMOCs stand as they were made",
    ):
        assert sentence in text, sentence


def test_the_picture_ends_and_begins_lines_as_the_decisions_say(merged, decision, client):
    first = retire(cmoc=cmoc(9), decision=decision)
    second = undo_decision(event=first, decision=decision)
    undo_decision(event=second, decision=decision)
    page = client.get(f"{THEORY}lineage/").context["page"]
    turns = [
        (column.turn.label, sorted(column.turn.begins), sorted(column.turn.ends), column.turn.undone)
        for column in page.picture.columns
    ]
    assert turns == [
        ("Merge 1", [13], [3, 7], False),
        ("Retirement 2, taken back", [], [9], True),
        ("Taking back 3, taken back", [9], [], True),
        ("Taking back 4", [], [9], False),
    ]


def led_to(*numbers, by):
    """Return what the API says of the CMOCs to which a decision led, or from which it came."""
    return [{"cmoc": f"thompson-2023:{number}", "decision": f"thompson-2023:{by}"} for number in numbers]


def test_a_retired_number_resolves_and_names_what_follows_it(merged, client):
    text = text_of(client, f"{THEORY}cmocs/3/")
    assert "This CMOC is retired. It lives on in CMOC 13: Both." in text
    assert "Not yet put to reviewers" not in text
    assert "Merge 1: CMOC 3 and CMOC 7 were merged into CMOC 13." in text
    assert "This CMOC is retired." not in text_of(client, f"{THEORY}cmocs/13/")
    rows = {number: client.get(f"/api/v1/cmocs/thompson-2023:{number}/").json() for number in (3, 7, 13, 1)}
    assert {number: (row["status"], row["predecessors"], row["successors"]) for number, row in rows.items()} == {
        3: ("retired", [], led_to(13, by=1)),
        7: ("retired", [], led_to(13, by=1)),
        13: (
            "candidate",
            [
                {"cmoc": "thompson-2023:3", "decision": "thompson-2023:1"},
                {"cmoc": "thompson-2023:7", "decision": "thompson-2023:1"},
            ],
            [],
        ),
        1: ("", [], []),
    }


def test_what_was_taken_back_leads_back(merged, decision, client):
    undo_decision(event=merged, decision=decision)
    assert "It lives on in CMOC 3: " in text_of(client, f"{THEORY}cmocs/13/")
    rows = {number: client.get(f"/api/v1/cmocs/thompson-2023:{number}/").json() for number in (3, 13)}
    assert [rows[3]["successors"], rows[13]["successors"]] == [
        [],
        [
            {"cmoc": "thompson-2023:3", "decision": "thompson-2023:2"},
            {"cmoc": "thompson-2023:7", "decision": "thompson-2023:2"},
        ],
    ]


def test_a_retirement_has_no_successor(decision, client):
    retire(cmoc=cmoc(9), decision=decision)
    assert "This CMOC is retired. It stays here as it stood" in text_of(client, f"{THEORY}cmocs/9/")


@pytest.mark.untraced
def test_picture_table_api_and_evidence_leave_retired_ones_out(merged, client):
    standing = {1, 2, 4, 5, 6, 8, 9, 10, 11, 12, 13}
    page = every_view(client, THEORY)
    assert {int(number) for number in re.findall(r"web-number[^>]*>CMOC (\d+)<", page)} == standing
    assert {int(number) for number in re.findall(r'<th scope="row"><a href="[^"]*/cmocs/(\d+)/">', page)} == standing
    assert "<strong>11</strong> of 11 CMOCs shown." in page

    def numbers(query, name="cmocs", field="number"):
        return {row[field] for row in client.get(f"/api/v1/{name}/?theory=thompson-2023{query}").json()["results"]}

    assert numbers("") == standing
    assert numbers("&status=retired") == {3, 7}
    assert numbers("&number=3") == {3}
    gone = {"thompson-2023:3", "thompson-2023:7"}
    for name in ("evidence", "caveats"):
        assert not numbers("", name, "cmoc") & gone
        assert numbers("&cmoc=3", name, "cmoc") == numbers("&cmoc=thompson-2023:3", name, "cmoc") == {"thompson-2023:3"}
    retired = every_view(client, f"{THEORY}?status=retired")
    assert {int(number) for number in re.findall(r"web-number[^>]*>CMOC (\d+)<", retired)} == {3, 7}
    assert retired.count(">retired</text>") == 2 * (1 + 3)  # in the picture, and in each of the paths that it lies on
    matrix = client.get(f"{THEORY}matrix/").context["page"]
    assert {row.cmoc.number for row in matrix.rows} == standing
    quotes = client.get(f"{THEORY}evidence/").context["page"]
    assert {entry.cmoc.number for row in quotes.rows for entry in row.evidence} <= standing
    assert quotes.found == 22
    of_retired = client.get(f"{THEORY}evidence/?cmoc=3").context["page"]
    assert [row.quote.key for row in of_retired.rows] == ["q06"]


def test_lineage_resource(merged, decision, client):
    quote = Evidence.objects.get(cmoc=cmoc(5)).quote
    move_evidence(source=cmoc(5), target=cmoc(6), quotes=[quote], decision=decision)
    one, two = client.get("/api/v1/lineage/?theory=thompson-2023&ordering=number").json()["results"]
    today = merged.signed_date.isoformat()
    assert one == {
        "id": "thompson-2023:1",
        "url": "http://testserver/api/v1/lineage/thompson-2023:1/",
        "html_url": "http://testserver/theories/thompson-2023/lineage/#decision-1",
        "modified": one["modified"],
        "version": 1,
        "number": 1,
        "kind": "merge",
        "reason": "Nobody could tell them apart.",
        "signed_by": "Ada Curator",
        "signed_date": today,
        "title_before": "",
        "title_after": "",
        "theory": "thompson-2023",
        "reverses": None,
        "steps": [
            {"status_before": "", "before": "thompson-2023:3", "after": "thompson-2023:13"},
            {"status_before": "", "before": "thompson-2023:7", "after": "thompson-2023:13"},
        ],
        "moves": [],
    }
    assert two["moves"] == [{"quote": "thompson-2023:q09"}]
    assert client.get("/api/v1/lineage/thompson-2023:1/").json() == one
    for query, found in (("cmoc=7", [1]), ("cmoc=6", [2]), ("kind=move", [2]), ("number=1", [1])):
        rows = client.get(f"/api/v1/lineage/?{query}").json()["results"]
        assert [row["number"] for row in rows] == found, query


def test_reviews_of_earlier_wordings_are_shown_with_what_changed(demo, client):
    row = cmoc(5)
    Review.objects.create(
        cmoc=row,
        number=1,
        verdict="agree",
        signed_by="Ben",
        signed_date="2026-01-02",
        wording=["title: Trust"],
    )
    text = text_of(client, row.get_absolute_url())
    assert "1 review of earlier wordings, and what changed since" in text
    assert "Ben, 2 January 2026, of an earlier wording" in text
    (given,) = client.get("/api/v1/cmocs/thompson-2023:5/").json()["reviews"]
    assert given == {
        "number": 1,
        "verdict": "agree",
        "comment": "",
        "signed_by": "Ben",
        "signed_date": "2026-01-02",
        "wording": ["title: Trust"],
    }
