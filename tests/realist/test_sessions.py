"""A sign-in ends when nobody uses it and after a week; what was typed meanwhile stays; tokens end with passwords."""

import re
import sqlite3
from hashlib import sha512
from html import unescape
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import DataError, OperationalError, connection
from django.db.models.signals import post_save
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from knox.models import AuthToken

from programmes.actions.forget_again import tidy
from programmes.models import Programme, TokenSeal
from tests.factories import StudyFactory, TokenSealFactory, UserFactory, WrongTriesFactory
from tests.realist.test_sign_in import LOGIN, RIGHT, account, clock  # noqa: F401  a fixture

SIGNED_OUT = "You were signed out after 8 hours without use. Sign in to go on."
AFTER_A_WEEK = "You were signed out, as everybody is a week after they signed in. Sign in to go on."
ADD = "/admin/programmes/programme/add/"


@pytest.fixture
def ada(db):
    return account("ada", is_superuser=True)


@pytest.fixture
def browser(ada, clock):  # noqa: F811
    browser = Client()
    sign_in_here(browser)
    return browser


def sign_in_here(browser, password=RIGHT, address=LOGIN):
    response = browser.post(address, {"username": "ada", "password": password})
    assert response.status_code == 302
    return response


def notices(page):
    return [
        unescape(text) for text in re.findall(r'<p class="notice notice-info"[^>]*>(.*?)</p>', page.content.decode())
    ]


def is_signed_in(browser):
    return browser.get("/admin/").status_code == 200


def test_sign_in_ends_when_nobody_uses_it(browser, clock):  # noqa: F811
    for _ in range(3):
        clock.move(hours=7, minutes=59)
        assert is_signed_in(browser)
    clock.move(hours=8)
    response = browser.get("/admin/auth/user/?q=a")
    assert response["Location"] == "/desk/sign-in/?next=/admin/auth/user/%3Fq%3Da"
    assert notices(browser.get(response["Location"])) == [SIGNED_OUT]
    assert sign_in_here(browser, address=response["Location"])["Location"] == "/admin/auth/user/?q=a"
    assert Session.objects.count() == 1


def test_sign_in_ends_after_a_week_however_often_it_is_used(browser, clock):  # noqa: F811
    for _ in range(7 * 24 // 7 - 1):
        clock.move(hours=7)
        assert is_signed_in(browser)
    clock.move(hours=6, minutes=59)
    assert is_signed_in(browser)
    clock.move(minutes=1)
    response = browser.get("/admin/")
    assert notices(browser.get(response["Location"])) == [AFTER_A_WEEK]
    sign_in_here(browser)
    clock.move(hours=7)
    assert is_signed_in(browser)


def test_idle_time_is_a_setting(browser, clock, settings):  # noqa: F811
    settings.SESSION_IDLE_MINUTES = 1
    clock.move(seconds=59)
    assert is_signed_in(browser)
    clock.move(seconds=60)
    response = browser.get("/admin/")
    assert notices(browser.get(response["Location"])) == [
        "You were signed out after 1 minute without use. Sign in to go on."
    ]


def heading_of(page):
    return re.search(r"<h1[^>]*>(.*?)</h1>", page)[1]


def writes_of(browser, address="/"):
    with CaptureQueriesContext(connection) as queries:
        browser.get(address)
    return [query["sql"].split()[0] for query in queries if not query["sql"].startswith(("SELECT", "SAVEPOINT", "REL"))]


def test_use_is_written_down_once_in_a_tenth_of_the_idle_time(browser, clock):  # noqa: F811
    assert [writes_of(browser) for _ in range(3)] == [[]] * 3
    clock.move(minutes=47)
    assert writes_of(browser) == []
    clock.move(minutes=1)
    assert [writes_of(browser) for _ in range(2)] == [["UPDATE"], []]


def test_page_for_members_leads_back_to_itself_and_a_public_one_stays(browser, ada, clock):  # noqa: F811
    StudyFactory(slug="hidden", visibility="private")
    assert browser.get("/studies/hidden/").status_code == 200
    clock.move(hours=9)
    response = browser.get("/studies/hidden/")
    assert (response.status_code, response["Location"]) == (302, "/desk/sign-in/?next=/studies/hidden/")
    assert sign_in_here(browser, address=response["Location"])["Location"] == "/studies/hidden/"
    clock.move(hours=9)
    assert browser.get("/").status_code == 200
    sign_in_here(browser)
    clock.move(hours=9)
    assert browser.get("/api/v1/nothing/").status_code == 404
    assert browser.get("/studies/hidden/").status_code == 404  # ended before, and nobody knows who asks


@pytest.mark.parametrize("ending", ["idle", "password", "inactive", "deleted"])
def test_form_that_meets_an_ended_sign_in_keeps_what_was_typed(browser, ada, clock, ending):  # noqa: F811
    typed = {"name": 'Green "prescribing"', "slug": "green", "_save": "Save", "password": "zq-word"}
    if ending == "idle":
        clock.move(hours=8)
    elif ending == "password":
        ada.set_password("another right password")
        ada.save()
    elif ending == "inactive":
        get_user_model().objects.filter(pk=ada.pk).update(is_active=False)
    else:
        ada.delete()

    response = browser.post(ADD, typed)

    page = response.content.decode()
    assert (response.status_code, "no-store" in response["Cache-Control"]) == (403, True)
    assert heading_of(page) == "You are signed out"
    assert '<a href="/desk/sign-in/" target="_blank">Sign in in another tab</a>' in page
    assert f'<form method="post" action="{ADD}">' in page
    assert '<input type="hidden" name="name" value="Green &quot;prescribing&quot;">' in page
    assert ("zq-word" in page, Programme.objects.count()) == (False, 0)
    if ending == "idle":
        sign_in_here(browser)
        assert browser.post(ADD, typed).status_code == 302
        assert Programme.objects.get().slug == "green"


def test_form_without_anything_typed_leads_to_the_sign_in(browser, clock):  # noqa: F811
    clock.move(hours=8)
    assert browser.post("/admin/logout/")["Location"] == "/admin/"
    assert browser.post(ADD)["Location"] == f"/desk/sign-in/?next={ADD}"


def sent(client, origin, **typed):
    headers = {"HTTP_ORIGIN": origin} if origin else {}
    return client.post(ADD, {"name": "Green", "csrfmiddlewaretoken": "x" * 32, **typed}, **headers)


@pytest.mark.parametrize(
    ("origin", "kept"),
    [
        ("http://testserver", True),
        ("http://evil.example", False),
        ("null", False),
        ("https://testserver", False),
        ("", False),
    ],
)
def test_form_opened_before_a_sign_in_is_kept_only_where_this_site_sent_it(ada, origin, kept):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    response = sent(client, origin)
    page = response.content.decode()
    heading = (
        "You have signed in or out since you opened this form" if kept else "This form was not sent from this site"
    )
    assert (response.status_code, heading_of(page)) == (403, heading)
    assert ('name="name" value="Green"' in page, "csrfmiddlewaretoken" in page, "Green" in page) == (kept, kept, kept)
    assert "<style" not in page
    if kept:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
        assert sent(client, origin, csrfmiddlewaretoken=token, slug="green").status_code == 302


def test_sessions_of_before_end_once(ada, clock):  # noqa: F811
    client = Client()
    client.force_login(ada)
    session = client.session
    for key in ("signed_in_at", "used_at"):
        del session[key]
    session.save()
    assert is_signed_in(client) is False


def token_of(user):
    out = StringIO()
    call_command("create_token", user.username, stdout=out)
    return out.getvalue().split()[1]


def answer_to(token):
    response = Client().get("/api/v1/programmes/", headers={"Authorization": f"Token {token}"})
    return response.status_code, response.json().get("detail")


ENDED = (401, "This token ended when the password of its account was changed; make another one")
IN_FORCE = (200, None)


def by_form(user, new):
    client = Client()
    client.force_login(user)
    answers = {"old_password": RIGHT, "new_password1": new, "new_password2": new}
    assert client.post(reverse("admin:password_change"), answers).status_code == 302
    assert is_signed_in(client)  # where it was changed


def by_another(user, new):
    client = Client()
    client.force_login(UserFactory(is_superuser=True))
    answers = {"password1": new, "password2": new, "usable_password": "true", "set-password": "1"}
    assert client.post(reverse("admin:auth_user_password_change", args=[user.pk]), answers).status_code == 302


def by_command(user, new):
    from unittest.mock import patch  # noqa: PLC0415  for this alone

    with patch("django.contrib.auth.management.commands.changepassword.getpass.getpass", return_value=new):
        call_command("changepassword", user.username, stdout=StringIO())


def by_update(user, new):
    user.set_password(new)
    get_user_model().objects.filter(pk=user.pk).update(password=user.password)


def by_taking_it_away(user, _new):
    user.set_unusable_password()
    user.save(update_fields=["password"])


@pytest.mark.parametrize("change", [by_form, by_another, by_command, by_update, by_taking_it_away])
def test_tokens_and_other_sessions_end_with_the_password(ada, change):
    token, other = token_of(ada), Client()
    other.force_login(ada)
    assert (answer_to(token), is_signed_in(other)) == (IN_FORCE, True)

    change(ada, "quite another one 17")

    assert (answer_to(token), is_signed_in(other)) == (ENDED, False)
    assert tidy() == ["1 counts of wrong passwords, tokens and sessions that had ended were thrown away."]
    assert AuthToken.objects.count() == 0


def test_token_of_now_goes_on_when_others_end(ada):
    first = token_of(ada)
    by_update(ada, "quite another one 17")
    second = token_of(ada)
    assert (answer_to(first), answer_to(second)) == (ENDED, IN_FORCE)


def test_tokens_and_sessions_of_an_inactive_account_end_for_good(ada):
    token, other = token_of(ada), Client()
    ben = account("ben")
    of_ben = Client()
    of_ben.force_login(ben)
    other.force_login(ada)
    for active in (False, True):
        ada.is_active = active
        ada.save()
        assert (answer_to(token)[0], is_signed_in(other)) == (401, False)
    assert (Session.objects.count(), is_signed_in(of_ben)) == (1, True)


class MoreWork(PBKDF2PasswordHasher):
    iterations = 2


def test_tokens_stay_when_the_same_password_is_hashed_anew(ada, settings):
    token = token_of(ada)
    ended = TokenSeal.objects.get(token=AuthToken.objects.create(user=ada)[0])
    TokenSeal.objects.filter(pk=ended.pk).update(value="0" * 64)
    settings.PASSWORD_HASHERS = [f"{__name__}.MoreWork", *settings.PASSWORD_HASHERS]

    sign_in_here(Client())

    ada.refresh_from_db()
    assert ada.password.startswith("pbkdf2_sha256$2$")
    assert answer_to(token) == IN_FORCE
    assert TokenSeal.objects.get(pk=ended.pk).value == "0" * 64


def test_token_without_a_seal_is_refused(ada):
    token = token_of(ada)
    TokenSeal.objects.all().delete()
    assert answer_to(token) == ENDED


def test_tokens_do_not_depend_on_the_secret_key(ada, settings):
    token = token_of(ada)
    settings.SECRET_KEY = "another key"
    assert answer_to(token) == IN_FORCE


def test_fault_of_the_database_that_is_no_trouble_is_not_hidden(browser):
    def fail(_execute, _sql, _params, _many, _context):
        raise DataError("zq")

    with connection.execute_wrapper(fail), pytest.raises(DataError):
        browser.get("/")


def test_process_lives_whoever_asks_though_the_database_does_not(browser):
    def fail(_execute, _sql, _params, _many, _context):
        raise OperationalError("zq")

    with connection.execute_wrapper(fail):
        assert browser.get("/healthz").json() == {"status": "alive"}


def test_rows_are_called_without_a_hash(ada):
    assert (str(TokenSealFactory()), str(WrongTriesFactory())) == ("Seal", "1 wrong tries")


ENTERED = {"name": "Green", "slug": "green"}


def failing_session(said, only="UPDATE"):
    """Let no session be written from now on: SQLite says why."""

    def fail(execute, sql, params, many, context):
        if sql.startswith(f'{only} "django_session"'):
            raise OperationalError(said) from sqlite3.OperationalError(said)
        return execute(sql, params, many, context)

    return connection.execute_wrapper(fail)


def test_what_was_done_is_not_refused_because_the_session_is_not_written_down(browser, clock, caplog):  # noqa: F811
    clock.move(hours=1)
    with failing_session("database is locked"):
        response = browser.post(ADD, ENTERED)
    assert (response.status_code, Programme.objects.count()) == (302, 1)
    assert [text for text in caplog.messages if "session" in text] == ["A session was not written down (locked)"]
    assert is_signed_in(browser)


def test_pages_are_read_while_the_disk_is_full(browser, clock):  # noqa: F811
    clock.move(hours=1)
    with failing_session("database or disk is full"):
        response = browser.get("/admin/")
    assert (response.status_code, "Cookie" in response["Vary"]) == (200, True)


def test_messages_that_are_too_many_for_a_cookie_refuse_nothing(browser):
    for number in range(40):  # nobody reads them, so they move into the session
        with failing_session("unable to open database file"):
            response = browser.post(ADD, {"name": sha512(bytes([number])).hexdigest(), "slug": f"green-{number}"})
        assert response.status_code == 302
    assert Programme.objects.count() == 40


def test_sign_out_in_another_window_takes_nothing_back(browser, ada, clock):  # noqa: F811
    clock.move(hours=1)

    def sign_out(**_):
        Session.objects.all().delete()

    post_save.connect(sign_out, Programme)
    try:
        response = browser.post(ADD, ENTERED)
    finally:
        post_save.disconnect(sign_out, Programme)
    assert (response.status_code, Programme.objects.count()) == (302, 1)
    assert is_signed_in(browser) is False


def test_sign_in_that_is_not_written_down_is_told(ada, clock):  # noqa: F811
    browser = Client()
    with failing_session("unable to open database file"):
        response = browser.post(LOGIN, {"username": "ada", "password": RIGHT})
    page = response.content.decode()
    assert (response.status_code, response["Retry-After"], heading_of(page)) == (503, "5", "You are not signed in")
    assert ("Nothing was saved" in page, RIGHT in page, "<form" in page.split("<main")[1]) == (False, False, False)
    assert is_signed_in(browser) is False
    sign_in_here(browser)


def test_fault_in_a_session_is_not_hidden(browser, clock):  # noqa: F811
    clock.move(hours=1)

    def fail(execute, sql, params, many, context):
        if sql.startswith('UPDATE "django_session"'):
            raise DataError("zq") from sqlite3.DataError("zq")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail), pytest.raises(DataError):
        browser.get("/")
