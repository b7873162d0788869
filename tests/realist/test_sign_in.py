"""Who guesses passwords is slowed down, whoever they try; who works here is not locked out, and is told."""

import datetime as dt
import logging
import re
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from types import ModuleType

import pytest
from asgiref.sync import async_to_sync
from django import forms
from django.contrib.auth import aauthenticate, authenticate, get_user_model
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import path, reverse
from rest_framework.views import APIView

from programmes.actions.forget_again import tidy
from programmes.models import TooManyTriesError, WrongTries
from programmes.models.sign_in import AT_ONCE, folded_name
from realist import urls
from realist.sign_in import CountedPasswords
from tests.factories import UserFactory

LOGIN = "/desk/sign-in/"
RIGHT = "the right password"
WRONG = "a wrong password"
START = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
WRONG_WORDS = "There is no account with this name and password. Capital letters count in both."


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now

    def move(self, **time):
        self.now += dt.timedelta(**time)


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr("django.utils.timezone.now", clock)
    return clock


@pytest.fixture
def ada(db):
    return account("ada")


def account(name, **values):
    user = UserFactory(username=name, **values)
    user.set_password(RIGHT)
    user.save()
    return user


def attempt(client=None, name="ada", password=WRONG, address="192.0.2.1"):
    """Return status, seconds to wait and the sentence of the answer to a try; no sentence where it was right."""
    response = (client or Client()).post(LOGIN, {"username": name, "password": password}, REMOTE_ADDR=address)
    said = re.findall(r'<p class="errornote[^>]*>\s*(.*?)\s*</p>', response.content.decode(), re.DOTALL)
    return response.status_code, response.get("Retry-After"), unescape(said[0]) if said else ""


def wrong(number, **given):
    """Try in vain so often, each time from another address, and return the last answer."""
    for turn in range(number):
        answer = attempt(**{"address": f"198.51.{turn // 250}.{turn % 250 + 1}", **given})
    return answer


def refused(seconds, words):
    return 429, str(seconds), f"Too many wrong passwords. Try again in {words}."


def until_rest(clock):
    """Try in vain until the account rests."""
    while attempt(address="")[1] != "3600":
        clock.move(seconds=480)


PASSED = (302, None, "")
WAITS = [(30, "30 seconds"), (60, "1 minute"), (120, "2 minutes"), (240, "4 minutes"), (480, "8 minutes")]
REST = (3600, "60 minutes")


@pytest.mark.parametrize("name", ["ada", "nobody at all"])
def test_waits_grow_until_the_account_rests_whether_there_is_one_or_not(ada, clock, name):
    answers = []
    for turn in range(12):
        answers.append(attempt(name=name, address=f"198.51.100.{turn}"))
        clock.move(seconds=int(answers[-1][1] or 0))

    assert answers[:4] == [(200, None, WRONG_WORDS)] * 4
    assert answers[4:] == [refused(*wait) for wait in [*WAITS, REST, REST, REST]]


def test_nothing_is_looked_at_during_a_wait_and_nothing_written(ada, clock):
    wrong(5)
    clock.move(seconds=12)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answers = [attempt(password=RIGHT), attempt(), attempt(name="ADA", address="203.0.113.9")]

    assert answers == [refused(18, "18 seconds")] * 3
    assert [query["sql"] for query in queries if not query["sql"].startswith("SELECT")] == []
    clock.move(seconds=17)
    assert attempt(password=RIGHT) == refused(1, "1 second")
    clock.move(seconds=1)
    assert attempt(password=RIGHT) == PASSED


def test_account_counts_from_the_beginning_after_a_sign_in_and_after_a_day(ada, clock):
    wrong(4)
    assert attempt(password=RIGHT) == PASSED
    assert wrong(4)[0] == 200
    clock.move(hours=24)
    assert wrong(4)[0] == 200
    clock.move(hours=23, minutes=59)
    assert attempt() == refused(30, "30 seconds")


@pytest.mark.parametrize(
    "name", ["ada", "ADA", "  ada ", "a\u200bda", "\uff41\uff44\uff41", "ada\u00a0", "A d a", "\tada"]
)
def test_names_that_look_alike_are_counted_together(ada, clock, name):
    wrong(4)
    assert attempt(name=name) == refused(30, "30 seconds")


def test_other_names_are_counted_for_themselves(ada, clock):
    wrong(5)
    assert attempt(name="ida")[0] == 200
    assert folded_name("ada") != folded_name("ida")


@pytest.mark.parametrize("name", ["ada", "nobody"])
def test_right_and_wrong_names_cost_the_same_questions(ada, clock, name):
    with CaptureQueriesContext(connection) as queries:
        attempt(name=name)
    kinds = [query["sql"].split()[0] for query in queries]
    assert [kind for kind in kinds if kind in {"SELECT", "INSERT", "UPDATE", "DELETE"}] == [
        "SELECT",  # the account
        "SELECT",  # whether somebody waits
        "SELECT", "INSERT",  # the count of the account
        "SELECT", "INSERT",  # the count of the address
        "UPDATE", "UPDATE",
        "SELECT",  # what no longer counts
    ]  # fmt: skip


def test_browser_that_signed_in_before_may_still_try_and_has_a_count_of_its_own(ada, clock):
    known = Client()
    assert attempt(known, password=RIGHT) == PASSED
    known.post("/admin/logout/")
    until_rest(clock)
    assert attempt(password=RIGHT) == refused(*REST)

    answers = [attempt(known) for _ in range(5)]

    assert answers == [*[(200, None, WRONG_WORDS)] * 4, refused(30, "30 seconds")]
    assert attempt(known, password=RIGHT) == refused(30, "30 seconds")
    clock.move(seconds=30)
    assert attempt(known, password=RIGHT) == PASSED
    assert attempt(password=RIGHT)[0] == 429  # others still wait


def test_browser_is_known_by_a_cookie_that_others_cannot_make(ada, clock, settings):
    settings.SESSION_COOKIE_SECURE = True
    known = Client()
    attempt(known, password=RIGHT)
    (name,) = (name for name in known.cookies if name.startswith("known-"))
    cookie = known.cookies[name]
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"], cookie["max-age"], cookie["path"]) == (
        True, "Lax", True, 31536000, "/",
    )  # fmt: skip
    wrong(5)
    forged = Client()
    for value in ("", "x", "x:y", cookie.value[:-1], "x" + cookie.value):
        forged.cookies[name] = value
        assert attempt(forged, password=RIGHT)[0] == 429
    forged.cookies[name] = cookie.value
    assert attempt(forged, password=RIGHT) == PASSED


def test_browser_known_to_one_account_is_not_known_to_another(ada, clock):
    account("ben")
    known = Client()
    attempt(known, name="ben", password=RIGHT)
    wrong(5)
    (name,) = (name for name in known.cookies if name.startswith("known-"))
    for stolen in (name, f"known-{ada.pk}"):
        other = Client()
        other.cookies[stolen] = known.cookies[name].value
        assert attempt(other, password=RIGHT)[0] == 429


def test_browser_is_no_longer_known_after_the_password_was_changed_elsewhere(ada, clock):
    known = Client()
    attempt(known, password=RIGHT)
    ada.set_password("another right password")
    ada.save()
    wrong(5)
    assert attempt(known, password="another right password")[0] == 429


def test_browser_in_which_the_password_was_changed_stays_known(ada, clock):
    known = Client()
    attempt(known, password=RIGHT)
    new = "quite another one 17"
    change = {"old_password": RIGHT, "new_password1": new, "new_password2": new}
    assert known.post(reverse("admin:password_change"), change).status_code == 302
    assert known.get("/admin/").status_code == 200
    wrong(5)
    assert attempt(known, password=new) == PASSED


def test_browser_stays_known_to_a_superuser_who_sets_the_own_password_among_users(db, clock):
    ada, known = account("ada", is_superuser=True), Client()
    attempt(known, password=RIGHT)
    new = "quite another one 17"
    change = {"password1": new, "password2": new, "usable_password": "true", "set-password": "1"}
    assert known.post(reverse("admin:auth_user_password_change", args=[ada.pk]), change).status_code == 302
    wrong(5)
    assert (attempt(password=new)[0], attempt(known, password=new)) == (429, PASSED)


def test_browser_whose_sign_in_ended_is_not_made_known(ada, clock):
    ended = Client()
    ended.force_login(ada)
    ada.set_password("another right password")
    ada.save()
    clock.move(hours=1)  # so that the session is written
    ended.get("/healthz")
    ended.get("/readyz")
    ended.get("/favicon.ico")
    assert [name for name in ended.cookies if name.startswith("known")] == []


def test_one_address_that_tries_many_accounts_is_refused_and_not_for_ever(ada, clock):
    known = Client()
    attempt(known, password=RIGHT)
    answers = [attempt(name=f"somebody {turn}") for turn in range(AT_ONCE + 1)]
    assert {answer[0] for answer in answers[: AT_ONCE - 1]} == {200}
    assert answers[AT_ONCE - 1 :] == [refused(180, "3 minutes")] * 2
    assert attempt(password=RIGHT) == refused(180, "3 minutes")
    assert attempt(password=RIGHT, address="192.0.2.2") == PASSED
    assert attempt(known, password=RIGHT) == PASSED

    clock.move(seconds=180)
    assert attempt(name="one more") == refused(180, "3 minutes")
    clock.move(seconds=360)
    assert attempt(password=RIGHT) == PASSED
    clock.move(hours=1)
    assert [attempt(name=f"later {turn}")[0] for turn in range(AT_ONCE)] == [*[200] * (AT_ONCE - 1), 429]


def test_addresses_of_one_network_are_one(ada, clock):
    for turn in range(AT_ONCE):
        attempt(name=f"somebody {turn}", address=f"2001:db8::{turn:x}")
    assert attempt(password=RIGHT, address="2001:db8::ffff")[0] == 429
    assert attempt(password=RIGHT, address="2001:db8:0:1::1") == PASSED


def test_who_has_no_address_is_counted_by_account_alone(ada, clock):
    assert [attempt(name=f"somebody {turn}", address="")[0] for turn in range(AT_ONCE + 1)] == [200] * (AT_ONCE + 1)


def test_account_that_is_not_active_answers_like_a_wrong_password(db, clock):
    account("gone", is_active=False)
    for name in ("gone", "nobody"):
        answers = [attempt(name=name, password=RIGHT, address=f"198.51.100.{turn}") for turn in range(6)]
        assert answers == [*[(200, None, WRONG_WORDS)] * 4, *[refused(30, "30 seconds")] * 2]


@pytest.mark.parametrize("name", ["\ud800", "a\0", "x" * 5000, "\ufdfa" * 151])
def test_odd_names_are_counted_like_others(db, clock, name):
    answers = []
    for _ in range(5):
        try:
            answers.append(authenticate(username=name, password=WRONG))
        except TooManyTriesError as error:
            answers.append(error.seconds)
    assert answers == [None, None, None, None, 30]


def test_backend_is_asked_with_a_name_and_a_password_only(db):
    assert CountedPasswords().authenticate(None) is None
    assert CountedPasswords().authenticate(None, username="ada") is None
    assert WrongTries.objects.count() == 0


def test_page_of_a_refused_try_is_the_form_with_what_was_typed(ada, clock):
    wrong(4)
    response = Client().post(
        f"{LOGIN}?next=/admin/auth/", {"username": "ada", "password": "zq", "next": "/admin/auth/"}
    )
    page = response.content.decode()
    assert (response.status_code, response["Retry-After"]) == (429, "30")
    assert "no-store" in response["Cache-Control"]
    assert 'name="username" value="ada"' in page
    assert '<input type="hidden" name="next" value="/admin/auth/">' in page
    assert "zq" not in page


def test_log_has_no_name_and_no_password(ada, clock, caplog):
    caplog.set_level(logging.INFO)
    wrong(5)
    wrong(1)
    attempt(name="my secret typed as a name")
    assert [record.getMessage() for record in caplog.records if record.name == "realist.sign_in"] == [
        *(f"Wrong password for user {ada.pk}, number {number}; the next waits 0 s" for number in range(1, 5)),
        f"Wrong password for user {ada.pk}, number 5; the next waits 30 s",
        "Wrong password for no user, number 1; the next waits 0 s",
    ]
    assert not re.search("secret|ada|a wrong|198", caplog.text)


def test_table_has_no_name_and_no_address(ada, clock):
    attempt(name="my secret typed as a name")
    rows = list(WrongTries.objects.values_list("key", flat=True))
    assert len(rows) == 2
    assert all(re.fullmatch("[0-9a-f]{64}", key) for key in rows)


def told(client):
    """Return what is told on the first page after a sign-in."""
    page = client.get("/admin/").content.decode()
    return [unescape(text) for text in re.findall(r'<li class="warning">(.*?)</li>', page, re.DOTALL)]


def test_owner_is_told_of_wrong_passwords_once(ada, clock):
    wrong(3)
    clock.move(days=40)
    tidy()
    wrong(2)
    owner = Client()
    attempt(owner, password=RIGHT)
    assert told(owner) == [
        "5 wrong passwords were given for your account since 02 March 2026 at 09:00 UTC. If it was not you, change "
        "your password and tell whoever runs the site."
    ]
    owner.post("/admin/logout/")
    attempt(owner, password=RIGHT)
    assert told(owner) == []


def test_owner_is_told_of_others_only_where_the_browser_is_known(ada, clock):
    owner, colleague = Client(), Client()
    for client in (owner, colleague):
        attempt(client, password=RIGHT)
        client.post("/admin/logout/")
    attempt(owner)
    attempt(owner, password=RIGHT)
    assert told(owner) == []
    attempt(colleague)
    attempt(owner, password=RIGHT)
    assert told(owner)[0].startswith("1 wrong password was given for your account since")


@pytest.mark.parametrize("door", ["command", "screen"])
def test_rest_is_ended_sooner(ada, clock, door, capsys, client):
    known = Client()
    attempt(known, password=RIGHT)
    until_rest(clock)
    for _ in range(5):
        attempt(known)
    assert (attempt(password=RIGHT)[0], attempt(known, password=RIGHT)[0]) == (429, 429)

    if door == "command":
        call_command("let_try_again", "ada")
        call_command("let_try_again", "nobody")
        assert capsys.readouterr().out == "May try again.\nNo wrong password was counted for 'nobody' in a day.\n"
    else:
        client.force_login(UserFactory(is_superuser=True))
        chosen = {"action": "let_chosen_try_again", "_selected_action": [ada.pk]}
        users = reverse("admin:auth_user_changelist")
        pages = [client.post(users, chosen, follow=True).content.decode() for _ in range(2)]
        assert ("May try again: ada." in pages[0], "None of these accounts has to wait." in pages[1]) == (True, True)

    assert (attempt(password=RIGHT), attempt(known, password=RIGHT)) == (PASSED, PASSED)


def test_what_no_longer_counts_is_thrown_away(ada, clock):
    for turn in range(30):
        attempt(name=f"somebody {turn}", address=f"198.51.100.{turn}")
    clock.move(days=1)
    attempt()  # throws the old away as it comes
    assert WrongTries.objects.count() == 2
    clock.move(days=1)
    assert tidy() == ["1 counts of wrong passwords, tokens and sessions that had ended were thrown away."]
    assert WrongTries.objects.get().user == ada  # who is to be told


def test_old_password_is_tried_like_any_other(ada, clock):
    owner = Client()
    attempt(owner, password=RIGHT)
    change = {"old_password": WRONG, "new_password1": "quite another 17", "new_password2": "quite another 17"}
    answers = [owner.post(reverse("admin:password_change"), change) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429, 429]
    assert "Your old password was entered incorrectly. Please enter it again." in answers[0].content.decode()
    assert "Too many wrong passwords. Try again in 30 seconds." in answers[4].content.decode()
    ada.refresh_from_db()
    assert ada.check_password(RIGHT)


class NewForm(forms.Form):
    password = forms.CharField()

    def clean(self):
        return authenticate(self.request, username="ada", password=self.cleaned_data["password"])


def new_page(request):
    if authenticate(request, username="ada", password=request.POST["password"]) is None:
        raise PermissionDenied
    return HttpResponse("In")


def new_form(request):
    form = NewForm(request.POST)
    form.request = request
    form.is_valid()
    return HttpResponse(form.as_p())


class NewResource(APIView):
    def post(self, request):
        return new_page(request)


@pytest.mark.parametrize("address", ["/new-page/", "/new-form/", "/api/new/"])
def test_new_door_that_asks_for_a_password_joins_by_itself(ada, clock, monkeypatch, settings, address):
    doors = ModuleType("doors")
    doors.handler500 = urls.handler500
    doors.urlpatterns = [
        path("new-page/", new_page),
        path("new-form/", new_form),
        path("api/new/", NewResource.as_view()),
        *urls.urlpatterns,
    ]
    monkeypatch.setitem(sys.modules, "doors", doors)
    settings.ROOT_URLCONF = "doors"
    client = Client()
    answers = [client.post(address, {"password": WRONG}) for _ in range(6)]
    right = client.post(address, {"password": RIGHT})
    assert {answer.status_code for answer in answers[:4]} <= {200, 403}
    for answer in [*answers[4:], right]:
        assert (answer.status_code, answer["Retry-After"]) == (429, "30")
        assert "Too many wrong passwords. Try again in 30 seconds." in answer.content.decode()


def test_screen_of_the_admin_that_asks_for_a_password_is_no_conflict(ada, clock):
    from realist.curation import CurationSite  # noqa: PLC0415  the site is ready only after start-up

    wrong(5)
    request = RequestFactory().post("/admin/", {"password": RIGHT})
    request.user = ada
    request.session = {}
    request._dont_enforce_csrf_checks = True
    with pytest.raises(TooManyTriesError):
        CurationSite().admin_view(new_page)(request)


def test_asynchronous_door_is_counted_too(transactional_db, ada, clock):
    async def try_often():
        answers = []
        for _ in range(5):
            try:
                answers.append(await aauthenticate(username="ada", password=WRONG))
            except TooManyTriesError as error:
                answers.append(error.seconds)
        return answers

    def in_thread():
        try:
            return async_to_sync(try_often)()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:  # for a browser's loop runs in this one, where one was tried before
        assert threads.submit(in_thread).result() == [None, None, None, None, 30]


def test_no_door_looks_at_a_password_past_the_count():
    """`check_password` and what Django's own forms do with it would not be counted."""
    from tests.realist.test_codebase import PRODUCT  # noqa: PLC0415  it stands beside this file

    found = {path.name for path in PRODUCT if re.search(r"\ba?check_password\(", path.read_text(encoding="utf-8"))}
    assert found == {"sign_in.py"}


def test_message_is_kept_for_who_reads_it(ada, clock, rf):
    wrong(1)
    client = Client()
    client.force_login(ada)  # as a program does, which reads no messages
    attempt(client, password=RIGHT)
    assert len(told(client)) == 1
    assert list(get_messages(rf.get("/"))) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["ada", "nobody"])
def test_tries_at_once_are_not_more_tries(name):
    """Of twelve at once five are looked at, from whichever thread they come."""
    account("ada")
    begin = threading.Barrier(12)
    answers = []

    def guess(turn):
        try:
            begin.wait(timeout=60)
            answers.append(attempt(name=name, address=f"198.51.100.{turn}"))
        finally:
            connection.close()

    threads = [threading.Thread(target=guess, args=(turn,)) for turn in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)

    assert len(answers) == 12
    assert sorted(answer[0] for answer in answers) == [200] * 4 + [429] * 8
    counts = WrongTries.objects.values_list("tries", flat=True)
    assert sorted(counts) == [1, 1, 1, 1, 1, 5]
    assert get_user_model().objects.count() == 1
