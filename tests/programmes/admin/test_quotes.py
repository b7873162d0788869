"""The form of a quote: whose words it holds is told by the turn that it is in, and nobody types it there."""

import re

import pytest
from django.contrib.auth.models import Group

from programmes.admin.quote_form import KEPT_BY_TURN
from programmes.models import Membership, Quote
from programmes.transcripts.read import checksum
from tests.factories import (
    ParticipantFactory,
    QuoteFactory,
    SourceFactory,
    SpeakerFactory,
    StudyFactory,
    UserFactory,
)
from tests.sent_forms import sent_untouched

TEXT = "I: How was it?\nP1: It was warm.\nP2: It was late.\nP3: Was it?"


@pytest.fixture
def study(db):
    return StudyFactory(visibility="public")


@pytest.fixture
def ann(study):
    return ParticipantFactory(study=study, pseudonym="ann")


@pytest.fixture
def bea(study):
    return ParticipantFactory(study=study, pseudonym="bea")


@pytest.fixture
def source(study, ann, bea):
    source = SourceFactory(study=study, kind="focus-group", text=TEXT, sha256=checksum(TEXT))
    SpeakerFactory(source=source, label="I", kind="interviewer")
    SpeakerFactory(source=source, label="P1", kind="participant", participant=ann)
    SpeakerFactory(source=source, label="P2", kind="participant", participant=bea)
    return source


@pytest.fixture
def curator(client, study):
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name="Curator"))
    Membership.objects.create(study=study, user=user, role="curator")
    client.force_login(user)
    return client


def placed(source, passage, /, **data):
    start = TEXT.index(passage)
    place = {"source": source, "start": start, "end": start + len(passage), "locator": ""}
    given = {"participant": None, "consent": "published", "visibility": "private"}
    return QuoteFactory(study=source.study, text=passage, **place | given | data)


def address(quote):
    return f"/admin/programmes/quote/{quote.pk}/change/"


def opened(client, quote):
    """Return the field of the participant and what a browser would send."""
    page = client.get(address(quote))
    field = page.context["adminform"].form["participant"]
    return field, sent_untouched(page.content.decode(), "quote_form")


def told(field):
    return re.sub(r"<[^>]+>", "", field.help_text)


@pytest.mark.parametrize(
    ("passage", "participant", "said"),
    [
        ("It was warm.", "ann", "ann"),
        ("How was it?", None, "somebody speaks who took no part, such as the interviewer"),
        ("warm.\nP2: It", None, "these are words of ann and bea"),
    ],
)
def test_turn_tells_the_participant(curator, source, ann, passage, participant, said):
    quote = placed(source, passage, participant=ann)
    field, sent = opened(curator, quote)
    assert field.field.disabled
    assert field.value() == (ann.pk if participant else None)
    assert told(field) == (
        f"Told by the turn: {said}. Change it on the screen of speakers; service and consent follow the participant."
    )
    assert f"/admin/programmes/source/{source.pk}/speakers/" in field.help_text
    assert "participant" not in sent
    response = curator.post(address(quote), {**sent, "disclosure_note": "x", "change_reason": "Looked", "_save": "1"})
    assert response.status_code == 302
    kept = Quote.objects.get(pk=quote.pk)
    assert (str(kept.participant or "") or None, kept.disclosure_note) == (participant, "x")


@pytest.mark.parametrize("other", ["bea", ""])
def test_another_participant_than_the_turns_is_refused(curator, source, ann, bea, other):
    quote = placed(source, "It was warm.", participant=ann)
    _, sent = opened(curator, quote)
    changed = {"participant": {"bea": bea.pk, "": ""}[other], "change_reason": "Hers", "_save": "1"}
    response = curator.post(address(quote), {**sent, **changed})
    assert (response.status_code, response.context["adminform"].form.errors) == (200, {"participant": [KEPT_BY_TURN]})
    assert Quote.objects.get(pk=quote.pk).participant == ann
    same = {"participant": ann.pk, "disclosure_note": "x", "change_reason": "Looked", "_save": "1"}
    assert curator.post(address(quote), {**sent, **same}).status_code == 302


def test_quote_that_gets_another_place_is_whose_turn_that_is_in(curator, source, ann, bea):
    quote = placed(source, "It was warm.", participant=ann)
    _, sent = opened(curator, quote)
    start = TEXT.index("It was late.")
    place = {"text": "It was late.", "start": start, "end": start + 12, "change_reason": "There", "_save": "1"}
    assert curator.post(address(quote), {**sent, **place}).status_code == 302
    assert Quote.objects.get(pk=quote.pk).participant == bea


@pytest.mark.parametrize("passage", ["Was it?", "It was late.\nP3: Was"])
def test_participant_is_chosen_where_nobody_said_who_speaks(curator, source, ann, passage):
    quote = placed(source, passage)
    field, sent = opened(curator, quote)
    assert (field.field.disabled, field.help_text) == (False, "")
    chosen = {"participant": ann.pk, "change_reason": "Hers", "_save": "1"}
    assert curator.post(address(quote), {**sent, **chosen}).status_code == 302
    assert Quote.objects.get(pk=quote.pk).participant == ann


@pytest.mark.parametrize(
    "data",
    [{"source": None, "start": None, "end": None, "locator": "p. 3"}, {"start": None, "end": None, "locator": "p. 3"}],
)
def test_participant_is_chosen_where_a_quote_has_no_place(curator, source, bea, data):
    quote = placed(source, "It was warm.", **data)
    field, sent = opened(curator, quote)
    assert not field.field.disabled
    chosen = {"participant": bea.pk, "change_reason": "Hers", "_save": "1"}
    assert curator.post(address(quote), {**sent, **chosen}).status_code == 302
    assert Quote.objects.get(pk=quote.pk).participant == bea


def test_quote_that_is_added_by_hand_is_whose_turn_it_is_in(curator, source, study, ann):
    page = curator.get("/admin/programmes/quote/add/")
    sent = sent_untouched(page.content.decode(), "quote_form")
    start = TEXT.index("It was warm.")
    place = {"study": study.pk, "key": "new", "text": "It was warm.", "source": source.pk, "_save": "1"}
    given = {**sent, **place, "start": start, "end": start + 12}
    assert curator.post("/admin/programmes/quote/add/", given).status_code == 302
    assert Quote.objects.get(key="new").participant == ann


def test_form_of_somebody_who_only_reads_has_no_field_for_it(client, source, study, ann):
    quote = placed(source, "It was warm.", participant=ann)
    reviewer = UserFactory(is_staff=True)
    reviewer.groups.add(Group.objects.get(name="Curator"))
    Membership.objects.create(study=study, user=reviewer, role="reviewer")
    client.force_login(reviewer)
    page = client.get(address(quote))
    assert (page.status_code, "participant" in page.context["adminform"].form.fields) == (200, False)


@pytest.mark.django_db
def test_the_list_is_searched_by_any_of_several_words(client):
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    QuoteFactory(key="q91", text="A quiet room", locator="p. 1")
    QuoteFactory(key="q92", text="A quiet walk", locator="p. 2")
    page = client.get("/admin/programmes/quote/", {"q": "quiet walk"})
    assert [quote.key for quote in page.context["cl"].result_list] == ["q92"]
