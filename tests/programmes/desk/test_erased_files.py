"""Files that have what was erased for good: words of somebody are refused at once, a passage comes in as its mark."""

import datetime as dt
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from programmes.actions.erase import Signed, erase_passage
from programmes.actions.withdraw import withdraw_participant
from programmes.models import Source, Speaker, Upload
from programmes.transcripts.read import checksum
from tests.factories import ParticipantFactory, SourceFactory, SpeakerFactory
from tests.programmes.desk.test_uploads import (  # noqa: F401  fixtures
    WAITING,
    confirmed,
    curator,
    give,
    study,
    words,
)
from tests.word_files import run, word_document

DAY = dt.date(2026, 3, 4)
SAID = "Nobody has to be brave all of the time, she said, and I have kept that."
ASKED = "and then you peel onions with"
TEXT = f"Mod: So who was it?\nAnn: {SAID}\nMod: {ASKED} Zq Roy for hours on end?\nZq Roy: They do indeed, sir."


@pytest.fixture
def erased(study):  # noqa: F811
    who = ParticipantFactory(study=study, pseudonym="ann")
    source = SourceFactory(study=study, key="group", kind="focus-group", text=TEXT, sha256=checksum(TEXT))
    SpeakerFactory(source=source, label="Ann", kind="participant", participant=who)
    withdraw_participant(participant=who, reason="Asked", on=DAY)
    source.refresh_from_db()
    start = TEXT.index("Zq Roy")
    erase_passage(source=source, span=(start, start + 6), everywhere=True, signed=Signed("A name", DAY))
    Source.objects.all().delete()
    return study


CUES = [SAID[:20], SAID[20:40], SAID[40:]]
VTT = "WEBVTT\n\n" + "".join(
    f"{number}\n00:0{number}.000 --> 00:0{number}.900\n<v P9>{cue}</v>\n\n" for number, cue in enumerate(CUES)
)
SRT = "".join(
    f"{number}\n00:00:0{number},000 --> 00:00:0{number},900\nP9: {cue}\n\n" for number, cue in enumerate(CUES)
)
WHISPER = json.dumps({"segments": [{"start": at, "end": at + 1, "text": cue} for at, cue in enumerate(CUES)]})
RTF = r"{\rtf1\ansi P9:\tab " + SAID.replace(" ", r"{\b  }") + r"\par}"


@pytest.mark.untraced
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", "\n".join(f"P9: {cue}" for cue in CUES).encode()),
        ("a.vtt", VTT.encode()),
        ("a.srt", SRT.encode()),
        ("a.json", WHISPER.encode()),
        ("a.rtf", RTF.encode()),
        ("a.html", "".join(f"<p><b>P9:</b> {cue}</p>" for cue in CUES).encode()),
        ("a.txt", SAID.upper().encode("utf-16")),
        (f"{SAID[:40]}.txt", b"Quite other words"),
    ],
)
def test_words_of_somebody_who_has_withdrawn_do_not_even_wait(erased, curator, name, content):  # noqa: F811
    response = give(curator, erased, (name, content))
    assert response.status_code == 400
    assert f"{name} cannot come in. This has words of somebody who has withdrawn" in words(response)
    assert not Upload.objects.exists()


def test_a_passage_waits_as_its_mark(erased, curator):  # noqa: F811
    cues = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Mod>{} Zq Roy for hours on end?\n\n"
    cues += "00:02.000 --> 00:03.000\n<v Zq Roy>They do indeed, sir.\n\nNOTE {} Zq Roy for hours, and {}\n"
    give(curator, erased, ("b.vtt", cues.format(ASKED, ASKED, SAID).encode()))
    upload = Upload.objects.get()
    marked = f"Mod: {ASKED} ██ ███ for hours on end?\n██ ███: They do indeed, sir."
    assert upload.content["text"] == marked
    assert [turn["speaker"] for turn in upload.content["turns"]] == ["Mod", "██ ███"]
    (note,) = upload.content["left_out"]
    assert note["words"].startswith(f"NOTE {ASKED} ██ ███ for hours, and ██████ ███")
    assert "Zq Roy" not in curator.get(WAITING).content.decode()
    confirmed(curator)
    assert Source.objects.get().text == marked
    assert set(Speaker.objects.values_list("label", flat=True)) == {"Mod", "██ ███"}


def test_a_text_with_labels_waits_with_its_turns(erased, curator):  # noqa: F811
    text = f"Mod: {ASKED} Zq Roy for hours on end?\nZq Roy: They do indeed, sir."
    give(curator, erased, ("c.txt", text.encode()))
    assert [turn["speaker"] for turn in Upload.objects.get().content["turns"]] == ["Mod", "██ ███"]
    confirmed(curator)
    assert [turn.speaker for turn in Source.objects.get().spoken()] == ["Mod", "██ ███"]


ADD = "/admin/programmes/source/add/"
FACTS = {"key": "again", "kind": "interview", "title": "Again", "reason": "New"}


def test_pasted_text_is_refused(erased, curator):  # noqa: F811
    response = curator.post(ADD, {**FACTS, "study": erased.pk, "text": f"Yes.\n{SAID}"})
    assert "The pasted text cannot come in. This has words of somebody who has withdrawn (line 2)." in words(response)
    assert not Source.objects.exists()


def test_a_file_in_the_form_of_a_source_is_refused_before_it_waits(erased, curator):  # noqa: F811
    paragraphs = "".join(f"<w:p>{run(cue)}</w:p>" for cue in CUES)
    deleted = '<w:p><w:del w:id="1" w:author="A"><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>'
    file = SimpleUploadedFile("d.docx", word_document(paragraphs + deleted))
    response = curator.post(ADD, {**FACTS, "study": erased.pk, "text": "", "file": file})
    assert "d.docx cannot come in. This has words of somebody who has withdrawn" in words(response)
    assert not Upload.objects.exists()
