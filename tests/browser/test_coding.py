"""Coding a transcript in the browser: by mouse, by keyboard, and without JavaScript."""

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import expect

from programmes.models import Evidence, Membership, Quote, Source
from programmes.transcripts.read import checksum
from tests.browser.conftest import faults_on_screens
from tests.factories import CMOCFactory, SourceFactory, TheoryFactory

pytestmark = pytest.mark.browser

TEXT = (
    "I: How was it?\nP3: 👩🏽‍🎓 good, e\u0301te\u0301 and שלום עולם, to meet somebody like me.\n"
    "I: And then?\nP3: It was good."
)
SELECT = """([start, end]) => {
  const point = (place) => {
    for (const words of document.querySelectorAll(".words")) {
      const from = Number(words.dataset.start);
      const letters = Array.from(words.textContent);
      if (place >= from && place <= from + letters.length) {
        let rest = letters.slice(0, place - from).join("").length;
        const walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
          if (rest <= walker.currentNode.length) return [walker.currentNode, rest];
          rest -= walker.currentNode.length;
        }
      }
    }
  };
  const range = document.createRange();
  range.setStart(...point(start));
  range.setEnd(...point(end));
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  document.getElementById("transcript").dispatchEvent(new MouseEvent("mouseup"));
}"""


@pytest.fixture
def source(transactional_db):
    theory = TheoryFactory()
    CMOCFactory(theory=theory, number=5, title="Matched peer")
    return SourceFactory(study=theory.study, text=TEXT, sha256=checksum(TEXT))


@pytest.fixture
def curator(source):
    user = get_user_model().objects.create_superuser("lead", password="a password of the test")
    Membership.objects.create(study=source.study, user=user, role="curator")
    return user


def screen(source):
    return f"/admin/programmes/source/{source.pk}/code/"


@pytest.mark.parametrize(
    "passage",
    [
        pytest.param("👩🏽‍🎓 good", marks=pytest.mark.once),
        pytest.param("e\u0301te\u0301 and שלום", marks=pytest.mark.once),
        pytest.param("like me.\nI: And", marks=pytest.mark.once),
        pytest.param("It was good.", marks=pytest.mark.once),
        "good, e\u0301te\u0301 and שלום עולם, to",
    ],
)
def test_selected_words_become_a_quote_letter_for_letter(source, curator, page, sign_in, passage):
    sign_in(page.context, curator)
    page.goto(screen(source))
    start = TEXT.index(passage)
    page.evaluate(SELECT, [start, start + len(passage)])
    assert page.input_value("#id_passage") == passage
    page.fill("#id_new_title", "A fragment")
    page.click("text=Code this passage")
    page.wait_for_selector(".messagelist .success")
    quote = Quote.objects.get()
    said = passage.replace("I: ", "")  # a label tells who speaks and is nobody's words
    assert (quote.text, quote.start, quote.end) == (said, start, start + len(passage))
    pieces = [tuple(map(int, piece.split())) for piece in quote.pieces] or [(quote.start, quote.end)]
    assert "\n".join(Source.objects.get().text[slice(*piece)] for piece in pieces) == said
    shown = "".join(page.locator(".coded").all_text_contents())
    assert shown == said.replace("\n", "")
    page.evaluate(SELECT, [start, start + len(passage)])
    assert page.input_value("#id_passage") == passage
    page.click("text=Undo")
    page.wait_for_selector("text=Undone: what was coded last is gone.")
    assert Quote.objects.count() == 0


@pytest.mark.once
def test_cmoc_is_chosen_among_suggestions(source, curator, page, sign_in):
    sign_in(page.context, curator)
    page.goto(screen(source))
    page.fill("#id_passage", "And then?")
    field = page.locator(".cmoc-field input")
    field.fill("Matched")
    field.press("Enter")
    page.locator(".chosen-cmocs button").press("Enter")  # takes it out again
    expect(page.locator(".chosen-cmocs button")).to_have_count(0)
    field.fill("Matched")
    field.press("Enter")
    expect(page.locator(".chosen-cmocs button")).to_contain_text("5 Matched")
    page.select_option("#id_role", "counters")
    page.click("text=Code this passage")
    page.wait_for_selector(".messagelist .success")
    assert (Evidence.objects.get().cmoc.number, Evidence.objects.get().role) == (5, "counters")
    assert page.locator(".flag").inner_text() == "q01 counters CMOC 5"


@pytest.mark.once
def test_keys(source, curator, page, sign_in):
    sign_in(page.context, curator)
    page.goto(screen(source))
    for passage in ("And then?", "How was it?"):
        page.fill("#id_passage", passage)
        page.fill("#id_new_title", passage)
        page.click("text=Code this passage")
        page.wait_for_selector(".messagelist .success")
    page.keyboard.press("Alt+KeyT")
    assert page.evaluate("document.activeElement.id") == "transcript"
    page.evaluate("location.hash = ''")
    page.keyboard.press("Alt+KeyN")
    assert page.evaluate("location.hash") == "#q02"
    page.keyboard.press("Alt+KeyN")
    assert page.evaluate("location.hash") == "#q01"
    page.keyboard.press("Alt+KeyP")
    assert page.evaluate("location.hash") == "#q02"
    page.evaluate(SELECT, [0, 2])
    page.keyboard.press("Alt+KeyC")
    assert page.evaluate("document.activeElement.id") == "id_passage"


@pytest.mark.once
def test_without_javascript(source, curator, open_context, sign_in):
    context = open_context(javascript=False)
    sign_in(context, curator)
    page = context.new_page()
    page.goto(screen(source))
    page.fill("#id_passage", "to meet somebody like me")
    page.fill("#id_numbers", "5")
    page.click("text=Code this passage")
    page.wait_for_selector(".messagelist .success")
    assert Quote.objects.get().text == "to meet somebody like me"
    assert Evidence.objects.get().cmoc.number == 5


@pytest.mark.once
def test_coding_screen_is_accessible(source, curator, page, sign_in, axe, watch, every):
    watch.expect("Failed to load resource: the server responded with a status of 400")
    sign_in(page.context, curator)
    page.goto(screen(source))
    found = []
    for act in ("nothing yet", "refused", "coded"):
        if act == "refused":
            page.evaluate("document.querySelector('#id_passage').required = false")
            page.fill("#id_passage", "not there")
            page.click("text=Code this passage")
            page.wait_for_selector(".errornote")
        if act == "coded":
            page.fill("#id_passage", "And then?")
            page.fill("#id_new_title", "New")
            page.click("text=Code this passage")
            page.wait_for_selector(".messagelist .success")
        found += faults_on_screens(page, axe, act, every=every)
    assert found == []
