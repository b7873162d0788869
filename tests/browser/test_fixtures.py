import time

import pytest
from django.contrib.auth import get_user_model

pytestmark = [pytest.mark.browser, pytest.mark.once]


NEXT = '<html lang="en"><title>A page</title><p id="words">some</p><script defer src="/late.js"></script>'
ACCESSIBLE = """
<!doctype html><html lang="en"><title>A page</title><main><h1>A heading</h1><p>Words</p></main></html>
"""


def until_something_is_unexpected(page, watch):
    until = time.monotonic() + 30
    while not watch.unexpected() and time.monotonic() < until:
        page.wait_for_timeout(20)


def test_axe_accessible_page(screen_page, axe):
    screen_page.set_content(ACCESSIBLE)
    assert axe(screen_page) == []


def test_axe_inaccessible_page(page, axe):
    page.set_content(ACCESSIBLE.replace(' lang="en"', ""))
    assert [line.split(":")[0] for line in axe(page)] == ["html-has-lang"]


def test_axe_under_the_strict_policy(page, axe):
    page.goto("/admin/login/")
    page.evaluate("document.documentElement.removeAttribute('lang')")
    assert "html-has-lang" in [line.split(":")[0] for line in axe(page)]


def test_watch_console_message(page, watch):
    page.goto("/admin/login/")
    page.evaluate("console.info('something')")
    assert watch.unexpected() == ["console info: something"]
    watch.expect("something")


def test_watch_inline_style(page, watch):
    page.goto("/admin/login/")
    page.evaluate("document.body.innerHTML = '<p style=\"color: red\">red</p>'")
    until_something_is_unexpected(page, watch)
    assert len(watch.unexpected()) == 1
    assert "Content Security Policy" in watch.unexpected()[0]
    watch.expect("Content Security Policy")


def test_watch_page_error(page, watch):
    page.goto("/admin/login/")
    page.evaluate("setTimeout(() => { throw new Error('broken') }, 0)")
    until_something_is_unexpected(page, watch)
    assert watch.unexpected() == ["page error: broken"]
    watch.expect("broken")


def test_watch_other_host(page, watch):
    page.route("http://elsewhere.example/*", lambda route: route.abort())
    watch.expect("console error")
    page.goto("/admin/login/")
    page.evaluate("location.href = 'http://elsewhere.example/page'")
    until_something_is_unexpected(page, watch)
    assert watch.unexpected() == ["request to another host: http://elsewhere.example/page"]
    watch.expect("request to another host")


def test_who_clicks_waits_for_all_of_the_page_that_comes(page):
    def late(route):
        time.sleep(0.5)
        route.fulfill(body="document.getElementById('words').textContent = 'all'", content_type="text/javascript")

    page.goto("/healthz")
    page.route("**/late.js", late)
    page.route("**/next", lambda route: route.fulfill(body=NEXT, content_type="text/html"))
    page.set_content('<a href="/next">Next</a>')
    page.click("a")
    assert page.locator("#words").all_inner_texts() == ["all"]


def test_sign_in_superuser(page, sign_in):
    user = get_user_model().objects.create_superuser("lead", password="a password of the test")
    sign_in(page.context, user)
    page.goto("/admin/")
    assert page.locator("#user-tools strong").inner_text().lower() == "lead"


def test_open_context_without_javascript(open_context):
    page = open_context(javascript=False).new_page()
    page.goto("/admin/login/")
    assert page.locator("input[name=username]").count() == 1
