"""A name is chosen in the transcript with the mouse, looked at, and erased for good; a participant withdraws."""

import pytest
from django.contrib.auth import get_user_model

from programmes.models import Erasure, Membership, Source
from programmes.transcripts.read import checksum
from tests.browser.conftest import faults_on_screens
from tests.browser.test_coding import SELECT
from tests.factories import CMOCFactory, MemoFactory, ParticipantFactory, QuoteFactory, SourceFactory, TheoryFactory

pytestmark = pytest.mark.browser

TEXT = (
    "I: Who helped you?\nP1: I had a long talk with Sam 👩🏽‍🎓 Miller from the centre, and it changed it for me.\n"
    "I: And then?\nP1: Sam Miller said that nobody has to be brave all of the time."
)


@pytest.fixture
def source(transactional_db):
    theory = TheoryFactory(title="Peer support", study__slug="study")
    CMOCFactory(theory=theory, number=5, title="What Sam Miller does")
    who = ParticipantFactory(study=theory.study, pseudonym="p1")
    said = "P2: I think that nobody has to be brave all of the time."
    SourceFactory(study=theory.study, key="other", title="Interview 2", text=said, sha256=checksum(said))
    MemoFactory(
        study=theory.study, key="m1", text="“Nobody has to be brave all of the time”: that is what it is about."
    )
    QuoteFactory(study=theory.study, key="sam-miller", text="Printed", locator="p. 2")
    text = {"text": TEXT, "sha256": checksum(TEXT)}
    return SourceFactory(study=theory.study, key="talk", title="Interview 1", participant=who, **text)


@pytest.fixture
def curator(source):
    user = get_user_model().objects.create_superuser("lead", password="a password of the test")
    Membership.objects.create(study=source.study, user=user, role="lead")
    return user


def test_passage_is_erased_and_a_participant_withdraws(source, curator, page, sign_in, axe, every):
    sign_in(page.context, curator)
    page.goto(f"/admin/programmes/source/{source.pk}/erase/")
    found = faults_on_screens(page, axe, "chosen", every=every)
    start = TEXT.index("am Miller said")
    page.evaluate(SELECT, [start, start + 5])
    assert page.input_value("#id_passage") == "am Mi"
    page.click("text=Look where it stands")
    page.wait_for_selector("text=Erase it for good")
    assert page.locator(".places li").count() == 1
    found += faults_on_screens(page, axe, "looked at", every=every)
    page.fill("#id_reason", "A real name")
    page.click("text=Erase it for good")
    page.wait_for_selector("text=Nobody can bring it back.")
    found += faults_on_screens(page, axe, "erased", every=every)
    erased = TEXT.replace("Sam Miller said", "███ ██████ said")
    assert Source.objects.get(pk=source.pk).text == erased

    page.goto("/admin/programmes/participant/")
    page.check("text=p1 >> xpath=ancestor::tr >> input")
    page.select_option("select[name=action]", "withdraw")
    page.click("button[name=index]")
    page.wait_for_selector("text=Words of p1 elsewhere")
    found += faults_on_screens(page, axe, "withdrawal", every=every)
    page.fill("#withdraw-reason", "Asked by letter")
    page.click("text=Erase their words")
    page.wait_for_selector("text=What is left, and why")
    found += faults_on_screens(page, axe, "withdrawn", every=every)
    assert Erasure.objects.count() == 2
    page.goto("/admin/programmes/participant/erasures/")
    found += faults_on_screens(page, axe, "erasures", every=every)
    assert found == []
