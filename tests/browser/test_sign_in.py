"""Wrong passwords make somebody wait, calmly; a form that met the end of a sign-in is sent after the next one."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from programmes.models import Programme
from tests.browser.conftest import faults_on_screens

pytestmark = pytest.mark.browser

RIGHT = "a password of the test"


@pytest.fixture
def lead(transactional_db):
    return get_user_model().objects.create_superuser("lead", password=RIGHT)


def try_password(page, password):
    page.fill("#id_username", "lead")
    page.fill("#id_password", password)
    page.get_by_role("button", name="Sign in").click()


@pytest.mark.once
def test_wrong_passwords_make_somebody_wait_on_the_same_page(lead, page, watch, axe, every):
    watch.expect("the server responded with a status of 429")
    page.goto("/desk/sign-in/?next=/admin/programmes/study/")
    for _ in range(4):
        try_password(page, "a wrong one")
    assert page.locator(".errornote").inner_text().startswith("There is no account with this name and password")
    try_password(page, "a wrong one")
    assert page.locator(".errornote").inner_text() == "Too many wrong passwords. Try again in 30 seconds."
    assert (page.input_value("#id_username"), page.input_value("#id_password")) == ("lead", "")
    assert faults_on_screens(page, axe, "refused", every=every) == []


def test_form_that_met_the_end_of_a_sign_in_is_sent_after_the_next(lead, page, watch, axe, every):
    watch.expect("the server responded with a status of 403")
    page.goto("/admin/programmes/programme/add/")
    try_password(page, RIGHT)
    page.fill("#id_name", "Green “prescribing”")
    page.fill("#id_slug", "green")
    Session.objects.all().delete()
    page.click("[name=_save]")
    expect(page.locator("h1")).to_have_text("You are signed out")
    found = faults_on_screens(page, axe, "signed out", every=every)

    with page.expect_popup() as opened:
        page.get_by_role("link", name="Sign in in another tab").click()
    try_password(opened.value, RIGHT)
    expect(opened.value.locator("h1")).to_have_text("Welcome")
    page.get_by_role(
        "button", name="Send it again"
    ).click()  # signing in has changed what forms carry against forged ones
    expect(page.locator("h1")).to_have_text("You have signed in or out since you opened this form")
    found += faults_on_screens(page, axe, "signed in anew", every=every)
    page.get_by_role("button", name="Send it again").click()
    expect(page.locator(".success")).to_contain_text("was added successfully")

    assert Programme.objects.get().name == "Green “prescribing”"
    assert found == []
