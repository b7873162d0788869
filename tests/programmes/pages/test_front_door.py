"""The front door where nothing, or several theories, can be chosen."""

import lxml.html

from tests.factories import (
    CMOCFactory,
    CMOCOutcomeFactory,
    EvidenceFactory,
    ParticipantFactory,
    QuoteFactory,
    SectorFactory,
    ServiceFactory,
    ServiceSectorFactory,
    TheoryFactory,
)


def page_of(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def words_of(page):
    return " ".join(lxml.html.fromstring(page).text_content().split())


def theory_in_school(label="School"):
    """Return a theory with a service of a sector, of which somebody is quoted."""
    theory = TheoryFactory()
    service = ServiceFactory(study=theory.study)
    ServiceSectorFactory(service=service, sector=SectorFactory(study=theory.study, key="school", label=label))
    speaker = ParticipantFactory(study=theory.study, service=service)
    cmoc = CMOCFactory(theory=theory)
    EvidenceFactory(cmoc=cmoc, quote=QuoteFactory(study=theory.study, participant=speaker))
    return theory, cmoc


def test_several_theories_are_named_with_what_they_know(db, client):
    first, _ = theory_in_school()
    second, cmoc = theory_in_school()
    CMOCOutcomeFactory(cmoc=cmoc, outcome__label="Rest", outcome__key="rest")
    third = CMOCOutcomeFactory(cmoc=CMOCFactory(theory=TheoryFactory()), outcome__label="Rest", outcome__key="calm")
    page = client.get("/from-where-you-stand/?sector=School&outcome=Rest").context["page"]
    found = {entry.theory.pk: (entry.known, entry.unknown, entry.address) for entry in page.found}
    assert found == {
        second.pk: (["School", "Rest"], [], f"/theories/{second.slug}/setting/?sector=school&outcome=rest"),
        first.pk: (["School"], ["Rest"], f"/theories/{first.slug}/setting/?sector=school"),
        third.cmoc.theory_id: (["Rest"], ["School"], f"{third.cmoc.theory.get_absolute_url()}?outcome=calm"),
    }
    assert page.found[0].theory == second
    assert f"not of {'Rest'}" in words_of(page_of(client, "/from-where-you-stand/?sector=School&outcome=Rest"))


def test_nothing_to_choose_from(db, client):
    assert "There is nothing to choose from yet" in page_of(client, "/from-where-you-stand/")
    assert "front-door" not in lxml.html.fromstring(page_of(client, "/")).xpath("//form/@class")
