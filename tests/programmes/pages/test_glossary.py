"""The public glossary, and its words where they stand on other pages."""

import json
import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.test import RequestFactory

from programmes.glossary import TERMS, WORKS, UnknownTermError, term_of

THEORY = "/theories/thompson-2023/"
# The terms that each page explains, in the order in which a reader meets them.
EXPLAINED = {
    "/": ["context", "mechanism", "outcome", "cmoc"],
    THEORY: ["programme-theory", "cmoc"],
    f"{THEORY}?view=picture": ["programme-theory", "counters", "context"],
    f"{THEORY}?view=table": ["programme-theory", "context", "cmoc", "mechanism", "outcome", "caveat"],
    f"{THEORY}cmocs/2/": ["hedge", "supports", "counters", "context", "mechanism", "outcome"],
    "/services/": [],
}


def text_of(client, address):
    return client.get(address).content.decode()


def page_with(template):
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    return Template("{% load glossary %}" + template).render(Context({"request": request, "words": "<other> words"}))


def test_every_term_and_every_work_stands_at_its_anchor(client):
    page = text_of(client, "/glossary/")
    assert re.findall(r'<div id="([^"]+)">\s*<dt><dfn>([^<]+)</dfn>', page) == [(term.key, term.name) for term in TERMS]
    assert re.findall(r'<li id="([^"]+)">', page) == [work.key for work in WORKS]
    own = set(re.findall(r'href="#([^"]+)"', page)) - {"main"}
    assert own - set(re.findall(r' id="([^"]+)"', page)) == set()


def test_glossary_describes_itself_to_programs(client):
    page = text_of(client, "/glossary/")
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])
    assert (data["@type"], data["url"]) == ("DefinedTermSet", "http://testserver/glossary/")
    assert [entry["name"] for entry in data["hasDefinedTerm"]] == [term.name for term in TERMS]
    assert data["hasDefinedTerm"][0] == {
        "@type": "DefinedTerm",
        "@id": "http://testserver/glossary/#actor",
        "url": "http://testserver/glossary/#actor",
        "termCode": "actor",
        "name": "Actor",
        "description": term_of("actor").meaning,
        "inDefinedTermSet": "http://testserver/glossary/",
    }


@pytest.mark.parametrize("address", EXPLAINED)
def test_terms_are_explained_once_a_page(demo, client, address):
    page = text_of(client, address)
    assert re.findall(r'popovertarget="meaning-([^"]+)"', page) == EXPLAINED[address]
    assert re.findall(r'id="meaning-([^"]+)"', page) == EXPLAINED[address]
    assert '<a href="/glossary/">Glossary</a>' in page


def test_term_shows_its_name_or_other_words():
    assert page_with('{% term "mechanism" %} {% term "counters" words %}') == (
        '<button type="button" class="term" popovertarget="meaning-mechanism">mechanism</button> '
        '<button type="button" class="term" popovertarget="meaning-counters">&lt;other&gt; words</button>'
    )


def test_term_stands_as_any_other_word_after_the_first_time():
    page = page_with('{% term "cmoc" %} {% term "cmoc" %} {% term "cmoc" words %}{% term_meanings %}')
    assert page.count("<button") == 1
    assert "</button> CMOC &lt;other&gt; words" in page
    assert page.count('<div class="meaning" id="meaning-cmoc" popover role="group" aria-label="CMOC">') == 1


def test_page_without_terms_has_no_meanings():
    assert page_with("{% term_meanings %}").strip() == ""


@pytest.mark.parametrize("tag", ['{% term "mechanisms" %}', '{% words_explained "cmoc" "mechanisms" %}'])
def test_unknown_term_is_an_error(tag):
    with pytest.raises(UnknownTermError):
        page_with(tag)
