"""Whatever is written into a filter, a cursor or a header of any list: an answer, or a problem that says what to do."""

import base64
import itertools
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import call_command
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from programmes.api.cursors import NoCursorError, sealed, unsealed
from programmes.api.paging import NO_CURSOR
from programmes.filtersets.base import takes_numbers
from realist.api import RESOURCES
from tests.factories import UserFactory

NUMBERS = ["99999999999999999999", "2147483648", "9" * 5000, "-1", "1.5", "1_0", " 1", "\u0661", "1e5"]


def problem_in(response):
    assert response["Content-Type"] == "application/problem+json"
    return response.json()


# To what takes any text or terms, these are texts and terms as others are: a few tell as much.
TEXTS = ["99999999999999999999", "9" * 5000, "\u0661"]


@pytest.mark.parametrize("others", [TEXTS, pytest.param(NUMBERS, marks=pytest.mark.soak)], ids=["some", "all"])
@pytest.mark.parametrize("name", RESOURCES)
def test_numbers_too_large_or_no_numbers_are_refused_by_every_filter(universe, name, others):
    client = Client(raise_request_exception=False)
    filters = RESOURCES[name].filterset_class.base_filters
    for parameter, entry in filters.items():
        for value in NUMBERS if takes_numbers(entry) else others:
            response = client.get(f"/api/v1/{name}/", {parameter: value})
            assert response.status_code in {200, 400, 404}, (parameter, value)
            if takes_numbers(entry):
                (error,) = problem_in(response)["errors"]
                assert (response.status_code, error["parameter"], error["value"]) == (400, parameter, [value])


@pytest.mark.untraced
@pytest.mark.parametrize("parameter", ["page_size", "cursor", "ordering", "fields", "format", "q"])
@pytest.mark.parametrize("name", RESOURCES)
def test_every_common_parameter_takes_strange_values(universe, name, parameter):
    client = Client(raise_request_exception=False)
    for value in [*NUMBERS, "cD1hYmM=", "é", "\u202e", "%", "a,b", "\ud7ff"]:
        response = client.get(f"/api/v1/{name}/", {parameter: value})
        assert response.status_code in {200, 400, 404}, value
        if response.status_code != 200:
            assert problem_in(response)["errors"][0]["parameter"] == parameter


# A cursor is sealed with the name of its list and order, whatever these are: that of one other list tells as much as
# those of all of them.
@pytest.mark.untraced
@pytest.mark.parametrize("other_lists", [1, pytest.param(len(RESOURCES), marks=pytest.mark.soak)])
def test_cursor_of_another_order_or_list_is_refused(universe, other_lists):
    client = Client(raise_request_exception=False)
    cursors = {}
    for resource, viewset in RESOURCES.items():
        for order in viewset.orderings:
            following = client.get(f"/api/v1/{resource}/", {"ordering": order, "page_size": "1"}).json()["next"]
            if following:
                cursors[resource, order] = parse_qs(urlsplit(following).query)["cursor"][0]
    lists = list(dict.fromkeys(name for name, _ in cursors))
    assert len(lists) > 10
    for at, name in enumerate(lists):
        asked = [name, *(lists[at - turn - 1] for turn in range(min(other_lists, len(lists) - 1)))]
        given = {of: cursor for of, cursor in cursors.items() if of[0] in asked}
        for order, (of, cursor) in itertools.product(RESOURCES[name].orderings, given.items()):
            response = client.get(f"/api/v1/{name}/", {"ordering": order, "cursor": cursor})
            if of == (name, order):
                assert response.status_code == 200
            else:
                error = problem_in(response)["errors"][0]
                assert (response.status_code, error["message"]) == (400, NO_CURSOR)


@pytest.mark.untraced
@given(st.text() | st.binary().map(lambda given: base64.urlsafe_b64encode(given).decode()))
@settings(max_examples=50)
def test_what_is_no_cursor_is_never_read(given):
    with pytest.raises(NoCursorError):
        unsealed(given, "/api/v1/cmocs/ id")
    assert unsealed(sealed("0 0 ", "/api/v1/cmocs/ id"), "/api/v1/cmocs/ id") == "0 0 "


@pytest.mark.parametrize("name", ["cmocs", "references", "evidence"])
@pytest.mark.parametrize("number", ["99999999999", "9" * 400, "-1", "1.0", "\u0661"])
def test_numbers_in_addresses(universe, name, number):
    response = Client(raise_request_exception=False).get(f"/api/v1/{name}/breakfast:{number}/")
    assert problem_in(response)["status"] == response.status_code == 404


@pytest.mark.parametrize(
    "header",
    ["Basic YTpi", "Digest a", "zq", "Bearer", "Token", "Token a b", "Token \x00", "Token é", "Bearer zq", "Token zq"],
)
def test_who_signs_in_in_vain_is_told(demo, client, header):
    response = client.get("/api/v1/cmocs/", headers={"authorization": header})
    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Token")
    assert problem_in(response)["status"] == 401


@pytest.mark.parametrize("scheme", ["Token", "Bearer", "bearer"])
def test_token_is_taken_after_either_word(demo, client, capsys, scheme):
    UserFactory(username="ada", is_superuser=True)
    call_command("create_token", "ada")
    token = capsys.readouterr().out.split()[1]
    response = client.get("/api/v1/cmocs/", headers={"authorization": f"{scheme} {token}"})
    assert (response.status_code, response["Cache-Control"]) == (200, "private, no-store")


def test_address_without_the_header_is_answered_to_everybody(demo, client):
    assert client.get("/api/v1/cmocs/", headers={"authorization": ""}).status_code == 200
