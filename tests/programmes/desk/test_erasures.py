"""The screens on which words are erased for good, and on which it is told what was."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from programmes.actions.withdraw import withdraw_participant
from programmes.models import Erasure, LetIn, Memo, Participant, Quote, Source
from tests.factories import (
    CMOCFactory,
    EvidenceFactory,
    MembershipFactory,
    MemoFactory,
    QuoteFactory,
    SourceFactory,
    UserFactory,
)
from tests.programmes.actions.test_erase import ERASED, TEXT, lead, quoted, source  # noqa: F401  fixtures
from tests.programmes.actions.test_forget_again import SAID

DAY = dt.date(2026, 3, 4)


@pytest.fixture
def signed_in(client, lead):  # noqa: F811
    lead.is_staff = True
    lead.save()
    lead.groups.add(Group.objects.get(name="Lead"))
    client.force_login(lead)
    return client


def member(source, role):  # noqa: F811
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name=role.capitalize()))
    MembershipFactory(study=source.study, user=user, role=role)
    return user


def screen(source):  # noqa: F811
    return f"/admin/programmes/source/{source.pk}/erase/"


def page(response):
    return " ".join(response.content.decode().split())


def test_a_name_is_looked_at_and_erased(source, signed_in):  # noqa: F811
    quoted(source, "talk with Zq Miller from")
    memo = MemoFactory(study=source.study, key="m1", text="Zq Miller is a nurse")
    assert "Erase a passage of Talk 1" in page(signed_in.get(screen(source)))

    sent = {"passage": "Zq Miller", "everywhere": "on"}
    looked = signed_in.post(screen(source), sent)
    assert looked.status_code == 200
    shown = page(looked)
    assert 'Line 2: <span dir="auto">P1: I had a long talk with <mark>Zq Miller</mark> from the centre' in shown
    assert "Line 4:" in shown
    assert f'name="chosen" value="programmes.memo.text:{memo.pk}"' in shown
    assert " checked>" in shown
    assert Source.objects.get().text == TEXT

    chosen = [f"programmes.memo.text:{memo.pk}"]
    without_reason = signed_in.post(screen(source), {**sent, "erase": "yes", "chosen": chosen})
    assert without_reason.status_code == 400
    assert "Say in a few words why." in page(without_reason)
    assert Source.objects.get().text == TEXT

    done = signed_in.post(screen(source), {**sent, "erase": "yes", "chosen": chosen, "reason": "A name"}, follow=True)
    assert done.redirect_chain[0][0] == f"/admin/programmes/participant/erasures/{Erasure.objects.get().pk}/"
    assert "Nothing is left anywhere that was searched." in page(done)
    assert Source.objects.get().text == ERASED
    assert Quote.objects.get().text == "talk with ██ ██████ from"
    assert Memo.objects.get().text == "██ ██████ is a nurse"


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"passage": "Zq Miller"}, "Found 2 times (lines 2, 4): give a longer passage."),
        ({"passage": "Nobody"}, "These words do not stand in the text. Copy them from it exactly."),
        ({"passage": "Nobody", "everywhere": "on"}, "These words do not stand in the text. Copy them from it exactly."),
        ({"passage": ""}, "This field is required."),
    ],
)
def test_passage_that_cannot_be_found_is_told(source, signed_in, sent, sentence):  # noqa: F811
    response = signed_in.post(screen(source), sent)
    assert (response.status_code, sentence in page(response)) == (400, True)
    assert not Erasure.objects.exists()


def test_a_selected_place_alone(source, signed_in):  # noqa: F811
    start = TEXT.rindex("Zq Miller")
    sent = {"passage": "Zq Miller", "start": start, "end": start + 9, "erase": "yes", "reason": "A name"}
    signed_in.post(screen(source), sent)
    assert Source.objects.get().text == TEXT[:start] + "██ ██████" + TEXT[start + 9 :]


def test_without_a_transcript_there_is_nothing_to_erase(source, signed_in):  # noqa: F811
    empty = SourceFactory(study=source.study, text="", sha256="")
    assert "there is nothing to erase" in page(signed_in.get(screen(empty)))


def test_only_curators_erase(source, client):  # noqa: F811
    for role, status in (("reader", 404), ("reviewer", 404), ("curator", 200)):
        client.force_login(member(source, role))
        assert client.get(screen(source)).status_code == status
    outsider = UserFactory(is_staff=True)
    outsider.groups.add(Group.objects.get(name="Lead"))
    client.force_login(outsider)
    assert client.get(screen(source)).status_code == 404


def withdraw(client, pk, **sent):
    sent = {"action": "withdraw", "_selected_action": [pk], **sent}
    return client.post("/admin/programmes/participant/", sent, follow=True)


def test_withdrawal_shows_where_the_words_also_stand_and_what_is_left(source, signed_in):  # noqa: F811
    who = Participant.objects.get()
    said = "P2: For me nobody has to be brave all of the time either."
    SourceFactory(study=source.study, key="other", title="Other", text=said, sha256="0" * 64)
    whole = MemoFactory(study=source.study, key="m1", text="Nobody has to be brave all of the time")
    short = MemoFactory(study=source.study, key="m2", text="Brave all of the time")

    shown = page(withdraw(signed_in, who.pk))
    assert f'value="programmes.memo.text:{whole.pk}" aria-label="Put a mark' in shown
    boxes = shown.split('type="checkbox"')[1:]
    assert [" checked>" in box.partition("<div>")[0] for box in boxes] == [True, False]
    assert "Others said the same words, which stay: 1 place" in shown
    assert "<mark>nobody has to be brave all of the time</mark> either" in shown

    asked = page(withdraw(signed_in, who.pk, reason="", chosen=[f"programmes.memo.text:{short.pk}"]))
    assert "Say in a few words why." in asked
    boxes = asked.split('type="checkbox"')[1:]
    assert [" checked>" in box.partition("<div>")[0] for box in boxes] == [False, True]

    done = withdraw(signed_in, who.pk, reason="Asked", chosen=[f"programmes.memo.text:{short.pk}"])
    assert "Withdrawn: p1. Their words are erased, in the history too." in page(done)
    assert "it was left, since it was not chosen" in page(done)
    assert "others said the same words" in page(done)
    assert f"memo {source.study.slug}:m1" in page(done)
    assert Memo.objects.get(pk=short.pk).text == "█████ ███ ██ ███ ████"


def test_several_withdraw_at_once(source, signed_in):  # noqa: F811
    other = Participant.objects.create(study=source.study, pseudonym="p2")
    who = Participant.objects.exclude(pk=other.pk).get()
    sent = {"action": "withdraw", "_selected_action": [who.pk, other.pk], "reason": "Asked"}
    done = signed_in.post("/admin/programmes/participant/", sent, follow=True)
    assert done.redirect_chain[-1][0] == "/admin/programmes/participant/erasures/"
    assert page(done).count("/admin/programmes/participant/erasures/") >= Erasure.objects.count() == 2


def test_a_lead_lets_in_what_only_sounds_alike(source, lead, signed_in):  # noqa: F811
    erasure = withdraw_participant(participant=Participant.objects.get(), reason="Asked", on=DAY, by=lead)
    address = f"/admin/programmes/participant/erasures/{erasure.pk}/"
    text = "She too said that nobody has to be brave all of the time."
    assert "Let a text in" in page(signed_in.get(address))
    refused = signed_in.post(address, {"text": "Quite other words than those.", "reason": "Another said it"})
    assert (refused.status_code, "Nothing in it sounds like" in page(refused)) == (400, True)
    assert signed_in.post(address, {"text": text, "reason": ""}).status_code == 400

    let_in = signed_in.post(address, {"text": text, "reason": "Another said it"}, follow=True)

    word = LetIn.objects.get()
    assert (word.signed_by, word.reason, word.signed_date) == ("lead", "Another said it", timezone.localdate())
    assert f"{word.runs} runs of words may come in now." in page(let_in)
    assert MemoFactory(study=source.study, text=text).pk
    with pytest.raises(Exception, match="somebody who has withdrawn"):
        MemoFactory(study=source.study, text="I had a long talk with Zq Miller from the centre")


def test_who_sees_erasures_and_who_lets_in(source, lead, client):  # noqa: F811
    erasure = withdraw_participant(participant=Participant.objects.get(), reason="Asked by zqletter", on=DAY, by=lead)
    address = f"/admin/programmes/participant/erasures/{erasure.pk}/"
    outsider = UserFactory(is_staff=True)
    outsider.groups.add(Group.objects.get(name="Lead"))
    boss = UserFactory(is_staff=True, is_superuser=True)
    statuses = {}
    for name, user in {
        "outsider": outsider,
        **{role: member(source, role) for role in ("reader", "reviewer", "curator")},
        "boss": boss,
    }.items():
        client.force_login(user)
        listed = "zqletter" in page(client.get("/admin/programmes/participant/erasures/"))
        posted = client.post(address, {"text": SAID, "reason": "r"}).status_code
        statuses[name] = (listed, client.get(address).status_code, posted)
    assert statuses == {
        "outsider": (False, 404, 404),
        "reader": (False, 404, 404),
        "reviewer": (False, 404, 404),
        "curator": (True, 200, 403),
        "boss": (True, 200, 400),
    }


def test_deleted_records_and_accounts_have_no_form_to_lead_to(source, client):  # noqa: F811
    boss = UserFactory(username="zq-miller", is_staff=True, is_superuser=True)
    MemoFactory(study=source.study, key="m1", text="Zq Miller").delete()
    event = EvidenceFactory(cmoc=CMOCFactory(theory=source.study.theories.get()), note="Zq Miller")
    client.force_login(boss)
    shown = page(client.post(screen(source), {"passage": "Zq Miller", "everywhere": "on"}))
    assert "<div>memo that was deleted, <bdi>text</bdi>, in earlier states alone:<br>" in shown
    assert f"<div>evidence {event.cmoc.theory.slug}" in shown
    assert f'<a href="/admin/auth/user/{boss.pk}/change/">user {boss.pk}</a>' in shown


def test_what_cannot_be_masked_is_told(source, signed_in):  # noqa: F811
    QuoteFactory(study=source.study, key="zq-miller", text="Other words", locator="p. 2")
    source.study.memberships.get()
    shown = page(signed_in.post(screen(source), {"passage": "Zq Miller", "everywhere": "on"}))
    assert "These stay, and are yours to change" in shown
    assert (
        "<bdi>key</bdi>: it is a key, an address or a signature, which a mark would break: change it by hand." in shown
    )
