"""Rows by their keys are what a query of them gives, for everybody and for members, in whichever way they are read."""

import orjson
import pytest
from django.contrib.auth.models import AnonymousUser, User

from programmes.api.rows import MOST_NESTED, build_rows
from programmes.api.rows_of_page import kept_statement, rows_of_page
from programmes.api.viewsets import VIEWSETS
from programmes.models import Study
from tests.factories import CMOCFactory, EvidenceFactory, MembershipFactory, MemoFactory, TheoryFactory

pytestmark = pytest.mark.django_db
SITE = "https://theory.example.org"


def as_json(rows):
    return {key: orjson.loads(orjson.dumps(row)) for key, row in rows.items()}


def member():
    found = User.objects.create_user("member")
    for study in Study.objects.order_by("pk")[::2]:
        MembershipFactory(study=study, user=found)
    return found


@pytest.mark.parametrize("reader", [AnonymousUser, member])
def test_rows_of_a_page_are_those_of_a_query(universe, reader):
    user = reader()
    for viewset in VIEWSETS.values():
        queried = build_rows(viewset.serializer_class(), viewset.model.objects.visible_to(user), user, SITE)
        keys = list(queried)
        assert as_json(rows_of_page(viewset.serializer_class, keys[::-1], user, SITE)) == as_json(queried)
        assert rows_of_page(viewset.serializer_class, [], user, SITE) == {}


def test_fields_alone_are_read_as_among_all(universe):
    viewset, user = VIEWSETS["cmocs"], AnonymousUser()
    whole = build_rows(viewset.serializer_class(), viewset.model.objects.visible_to(user), user, SITE)
    some = frozenset({"number", "evidence", "theory", "setting", "modified"})
    found = rows_of_page(viewset.serializer_class, list(whole), user, SITE, some)
    assert [list(row) for row in found.values()] == [[name for name in row if name in some] for row in whole.values()]
    assert as_json(found) == as_json(
        {key: {name: value for name, value in row.items() if name in some} for key, row in whole.items()}
    )


def test_kept_statement_is_made_once():
    for viewset in VIEWSETS.values():
        rows_of_page(viewset.serializer_class, [1], AnonymousUser(), SITE)
    made = kept_statement.cache_info().misses
    for viewset in VIEWSETS.values():
        rows_of_page(viewset.serializer_class, [1, 2, 3], AnonymousUser(), SITE)
    assert kept_statement.cache_info().misses == made


def test_more_rows_than_a_statement_takes_parameters(client):
    evidence = EvidenceFactory()
    CMOCFactory.create_batch(3, theory=evidence.cmoc.theory)
    keys = [evidence.cmoc_id, *range(10_000_000, 10_300_000)]
    found = rows_of_page(VIEWSETS["cmocs"].serializer_class, keys, AnonymousUser(), SITE)
    assert list(found) == [evidence.cmoc_id]


@pytest.mark.parametrize("ending", ["", "&format=jsonl"])
def test_long_list_within_a_row_is_cut_and_says_where_it_is_whole(client, ending):
    cmoc = CMOCFactory()
    made = [EvidenceFactory(cmoc=cmoc, position=number, quote__study=cmoc.theory.study) for number in range(1, 103)]
    other = CMOCFactory(theory=cmoc.theory)
    address = f"/api/v1/cmocs/?theory={cmoc.theory.slug}&fields=number,evidence.quote{ending}"
    text = b"".join(client.get(address)).decode()
    rows = [orjson.loads(line) for line in text.splitlines()] if ending else orjson.loads(text)["results"]
    whole = f"http://testserver/api/v1/cmocs.evidence/?of={cmoc.theory.slug}%3A{cmoc.number}"
    quotes = [{"quote": f"{cmoc.theory.study.slug}:{evidence.quote.key}"} for evidence in made]
    assert rows == [
        {"number": cmoc.number, "evidence": quotes[:MOST_NESTED], "more": {"evidence": whole}},
        {"number": other.number, "evidence": []},
    ]
    found = client.get(whole, {"of": f"{cmoc.theory.slug}:{cmoc.number}", "page_size": 1000, "fields": "quote"}).json()
    assert found["results"] == quotes
    assert client.get(whole).json()["next"] is not None
    assert client.get("/api/v1/cmocs.evidence/", {"of": f"{cmoc.theory.slug}:{other.number}"}).json()["results"] == []


@pytest.mark.parametrize("name", ["nothing", "a:b", "theory:99999999999", "theory:7"])
def test_row_around_that_is_not_there_is_said(client, name):
    for address in ("cmocs.evidence", "theories.notes"):
        answer = client.get(f"/api/v1/{address}/", {"of": name})
        assert (answer.status_code, "There is no" in answer.json()["detail"]) == (404, True)


def test_rows_within_one_row_of_a_theory(client):
    theory = TheoryFactory()
    memo = MemoFactory(study=theory.study, theory=theory, visibility="public")
    found = client.get("/api/v1/theories.notes/", {"of": theory.slug}).json()["results"]
    assert [row["key"] for row in found] == [memo.key]
    assert client.get("/api/v1/theories.notes/", {"of": TheoryFactory().slug}).json()["results"] == []
