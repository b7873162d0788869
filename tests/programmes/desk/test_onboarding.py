"""The guide of a first visit: what it counts as done, where it leads, and who sees it."""

import datetime as dt
import re

import pytest
from django.contrib.auth.models import AnonymousUser, Group

from programmes.desk.onboarding import onboarding_of
from programmes.transcripts.read import checksum
from tests.factories import (
    CMOCFactory,
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

STEPS = [
    "Add a study",
    "Add its services and participants",
    "Add a theory",
    "Add a source",
    "Code a passage",
    "Check disclosure",
    "Ask for a review",
    "Make the theory public",
]
DAY = dt.date(2026, 1, 2)


@pytest.fixture
def curator(db):
    user = UserFactory()
    user.groups.add(Group.objects.get(name="Curator"))
    return user


@pytest.fixture
def study(curator):
    return MembershipFactory(user=curator, study__visibility="private").study


def addresses(user):
    return [re.sub(r"^/admin/programmes", "", step.address) for step in onboarding_of(user).steps]


def done(user):
    return [step.name for step in onboarding_of(user).steps if step.done]


def source_of(study, text="We talked."):
    return SourceFactory(study=study, text=text, sha256=checksum(text))


def coded(source, **values):
    return QuoteFactory(
        study=source.study, source=source, text="talked", start=3, end=9, locator="", visibility="private", **values
    )


def test_first_visit_of_a_new_curator(curator):
    visit = onboarding_of(curator)
    assert [step.name for step in visit.steps] == STEPS
    assert (visit.number_done, visit.is_over, visit.next_step) == (0, False, visit.steps[0])
    assert addresses(curator) == [
        "/study/add/",
        "/service/add/",
        "/theory/add/",
        "/source/add/",
        "/source/",
        "/quote/",
        "/cmoc/",
        "/study/",
    ]


def test_each_step_leads_to_what_waits(curator, study):
    theory = TheoryFactory(study=study, visibility="private")
    ServiceFactory(study=study)
    source = source_of(study)
    speaker = {"participant": None, "consent": "unknown"}
    quote = coded(source, **speaker, disclosure_checked_by="", disclosure_checked_date=None)
    cmoc = CMOCFactory(theory=theory)
    assert addresses(curator) == [
        "/study/add/",
        f"/participant/add/?study={study.pk}",
        f"/theory/add/?study={study.pk}",
        f"/source/add/?study={study.pk}",
        f"/source/{source.pk}/code/",
        f"/quote/{quote.pk}/change/",
        f"/cmoc/{cmoc.pk}/review/",
        f"/theory/{theory.pk}/change/",
    ]
    assert done(curator) == ["Add a study", "Add a theory", "Add a source", "Code a passage"]
    theory.visibility = "public"
    theory.save()
    assert addresses(curator)[-1] == f"/study/{study.pk}/change/"
    assert "Make the theory public" not in done(curator)


def do_everything(study):
    study.visibility = "public"
    study.save()
    ServiceFactory(study=study)
    ParticipantFactory(study=study)
    CMOCFactory(theory=TheoryFactory(study=study), review_asked_date=DAY)
    coded(source_of(study))


def test_everything_is_done(curator, study):
    do_everything(study)
    visit = onboarding_of(curator)
    assert (done(curator), visit.is_over, visit.next_step) == (STEPS, True, None)


def test_source_without_a_transcript_is_nothing_to_code(curator, study):
    SourceFactory(study=study)
    QuoteFactory(study=study)
    assert done(curator) == ["Add a study", "Check disclosure"]
    assert addresses(curator)[4] == "/source/"


@pytest.mark.parametrize("role", ["reader", "reviewer"])
def test_what_somebody_may_only_read_is_no_step_of_theirs(curator, role):
    do_everything(MembershipFactory(user=curator, role=role).study)
    do_everything(StudyFactory())
    assert done(curator) == []


@pytest.mark.parametrize(
    ("group", "guided"), [("Lead", True), ("Curator", True), ("Reviewer", False), ("Reader", False)]
)
def test_guide_is_for_those_who_may_curate(client, db, group, guided):
    user = UserFactory()
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)
    page = client.get("/admin/").content.decode()
    assert ("From a transcript to a public theory" in page) == guided


def test_nobody_is_guided_without_an_account(db):
    assert onboarding_of(AnonymousUser()) is None


def test_guide_stands_open_until_all_is_done(client, curator, study):
    client.force_login(curator)
    page = client.get("/admin/").content.decode()
    assert '<details class="start first-visit" open>' in page
    assert "1 of 8 steps done" in page
    assert re.findall(r'<span class="state">([^<]+)</span>', page) == ["done", "next", *["to do"] * 6]
    assert page.count('aria-current="step"') == 1
    do_everything(study)
    page = client.get("/admin/").content.decode()
    assert '<details class="start first-visit">' in page
    assert re.findall(r'<span class="state">([^<]+)</span>', page) == ["done"] * 8
    assert 'aria-current="step"' not in page


def test_queries_do_not_grow(curator):
    onboarding_of(curator)  # permissions are read once for a person
    for _ in (1, 2, 3):
        do_everything(MembershipFactory(user=curator, study__visibility="private").study)
        with asks("service"):
            onboarding_of(curator)
