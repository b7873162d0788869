"""What a theory and its study hold, for whom, and that no word about it is there by default."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from programmes.actions.review import stored_wording
from programmes.models import CMOC, Delivery, Participant, Service
from programmes.models.holdings import holdings_of
from programmes.package.problems import PackageError
from programmes.package.read import read_package
from programmes.package.write import canonical, theory_document
from programmes.pages.holdings import absence_sentence, absence_sentences
from programmes.pages.reviews import review_progress
from tests.factories import (
    CaveatFactory,
    CMOCContextFactory,
    CMOCFactory,
    DeliveryFactory,
    EvidenceFactory,
    ParticipantFactory,
    QuoteFactory,
    ReviewFactory,
    ServiceFactory,
    SourceFactory,
    StudyFactory,
    TheoryFactory,
)

MIGRATION = import_module("programmes.migrations.0008_unsaid_words")
NOTHING = {"statements": "", "quotes": "", "caveats": ""}


def test_nothing_is_said_where_nobody_said_anything(db):
    theory = TheoryFactory()
    CMOCFactory(theory=theory, statement="")

    assert holdings_of(theory, AnonymousUser()) == NOTHING
    assert absence_sentences(NOTHING, theory.study) == {}
    assert absence_sentence(NOTHING, "quotes", theory.study) == "This theory is shown without quotes."


@pytest.mark.once
def test_what_is_here_wins_over_what_was_said(db):
    theory = TheoryFactory(quotes_absence="none", caveats_absence="not-loaded", statements_absence="not-yet")
    assert holdings_of(theory, AnonymousUser()) == {
        "statements": "not-yet",
        "quotes": "none",
        "caveats": "not-loaded",
    }
    CMOCFactory(theory=theory, statement="If so, then so.")
    CaveatFactory(theory=theory)
    EvidenceFactory(cmoc__theory=theory)

    assert holdings_of(theory, AnonymousUser()) == dict.fromkeys(NOTHING, "loaded")


def test_reader_who_may_see_none_of_it_reads_that_it_is_not_public(db, admin_user):
    theory = TheoryFactory()
    private = QuoteFactory(study=theory.study, visibility="private")
    EvidenceFactory(cmoc=CMOCFactory(theory=theory, statement=""), quote=private)
    ParticipantFactory(study=theory.study)
    SourceFactory(study=theory.study, kind="interview")

    assert holdings_of(theory, AnonymousUser()) == {**NOTHING, "quotes": "not-public"}
    of_study = {"services": "", "documents": "", "participants": "not-public"}
    assert holdings_of(theory.study, AnonymousUser()) == of_study
    assert holdings_of(theory.study, admin_user) == {**of_study, "participants": "loaded"}


@pytest.mark.untraced
@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("not-loaded", "The quotes of this theory stand in its source; they are not loaded here."),
        ("none", "The source of this theory has no quotes."),
        ("not-yet", "This theory has no quotes yet."),
        ("not-public", "The quotes of this theory are not public."),
    ],
)
def test_pages_say_in_one_sentence_in_which_way_quotes_are_missing(db, client, word, sentence):
    private = word == "not-public"
    theory = TheoryFactory(quotes_absence="" if private else word)
    cmoc = CMOCFactory(theory=theory)
    if private:
        EvidenceFactory(cmoc=cmoc, quote=QuoteFactory(study=theory.study, visibility="private"))

    for page in ("", "evidence/", "matrix/", f"cmocs/{cmoc.number}/"):
        assert client.get(f"/theories/{theory.slug}/{page}").content.decode().count(sentence) == 1, page


def test_cmoc_without_a_statement_says_in_which_way_the_theory_has_none(db, client):
    cmoc = CMOCFactory(theory__statements_absence="not-loaded", statement="")
    sentence = "The statements of this theory stand in its source; they are not loaded here."
    assert client.get(cmoc.get_absolute_url()).content.decode().count(sentence) == 1


def test_study_says_what_it_does_not_hold(db, client):
    study = StudyFactory(services_absence="not-loaded", documents_absence="none")
    page = client.get(f"/studies/{study.slug}/").content.decode()

    assert "The services of this study stand in its source; they are not loaded here." in page
    assert "The source of this study has no documents." in page
    assert "participants" not in page
    assert "not loaded here" in client.get(f"/studies/{study.slug}/services/").content.decode()


def test_api_says_what_is_held(db, client):
    theory = TheoryFactory(quotes_absence="none", study__services_absence="not-loaded")
    CaveatFactory(theory=theory)

    row = client.get(f"/api/v1/theories/{theory.slug}/").json()
    assert row["holds"] == {"statements": "", "quotes": "none", "caveats": "loaded"}
    row = client.get(f"/api/v1/studies/{theory.study.slug}/").json()
    assert row["holds"] == {"services": "not-loaded", "documents": "", "participants": ""}


def test_package_may_not_say_that_there_is_none_of_what_is_there(db):
    theory = TheoryFactory(caveats_absence="not-yet")
    CaveatFactory(theory=theory)
    ServiceFactory(study=theory.study)
    document = theory_document(theory)
    assert "caveats_absence" not in document["theory"]
    document["theory"]["caveats_absence"] = "none"
    document["study"]["services_absence"] = "not-loaded"
    document["study"]["participants_absence"] = "not-loaded"

    with pytest.raises(PackageError) as caught:
        read_package(canonical(document))
    assert [str(problem) for problem in caught.value.problems] == [
        'theory.caveats_absence: says that there are no caveats, but there is 1 (found "none"); leave it out',
        'study.services_absence: says that there are no services, but there is 1 (found "not-loaded"); leave it out',
    ]


def test_form_refuses_that_there_is_none_of_what_is_there(db, admin_client):
    theory = TheoryFactory()
    CaveatFactory(theory=theory)
    address = f"/admin/programmes/theory/{theory.pk}/change/"
    given = {
        **{name: getattr(theory, name) for name in ("title", "slug", "form", "stage", "visibility")},
        "study": theory.study_id,
        "opened_version": theory.version,
        "change_reason": "Read the appendix",
    }

    refused = admin_client.post(address, {**given, "caveats_absence": "none"})
    assert "There are caveats here, so leave this empty." in refused.content.decode()
    assert admin_client.post(address, {**given, "quotes_absence": "none"}).status_code == 302
    theory.refresh_from_db()
    assert (theory.quotes_absence, theory.caveats_absence) == ("none", "")


@pytest.mark.untraced
def test_what_a_publication_lacks_is_not_to_come(db, admin_client):
    own, printed = (TheoryFactory(study__statements=statements) for statements in ("own", "printed"))
    said = "What a publication lacks is not to come: only a team’s own study can have something later."

    def save(record, **values):
        address = f"/admin/programmes/{record._meta.model_name}/{record.pk}/change/"
        form = admin_client.get(address).context["adminform"].form
        given = {name: value for name, value in form.initial.items() if value is not None}
        inlines = {f"{name}-{count}_FORMS": 0 for name in ("authors", "memberships") for count in ("TOTAL", "INITIAL")}
        return admin_client.post(address, {**given, **inlines, "opened_version": record.version, **values}, follow=True)

    for holder, name in ((printed, "quotes"), (printed.study, "services")):
        answer = save(holder, **{f"{name}_absence": "not-yet", "change_reason": "Asked"})
        assert said in answer.content.decode()
    assert said in save(own.study, statements="printed", services_absence="not-yet", change_reason="x").content.decode()
    for holder, name in ((own, "quotes"), (own.study, "services")):
        save(holder, **{f"{name}_absence": "not-yet", "change_reason": "Asked"})
        holder.refresh_from_db()
        assert getattr(holder, f"{name}_absence") == "not-yet"
    document = theory_document(printed)
    document["theory"]["caveats_absence"] = document["study"]["participants_absence"] = "not-yet"
    with pytest.raises(PackageError) as caught:
        read_package(canonical(document))
    assert [str(problem).partition(" (")[0] for problem in caught.value.problems] == [
        f"study.participants_absence: {said[0].lower()}{said[1:-1]}"
    ]
    del document["study"]["participants_absence"]
    with pytest.raises(PackageError) as caught:
        read_package(canonical(document))
    assert [str(problem).partition(" (")[0] for problem in caught.value.problems] == [
        f"theory.caveats_absence: {said[0].lower()}{said[1:-1]}"
    ]


@pytest.fixture
def without_sectors(monkeypatch):
    """Sectors were a field of services then, and are none now."""
    monkeypatch.setattr(MIGRATION, "DEFAULTS", [row for row in MIGRATION.DEFAULTS if row[1] != "sector"])


def run(step):
    getattr(MIGRATION, step)(apps, SimpleNamespace(connection=connection))


def test_migration_makes_unsaid_what_nobody_chose_and_reopens_no_review(db, without_sectors, admin_user, capsys):
    theory = TheoryFactory(slug="a-theory")
    words = {f"{slot}_absence": "not-stated" for slot in ("context", "mechanism", "outcome")}
    cmoc = CMOCFactory(theory=theory, number=1, statement="If so.", hedge="unknown", services_reporting="none", **words)
    cmoc.statement_reporting, cmoc.services_reporting = "reported", "not-stated"  # the latter is chosen
    cmoc.save()
    CMOCContextFactory(cmoc=cmoc)
    before = [f"{name}: not-stated" for name in words]
    wording = stored_wording(cmoc, admin_user)
    ReviewFactory(cmoc=cmoc, verdict="agree", wording=[*wording[:1], "hedge: unknown", *before, *wording[1:]])
    cmoc.refresh_from_db()
    service = ServiceFactory(study__slug="a-study", number="7", location="Leeds", location_reporting="reported")
    delivery = DeliveryFactory(service=service, offered="not-reported")
    speaker = ParticipantFactory(study=theory.study, role="", role_reporting="not-stated")

    run("unsay")

    said = capsys.readouterr().out
    assert "  a-theory: mechanism_absence “not-stated” of CMOC 1\n" in said
    assert "  a-theory: people_reporting" not in said  # it was unsaid before
    assert "context_absence" not in said  # the slot is filled
    assert "  a-study: offered “not-reported” of Delivery 7\n" in said
    now = CMOC.objects.get(pk=cmoc.pk)
    assert (now.context_absence, now.mechanism_absence, now.hedge, now.statement_reporting) == ("", "", "", "")
    assert now.services_reporting == "not-stated"
    assert now.version == cmoc.version
    standing = review_progress(theory, [now], {}, admin_user)[now.pk]
    assert (len(standing.current), len(standing.earlier)) == (0, 1)  # without its parts it says something else
    assert stored_wording(now, admin_user) == wording
    assert list(Service.objects.values_list("location_reporting", flat=True)) == [""]
    assert Delivery.objects.get(pk=delivery.pk).offered == Participant.objects.get(pk=speaker.pk).role_reporting == ""

    run("say")

    back = CMOC.objects.get(pk=cmoc.pk)
    assert (back.mechanism_absence, back.statement_reporting, back.hedge) == ("not-stated", "reported", "unknown")
    assert list(Service.objects.values_list("location_reporting", flat=True)) == ["reported"]


def test_migration_is_silent_where_nothing_was_said(db, without_sectors, capsys):
    CMOCFactory(statement="If so.")
    run("unsay")
    assert capsys.readouterr().out == ""
