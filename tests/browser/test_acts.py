"""What a day at the desk costs in acts, from an account and nothing else to quotes that may be public.

The figures stand in docs/curators.md. Everything is done with mouse and keyboard, on the screens alone.
"""

import re

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import expect

from programmes.models import CMOC, Evidence, Membership, Quote
from tests.acts import Acts

pytestmark = pytest.mark.browser

PASSWORD = "a password of the test"
SAID = [
    "The doctor walks them to my door and says who I am.",
    "She has lent me a bit of her trust.",
    "The others get a text message with a form.",
    "Half of them never come, and nobody asks why.",
    "We went round the park twice before he said anything.",
    "You do not have to look at each other when you walk.",
    "An hour is long when nobody looks at the clock.",
    "I never write anything down while they talk.",
    "He thought I was the next one sent to get him off them.",
    "They come back when it is the same face.",
    "A photo on the wall is worth a letter.",
    "They ask at the desk by my name.",
    "Some of them bring the next one along.",
    "It helps that I am not from the practice.",
    "In winter the walk is a corridor.",
    "Nobody has ever asked me for the score.",
]
TALK = "".join(f"INT: And number {number}?\nLW03: {said}\n" for number, said in enumerate(SAID, 1))
ROWS = [
    ("Walked in", "When a GP walks the patient over, they come.", "A GP walks along", "Borrows the trust", "Comes"),
    ("Form first", "When a form comes first, they stay away.", "A form comes first", "Feels processed", "Stays away"),
    ("An hour", "When there is an hour, they come back.", "An hour", "Feels worth it", "Comes back"),
    (
        "Same face",
        "When the face is the same, they come back.",
        "The same face",
        "Need not tell it again",
        "Comes back",
    ),
    ("Side by side", "When they walk, they talk.", "A walk", "Need not be looked at", "Talks"),
    ("No score", "When nobody scores, they say what is wrong.", "No score is kept", "Relief", "Says what is wrong"),
]


@pytest.fixture
def ada(transactional_db):
    return get_user_model().objects.create_user("ada", password=PASSWORD, first_name="Ada")


@pytest.fixture
def acts(ada, page):
    """The acts of somebody who has just signed in to a base in which there is nothing else."""
    page.goto("/desk/")
    page.fill("#id_username", "ada")
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/desk/")
    return Acts(page)


def first_quote(acts, talk):
    """From nothing to a quote that supports a CMOC."""
    page = acts.page
    acts.type_into("#id_title", "Link workers")
    page.wait_for_url("**/desk/studies/link-workers/")
    acts.click(page.get_by_role("link", name="Transcripts", exact=True))
    acts.choose_file("#id_file", talk)
    acts.click(page.get_by_role("button", name="Read the files"))
    page.wait_for_url("**/look/")
    acts.click(page.get_by_role("button", name="Add what is ticked"))
    page.wait_for_url("**/bench/**")
    acts.select(SAID[0], page.locator(".words", has_text=SAID[0]))
    acts.press("n")
    expect(page.locator("#draft-title")).to_be_focused()
    acts.type("Walked in by the GP")
    made(acts, 1)
    return acts.number


def further_quote(acts, said, number="1", role="s"):
    """One more quote on a CMOC that stands."""
    before, loads = acts.number, acts.loads
    coded = Evidence.objects.count()
    acts.select(said, acts.page.locator(".words", has_text=said))
    acts.press(role)
    acts.type(number, "Enter")
    made(acts, coded + 1)
    return acts.number - before, acts.loads - loads


def made(acts, codings):
    """Wait until so many codings are kept; what the page says of it is no act."""
    for _ in range(200):
        if Evidence.objects.count() == codings:
            return
        acts.page.wait_for_timeout(50)
    pytest.fail(f"{Evidence.objects.count()} codings, not {codings}")


def disclosure(acts):
    """From the bench to sixteen quotes of somebody of whom nobody has said anything yet, checked and public."""
    page, before = acts.page, acts.number
    acts.click(page.get_by_role("link", name="Disclosure", exact=True))
    for checked in range(len(SAID)):
        expect(page.locator(".counted strong")).to_have_text(f"{checked + 1} of {len(SAID)}")
        if page.locator('[data-key="y"]').count():
            acts.press("y")
            expect(page.locator("#act-clean")).to_be_visible()
        acts.press("Enter")
    expect(page.get_by_text("Every quote is checked")).to_be_visible()
    return acts.number - before


def second_analyst(acts, guest_page):
    """Of a lead, from the study to a link that is copied; of the guest, from the link to a transcript to be coded."""
    page, before = acts.page, acts.number
    acts.click(page.get_by_role("link", name="People", exact=True))
    acts.click(page.get_by_role("button", name="Make a link"))
    acts.click(page.get_by_role("button", name="Copy"))
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    guest_page.goto(page.evaluate("navigator.clipboard.readText()"))
    guest = Acts(guest_page)
    guest.type_into("#id_username", "bea", "Tab")
    guest.type(PASSWORD, "Tab")
    guest.type(PASSWORD, "Enter")
    guest_page.wait_for_url("**/bench/**")
    guest.select(SAID[0], guest_page.locator(".words", has_text=SAID[0]))
    expect(guest_page.locator("#picker")).to_be_visible()
    return acts.number - before, guest.number - 1  # that words can be selected is no act towards it


def six_cmocs(acts):
    """From nothing, at the desk, to a study with six CMOCs of statement and parts."""
    page, before = acts.page, acts.number
    acts.click(page.locator("summary", has_text="Link workers"))
    acts.click(page.get_by_role("link", name="Begin a study"))
    acts.type_into("#id_title", "Link workers elsewhere")
    page.wait_for_url(re.compile("/link-workers-elsewhere/$"))
    acts.click(page.get_by_role("link", name="Table", exact=True))
    acts.click(page.locator(".t-new .cell").first)
    for row in ROWS:
        for cell in row[:-1]:
            acts.type(cell, "Tab")
        acts.type(row[-1], "Enter")
    expect(page.locator(".is-saving")).to_have_count(0)
    return acts.number - before


@pytest.mark.once
def test_a_day_at_the_desk(acts, page, open_context, tmp_path):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    talk = tmp_path / "LW03.txt"
    talk.write_text(TALK)
    first = first_quote(acts, str(talk))
    further = {further_quote(acts, said) for said in SAID[1:]}
    checks = disclosure(acts)
    lead, guest = second_analyst(acts, open_context().new_page())
    six = six_cmocs(acts)
    print(  # noqa: T201  figures for the docs
        f"\nfirst quote: {first}\nfurther quote: {max(further)[0]}\nsix CMOCs: {six}\ndisclosure: {checks}\n"
        f"second analyst: {lead}, {guest}"
    )
    assert first <= 14
    assert further == {(3, 0)}
    assert six <= 40
    assert checks <= 32
    assert (lead <= 5, guest <= 6) == (True, True)
    assert (first, six, checks, lead, guest) == (8, 35, 18, 3, 3)  # as docs/curators.md has them
    states = Quote.objects.values_list("visibility", "disclosure_checked_by", "participant__consent_scope")
    assert list(states) == [("public", "Ada", "quotes-public")] * len(SAID)
    assert Membership.objects.get(user__username="bea").role == "curator"
    rows = CMOC.objects.filter(theory__study__title="Link workers elsewhere").order_by("number")
    parts = ("context", "mechanism", "outcome")
    assert [
        (row.title, row.statement, *(str(getattr(getattr(row, f"{kind}_links").get(), kind)) for kind in parts))
        for row in rows
    ] == ROWS
