"""Trouble that is expected is answered in words, with what was typed; every error of the API is problem details."""

import json
import sqlite3

import pytest
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import OperationalError, connection
from django.http import UnreadablePostError
from django.test import Client
from django.urls import reverse

from programmes.models import Programme, StaleVersionError
from realist.trouble import sent_form
from tests.factories import UserFactory

LOCKED = "database is locked"


def failing_with(said, only=""):
    """Return a wrapper in which each statement that begins so fails as SQLite would have it fail."""

    def fail(execute, sql, params, many, context):
        if not sql.startswith(only):
            return execute(sql, params, many, context)
        raise OperationalError(said) from sqlite3.OperationalError(said)

    return connection.execute_wrapper(fail)


@pytest.fixture
def curator(db):
    client = Client()
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    return client


@pytest.mark.parametrize(
    ("said", "status", "wait", "words"),
    [
        (LOCKED, 503, "5", "Somebody else’s work takes longer than usual"),
        ("database or disk is full", 507, None, "The disk is full"),
        ("attempt to write a readonly database", 503, "60", "Nothing can be written at the moment"),
        ("no such table: a", 503, "60", "Run: manage.py migrate"),
        ("unable to open database file", 503, "5", "The database does not answer"),
    ],
)
@pytest.mark.parametrize("address", ["/", "/admin/", "/api/v1/cmocs/"])
def test_each_trouble_has_its_words_without_asking_the_database(curator, said, status, wait, words, address):
    with failing_with(said):
        response = curator.get(address)

    shown = response.content.decode()
    found = (response.status_code, response.get("Retry-After"), response["Cache-Control"])
    assert found == (status, wait, "no-store")
    assert "ours" not in shown
    if address.startswith("/api/"):
        assert (response["Content-Type"], json.loads(shown)["status"]) == ("application/problem+json", status)
    else:
        assert words in shown
        assert ">Realist</a>" in shown
        assert f'<a href="{address}">Try again</a>' in shown


def test_what_was_typed_stays_and_can_be_sent_again(curator):
    typed = {"name": 'Green "prescribing"\r\nof plants', "slug": "green", "_save": "Save", "opened_version": "1"}
    with failing_with(LOCKED, only='INSERT INTO "programmes_programme"'):
        response = curator.post(reverse("admin:programmes_programme_add"), typed)

    page = response.content.decode()
    assert response.status_code == 503
    assert "Nothing was saved. Such as loading a package." in page
    assert '<form method="post" action="/admin/programmes/programme/add/">' in page
    for name, value in {**typed, "name": "Green &quot;prescribing&quot;\r\nof plants"}.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in page
    assert page.count('name="csrfmiddlewaretoken"') == 1
    assert ("<dt>slug</dt>" in page, "<dt>_save</dt>" in page, "<dt>opened_version</dt>" in page) == (
        True,
        False,
        False,
    )
    assert curator.post(reverse("admin:programmes_programme_add"), typed).status_code == 302
    assert Programme.objects.get().slug == "green"


def test_password_is_asked_for_again_and_never_shown(db, client):
    with failing_with(LOCKED):
        page = client.post("/admin/login/", {"username": "ada", "password": "zq secret"}).content.decode()

    assert ("zq secret" in page, '<input type="password" name="password" required>' in page) == (False, True)


def test_files_are_to_be_chosen_again(rf, tmp_path):
    with (tmp_path / "a.txt").open("w+b") as file:
        file.write(b"zq")
        file.seek(0)
        form = sent_form(rf.post("/", {"upload": file, "csrfmiddlewaretoken": "a"}))
    assert (form.fields, form.files) == ([], ["upload"])


def test_form_that_cannot_be_read_or_has_nothing_is_not_repeated(rf):
    class Broken:
        @property
        def POST(self):  # noqa: N802  as Django calls it
            raise UnreadablePostError

    assert sent_form(Broken()) is None
    assert sent_form(rf.post("/", {})) is None


def test_stale_version_is_a_conflict_that_is_not_sent_again(curator, monkeypatch):
    def refuse(*_arguments, **_names):
        raise StaleVersionError("changed")

    monkeypatch.setattr(Programme, "save", refuse)
    monkeypatch.setattr("programmes.desk.conflicts.CONFLICTS", ())  # the desk has words of its own
    response = curator.post(reverse("admin:programmes_programme_add"), {"name": "zq", "slug": "zq"})
    page = response.content.decode()
    assert (response.status_code, "Send it again" in page, "<dd" in page) == (409, False, True)


def test_reason_of_the_database_is_logged_but_no_words_of_a_rule(rf, curator, monkeypatch, caplog):
    with failing_with("unable to open database file"):
        curator.get("/")
    assert caplog.messages[0].startswith("Trouble (down): unable to open database file. Look whether")
    caplog.clear()

    def refuse(*_arguments, **_names):
        raise sqlite3.IntegrityError("UNIQUE constraint failed: zqwords")

    monkeypatch.setattr(Programme, "save", refuse)
    curator.post(reverse("admin:programmes_programme_add"), {"name": "zq", "slug": "zq"})
    assert caplog.messages[0] == "Trouble (broken rule): sqlite3.IntegrityError. "


def test_trouble_outside_of_views_has_the_same_words(db):
    client = Client(raise_request_exception=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("realist.sessions.KeepAnswers.process_response", break_session)
        response = client.get("/")
    assert (response.status_code, "The disk is full" in response.content.decode()) == (507, True)


def break_session(*_):
    raise OperationalError from sqlite3.OperationalError("database or disk is full")


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize(
    ("error", "status"),
    [(ZeroDivisionError(), 500), (BadRequest("no"), 400), (SuspiciousOperation("no"), 400)],
)
def test_faults_in_the_api_are_problem_details(db, monkeypatch, settings, error, status, debug):
    def fail(*_):
        raise error

    settings.DEBUG = debug
    monkeypatch.setattr("programmes.api.base.ResourceViewSet.get_queryset", fail)
    response = Client(raise_request_exception=False).get("/api/v1/cmocs/", headers={"accept-encoding": "gzip"})

    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    document = response.json()
    assert (document["status"], document["instance"], "Traceback" in document["detail"]) == (
        status,
        "/api/v1/cmocs/",
        False,
    )
    assert debug or "default-src" in response["Content-Security-Policy"]


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize(
    ("method", "address", "headers", "status"),
    [
        ("get", "/api/nothing/", {}, 404),
        ("post", "/api/nothing/", {}, 404),
        ("get", "/api/a%0ab", {}, 404),
        ("get", "/api/v1/cmocs/%FF/", {}, 404),
        ("get", "/api/v1/cmocs/?q=%00", {}, 400),
        ("delete", "/api/v1/", {}, 405),
        ("post", "/api/v1/cmocs/", {}, 405),
        ("get", "/api/v1/cmocs/", {"accept": "image/png"}, 406),
        ("get", "/api/v1/cmocs/", {"host": "elsewhere.example"}, 400),
        ("get", "/api/v1/cmocs/", {"authorization": "Token zq"}, 401),
    ],
)
def test_every_error_of_the_api_is_problem_details(db, settings, method, address, headers, status, debug):
    settings.DEBUG = debug
    response = getattr(Client(raise_request_exception=False), method)(address, headers=headers)
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    assert response.json()["status"] == status


def test_answer_without_a_csrf_token_in_the_api_is_problem_details(db):
    response = Client(enforce_csrf_checks=True).post("/api/v1/docs/")
    assert (response.status_code, response.json()["detail"]) == (403, "You may not do that.")


def test_faults_of_pages_stay_ours(db, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("programmes.models.Theory.objects.visible_to", fail)
    response = Client(raise_request_exception=False).get("/")
    assert (response.status_code, "The fault is ours" in response.content.decode()) == (500, True)


def test_page_for_a_host_that_is_none_of_the_site_says_so(db):
    response = Client().get("/", headers={"host": "elsewhere.example"})
    assert (response.status_code, "That address cannot be read" in response.content.decode()) == (400, True)
