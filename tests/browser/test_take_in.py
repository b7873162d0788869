"""Taking in a table in the browser: pasted with its cells, looked at, answered and loaded; accessible on the way."""

import pytest
from playwright.sync_api import expect

from programmes.models import CMOC, Membership
from tests.factories import StudyFactory, UserFactory

pytestmark = pytest.mark.browser
ADDRESS = "/desk/studies/wards/take-in/"
TABLE = (
    "<table><tr><th>No.</th><th>Programme theory</th><th>Colour</th></tr>"
    "<tr><td>1</td><td>If it rains, or snows, people stay in because they fear the ice.</td><td>red</td></tr>"
    "<tr><td>2</td><td>Guests who are taken there (C) trust (M) and stay (O).</td><td>blue</td></tr></table>"
)


@pytest.fixture
def door(transactional_db, page, sign_in):
    study = StudyFactory(slug="wards", title="Wards", statements="printed", visibility="private")
    user = UserFactory(first_name="Ada")
    Membership.objects.create(study=study, user=user, role="curator")
    sign_in(page.context, user)
    page.goto(ADDRESS)
    return page


def test_a_table_is_pasted_looked_at_answered_and_loaded(door, axe):
    assert axe(door) == []
    door.get_by_label("Paste the table").fill(TABLE)
    door.get_by_role("button", name="Look at it").click()
    expect(door.get_by_role("heading", name="To be answered: 2")).to_be_visible()
    expect(door.locator("blockquote u.ti-read").first).to_have_text("it rains")
    door.locator("details.ti-spans summary").first.click()
    assert axe(door) == []
    door.get_by_label("Column 3").select_option("Not placed")
    door.get_by_label("As they are read").check()
    door.locator("details.ti-spans").last.locator("summary").click()
    door.get_by_label("trust", exact=True).select_option("Context")
    door.get_by_role("button", name="Look again").click()
    expect(door.get_by_role("heading", name="To be answered")).to_have_count(0)
    assert axe(door) == []
    door.get_by_role("button", name="Load 2 new and 0 changed").click()
    expect(door.get_by_role("heading", name="What was taken in")).to_be_visible()
    assert axe(door) == []
    second = CMOC.objects.get(number=2)
    assert [link.wording for link in second.context_links.all()] == ["Guests who are taken there", "trust"]


def test_it_fits_a_narrow_screen(door):
    door.set_viewport_size({"width": 320, "height": 700})
    door.get_by_label("Paste the table").fill(TABLE)
    door.get_by_role("button", name="Look at it").click()
    assert door.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_reporting_checklist_is_answered(door, axe):
    theory_page = door.context.new_page()
    theory_page.goto(ADDRESS)
    theory_page.get_by_label("Paste the table").fill(TABLE.replace("If it rains, or snows", "If it snows"))
    theory_page.get_by_role("button", name="Look at it").click()
    theory_page.get_by_label("Column 3").select_option("Not placed")
    theory_page.get_by_role("button", name="Look again").click()
    theory_page.get_by_role("button", name="Load 2 new").click()
    slug = CMOC.objects.first().theory.slug
    door.goto(f"/desk/studies/wards/table/{slug}/reporting/")
    assert axe(door) == []
    door.get_by_label("Item 7: is it reported?").select_option("No")
    door.get_by_label("Item 7: note").fill("Later.")
    door.get_by_role("button", name="Keep the answers").click()
    expect(door.get_by_text("Kept: 1 answer.")).to_be_visible()
