"""The reporting standard at the desk: what Realist knows is marked, the team answers, and nobody's answer is lost."""

import io
import re

import docx
import pytest
from django.urls import reverse

from programmes.models import ReportingAnswer
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def theory():
    study = make.StudyFactory(slug="walks", visibility="private", aim="To walk.", funding="")
    return make.TheoryFactory(study=study, slug="walked", title="Walked in")


@pytest.fixture
def address(theory):
    return reverse("desk-reporting", args=[theory.study.slug, theory.slug])


def sign_in(client, theory, role):
    user = make.MembershipFactory(study=theory.study, role=role).user
    client.force_login(user)
    return user


def fields(answer):
    """Return the fields of the form as a browser sends them back."""
    page = answer.content.decode()
    found = dict(re.findall(r'<input type="hidden" name="((?:read|version)-\d+)" value="([^"]*)"', page))
    found |= dict(re.findall(r'name="(place-\d+)" value="([^"]*)"', page))
    found |= dict(re.findall(r'name="(note-\d+)"[^>]*>([^<]*)<', page))
    for name, options in re.findall(r'<select id="(answer-\d+)"[^>]*>(.*?)</select>', page):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


def checklist(client, theory, number):
    """Return the row of an item in the table alone."""
    response = client.get(f"/theories/{theory.slug}/appendix.docx?part=checklist")
    (table,) = docx.Document(io.BytesIO(response.content)).tables
    return [cell.text for cell in table.rows[number].cells]


def test_items_are_shown_with_what_realist_knows_and_readers_may_not_answer(client, theory, address):
    sign_in(client, theory, "reader")
    page = client.get(address).content.decode()
    assert page.count('<th scope="row">') == 20
    assert "Filled in by Realist: yes, from the aim of the study" in page
    assert "<select" not in page.split("<table")[1]
    refused = client.post(address, {"answer-7": "yes"})
    assert (refused.status_code, ReportingAnswer.objects.count()) == (403, 0)


def test_answers_are_kept_signed_and_stand_in_the_table_alone(client, theory, address):
    user = sign_in(client, theory, "curator")
    sent = fields(client.get(address)) | {
        "answer-7": "no",
        "place-7": "p. 4",
        "note-7": "Too short.",
        "answer-5": "yes",
    }
    assert client.post(address, sent)["Location"] == address
    rows = ReportingAnswer.objects.order_by("item").values_list("item", "answer", "locator", "note", "signed_by")
    assert list(rows) == [(5, "yes", "", "", str(user)), (7, "no", "p. 4", "Too short.", str(user))]
    assert ReportingAnswer.history.filter(history_change_reason="Answers to RAMESES II").count() == 2
    number, _, _, said, where, note = checklist(client, theory, 7)
    assert (number, said, where) == ("7", "No", "p. 4")
    assert note.startswith(f"Too short. Answered by {user}, ")
    assert "Filled in by Realist" not in checklist(client, theory, 5)[-1]
    again = client.post(address, fields(client.get(address)), follow=True).content.decode()
    assert "Kept: 0 answers." in again


def test_answer_that_is_taken_back_leaves_what_realist_knows(client, theory, address):
    sign_in(client, theory, "curator")
    make.ReportingAnswerFactory(theory=theory, item=5, locator="", answer="no")
    sent = fields(client.get(address)) | {"answer-5": ""}
    client.post(address, sent)
    assert not ReportingAnswer.objects.exists()
    assert checklist(client, theory, 5)[3] == "Yes"


def test_two_at_once_end_in_a_sentence_that_keeps_what_was_typed(client, theory, address):
    sign_in(client, theory, "curator")
    sent = fields(client.get(address)) | {"answer-7": "no", "note-7": "Mine."}
    row = make.ReportingAnswerFactory(theory=theory, item=7, answer="yes", note="Theirs.")
    answer = client.post(address, sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Item 7 was answered by somebody else since you opened this page. What you typed is still here" in page
    assert "Mine." in page
    assert client.post(address, fields(answer)).status_code == 302
    row.refresh_from_db()
    assert (row.answer, row.note) == ("no", "Mine.")


def test_place_without_an_answer_is_told_and_stays(client, theory, address):
    sign_in(client, theory, "curator")
    answer = client.post(address, fields(client.get(address)) | {"place-7": "p. 9", "version-8": "x"})
    assert (answer.status_code, "p. 9" in answer.content.decode()) == (400, True)
    assert not ReportingAnswer.objects.exists()


def test_theory_of_another_study_is_not_found(client, theory):
    sign_in(client, theory, "curator")
    other = make.TheoryFactory()
    assert client.get(reverse("desk-reporting", args=[theory.study.slug, other.slug])).status_code == 404
