"""The table of a theory in the browser: by keys and mouse, without a connection or scripts, on every screen."""

import pytest
from playwright.sync_api import expect

from programmes.models import CMOC, Membership, Theory
from tests.browser.conftest import faults_on_screens
from tests.factories import CMOCContextFactory, CMOCFactory, ContextFactory, TheoryFactory, UserFactory

pytestmark = pytest.mark.browser
TABLE = "/desk/studies/links/table/walk/"


@pytest.fixture
def theory(transactional_db):
    theory = TheoryFactory(slug="walk", title="Walk", visibility="private", study__slug="links", study__title="Links")
    for number, title in enumerate(("Not a test", "Time to listen", "Form before face"), 1):
        CMOCFactory(theory=theory, number=number, title=title, statement="")
    context = ContextFactory(theory=theory, label="An hour instead of ten minutes")
    CMOCContextFactory(cmoc=theory.cmocs.get(number=2), context=context)
    return theory


@pytest.fixture
def curator(theory):
    user = UserFactory(first_name="Ada")
    Membership.objects.create(study=theory.study, user=user, role="curator")
    return user


@pytest.fixture
def table(curator, page, sign_in):
    sign_in(page.context, curator)
    page.goto(TABLE)
    return page


def saved(page):
    expect(page.locator(".is-saving")).to_have_count(0)
    expect(page.locator("#saved")).to_contain_text("saved")


def order(page):
    return [row.get_attribute("data-number") for row in page.locator("#rows tr[data-number]").all()]


def test_the_table_is_worked_in_by_keys(table, theory):
    keys = table.keyboard
    table.locator("#row-1 .t-title").focus()
    keys.press("ArrowRight")
    keys.press("Enter")
    keys.type("When nobody tests, they come.")
    keys.press("Tab")
    keys.type("an hour")
    expect(table.get_by_role("option")).to_have_text(["An hour instead of ten minutes"])
    keys.press("ArrowDown")
    keys.press("Shift+Tab")
    keys.press("Escape")
    saved(table)
    first = CMOC.objects.get(number=1)
    assert (first.statement, [str(link.context) for link in first.context_links.all()]) == (
        "When nobody tests, they come.",
        ["An hour instead of ten minutes"],
    )
    keys.press("Alt+ArrowDown")
    expect(table.locator("#rows tr[data-number]").first).to_have_attribute("data-number", "2")
    assert order(table) == ["2", "1", "3"]
    keys.press("Space")
    keys.press("ArrowDown")
    keys.press("Space")
    assert table.locator(".t-which").inner_text().startswith("2 chosen: 1 Not a test, 3 Form before face.")
    table.fill("#chosen-heading", "Comes back")
    table.get_by_role("button", name="Put under it").click()
    expect(table.locator(".t-group").first).to_contain_text("Comes back 2 CMOCs")
    keys.press("Control+z")
    expect(table.locator(".t-group")).to_have_count(0)
    keys.press("Control+z")
    expect(table.locator("#rows tr[data-number]").first).to_have_attribute("data-number", "1")
    assert Theory.objects.get().cmoc_order == []


@pytest.mark.once
def test_rows_are_dragged(table):
    grip = table.locator("#row-3 .grip").bounding_box()
    first = table.locator("#row-1").bounding_box()
    table.mouse.move(grip["x"] + 4, grip["y"] + 6)
    table.mouse.down()
    table.mouse.move(first["x"] + 40, first["y"] + 20, steps=5)
    table.mouse.move(first["x"] + 40, first["y"] + 4, steps=5)
    table.mouse.up()
    expect(table.locator("#rows tr[data-number]").first).to_have_attribute("data-number", "3")
    assert Theory.objects.get().cmoc_order == ["3", "1", "2"]


@pytest.mark.once
def test_rows_are_pasted_from_a_spreadsheet(table):
    table.context.grant_permissions(["clipboard-read", "clipboard-write"])
    table.evaluate("navigator.clipboard.writeText('An hour\\tWhen there is time.\\r\\nA walk\\tWhen they walk.\\r\\n')")
    table.locator(".t-new .cell").first.focus()
    table.keyboard.press("Control+v")
    expect(table.locator("#saved")).to_have_text("Pasted 2 rows.")
    assert list(CMOC.objects.order_by("number").values_list("title", "statement"))[3:] == [
        ("An hour", "When there is time."),
        ("A walk", "When they walk."),
    ]


@pytest.mark.once
def test_nothing_typed_is_lost(table, watch):
    watch.expect("ERR_INTERNET_DISCONNECTED")
    watch.expect("status of 409")
    cell = table.locator("#row-2 .t-title")
    table.context.set_offline(True)
    cell.click()
    table.keyboard.press("Control+a")
    table.keyboard.type("An hour")
    table.keyboard.press("Enter")
    expect(table.locator("#saved")).to_contain_text("Not saved. There is no connection.")
    expect(table.locator("#row-2 .t-editor")).to_have_value("An hour")
    table.context.set_offline(False)
    table.keyboard.press("Enter")
    saved(table)
    assert CMOC.objects.get(number=2).title == "An hour"
    hers = CMOC.objects.get(number=3)
    hers.title = "Hers"
    hers.save()
    table.locator("#row-3 .t-title").click()
    table.keyboard.press("Control+a")
    table.keyboard.type("Mine")
    table.keyboard.press("Enter")
    expect(table.locator("#refused")).to_contain_text("Now it says")
    expect(table.locator("#refused")).to_contain_text("Hers")
    table.get_by_role("button", name="Keep mine").click()
    saved(table)
    assert CMOC.objects.get(number=3).title == "Mine"


@pytest.mark.once
def test_the_table_works_without_javascript(curator, open_context, sign_in):
    page = open_context(javascript=False).new_page()
    sign_in(page.context, curator)
    page.goto(TABLE)
    page.get_by_role("link", name="Edit CMOC 1").click()
    page.get_by_label("Context").fill("A quiet room\nAn hour instead of ten minutes")
    page.get_by_label("Put it elsewhere").select_option("last")
    page.get_by_role("button", name="Save").click()
    assert order(page) == ["2", "3", "1"]
    page.get_by_text("Begin a CMOC, or paste rows", exact=True).click()
    page.get_by_label("Title of a new CMOC").fill("A walk")
    page.get_by_role("button", name="Begin it").click()
    assert order(page)[-1] == "4"
    page.get_by_role("button", name="Undo").click()
    assert order(page) == ["2", "3", "1"]


@pytest.mark.once
def test_the_table_is_accessible(table, axe, every):
    found = faults_on_screens(table, axe, "table", every=every, fits=False)
    table.locator("#row-1 .t-part").first.click()
    table.keyboard.type("an")
    found += faults_on_screens(table, axe, "a cell that is open", every=every, fits=False)
    table.keyboard.press("Escape")
    table.locator("#row-1 [name=chosen]").check()
    found += faults_on_screens(table, axe, "a row that is chosen", every=every, fits=False)
    table.goto(f"{TABLE}rows/1/")
    found += faults_on_screens(table, axe, "a row as a form", every=every)
    assert found == []
