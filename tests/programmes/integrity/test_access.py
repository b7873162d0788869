"""Who may see what and change what: the whole table."""

import pytest
from django.contrib.auth.models import AnonymousUser

from programmes.integrity.access import Teammate
from programmes.models import CMOC, Evidence, Memo, Participant, Programme, Quote, Reading, Source, Study, Theory
from programmes.models.quote_masks import is_of_team
from tests.factories import (
    CaveatFactory,
    CMOCFactory,
    EvidenceFactory,
    MembershipFactory,
    MemoFactory,
    ParticipantFactory,
    ProgrammeFactory,
    QuoteFactory,
    ReadingFactory,
    SourceFactory,
    StudyFactory,
    TheoryFactory,
    UserFactory,
)

BOTH = [("public", "public"), ("public", "private"), ("private", "public"), ("private", "private")]
PERSONS = ("anonymous", "inactive", "outsider", "reader", "reviewer", "curator", "lead", "superuser")


def person(name, study):
    if name == "anonymous":
        return AnonymousUser()
    if name == "superuser":
        return UserFactory(is_superuser=True)
    user = UserFactory(is_active=name != "inactive")
    if name != "outsider":
        MembershipFactory(study=study, user=user, role="lead" if name == "inactive" else name)
    return user


def who(model, study, question):
    """Return the persons who get the row of a model for a question."""
    return {name for name in PERSONS if getattr(model.objects, question)(person(name, study)).exists()}


MEMBERS = {"reader", "reviewer", "curator", "lead", "superuser"}
REVIEWERS = MEMBERS - {"reader"}
CURATORS = REVIEWERS - {"reviewer"}
EVERYBODY = set(PERSONS)


@pytest.mark.parametrize(("study", "theory"), BOTH)
def test_theory_and_its_parts(db, study, theory):
    home = StudyFactory(visibility=study)
    row = TheoryFactory(study=home, visibility=theory)
    CaveatFactory(theory=row, cmoc=CMOCFactory(theory=row))

    expected = EVERYBODY if study == theory == "public" else MEMBERS
    assert who(Theory, home, "visible_to") == expected
    assert who(CMOC, home, "visible_to") == expected
    assert who(Study, home, "visible_to") == (EVERYBODY if study == "public" else MEMBERS)


@pytest.mark.parametrize(("study", "quote"), BOTH)
def test_quote_and_its_evidence(db, study, quote):
    home = StudyFactory(visibility=study)
    words = QuoteFactory(study=home, visibility=quote)
    EvidenceFactory(quote=words, cmoc=CMOCFactory(theory=TheoryFactory(study=home)))
    MemoFactory(study=home, quote=words)

    expected = {("public", "public"): EVERYBODY, ("private", "public"): MEMBERS}.get((study, quote), REVIEWERS)
    assert who(Quote, home, "visible_to") == expected
    assert who(Evidence, home, "visible_to") == expected
    assert who(Memo, home, "visible_to") == expected


def test_what_is_never_public(db):
    home = StudyFactory()
    participant = ParticipantFactory(study=home)
    source = SourceFactory(study=home, participant=participant)
    MemoFactory(study=home, source=source)
    ReadingFactory(cmoc=CMOCFactory(theory=TheoryFactory(study=home)), shown=False)

    assert who(Participant, home, "visible_to") == CURATORS
    assert who(Source, home, "visible_to") == CURATORS
    assert who(Memo, home, "visible_to") == REVIEWERS
    assert who(Reading, home, "visible_to") == MEMBERS


def test_memo_on_the_study_alone(db):
    home = StudyFactory()
    MemoFactory(study=home)
    assert who(Memo, home, "visible_to") == EVERYBODY


def test_memo_on_a_private_theory(db):
    home = StudyFactory()
    MemoFactory(study=home, theory=TheoryFactory(study=home, visibility="private"))
    assert who(Memo, home, "visible_to") == MEMBERS


def test_editing_needs_a_curator(db):
    home = StudyFactory()
    TheoryFactory(study=home)
    for model in (Study, Theory, Programme):
        assert who(model, home, "editable_by") == CURATORS


def test_other_study_of_the_same_team_member(db):
    mine, other = StudyFactory(visibility="private"), StudyFactory(visibility="private")
    user = MembershipFactory(study=mine, role="lead").user
    assert list(Study.objects.visible_to(user)) == [mine]
    assert list(Study.objects.editable_by(user)) == [mine]
    assert other not in Study.objects.visible_to(user)


def test_programme_of_somebody_elses_study_cannot_be_changed(db):
    mine = StudyFactory()
    StudyFactory(programme=mine.programme)
    user = MembershipFactory(study=mine, role="lead").user
    assert not Programme.objects.editable_by(user).exists()


def test_programme_without_study_shows_to_whoever_may_begin_one(db):
    empty = ProgrammeFactory()
    user = UserFactory()
    assert list(Programme.objects.visible_to(user)) == [empty]
    assert list(Programme.objects.visible_to(UserFactory(is_active=False))) == []
    assert list(Programme.objects.visible_to(AnonymousUser())) == []
    assert list(Programme.objects.editable_by(user)) == [empty]


@pytest.mark.parametrize("role", ["reader", "reviewer", "curator", "lead"])
def test_somebody_at_work_in_a_study_sees_of_it_what_they_see_elsewhere_and_nothing_of_others(db, role):
    for _ in range(2):
        home = StudyFactory(visibility="public")
        row = TheoryFactory(study=home, visibility="private")
        cmoc = CMOCFactory(theory=row)
        EvidenceFactory(cmoc=cmoc, quote=QuoteFactory(study=home))
        MemoFactory(study=home, theory=row, cmoc=cmoc)
        SourceFactory(study=home)
    user = person(role, home)
    mate = Teammate(user.pk, home.pk, role)
    for model in (Study, Theory, CMOC, Quote, Evidence, Memo, Source, Participant):
        own = model.objects.visible_to(user).of_study(home.pk)
        assert set(model.objects.visible_to(mate)) == set(own), model
        assert set(model.objects.of_teams_of(mate)) == set(model.objects.of_teams_of(user)), model
    assert list(CMOC.objects.visible_to(mate)) == [cmoc]


def test_somebody_at_work_in_a_study_reads_its_words_beneath_masks_and_no_others():
    assert [is_of_team(Teammate(1, 7, "reader"), study) for study in (7, 8)] == [True, False]
