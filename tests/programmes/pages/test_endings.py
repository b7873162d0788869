"""Every public page as data: the endings of all pages, and what stands there."""

import csv
import datetime as dt
import io
import json
import time

import pytest
from django.urls import reverse
from knox.models import AuthToken

from programmes.api.endings import exact_value, resource_of
from programmes.api.telling import tell_everything
from programmes.models import CMOC, Intervention, Quote
from programmes.package.covered_words import left_or_changed
from programmes.pages.as_data import MEDIA_TYPES, RecordsShown
from tests.realist.test_access_walk import ARGUMENTS, patterns

# Pages without a page as data, and why.
APART = {
    "front-door": "a form that leads to a theory",
    "appendix-choices": "a form that leads to a file",
    "components": "invented content, for those who build the site",
}
WITHOUT_TABLE = {"accessibility": "a text", "memo": "one memo; the memos of its study are the table"}
ROOMS_APART = ("admin/", "desk/", "api/", "static/", "packages/")
SAMPLES = {
    "theory": "breakfast", "study": "breakfast-2024", "survey": "breakfast-parents", "cmoc": 1, "service": "01",
    "quote": "cook-belly", "context": "hungry-mornings", "mechanism": "full-stomach", "outcome": "attention",
    "memo": "whole",
}  # fmt: skip


def pages():
    """Return the address of each page of the site that is for everybody, by its name."""
    return {
        entry.name: entry
        for route, entry in patterns()
        if (route == "" or route.endswith("/")) and not route.startswith(ROOMS_APART)
    }


def test_every_page_has_its_endings_or_a_reason(universe):
    names = {entry.name for _, entry in patterns()}
    found = pages()

    assert len(found) > 25
    assert {name for name in found if f"{name}.json" not in names} == {*APART}
    assert {name for name in found if f"{name}.metadata.json" not in names} == {*APART}
    assert {name for name in found if f"{name}.csv" not in names} == {*APART, *WITHOUT_TABLE}


def addresses():
    for name in pages():
        if name in APART:
            continue
        kinds = ARGUMENTS.get(name, ())
        if name in {"strategy", "intervention"}:
            yield name, {"strategy": ["gardens-first", "shed"], "intervention": ["discharge", "card"]}[name]
        else:
            yield name, [SAMPLES[kind] for kind in kinds]


@pytest.mark.parametrize(("name", "arguments"), list(addresses()))
def test_page_answers_with_each_ending(accounts, client, name, arguments):
    client.force_login(accounts["reader"])
    page = client.get(reverse(name, args=arguments))
    assert page.status_code == 200
    for ending in ("json", "metadata.json", "csv"):
        if ending == "csv" and name in WITHOUT_TABLE:
            continue
        response = client.get(reverse(f"{name}.{ending}", args=arguments))
        assert response.status_code == 200, (name, ending)
        assert response["ETag"]
        assert f'<{reverse(f"{name}.{ending}", args=arguments)}>; rel="alternate"' in page["Link"]


def table(text):
    head, *rows = csv.reader(io.StringIO(text))
    return [dict(zip(head, row, strict=True)) for row in rows]


def of(client, address, **headers):
    return client.get(address, headers=headers)


SOURCE = {
    "study": "gardens",
    "title": "Community gardens on prescription",
    "citation": "",
    "doi": "",
    "licence": "",
    "licence_url": "",
    "licence_note": "",
    "html_url": "http://testserver/studies/gardens/",
}


def test_list_of_theories_is_told_whole(load_theory, client):
    load_theory("gardens-first", "gardens")
    row = client.get("/api/v1/theories/").json()["results"][0]

    assert of(client, "/theories.json").json() == {
        "title": "Theories",
        "html_url": "http://testserver/theories/",
        "url": "http://testserver/theories.json",
        "metadata_url": "http://testserver/theories.metadata.json",
        "csv_url": "http://testserver/theories.csv",
        "table": "theories",
        "left_out": [],
        "sources": [SOURCE],
        "found": 1,
        "next": None,
        "previous": None,
        "theories": [row],
    }


def test_elements_without_rows_in_the_api_are_told_as_their_page_has_them(load_theory, client):
    load_theory("discharge")
    document = of(client, "/theories/discharge/interventions/card.json").json()

    card = Intervention.objects.values("key", "label", "description", "level").get(key="card")

    assert document["interventions"] == [card]
    assert [row["id"] for row in document["cmocs"]] == ["discharge:1", "discharge:5"]
    assert (document["table"], document["caveats"]) == ("cmocs", [])


def test_metadata_say_what_columns_mean_and_how_to_cite(universe, client):
    found = of(client, "/theories/breakfast/evidence.metadata.json").json()
    moment = dt.datetime.fromisoformat(found.pop("generated"))

    assert dt.datetime.now(dt.UTC) - moment < dt.timedelta(minutes=5)
    assert (found["name"], found["title"]) == (
        "theories/breakfast/evidence",
        "Quotes behind How breakfast clubs change the school day",
    )
    assert found["source"] == found["html_url"] == "http://testserver/theories/breakfast/evidence/"
    assert (found["licence"], found["citation"]) == (
        "CC BY 4.0",
        "Ormerod J, Žák P. How breakfast clubs in schools work, for whom and when. J Invent Eval 2024;3(2):11-29",
    )
    columns = {column["name"]: column for column in found["columns"]}
    assert columns["text"] == {
        "name": "text",
        "title": "Text",
        "type": "string",
        "meaning": "Exact words, without the quotation marks around them.",
    }
    assert columns["modified"]["type"] == "date-time"
    assert columns["cmocs"]["type"] == "array"
    assert found["lists"] == [
        {
            "name": "quotes",
            "meaning": "Exact words of a participant or document, with what they do to which CMOC.",
            "api": "http://testserver/api/v1/quotes/",
            "columns": found["columns"],
        }
    ]
    assert of(client, "/theories/breakfast/cmocs/1.metadata.json").json()["lists"][1]["name"] == "cmocs"
    one = {entry["name"]: entry for entry in of(client, "/theories.metadata.json").json()["columns"]}
    assert one["holds"]["type"] == "object"


def test_every_column_has_a_meaning(accounts, client):
    client.force_login(accounts["lead"])
    without = []
    for name, arguments in addresses():
        document = client.get(reverse(f"{name}.metadata.json", args=arguments)).json()
        rows = client.get(reverse(f"{name}.json", args=arguments)).json() if name != "cite_cmoc" else None
        for entry in document["lists"]:
            names = [column["name"] for column in entry["columns"]]
            without += [(name, column["name"]) for column in entry["columns"] if not column["meaning"]]
            if rows:
                assert all(list(row) == names for row in rows[entry["name"]]), (name, entry["name"])

    assert without == []


def test_the_table_is_exact_and_whole_and_takes_the_filters_of_the_page(universe, client, monkeypatch):
    monkeypatch.setattr("programmes.pages.evidence.PAGE_SIZE", 2)
    Quote.objects.filter(key="cook-belly").update(locator="=1+1")
    everything = table(of(client, "/theories/breakfast/evidence.csv").content.decode())
    first = of(client, "/theories/breakfast/evidence.json").json()
    second = of(client, first["next"]).json()

    assert len(everything) == first["found"] > len(first["quotes"]) == 2
    assert [row["id"] for row in everything][:4] == [row["id"] for row in (*first["quotes"], *second["quotes"])]
    assert of(client, second["previous"]).json()["quotes"] == first["quotes"]
    assert first["previous"] is None
    cook = next(row for row in everything if row["key"] == "cook-belly")
    assert cook["locator"] == "=1+1"
    as_told = client.get("/api/v1/quotes/breakfast-2024:cook-belly/").json()
    assert json.loads(cook["cmocs"]) == as_told["cmocs"]
    assert [row["key"] for row in table(of(client, f"/theories/breakfast/evidence.csv?after={everything[-1]['key']}")
                                        .content.decode())] == [row["key"] for row in everything]  # fmt: skip
    against = table(of(client, "/theories/breakfast/evidence.csv?role=counters").content.decode())
    assert {row["key"] for row in against} == {"officer-letter", "policy-hours"}
    shown = of(client, "/theories/breakfast.json?status=retired").json()
    assert [row["number"] for row in shown["cmocs"]] == [6, 7]
    assert list(map(exact_value, (True, ("a", "b"), dt.date(2026, 1, 2), None))) == [
        "true",
        '["a","b"]',
        "2026-01-02",
        None,
    ]


def test_each_view_of_a_theory_tells_what_it_shows(universe, client):
    answer = of(client, "/theories/breakfast.json").json()
    sources = of(client, "/theories/breakfast.json?view=sources").json()

    assert [*answer][-3:] == ["cmocs", "theories", "caveats"]
    assert {row["number"] for row in answer["caveats"]} == {4, 5, 6}
    assert [*sources][-6:] == ["cmocs", "theories", "caveats", "cmoc-links", "substantive-theories", "memos"]
    assert [row["key"] for row in sources["memos"]] == ["whole"]


def test_what_a_page_leaves_out_or_refuses_is_told(universe, client):
    told = of(client, "/theories/breakfast.json?colour=red").json()
    table_of_it = of(client, "/theories/breakfast.csv?colour=red")
    unknown = of(client, "/theories/breakfast.json?status=zz")
    future = of(client, "/theories/breakfast/earlier.json?day=3000-01-01")
    elsewhere = of(client, "/search.json?q=x&kind=nothing")

    assert [sentence.partition(" is not known")[0] for sentence in told["left_out"]] == ['"colour"']
    assert (table_of_it.status_code, table_of_it.json()["code"]) == (400, "wrong-parameters")
    assert (unknown.status_code, unknown.json()["code"]) == (400, "wrong-parameters")
    assert (future.status_code, future.json()["detail"]) == (400, "3000-01-01 is still to come.")
    assert (elsewhere.status_code, elsewhere["Location"]) == (302, "/search.json?q=x")
    assert client.post("/theories.json").status_code == 405


def test_what_a_page_does_not_show_is_not_there_as_data_either(accounts, client):
    for address in ("/theories/night-shift.json", "/theories/gardens-first.csv", "/theories/nowhere.metadata.json"):
        response = of(client, address)
        assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
    token = AuthToken.objects.create(user=accounts["reader"])[1]
    assert of(client, "/theories/night-shift.json", Authorization=f"Token {token}").status_code == 200
    assert of(client, "/theories/night-shift.json", Authorization="Basic x").status_code == 401
    quotes = of(client, "/theories/breakfast/evidence.json").json()["quotes"]
    assert "note-door" not in {row["key"] for row in quotes}
    client.force_login(accounts["reviewer"])
    quotes = of(client, "/theories/breakfast/evidence.json").json()["quotes"]
    assert "note-door" in {row["key"] for row in quotes}


def test_an_unchanged_page_as_data_is_not_sent_again(accounts, client, monkeypatch):
    tell_everything()
    now = time.time()
    monkeypatch.setattr("programmes.api.telling.time.time", lambda: now + 60)
    response = of(client, "/theories/breakfast/evidence.json")

    assert response["Vary"] == "Accept-Encoding, Authorization, Cookie"
    assert of(client, response.wsgi_request.path, **{"If-None-Match": response["ETag"]}).status_code == 304
    assert of(client, response.wsgi_request.path, **{"If-Modified-Since": response["Last-Modified"]}).status_code == 304
    metadata = of(client, "/theories/breakfast.metadata.json")
    assert of(client, "/theories/breakfast.metadata.json", **{"If-None-Match": metadata["ETag"]}).status_code == 304
    assert "Last-Modified" not in of(client, "/glossary.json")  # nothing says when it changed
    client.force_login(accounts["reader"])
    assert "Last-Modified" not in of(client, "/theories/breakfast/evidence.json")  # what a role shows may change


def test_page_names_its_endings_in_its_head(universe, client):
    page = of(client, "/theories/breakfast/evidence/?role=counters")
    text = page.content.decode()

    assert page["Link"] == ", ".join(
        f'</theories/breakfast/evidence{ending}?role=counters>; rel="alternate"; type="{kind}"'
        for ending, kind in MEDIA_TYPES.items()
    )
    assert (
        '<link rel="alternate" type="text/csv; charset=utf-8" '
        'href="/theories/breakfast/evidence.csv?role=counters" title="Its table">'
    ) in text
    assert 'href="/index.json"' in of(client, "/").content.decode()
    assert "Link" not in of(client, "/theories/breakfast/evidence.json")
    assert 'rel="alternate"' not in of(client, "/nowhere/").content.decode()


def test_what_was_found_is_told_without_marks(universe, client):
    rows = of(client, "/search.json?q=breakfast").json()["results"]

    assert {row["kind"] for row in rows} >= {"Theories", "CMOCs"}
    assert not [row for row in rows if "<" in row["title"] + row["excerpt"] or "&" in row["title"]]


def test_settings_and_earlier_days_are_told_as_their_pages_have_them(universe, client):
    heard = of(client, "/theories/breakfast/setting.json?sector=school").json()["cmocs"]
    one = of(client, "/theories/breakfast/setting.json?sector=school&answer=like").json()
    earlier = of(client, "/theories/breakfast/earlier.json").json()["cmocs"]

    assert {row["answer"] for row in heard} >= {"like"}
    assert one["found"] == len(one["cmocs"])
    assert of(client, "/theories/breakfast/setting.json").json()["cmocs"] == []
    assert earlier[0]["contexts"] == ["Children come to school hungry"]
    assert earlier[0]["changes"] == []


def test_history_tells_both_wordings_of_a_change(universe, client):
    cmoc = CMOC.objects.get(theory__slug="gardens", number=1)
    cmoc.statement = "If people who live alone tend a bed, then they sleep, because plants need them."
    cmoc.set_change_reason("Clearer.")
    cmoc.save()
    latest = of(client, "/theories/gardens/cmocs/1/history.json").json()["changes"][0]
    earlier = of(client, "/theories/gardens/earlier.json").json()["cmocs"][0]

    assert {name: latest[name] for name in ("what", "why", "who")} == {
        "what": "CMOC 1: changed",
        "why": "Clearer.",
        "who": "a curator",
    }
    assert [(change["field"], change["before"], change["after"]) for change in latest["changes"]] == [
        (
            "statement",
            "If people who live alone tend a bed, then their mood lifts, because plants need them.",
            cmoc.statement,
        )
    ]
    assert earlier["statement"] == cmoc.statement


def test_records_that_no_resource_has_are_refused():
    with pytest.raises(LookupError):
        resource_of(RecordsShown(Intervention, []))


def test_home_of_an_empty_site_as_data(db, client):
    assert client.get("/index.json").json()["theories"] == []


def test_transcript_that_is_left_out_is_no_transcript_that_differs():
    assert left_or_changed({})[1] == "load the package of the team"
    assert left_or_changed({"text": "Other words."})[0].startswith("differs")
