"""Every public page as data: the endings of all pages, and what stands there."""

import pytest
from django.urls import reverse

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
