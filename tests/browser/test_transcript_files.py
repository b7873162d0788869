"""Transcripts from files in the browser: given, looked at, confirmed, reported, said who speaks, and searched."""

import pytest
from django.contrib.auth import get_user_model

from programmes.models import Membership, Source
from tests.browser.conftest import faults_on_screens
from tests.factories import TheoryFactory
from tests.word_files import element, paragraph, run, word_document

pytestmark = pytest.mark.browser

LONG = "Maximiliane_Donaudampfschifffahrtsgesellschaft"
TALK = f"Interviewer: How was it?\n{LONG}: We waited.\nInterviewer: Why?\n{LONG}: {'Because. ' * 40}"
CUES = "".join(
    f"cue named {at} by the recorder\n00:{at:02}.000 --> 00:{at:02}.500\n<v Ann>Yes.\n\n" for at in range(60)
)
RIGHT_TO_LEFT = "אב: שלום.\nאם: CAMHS לא שמעו.\nאב: למה?\nאם: לא אמרו."
DELETED = '<w:del w:id="1"><w:r><w:delText>Sarah left.</w:delText></w:r></w:del>'


def file(name, content, mime="text/plain"):
    return {"name": name, "mimeType": mime, "buffer": content.encode() if isinstance(content, str) else content}


@pytest.fixture
def files():
    header = element("w:hdr", paragraph("CONFIDENTIAL"))
    talk = word_document(paragraph(f"{DELETED}{run('P1: Hello')}") + paragraph("P2: Yes."), header1=header)
    return [
        file(f"{LONG}_{LONG}.txt", TALK),
        file("talk.docx", talk),
        file("group.vtt", f"WEBVTT\n\n{CUES}"),
        file("rtl.txt", RIGHT_TO_LEFT),
        file("empty.docx", b""),
        file("old.doc", b"x"),
    ]


@pytest.fixture
def curator(transactional_db):
    theory = TheoryFactory(study__title="A study with a title that is longer than a telephone is wide, by far")
    user = get_user_model().objects.create_superuser("lead", password="a password of the test")
    Membership.objects.create(study=theory.study, user=user, role="curator")
    return user


@pytest.mark.once
def test_files_become_sources_that_are_searched(curator, files, page, sign_in, axe, watch, every):
    watch.expect("Failed to load resource: the server responded with a status of 400")
    page.set_default_timeout(60_000)  # each file is read in a process of its own, which a busy machine starts slowly
    sign_in(page.context, curator)
    found = []

    def look(name):
        found.extend(faults_on_screens(page, axe, name, every=every))

    page.goto("/admin/programmes/source/")
    page.click("text=Add sources from files")
    look("give")
    page.set_input_files("#id_file", files)
    page.click("text=Read the files")
    page.wait_for_selector("text=Not every file was read")
    look("some are not read")
    page.click("text=Look at them")
    page.wait_for_selector("text=4 files of")
    look("waiting")
    title = page.locator("input[name$=-title]").first
    title.fill("")
    page.evaluate("document.querySelectorAll('input').forEach(input => { input.required = false; })")
    page.click("text=Add what is ticked")
    page.wait_for_selector("text=Nothing was added.")
    look("wrong")
    page.locator("input[name$=-title]").first.fill("Interview 1")
    page.get_by_label("Throw away group.vtt").click()
    page.wait_for_selector("text=Thrown away: group.vtt.")
    assert page.locator("input[name$=-title]").first.input_value() == "Interview 1"
    page.click("text=Add what is ticked")
    page.wait_for_selector("text=This report stays")
    look("report")
    source = Source.objects.get(title="Interview 1")
    page.locator("tr", has_text=source.key).get_by_text("Speakers").click()
    page.wait_for_selector("text=Say once who is called by which label")
    look("speakers")
    page.click("text=Read and code the transcript")
    page.fill("#find-words", "WAITING")
    page.get_by_role("button", name="Find").click()
    page.wait_for_selector("mark")
    assert page.locator(".said-words mark").all_inner_texts() == ["waited"]
    look("search")
    page.locator(".said-where a").click()
    page.wait_for_selector("#line-2:target")
    assert page.url.endswith(f"/admin/programmes/source/{source.pk}/code/#line-2")
    page.goto("/admin/programmes/source/search/?q=nowhere")
    look("nothing found")
    assert found == []
