"""A verdict is on one exact wording, by somebody else than who wrote it; an edit opens the configuration again."""

import pytest
from django.core.exceptions import ValidationError

from programmes.actions.review import ask_for_review, authors_of, review, stored_wording
from programmes.models import CMOC, Review
from programmes.models.configuration import parts_of_theory
from programmes.pages.reviews import awaiting_review_by, review_progress, review_state
from programmes.vocabulary import ReviewState, Verdict
from tests.factories import (
    CMOCBeneficiaryFactory,
    CMOCContextFactory,
    CMOCFactory,
    ContextFactory,
    MembershipFactory,
    PopulationFactory,
    TheoryFactory,
    UserFactory,
)

AGREE, CHANGES, DISAGREE = Verdict


@pytest.fixture
def theory(db):
    return TheoryFactory()


@pytest.fixture
def people(theory):
    """Return an author, two reviewers and a reader of the study."""
    roles = {"ada": "curator", "ben": "reviewer", "cleo": "reviewer", "dan": "reader"}
    found = {name: UserFactory(username=name, first_name=name.capitalize()) for name in roles}
    for name, role in roles.items():
        MembershipFactory(study=theory.study, user=found[name], role=role)
    return found


def written_by(row, user, reason="Changed"):
    """Save a row as somebody does."""
    row._history_user = user
    row.set_change_reason(reason)
    row.save()
    return row


@pytest.fixture
def cmoc(theory, people):
    """A configuration that Ada wrote and put to reviewers."""
    cmoc = written_by(
        CMOCFactory.build(theory=theory, number=4, title="Matched", statement="They hope."), people["ada"]
    )
    link = CMOCContextFactory.build(
        cmoc=cmoc, context=ContextFactory(theory=theory, key="matched"), wording="a similar peer"
    )
    written_by(link, people["ada"])
    child = PopulationFactory(study=theory.study, key="child")
    written_by(
        CMOCBeneficiaryFactory.build(cmoc=cmoc, population=child, basis="implicit", note="Fig. 2"), people["ada"]
    )
    cmoc._history_user = people["ada"]
    ask_for_review(cmoc=cmoc, asked=True, reason="Ready")
    return cmoc


WORDING = [
    "title: Matched",
    "statement: They hope.",
    "context matched: a similar peer",
    "beneficiary child: implicit; Fig. 2",
]


def verdict(cmoc, user, given=AGREE, comment=""):
    return review(cmoc=cmoc, read=stored_wording(cmoc, user), verdict=given, comment=comment, by=user)


def standing(cmoc, user):
    cmoc = CMOC.objects.select_related("theory__study").get(pk=cmoc.pk)
    return review_progress(cmoc.theory, [cmoc], parts_of_theory(cmoc.theory_id, user), user)[cmoc.pk]


def test_wording_says_everything_that_is_judged(cmoc, people):
    assert stored_wording(cmoc, people["ben"]) == WORDING


def test_verdict_is_kept_with_the_wording(cmoc, people):
    given = verdict(cmoc, people["ben"], CHANGES, "Say which peers.")
    assert (given.number, given.verdict, given.comment, given.signed_by, given.reviewer, given.wording) == (
        1,
        "agree-with-changes",
        "Say which peers.",
        "Ben",
        people["ben"],
        WORDING,
    )


def test_authors_are_those_who_wrote_what_it_says(cmoc, people):
    assert authors_of([cmoc]) == {cmoc.pk: {people["ada"].pk}}
    cmoc.refresh_from_db()
    cmoc.status = "supported"
    written_by(cmoc, people["ben"])  # a change of what has become of it, not of what it says
    assert authors_of([cmoc]) == {cmoc.pk: {people["ada"].pk}}
    cmoc.title = "Matched peers"
    written_by(cmoc, people["ben"])
    assert authors_of([cmoc]) == {cmoc.pk: {people["ada"].pk, people["ben"].pk}}


def test_taking_a_part_away_is_writing_too(cmoc, people):
    link = cmoc.context_links.get()
    link._history_user = people["cleo"]
    link.delete()
    assert authors_of([cmoc]) == {cmoc.pk: {people["ada"].pk, people["cleo"].pk}}


def test_a_program_is_nobody(theory):
    cmoc = CMOCFactory(theory=theory)
    assert authors_of([cmoc]) == {cmoc.pk: set()}


def test_verdicts_that_are_refused(cmoc, people):
    ben = people["ben"]
    verdict(cmoc, ben)
    for act, message in (
        (lambda: verdict(cmoc, people["ada"]), "You wrote some of this; somebody else has to review it."),
        (lambda: verdict(cmoc, ben), "You reviewed this wording already; your verdict stands."),
        (
            lambda: review(cmoc=cmoc, read=["title: Other"], verdict=AGREE, comment="", by=people["cleo"]),
            "CMOC 4 was changed after you opened it; read what it says now and judge that.",
        ),
        (
            lambda: verdict(cmoc, people["cleo"], DISAGREE),
            "Say why you do not agree, or what should change.",
        ),
    ):
        with pytest.raises(ValidationError) as error:
            act()
        assert error.value.messages == [message]
    ask_for_review(cmoc=CMOC.objects.get(pk=cmoc.pk), asked=False, reason="Back to work")
    with pytest.raises(ValidationError, match="CMOC 4 is not put to reviewers"):
        verdict(cmoc, people["cleo"])
    assert Review.objects.count() == 1


def test_a_retired_configuration_is_not_put_to_reviewers(theory):
    cmoc = CMOCFactory(theory=theory, number=4, status="retired")
    with pytest.raises(ValidationError, match="CMOC 4 is retired"):
        ask_for_review(cmoc=cmoc, asked=True, reason="Ready")


@pytest.mark.parametrize(
    ("verdicts", "asked", "required", "public", "state"),
    [
        ([AGREE], False, 1, True, "candidate"),
        ([], True, 1, True, "in-review"),
        ([AGREE], True, 2, True, "in-review"),
        ([CHANGES], True, 1, True, "in-review"),
        ([AGREE, AGREE, AGREE, DISAGREE], True, 1, True, "disputed"),
        ([AGREE], True, 1, False, "agreed"),
        ([AGREE, CHANGES], True, 1, True, "published"),
    ],
)
def test_state_follows_from_the_verdicts(verdicts, asked, required, public, state):
    assert review_state(verdicts, asked=asked, required=required, public=public) == state


def test_an_edit_opens_an_agreed_configuration_and_says_what_changed(cmoc, people):
    verdict(cmoc, people["ben"])
    assert standing(cmoc, people["ben"]).state == ReviewState.PUBLISHED

    link = cmoc.context_links.get()
    link.wording = "a very similar peer"
    written_by(link, people["ada"])
    cmoc.refresh_from_db()
    cmoc.statement, cmoc.statement_reporting = "", "not-stated"
    written_by(cmoc, people["ada"])

    now = standing(cmoc, people["ben"])
    assert (now.state, now.current, [given.signed_by for given in now.earlier]) == (
        ReviewState.IN_REVIEW,
        [],
        [Review.objects.get().signed_by],
    )
    assert [[(piece.change, piece.text) for piece in pieces] for pieces in now.changes] == [
        [("kept", "context matched: a "), ("added", "very "), ("kept", "similar peer")],
        [("removed", "statement: They hope.")],
    ]


def test_without_an_earlier_review_nothing_changed(cmoc, people):
    assert standing(cmoc, people["ben"]).changes == []


def test_queue_of_a_reviewer(cmoc, people, theory):
    CMOCFactory(theory=theory, number=5)  # not put to reviewers
    CMOCFactory(number=6, review_asked_date="2026-01-02")  # of another study
    CMOCFactory(theory=theory, number=7, review_asked_date="2026-01-02", status="retired")
    queues = {name: [entry.number for entry in awaiting_review_by(user)] for name, user in people.items()}
    assert queues == {"ada": [], "ben": [4], "cleo": [4], "dan": []}

    verdict(cmoc, people["ben"])
    assert awaiting_review_by(people["ben"]) == []
    cmoc.refresh_from_db()
    cmoc.title = "Matched peers"
    written_by(cmoc, people["ada"])
    assert awaiting_review_by(people["ben"]) == [cmoc]


def test_who_may_review(cmoc, people):
    people["cleo"].is_active = False
    admin = UserFactory(username="admin", is_superuser=True)
    assert [bool(CMOC.objects.reviewable_by(user).filter(pk=cmoc.pk)) for user in (*people.values(), admin)] == [
        True,
        True,
        False,
        False,
        True,
    ]
