"""The bench in the browser: by mouse and keyboard, on every screen, with a lost connection and an ended sign-in."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from programmes.models import CMOC, Evidence, Membership, Memo, Quote
from programmes.transcripts.read import checksum
from tests.acts import Acts
from tests.browser.conftest import faults_on_screens
from tests.factories import (
    CMOCContextFactory,
    CMOCFactory,
    ContextFactory,
    SourceFactory,
    StudyFactory,
    TheoryFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.once]

PASSWORD = "a password of the test"
TEXT = (
    "[0:05:02] LW02: When she walks somebody down, they sit down. She has lent me her trust. 👩🏽‍🎓 e\u0301te\u0301.\n"
    "INT: And the others?\n"
    "LW02: The others get a text message. Half of them never come.\n"
    "INT: Why?\nLW02: One lady wrote. She had cried in the kitchen."
)
ADDRESS = "/desk/studies/links/bench/lw02/"


@pytest.fixture
def bench(transactional_db):
    study = StudyFactory(slug="links", title="Link workers", visibility="private")
    theory = TheoryFactory(study=study, slug="refined", title="Refined theory", form="cmo", visibility="private")
    walked = CMOCFactory(theory=theory, number=8, title="Walked in by the GP", statement="When a GP walks, they sit.")
    CMOCContextFactory(cmoc=walked, context=ContextFactory(theory=theory, label="A GP walks", key="gp"))
    CMOCFactory(theory=theory, number=9, title="Walk before talk", statement="")
    return SourceFactory(study=study, key="lw02", title="LW02", text=TEXT, sha256=checksum(TEXT))


@pytest.fixture
def ada(bench):
    user = get_user_model().objects.create_user("ada", password=PASSWORD)
    Membership.objects.create(study=bench.study, user=user, role="curator")
    return user


@pytest.fixture
def at_bench(ada, page, sign_in):
    sign_in(page.context, ada)
    page.goto(f"{ADDRESS}?cmoc=8")
    return page


def last_act(page):
    return page.locator("#bench-foot .last-act")


def codings():
    return list(Evidence.objects.order_by("pk").values_list("cmoc__number", "quote__text", "role"))


def test_all_is_done_by_keyboard_alone(at_bench):
    page = at_bench
    press = page.keyboard.press
    press("j")
    press("j")
    press("j")
    press("Enter")
    for _ in range(6):
        press("Shift+ArrowRight")
    press("r")
    page.keyboard.type("9")
    press("Enter")
    expect(last_act(page)).to_have_text("Coded LW02 to 9 Walk before talk, refines")
    assert codings() == [(9, "The others get a text message.", "refines")]
    press("b")
    expect(page.locator(".bar-link")).to_be_focused()
    press("c")
    expect(last_act(page)).to_have_text("Changed what it does: LW02, on 9 Walk before talk, speaks against")
    expect(page.locator(".bar-link")).to_be_focused()
    press("Shift+ArrowRight")
    expect(last_act(page)).to_have_text("Adjusted LW02")
    press("t")
    page.keyboard.type("walked in")
    press("Enter")
    expect(last_act(page)).to_have_text("Moved LW02 to 8 Walked in by the GP, speaks against")
    assert codings() == [(8, "The others get a text message. Half", "counters")]
    page.locator(".bar-link").focus()
    press("Delete")
    expect(last_act(page)).to_have_text("Un-coded LW02 from 8 Walked in by the GP")
    for _ in range(5):
        text = last_act(page).text_content()
        press("Control+z")
        expect(last_act(page)).not_to_have_text(text)
    expect(page.locator(".bar-link[data-evidence]:not([data-evidence='0'])")).to_have_count(0)
    assert codings() == []
    press("Control+Shift+Z")
    expect(last_act(page)).to_have_text("Coded LW02 to 9 Walk before talk, refines")


def test_what_a_cmoc_says_memos_and_finding_are_at_a_key(at_bench):
    page = at_bench
    press = page.keyboard.press
    press("u")
    press("e")
    page.keyboard.type("Only ")
    press("Control+Enter")
    expect(last_act(page)).to_have_text("Reworded 8 Walked in by the GP")
    press("m")
    page.keyboard.type("Whose trust?")
    press("Control+Enter")
    expect(last_act(page)).to_have_text(re.compile("^Wrote a memo on"))
    assert Memo.objects.get().text == "Whose trust?"
    press("f")
    page.keyboard.type("walked")
    expect(page.locator("#cmocs > .line:visible")).to_have_count(1)
    press("Enter")
    expect(page.locator("#open-cmoc")).to_have_attribute("data-number", "8")
    press("/")
    page.keyboard.type("kitchen")
    press("Enter")
    expect(page.locator("#found a")).to_be_focused()
    press("Enter")
    expect(page.locator("#turn-5")).to_be_focused()
    press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.locator("#keys-off").check()
    press("Escape")
    press("m")
    expect(page.locator("#memo")).to_be_hidden()


def test_letters_outside_the_common_plane_are_counted_as_the_server_counts(at_bench):
    acts = Acts(at_bench)
    acts.select("👩🏽‍🎓 e\u0301te\u0301.", "#turns")
    acts.press("i")
    acts.press("Enter")
    expect(last_act(at_bench)).to_have_text("Coded LW02 05:02 to 8 Walked in by the GP, illustrates")
    assert Quote.objects.get().text == "👩🏽‍🎓 e\u0301te\u0301."


def test_all_is_done_by_mouse_alone(at_bench):
    page = at_bench
    Acts(page).select("One lady wrote.", "#turns")
    page.get_by_role("radio", name="speaks against").click()
    page.locator("#picker-list [role=option]", has_text="Walk before talk").click()
    expect(last_act(page)).to_have_text("Coded LW02 to 9 Walk before talk, speaks against")
    page.locator(".bar-link").click()
    page.get_by_role("button", name="illustrates").click()
    expect(last_act(page)).to_have_text("Changed what it does: LW02, on 9 Walk before talk, illustrates")
    page.locator(".bar-link").click()
    page.get_by_role("button", name="un-code").click()
    expect(last_act(page)).to_have_text("Un-coded LW02 from 9 Walk before talk")
    page.locator("#undo button").click()
    expect(page.locator(".bar-link")).to_have_count(1)


def test_a_quote_is_coded_without_a_script(ada, open_context, sign_in):
    page = open_context(javascript=False).new_page()
    sign_in(page.context, ada)
    page.goto(f"{ADDRESS}?cmoc=8")
    page.get_by_role("link", name="Code this turn (3)").click()
    page.get_by_label("First word").select_option(label="7 Half")
    page.get_by_label("speaks against").check()
    page.get_by_label("CMOC", exact=True).select_option(label="9 Walk before talk")
    page.get_by_role("button", name="Code", exact=True).click()
    expect(last_act(page)).to_have_text("Coded LW02 to 9 Walk before talk, speaks against")
    assert page.url.endswith("?cmoc=9&turn=3#turn-3")
    assert codings() == [(9, "Half of them never come.", "counters")]
    page.get_by_role("link", name=re.compile("9 against")).click()
    page.get_by_role("button", name="Un-code").click()
    page.get_by_role("button", name="Undo").click()
    page.locator("summary", has_text="Edit").click()
    page.get_by_label("Statement", exact=True).fill("When they walk.")
    page.get_by_role("button", name="Save statement").click()
    assert (CMOC.objects.get(number=9).statement, len(codings())) == ("When they walk.", 1)


def test_acts_wait_while_there_is_no_connection(at_bench, watch):
    watch.expect("ERR_INTERNET_DISCONNECTED")
    page = at_bench
    acts = Acts(page)
    page.context.set_offline(True)
    for words in ("One lady wrote.", "Half of them never come."):
        acts.select(words, "#turns")
        acts.press("s")
        acts.type("9")
    expect(page.locator("#saved")).to_have_text("No connection. 2 acts wait here and will be sent")
    assert codings() == []
    page.context.set_offline(False)
    expect(page.locator("#saved")).to_have_text(re.compile("^All saved"))
    assert sorted(codings()) == [(9, "Half of them never come.", "supports"), (9, "One lady wrote.", "supports")]


def test_a_sign_in_that_ended_is_renewed_over_the_page(at_bench, watch):
    watch.expect("the server responded with a status of 403")  # to a wrong password
    page = at_bench
    page.locator("#edit-statement summary").click()
    page.fill("#id-statement", "When typed for long.")
    Session.objects.all().delete()
    page.get_by_role("button", name="Save statement").click()
    dialog = page.locator("#sign-in")
    expect(dialog).to_be_visible()
    assert page.input_value("#id-statement") == "When typed for long."
    dialog.locator("[name=username]").fill("ada")
    dialog.locator("[name=password]").fill("wrong")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert").first).to_be_visible()
    dialog.locator("[name=username]").fill("ada")
    dialog.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(last_act(page)).to_have_text("Reworded 8 Walked in by the GP")
    assert CMOC.objects.get(number=8).statement == "When typed for long."
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_two_who_write_one_statement_choose_in_place(at_bench, watch):
    watch.expect("the server responded with a status of 409")
    page = at_bench
    page.locator("#edit-statement summary").click()
    page.fill("#id-statement", "Mine.")
    cmoc = CMOC.objects.get(number=8)
    cmoc.statement = "Hers."
    cmoc.save()
    page.get_by_role("button", name="Save statement").click()
    refusal = page.locator("#open-cmoc .refusal")
    expect(refusal.locator(".lines")).to_have_text("Hers.")
    expect(page.locator("#saved")).to_have_text("Not saved: 1 change")
    refusal.get_by_role("button", name="Keep mine").click()
    expect(page.locator(".working-statement")).to_have_text("Mine.")
    assert CMOC.objects.get(number=8).statement == "Mine."


@pytest.mark.parametrize("state", ["reading", "picker", "draft", "keys", "found", "turn", "quote"])
def test_screens_of_the_bench_are_well(at_bench, axe, every, state):
    page = at_bench
    acts = Acts(page)
    for words in ("One lady wrote.", "Half of them never come."):
        acts.select(words, "#turns")
        acts.press("c")
        acts.type("8")
        expect(page.locator("#saved")).to_have_text(re.compile("^All saved"))
        expect(page.locator(".bar-link", has_text="8 against").first).to_be_visible()
    if state in {"picker", "draft"}:
        acts.select("The others get a text", "#turns")
        acts.press("s" if state == "picker" else "n")
    if state == "draft":
        expect(page.locator("#draft-title")).to_be_focused()
    elif state == "picker":
        acts.type("wal", "")
        expect(page.locator("#picker-list [role=option]")).to_have_count(2)
    elif state == "keys":
        acts.press("?")
    elif state == "found":
        acts.press("/")
        acts.type("they")
        expect(page.locator("#found a")).not_to_have_count(0)
    elif state in {"turn", "quote"}:
        page.goto(f"{ADDRESS}turns/3/" if state == "turn" else f"{ADDRESS}quotes/q01/")
    assert faults_on_screens(page, axe, state, every=every) == []


def test_chips_close_cmocs_parts_of_words_and_the_strip(at_bench):
    page = at_bench
    page.locator("#chips a[data-only=against]").click()
    expect(page.locator("#cmocs > .line:visible")).to_have_count(0)
    page.locator("#chips a[data-only='']").press("Enter")
    expect(page.locator("#cmocs > .line:visible")).to_have_count(2)

    page.locator("#turn-1").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("c")
    page.keyboard.press("Enter")
    expect(page.locator("#chips a[data-only=against] span")).to_have_text("1")
    expect(page.locator("#strip-cells rect")).to_have_count(1)
    assert float(page.locator("#strip-view").get_attribute("height")) > 0

    # Words that are marked in the open statement become a part of the CMOC.
    page.evaluate(
        "() => { const node = document.querySelector('.working-statement').firstChild;"
        " const range = document.createRange(); range.setStart(node, 0); range.setEnd(node, 4);"
        " getSelection().removeAllRanges(); getSelection().addRange(range); document.activeElement.blur(); }"
    )
    page.keyboard.press("Control+.")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#open-cmoc .part-mechanism")).to_contain_text("When")

    # In a draft they fill the fields of parts, and what is close is offered.
    page.locator("#turn-3").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("n")
    page.locator("#draft-title").fill("When they are walked in")
    expect(page.locator("#draft-near")).to_contain_text("Walked in by the GP")
    statement = page.locator("#draft-statement")
    statement.fill("Nobody tests")
    statement.press("Control+a")
    page.keyboard.press("Control+.")
    page.keyboard.press("Enter")
    expect(page.locator("#draft-context")).to_have_value("Nobody tests")
    expect(statement).to_be_focused()
    page.keyboard.press("Control+.")
    page.keyboard.press("Enter")
    expect(page.locator("#draft-context-2")).to_have_value("Nobody tests")
    page.locator("#draft-near button").first.click()
    expect(last_act(page)).to_contain_text("to 8 Walked in by the GP")
