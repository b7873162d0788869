"""Answers that are given again while the database is as it was."""

import gzip
import sqlite3

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import DisallowedHost
from django.db import DatabaseError, OperationalError, connection, transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from programmes.models import Study, Theory
from realist import kept_answers
from realist.database_state import POSTGRESQL, WatchedFile, database_state
from realist.kept_answers import KEPT, AnswerAgain
from tests.factories import MembershipFactory, StudyFactory

PAGE = "/theories/thompson-2023/"
LIST = "/api/v1/cmocs/?theory=thompson-2023&page_size=2"
STATE = {"postgresql": {POSTGRESQL}, "sqlite": set()}  # queries by which it is asked for


@pytest.fixture
def kept(settings):
    settings.KEPT_ANSWERS_MEGABYTES = 32


@pytest.fixture
def steady(monkeypatch):
    """Lets nothing be committed by others: on PostgreSQL whatever they write anywhere is another state."""
    monkeypatch.setattr(kept_answers, "database_state", lambda: "steady")


@pytest.fixture
def counted(kept, steady):
    """A layer around a view that counts how often it is asked."""

    class Counted:
        calls = 0
        made = None

        def __call__(self, request):
            self.calls += 1
            return self.made(request) if self.made else HttpResponse(f"answer {self.calls}", headers={"ETag": '"a"'})

    view = Counted()
    layer = AnswerAgain(view)
    view.ask = lambda path="/", **said: layer(RequestFactory().get(path, **said))
    return view


def words(response):
    return response.status_code, response.content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address", [PAGE, LIST, "/theories/thompson-2023/quotes.csv", "/"])
def test_unchanged_answers_ask_for_no_row(demo, kept, steady, client, address):
    first = client.get(address)
    with CaptureQueriesContext(connection) as asked:
        again = client.get(address)
        unchanged = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (first.status_code, again.status_code, unchanged.status_code) == (200, 200, 304)
    assert (again.content, unchanged.content) == (first.content, b"")
    assert {**again.headers, "X-Request-ID": "", "RateLimit-Remaining": ""} == {
        **first.headers,
        "X-Request-ID": "",
        "RateLimit-Remaining": "",
    } or address == LIST
    assert len(asked) == 0


@pytest.mark.django_db(transaction=True)
def test_every_commit_is_seen_at_once(demo, kept, client):
    before = client.get(PAGE)
    Theory.objects.filter(slug="thompson-2023").update(title="Another title")
    assert "Another title" in client.get(PAGE).content.decode()
    assert "Another title" in client.get(PAGE, headers={"If-None-Match": before["ETag"]}).content.decode()
    Study.objects.update(visibility="private")
    assert client.get(PAGE, headers={"If-None-Match": before["ETag"]}).status_code == 404
    assert client.get(PAGE).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_was_never_seen(demo, kept, client):
    before = client.get(PAGE).content
    with transaction.atomic():
        Theory.objects.filter(slug="thompson-2023").update(title="Another title")
        assert b"Another title" in client.get(PAGE).content
        transaction.set_rollback(True)
    assert client.get(PAGE).content == before


@pytest.mark.django_db(transaction=True)
def test_whoever_signed_in_is_answered_anew(universe, kept, client):
    theory = Theory.objects.order_by("pk").first()
    Study.objects.filter(pk=theory.study_id).update(visibility="private")
    member = MembershipFactory(study=theory.study).user
    address = f"/theories/{theory.slug}/"
    assert [client.get(address).status_code for _ in range(2)] == [404, 404]
    client.force_login(member)
    assert [client.get(address).status_code for _ in range(2)] == [200, 200]
    client.logout()
    assert client.get(address).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_each_form_of_an_answer_is_kept_apart(demo, kept, client):
    for _ in range(2):
        assert client.get(LIST, headers={"Accept": "application/json"})["Content-Type"] == "application/json"
        assert client.get(LIST, headers={"Accept": "image/png"}).status_code == 406
        plain = client.get(PAGE)
        packed = client.get(PAGE, headers={"Accept-Encoding": "gzip"})
        assert (plain.get("Content-Encoding"), packed["Content-Encoding"]) == (None, "gzip")
        assert gzip.decompress(packed.content) == plain.content
        assert (client.head(PAGE).content, client.head(PAGE).status_code) == (b"", 200)


@pytest.mark.django_db(transaction=True)
def test_answer_is_given_again_to_the_same_question_alone(counted):
    assert [words(counted.ask("/a")), words(counted.ask("/a"))] == [(200, "answer 1")] * 2
    others = [
        counted.ask("/b"),
        counted.ask("/a?b"),
        counted.ask("/a", headers={"Accept": "text/csv"}),
        counted.ask("/a", headers={"Cookie": "setting=1"}),
        counted.ask("/a", headers={"X-New": "1"}),
        counted.ask("/a", headers={"Host": "localhost"}),
        counted.ask("/a", secure=True),
    ]
    assert [words(answer) for answer in others] == [(200, f"answer {number}") for number in range(2, 9)]
    same = counted.ask("/a", headers={"User-Agent": "another", "X-Forwarded-For": "1.2.3.4", "If-None-Match": '"z"'})
    assert words(same) == (200, "answer 1")
    assert words(counted.ask("/a", headers={"If-None-Match": '"a"'})) == (304, "")


@pytest.mark.django_db(transaction=True)
def test_that_nothing_changed_is_kept_without_the_words(counted):
    counted.made = lambda request: (
        HttpResponse(status=304, headers={"ETag": '"a"'}) if "HTTP_IF_NONE_MATCH" in request.META else HttpResponse("x")
    )
    assert words(counted.ask(headers={"If-None-Match": '"a"'})) == (304, "")
    assert words(counted.ask(headers={"If-None-Match": '"a"'})) == (304, "")
    assert counted.calls == 1
    assert words(counted.ask()) == (200, "x")
    assert words(counted.ask()) == (200, "x")
    assert counted.calls == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "made",
    [
        lambda _: HttpResponse("x", status=404),
        lambda _: HttpResponse("x", headers={"Cache-Control": "no-store"}),
        lambda _: HttpResponse("x", headers={"Cache-Control": "private"}),
        lambda _: StreamingHttpResponse(["x"]),
        lambda _: HttpResponse(b"x" * 4_000_001),
    ],
)
def test_some_answers_are_not_kept(counted, made):
    counted.made = made
    counted.ask()
    counted.ask()
    assert counted.calls == 2


@pytest.mark.django_db(transaction=True)
def test_answer_that_sets_a_cookie_is_not_kept(counted):
    def made(_):
        response = HttpResponse("x")
        response.set_cookie("a", "b")
        return response

    counted.made = made
    counted.ask()
    counted.ask()
    assert counted.calls == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/healthz", {}),
        ("/static/a.css", {}),
        ("/a", {"headers": {"Authorization": "Bearer x"}}),
        ("/a", {"headers": {"Cookie": "sessionid=x"}}),
    ],
)
def test_some_questions_are_not_looked_up(counted, settings, path, said):
    if "Cookie" in str(said):
        said = {"headers": {"Cookie": f"{settings.SESSION_COOKIE_NAME}=x"}}
    counted.ask(path, **said)
    counted.ask(path, **said)
    assert counted.calls == 2


@pytest.mark.django_db(transaction=True)
def test_foreign_host_is_left_to_whoever_refuses_it(counted):
    def made(request):
        raise DisallowedHost(request.META["HTTP_HOST"])

    counted.made = made
    with pytest.raises(DisallowedHost, match="elsewhere"):
        counted.ask(headers={"Host": "elsewhere.example"})


@pytest.mark.django_db(transaction=True)
def test_oldest_go_first_and_old_ones_are_made_anew(counted, monkeypatch, settings):
    settings.KEPT_ANSWERS_MEGABYTES = 1
    counted.made = lambda _: HttpResponse(b"x" * 100_000)
    for number in range(12):
        counted.ask(f"/{number}")
        counted.ask("/0")
    assert counted.calls == 12
    assert KEPT.size <= 1_000_000
    counted.ask("/1")
    assert counted.calls == 13
    later = kept_answers.time.monotonic() + kept_answers.MOST_SECONDS + 1
    monkeypatch.setattr(kept_answers.time, "monotonic", lambda: later)
    counted.ask("/0")
    assert counted.calls == 14
    counted.ask("/0")
    assert (counted.calls, KEPT.size <= 1_000_000) == (14, True)


@pytest.mark.django_db
def test_within_a_transaction_nothing_is_kept(counted, monkeypatch):
    monkeypatch.setattr(kept_answers, "database_state", database_state)
    counted.ask()
    counted.ask()
    assert (counted.calls, database_state()) == (2, None)


@pytest.mark.django_db(transaction=True)
def test_answer_of_a_state_that_is_over_is_not_kept(counted):
    def made(_):
        KEPT.forget("another")
        return HttpResponse("x")

    counted.made = made
    counted.ask()
    counted.ask()
    assert counted.calls == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("error", "status"), [(OperationalError("connection failed"), 503), (DatabaseError("x"), 200)])
def test_database_that_is_down_is_said_at_once(counted, monkeypatch, error, status):
    def fails():
        raise error

    monkeypatch.setattr(kept_answers, "database_state", fails)
    answer = kept_answers.answer_to_trouble
    monkeypatch.setattr(
        kept_answers,
        "answer_to_trouble",
        lambda request, found: HttpResponse(status=503) if status == 503 else answer(request, found),
    )
    assert counted.ask().status_code == status


@pytest.mark.once
def test_file_in_the_place_of_another_is_another_state(tmp_path):
    def make(name, value):
        with sqlite3.connect(tmp_path / name) as made:
            made.execute("CREATE TABLE a (b)")
            made.execute("INSERT INTO a VALUES (?)", [value])
        made.close()
        return tmp_path / name

    watched, path = WatchedFile(), make("a", 1)
    state = watched.state(path)
    assert state == watched.state(path)
    with sqlite3.connect(path) as written:
        written.execute("UPDATE a SET b = 2")
    written.close()
    changed = watched.state(path)
    make("b", 3).rename(path)
    replaced = watched.state(path)
    assert len({state, changed, replaced}) == 3
    path.unlink()
    assert watched.state(path) is None
    path.mkdir()
    assert watched.state(path) is None


@pytest.mark.django_db(transaction=True)
def test_no_two_commits_have_the_same_state():
    states = [database_state()]
    for number in range(5):
        StudyFactory() if number % 2 else User.objects.create_user(str(number))
        states.append(database_state())
    assert len(set(states)) == 6
    with CaptureQueriesContext(connection) as asked:
        assert any(database_state() == database_state() for _ in range(200))  # between the writes of others
    assert {query["sql"] for query in asked.captured_queries} == STATE[connection.vendor]
