"""A quote costs three acts at the bench and no load, by its number, by letters, or to the CMOC that is open."""

import re

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import expect

from programmes.models import Evidence
from tests.acts import Acts

pytestmark = [pytest.mark.browser, pytest.mark.once]

PASSWORD = "a password of the test"
TALK = (
    "INT: How was it?\n"
    "LW03: She lent me a bit of her trust. Then they came, and they came again.\n"
    "INT: And the others?\n"
    "LW03: The others get a message with a form. Half of them never come.\n"
)


@pytest.fixture
def talk(tmp_path):
    path = tmp_path / "LW03.txt"
    path.write_text(TALK)
    return str(path)


def last_act(page):
    return page.locator("#bench-foot .last-act")


def test_first_and_further_quotes(transactional_db, talk, page):
    get_user_model().objects.create_user("ada", password=PASSWORD)
    page.goto("/desk/")
    page.fill("#id_username", "ada")
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/desk/")

    acts = Acts(page)
    acts.type_into("#id_title", "Link workers")
    page.wait_for_url("**/desk/studies/link-workers/")
    acts.click(page.get_by_role("link", name="Transcripts", exact=True))
    acts.choose_file("#id_file", talk)
    acts.click(page.get_by_role("button", name="Read the files"))
    page.wait_for_url("**/look/")
    acts.click(page.get_by_role("button", name="Add what is ticked"))
    page.wait_for_url(re.compile("/bench/lw03/"))
    acts.select("She lent me a bit of her trust.", "#turns")
    acts.press("n")
    expect(page.locator("#draft-title")).to_be_focused()
    acts.type("Borrowed trust")
    expect(last_act(page)).to_have_text("Made of LW03: 1 Borrowed trust, supports")
    print(f"first quote: {acts.number}")  # noqa: T201  figures for the docs
    assert acts.number <= 9

    further = Acts(page)
    further.select("Half of them never come.", "#turns")
    further.press("c")
    further.type("1")
    expect(last_act(page)).to_have_text("Coded LW03 to 1 Borrowed trust, speaks against")
    print(f"further quote: {further.number}, {further.loads} loads")  # noqa: T201  as above
    assert (further.number, further.loads) == (3, 0)
    assert list(Evidence.objects.order_by("pk").values_list("quote__text", "role")) == [
        ("She lent me a bit of her trust.", "supports"),
        ("Half of them never come.", "counters"),
    ]

    by_letters = Acts(page)
    by_letters.select("The others get a message with a form.", "#turns")
    by_letters.press("s")
    by_letters.type("borr")
    expect(last_act(page)).to_have_text("Coded LW03 to 1 Borrowed trust, supports")
    open_one = Acts(page)
    open_one.select("they came again.", "#turns")
    open_one.press("r")
    open_one.press("Enter")
    expect(last_act(page)).to_have_text("Coded LW03 to 1 Borrowed trust, refines")
    assert (by_letters.number, open_one.number, page.locator("h1").count()) == (3, 3, 1)
