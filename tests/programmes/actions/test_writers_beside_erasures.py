"""Somebody writes while somebody else erases: the words do not come in, or the one who erases finds them."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, transaction
from django.test import Client

from programmes.admin import evidence as admin_of_sources
from programmes.desk import uploads
from programmes.desk.transcript_uploads import GiveTranscriptsView, keep_waiting
from programmes.models import CuratedModel, Memo, Upload
from tests.factories import MembershipFactory, MemoFactory, StudyFactory, UserFactory
from tests.programmes.desk.test_uploads import WAITING, give, words
from tests.programmes.package.test_loads_beside_erasures import WORDS, erasing_acts
from tests.programmes.package.test_loads_beside_work import SECONDS, beside
from tests.word_files import paragraph, run, word_document

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def study():
    return StudyFactory(slug="beside")


@pytest.mark.parametrize("name", ["withdrawal", "passage"])
def test_who_erases_waits_for_who_was_asked_and_finds_what_they_wrote(name, study, monkeypatch):
    erase = erasing_acts()[name]
    waited = []

    def erase_meanwhile():
        with pytest.raises(OperationalError, match=r"locked|lock timeout"):
            erase()
        waited.append("asked")

    def save_and_erase(row, *args, **kwargs):
        if not waited:
            beside(erase_meanwhile)
        saved(row, *args, **kwargs)

    saved = CuratedModel.save_version
    monkeypatch.setattr(CuratedModel, "save_version", save_and_erase)
    MemoFactory.create(study=study, key="m1", text=WORDS)
    erasure = erase()
    assert (waited, [entry["record"] for entry in erasure.left]) == (["asked"], ["memo beside:m1"])


def write_memo(study):
    MemoFactory(study=study, text=WORDS)


@pytest.mark.parametrize("write", [write_memo, transaction.atomic(write_memo)])
def test_who_writes_waits_for_who_erases_and_does_not_bring_it_back(write, study):
    erase = erasing_acts()["withdrawal"]
    erases, told = threading.Event(), threading.Event()

    def erase_slowly():
        try:
            with transaction.atomic():
                erase()
                erases.set()
                told.wait(SECONDS)
        finally:
            erases.set()
            connection.close()

    thread = threading.Thread(target=erase_slowly)
    thread.start()
    erases.wait(SECONDS)
    threading.Timer(0.2, told.set).start()  # who writes waits by then; were they not to wait, they would be done
    with pytest.raises(ValidationError, match="words of somebody who has withdrawn"):
        write(study)
    thread.join(SECONDS)
    assert not Memo.objects.exists()


@pytest.fixture
def curator(study):
    user = UserFactory(is_staff=True, is_superuser=True)
    MembershipFactory(study=study, user=user, role="lead")
    client = Client()
    client.force_login(user)
    return client


def erasing_after(function, erase):
    """Return a function that does what another does, after which somebody erases once."""
    left = [erase]

    def done(*args, **kwargs):
        result = function(*args, **kwargs)
        if left:
            left.pop()()
        return result

    return done


def given(curator, study, **words):
    document = word_document(paragraph(f"{DELETED}{run(WORDS.strip())}"))
    file = SimpleUploadedFile("talk.docx", document)
    return curator.post("/admin/programmes/source/add/", {"study": study.pk, "file": file, **FORM, **words})


FORM = {"key": "i1", "kind": "interview", "title": "Interview"}
DELETED = "<w:del><w:r><w:delText>Real Name</w:delText></w:r></w:del>"


def test_files_that_were_read_while_somebody_erased_do_not_wait(curator, study, monkeypatch):
    reading = erasing_after(GiveTranscriptsView.read, erasing_acts()["withdrawal"])
    monkeypatch.setattr(GiveTranscriptsView, "read", reading)
    response = give(curator, study, ("a.txt", WORDS.encode()))
    assert (response.status_code, uploads.ERASED_MEANWHILE in words(response)) == (409, True)
    assert not Upload.objects.exists()
    assert "words of somebody who has withdrawn" in words(give(curator, study, ("a.txt", WORDS.encode())))


def test_file_in_the_form_of_a_source_does_not_wait_with_what_was_erased_meanwhile(curator, study, monkeypatch):
    response = given(curator, study)
    assert (response.url, Upload.objects.count()) == (WAITING, 1)
    Upload.objects.all().delete()

    erase = erasing_acts()["withdrawal"]
    monkeypatch.setattr(admin_of_sources, "keep_waiting", lambda *form: (erase(), keep_waiting(*form)))
    response = given(curator, study)
    assert (response.status_code, "talk.docx cannot come in." in words(response)) == (409, True)
    assert not Upload.objects.exists()
