"""The people of a study: only leads see them, and whatever a lead does is said in words."""

import re

import pytest
from django.urls import reverse

from programmes.models import Invitation, Membership
from programmes.models.invitations import digest_of_link
from tests.factories import InvitationFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(client):
    place = MembershipFactory(role="lead", user__username="ada")
    client.force_login(place.user)
    return place


def address(place):
    return reverse("desk-people", args=[place.study.slug])


def notices(page):
    return re.findall(r'<p class="notice[^>]*>([^<]+)</p>', page)


def sent(client, place, **form):
    """Return the status of the answer to a form, and what the next page says."""
    answer = client.post(address(place), form)
    page = client.get(answer["Location"]).content.decode() if answer.status_code == 302 else answer.content.decode()
    return answer.status_code, notices(page)


@pytest.mark.parametrize(("role", "status"), [("reader", 403), ("reviewer", 403), ("curator", 403), ("lead", 200)])
def test_only_leads_see_the_people(client, role, status):
    place = MembershipFactory(role=role)
    client.force_login(place.user)
    assert client.get(address(place)).status_code == status
    assert client.post(address(place), {"invite": "1", "role": "lead"}).status_code == status
    assert ("People" in client.get(reverse("desk-study", args=[place.study.slug])).content.decode()) == (role == "lead")


def test_lead_of_another_study_sees_nobody(client, lead):
    client.force_login(MembershipFactory(role="lead").user)
    assert client.get(address(lead)).status_code == 404


def test_link_is_shown_once(client, lead):
    page = client.post(address(lead), {"invite": "1", "role": "reviewer"})
    link = re.search(r'value="(http://testserver/desk/invitations/([^/]+)/)"', page.content.decode())
    row = Invitation.objects.get()
    assert (row.role, row.digest, row.signed_by) == ("reviewer", digest_of_link(link[2]), "ada")
    assert "no-store" in page["Cache-Control"]
    again = client.get(address(lead)).content.decode()
    assert link[2] not in again
    assert "For a reviewer, made by ada on" in re.sub("<[^>]+>", "", again)


def test_link_for_no_role_is_refused(client, lead):
    page = client.post(address(lead), {"invite": "1", "role": "owner"})
    assert (page.status_code, Invitation.objects.count()) == (400, 0)


def test_team_is_changed(client, lead):
    bea = MembershipFactory(study=lead.study, user__username="bea", role="reader").user
    key = str(bea.pk)
    assert sent(client, lead, give=key, **{f"role-{key}": "curator"}) == (302, ["bea is curator now."])
    assert sent(client, lead, remove=key) == (302, ["bea is no longer in the team. What they did stays."])
    assert list(Membership.objects.values_list("user__username", "role")) == [("ada", "lead")]


def test_what_cannot_be_done_is_said(client, lead):
    key, last = str(lead.user.pk), "ada is the only lead of this study. Make somebody else a lead first."
    assert sent(client, lead, remove=key) == (409, [last])
    assert sent(client, lead, give=key, **{f"role-{key}": "reader"}) == (409, [last])
    assert sent(client, lead, give=key, **{f"role-{key}": "owner"}) == (409, ["Choose a role."])
    gone = "This person is not in the team any more."
    assert sent(client, lead, remove=str(UserFactory().pk)) == (409, [gone])
    assert sent(client, lead, remove="zz") == (409, [gone])
    assert sent(client, lead, withdraw="7") == (409, ["This invitation is not open any more."])
    assert sent(client, lead) == (302, [])


def test_invitation_is_withdrawn(client, lead):
    row = InvitationFactory(study=lead.study, made_by=lead.user)
    told = "The invitation is withdrawn: its link leads nowhere now."
    assert sent(client, lead, withdraw=str(row.pk)) == (302, [told])
    assert "Withdraw" not in client.get(address(lead)).content.decode()


def test_who_stops_to_lead_is_led_to_the_desk(client, lead):
    MembershipFactory(study=lead.study, role="lead")
    answer = client.post(address(lead), {"give": lead.user.pk, f"role-{lead.user.pk}": "curator"})
    assert (answer.status_code, answer["Location"]) == (302, "/desk/")
