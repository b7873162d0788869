"""Whoever has a link comes in, once; whoever guesses links is slowed down, and no link is in a log or a Referer."""

import logging
import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from programmes.actions.team import accept_invitation, invite
from programmes.models import Invitation, Membership, WrongTries
from programmes.models.sign_in import AT_ONCE
from programmes.transcripts.read import checksum
from programmes.vocabulary import TeamRole
from tests.factories import MembershipFactory, SourceFactory, UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "a long one for bea"
NEW = {"username": "bea", "password1": PASSWORD, "password2": PASSWORD, "new": "1"}


@pytest.fixture
def lead():
    return MembershipFactory(role="lead", user__username="ada", study__title="Link workers")


@pytest.fixture
def link(lead):
    return link_of(lead)


def link_of(lead, role=TeamRole.CURATOR):
    return reverse("invitation", args=[invite(study=lead.study, role=role, by=lead.user).token])


def heading(response):
    return re.findall("<h1>([^<]+)</h1>", response.content.decode())


def team(lead):
    return dict(Membership.objects.filter(study=lead.study).values_list("user__username", "role"))


def test_guest_comes_in_with_a_new_account_and_is_signed_in(client, lead, link):
    page = client.get(link)
    assert (page.status_code, heading(page)) == (200, ["You are invited"])
    assert "ada invites you into the team of Link workers, as curator." in re.sub("<[^>]+>", "", page.content.decode())
    answer = client.post(link, NEW)
    assert answer["Location"] == reverse("desk-study", args=[lead.study.slug])
    assert "You are in the team of Link workers, as curator." in client.get(answer["Location"]).content.decode()
    assert team(lead) == {"ada": "lead", "bea": "curator"}
    assert (User.objects.get(username="bea").is_staff, heading(client.get(link))) == (
        False,
        ["This link leads nowhere"],
    )


def test_guest_who_may_code_lands_where_transcripts_are_coded(client, lead, link):
    SourceFactory(study=lead.study, text="Yes.", sha256=checksum("Yes."))
    assert client.post(link, NEW)["Location"].endswith(("/bench/", "/code/"))
    reader = link_of(lead, TeamRole.READER)
    assert Client().post(reader, {**NEW, "username": "cleo"})["Location"] == reverse(
        "desk-study", args=[lead.study.slug]
    )


def test_guest_comes_in_with_an_account_that_is_there(client, lead, link):
    bea = UserFactory(username="bea")
    bea.set_password(PASSWORD)
    bea.save()
    wrong = client.post(link, {"present-username": "bea", "present-password": "no", "present": "1"})
    assert "There is no account with this name and password" in wrong.content.decode()
    assert team(lead) == {"ada": "lead"}
    client.post(link, {"present-username": "bea", "present-password": PASSWORD, "present": "1"})
    assert team(lead) == {"ada": "lead", "bea": "curator"}
    assert client.get(reverse("desk-study", args=[lead.study.slug])).status_code == 200


def test_guest_who_is_signed_in_joins_at_a_press(client, lead, link):
    client.force_login(UserFactory(username="bea"))
    assert "You are signed in as bea." in client.get(link).content.decode()
    client.post(link, {"join": "1"})
    assert team(lead) == {"ada": "lead", "bea": "curator"}


def test_press_after_the_sign_in_ended_asks_for_one(client, lead, link):
    assert client.post(link, {"join": "1"}).status_code == 400
    assert team(lead) == {"ada": "lead"}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"username": "ada"}, "A user with that username already exists."),
        ({"username": "a name with blanks"}, "Enter a valid username."),
        ({"password1": "short", "password2": "short"}, "It must contain at least 12 characters."),
        ({"password2": "another long one"}, "The two password fields didn’t match."),
        ({"password1": "", "password2": ""}, "This field is required."),
    ],
)
def test_account_that_cannot_be_made_is_said_and_the_link_stays_good(client, lead, link, changed, said):
    answer = client.post(link, {**NEW, **changed})
    assert (answer.status_code, said in answer.content.decode()) == (400, True)
    assert client.post(link, NEW).status_code == 302


def test_link_that_was_used_meanwhile_leaves_no_account_behind(client, lead, link, monkeypatch):
    def used_meanwhile(*, token, by):
        accept_invitation(token=token, by=UserFactory())
        return accept_invitation(token=token, by=by)

    monkeypatch.setattr("realist.invitations.accept_invitation", used_meanwhile)
    assert client.post(link, NEW).status_code == 404
    assert not User.objects.filter(username="bea").exists()


def test_every_link_that_leads_nowhere_is_answered_alike(client, lead, link):
    Invitation.objects.update(withdrawn_at="2026-01-02T00:00Z")
    answers = [client.get(link), client.get(reverse("invitation", args=["none"])), client.post(link, NEW)]
    assert [(answer.status_code, heading(answer)) for answer in answers] == [(404, ["This link leads nowhere"])] * 3
    assert len({re.sub("csrf.*?>", "", answer.content.decode()) for answer in answers}) == 1


def test_who_guesses_links_has_to_wait_and_may_still_sign_in(client, lead, link):
    other = reverse("invitation", args=["none"])
    answers = [client.get(other, REMOTE_ADDR="192.0.2.1") for _ in range(AT_ONCE + 1)]
    assert [answer.status_code for answer in answers] == [404] * (AT_ONCE - 1) + [429] * 2
    assert "Try again in 3 minutes." in answers[-1].content.decode()
    assert int(answers[-1]["Retry-After"]) <= 180
    assert client.get(link, REMOTE_ADDR="192.0.2.1").status_code == 429
    assert client.get(link, REMOTE_ADDR="192.0.2.2").status_code == 200
    bea = UserFactory(username="bea")
    bea.set_password(PASSWORD)
    bea.save()
    sign_in = {"username": "bea", "password": PASSWORD}
    assert client.post("/desk/sign-in/", sign_in, REMOTE_ADDR="192.0.2.1").status_code == 302


def test_where_nobody_has_an_address_links_are_not_counted(client):
    assert client.get(reverse("invitation", args=["none"]), REMOTE_ADDR="").status_code == 404
    assert WrongTries.objects.count() == 0


def test_link_is_in_no_log_and_in_no_referer(client, lead, caplog):
    caplog.set_level(logging.DEBUG)
    link = link_of(lead)
    token = link.split("/")[-2]
    answers = [client.get(link), client.post(link, {}), client.post(link, NEW), client.get(link)]
    assert {answer["Referrer-Policy"] for answer in answers} == {"strict-origin"}
    assert all("no-store" in answer["Cache-Control"] for answer in answers)
    assert token not in caplog.text
    assert "A link was asked for that is no open invitation" in caplog.text
    assert token not in answers[0].content.decode()
