"""What stands behind the question mark of an address: no page keeps silent about what it left out."""

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from django.urls import resolve

from programmes.pages.base import left_out
from tests.factories import EvidenceFactory

pytestmark = pytest.mark.once  # what pages say of rows; that they work on both databases test_pages.py asks

THEORY = "/theories/breakfast/"
STUDY = "/studies/breakfast-2024/"
PAGES = [
    "/",
    "/cite/",
    "/glossary/",
    "/accessibility/",
    "/search/",
    "/services/",
    "/api/v1/docs/",
    "/surveys/breakfast-parents/",
    THEORY,
    *(
        f"{THEORY}{page}/"
        for page in ("evidence", "setting", "matrix", "lineage", "earlier", "cmocs/1", "cmocs/1/cite")
    ),
    *(f"{THEORY}{page}/" for page in ("cmocs/1/history", "contexts/early-shifts", "outcomes/stigma")),
    STUDY,
    *(f"{STUDY}{page}/" for page in ("services", "services/01", "quotes/cook-belly", "memos", "memos/attendance")),
    "/theories/gardens/",
    "/theories/discharge/",
    "/theories/audit-review/",
    "/theories/audit-review/evidence/",
]
LINK = re.compile(r'(?:href|action|src)="([^"#]*)')
NAMED = re.compile(r'<(?:input|select)[^>]* name="([^"]+)"')
FORM = re.compile(r'<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>', re.DOTALL)


@pytest.mark.untraced
@pytest.mark.parametrize("address", PAGES)
def test_unknown_parameter_is_named_and_the_page_is_as_without_it(universe, client, address):
    plain = client.get(address)
    asked = client.get(f"{address}?servise=04&nonsense=1&nonsense=%3Cb%3E")

    assert (plain.status_code, asked.status_code) == (200, 200)
    sentences = re.findall(r'<p class="notice" role="status"[^>]*>(.*?)</p>', asked.content.decode())
    assert [sentence.partition(" is not known to this page and was left out; ")[0] for sentence in sentences] == [
        "&quot;servise&quot;",
        "&quot;nonsense&quot;",
    ]
    without = re.sub(r'<p class="(?:notice|print-line)" .*?</p>', "", asked.content.decode())
    assert without.split() == re.sub(r'<p class="print-line" .*?</p>', "", plain.content.decode()).split()


def test_unknown_parameter_is_told_with_what_may_have_been_meant(universe, client):
    page = client.get(f"{THEORY}?servise=04&role=counters").content.decode()

    assert "servise&quot; is not known to this page and was left out; did you mean &quot;service&quot;?</p>" in page
    assert [*client.get(f"{THEORY}?servise=04&role=counters").context["page"].query] == [*"role=counters"]


def test_what_is_chosen_is_said_even_where_no_cmoc_fits(universe, client):
    page = client.get(f"{THEORY}?view=table&quote_q=letter&q=fair&sector=charity&role=counters&role=supports").context[
        "page"
    ]

    assert page.summary == (
        "0 of 6 CMOCs, what the quote does: Supports; what the quote does: Counters; "
        "sector of the service quoted: charity; with the words: fair; with a quote that has the words: letter."
    )
    assert client.get(f"{THEORY}?view=table&quote_q=letter").context["page"].quotes_query == "quote_q=letter"
    assert client.get(f"{THEORY}?view=table&quote_q=letter&status=contested").context["page"].quotes_query == ""


def test_retired_cmoc_is_shown_with_the_columns_that_it_fills(db, client):
    evidence = EvidenceFactory(cmoc__status="retired")
    address = f"/theories/{evidence.cmoc.theory.slug}/?view=table"

    assert "This theory is shown without quotes." in client.get(address).content.decode()
    retired = client.get(f"{address}&status=retired").content.decode()
    assert '<th scope="col">Evidence</th>' in retired
    assert "This theory is shown without quotes." not in retired


@pytest.mark.parametrize("address", [f"{THEORY}web.svg", f"{STUDY}memos.csv"])
def test_file_is_not_written_for_a_parameter_that_it_would_leave_out(universe, client, address):
    answer = client.get(f"{address}?servise=04")

    assert (client.get(address).status_code, answer.status_code) == (200, 400)
    assert answer.content.decode().startswith('"servise" is not known to this page and was left out; ')
    assert answer["Content-Type"] == "text/plain; charset=utf-8"


def left_out_by(address, rf):
    request = rf.get(address)
    request.resolver_match = resolve(urlsplit(address).path)
    return left_out(request)


@pytest.mark.parametrize(
    "address", [*PAGES, f"{THEORY}?role=counters&service=04", f"{THEORY}evidence/?role=counters&sort=cmoc"]
)
@pytest.mark.untraced
def test_pages_link_and_ask_only_with_parameters_that_are_known(universe, rf, address):
    page = Client().get(address).content.decode()
    asked = [link for link in map(unescape, LINK.findall(page)) if "?" in link]
    asked = [link if link.startswith("/") else f"{urlsplit(address).path}{link}" for link in asked if ":" not in link]
    asked += [
        f"{action}?{'&'.join(f'{name}=1' for name in NAMED.findall(form))}" for action, form in FORM.findall(page)
    ]

    pages = [link for link in asked if link.startswith("/") and not link.startswith("/api/")]
    assert pages
    assert [(link, left_out_by(link, rf)) for link in pages if left_out_by(link, rf)] == []
    for link in asked:
        if link.startswith("/api/"):
            path, _, query = link.partition("?")
            names = {name: value for name, value in parse_qsl(query) if name not in {"format", "fields"}}
            assert Client().get(path, names).status_code == 200, link
