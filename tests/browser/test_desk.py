"""The desk in the browser: how people come in, what it costs them, and every screen on every screen."""

import re
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import expect

from programmes.models import Membership, Source, Study
from tests.acts import Acts
from tests.browser.conftest import faults_on_screens

pytestmark = pytest.mark.browser

PASSWORD = "a password of the test"
TALK = "INT: How was it?\nLW03: She lent me a bit of her trust.\n"
STUDY = "**/desk/studies/link-workers/"


@pytest.fixture
def ada(transactional_db):
    return get_user_model().objects.create_user("ada", password=PASSWORD)


@pytest.fixture
def talk(tmp_path: Path) -> str:
    path = tmp_path / "LW03.txt"
    path.write_text(TALK)
    return str(path)


def sign_in_at_the_desk(page):
    page.goto("/desk/")
    page.fill("#id_username", "ada")
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/desk/")


def second_analyst(page, guest_page, talk):
    """Return the acts of a lead who invites somebody, and those of the guest until a transcript is open."""
    sign_in_at_the_desk(page)
    lead = Acts(page)
    lead.type_into("#id_title", "Link workers")
    page.wait_for_url(STUDY)
    lead.click(page.get_by_role("link", name="People", exact=True))
    lead.click(page.get_by_role("button", name="Make a link"))
    link = page.get_by_label("Link", exact=True).input_value()
    if page.get_by_role("button", name="Copy").is_visible():
        lead.click(page.get_by_role("button", name="Copy"))
    else:  # without a script the link is copied by hand
        lead.press("Control+c")
    add_transcript(page, talk)
    guest = Acts(guest_page)
    guest_page.goto(link)
    guest.type("bea", "Tab") if is_focused(guest_page, "#id_username") else guest.type_into(
        "#id_username", "bea", "Tab"
    )
    guest.type(PASSWORD, "Tab")
    guest.type(PASSWORD, "Enter")
    guest_page.wait_for_url(re.compile("/bench/|/code/"))
    return lead.number, guest.number


def is_focused(page, selector):
    return page.locator(selector).evaluate("field => field === document.activeElement")


def add_transcript(page, talk):
    """Add a transcript, which is counted elsewhere."""
    page.goto("/desk/studies/link-workers/transcripts/")
    page.set_input_files("#id_file", talk)
    page.get_by_role("button", name="Read the files").click()
    page.wait_for_url("**/look/")
    page.get_by_role("button", name="Add what is ticked").click()
    page.wait_for_url(re.compile("/bench/|/code/"))


@pytest.mark.once
def test_second_analyst(ada, talk, page, open_context):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    lead, guest = second_analyst(page, open_context().new_page(), talk)
    print(f"second analyst: {lead}, {guest}")  # noqa: T201  figures for the docs
    assert (lead, guest) == (4, 3)
    assert Membership.objects.get(user__username="bea").role == "curator"


def test_everything_is_done_without_a_script(ada, talk, open_context, watch):
    watch.expect("Clear-Site-Data")  # which Chromium heeds under HTTPS alone
    page, guest = (open_context(javascript=False).new_page() for _ in range(2))
    second_analyst(page, guest, talk)
    page.goto("/desk/studies/link-workers/people/")
    page.get_by_label("Role of bea").select_option("reader")
    page.get_by_role("button", name="Give bea this role").click()
    expect(page.get_by_role("status")).to_have_text("bea is reader now.")
    page.get_by_role("button", name="Remove bea").click()
    expect(page.get_by_role("status")).to_have_text("bea is no longer in the team. What they did stays.")
    page.locator("summary", has_text="ada").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/")
    assert (Study.objects.count(), Source.objects.count()) == (1, 1)


@pytest.mark.once
def test_screens_of_the_desk_are_well(ada, talk, page, open_context, watch, axe, every):
    watch.expect("the server responded with a status of 404")
    page.goto("/desk/sign-in/")
    found = faults_on_screens(page, axe, "sign-in", every=every)
    sign_in_at_the_desk(page)
    found += faults_on_screens(page, axe, "no study", every=every)
    page.fill("#id_title", "Link workers")
    page.keyboard.press("Enter")
    page.wait_for_url(STUDY)
    found += faults_on_screens(page, axe, "new study", every=every)
    page.get_by_role("link", name="People", exact=True).click()
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_label("Link", exact=True).input_value()
    found += faults_on_screens(page, axe, "people and a link", every=every)
    for colour in ("guest", "gone"):
        guest = open_context().new_page()
        guest.goto(link if colour == "guest" else f"{link[:-9]}/")
        found += faults_on_screens(guest, axe, colour, every=every)
    page.goto("/desk/studies/link-workers/transcripts/")
    found += faults_on_screens(page, axe, "no transcripts", every=every)
    page.set_input_files("#id_file", talk)
    page.get_by_role("button", name="Read the files").click()
    page.wait_for_url("**/look/")
    found += faults_on_screens(page, axe, "a file to look at", every=every)
    page.get_by_role("button", name="Add what is ticked").click()
    page.wait_for_url(re.compile("/bench/|/code/"))
    for name, address in {
        "transcripts": "/desk/studies/link-workers/transcripts/",
        "start": STUDY[2:],
        "studies": "/desk/?all",
        "begin": "/desk/studies/new/",
        "password": "/desk/password/",
        "tokens": "/desk/tokens/",
        "admin": "/admin/",
        "sources in the admin": "/admin/programmes/source/",
    }.items():
        page.goto(address)
        wide = name == "sources in the admin"  # a table of the stock admin
        found += faults_on_screens(page, axe, name, every=every, fits=not wide)
    assert found == []


@pytest.mark.once
def test_study_at_hand_is_chosen_in_the_head_of_the_admin_by_keyboard(ada, page, axe, every):
    sign_in_at_the_desk(page)
    for title in ("Link workers", "Another"):
        page.goto("/desk/studies/new/")
        page.fill("#id_title", title)
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text(title)
    page.goto("/admin/programmes/theory/")
    summary = page.locator(".at-hand > summary")
    expect(summary).to_have_text("Study at hand: Another")
    summary.focus()
    page.keyboard.press("Enter")
    assert faults_on_screens(page, axe, "the study at hand", every=every, fits=False) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="All of your studies").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".at-hand > summary")).to_have_text("Study at hand: All of your studies")
    expect(page.locator("#result_list tbody tr")).to_have_count(2)
