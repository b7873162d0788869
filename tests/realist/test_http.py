"""How the API keeps to HTTP: formats, validators, other sites, long and unfinished addresses, kinds of problem."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import reverse

from programmes.api.problem_kinds import KINDS_BY_CODE, PROBLEM_KINDS, kind_of_status
from realist.headers import FOR_OTHER_SITES
from realist.middleware import LONGEST_ADDRESS, ValidatorsOfAnswers
from tests.factories import UserFactory

LIST = "/api/v1/surveys/"


@pytest.mark.parametrize(
    ("accept", "question", "found"),
    [
        ("", "", "application/json"),
        ("*/*", "", "application/json"),
        ("text/html, */*;q=0.1", "", "application/json"),
        ("application/json;q=0.1, text/csv;q=0.9", "", "text/csv; charset=utf-8"),
        ("application/json;q=0, text/csv", "", "text/csv; charset=utf-8"),
        ("application/json;q=0, */*;q=0.1", "", "text/csv; charset=utf-8"),
        ("text/*;q=0.5, application/*;q=0.4", "", "text/csv; charset=utf-8"),
        ("text/csv, text/*;q=0, */*;q=0.2", "", "text/csv; charset=utf-8"),
        ("TEXT/CSV ; Q=1.0", "", "text/csv; charset=utf-8"),
        ("text/csv;q=2, application/json;q=0.9", "", "text/csv; charset=utf-8"),  # what cannot be read is liked
        (", text/csv,", "", "text/csv; charset=utf-8"),
        ("application/json", "?format=csv", "text/csv; charset=utf-8"),
        ("text/csv", "?format=json", "application/json"),
        ("image/png", "?format=json", "application/json"),
    ],
)
def test_format_is_the_one_named_or_the_one_liked_best(db, client, accept, question, found):
    assert client.get(LIST + question, headers={"Accept": accept})["Content-Type"] == found


@pytest.mark.parametrize("accept", ["image/png", "application/json;q=0", "*/*;q=0", "application/json;q=0.000"])
def test_format_that_there_is_not(db, client, accept):
    response = client.get(LIST, headers={"Accept": accept})
    assert (response.status_code, response.json()["code"]) == (406, "no-such-format")
    assert "text/csv" in response.json()["detail"]


def test_head_is_get_without_the_body(demo, client):
    got = client.get("/api/v1/cmocs/")
    asked = client.head("/api/v1/cmocs/")
    named = [name for name in got.headers if not name.startswith(("RateLimit", "X-Request"))]
    assert {name: asked.get(name) for name in named} == {name: got[name] for name in named}
    assert asked.content == b""
    assert client.head("/api/v1/cmocs/", headers={"If-None-Match": got["ETag"]}).status_code == 304
    assert client.head("/", headers={"If-None-Match": client.get("/")["ETag"]}).status_code == 304
    assert client.head("/api/v1/cmocs/nothing:1/").status_code == 404


@pytest.mark.parametrize("method", ["get", "head"])
def test_answer_that_was_not_changed_since_is_empty(rf, method):
    day = "Wed, 04 Mar 2026 00:00:00 GMT"
    answer = ValidatorsOfAnswers(lambda _: HttpResponse("x", headers={"Last-Modified": day}))
    assert answer(getattr(rf, method)("/", headers={"If-Modified-Since": day})).status_code == 304
    earlier = {"If-Modified-Since": "Tue, 03 Mar 2026 00:00:00 GMT"}
    assert answer(getattr(rf, method)("/", headers=earlier)).status_code == 200


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip", "gzip"),
        ("gzip;q=0.5", "gzip"),
        ("gzip;q=0", None),
        ("br, gzip ; q=0.00 , *;q=0", None),
        ("identity", None),
    ],
)
def test_whoever_refuses_gzip_gets_none(demo, client, accepted, encoding):
    response = client.get("/api/v1/cmocs/", headers={"Accept-Encoding": accepted})
    assert response.get("Content-Encoding") == encoding
    assert "Accept-Encoding" in response["Vary"]


@pytest.mark.parametrize("address", [LIST, "/api/v1/surveys/nothing/", "/api/v1/", "/api/zz/", "/api/v1/schema/"])
def test_other_sites_read_what_everybody_may(db, client, address):
    response = client.get(address, headers={"Origin": "https://elsewhere.example"})
    assert {name: response.get(name) for name in FOR_OTHER_SITES} == FOR_OTHER_SITES
    asked = client.options(address, headers={"Origin": "https://elsewhere.example"})
    assert (asked.status_code, asked.content, asked["Allow"]) == (204, b"", "GET, HEAD, OPTIONS")
    assert {name: asked.get(name) for name in FOR_OTHER_SITES} == FOR_OTHER_SITES


def test_other_sites_read_nothing_as_somebody(db):
    client = Client()
    client.force_login(UserFactory())
    assert "Access-Control-Allow-Origin" not in client.get(LIST)
    assert "Access-Control-Allow-Origin" not in Client().get(LIST, headers={"Authorization": "Bearer x"})
    assert "Access-Control-Allow-Origin" not in Client().get("/")
    assert "Authorization" not in FOR_OTHER_SITES["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Origin" not in Client().options("/")


@pytest.mark.parametrize(
    ("address", "location"),
    [
        ("/api/v1/surveys", "/api/v1/surveys/"),
        ("/api/v1/surveys?a=%C3%A9&b=1", "/api/v1/surveys/?a=%C3%A9&b=1"),
        ("/api/v1/cmocs/thompson-2023:1", "/api/v1/cmocs/thompson-2023%3A1/"),
        ("/api/v1", "/api/v1/"),
        ("/api/v1/cmocs/%C3%A9", "/api/v1/cmocs/%C3%A9/"),
    ],
)
def test_address_without_its_last_slash_leads_on(db, client, address, location):
    for response in (client.get(address), client.head(address)):
        assert (response.status_code, response["Location"]) == (301, location)
    response = client.post(address)
    assert (response.status_code, response.json()["code"]) == (405, "wrong-method")


@pytest.mark.parametrize("address", ["/api/v1/cmoc", "/api/v1//elsewhere.example", "/api/zz/", "/api/v1/docs/zz"])
def test_address_that_lacks_more_than_a_slash_is_none(db, client, address):
    assert client.get(address).status_code == client.post(address).status_code == 404


def test_address_that_is_too_long(db, client):
    longest = "a" * (LONGEST_ADDRESS - len(LIST) - 1)  # with q= one letter too many
    assert client.get(f"{LIST}?q={longest}").status_code == 414
    assert client.get(f"{LIST}?q={longest[1:]}").status_code == 400  # surveys have no such parameter
    problem = client.get(f"{LIST}?q={longest}").json()
    assert (problem["status"], problem["code"]) == (414, "address-too-long")
    assert client.get(f"/?q={'a' * LONGEST_ADDRESS}").status_code == 414


def test_every_kind_of_problem_is_explained(db, client):
    page = client.get(reverse("api-problems")).content.decode()
    explained = re.findall(r'<dt id="([a-z-]+)">', page)
    assert explained == [kind.code for kind in PROBLEM_KINDS]
    assert len(set(explained)) == len(explained)
    assert KINDS_BY_CODE["busy"].address == "/api/v1/problems/#busy"


@pytest.mark.parametrize(
    ("status", "code"),
    [(404, "no-such-row"), (400, "unreadable-request"), (418, "unreadable-request"), (502, "our-fault")],
)
def test_each_status_has_a_kind(status, code):
    assert kind_of_status(status).code == code


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("zz=1", "unknown-parameter"),
        ("fields=zz", "unknown-field"),
        ("ordering=zz", "unknown-ordering"),
        ("format=zz", "unknown-format"),
        ("study=", "empty-value"),
        ("format=json&format=json", "given-twice"),
        ("cursor=zz", "wrong-cursor"),
        ("page_size=zz", "wrong-value"),
        ("format=csv&page_size=1", "no-meaning"),
        ("q=%00", "wrong-value"),
    ],
)
def test_each_error_has_its_code(db, client, question, code):
    problem = client.get(f"{LIST}?{question}").json()
    assert (problem["code"], [error["code"] for error in problem["errors"]]) == ("wrong-parameters", [code])
    assert problem["type"] == "http://testserver/api/v1/problems/#wrong-parameters"


def test_error_of_a_term_and_of_a_row(demo, client):
    (error,) = client.get("/api/v1/cmocs/?status=zz").json()["errors"]
    assert error["code"] == "unknown-value"
    problem = client.get("/api/v1/cmocs/?theory=zz").json()
    assert (problem["status"], problem["code"], problem["errors"][0]["code"]) == (404, "unknown-row", "unknown-row")


@override_settings(ALLOWED_HOSTS=["testserver"])
def test_problem_of_a_foreign_name_repeats_no_name(db, client):
    problem = client.get(LIST, headers={"Host": "elsewhere.example"}).json()
    assert (problem["status"], problem["type"]) == (400, "/api/v1/problems/#unreadable-request")
