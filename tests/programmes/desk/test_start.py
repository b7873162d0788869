"""The first page of a study: what its guide counts as done and where it leads, what waits, and what changed lately."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from programmes.desk.onboarding import onboarding_of
from programmes.models import CMOC, Memo
from programmes.transcripts.read import checksum
from tests.factories import (
    CMOCFactory,
    MembershipFactory,
    MemoFactory,
    ParticipantFactory,
    QuoteFactory,
    SourceFactory,
    StudyFactory,
    TheoryFactory,
    UserFactory,
)
from tests.queries import asks

STEPS = [
    "Add a transcript",
    "Code a passage",
    "Say who speaks",
    "Invite somebody",
    "Check disclosure",
    "Ask for a review",
    "Make the theory public",
]
DAY = dt.date(2026, 1, 2)

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return MembershipFactory(role="lead", user__username="ada", study__visibility="private", study__slug="mine")


@pytest.fixture
def study(place):
    return place.study


def addresses(study):
    return [re.sub(r"^/(admin/programmes|desk/studies/mine)", "", step.address) for step in steps(study)]


def steps(study):
    return onboarding_of(study, leads=True).steps


def done(study):
    return [step.name for step in steps(study) if step.done]


def source_of(study, text="We talked."):
    return SourceFactory(study=study, text=text, sha256=checksum(text))


def coded(source, **values):
    return QuoteFactory(
        study=source.study, source=source, text="talked", start=3, end=9, locator="", visibility="private", **values
    )


def test_guide_of_a_new_study(study):
    visit = onboarding_of(study, leads=True)
    assert [step.name for step in visit.steps] == STEPS
    assert (visit.number_done, visit.is_over, visit.next_step) == (0, False, visit.steps[0])
    assert [step.name for step in onboarding_of(study, leads=False).steps] == [
        name for name in STEPS if name != "Invite somebody"
    ]
    found = addresses(study)
    assert (found[0], found[2:]) == (
        "/transcripts/",
        [f"/participant/add/?study={study.pk}", "/people/", "/disclosure/", "/cmoc/", "/publish/"],
    )


def test_each_step_leads_to_what_waits_in_this_study(study):
    do_everything(StudyFactory())  # what others did is not counted
    theory = TheoryFactory(study=study, visibility="private")
    source = source_of(study)
    speaker = {"participant": None, "consent": "unknown"}
    coded(source, **speaker, disclosure_checked_by="", disclosure_checked_date=None)
    CMOCFactory(theory=theory, number=1, status="retired")
    cmoc = CMOCFactory(theory=theory, number=2)
    assert addresses(study)[2:] == [
        f"/source/{source.pk}/speakers/",
        "/people/",
        "/disclosure/",
        f"/cmoc/{cmoc.pk}/review/",
        "/publish/",
    ]
    assert done(study) == ["Add a transcript", "Code a passage"]
    theory.visibility = "public"
    theory.save()
    assert "Make the theory public" not in done(study)


def do_everything(study):
    study.visibility = "public"
    study.save()
    ParticipantFactory(study=study)
    CMOCFactory(theory=TheoryFactory(study=study), review_asked_date=DAY)
    coded(source_of(study))
    MembershipFactory(study=study)


def test_everything_is_done(study):
    do_everything(study)
    visit = onboarding_of(study, leads=True)
    assert (done(study), visit.is_over, visit.next_step) == (STEPS, True, None)


def test_source_without_a_transcript_is_nothing_to_code(study):
    SourceFactory(study=study)
    assert done(study) == []


@pytest.mark.parametrize(
    ("role", "guided"), [("lead", True), ("curator", True), ("reviewer", False), ("reader", False)]
)
def test_guide_and_changes_are_for_those_who_may_curate(client, study, role, guided):
    TheoryFactory(study=study)
    MemoFactory(study=study, key="memo-1")
    client.force_login(MembershipFactory(study=study, role=role).user)
    for address in (reverse("desk-study", args=[study.slug]), "/admin/"):
        page = client.get(address).content.decode()
        assert ("From a transcript to a public theory" in page) == guided
        assert ("Changed lately" in page) == (guided and address != "/admin/")
    page = client.get(reverse("desk-study", args=[study.slug])).content.decode()
    assert ("What waits in" in page, "You read this study" in page) == (role != "reader", role == "reader")


def test_who_runs_the_site_is_guided_through_every_study(client, study):
    client.force_login(UserFactory(is_superuser=True))
    assert "Invite somebody" in client.get(reverse("desk-study", args=[study.slug])).content.decode()


def test_guide_stands_open_until_all_is_done(client, place, study):
    client.force_login(place.user)
    TheoryFactory(study=study)
    page = client.get("/admin/").content.decode()
    assert '<details class="start first-visit" open>' in page
    assert "0 of 7 steps done" in page
    assert re.findall(r'<span class="state">([^<]+)</span>', page) == ["next", *["to do"] * 6]
    assert page.count('aria-current="step"') == 1
    do_everything(study)
    page = client.get("/admin/").content.decode()
    assert '<details class="start first-visit">' in page
    assert re.findall(r'<span class="state">([^<]+)</span>', page) == ["done"] * 7
    assert 'aria-current="step"' not in page


def test_first_page_of_the_admin_is_about_the_study_at_hand(client, place, study):
    other = MembershipFactory(user=place.user, role="curator", study__title="Another").study
    client.force_login(place.user)
    assert "From a transcript" not in client.get("/admin/").content.decode()  # nothing is at hand yet
    client.get(reverse("desk-study", args=[other.slug]))
    page = client.get("/admin/").content.decode()
    assert re.findall("What waits in (?:<[^>]*>)*([^<]+)<", page) == ["Another"]
    assert "Invite somebody" not in page


def test_changes_are_told_with_who_and_why(client, place, study):
    client.force_login(place.user)
    cmoc = CMOCFactory(theory=TheoryFactory(study=study), number=7, title="Borrowed trust")
    memo = MemoFactory(study=study, key="memo-1")
    MemoFactory()
    CMOC.history.filter(id=cmoc.pk).update(history_user=place.user, history_change_reason="A case")
    memo.delete()
    page = client.get(reverse("desk-study", args=[study.slug])).content.decode()
    told = [
        " ".join(re.sub("<[^>]+>", "", line).split()).partition(", ")[2][6:]
        for line in re.findall("<li>(.*?)</li>", page.partition('<ul class="changes">')[2].partition("</ul>")[0])
    ]
    assert told == [
        "Somebody deleted memo memo-1",
        "Somebody added memo memo-1",
        "ada added CMOC 7: Borrowed trust: A case",
    ]
    assert Memo.objects.count() == 1


def test_queries_of_the_guide(study):
    for _ in (1, 2):
        do_everything(study)
        with asks("participant"):
            onboarding_of(study, leads=True)
