"""The pass that replaces what leads back to people, before a transcript becomes a source."""

import csv
import html
import io
import re

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from programmes.models import Source
from tests.factories import MembershipFactory, StudyFactory, UserFactory

PASS = reverse("admin:programmes_source_pseudonymise")
TEXT = "Interviewer: Hello Sam.\r\nSarah Jones: Sam and Sarah met in Leeds. <b> @sam_x\n"


@pytest.fixture
def curator(db, client):
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name="Curator"))
    MembershipFactory(study=StudyFactory(slug="study"), user=user, role="curator")
    client.force_login(user)
    return client


def fields(response):
    """Return what the form of a page would send, as a browser sends it: with two characters for the end of a line."""
    form = response.context["form"]
    assert "no-store" in response["Cache-Control"]
    assert response.status_code in {200, 400}
    values = {field.html_name: field.value() for field in form}
    return {
        name: re.sub("\r?\n", "\r\n", value or "") for name, value in values.items() if isinstance(value, str | None)
    }


def given(client, **sent):
    response = client.post(PASS, sent)
    assert response.status_code == 200, response.content.decode()
    return fields(response), response


def shown(response):
    return html.unescape(response.content.decode())


def words(response):
    return {finding.words: field.html_name for finding, _, field in response.context["form"].rows}


def test_first_step(curator):
    page = curator.get(PASS)
    assert "no-store" in page["Cache-Control"]
    assert "Neither the text nor the key is stored here." in shown(page)


def test_from_a_transcript_to_a_source(curator):
    sent, page = given(curator, text=TEXT)
    assert "…Interviewer: Hello <strong>Sam</strong>." in shown(page)
    names = words(page)
    assert sent[names["Sarah Jones"]] == sent[names["Sarah"]] == "[name 2]"
    sent[names["Leeds"]] = ""
    sent["more"] = "\nmet = [verb 1]\n\nnever = [x]\n"
    done = curator.post(PASS, {**sent, "decided": "yes"})
    text = "Interviewer: Hello [name 1].\n[name 2]: [name 1] and [name 2] [verb 1] in Leeds. <b> [address 1]\n"
    assert "6 places replaced" in re.sub("<[^>]*>", "", shown(done))
    assert done.context["done"].text == text
    assert "&lt;b&gt;" in done.content.decode()

    again = {**fields(done), "decided": "yes"}
    assert curator.post(PASS, {**again, "back": "x"}).context["step"] == "decide"
    key = curator.post(PASS, {**again, "download": "x"})
    assert key["Content-Disposition"] == 'attachment; filename="key-of-pseudonyms.csv"'
    assert "no-store" in key["Cache-Control"]
    assert list(csv.reader(io.StringIO(key.content.decode()))) == [
        ["words", "replacement"],
        ["Sam", "[name 1]"],
        ["Sarah Jones", "[name 2]"],
        ["Sarah", "[name 2]"],
        ["'@sam_x", "[address 1]"],
        ["met", "[verb 1]"],
        ["never", "[x]"],
    ]

    form = curator.post(PASS, {**again, "add": "x"})
    assert form.context["adminform"].form.initial["text"] == text
    assert f'action="{reverse("admin:programmes_source_add")}"' in form.content.decode()
    study = StudyFactory._meta.model.objects.get(slug="study")
    added = {"study": study.pk, "key": "i1", "kind": "interview", "title": "Interview 1", "text": text}
    assert curator.post(reverse("admin:programmes_source_add"), added).status_code == 302
    source = Source.objects.get()
    assert source.text == text
    assert not Source.history.filter(text__contains="Sarah").exists()


def test_key_of_earlier_transcripts_is_followed_and_handed_on(curator):
    key = SimpleUploadedFile("key.csv", b"words,replacement\nSam,[name 7]\n'@gone,[address 2]\nHello,[greeting]\n")
    sent, page = given(curator, text=TEXT, key=key)
    assert sent[words(page)["Sam"]] == "[name 7]"
    assert sent[words(page)["Sarah Jones"]] == "[name 8]"
    assert sent[words(page)["@sam_x"]] == "[address 3]"
    assert sent["more"] == "Hello = [greeting]"
    handed = curator.post(PASS, {**sent, "decided": "yes", "download": "x"}).content.decode()
    assert [row[0] for row in csv.reader(io.StringIO(handed))][:4] == ["words", "Sam", "'@gone", "Hello"]
    assert "Sarah Jones,[name 8]" in handed


def test_what_is_left_is_named(curator):
    sent, _ = given(curator, text="P: We met Sam. And SAMANTHA.")
    done = curator.post(PASS, {**sent, "decided": "yes"})
    assert "<li>Line 1: <strong>SAMANTHA</strong></li>" in shown(done)


def test_nothing_found(curator):
    _, page = given(curator, text="P: we met.")
    assert "The rules found nothing. Read the text yourself" in shown(page)


def test_more_findings_than_a_form_holds(curator, monkeypatch):
    monkeypatch.setattr("programmes.desk.pseudonyms.MOST", 1)
    _, page = given(curator, text=TEXT)
    assert list(words(page)) == ["Sam"]
    assert "4 more were found" in shown(page)


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({}, "Give a file or paste the text."),
        ({"text": "a", "file": SimpleUploadedFile("a.txt", b"a")}, "Paste the text or give a file, not both."),
        ({"text": " \n"}, "no text"),
        ({"file": SimpleUploadedFile("a.pdf", b"no")}, "cannot be read as PDF"),
        ({"text": "a", "key": SimpleUploadedFile("k.csv", b"\xff\xfe")}, "The key is not in UTF-8."),
        ({"text": "a", "key": SimpleUploadedFile("k.csv", b"a,b\n")}, "Line 1 of the key is not “words,replacement”."),
        (
            {"text": "a", "key": SimpleUploadedFile("k.csv", b"words,replacement\n\nSam\n")},
            "Line 3 of the key lacks its words or what stands for them.",
        ),
        (
            {"text": "a", "key": SimpleUploadedFile("k.csv", b"words,replacement\nA,b\nA,b\nA,c\n")},
            "Line 4 of the key has “A” again, with another replacement.",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(curator, sent, message):
    response = curator.post(PASS, sent)
    assert response.status_code == 400
    assert message in shown(response)


def test_added_words_that_are_no_replacement_are_refused(curator):
    sent, _ = given(curator, text=TEXT)
    refused = curator.post(PASS, {**sent, "decided": "yes", "more": "Sam = X\nSarah"})
    assert refused.status_code == 400
    assert "Line 2: write words = what stands for them." in shown(refused)
    assert "Nothing was replaced." in shown(refused)


def test_a_damaged_form_is_refused(curator):
    sent, _ = given(curator, text=TEXT)
    refused = curator.post(PASS, {**sent, "decided": "yes", "earlier": "what"})
    assert refused.status_code == 400
    assert "Line 1 of the key" in shown(refused)


def test_pass_is_for_those_who_may_add_sources(db, client):
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name="Reviewer"))
    client.force_login(user)
    assert client.get(PASS).status_code == 403


def test_the_pass_is_offered_where_sources_are_added(curator):
    for page in ("changelist", "add"):
        assert PASS in curator.get(reverse(f"admin:programmes_source_{page}")).content.decode()


def test_words_that_are_left_out_are_told_with_the_text(curator):
    note = b"WEBVTT\n\nNOTE by Ada\n\n00:01.000 --> 00:02.000\nYes.\n"

    response = curator.post(PASS, {"file": SimpleUploadedFile("a.vtt", note)})

    assert "Notes: 1 (line 3): “NOTE by Ada”." in response.content.decode()
