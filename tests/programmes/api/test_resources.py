"""The REST API on the demo theories: whole answers, and how often the database is asked."""

import base64
import csv
import io
import json
import re
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.urls import reverse
from rest_framework.request import Request

from programmes.api.paging import NO_CURSOR
from programmes.api.problems import problem_response
from programmes.models import Participant, Quote
from realist.api import INNER_LISTS, RESOURCES
from tests.factories import (
    CMOCBeneficiaryFactory,
    CMOCContextFactory,
    CMOCFactory,
    CMOCMechanismFactory,
    CMOCOutcomeFactory,
    EvidenceFactory,
    QuoteFactory,
    TheoryFactory,
)
from tests.queries import asks

COUNTS = {
    "programmes": 2,
    "studies": 2,
    "references": 37,
    "services": 14,
    "populations": 4,
    "theories": 2,
    "contexts": 11,
    "mechanisms": 18,
    "outcomes": 11,
    "groups": 0,
    "cmocs": 15,
    "caveats": 24,
    "reporting-answers": 0,
    "cmoc-links": 9,
    "quotes": 22,
    "evidence": 22,
    "substantive-theories": 7,
    "lineage": 0,
    "memos": 103,
    "surveys": 1,
}


def get(client, path, status=200, **headers):
    response = client.get(f"/api/v1/{path}", headers=headers)
    assert response.status_code == status, response.content
    return response


def rows(client, path):
    """Return all rows of a list, page by page."""
    found = []
    address = f"/api/v1/{path}"
    while address:
        page = client.get(address).json()
        found += page["results"]
        address = page["next"]
    return found


def table(client, path):
    response = get(client, path)
    return list(csv.DictReader(io.StringIO(b"".join(response).decode())))


def ids(client, path):
    return [row["id"].partition(":")[2] or row["id"] for row in rows(client, path)]


def test_every_resource_is_in_the_guide():
    guide = (settings.BASE_DIR / "docs" / "api.md").read_text(encoding="utf-8")
    named = guide.partition("## Resources")[2].partition("Each has a list")[0]
    assert sorted(re.findall("`([a-z-]+)`", named)) == sorted([*RESOURCES, "changes"])


@pytest.mark.untraced
def test_counts(demo, client):
    assert {name: len(rows(client, f"{name}/")) for name in RESOURCES} == COUNTS


@pytest.mark.untraced
def test_csv_has_the_same_rows(demo, client):
    for name in RESOURCES:
        lines = table(client, f"{name}/?format=csv")
        assert [line["id"] for line in lines] == [row["id"] for row in rows(client, f"{name}/")], name


@pytest.mark.untraced
def test_row_of_a_list_is_the_row_of_its_address(demo, client):
    for name in RESOURCES:
        for first in rows(client, f"{name}/")[:1]:
            assert get(client, f"{name}/{first['id']}/").json() == first


def test_root_names_every_resource(client):
    expected = {name: f"http://testserver/api/v1/{name}/" for name in [*RESOURCES, *INNER_LISTS, "changes"]}
    assert get(client, "").json() == expected


def test_evidence_row(demo, client):
    (row,) = rows(client, "evidence/?theory=thompson-2023&cmoc=5")
    assert row == {
        "id": "thompson-2023:5:q09",
        "url": "http://testserver/api/v1/evidence/thompson-2023:5:q09/",
        "modified": row["modified"],
        "version": 1,
        "role": "supports",
        "slot": "",
        "note": "Also states pre-conditions (opportunity, cost).",
        "signed_by": "Realist curators",
        "signed_date": "2026-11-23",
        "theory": "thompson-2023",
        "cmoc": "thompson-2023:5",
        "quote": "thompson-2023:q09",
        "text": Quote.objects.get(key="q09").text,
        "speaker_role": "Peer support service staff",
        "speaker_role_reporting": "reported",
        "service": "thompson-2023:07",
        "document": None,
    }


def test_one_call_gives_a_cmoc_with_everything(demo, client):
    row = get(client, "cmocs/thompson-2023:5/").json()
    chosen = {name: row[name] for name in ("id", "html_url", "number", "statement", "status", "services_reporting")}
    assert chosen == {
        "id": "thompson-2023:5",
        "html_url": "http://testserver/theories/thompson-2023/cmocs/5/",
        "number": 5,
        "statement": (
            "When peers use shared interest to engage with children (C), service engagement increases (O) because "
            "children feel that they can trust services (M) (Fig. 6)."
        ),
        "status": "",
        "services_reporting": "unclear",
    }
    assert row["contexts"] == [
        {
            "wording": "peers use shared interest to engage with children",
            "context": "thompson-2023:shared-interest",
            "label": "Peers use shared interest to engage with children",
        }
    ]
    assert [entry["quote"] for entry in row["evidence"]] == ["thompson-2023:q09"]
    assert [entry["number"] for entry in row["caveats"]] == [12]
    assert row["beneficiaries"] == [
        {"basis": "implicit", "note": "", "population": "thompson-2023:child", "label": "Young person"}
    ]
    assert row["services_stated"] == []
    assert (row["setting"]["programme"], row["setting"]["stage"], row["setting"]["licence"]) == (
        "Peer support for children’s mental health",
        "initial",
        "CC BY 4.0",
    )
    assert [note["key"] for note in row["notes"]] == ["note-09-cmoc-5", "note-11-cmoc-5", "note-27-cmoc-5"]


@pytest.mark.untraced
@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("cmocs/?theory=halsall-2022", ["1", "2", "3"]),
        ("cmocs/?study=thompson-2023&number=7", ["7"]),
        ("cmocs/?outcome=hope", ["1"]),
        ("cmocs/?outcome=hope&outcome=confidence", ["1", "6"]),
        ("cmocs/?context=matched-peer", ["1", "3"]),
        ("cmocs/?mechanism=inspiration", ["1"]),
        ("cmocs/?service=04", ["3", "11"]),
        ("cmocs/?service=04&role=counters", ["11"]),
        ("cmocs/?sector=school", ["8"]),
        ("cmocs/?beneficiary=peer", ["6", "9", "10", "11"]),
        ("cmocs/?role=counters", ["2", "10", "11"]),
        ("cmocs/?theory=thompson-2023&q=trust", ["5"]),
        (
            "cmocs/?theory=thompson-2023&ordering=-number&page_size=3",
            [str(n) for n in range(12, 0, -1)],
        ),
        ("caveats/?theory=thompson-2023&cmoc=5", ["12"]),
        ("caveats/?q=funded", ["12"]),
        ("references/?q=pawson", ["14"]),
        ("references/?number=28", ["28"]),
        ("services/?sector=school", ["11"]),
        ("services/?quoted=true&theory=thompson-2023", ["01", "02", "04", "06", "07", "08", "10", "11", "12", "13"]),
        ("services/?quoted=false&sector=private", ["14"]),
        ("services/?q=walsall", ["02", "08"]),
        ("contexts/?theory=thompson-2023&cmoc=1", ["matched-peer"]),
        ("contexts/?q=empathy", ["empathy"]),
        ("mechanisms/?kind=resource", ["activities-on-offer", "experienced-guidance", "living-example"]),
        ("outcomes/?key=hope", ["hope"]),
        ("studies/?programme=peer-support&q=focusing", ["thompson-2023"]),
        ("theories/?stage=initial&q=peer", ["thompson-2023", "halsall-2022"]),
        ("quotes/?theory=thompson-2023&cmoc=5", ["q09"]),
        ("quotes/?role=counters", ["q05", "q17", "q19"]),
        ("quotes/?outcome=hope&q=overwhelming", ["q02"]),
        ("quotes/?service=07&sector=health", ["q09"]),
        ("quotes/?key=q01", ["q01"]),
        ("evidence/?outcome=hope", ["1:q01", "1:q02"]),
        ("evidence/?q=trust", ["5:q09"]),
        ("cmoc-links/?cmoc=7&kind=opposes", ["6"]),
        ("substantive-theories/?cmoc=1&key=chime", ["chime"]),
        ("surveys/?study=thompson-2023", ["thompson-2023-survey"]),
        ("populations/?kind=peer", ["peer", "peer"]),
    ],
)
def test_filters(demo, client, path, expected):
    assert ids(client, path) == expected


@pytest.mark.parametrize(
    ("path", "parameter", "message"),
    [
        ("cmocs/?outcom=hope", "outcom", "'outcom' is no parameter here; did you mean \"outcome\"?"),
        ("cmocs/?status=suported", "status", '"suported" is not known here; did you mean "supported"?'),
        ("cmocs/?number=one", "number", "Enter a whole number."),
        ("cmocs/?fields=titel", "fields", "'titel' is no field here; did you mean \"title\"?"),
        ("cmocs/?ordering=nmber", "ordering", "'nmber' is no ordering here; did you mean \"number\"?"),
        ("cmocs/?ordering=--number", "ordering", "'--number' is no ordering here; did you mean \"number\"?"),
        ("cmocs/?page_size=0", "page_size", "is no whole number from 1 to 1000"),
        ("cmocs/?page_size=many", "page_size", "is no whole number from 1 to 1000"),
        ("cmocs/?format=csv&fields=titel", "fields", "'titel' is no field here; did you mean \"title\"?"),
        ("cmocs/?outcome=hop&status=suported", "status", '"suported" is not known here; did you mean "supported"?'),
        ("cmocs/?format=csv&page_size=many", "page_size", "is no whole number from 1 to 1000"),
        ("cmocs/?fields=", "fields", "is empty; leave it out, or say what you look for"),
        ("cmocs/?number=", "number", "is empty; leave it out, or say what you look for"),
        ("cmocs/?theory=thompson-2023&theory=", "theory", "is empty; leave it out, or say what you look for"),
        ("cmocs/?number=0.5", "number", "Enter a whole number."),
        ("cmocs/?number=1&number=2", "number", "can be given only once"),
        (
            "cmocs/?status=50%25s",
            "status",
            '"50%s" is not known here; known are candidate, supported, refined, contested, refuted, retired',
        ),
        ("services/?quoted=null", "quoted", "Select a valid choice. null is not one of the available choices."),
        ("cmocs/?format=cvs", "format", "'cvs' is no format here; did you mean \"csv\"?"),
        (
            "cmocs/thompson-2023:5/?q=x",
            "q",
            "'q' is no parameter here; known are fields, exclude, include, light, format",
        ),
    ],
)
def test_what_is_unknown_is_named(demo, client, path, parameter, message):
    response = get(client, path, 400)
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert (parameter, message) in [(error["parameter"], error["message"]) for error in problem.pop("errors")]
    assert problem == {
        "type": "http://testserver/api/v1/problems/#wrong-parameters",
        "code": "wrong-parameters",
        "title": "Bad Request",
        "status": 400,
        "detail": "See errors.",
        "instance": f"/api/v1/{path}",
    }


def test_row_that_a_filter_names_is_not_there(demo, client):
    problem = get(client, "cmocs/?outcome=hop", 404).json()
    message = '"hop" is not known here; did you mean "hope"?'
    error = {"parameter": "outcome", "value": ["hop"], "message": message, "code": "unknown-row"}
    assert (problem["title"], problem["errors"]) == ("Not Found", [error])


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("cmocs/thompson-2023:99/", "There is no CMOC 'thompson-2023:99' that you may see."),
        ("cmocs/thompson-2023/", "'thompson-2023' is no key; it has the form theory slug:number."),
        ("cmocs/thompson-2023:five/", "'thompson-2023:five' is no key; its number is a whole number."),
        ("cmocs/thompson-2023:99999999999/", "'thompson-2023:99999999999' is no key; its number is a whole number."),
        ("cmoc/", "/api/v1/cmoc/ is no address of the API; the list of resources is at /api/v1/."),
    ],
)
def test_what_is_not_there(demo, client, path, detail):
    assert get(client, path, 404).json()["detail"] == detail


@pytest.mark.parametrize(
    "path", ["cmocs/?q=%00", "cmocs/?%00=1", "cmocs/?cursor=%00", "cmocs/?cursor=zq", "cmocs/a%00:1/"]
)
def test_what_no_database_takes(demo, client, path):
    response = client.get(f"/api/v1/{path}")
    assert response.status_code in {400, 404}
    assert response["Content-Type"] == "application/problem+json"


def test_cursors_tell_no_ids_and_are_those_of_this_site(demo, client, monkeypatch):
    first = get(client, "cmocs/?page_size=2").json()
    cursor = parse_qs(urlsplit(first["next"]).query)["cursor"][0]
    assert not re.search(rb"p=|\d+ ", base64.urlsafe_b64decode(cursor + "=="))
    second = client.get(first["next"]).json()
    assert [row["number"] for row in second["results"]] == [3, 4]
    assert [row["number"] for row in client.get(second["previous"]).json()["results"]] == [1, 2]
    assert get(client, "cmocs/?page_size=2").json()["next"] == first["next"]  # so that it can be cached

    for other in ("cD0yMg==", cursor[:-2], f"{cursor}é", "AAAA" + cursor[4:]):  # the first as it was written before
        assert get(client, f"cmocs/?cursor={quote(other)}", 400).json()["errors"] == [
            {"parameter": "cursor", "value": [other], "message": NO_CURSOR, "code": "wrong-cursor"}
        ]
    monkeypatch.setattr(settings, "SECRET_KEY", "another")
    assert get(client, f"cmocs/?cursor={cursor}", 400).json()["errors"][0]["message"] == NO_CURSOR


@pytest.mark.parametrize(("error", "title"), [(Http404(), "Not Found"), (PermissionDenied(), "Forbidden")])
def test_errors_of_django_have_the_same_form(rf, error, title):
    request = Request(rf.get("/api/v1/cmocs/"))
    assert json.loads(problem_response(error, {"request": request}).content)["title"] == title


def test_faults_of_ours_are_no_answers(rf):
    assert problem_response(ZeroDivisionError(), {"request": Request(rf.get("/api/v1/cmocs/"))}) is None


def test_writing_is_refused(demo, client):
    response = client.post("/api/v1/cmocs/", {"number": 13})
    assert (response.status_code, response.json()["detail"]) == (405, 'Method "POST" not allowed.')


def test_fields_are_chosen(demo, client):
    assert get(client, "cmocs/thompson-2023:5/?fields=number,status").json() == {"number": 5, "status": ""}
    assert table(client, "cmocs/?theory=halsall-2022&fields=number,status&format=csv") == [
        {"number": str(number), "status": ""} for number in (1, 2, 3)
    ]


def test_pages_are_stable_while_rows_are_added(demo, client):
    first = get(client, "quotes/?page_size=20").json()
    study = Quote.objects.first().study
    QuoteFactory(study=study, key="a-new-one")
    second = client.get(first["next"]).json()
    keys = [row["key"] for row in first["results"] + second["results"]]
    assert keys[:22] == [f"q{n:02}" for n in range(1, 23)]
    assert client.get(second["previous"]).json()["results"] == first["results"]


def test_unchanged_answer_is_not_sent_again(demo, client):
    first = get(client, "cmocs/thompson-2023:5/")
    again = get(client, "cmocs/thompson-2023:5/", 304, **{"If-None-Match": first["ETag"]})
    assert again.content == b""
    quote = Quote.objects.get(key="q09")
    quote.text_as_printed = "changed"
    quote.disclosure_note = "x"
    quote.save()
    assert client.get("/api/v1/quotes/thompson-2023:q09/").json()["text_as_printed"] == "changed"


def test_answers_for_members_are_not_kept_by_others(demo, client, django_user_model):
    assert get(client, "cmocs/")["Cache-Control"] == "public, max-age=0, must-revalidate"
    client.force_login(django_user_model.objects.create_user("member"))
    response = get(client, "cmocs/")
    assert response["Cache-Control"] == "private, no-store"
    again = get(client, "cmocs/", 304, **{"If-None-Match": response["ETag"]})
    assert again["Cache-Control"] == "private, no-store"
    assert {"Accept", "Authorization", "Cookie"} <= set(response["Vary"].split(", "))


def test_error_is_json_where_csv_was_asked(demo, client):
    assert get(client, "cmocs/nothing:1/?format=csv", 404).json()["title"] == "Not Found"


@pytest.mark.untraced
def test_documentation_page_shows_every_resource(client):
    page = client.get(reverse("api-docs")).content.decode()
    assert [name for name in RESOURCES if f'<h2 id="{name}">' not in page] == []


def add_cmocs(count):
    for _ in range(count):
        cmoc = CMOCFactory(theory=add_cmocs.theory)
        CMOCContextFactory(cmoc=cmoc)
        CMOCMechanismFactory(cmoc=cmoc)
        CMOCOutcomeFactory(cmoc=cmoc)
        CMOCBeneficiaryFactory(cmoc=cmoc)
        EvidenceFactory(cmoc=cmoc)


# What each list asks the database for: what was told last, the study, the keys of the page, its rows.
QUERIES = {
    "cmocs": "telling, study, cmoc, cmoc",
    "quotes": "telling, study, quote, quote",
    "evidence": "telling, study, evidence, evidence",
    "contexts": "telling, study, context, context",
    "theories": "telling, study, theory, theory",
    "services": "telling, study, service",
}


@pytest.mark.once
@pytest.mark.untraced
@pytest.mark.parametrize("name", QUERIES)
def test_queries_do_not_grow_with_rows(demo, client, name):
    assert connection.features.supports_json_field  # which SQLite is asked once
    add_cmocs.theory = TheoryFactory()
    for more in (1, 2, 40):
        add_cmocs(more)
        with asks(QUERIES[name]):
            assert client.get(f"/api/v1/{name}/?study={add_cmocs.theory.study.slug}").status_code == 200


def test_way_in_which_a_slot_is_missing_is_told_only_where_it_is(db, client):
    theory = TheoryFactory()
    CMOCFactory(theory=theory, number=1, context_absence="not-stated")
    CMOCContextFactory(cmoc=CMOCFactory(theory=theory, number=2, context_absence="not-stated", outcome_absence="none"))
    told = "number,context_absence,outcome_absence"

    rows = client.get(f"/api/v1/cmocs/?theory={theory.slug}&fields={told}").json()["results"]
    assert rows == [
        {"number": 1, "context_absence": "not-stated", "outcome_absence": ""},
        {"number": 2, "context_absence": "", "outcome_absence": "none"},
    ]
    table = client.get(f"/api/v1/cmocs/?theory={theory.slug}&fields={told}&format=csv").getvalue().decode()
    assert table.splitlines() == [told, '1,"not-stated",""', '2,"","none"']


@pytest.mark.once
@pytest.mark.parametrize("said", ["", "not-stated", "unclear"])
def test_way_in_which_the_role_of_a_speaker_is_missing_is_told(db, client, said):
    evidence = EvidenceFactory()
    speaker = Participant.objects.create(
        study=evidence.quote.study, pseudonym="somebody", role_reporting=said, consent_scope="quotes-public"
    )
    Quote.objects.update(participant=speaker)

    for resource in ("quotes", "evidence"):
        row = client.get(f"/api/v1/{resource}/").json()["results"][0]
        assert (row["speaker_role"], row["speaker_role_reporting"]) == ("", said)
    Quote.objects.update(participant=None, consent="published")
    assert client.get("/api/v1/quotes/").json()["results"][0]["speaker_role_reporting"] is None
