"""Pages of lists: forwards and backwards they give exactly the list, whatever ties and whatever comes and goes."""

import datetime as dt
import re

import pytest

from programmes.api.paging import MOST_COUNTED, NO_CURSOR
from programmes.models import Memo, Reference
from programmes.vocabulary import MemoKind
from realist.api import RESOURCES
from tests.factories import MemoFactory, ReferenceFactory, StudyFactory
from tests.queries import asks

TIES = 1100
EVERY_ORDER = [
    (name, f"{sign}{field}") for name, viewset in RESOURCES.items() for field in viewset.orderings for sign in ("", "-")
]


def page_of(client, address):
    response = client.get(address)
    assert response.status_code == 200, response.content
    return response.json()


def walk(client, address, way="next"):
    """Return the ids of each page from an address on, and the address of the last page."""
    pages = []
    while address:
        last = address
        page = page_of(client, address)
        pages.append([row["id"] for row in page["results"]])
        address = page[way]
    return pages, last


def flat(pages):
    return [key for page in pages for key in page]


def both_ways(client, address):
    """Return the list as read forwards, and as read backwards from its end."""
    forwards, last = walk(client, address)
    backwards, _ = walk(client, last, "previous")
    return flat(forwards), flat(reversed(backwards))


@pytest.mark.untraced
@pytest.mark.parametrize(("name", "order"), EVERY_ORDER)
def test_every_list_in_every_order_is_the_same_in_pages(demo, client, name, order):
    whole = [row["id"] for row in page_of(client, f"/api/v1/{name}/?ordering={order}&page_size=1000")["results"]]
    assert len(whole) == len(set(whole))
    size = 3 if len(whole) < 30 else 11
    address = f"/api/v1/{name}/?ordering={order}&page_size={size}&fields=id"
    assert both_ways(client, address) == (whole, whole)


@pytest.mark.untraced
@pytest.mark.parametrize("field", ["kind", "signed_date"])
def test_more_ties_than_a_page_has_rows(db, client, field):
    study = StudyFactory()
    made = [
        Memo(
            study=study, key=f"m{n:04}", kind=MemoKind.METHOD, text="x", signed_by="A", signed_date="2026-01-01",
            visibility="public",
        )
        for n in range(TIES)
    ]  # fmt: skip
    Memo.objects.bulk_create(made)
    keys = [f"{study.slug}:m{n:04}" for n in range(TIES)]
    for sign, size in (("", 500), ("-", 500), ("", 37), ("-", 1000)):
        expected = keys if not sign else keys[::-1]
        address = f"/api/v1/memos/?ordering={sign}{field}&page_size={size}&fields=id"
        assert both_ways(client, address) == (expected, expected)


def test_every_row_has_a_value_in_every_column_of_an_order():
    empty = [
        (n, o) for n, viewset in RESOURCES.items() for o in viewset.orderings if viewset.model._meta.get_field(o).null
    ]
    assert empty == []


@pytest.mark.parametrize("sign", ["", "-"])
def test_each_row_that_stays_is_seen_once_while_others_come_and_go(db, client, sign):
    study = StudyFactory()
    for number in range(1, 41):
        ReferenceFactory(study=study, number=number, year=str(2000 + number % 3))
    stay = {f"{study.slug}:{n}" for n in range(1, 41) if n % 4}
    seen, address, turn = [], f"/api/v1/references/?ordering={sign}year&page_size=3", 0
    while address:
        page = page_of(client, address)
        seen += [row["id"] for row in page["results"]]
        turn += 1
        Reference.objects.filter(number=4 * turn).delete()
        ReferenceFactory(study=study, number=100 + turn, year=("", "1990", "2001", "2030")[turn % 4])
        address = page["next"]
    assert len(seen) == len(set(seen))
    assert stay - set(seen) == set()


def test_page_that_emptied_leads_back(db, client):
    study = StudyFactory()
    for number in range(1, 7):
        ReferenceFactory(study=study, number=number)
    first = page_of(client, "/api/v1/references/?page_size=2&fields=number")
    second = page_of(client, first["next"])
    Reference.objects.filter(number__gt=4).delete()
    empty = page_of(client, second["next"])
    assert (empty["results"], empty["next"]) == ([], None)
    assert page_of(client, empty["previous"])["results"] == [{"number": 3}, {"number": 4}]
    Reference.objects.filter(number__lt=3).delete()
    empty = page_of(client, second["previous"])
    assert (empty["results"], empty["previous"]) == ([], None)
    assert page_of(client, empty["next"])["results"] == [{"number": 3}, {"number": 4}]


@pytest.mark.parametrize(
    "other",
    [
        "memos/?ordering=kind&cursor={}",
        "memos/?ordering=-key&cursor={}",
        "memos/?cursor={}",
        "references/?ordering=key&cursor={}",
        "memos/?ordering=key&kind=theory&cursor={}",
        "memos/?ordering=key&study=halsall-2022&cursor={}",
    ],
)
def test_cursor_of_another_list_order_or_choice_is_refused(demo, client, other):
    page = page_of(client, "/api/v1/memos/?ordering=key&page_size=5")
    cursor = re.search(r"cursor=([^&]+)", page["next"])[1]
    address = f"/api/v1/{other.format(cursor)}".replace("references/?ordering=key", "references/?")
    response = client.get(address)
    assert response.status_code == 400
    assert response.json()["errors"] == [
        {"parameter": "cursor", "value": [cursor], "message": NO_CURSOR, "code": "wrong-cursor"}
    ]


def test_cursor_goes_on_in_another_size_and_with_other_fields(demo, client):
    page = page_of(client, "/api/v1/memos/?ordering=key&page_size=5&fields=key&kind=theory&kind=source-note")
    cursor = re.search(r"cursor=([^&]+)", page["next"])[1]
    rest = page_of(client, f"/api/v1/memos/?page_size=1000&kind=source-note&kind=theory&ordering=key&cursor={cursor}")
    whole = page_of(client, "/api/v1/memos/?ordering=key&page_size=1000&kind=theory&kind=source-note")
    assert rest["results"] == whole["results"][5:]


def test_neighbours_stand_in_the_header_too(demo, client):
    response = client.get("/api/v1/memos/?page_size=5&kind=source-note")
    page = response.json()
    first = "http://testserver/api/v1/memos/?kind=source-note&page_size=5"
    assert response["Link"] == f'<{first}>; rel="first", <{page["next"]}>; rel="next"'
    second = client.get(page["next"])
    around = second.json()
    assert second["Link"] == (
        f'<{first}>; rel="first", <{around["next"]}>; rel="next", <{around["previous"]}>; rel="prev"'
    )
    assert client.get("/api/v1/surveys/")["Link"] == '<http://testserver/api/v1/surveys/>; rel="first"'


def test_total_is_told_where_it_is_asked_for(demo, client, monkeypatch):
    page = page_of(client, "/api/v1/quotes/?role=counters&count=true&page_size=1")
    assert (page["count"], page["count_is_whole"]) == (3, True)
    assert "count" not in page_of(client, "/api/v1/quotes/?count=false")
    assert page_of(client, page["next"])["count"] == 3
    assert MOST_COUNTED == 100_000
    monkeypatch.setattr("programmes.api.paging.MOST_COUNTED", 2)
    page = page_of(client, "/api/v1/quotes/?role=counters&count=true")
    assert (page["count"], page["count_is_whole"], len(page["results"])) == (2, False, 3)
    error = client.get("/api/v1/quotes/?count=yes").json()["errors"]
    assert error == [
        {"parameter": "count", "value": ["yes"], "message": "is neither true nor false", "code": "wrong-value"}
    ]


@pytest.mark.once
def test_a_page_far_down_is_read_from_where_it_begins(demo, client):
    first = page_of(client, "/api/v1/memos/?ordering=key&page_size=50")
    with asks("telling, memo, memo"):
        page_of(client, first["next"])


def test_dates_are_kept_to_the_day(db, client):
    study = StudyFactory()
    for day in (3, 1, 2):
        MemoFactory(study=study, key=f"d{day}", signed_date=dt.date(2026, 1, day), visibility="public")
    forwards, backwards = both_ways(client, "/api/v1/memos/?ordering=-signed_date&page_size=1")
    assert forwards == backwards == [f"{study.slug}:d{day}" for day in (3, 2, 1)]
