"""The frame of the desk: whose it is, and which study is at hand."""

import pytest
from django.urls import reverse

from programmes.vocabulary import TeamRole
from tests.factories import MembershipFactory, StudyFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_only_the_team_opens_the_desk_of_a_study(client):
    study = StudyFactory(visibility="public")
    address = reverse("desk-study", args=[study.slug])
    assert client.get(address).status_code == 302
    client.force_login(UserFactory())
    assert client.get(address).status_code == 404
    for role in TeamRole:
        user = UserFactory()
        MembershipFactory(study=study, user=user, role=role)
        client.force_login(user)
        assert client.get(address).status_code == 200
    client.force_login(UserFactory(is_superuser=True))
    assert client.get(address).status_code == 200
