"""What everyday jobs at bench and table cost in acts; the figures stand in docs/curators.md."""

import pytest
from playwright.sync_api import expect

from programmes.actions.code import Coding, code_passage
from programmes.models import CMOC, Caveat, CMOCLink, Context, Evidence, Participant
from programmes.transcripts.read import checksum
from tests import factories as make
from tests.acts import Acts

pytestmark = [pytest.mark.browser, pytest.mark.once]

SAID = [f"The {number}th time they came by themselves." for number in range(1, 13)]
TEXT = "".join(f"INT: And then?\nLW02: {said}\n" for said in SAID)
STUDY = "/desk/studies/links/"


@pytest.fixture
def at_bench(transactional_db, page, sign_in):
    """A curator at a transcript with twelve quotes for CMOC 1, and a second transcript after it."""
    study = make.StudyFactory(slug="links", title="Link workers", visibility="private")
    theory = make.TheoryFactory(study=study, slug="refined", form="cmo", visibility="private")
    ada = make.MembershipFactory(study=study, role="curator").user
    first, second, _ = (
        make.CMOCFactory(theory=theory, number=number, title=title, statement="")
        for number, title in ((1, "Walked in"), (2, "By themselves"), (3, "A mistake"))
    )
    came = make.OutcomeFactory(theory=theory, key="came", label="They come")
    make.CMOCOutcomeFactory(cmoc=first, outcome=came)
    make.CMOCContextFactory(cmoc=second, context=make.ContextFactory(theory=theory, key="known", label="A known face"))
    person = make.ParticipantFactory(study=study, pseudonym="lw02")
    for key in ("lw02", "lw03"):
        source = make.SourceFactory(
            study=study, key=key, title=key.upper(), text=TEXT, sha256=checksum(TEXT), participant=person
        )
        if key == "lw02":
            for said in SAID:
                span = (TEXT.index(said), TEXT.index(said) + len(said))
                code_passage(source=source, span=span, coding=Coding("supports", [first]), by=ada)
    sign_in(page.context, ada)
    page.goto(f"{STUDY}bench/lw02/?cmoc=1")
    return Acts(page)


def told(page, sentence):
    expect(page.locator("#bench-foot .last-act")).to_have_text(sentence)
    expect(page.locator("#saved")).to_contain_text("All saved")


def test_ten_quotes_are_recoded(at_bench):
    page = at_bench.page
    ticks = page.locator("#open-cmoc .tick")
    at_bench.click(ticks.first)
    at_bench.number += 1
    ticks.nth(9).click(modifiers=["Shift"])
    at_bench.press("t")
    at_bench.type("2")
    told(page, "Moved to 2 By themselves")
    print(f"recode ten quotes: {at_bench.number}")  # noqa: T201  figures for the docs, here and below
    assert at_bench.number == 4
    assert Evidence.objects.filter(cmoc__number=2).count() == 10
    page.keyboard.press("Control+z")
    told(page, "Undone: moved to 2 By themselves")
    page.locator("#cmocs a").first.click()
    expect(ticks).to_have_count(12)
    others = Acts(page)
    others.click(page.get_by_role("button", name="all", exact=True))
    others.press("c")
    told(page, "Changed what it does, on 1 Walked in, speaks against")
    assert (others.number, Evidence.objects.filter(role="counters").count()) == (2, 12)


def test_a_quote_is_uncoded(at_bench):
    page = at_bench.page
    at_bench.click(page.locator(".bar-link").first)
    at_bench.press("Delete")
    told(page, "Un-coded LW02 from 1 Walked in")
    by_tick = Acts(page)
    by_tick.click(page.locator("#open-cmoc .tick").first)
    by_tick.press("Delete")
    expect(page.locator("#open-cmoc .tick")).to_have_count(10)
    assert (at_bench.number, by_tick.number, Evidence.objects.count()) == (2, 2, 10)


def test_words_are_found_in_all_transcripts_and_the_next_one_is_opened(at_bench):
    page = at_bench.page
    at_bench.press("/")
    at_bench.type("12th")
    expect(page.locator("#found a")).to_have_count(2)
    assert at_bench.number == 2
    page.keyboard.press("Escape")
    page.locator("#turn-1").focus()
    onward = Acts(page)
    onward.press("]")
    page.wait_for_url("**/bench/lw03/**")
    assert onward.number == 1


def test_a_cmoc_a_part_and_a_participant_are_renamed(at_bench):
    page = at_bench.page
    at_bench.click(page.locator("#edit-title summary"))
    at_bench.type("Walked in by the GP")
    told(page, "Reworded 1 Walked in by the GP")
    part = Acts(page)
    part.click(page.locator(".part summary", has_text="They come"))
    part.type("They come the first time")
    told(page, "Renamed a part of 1 Walked in by the GP")
    person = Acts(page)
    person.click(page.get_by_role("link", name="Transcripts", exact=True))
    person.click(page.locator(".rename summary"))
    person.type("link-worker-2")
    expect(page.get_by_role("status")).to_have_text("lw02 is link-worker-2 now.")
    assert (at_bench.number, part.number, person.number) == (2, 2, 3)
    assert CMOC.objects.get(number=1).outcome_links.get().outcome.label == "They come the first time"
    assert Participant.objects.get().pseudonym == "link-worker-2"


def test_an_outcome_becomes_a_context(at_bench):
    page = at_bench.page
    at_bench.click(page.locator(".link-outcome summary"))
    at_bench.type("A known face", "Tab")
    at_bench.type("Who came once is known.", "Enter")
    told(page, "Linked an outcome of 1 Walked in")
    expect(page.locator(".becomes")).to_have_text("They come → becomes the context A known face")
    assert at_bench.number == 3
    link = CMOCLink.objects.get()
    assert (link.target_context, link.reason) == (Context.objects.get(), "Who came once is known.")


def test_a_caveat_is_added(at_bench):
    page = at_bench.page
    at_bench.click(page.locator("#add-caveat summary"))
    at_bench.type("Where the surgery is far away.", "Tab")
    at_bench.type("Condition", "Tab")
    at_bench.press("Enter")
    told(page, "Added a caveat on 1 Walked in")
    assert at_bench.number == 4
    assert (Caveat.objects.get().kind, Caveat.objects.get().cmoc.number) == ("condition", 1)


def test_a_row_is_put_elsewhere(at_bench):
    page = at_bench.page
    page.goto(f"{STUDY}table/refined/")
    at_bench.click(page.locator("#row-2 .t-title"))
    at_bench.press("Alt+ArrowUp")
    expect(page.locator("#rows tr").first).to_have_attribute("data-number", "2")
    assert at_bench.number == 2


def test_a_mistake_is_deleted_with_a_reason(at_bench):
    page = at_bench.page
    page.locator("#cmocs a").nth(2).click()
    expect(page.locator("#open-cmoc .open-title")).to_have_text("A mistake")
    at_bench = Acts(page)
    at_bench.click(page.locator("#delete-cmoc summary"))
    at_bench.type("Typed twice.")
    told(page, "Deleted CMOC 3")
    assert at_bench.number == 2
    assert CMOC.history.filter(number=3).first().history_change_reason == "Typed twice."
    expect(page.locator("#line-count")).to_contain_text("2 CMOCs")
    page.keyboard.press("Control+z")
    told(page, "Undone: deleted 3 A mistake")
    expect(page.locator("#line-count")).to_contain_text("3 CMOCs")
