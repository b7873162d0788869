"""The list of all second codings in the admin."""

import datetime as dt
import re

import pytest
from django.contrib.auth.models import Group

from programmes.models import Membership
from tests.factories import (
    CMOCFactory,
    SecondCodeFactory,
    SecondCodingFactory,
    SourceFactory,
    TheoryFactory,
    UserFactory,
)
from tests.queries import asks

LIST = "/admin/programmes/secondcoding/"


@pytest.fixture
def codings(db):
    """Two codings of one interview, of which one is finished, and one of a study of others."""
    theory = TheoryFactory()
    source = SourceFactory(study=theory.study, text="It helped. It did not.", sha256="0" * 64, key="interview1")
    cmoc = CMOCFactory(theory=theory, number=1)
    finished = SecondCodingFactory(source=source, number=1, signed_by="Ada", finished_date=dt.date(2026, 3, 2))
    for start, end in ((0, 10), (11, 22)):
        SecondCodeFactory(coding=finished, start=start, end=end, cmoc=cmoc)
    running = SecondCodingFactory(source=source, number=2, signed_by="Ben", finished_date=None)
    SecondCodingFactory(signed_by="Cleo")
    return [finished, running]


@pytest.fixture
def curator(codings, client):
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name="Curator"))
    Membership.objects.create(study=codings[0].source.study, user=user, role="curator")
    client.force_login(user)
    return user


def rows(client, address):
    page = client.get(address).content.decode()
    return re.findall(r'class="field-__str__"><a [^>]+>([^<]+)</a>', page), page


def test_list_says_who_coded_what_and_leads_to_the_comparison(curator, codings, client):
    names, page = rows(client, LIST)
    assert names == ["Second coding 1 by Ada", "Second coding 2 by Ben"]
    assert re.findall(r'class="field-codes_given">(\d+)<', page) == ["2", "0"]
    assert f"/admin/programmes/source/{codings[0].source_id}/agreement/?coding=1" in page
    assert page.count("Once it is finished") == 1


@pytest.mark.parametrize(("asked", "names"), [("yes", ["Second coding 1 by Ada"]), ("no", ["Second coding 2 by Ben"])])
def test_finished_and_running_ones(curator, client, asked, names):
    assert rows(client, f"{LIST}?finished={asked}")[0] == names


def test_a_coding_is_read_and_never_changed_here(curator, codings, client):
    address = f"{LIST}{codings[1].pk}/change/"
    page = client.get(address).content.decode()
    assert "Second coding 2 by Ben" in page
    assert 'name="_save"' not in page
    assert [client.post(address, {}).status_code, client.get(f"{LIST}add/").status_code] == [403, 403]


def test_queries_of_the_list_do_not_grow(curator, codings, client):
    client.get(LIST)
    expected = (
        "session, user, permission, permission, study, count secondcoding, count secondcoding, "
        "membership, secondcoding, study"  # what somebody is in teams, and the studies to take at hand
    )
    with asks(expected):
        client.get(LIST)
    for number in range(3, 9):
        SecondCodingFactory(source=codings[0].source, number=number)
    with asks(expected):
        client.get(LIST)
