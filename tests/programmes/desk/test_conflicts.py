"""Acts that meet others on the same records: once more where that is well, or in a sentence with what was entered."""

import datetime as dt
import re
import threading
import time

import pytest
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, OperationalError, connection, transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.test import Client
from django.urls import reverse

from programmes.actions.code import adjust_quote, code_passage
from programmes.actions.decisions import Decision
from programmes.actions.erase import Signed
from programmes.actions.merge import merge
from programmes.actions.move import move_evidence
from programmes.actions.retire import retire
from programmes.actions.review import ask_for_review
from programmes.actions.split import split
from programmes.actions.successors import Successor
from programmes.desk import coding, erasures
from programmes.desk.conflicts import AT_ONCE, GONE, last_change, meets_others
from programmes.models import CMOC, Evidence, Quote, StaleVersionError
from programmes.transcripts.read import checksum
from tests.factories import CMOCFactory, SourceFactory, StudyFactory, TheoryFactory, UserFactory
from tests.sent_forms import SentForm

SENT = {"title": "What I wrote", "opened_version": "1", "cmocs": ["3", "4"], "password1": "Of mine alone"}
STALE = StaleVersionError("CMOC 5 was changed by somebody else since you read it")
REFUSED = ValidationError("CMOC 5 is retired already.")


def ended_by(state):
    error = OperationalError("ended")
    error.__cause__ = Exception()
    error.__cause__.sqlstate = state
    return error


class View:
    """A view that ends in these errors one after the other, and then in an answer."""

    def __init__(self, *errors, answer=None):
        self.errors, self.calls = list(errors), []
        self.answer = answer or HttpResponseRedirect("/done/")

    def __call__(self, request):
        self.calls.append([file.read() for file in request.FILES.values()])
        request.__dict__.setdefault("answers_about_rows", {})[len(self.calls)] = True
        if self.errors:
            raise self.errors.pop(0)
        return self.answer


@pytest.fixture
def send(rf, db):
    user = UserFactory(is_staff=True)

    def send(view, method="post", **data):
        request = getattr(rf, method)("/admin/", {**SENT, **data} if method == "post" else None)
        request.user, request.session = user, {}
        view.__name__ = "view"
        answer = meets_others(view, admin.site)(request)
        if hasattr(answer, "render"):
            answer.render()
        return answer

    return send


@pytest.mark.parametrize(
    "error", [STALE, IntegrityError("UNIQUE constraint failed"), ended_by("40P01"), ended_by("40001")]
)
def test_act_that_was_ended_for_another_is_done_once_more(send, error):
    view = View(error)
    assert send(view, file=SimpleUploadedFile("a.txt", b"Words")).status_code == 302
    assert view.calls == [[b"Words"], [b"Words"]]

    form = View(error, answer=HttpResponse("Another CMOC has the number 5 already."))
    assert send(form).status_code == 409

    assert send(View(error, error)).status_code == 409


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


@pytest.mark.parametrize(
    ("error", "sentence", "status"),
    [
        (IntegrityError("FOREIGN KEY constraint failed"), AT_ONCE, 409),
        (REFUSED, "Nothing was saved: CMOC 5 is retired already.", 409),
        (Http404(), GONE, 404),
    ],
)
def test_act_that_is_refused_keeps_what_was_entered(send, error, sentence, status):
    view = View(error)
    answer = send(view, file=SimpleUploadedFile("a.txt", b"Words"))
    assert (answer.status_code, len(view.calls)) == (status, 1)
    text = text_of(answer)
    assert sentence in text
    assert "title What I wrote" in text
    assert "Choose again: a.txt." in text
    hidden = dict(re.findall(r'name="(\w+)" value="([^"]*)"', answer.content.decode()))
    assert hidden.pop("csrfmiddlewaretoken")
    assert hidden == {"title": "What I wrote", "opened_version": "1", "cmocs": "4"}
    assert answer.content.decode().count('name="cmocs"') == 2
    assert "Of mine alone" not in answer.content.decode()


def test_without_anything_entered_there_is_nothing_to_send_again(send):
    answer = send(View(REFUSED), method="get")
    assert (answer.status_code, "Send it again" in text_of(answer)) == (409, False)


@pytest.mark.parametrize(
    ("method", "error"),
    [
        ("get", Http404()),
        ("post", OperationalError("disk I/O error")),
        ("post", OperationalError("database is locked")),
        ("post", ended_by("55P03")),
    ],
)
def test_other_errors_are_left_to_others(send, method, error):
    with pytest.raises(type(error)):
        send(View(error), method=method)


def test_who_changed_what_is_told(send):
    cmoc = CMOCFactory(title="As it was")
    cmoc.title = "Theirs"
    cmoc._history_user = UserFactory(username="ben")
    cmoc.save()
    answer = send(View(StaleVersionError("CMOC 5 was changed", cmoc)), opened_version="")
    assert answer.status_code == 302  # the form itself is asked again, and knows better

    answer = send(View(*[StaleVersionError("CMOC 5 was changed", cmoc)] * 2))
    assert re.search(
        r"CMOC 5 was changed\. Nothing was overwritten\. ben changed this record on .*, after you opened it "
        r"\(title: “As it was” became “Theirs”\)\.",
        text_of(answer),
    )


def test_record_without_a_history_tells_of_no_change(db):
    cmoc = CMOCFactory()
    assert last_change(cmoc).changes == ""
    cmoc.history.all().delete()
    assert last_change(cmoc) is None


TEXT = "P: It was good to meet somebody like me. And then I came back."


@pytest.fixture
def desk(client, db):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    theory = TheoryFactory()
    source = SourceFactory(study=theory.study, text=TEXT, sha256=checksum(TEXT))
    cmocs = [CMOCFactory(theory=theory, number=number, title=f"T{number}") for number in (1, 2, 3)]

    def code(*chosen, screen="code", **data):
        address = reverse(f"admin:programmes_source_{screen}", args=[source.pk])
        form = {"role": "supports", "memo_kind": "theory", "passage": "I came back", "memo": "Because.", **data}
        return client.post(address, {**form, "cmocs": [cmoc.pk for cmoc in chosen]})

    code.theory, code.source, code.cmocs, code.client = theory, source, cmocs, client
    return code


def decision():
    return Decision("They say the same.", UserFactory())


def test_what_was_merged_meanwhile_is_coded_to_what_follows_it(desk):
    first, second, _ = desk.cmocs
    merge(cmocs=[first, second], into=Successor("Both", "", ()), decision=decision())
    answer = desk(first, second)
    assert answer.status_code == 302
    assert [str(entry.cmoc) for entry in Evidence.objects.select_related("cmoc")] == ["CMOC 4"]
    told = [str(message) for message in desk.client.get(answer.headers["Location"]).context["messages"]]
    assert told[:2] == [
        "CMOC 1 is retired: coded to CMOC 4, which stands in its place.",
        "CMOC 2 is retired: coded to CMOC 4, which stands in its place.",
    ]


def test_what_was_split_meanwhile_is_told_and_nothing_is_lost(desk):
    split(cmoc=desk.cmocs[0], into=[Successor("A", "", ()), Successor("B", "", ())], decision=decision())
    answer = desk(desk.cmocs[0])
    assert answer.status_code == 409
    assert "Nothing was coded: CMOC 1 is retired; CMOC 4 and CMOC 5 follow it: choose among these." in text_of(answer)
    assert "Because.</textarea>" in answer.content.decode()
    assert not Quote.objects.exists()


def test_what_only_gave_quotes_away_before_it_was_retired_has_no_successor(desk):
    first, second, third = desk.cmocs
    desk(first)
    desk(third)
    move_evidence(source=first, target=second, quotes=[Quote.objects.get()], decision=decision())
    retire(cmoc=first, decision=decision())
    answer = desk(first)
    assert "CMOC 1 is retired, and nothing follows it: choose another CMOC." in text_of(answer)


def test_asking_for_a_review_twice_is_asking_once(desk):
    for _ in range(2):
        ask_for_review(cmoc=desk.cmocs[0], asked=True, reason="Ready")
    assert CMOC.objects.get(number=1).version == 2


def test_transcript_that_was_emptied_meanwhile(desk):
    desk.client.get(reverse("admin:programmes_source_code", args=[desk.source.pk]))
    type(desk.source).objects.update(text="", sha256="")
    answer = desk(desk.cmocs[0])
    assert answer.status_code == 409
    assert "Nothing was saved: No transcript is held here any more." in text_of(answer)
    assert "memo Because." in text_of(answer)


def test_transcript_that_is_emptied_in_the_same_moment(desk, monkeypatch):
    def emptied_first(**given):
        type(desk.source).objects.update(text="", sha256="")
        return code_passage(**given)

    monkeypatch.setattr(coding, "code_passage", emptied_first)
    answer = desk(desk.cmocs[0])
    assert (answer.status_code, "memo Because." in text_of(answer)) == (409, True)
    assert "It was good" not in text_of(answer)


def test_passage_that_is_erased_already(desk, settings, tmp_path):
    settings.ERASURES_FILE = tmp_path / "erasures"
    type(desk.source).objects.update(text=" " * len(TEXT))
    with pytest.raises(ValidationError, match="its words are erased already"):
        erasures.erase_what_is_there(
            source=desk.source, span=(3, 6), everywhere=False, signed=Signed("A name.", dt.date(2026, 1, 2))
        )


def test_quote_that_was_adjusted_meanwhile_is_not_adjusted_unseen(desk, monkeypatch):
    desk(desk.cmocs[0])
    quote = Quote.objects.get()

    def changed_first(**given):
        other = Quote.objects.get()
        other.disclosure_note = "Theirs"
        other.save()
        return adjust_quote(**given)

    monkeypatch.setattr(coding, "adjust_quote", changed_first)
    answer = desk(adjust=quote.key, passage="then I came back")
    assert answer.status_code == 409
    assert "quote q01 was changed by somebody else since you read it. Nothing was overwritten." in text_of(answer)
    assert "disclosure_note: “nothing” became “Theirs”" in text_of(answer)
    assert Quote.objects.get().text == "I came back"


def test_blind_coding_keeps_what_was_entered(desk):
    client, source = desk.client, desk.source
    address = reverse("admin:programmes_source_blind", args=[source.pk])
    client.post(address, {"begin": ""})
    begun = source.second_codings.get()
    desk.cmocs[0].status = "retired"
    desk.cmocs[0].save()
    answer = desk(desk.cmocs[0], screen="blind", coding=begun.pk)
    assert answer.status_code == 409
    assert "CMOC 1 is retired, and nothing follows it: choose another CMOC." in text_of(answer)
    assert ">\nI came back</textarea>" in answer.content.decode()


def test_form_of_a_record_that_was_deleted_meanwhile_keeps_what_was_entered(desk):
    address = reverse("admin:programmes_cmoc_change", args=[desk.cmocs[2].pk])
    CMOC.objects.filter(number=3).delete()
    answer = desk.client.post(address, {"title": "Mine"})
    assert (answer.status_code, "title Mine" in text_of(answer)) == (404, True)


def who_wait():
    """Return how many connections to this database wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # what a transaction has once been told stays otherwise
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return cursor.fetchone()[0]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_who_add_the_same_at_once_are_told_by_the_form():
    study = StudyFactory()
    address = reverse("admin:programmes_participant_add")
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(UserFactory(is_staff=True, is_superuser=True))
    sent = {**SentForm(clients[0].get(address).content.decode()).sent, "study": study.pk, "pseudonym": "p1"}
    answers = []

    def add(client):
        answers.append(client.post(address, sent))
        connection.close()

    threads = [threading.Thread(target=add, args=(client,), daemon=True) for client in clients]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE programmes_participant IN SHARE MODE")  # both have looked before one may write
        for thread in threads:
            thread.start()
        until = time.monotonic() + 60
        while who_wait() < len(threads):
            assert time.monotonic() < until
            time.sleep(0.02)
    for thread in threads:
        thread.join(30)

    done, refused = sorted(answers, key=lambda answer: answer.status_code)
    assert (done.status_code, refused.status_code) == (302, 409)
    assert "Another participant of this study has the pseudonym “p1” already: give another pseudonym." in text_of(
        refused
    )
