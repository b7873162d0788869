"""Rows name others by their public ids, filters take them, and a program chooses the fields that it wants."""

import pytest

from programmes.filtersets.base import row_of_id
from programmes.models import CMOC
from realist.api import RESOURCES
from tests.factories import CMOCFactory, EvidenceFactory, QuoteFactory


def rows(client, question):
    response = client.get(f"/api/v1/{question}")
    assert response.status_code == 200, response.content
    return response.json()["results"]


def ids(client, question):
    return [row["id"] for row in rows(client, question)]


def named(client, name):
    """Return what the rows of a list name by each field that a resource is called after."""
    return {value for row in rows(client, f"{name}/?page_size=1000") for value in (row["id"],)}


@pytest.mark.untraced
def test_references_lead_to_rows(demo, client):
    known = {
        name: named(client, name) for name in ("cmocs", "quotes", "services", "contexts", "outcomes", "references")
    }
    evidence = rows(client, "evidence/")
    assert {row["cmoc"] for row in evidence} <= known["cmocs"]
    assert {row["quote"] for row in evidence} <= known["quotes"]
    assert {row["service"] for row in evidence} - {None} <= known["services"]
    memos = rows(client, "memos/?page_size=1000")
    for field, name in (("cmoc", "cmocs"), ("quote", "quotes"), ("outcome", "outcomes"), ("reference", "references")):
        found = {row[field] for row in memos} - {None}
        assert found <= known[name], field
    cmocs = rows(client, "cmocs/")
    assert {part["context"] for row in cmocs for part in row["contexts"]} <= known["contexts"]
    assert {part["outcome"] for row in cmocs for part in row["outcomes"]} <= known["outcomes"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("evidence/?cmoc=thompson-2023:5", "evidence/?theory=thompson-2023&cmoc=5"),
        ("evidence/?quote=thompson-2023:q09", "evidence/?quote=q09"),
        ("evidence/?service=thompson-2023:12", "evidence/?service=12"),
        ("evidence/?outcome=thompson-2023:hope", "evidence/?outcome=hope"),
        ("quotes/?cmoc=thompson-2023:5&cmoc=thompson-2023:10", "quotes/?theory=thompson-2023&cmoc=5&cmoc=10"),
        ("quotes/?service=thompson-2023:12&service=07", "quotes/?service=12&service=07"),
        ("cmocs/?context=thompson-2023:matched-peer", "cmocs/?context=matched-peer&theory=thompson-2023"),
        ("contexts/?cmoc=thompson-2023:1", "contexts/?theory=thompson-2023&cmoc=1"),
        ("caveats/?cmoc=thompson-2023:5", "caveats/?theory=thompson-2023&cmoc=5"),
        ("cmoc-links/?cmoc=thompson-2023:7", "cmoc-links/?theory=thompson-2023&cmoc=7"),
        ("substantive-theories/?cmoc=thompson-2023:1", "substantive-theories/?theory=thompson-2023&cmoc=1"),
        ("memos/?cmoc=thompson-2023:5", "memos/?study=thompson-2023&cmoc=5"),
        ("memos/?reference=thompson-2023:28", "memos/?reference=28"),
    ],
)
def test_filters_take_public_ids_too(demo, client, one, other):
    assert ids(client, one) == ids(client, other)


def test_public_id_means_one_theory_where_a_number_means_any(db, client):
    first, second = CMOCFactory(number=3), CMOCFactory(number=3)
    for cmoc in (first, second):
        EvidenceFactory(cmoc=cmoc, quote=QuoteFactory(study=cmoc.theory.study, key="same"))
    assert len(ids(client, "evidence/?cmoc=3")) == len(ids(client, "evidence/?quote=same")) == 2
    assert ids(client, f"evidence/?cmoc={first.theory.slug}:3") == [f"{first.theory.slug}:3:same"]
    assert ids(client, f"evidence/?quote={second.theory.study.slug}:same") == [f"{second.theory.slug}:3:same"]
    assert ids(client, f"quotes/?cmoc={first.theory.slug}:3") == [f"{first.theory.study.slug}:same"]
    assert ids(client, f"evidence/?cmoc={first.theory.slug}:4") == []
    assert ids(client, "evidence/?cmoc=nothing:3") == []


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("evidence/?cmoc=thompson-2023:", 400),
        ("evidence/?cmoc=:5", 400),
        ("evidence/?cmoc=thompson-2023:five", 400),
        ("evidence/?cmoc=thompson-2023:99999999999", 400),
        ("quotes/?cmoc=a:b", 400),
        ("evidence/?service=thompson-2023:zz", 404),
        ("evidence/?service=other:12", 404),
        ("evidence/?service=a:b:c", 404),
        ("cmocs/?context=thompson-2023:zz", 404),
        ("cmocs/?theory=a:b", 404),
    ],
)
def test_what_is_no_id_is_refused(demo, client, question, status):
    assert client.get(f"/api/v1/{question}").status_code == status


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("fields=number,setting.stage", {"number": 5, "setting": {"stage": "initial"}}),
        ("fields=number&fields=status", {"number": 5, "status": ""}),
        ("fields=contexts.context", {"contexts": [{"context": "thompson-2023:shared-interest"}]}),
        ("fields=contexts.context,contexts,number&exclude=contexts.wording,contexts.label",
         {"number": 5, "contexts": [{"context": "thompson-2023:shared-interest"}]}),
        ("fields=number,status&exclude=status", {"number": 5}),
    ],
)  # fmt: skip
def test_fields_within_fields(demo, client, question, expected):
    assert client.get(f"/api/v1/cmocs/thompson-2023:5/?{question}").json() == expected
    assert rows(client, f"cmocs/?theory=thompson-2023&number=5&{question}") == [expected]


def test_light_row_has_no_lists_but_those_included(demo, client):
    whole = client.get("/api/v1/cmocs/thompson-2023:5/").json()
    light = client.get("/api/v1/cmocs/thompson-2023:5/?light=true").json()
    lists = {name for name, value in whole.items() if isinstance(value, list)}
    assert light == {name: value for name, value in whole.items() if name not in lists}
    more = client.get("/api/v1/cmocs/thompson-2023:5/?light=true&include=contexts.context&exclude=setting").json()
    del light["setting"]
    assert more == light | {"contexts": [{"context": "thompson-2023:shared-interest"}]}
    assert client.get("/api/v1/cmocs/thompson-2023:5/?light=false").json() == whole


def test_all_but_some_fields_as_csv(demo, client):
    others = ",".join(name for name in RESOURCES["groups"].serializer_class().fields if name not in {"id", "number"})
    table = client.get(f"/api/v1/groups/?format=csv&exclude={others}")
    assert table.getvalue() == b"id,number\n"


def test_what_a_row_has_anyhow_may_be_asked_for(demo, client):
    whole, named = (rows(client, f"cmocs/?page_size=1{more}") for more in ("", "&include=contexts"))
    assert whole == named
    assert rows(client, "cmocs/?page_size=1&light=true&fields=number,contexts") == rows(
        client, "cmocs/?page_size=1&fields=number,contexts"
    )


def test_text_that_is_no_public_id_names_no_row(demo):
    numbered = CMOC.objects.all()
    texts = ("thompson-2023:5", "thompson-2023:zz", "thompson-2023:6000000000", "5", "a:b:5")
    assert [row and row.number for row in (row_of_id(numbered, text) for text in texts)] == [5, None, None, None, None]


@pytest.mark.parametrize(
    ("question", "parameter", "code"),
    [
        ("fields=setting.stag", "fields", "unknown-field"),
        ("exclude=zz", "exclude", "unknown-field"),
        ("exclude=number.zz", "exclude", "unknown-field"),
        ("light=true&include=zz", "include", "unknown-field"),
        ("light=yes", "light", "wrong-value"),
    ],
)
def test_fields_that_make_no_sense(demo, client, question, parameter, code):
    (error,) = client.get(f"/api/v1/cmocs/?{question}").json()["errors"]
    assert (error["parameter"], error["code"]) == (parameter, code)
