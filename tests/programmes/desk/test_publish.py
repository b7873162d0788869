"""The screen of publication: what is missing or at odds, with where it is put right, and the act with its reason."""

from __future__ import annotations

import pytest
from django.urls import reverse

from programmes.actions.publish import make_private, publish
from programmes.actions.review import ask_for_review, review, stored_wording
from programmes.desk.publication import readiness_of, shortcomings_of_study
from programmes.models import PublicSpan, Quote, Theory
from tests import factories as make
from tests.disclosure_study import disclosure_study
from tests.programmes.desk.test_disclosure import text_of


@pytest.fixture
def made(db):
    return disclosure_study()


@pytest.fixture
def address(made):
    made.study.visibility = "private"
    made.study.save()
    Theory.objects.update(visibility="private")
    return reverse("desk-publish", args=[made.study.slug])


@pytest.fixture
def curator(made, client):
    user = make.MembershipFactory(study=made.study, role="curator").user
    client.force_login(user)
    return user


def theory():
    return Theory.objects.select_related("study").get()


def told(found):
    return [(entry.says, [place.label for place in entry.places], entry.more) for entry in found]


def test_only_who_curates_the_study_publishes(client, made, address):
    for role, status in (("reader", 403), ("reviewer", 403), ("curator", 200), ("lead", 200)):
        client.force_login(make.MembershipFactory(study=made.study, role=role).user)
        assert client.get(address).status_code == status


def test_what_is_missing_of_a_study_is_named_with_where_it_is_put_right(made, address):
    study = made.study
    study.statements = ""
    study.licence = study.citation = ""
    study.save()
    study.authors.all().delete()
    record = reverse("admin:programmes_study_change", args=[study.pk])
    assert [(entry.says, entry.places[0].address) for entry in shortcomings_of_study(study)] == [
        ("No licence is given: nobody knows what they may do with it.", f"{record}#id_licence"),
        ("No author is named.", f"{record}#authors-group"),
        ("There is no citation: nobody can say where it comes from.", f"{record}#id_citation"),
        ("Nobody has said whether its statements are printed or the team’s own.", f"{record}#id_statements"),
        ("6 quotes are not checked for disclosure, and stay with the team.", made.address),
    ]
    Quote.objects.exclude(key="q01").delete()
    assert [entry.says for entry in shortcomings_of_study(study)][-1] == (
        "1 quote is not checked for disclosure, and stay with the team."
    )


def test_a_study_of_which_nothing_is_missing(made, address):
    study = made.study
    study.licence, study.citation, study.statements = "CC BY 4.0", "K (2026)", "own"
    study.save()
    make.AuthorFactory(study=study)
    Quote.objects.all().delete()
    assert list(shortcomings_of_study(study)) == []


def test_what_is_at_odds_in_a_theory_is_named(made, address, curator):
    first, second = made.cmocs
    Theory.objects.update(form="cmo")
    make.CMOCContextFactory(cmoc=first)
    make.CMOCFactory(
        theory=theory(), number=11, status="candidate", statement="Asked, they come.", outcome_absence="none"
    )
    make.CMOCFactory(theory=theory(), number=12, status="retired", statement="")
    make.ReviewFactory(cmoc=first, reviewer=make.UserFactory(), verdict="disagree", comment="No.")
    assert told(readiness_of(theory(), curator).shortcomings) == [
        ("1 CMOC is without a statement.", ["CMOC 3"], 0),
        ("2 CMOCs are without a context.", ["CMOC 3", "CMOC 11"], 0),
        ("3 CMOCs are without a mechanism.", ["CMOC 3", "CMOC 8", "CMOC 11"], 0),
        ("2 CMOCs are without an outcome.", ["CMOC 3", "CMOC 8"], 0),
        ("3 CMOCs are without a quote that everybody may read.", ["CMOC 3", "CMOC 8", "CMOC 11"], 0),
        ("1 CMOC is still a candidate.", ["CMOC 11"], 0),
        ("3 CMOCs are not reviewed.", ["CMOC 3", "CMOC 8", "CMOC 11"], 0),
    ]
    assert second.statement == ""


def test_of_many_the_first_are_named(made, address, curator):
    Theory.objects.update(form="narrative")
    for number in range(20, 30):
        make.CMOCFactory(theory=theory(), number=number, statement="")
    says, labels, more = told(readiness_of(theory(), curator).shortcomings)[0]
    assert (says, len(labels), more) == ("11 CMOCs are without a statement.", 8, 3)


def test_a_theory_without_cmocs_or_form(made, address, curator):
    made.study.theories.update(form="")
    for cmoc in made.cmocs:
        cmoc.evidence.all().delete()
        cmoc.delete()
    assert told(readiness_of(theory(), curator).shortcomings) == [
        ("Nobody has said of which form it is, so nobody can say which parts are missing.", ["Open the theory"], 0),
        ("It has no CMOC.", [], 0),
    ]


def test_publishing_takes_a_reason_and_begins_the_public_history(client, made, address, curator):
    shown = client.get(address)
    assert text_of(shown, "main strong")[0] == "The team alone reads this study."
    refused = client.post(address, {"act": "publish", "theories": ["walked-in"], "reason": " "})
    assert refused.status_code == 409
    assert text_of(refused, "[role=alert]") == ["Nothing was changed. Say why. The history keeps it, with your name."]
    long = client.post(address, {"act": "publish", "theories": ["walked-in"], "reason": "x" * 301})
    assert text_of(long, "[role=alert]") == ["Nothing was changed. This has 301 letters; at most 300 are kept."]
    assert theory().visibility == "private"

    done = client.post(address, {"act": "publish", "theories": ["walked-in"], "reason": "The report is out."})
    assert done.url == address
    assert (theory().visibility, theory().study.visibility) == ("public", "public")
    state = theory().history.first()
    assert (state.history_change_reason, state.history_user) == ("The report is out.", curator)
    assert PublicSpan.objects.filter(theory=theory(), ended_at=None).count() == 1
    assert (
        text_of(client.get(address), ".desk-messages p")[0]
        == "Public: everybody reads it now. Its public history begins here."
    )
    client.logout()
    assert client.get(theory().get_absolute_url()).status_code == 200


def test_a_study_may_be_public_without_its_theories(client, made, address, curator):
    client.post(address, {"act": "publish", "reason": "Only what was done."})
    assert (theory().visibility, theory().study.visibility) == ("private", "public")
    shown = client.get(address)
    assert text_of(shown, "main strong")[0] == "Everybody reads this study, but none of its theories."


def test_it_is_made_private_again_with_a_reason(client, made, address, curator):
    publish(study=made.study, theories=[theory()], reason="Out.")
    nothing = client.post(address, {"act": "private", "reason": "Why."})
    assert text_of(nothing, "[role=alert]") == ["Nothing was changed. Choose what only the team is to read."]
    client.post(address, {"act": "private", "theories": ["walked-in"], "reason": "A name was overlooked."})
    assert (theory().visibility, theory().study.visibility) == ("private", "public")
    assert theory().history.first().history_change_reason == "A name was overlooked."
    assert not PublicSpan.objects.filter(ended_at=None)
    publish(study=made.study, theories=[theory()], reason="Out again.")
    client.post(address, {"act": "private", "what": ["study"], "reason": "Withdrawn."})
    assert (theory().visibility, theory().study.visibility) == ("private", "private")


def test_only_theories_of_the_study_at_hand_are_published(client, made, address, curator):
    other = make.TheoryFactory(visibility="private")
    client.post(address, {"act": "publish", "theories": [other.slug], "reason": "Why."})
    other.refresh_from_db()
    assert other.visibility == "private"
    with pytest.raises(Exception, match="another study"):
        make_private(study=made.study, theories=[other], whole_study=False, reason="Why.")


def test_a_study_without_theories_says_so(client, made, address, curator):
    Theory.objects.all().delete()
    assert "This study has no theory yet. Add one" in text_of(client.get(address), "main p")


def test_the_form_of_a_theory_tells_the_same(client, made, address):
    client.force_login(made.lead)
    shown = client.get(reverse("admin:programmes_theory_change", args=[theory().pk]))
    assert "1 CMOC is without a statement. CMOC 3" in text_of(shown, ".publication li")
    assert "No licence is given: nobody knows what they may do with it. Open the study" in text_of(
        shown, ".publication li"
    )


def test_public_quotes_without_consent_and_disputed_cmocs_are_named(made, address, curator):
    quote = Quote.objects.get(key="q02")
    quote.visibility, quote.consent = "public", "participant"
    quote.disclosure_checked_by, quote.disclosure_checked_date = "Ada", "2026-05-04"
    quote.save()
    who = quote.participant
    kept = make.QuoteFactory(study=made.study, key="zz", participant=None, consent="participant", pieces=["0 1", "2 3"])
    found = list(shortcomings_of_study(made.study))[-1]
    assert (found.says, [(place.label, place.address) for place in found.places]) == (
        "1 quote is said to be public, but somebody in it does not agree.",
        [(kept.key, f"{made.address}?quote=zz")],
    )
    assert who.consent_scope == "quotes-public"
    cmoc = made.cmocs[0]
    ask_for_review(cmoc=cmoc, asked=True, reason="Ready")
    read = stored_wording(type(cmoc).objects.get(pk=cmoc.pk), curator)
    reviewer = make.MembershipFactory(study=made.study, role="reviewer").user
    review(cmoc=type(cmoc).objects.get(pk=cmoc.pk), verdict="disagree", comment="No.", by=reviewer, read=read)
    assert ("1 CMOC is disputed by a reviewer.", ["CMOC 8"], 0) in told(readiness_of(theory(), curator).shortcomings)


def test_a_theory_to_which_nothing_is_missing(db):
    theory = make.TheoryFactory(form="cmo", visibility="private")
    cmoc = make.CMOCFactory(theory=theory, status="supported")
    for link, part in (
        (make.CMOCContextFactory, make.ContextFactory),
        (make.CMOCMechanismFactory, make.MechanismFactory),
        (make.CMOCOutcomeFactory, make.OutcomeFactory),
    ):
        name = link._meta.model._meta.model_name.removeprefix("cmoc")
        link(cmoc=cmoc, **{name: part(theory=theory)})
    make.EvidenceFactory(cmoc=cmoc, quote=make.QuoteFactory(study=theory.study))
    said = [entry.says for entry in readiness_of(theory, make.UserFactory()).shortcomings]
    assert not [words for words in said if "without" in words]
