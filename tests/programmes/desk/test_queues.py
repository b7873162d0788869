"""What waits: on the first page of the admin, and in the lists that it leads to."""

import re

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from programmes.desk.queues import queues_of
from programmes.transcripts.read import checksum
from tests.factories import (
    CMOCFactory,
    CMOCMechanismFactory,
    CMOCServiceFactory,
    EvidenceFactory,
    MechanismFactory,
    MembershipFactory,
    ParticipantFactory,
    QuoteFactory,
    ServiceFactory,
    SourceFactory,
    StudyFactory,
    TheoryFactory,
    UserFactory,
)
from tests.queries import asks

TEXT = "We hope."


@pytest.fixture
def study(db):
    """A study in which each queue has one record that waits and one that does not."""
    study = StudyFactory(title="Peers")
    theory = TheoryFactory(study=study)
    for number, day in ((1, None), (2, "2026-02-01"), (3, "2026-01-01"), (4, "2026-03-01")):
        SourceFactory(
            study=study, key=f"s{number}", title=f"S{number}", text=TEXT, sha256=checksum(TEXT), collected_date=day
        )
    SourceFactory(study=study, key="s5")  # not held here, so there is nothing to code
    one, two, three = (CMOCFactory(theory=theory, number=number) for number in (1, 2, 3))
    CMOCFactory(theory=theory, number=4, status="retired")
    service = ServiceFactory(study=study)
    speaker = ParticipantFactory(study=study, service=service)
    for source, cmocs in ((3, [one, two]), (2, [two]), (1, [one, three])):
        held = study.sources.get(key=f"s{source}")
        checked = {} if source == 3 else {"visibility": "private", "disclosure_checked_date": None}
        quote = QuoteFactory(study=study, source=held, start=0, end=8, text=TEXT, participant=speaker, **checked)
        for cmoc in cmocs:
            EvidenceFactory(cmoc=cmoc, quote=quote)
    for cmoc, key in ((one, "quoted"), (CMOCFactory(theory=theory, number=5), "nowhere")):
        CMOCMechanismFactory(cmoc=cmoc, mechanism=MechanismFactory(theory=theory, key=key))
    stated = CMOCFactory(theory=theory, number=6)
    CMOCMechanismFactory(cmoc=stated, mechanism=MechanismFactory(theory=theory, key="stated"))
    CMOCServiceFactory(cmoc=stated, service=service)
    MechanismFactory(theory=theory, key="unused")
    return study


def member(study, role):
    user = UserFactory(username=role, is_staff=True)
    user.groups.add(Group.objects.get(name=role.capitalize()))
    MembershipFactory(study=study, user=user, role=role)
    return user


def test_queues_of_a_curator(study):
    StudyFactory(title="Another")
    (entry,) = queues_of(member(study, "curator"))
    assert {queue.name: number for queue, number in entry.queues} == {
        "uncoded": 1,
        "without-quote": 2,
        "unchecked": 2,
        "without-service": 1,
    }
    assert [(interview.name, interview.new) for interview in entry.interviews] == [("S3", 2), ("S2", 0), ("S1", 1)]
    assert (entry.is_quiet, entry.reviews) == (False, [])


def test_every_number_leads_to_that_many_records(study, client):
    client.force_login(member(study, "curator"))
    page = client.get("/admin/").content.decode()
    found = re.findall(r'<a href="([^"]*\?waiting=[^"]*)">[^<]*</a> <strong>(\d+)</strong>', page)
    assert len(found) == 4
    for address, number in found:
        assert client.get(address).context["cl"].result_count == int(number), address


def test_lists_offer_what_waits_in_all_studies(study, client):
    client.force_login(member(study, "curator"))
    listing = reverse("admin:programmes_cmoc_changelist")
    assert client.get(f"{listing}?waiting=without-quote").context["cl"].result_count == 2
    assert client.get(f"{listing}?waiting=nothing").context["cl"].result_count == 6
    assert client.get(f"{listing}?waiting=uncoded").context["cl"].result_count == 6


def test_a_reviewer_sees_what_waits_for_a_verdict(study, client):
    reviewer = member(study, "reviewer")
    (entry,) = queues_of(reviewer)
    assert (entry.is_quiet, entry.curve) == (True, None)
    client.force_login(reviewer)
    assert "Nothing waits." in client.get("/admin/").content.decode()

    cmoc = study.theories.get().cmocs.get(number=2)
    cmoc.review_asked_date = "2026-01-02"
    cmoc.title = "Hope"
    cmoc.save()
    page = client.get("/admin/").content.decode()
    address = reverse("admin:programmes_cmoc_review", args=[cmoc.pk])
    assert f'<a href="{address}">CMOC 2: <bdi data-words="authors">Hope</bdi></a>' in page
    assert "?waiting=" not in page


def test_nothing_waits_for_a_reader(study):
    assert queues_of(member(study, "reader")) == []


def test_curve_is_drawn_and_told(study, client):
    client.force_login(member(study, "lead"))
    page = client.get("/admin/").content.decode()
    assert "CMOCs so far: 3. Coded sources: 3. The last new CMOC came with source 3" in page
    assert '<th scope="row" dir="auto">S1</th><td>1</td><td>3</td>' in page


def test_queries_do_not_grow_with_studies(study):
    curator = member(study, "curator")
    for _ in range(2):
        with asks("study, study, source, cmoc, quote, mechanism, cmoc, evidence"):
            queues_of(curator)
        more = StudyFactory()
        MembershipFactory(study=more, user=curator, role="curator")
        CMOCFactory(theory__study=more)
