"""Transcripts from files: they wait for whoever gave them, are looked at, confirmed in one act, and reported."""

import datetime as dt
import re

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError

from programmes.desk.transcript_uploads import ConfirmTranscriptsView
from programmes.models import ImportReport, Membership, Participant, Source, Speaker, Upload
from tests.factories import (
    MembershipFactory,
    ParticipantFactory,
    SourceFactory,
    StudyFactory,
    TheoryFactory,
    UserFactory,
)
from tests.word_files import element, paragraph, run, word_document


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


GIVE = "/admin/programmes/source/from-files/"
WAITING = f"{GIVE}waiting/"
TALK = b"Interviewer: How was it?\nP1: Good.\nInterviewer: Why?\nP1: Because."
CUES = b"WEBVTT\n\nNOTE by Ada\n\n00:01.000 --> 00:02.000\n<v Ann>I came\n\n00:02.000 --> 00:03.000\n<v Ann>late.\n"


@pytest.fixture
def study(db):
    return TheoryFactory(study__visibility="private").study


@pytest.fixture
def curator(client, study):
    return sign_in(client, study)


def sign_in(client, study, role="curator"):
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name="Curator"))
    Membership.objects.create(study=study, user=user, role=role)
    client.force_login(user)
    client.user = user
    return client


def give(client, study, *files, **data):
    given = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(GIVE, {"study": study.pk, "file": given, "encoding": "", **data})


def confirmed(client, **changed):
    """Send the form of the files that wait as it is shown, with these changes by the ends of their names."""
    data = {}
    for form in client.get(WAITING).context["forms"]:
        for name in form.fields:
            value = changed.get(name, form[name].value())
            if value is not False:
                data[form.add_prefix(name)] = "on" if value is True else value
    return client.post(WAITING, data)


def test_several_files_become_sources_in_one_act(curator, study):
    ann = ParticipantFactory(study=study, pseudonym="ann")
    response = give(curator, study, ("Talk with_P1.txt", TALK), ("group.vtt", CUES))
    assert (response.status_code, response.url) == (302, WAITING)
    page = curator.get(WAITING)
    first, second = page.context["forms"]
    assert {name: first[name].value() for name in ("key", "title", "kind", "speaker_0", "speaker_1")} == {
        "key": "talk-with_p1",
        "title": "Talk with P1",
        "kind": "interview",
        "speaker_0": "interviewer",
        "speaker_1": "unknown",
    }
    assert [row[:3] for row in first.rows] == [("Interviewer", 2, "How was it?"), ("P1", 2, "Good.")]
    assert second["speaker_0"].value() == str(ann.pk)
    assert second.left_out == ["Notes: 1 (line 3): “NOTE by Ada”."]
    assert "Every word of the file is in the text." in words(page)

    done = confirmed(curator, speaker_1="new")

    report = ImportReport.objects.get()
    assert done.url == f"{GIVE}report/{report.pk}/"
    assert report.files == [
        {"record": "talk-with_p1", "facts": {"letters": 65, "turns": 4, "speakers": 2}, "left_out": []},
        {
            "record": "group",
            "facts": {"letters": 17, "turns": 1, "speakers": 1},
            "left_out": [{"kind": "notes", "count": 1, "places": ["line 3"]}],
        },
    ]
    talk, group = Source.objects.order_by("pk")
    assert (talk.text, talk.turns, talk.participant.pseudonym) == (TALK.decode(), [], "p1")
    assert (group.text, group.turns, group.participant) == ("Ann: I came late.", ["5 17 0:00:01 - Ann"], ann)
    assert [(row.source.key, row.label, row.kind, str(row.participant or "")) for row in Speaker.objects.all()] == [
        ("group", "Ann", "participant", "ann"),
        ("talk-with_p1", "Interviewer", "interviewer", ""),
        ("talk-with_p1", "P1", "participant", "p1"),
    ]
    assert talk.history.latest().history_change_reason == "Added from a file"
    assert not Upload.objects.exists()
    shown = curator.get(done.url)
    assert "notes: 1 (line 3)" in words(shown)
    assert "Ada" not in shown.content.decode()
    for screen in ("change", "code", "speakers"):
        assert f"/admin/programmes/source/{talk.pk}/{screen}/" in shown.content.decode()
    assert f'<a href="{done.url}">' in curator.get(GIVE).content.decode()
    Source.objects.filter(pk=talk.pk).delete()
    assert "talk-with_p1" in words(curator.get(done.url))
    assert "It is not here any more." in words(curator.get(done.url))


def test_words_before_a_colon_that_somebody_says_are_no_speaker_are_words(curator, study):
    give(curator, study, ("a.txt", b"P1: It was this.\nThing: cold.\nP1: Yes.\nP2: No."))
    confirmed(curator, speaker_1="nobody")
    source = Source.objects.get()
    assert [(turn.speaker, source.text[turn.start : turn.end]) for turn in source.spoken()] == [
        ("P1", "It was this.\nThing: cold."),
        ("P1", "Yes."),
        ("P2", "No."),
    ]


def test_file_that_cannot_be_read_is_told_and_the_others_wait(curator, study):
    response = give(curator, study, ("a.txt", TALK), ("b.docx", b"no"), ("c.xyz", b"x"))
    assert response.status_code == 400
    assert "b.docx is no Word document (.docx)." in words(response)
    assert "c.xyz ends in .xyz" in words(response)
    assert "Not every file was read" in words(response)
    assert "Read, and waiting to be confirmed: a.txt. Look at it , or give the others first." in words(response)
    assert [str(upload) for upload in Upload.objects.all()] == ["a.txt"]
    assert "1 file of" in words(curator.get(GIVE))
    assert f'<a href="{WAITING}">look at it</a>' in curator.get(GIVE).content.decode()
    refused = words(give(curator, study, ("b.docx", b"no"), ("d.txt", b"")))
    assert "No file was read. Correct what is marked below, and choose the files again." in refused
    assert "d.txt is empty (0 bytes): look whether it was copied whole, and give it again." in refused
    assert "give at most 20 at once" in words(give(curator, study, *[(f"{at}.txt", b"x") for at in range(21)]))
    assert "This field is required" in words(curator.post(GIVE, {"study": study.pk, "encoding": ""}))


def test_what_waits_is_seen_by_its_uploader_alone_and_gone_after_a_day(curator, client, study):
    give(curator, study, ("a.txt", TALK))
    upload = Upload.objects.get()
    other = sign_in(type(client)(), study, role="lead")
    assert other.get(WAITING).url == GIVE
    assert other.post(WAITING, {"throw": upload.pk}).url == GIVE
    assert other.post(WAITING, {f"file{upload.pk}-include": "on"}).url == GIVE
    assert Upload.objects.exists()
    Upload.objects.update(uploaded=upload.uploaded - dt.timedelta(days=1))
    assert curator.get(WAITING).url == GIVE
    assert not Upload.objects.exists()
    assert "each is kept for a day" in words(curator.post(WAITING, {}, follow=True))


def test_file_is_thrown_away(curator, study):
    give(curator, study, ("a.txt", TALK), ("b.txt", TALK))
    first, second = Upload.objects.order_by("pk")
    assert curator.post(WAITING, {"throw": 0}).url == WAITING
    sent = {"throw": first.pk, f"file{second.pk}-title": "As I typed it", f"file{second.pk}-speaker_1": "new"}
    page = curator.post(WAITING, sent)
    assert "Thrown away: a.txt. Nothing of it is kept." in words(page)
    (form,) = page.context["forms"]
    entered = [form[name].value() for name in ("include", "title", "speaker_1")]
    assert (entered, form.is_bound) == ([False, "As I typed it", "new"], False)
    response = curator.post(WAITING, {"throw": second.pk}, follow=True)
    assert response.redirect_chain == [(GIVE, 302)]
    assert "Thrown away: b.txt. Nothing of it is kept." in words(response)
    assert not Source.objects.exists()


def test_all_or_nothing(curator, study):
    SourceFactory(study=study, key="b", text="x", sha256="x")
    give(curator, study, ("a.txt", TALK), ("b.txt", TALK))
    assert [form["key"].value() for form in curator.get(WAITING).context["forms"]] == ["a", "b-2"]
    response = confirmed(curator, key="b")
    assert response.status_code == 400
    assert "Another source of this study has the key “b” already" in words(response)
    assert (Source.objects.count(), Upload.objects.count(), ImportReport.objects.count()) == (1, 2, 0)
    response = confirmed(curator, include="")
    assert "tick the files that are right" in words(response)
    response = confirmed(curator, title="")
    assert "This field is required" in words(response)


@pytest.mark.untraced
def test_what_is_wrong_is_told_at_the_head_with_the_files(curator, study):
    give(curator, study, ("a.txt", TALK), ("b.txt", TALK))
    assert "a.txt : every word is in the text, 2 speakers" in words(curator.get(WAITING))
    page = confirmed(curator, title="")
    assert [str(form.upload) for form in page.context["wrong"]] == ["a.txt", "b.txt"]
    assert "Nothing was added. Correct what is marked, or take the tick from the file, and add again. a.txt b.txt" in (
        words(page)
    )
    upload = Upload.objects.get(name="b.txt")
    assert f'<a href="#file{upload.pk}-name">b.txt</a>' in page.content.decode()


def test_files_of_one_name_get_two_keys(curator, study):
    SourceFactory(study=study, key="talk", text="x", sha256="x")
    give(curator, study, ("talk.txt", TALK), ("talk.vtt", CUES))
    assert [form["key"].value() for form in curator.get(WAITING).context["forms"]] == ["talk-2", "talk-3"]
    confirmed(curator)
    assert sorted(Source.objects.values_list("key", flat=True)) == ["talk", "talk-2", "talk-3"]


@pytest.mark.untraced
def test_text_that_is_here_already_is_told_and_not_ticked(curator, study):
    give(curator, study, ("a.txt", TALK))
    confirmed(curator)
    give(curator, study, ("again.txt", TALK), ("b.vtt", CUES))
    page = curator.get(WAITING)
    assert [form["include"].value() for form in page.context["forms"]] == [False, True]
    assert "This text is here already: a . It is not added again unless you tick it." in words(page)
    confirmed(curator)
    assert sorted(Source.objects.values_list("key", flat=True)) == ["a", "b"]
    confirmed(curator, include=True)
    assert sorted(Source.objects.values_list("key", flat=True)) == ["a", "again", "b"]


def test_much_that_is_left_out_is_folded(curator, study):
    notes = "".join(f"NOTE number {number} of the recorder\n\n" for number in range(60))
    give(curator, study, ("group.vtt", CUES.replace(b"NOTE by Ada\n\n", notes.encode())))
    page = curator.get(WAITING).content.decode()
    assert "<details><summary>Notes: 60 (line 3, line 5, line 7 and others): “NOTE number 0" in page
    assert "“NOTE number 59 of the recorder”.</details>" in page


def test_what_speakers_say_first_is_cut(curator, study):
    give(curator, study, ("a.txt", f"P1: {'yes ' * 30}\nP2: So.\nP1: No.".encode()))
    (form,) = curator.get(WAITING).context["forms"]
    assert [said for _, _, said, _ in form.rows] == [f"{'yes ' * 20}…", "So."]


@pytest.mark.untraced
def test_only_what_is_ticked_is_added(curator, study):
    give(curator, study, ("a.txt", TALK), ("b.txt", TALK))
    first = curator.get(WAITING).context["forms"][0]
    shown = {name: first[name].value() for name in first.fields}
    curator.post(WAITING, {first.add_prefix(name): value for name, value in shown.items()})
    assert [source.key for source in Source.objects.all()] == ["a"]
    assert [str(upload) for upload in Upload.objects.all()] == ["b.txt"]


def test_text_goes_to_a_source_that_is_there_without_one(curator, study):
    there = SourceFactory(study=study, key="a", title="Interview A", kind="focus-group")
    give(curator, study, ("a.txt", TALK))
    assert "A source with this key is there without its text" in words(curator.get(WAITING))
    confirmed(curator)
    there.refresh_from_db()
    assert (there.text, there.kind, Source.objects.count()) == (TALK.decode(), "focus-group", 1)


def test_speakers_are_proposed_from_the_study(curator, study):
    ParticipantFactory(study=study, pseudonym="p1", withdrawn_date="2020-01-01")
    source = SourceFactory(study=study, text="Kim: x", sha256="x")
    Speaker.objects.create(source=source, label="Kim", kind="interviewer")
    give(curator, study, ("a.txt", b"Kim: How?\nP1: Well.\nKim: And?\n[#13]: Fine."))
    form = curator.get(WAITING).context["forms"][0]
    assert [(label, field.value()) for label, *_, field in form.rows] == [("Kim", "interviewer"), ("P1", "unknown")]
    response = confirmed(curator, speaker_1="new")
    assert "P1: the participant p1 has withdrawn." in words(response)
    assert Source.objects.count() == 1


def test_two_labels_of_one_new_participant(curator, study):
    give(curator, study, ("a.txt", "P 1: How?\nP-1: Well.\nP 1: And?\nP-1: x\n采访者: 你\n采访者: 好".encode()))
    assert "No pseudonym can be made of this label" in words(
        confirmed(curator, speaker_0="new", speaker_1="new", speaker_2="new")
    )
    confirmed(curator, speaker_0="new", speaker_1="new")
    assert [row.pseudonym for row in Participant.objects.all()] == ["p-1"]
    assert Speaker.objects.filter(participant__pseudonym="p-1").count() == 2


def test_text_without_speakers_and_a_long_one(curator, study):
    give(curator, study, ("note.txt", b"It rained. " * 3000))
    page = curator.get(WAITING)
    assert "No speaker is told in this text" in words(page)
    assert "13,000 more letters follow." in words(page)
    assert page.context["forms"][0]["kind"].value() == "document"


def test_who_may_not_add_sources_may_not_read_reports_either(client, curator, study):
    give(curator, study, ("a.txt", TALK))
    report = confirmed(curator).url
    outsider = sign_in(type(client)(), StudyFactory())
    assert outsider.get(report).status_code == 404
    assert "Added before" in words(curator.get(GIVE))
    assert "Added before" not in words(outsider.get(GIVE))
    assert "No study" not in words(outsider.get(GIVE))
    assert give(outsider, study, ("a.txt", TALK)).status_code == 400
    reader = type(client)()
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name="Reviewer"))
    Membership.objects.create(study=study, user=user, role="reviewer")
    reader.force_login(user)
    assert {reader.get(page).status_code for page in (GIVE, WAITING)} == {403}
    assert reader.get(report).status_code == 404


@pytest.mark.untraced
def test_file_of_one_study_at_a_time(curator, study):
    second = StudyFactory()
    Membership.objects.create(study=second, user=curator.user, role="curator")
    give(curator, study, ("a.txt", TALK))
    give(curator, second, ("b.txt", TALK))
    page = curator.get(WAITING)
    assert [str(form.upload) for form in page.context["forms"]] == ["b.txt"]
    assert "1 other file waits for you, of" in words(page)
    confirmed(curator)
    assert [str(form.upload) for form in curator.get(WAITING).context["forms"]] == ["a.txt"]


@pytest.mark.untraced
def test_file_in_the_form_of_a_source_waits_where_words_are_left_out(curator, study):
    deleted = "<w:del><w:r><w:delText>Real Name</w:delText></w:r></w:del>"
    header = element("w:hdr", paragraph("Interview 7"))
    content = word_document(paragraph(f"{deleted}{run('P1: Hello')}"), header1=header)
    data = {"study": study.pk, "key": "i1", "kind": "interview", "title": "Interview"}
    add = "/admin/programmes/source/add/"

    wrong = curator.post(add, {**data, "title": "", "file": SimpleUploadedFile("talk.docx", content)})
    assert "Some of its words are not in its text." in words(wrong)
    assert not Upload.objects.exists()
    response = curator.post(add, {**data, "file": SimpleUploadedFile("talk.docx", content)})
    assert response.url == WAITING
    form = curator.get(WAITING).context["forms"][0]
    assert form.left_out == [
        "Deleted words: 1 (paragraph 1): “Real Name”.",
        "Headers: 1 (header1): “Interview 7”.",
    ]
    assert (form["key"].value(), form["title"].value()) == ("i1", "Interview")
    assert not Source.objects.exists()
    confirmed(curator)
    assert Source.objects.get().text == "P1: Hello"


def test_file_in_the_form_of_a_source_with_all_of_its_words(curator, study):
    data = {"study": study.pk, "key": "i1", "kind": "interview", "title": "Interview"}
    cues = CUES.replace(b"NOTE by Ada\n\n", b"")
    curator.post("/admin/programmes/source/add/", {**data, "file": SimpleUploadedFile("talk.vtt", cues)})
    assert Source.objects.get().turns == ["5 17 0:00:01 - Ann"]
    assert ImportReport.objects.get().files == [
        {"record": "i1", "facts": {"letters": 17, "turns": 1, "speakers": 1}, "left_out": []}
    ]


def test_somebody_else_was_quicker(curator, study, monkeypatch):
    def added_meanwhile(*_):
        raise IntegrityError

    give(curator, study, ("a.txt", TALK))
    monkeypatch.setattr(ConfirmTranscriptsView, "carry_out", added_meanwhile)

    response = confirmed(curator)

    assert "Somebody else has added the same in the meantime. Look at it again." in words(response)
    assert (Upload.objects.count(), ImportReport.objects.count(), Source.objects.count()) == (1, 0, 0)


def test_report_is_named_by_its_number():
    assert str(ImportReport(pk=3)) == "Report 3"


def test_files_are_given_to_the_study_at_hand(client, study):
    sign_in(client, study)
    other = MembershipFactory(user=client.user, role="curator").study
    page = client.get(f"{GIVE}?at_hand={other.pk}")
    assert list(page.context["form"].fields["study"].queryset) == [other]
