"""Beginning a study and who is in its team: what is made, who comes in by a link, and that a lead is always left."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from programmes.actions.team import (
    LAST_LEAD,
    LinkGoneError,
    accept_invitation,
    begin_study,
    give_role,
    invitation_of,
    invite,
    remove_from_team,
    withdraw_invitation,
)
from programmes.models import Invitation, Membership, Programme, Study, Theory
from programmes.vocabulary import TeamRole
from tests.factories import InvitationFactory, MembershipFactory, StudyFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    return MembershipFactory(role="lead", user__username="ada")


def link(lead, role=TeamRole.CURATOR):
    return invite(study=lead.study, role=role, by=lead.user).token


def test_study_is_begun_by_its_title_alone():
    ada = UserFactory()
    study = begin_study(title="Link workers", by=ada)
    assert (study.slug, study.kind, study.statements, study.visibility) == ("link-workers", "", "own", "private")
    assert list(Programme.objects.values_list("name", "slug")) == [("Link workers", "link-workers")]
    theories = Theory.objects.values_list("study", "title", "slug", "form", "stage", "visibility")
    assert list(theories) == [(study.pk, "Link workers", "link-workers", "", "", "private")]
    assert list(Membership.objects.values_list("study", "user", "role")) == [(study.pk, ada.pk, "lead")]


def test_titles_that_are_alike_or_long_or_have_no_letters_give_slugs_of_their_own():
    ada = UserFactory()
    slugs = [begin_study(title=title, by=ada).slug for title in ("One", "One", "x" * 500, "研究", "研究", "New")]
    assert slugs == ["one", "one-2", "x" * 70, "study", "study-2", "new-2"]
    Study.objects.get(slug="one-2").delete()
    assert begin_study(title="One", by=ada).slug == "one-3"  # that of a study that was deleted is not given again
    assert {len(title) for title in Theory.objects.values_list("title", flat=True)} == {2, 3, 300}


def test_link_lets_somebody_in_once(lead):
    token = link(lead)
    bea, cleo = UserFactory(), UserFactory()
    assert accept_invitation(token=token, by=bea).role == "curator"
    with pytest.raises(LinkGoneError):
        accept_invitation(token=token, by=cleo)
    row = Invitation.objects.get()
    assert (row.used_by, row.used_at is not None, Membership.objects.count()) == (bea, True, 2)
    assert token not in str([getattr(row, field.name) for field in row._meta.fields])


def test_who_is_as_much_in_the_team_already_uses_no_link_up(lead):
    bea = MembershipFactory(study=lead.study, role="curator").user
    token = link(lead, TeamRole.REVIEWER)
    assert accept_invitation(token=token, by=bea).role == "curator"
    assert invitation_of(token).study == lead.study
    more = link(lead, TeamRole.LEAD)
    assert accept_invitation(token=more, by=bea).role == "lead"
    with pytest.raises(LinkGoneError):
        invitation_of(more)


@pytest.mark.parametrize("what", ["ended", "withdrawn", "used", "removed", "demoted", "inactive", "none"])
def test_link_that_is_no_open_invitation_is_refused(lead, what):
    token = link(lead)
    MembershipFactory(study=lead.study, role="lead")
    rows = Invitation.objects.all()
    now = timezone.now()
    if what == "ended":
        rows.update(ends_at=now)
    elif what == "withdrawn":
        withdraw_invitation(study=lead.study, invitation=rows.get().pk)
    elif what == "used":
        rows.update(used_at=now)
    elif what == "removed":
        remove_from_team(study=lead.study, user=lead.user.pk)
    elif what == "demoted":
        give_role(study=lead.study, user=lead.user.pk, role=TeamRole.CURATOR)
    elif what == "inactive":
        lead.user.is_active = False
        lead.user.save()
    else:
        token = "another\ud800"
    with pytest.raises(LinkGoneError):
        invitation_of(token)


def test_link_of_who_runs_the_site_needs_no_membership(lead):
    root = UserFactory(is_superuser=True)
    token = invite(study=lead.study, role=TeamRole.READER, by=root).token
    assert accept_invitation(token=token, by=UserFactory()).role == "reader"


def test_link_can_be_used_for_two_weeks(lead):
    invitation = invite(study=lead.study, role=TeamRole.READER, by=lead.user).invitation
    assert invitation.ends_at - invitation.made_at == pytest.approx(dt.timedelta(days=14), abs=dt.timedelta(seconds=5))
    assert str(invitation) == f"Reader, until {invitation.ends_at:%d %B %Y}"


def test_only_open_invitations_of_the_study_can_be_withdrawn(lead):
    other = InvitationFactory(study=StudyFactory(), made_by=UserFactory(is_superuser=True))
    with pytest.raises(ValidationError, match="not open any more"):
        withdraw_invitation(study=lead.study, invitation=other.pk)


def test_a_lead_is_always_left(lead):
    for act in (
        lambda: give_role(study=lead.study, user=lead.user.pk, role=TeamRole.READER),
        lambda: remove_from_team(study=lead.study, user=lead.user.pk),
    ):
        with pytest.raises(ValidationError) as caught:
            act()
        assert caught.value.messages == [LAST_LEAD.format("ada")]
    MembershipFactory(study=lead.study, role="lead")
    assert give_role(study=lead.study, user=lead.user.pk, role=TeamRole.LEAD).role == "lead"
    assert give_role(study=lead.study, user=lead.user.pk, role=TeamRole.READER).role == "reader"
    remove_from_team(study=lead.study, user=lead.user.pk)
    with pytest.raises(ValidationError, match="not in the team any more"):
        remove_from_team(study=lead.study, user=lead.user.pk)


def test_a_link_that_was_used_in_the_same_moment_lets_nobody_in(monkeypatch):
    study = StudyFactory()
    lead = MembershipFactory(study=study, role="lead").user
    link = invite(study=study, role=TeamRole.READER, by=lead)

    def used_meanwhile(*_):
        Invitation.objects.update(used_at=timezone.now(), used_by=lead)

    monkeypatch.setattr("programmes.actions.team.hold", used_meanwhile)
    guest = UserFactory()
    with pytest.raises(LinkGoneError):
        accept_invitation(token=link.token, by=guest)
    assert not guest.memberships.exists()
