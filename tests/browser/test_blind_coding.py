"""Two people in two browsers: one codes first, the other blind; then the two codings are compared."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from playwright.sync_api import expect

from programmes.models import Membership, SecondCode, SecondCoding
from programmes.transcripts.read import checksum
from tests.browser.conftest import HEIGHT, faults_on_screens
from tests.factories import CMOCFactory, SourceFactory, TheoryFactory

pytestmark = pytest.mark.browser

TEXT = "I: How was it?\nP3: It was good 👩🏽‍🎓 to meet somebody like me.\nI: And then?\nP3: It was e\u0301te\u0301."


@pytest.fixture
def source(transactional_db):
    theory = TheoryFactory(title="Peer support")
    CMOCFactory(theory=theory, number=5, title="Matched peer")
    CMOCFactory(theory=theory, number=6, title="Talk")
    return SourceFactory(study=theory.study, text=TEXT, sha256=checksum(TEXT), title="Interview 1")


def curator(source, name):
    user = get_user_model().objects.create_superuser(name, password="a password of the test")
    Membership.objects.create(study=source.study, user=user, role="curator")
    return user


def screen(source, name):
    return f"/admin/programmes/source/{source.pk}/{name}/"


def select(page, passage):
    """Select words of one line with the mouse."""
    page.evaluate(
        """(passage) => {
          for (const words of document.querySelectorAll(".words")) {
            const walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) {
              const from = walker.currentNode.data.indexOf(passage);
              if (from >= 0) {
                const range = document.createRange();
                range.setStart(walker.currentNode, from);
                range.setEnd(walker.currentNode, from + passage.length);
                getSelection().removeAllRanges();
                getSelection().addRange(range);
              }
            }
          }
          document.getElementById("transcript").dispatchEvent(new MouseEvent("mouseup"));
        }""",
        passage,
    )


def choose(page, title, name):
    page.locator(".cmoc-field input").fill(title)
    page.locator(".cmoc-field .choice").first.click()
    expect(page.locator(".chosen-cmocs button").last).to_contain_text(name.removeprefix("CMOC "))


@pytest.fixture
def look(axe, every):
    """Collects what is wrong with a page on every screen."""
    found = []

    def look_at(page, act):
        found.extend(faults_on_screens(page, axe, act, every=every))
        page.set_viewport_size({"width": 1280, "height": HEIGHT})

    yield look_at
    assert found == []


@pytest.fixture
def coded_first(source):
    """Two passages for CMOC 5, by somebody on the coding screen."""
    first = Client()
    first.force_login(curator(source, "first"))
    cmoc = source.study.theories.get().cmocs.get(number=5)
    for passage in ("to meet somebody like me", "And then?"):
        sent = {"passage": passage, "role": "supports", "memo_kind": "theory", "cmocs": [cmoc.pk]}
        first.post(screen(source, "code"), sent)


def test_source_is_coded_blind_and_compared(source, coded_first, page, sign_in):
    sign_in(page.context, curator(source, "second"))
    page.goto(screen(source, "blind"))
    page.click("text=Begin to code blind")
    page.wait_for_selector("#transcript")
    assert page.locator(".coded").count() == 0
    select(page, "good 👩🏽‍🎓 to meet somebody like me")
    choose(page, "Matched peer", "CMOC 5")
    page.select_option("#id_role", "counters")
    page.click("text=Code this passage")
    page.wait_for_selector("text=Marked for CMOC 5.")
    assert page.locator(".coded").all_text_contents() == ["good 👩🏽‍🎓 to meet somebody like me"]
    page.fill("#id_passage", "It was e\u0301te\u0301")
    choose(page, "Talk", "CMOC 6")
    page.click("text=Code this passage")
    page.wait_for_selector("text=Marked for CMOC 6.")
    page.click("text=Undo")
    page.wait_for_selector("text=Removed 1 code.")
    (made,) = SecondCode.objects.values_list("start", "end", "role")
    assert (TEXT[made[0] : made[1]], made[2]) == ("good 👩🏽‍🎓 to meet somebody like me", "counters")
    page.click("text=Finish …")
    page.click("text=Finish for good")
    page.wait_for_selector("text=is finished. It can be compared with the first coding now.")
    assert SecondCoding.objects.get().finished_date is not None
    page.click(".marked a")
    page.wait_for_selector(".flag")
    assert page.locator(".flag").all_text_contents() == [
        "second: counters CMOC 5",
        "first: supports CMOC 5",
        "first: supports CMOC 5",
    ]
    page.click(".wide a >> text=3")
    assert page.evaluate("location.hash") == "#line-3"


@pytest.mark.once
def test_screens_are_accessible(source, coded_first, page, sign_in, look, watch):
    watch.expect("Failed to load resource: the server responded with a status of 40[03]")
    analyst = curator(source, "second")
    sign_in(page.context, analyst)
    page.goto(screen(source, "agreement"))
    look(page, "nothing to compare")
    page.goto(screen(source, "blind"))
    look(page, "invitation")
    page.click("text=Begin to code blind")
    page.wait_for_selector("#transcript")
    look(page, "nothing marked")
    page.fill("#id_passage", "It was e\u0301te\u0301")
    choose(page, "Talk", "CMOC 6")
    page.click("text=Code this passage")
    page.wait_for_selector("text=Marked for CMOC 6.")
    look(page, "marked")
    page.fill("#id_passage", "not there")
    page.click("text=Code this passage")
    page.wait_for_selector(".errornote")
    look(page, "refused")
    page.goto(screen(source, "code"))
    look(page, "closed")
    page.goto(screen(source, "blind") + "?finish=ask")
    look(page, "asked to finish")
    page.click("text=Finish for good")
    page.wait_for_selector(".marked a")
    look(page, "finished")
    page.click(".marked a")
    page.wait_for_selector(".flag")
    look(page, "compared")


@pytest.mark.once
def test_without_javascript(source, open_context, sign_in):
    context = open_context(javascript=False)
    sign_in(context, curator(source, "second"))
    page = context.new_page()
    page.goto(screen(source, "blind"))
    page.click("text=Begin to code blind")
    page.click("text=Discard this blind coding")
    page.wait_for_selector("text=Discarded: no blind coding of yours is open here.")
    page.click("text=Begin to code blind")
    page.click("text=Finish …")
    page.click("text=Finish for good")
    page.click(".marked a")
    assert "cannot be told: no line was coded" in page.inner_text(".wide >> nth=0")
