"""The disclosure check in the browser: by keys alone, by the mouse, without JavaScript, and without a connection."""

import pytest

from programmes.models import Quote
from tests.browser.conftest import faults_on_screens
from tests.disclosure_study import TURNS, ActsAtDisclosure, disclosure_study

pytestmark = pytest.mark.browser

MASKED = TURNS[2].partition(": ")[2].replace("Thursday market", "[…]").replace("brother-in-law, the baker", "[…]")


@pytest.fixture
def made(transactional_db):
    return disclosure_study()


@pytest.fixture
def at_the_screen(made, page, sign_in):
    sign_in(page.context, made.lead)
    page.goto(made.address)
    return ActsAtDisclosure(page)


def states():
    rows = Quote.objects.order_by("key").values_list("visibility", "disclosure_checked_by", "shown_text")
    return [(visibility, by, "[…]" in shown) for visibility, by, shown in rows]


def test_sixteen_checks_take_no_more_than_two_acts_each(transactional_db, page, sign_in):
    turns = tuple(f"P{number % 4 + 1}: It was good to be asked, the {number}th time." for number in range(16))
    made = disclosure_study(turns)
    sign_in(page.context, made.lead)
    page.goto(made.address)
    loads = []
    page.on("load", lambda _: loads.append(page.url))
    acts = ActsAtDisclosure(page).check_all()

    assert (acts, loads) == (17, [])  # one for each, and one for what p2 agreed to
    assert sorted(states()) == [("private", "Ada", False)] * 4 + [("public", "Ada", False)] * 12
    assert page.get_by_text("Every quote is checked").is_visible()
    assert page.get_by_role("link", name="Publish").first.is_visible()


def test_words_are_masked_by_keys_alone(made, at_the_screen, page):
    at_the_screen.key("]")
    at_the_screen.key("]")
    at_the_screen.key("]")
    assert page.locator("#at-hand").inner_text().startswith("fg01")
    at_the_screen.key("1")
    at_the_screen.key("2")
    assert page.locator("#as-others").inner_text() == MASKED
    assert page.locator("#act-mask.primary").count() == 1
    for _ in range(2):
        at_the_screen.key("ArrowRight")
    at_the_screen.key("Shift+ArrowRight")
    at_the_screen.key("m")
    assert page.locator("#as-others").inner_text() == MASKED.replace("only went", "[…]")
    at_the_screen.key("ArrowLeft")
    at_the_screen.key("m")
    assert page.locator("#as-others").inner_text() == MASKED
    at_the_screen.key("Enter")

    assert page.locator("#disclosure").get_by_text("Masked, made public: quote q02 of p3").is_visible()
    assert Quote.objects.get(key="q02").shown_text == MASKED
    at_the_screen.key("Control+z")
    quote = Quote.objects.get(key="q02")
    assert (quote.visibility, quote.masks, quote.disclosure_checked_date) == ("private", [], None)
    assert page.locator("#the-quote").inner_text().startswith("I only went")


def test_words_are_masked_by_the_mouse(made, at_the_screen, page):
    page.goto(f"{made.address}?quote=q02")
    at_the_screen.select("he came out")
    at_the_screen.click("Mask them")
    at_the_screen.click("Mask and make public")

    assert Quote.objects.get(key="q02").shown_text == TURNS[2].partition(": ")[2].replace("he came out", "[…]", 1)
    assert at_the_screen.acts == 3


def test_all_of_it_works_without_scripts(made, open_context, sign_in):
    page = open_context(javascript=False).new_page()
    sign_in(page.context, made.lead)
    page.goto(f"{made.address}?quote=q02")
    page.locator(".finding input").first.check()
    page.get_by_label("Other words to mask").fill("came OUT")
    page.get_by_role("button", name="Show it with these masks").click()
    shown = page.locator("#as-others").inner_text()
    assert shown.startswith("I only went because he […] and took me there. I sat with the others from the […] and my")
    page.get_by_role("button", name="Mask and make public").click()
    assert Quote.objects.get(key="q02").shown_text == shown
    page.get_by_role("button", name="Undo").click()
    assert Quote.objects.get(key="q02").masks == []
    page.get_by_role("link", name="Later").click()
    page.get_by_role("button", name="Keep private").click()
    assert Quote.objects.filter(visibility="private", disclosure_checked_by="Ada").count() == 1


def test_a_lost_connection_loses_nothing_marked(made, at_the_screen, page, watch):
    watch.expect("ERR_INTERNET_DISCONNECTED")
    page.goto(f"{made.address}?quote=q02")
    at_the_screen.key("1")
    page.context.set_offline(True)
    at_the_screen.key("Enter")
    assert page.get_by_role("alert").inner_text().startswith("No connection. Nothing is saved")
    page.context.set_offline(False)
    at_the_screen.key("Enter")
    assert "[…]" in Quote.objects.get(key="q02").shown_text


def test_the_screen_is_accessible_in_every_state(made, at_the_screen, page, axe, every):
    faults = []
    for name, key in (("findings", "q02"), ("consent unknown", "q05"), ("may not", "q06"), ("unknown quote", "zz")):
        page.goto(f"{made.address}?quote={key}")
        faults += faults_on_screens(page, axe, name, every=every)
    page.goto(f"{made.address}?quote=q02")
    at_the_screen.key("1")
    at_the_screen.key("Shift+ArrowRight")
    faults += faults_on_screens(page, axe, "masked", every=every)
    page.goto(made.address)
    at_the_screen.check_all()
    faults += faults_on_screens(page, axe, "done", every=every)
    Quote.objects.all().delete()
    page.goto(made.address)
    assert faults + faults_on_screens(page, axe, "empty", every=every) == []


def test_the_screen_of_publication_is_accessible_in_every_state(made, page, sign_in, axe, every):
    sign_in(page.context, made.lead)
    address = f"/desk/studies/{made.study.slug}/publish/"
    faults = []
    made.study.theories.update(visibility="private")
    type(made.study).objects.filter(pk=made.study.pk).update(visibility="private")
    page.goto(address)
    faults += faults_on_screens(page, axe, "to publish", every=every)
    page.get_by_label("Reason, signed with your name").fill("The report is out.")
    page.get_by_role("button", name="Publish").click()
    assert page.get_by_text("Public: everybody reads it now.").is_visible()
    faults += faults_on_screens(page, axe, "published", every=every)
    page.get_by_label("The whole study, with all its theories").check()
    page.get_by_label("Reason, signed with your name").fill("A name was overlooked.")
    page.get_by_role("button", name="Make private again").click()
    assert page.get_by_text("Private again: the team alone reads it.").is_visible()

    assert faults == []
