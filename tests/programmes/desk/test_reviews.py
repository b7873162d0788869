"""Reviewing in the admin: put to reviewers, read, judged, kept."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from programmes.models import CMOC, Membership, Review, Study
from tests.factories import UserFactory
from tests.queries import asks


@pytest.fixture
def people(demo):
    study = Study.objects.get(slug="thompson-2023")
    found = {}
    for name, role in {"ada": "curator", "ben": "reviewer", "dan": "reader"}.items():
        user = UserFactory(username=name, is_staff=True, first_name=name.capitalize())
        user.groups.add(Group.objects.get(name=role.capitalize()))
        Membership.objects.create(study=study, user=user, role=role)
        found[name] = user
    return found


def cmoc():
    return CMOC.objects.get(theory__slug="thompson-2023", number=5)


def address():
    return reverse("admin:programmes_cmoc_review", args=[cmoc().pk])


def test_a_configuration_is_put_to_reviewers_and_reviewed(people, client):
    client.force_login(people["ada"])
    assert "Its curators still work on it." in client.get(address()).content.decode()
    client.post(address(), {"ask": "yes"})
    assert cmoc().review_asked_date is not None

    client.force_login(people["ben"])
    page = client.get(address())
    assert "Put it to reviewers" not in page.content.decode()
    read = page.context["form"]["read"].value()
    refused = client.post(address(), {"verdict": "disagree", "read": read})
    assert (refused.status_code, dict(refused.context["form"].errors)) == (
        400,
        {"comment": ["Say why, or what should change."]},
    )
    done = client.post(address(), {"verdict": "disagree", "comment": "Trust is an outcome.", "read": read})
    assert done.headers["Location"] == address()
    given = Review.objects.get()
    assert (given.verdict, given.comment, given.signed_by, given.reviewer) == (
        "disagree",
        "Trust is an outcome.",
        "Ben",
        people["ben"],
    )
    text = client.get(address()).content.decode()
    assert "You reviewed what it says now." in text
    assert "Disputed." in text

    client.logout()
    public = client.get(cmoc().get_absolute_url()).content.decode()
    assert '<strong>Disagrees</strong>: <bdi class="lines" data-words="curator">Trust is an outcome.</bdi>' in public
    assert "1 reviewer is asked for; 0 agree with the present wording as it is." in public


def test_who_wrote_it_is_told_that_somebody_else_reviews(people, client):
    client.force_login(people["ada"])
    row = cmoc()
    row._history_user = people["ada"]
    row.title = "Shared interests"
    row.save()
    client.post(address(), {"ask": "yes"})
    assert "You wrote some of what it says" in client.get(address()).content.decode()


def test_a_verdict_on_another_wording_is_refused_and_the_new_one_shown(people, client):
    client.force_login(people["ada"])
    client.post(address(), {"ask": "yes"})
    client.force_login(people["ben"])
    read = client.get(address()).context["form"]["read"].value()
    row = cmoc()
    row.title = "Shared interests"
    row.save()

    refused = client.post(address(), {"verdict": "agree", "read": read})
    assert dict(refused.context["form"].errors) == {
        "__all__": ["CMOC 5 was changed after you opened it; read what it says now and judge that."]
    }
    again = refused.context["form"]["read"].value()
    assert client.post(address(), {"verdict": "agree", "read": again}).status_code == 302
    assert "title: Shared interests" in Review.objects.get().wording


def test_garbage_is_refused(people, client):
    client.force_login(people["ada"])
    client.post(address(), {"ask": "yes"})
    client.force_login(people["ben"])
    refused = client.post(address(), {"verdict": "agree", "read": "forged"})
    assert dict(refused.context["form"].errors) == {
        "__all__": ["Open the page again; it cannot be told what you read."]
    }
    refused = client.post(address(), {"verdict": "splendid"})
    assert sorted(refused.context["form"].errors) == ["__all__", "read", "verdict"]


def test_it_is_taken_back_from_reviewers(people, client):
    client.force_login(people["ada"])
    client.post(address(), {"ask": "yes"})
    client.post(address(), {"ask": "no"})
    assert cmoc().review_asked_date is None
    assert cmoc().history.latest().history_change_reason == "Taken back from reviewers"


def test_a_retired_one_is_not_put_to_reviewers(people, client):
    CMOC.objects.filter(pk=cmoc().pk).update(status="retired")
    client.force_login(people["ada"])
    answer = client.post(address(), {"ask": "yes"}, follow=True)
    assert [str(entry) for entry in answer.context["messages"]] == ["CMOC 5 is retired."]


def test_who_may_do_what(people, client):
    client.force_login(people["dan"])
    assert client.get(address()).status_code == 403
    client.force_login(people["ben"])
    assert client.post(address(), {"ask": "yes"}).status_code == 403
    assert client.get(reverse("admin:programmes_cmoc_review", args=[999_999])).status_code == 404


def test_reviews_are_read_and_stand(people, client):
    given = Review.objects.create(
        cmoc=cmoc(), number=1, verdict="agree", signed_by="B", signed_date="2026-01-02", wording=["title: A"]
    )
    client.force_login(people["ada"])
    form = client.get(reverse("admin:programmes_review_change", args=[given.pk])).content.decode()
    assert 'name="_save"' not in form
    assert client.get(reverse("admin:programmes_review_add")).status_code == 403
    assert client.get(reverse("admin:programmes_review_delete", args=[given.pk])).status_code == 403
    assert "title: A" in form


def test_queries_of_the_review_screen(people, client):
    client.force_login(people["ben"])
    screen = address()
    client.get(screen)
    with asks(
        "session, user, cmoc, any cmoc, cmoccontext + 8, evidence, editorialmark, cmocbeneficiary, caveat, reading, "
        "substantivetheorylink, cmoclink, memo, review, lineageevent, count evidence, permission, permission, "
        "historicalcmoc, "
        "historicalcmoccontext, historicalcmocmechanism, historicalcmocoutcome, historicalcmocactor, "
        "historicalcmocbeneficiary, historicalcmocservice, historicalcmocstrategy, "
        "historicalcmocintervention"
    ):
        client.get(screen)
