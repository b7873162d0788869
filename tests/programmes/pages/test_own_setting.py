"""Reading a theory from one's own setting: gaps are shown as gaps."""

import pytest

from programmes.models import Service, Theory
from programmes.pages.own_setting import setting_page
from tests.factories import (
    CMOCBeneficiaryFactory,
    CMOCFactory,
    CMOCServiceFactory,
    DeliveryFactory,
    DeliveryModeFactory,
    EvidenceFactory,
    ParticipantFactory,
    PopulationFactory,
    QuoteFactory,
    SectorFactory,
    ServiceFactory,
    ServiceSectorFactory,
    TheoryFactory,
    UserFactory,
)

pytestmark = pytest.mark.once  # what pages say of rows; that they work on both databases test_pages.py asks


def page_of(rf, theory, query):
    request = rf.get(f"/?{query}")
    request.user = UserFactory()
    return setting_page(request, theory)


def groups(page):
    return {group.name: [row.cmoc.number for row in group.rows] for group in page.groups}


def numbers(services):
    return [service.number for service in services]


def quoted(theory, number, **of_service):
    """Return a CMOC on which somebody of a new service is quoted."""
    study = theory.study
    service = ServiceFactory(study=study, number=f"s{number}", **of_service)
    cmoc = CMOCFactory(theory=theory, number=number)
    speaker = ParticipantFactory(study=study, service=service)
    EvidenceFactory(cmoc=cmoc, quote=QuoteFactory(study=study, participant=speaker))
    return cmoc, service


def test_sector(db, rf):
    theory = TheoryFactory()
    quoted(theory, 1, sector="school")
    quoted(theory, 2, sector="charity")
    quoted(theory, 3, sector_reporting="unclear")
    CMOCFactory(theory=theory, number=4)
    ServiceFactory(study=theory.study, number="s9", sector="school")
    several = Service.objects.get(study=theory.study, number="s1")
    ServiceSectorFactory(service=several, sector=SectorFactory(study=theory.study, key="ward"))
    page = page_of(rf, theory, "sector=school")
    assert groups(page) == {"like": [1], "perhaps": [3], "elsewhere": [2], "nobody": [4]}
    assert (numbers(page.alike), numbers(page.perhaps), numbers(page.silent)) == (["s1", "s9"], ["s3"], ["s9"])
    assert (page.summary, page.services) == ("School", 4)
    assert numbers(page_of(rf, theory, "sector=ward").alike) == ["s1"]


def test_delivery_that_the_source_does_not_say_is_perhaps(db, rf):
    theory = TheoryFactory()
    online = DeliveryModeFactory(study=theory.study, key="online")
    for number, offered in ((1, "yes"), (2, "no"), (3, "unclear"), (4, None)):
        _, service = quoted(theory, number)
        if offered:
            DeliveryFactory(service=service, mode=online, offered=offered)
    page = page_of(rf, theory, "delivery=online")
    assert groups(page) == {"like": [1], "perhaps": [3, 4], "elsewhere": [2], "nobody": []}


def test_people(db, rf):
    theory = TheoryFactory()
    child = PopulationFactory(study=theory.study, key="child", label="Child")
    peer = PopulationFactory(study=theory.study, key="peer", label="Peer")
    for number, population, basis in (
        (1, child, "explicit"),
        (2, child, "ambiguous"),
        (3, peer, "explicit"),
        (4, None, ""),
    ):
        cmoc, _ = quoted(theory, number)
        if population:
            CMOCBeneficiaryFactory(cmoc=cmoc, population=population, basis=basis)
    page = page_of(rf, theory, "who=child")
    assert groups(page) == {"like": [1], "perhaps": [2, 4], "elsewhere": [3]}


def test_stated_relevant_counts_too(db, rf):
    theory = TheoryFactory()
    cmoc = CMOCFactory(theory=theory, number=1)
    CMOCServiceFactory(cmoc=cmoc, service=ServiceFactory(study=theory.study, sector="school"))
    page = page_of(rf, theory, "sector=school")
    assert groups(page)["like"] == [1]
    (voice,) = page.groups[0].rows[0].alike
    assert (voice.stated, voice.quotes, page.groups[0].rows[0].others) == (True, 0, [])


def test_counter_evidence_is_named(demo, client):
    page = client.get("/theories/thompson-2023/setting/?sector=charity").content.decode()
    assert "1 counters it" in page
    assert "A peer who speaks up for a young person" in page


def test_nobody_like_the_reader(demo, client):
    page = client.get("/theories/thompson-2023/setting/?sector=charity&delivery=online").content.decode()
    assert "No service is known to be like yours" in page
    assert "a gap in what was asked or is shown, not a refutation" in page


def test_nothing_chosen(demo, client):
    page = client.get("/theories/thompson-2023/setting/").content.decode()
    assert "Choose one or more and press Show. The study looked at 14 services." in page


def test_nothing_of_the_reader_is_kept(demo, client):
    response = client.get("/theories/thompson-2023/setting/?sector=school")
    assert (response.cookies.output(), "Set-Cookie" in response.headers) == ("", False)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("sector=schol", "&quot;schol&quot; is not known here; did you mean &quot;school&quot;?"),
        ("who=nobody", "&quot;nobody&quot; is not known here; known are"),
    ],
)
def test_what_is_wrong_is_named(demo, client, query, message):
    response = client.get(f"/theories/thompson-2023/setting/?{query}")
    assert response.status_code == 400
    assert message in response.content.decode()


def test_every_cmoc_stands_in_one_group(demo, rf):
    theory = Theory.objects.get(slug="thompson-2023")
    for query in ("sector=school", "delivery=group", "who=young-person", "sector=health&delivery=one-to-one"):
        page = page_of(rf, theory, query)
        if not page.errors:
            assert sorted(n for group in groups(page).values() for n in group) == list(range(1, 13))
