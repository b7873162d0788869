"""From where a reader stands: one sentence leads to an answer, and the setting stays in the address after."""

import re

import lxml.html
import pytest
from django.test import RequestFactory

from programmes.models import PersonKind, Population
from programmes.pages.standing import Standing, with_setting
from tests.factories import (
    CMOCFactory,
    PopulationFactory,
)
from tests.programmes.pages.test_front_door import page_of, theory_in_school, words_of

pytestmark = pytest.mark.once  # what pages say of rows; that they work on both databases test_pages.py asks

DEMO = "thompson-2023"
SETTING = f"/theories/{DEMO}/setting/"
KEPT = f"setting={DEMO},sector=school,who=child"


def test_home_asks_in_one_sentence(demo, client):
    (form,) = lxml.html.fromstring(page_of(client, "/")).xpath("//form[@class='front-door']")
    assert " ".join(form.xpath(".//label/text()")) == "I work in with and wonder about"
    chosen = {select.get("name"): select.xpath("./option/text()")[0] for select in form.xpath(".//select")}
    assert chosen == {"sector": "any kind of service", "who": "anybody", "outcome": "any result"}
    assert form.get("action") == "/from-where-you-stand/"


def test_sentence_leads_to_the_one_theory_that_knows_of_it(demo, client):
    address = "/from-where-you-stand/?sector=School&who=Young+person&outcome=Hope"
    assert client.get(address)["Location"] == f"{SETTING}?sector=school&who=child&outcome=hope"
    assert "No theory here speaks of it" in page_of(client, "/from-where-you-stand/?sector=Prison")
    assert "Choose" not in page_of(client, "/from-where-you-stand/")


@pytest.mark.untraced
@pytest.mark.parametrize("address", ["", "cmocs/2/", "evidence/", "matrix/", "?view=table", "slides/", "lineage/"])
def test_setting_stays_in_the_address_of_every_page_after(demo, client, address):
    start = f"/theories/{DEMO}/{address}"
    page = page_of(client, f"{start}{'&' if '?' in start else '?'}{KEPT}")
    document = lxml.html.fromstring(page)
    (told,) = document.xpath("//p[@class='standing']")
    assert " ".join(told.text_content().split()) == "You look from here: School · Young person What this says of it"
    assert told.xpath("./a/@href") == [f"{SETTING}?sector=school&who=child"]
    links = [link for link in document.xpath("//main//a/@href") if link.startswith(("/theories", "/studies", "?"))]
    pages = [link for link in links if re.fullmatch(r"(/[^?#.]*/)?(\?[^#]*)?(#.*)?", link) and SETTING not in link]
    assert len(pages) > 2
    assert [link for link in pages if KEPT not in link] == []
    assert "is not known to this page" not in page
    for form in document.xpath("//main//form[@method='get']"):
        assert form.xpath("./input[@name='setting']/@value") == [KEPT.removeprefix("setting=")]


def test_answer_itself_hands_the_setting_on(demo, client):
    page = page_of(client, f"{SETTING}?sector=school&who=child")
    assert f'href="/theories/{DEMO}/cmocs/8/?{KEPT}"' in page
    assert 'href="#main"' in page
    assert f'href="{SETTING}?sector=school&amp;who=child"' in page


@pytest.mark.parametrize(
    "setting",
    [
        "",
        "x",
        DEMO,
        f"{DEMO},sector=",
        f"{DEMO},shoe=9",
        f'{DEMO},who="><script>',
        "nothing,sector=school",
        "," * 900,
    ],
)
def test_what_is_no_setting_is_left_alone(demo, client, setting):
    response = client.get(f"/theories/{DEMO}/", {"setting": setting})
    page = response.content.decode()
    assert response.status_code == 200
    assert "You look from here" not in page
    assert '"><script>' not in page


def test_files_and_other_sites_are_left_alone():
    kept = Standing(DEMO, {"sector": "school"}, RequestFactory())
    parts = [
        '<a href="/theories/x/web.svg">',
        '<a href="https://example.org/">',
        '<a href="/api/v1/cmocs/">',
        '<a href="/admin/">',
        '<link href="/static/css/site.css">',
        '<a href="#top">',
        '<form method="post" action="/x/">',
        f'<form method="get" action="{SETTING}">',
        f'<a href="{SETTING}">',
    ]
    assert with_setting("".join(parts), kept) == "".join(parts)
    value = f"setting={DEMO},sector=school"
    assert with_setting('<a href="/cite/#x">', kept) == f'<a href="/cite/?{value}#x">'
    assert with_setting('<a href="?a=1">', kept) == f'<a href="?a=1&amp;{value}">'


def test_who_like_the_reader_was_not_asked(demo, client):
    page = words_of(page_of(client, f"{SETTING}?who=child"))
    assert "Nobody of those you think of was asked: Young person." in page
    assert "The study asked none of these: Child or young person, Peer, Parent or carer." in page
    PersonKind.objects.filter(pk=Population.objects.get(key="child").kind_id).update(asked="yes")
    page = words_of(page_of(client, f"{SETTING}?who=child"))
    assert "Nobody of those you think of" not in page
    assert "The study asked none of these: Peer, Parent or carer." in page
    PersonKind.objects.update(asked="")
    assert "was not asked" not in words_of(page_of(client, f"{SETTING}?who=child"))


def test_only_what_may_lead_to_the_result(demo, client):
    page = client.get(f"{SETTING}?sector=health&outcome=hope").context["page"]
    assert [row.cmoc.number for group in page.groups for row in group.rows] == [1]
    wrong = client.get(f"{SETTING}?outcome=hop")
    assert (wrong.status_code, "did you mean" in wrong.content.decode()) == (400, True)


def test_long_answers_stand_on_pages(db, client):
    theory, _ = theory_in_school()
    PopulationFactory(study=theory.study)
    for _ in range(70):
        CMOCFactory(theory=theory)
    address = f"/theories/{theory.slug}/setting/?sector=school"
    page = client.get(address).context["page"]
    assert {group.name: (len(group.rows), group.found) for group in page.groups} == {
        "like": (1, 1),
        "perhaps": (0, 0),
        "elsewhere": (0, 0),
        "nobody": (30, 70),
    }
    seen = []
    address += "&answer=nobody"
    while True:
        response = client.get(address)
        seen += [row.cmoc.number for group in response.context["page"].groups for row in group.rows]
        following = re.search(r'href="([^"]*)" rel="next"', response.content.decode())
        if not following:
            break
        address = f"/theories/{theory.slug}/setting/{following[1].replace('&amp;', '&')}"
    assert len(seen) == len(set(seen)) == 70
