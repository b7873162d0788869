"""The transcripts of a study: what is there, how far it is coded, and files that become more of them."""

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from programmes.desk.study_transcripts import letters_covered, transcripts_of
from programmes.models import Source, Speaker, Upload
from programmes.transcripts.read import checksum
from tests.factories import MembershipFactory, QuoteFactory, SourceFactory, UploadFactory
from tests.sent_forms import SentForm

pytestmark = pytest.mark.django_db

TALK = "INT: How was it?\nLW03: She lent me a bit of her trust.\n"


@pytest.fixture
def place(client):
    place = MembershipFactory(role="curator", study__slug="mine")
    client.force_login(place.user)
    return place


def address(place, name="desk-transcripts"):
    return reverse(name, args=[place.study.slug])


def given(*files, **form):
    return {"file": [SimpleUploadedFile(name, text.encode()) for name, text in files], **form}


@pytest.mark.parametrize(
    ("spans", "letters"), [([], 0), ([(0, 3)], 3), ([(5, 9), (0, 3)], 7), ([(0, 6), (2, 4), (5, 8)], 8)]
)
def test_letters_in_several_quotes_are_counted_once(spans, letters):
    assert letters_covered(spans) == letters


def test_sources_are_listed_in_order_with_how_far_they_are_coded(place):
    sources = [
        SourceFactory(study=place.study, key=key, text=text, sha256=checksum(text) if text else "", collected_date=day)
        for key, text, day in (
            ("b", "We talked.", None),
            ("a", "", None),
            ("c", "We talked.", dt.date(2026, 1, 2)),
        )
    ]
    SourceFactory()
    for start, end in ((0, 2), (3, 9)):
        QuoteFactory(
            study=place.study, source=sources[0], text="We talked."[start:end], start=start, end=end, locator=""
        )
    found = [(row.source.key, row.letters, row.percent, row.quotes) for row in transcripts_of(place.study)]
    assert found == [("c", 10, 0, 0), ("a", 0, 0, 0), ("b", 10, 80, 2)]


def test_page_lists_them_for_curators_alone(client, place):
    SourceFactory(study=place.study, title="Talk one")
    assert "Talk one" in client.get(address(place)).content.decode()
    client.force_login(MembershipFactory(study=place.study, role="reviewer").user)
    assert client.get(address(place)).status_code == 403
    assert client.get(address(place, "desk-transcripts-look")).status_code == 403


@pytest.mark.untraced
def test_several_files_become_transcripts_in_three_steps_and_the_first_is_open(client, place):
    answer = client.post(address(place), given(("LW03.txt", TALK), ("LW04.txt", TALK.replace("bit", "lot"))))
    assert answer["Location"] == address(place, "desk-transcripts-look")
    page = client.get(answer["Location"]).content.decode()
    answer = client.post(answer["Location"], SentForm(page).sent)
    assert list(Source.objects.order_by("key").values_list("key", "title", "kind", "study")) == [
        ("lw03", "LW03", "interview", place.study.pk),
        ("lw04", "LW04", "interview", place.study.pk),
    ]
    assert Speaker.objects.count() == 4
    assert Upload.objects.count() == 0
    first = Source.objects.get(key="lw03")
    assert answer["Location"] in {
        f"/desk/studies/mine/bench/{first.key}/",
        f"/admin/programmes/source/{first.pk}/code/",
    }


def test_one_file_is_told_as_one(client, place):
    client.post(address(place), given(("LW03.txt", TALK)))
    look = address(place, "desk-transcripts-look")
    client.post(look, SentForm(client.get(look).content.decode()).sent)
    page = client.get(reverse("desk-study", args=[place.study.slug])).content.decode()
    assert "1 transcript is here. Select words to code them." in page


def errors(page):
    return [
        re.sub("<[^>]+>", "", line)
        for line in re.findall("<p>(.*?)</p>", "".join(re.findall(r'(?s)id="id_file_error">(.*?)</div>', page)))
    ]


def test_what_cannot_be_read_is_said_and_the_rest_waits(client, place):
    answer = client.post(address(place), given(("LW03.txt", TALK), ("empty.txt", "")))
    page = answer.content.decode()
    assert (answer.status_code, errors(page)) == (
        400,
        ["empty.txt is empty (0 bytes): look whether it was copied whole, and give it again."],
    )
    assert "Waiting to be looked at:" in page
    assert "1 file waits for you" in client.get(address(place)).content.decode()


def test_without_a_file_nothing_is_read(client, place):
    answer = client.post(address(place), {})
    assert (answer.status_code, "No file was read." in answer.content.decode()) == (400, True)


def test_nothing_to_look_at_leads_to_the_list(client, place):
    UploadFactory(study=place.study)  # of somebody else
    UploadFactory(uploader=place.user)  # of another study
    look = address(place, "desk-transcripts-look")
    assert client.get(look)["Location"] == address(place)
    assert client.post(look, {})["Location"] == address(place)


def test_file_is_thrown_away(client, place):
    row = UploadFactory(study=place.study, uploader=place.user)
    look = address(place, "desk-transcripts-look")
    answer = client.post(look, {"throw": row.pk})
    assert (answer["Location"], Upload.objects.count()) == (address(place), 0)
    UploadFactory(study=place.study, uploader=place.user)
    assert client.post(look, {"throw": "0"})["Location"] == look
