"""The tables of transitions say what really happens: every act is performed in every state, and each step compared."""

from itertools import product

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from programmes.actions.code import Coding, NewCMOC, code_passage, undo_coding
from programmes.actions.decisions import Decision
from programmes.actions.merge import merge
from programmes.actions.move import move_evidence
from programmes.actions.rename import rename
from programmes.actions.retire import retire
from programmes.actions.review import ask_for_review, review, stored_wording
from programmes.actions.split import split
from programmes.actions.successors import Successor
from programmes.actions.transitions import (
    CMOC_TRANSITIONS,
    IN_THE_THEORY,
    REVIEW_TRANSITIONS,
    STATUSES,
    Transition,
    steps_of,
)
from programmes.actions.undo import undo_decision
from programmes.models import CMOC
from programmes.models.configuration import parts_of_theory
from programmes.pages.reviews import review_progress
from programmes.transcripts.read import checksum
from programmes.vocabulary import CMOCStatus, EvidenceRole, Verdict
from tests.factories import CMOCFactory, EvidenceFactory, MembershipFactory, SourceFactory, TheoryFactory, UserFactory

# The acts themselves are tested on both databases elsewhere; these walks through all of them take their time.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
TEXT = "It was good to meet somebody like me."


@pytest.fixture
def theory():
    return TheoryFactory(visibility="private")


@pytest.fixture
def people(theory):
    """Return a curator and two reviewers of the study."""
    roles = {"ada": "curator", "ben": "reviewer", "cleo": "reviewer"}
    found = {name: UserFactory(username=name) for name in roles}
    for name, role in roles.items():
        MembershipFactory(study=theory.study, user=found[name], role=role)
    return found


@pytest.fixture
def decision(people):
    return Decision("They say the same.", people["ada"])


def statuses(theory):
    return dict(CMOC.objects.filter(theory=theory).values_list("number", "status"))


def set_status(cmoc, status):
    """Do what the form of a CMOC does with its status."""
    cmoc = CMOC.objects.get(pk=cmoc.pk)
    cmoc.status = status
    cmoc.full_clean()
    cmoc.save()


class Book:
    """Writes down what acts do to the CMOCs of a theory; whatever an act does is rolled back."""

    def __init__(self, theory):
        self.theory = theory
        self.steps = set()

    def perform(self, name, act, *concerned):
        """Perform an act; a refused one is no step, and no other CMOC than those concerned may change."""
        before = statuses(self.theory)
        try:
            done = act()
        except ValidationError:
            assert statuses(self.theory) == before
            return None
        after = statuses(self.theory)
        changed = {number for number in {*before, *after} if before.get(number) != after.get(number)}
        if done is not False:
            for number in changed | {cmoc.number for cmoc in concerned}:
                self.steps.add((name, before.get(number), after.get(number)))
        return done

    def try_out(self, name, act, *concerned):
        with transaction.atomic():
            self.perform(name, act, *concerned)
            transaction.set_rollback(True)


@pytest.mark.slow(seconds=9, reason="performs every act in every status")
def test_the_status_of_a_cmoc_changes_as_the_table_says(theory, decision, people):
    book = Book(theory)
    for status in STATUSES:
        with transaction.atomic():
            perform_in(status, book, decision, people)
            transaction.set_rollback(True)
    code_and_undo(book, people["ada"])

    assert book.steps == steps_of(CMOC_TRANSITIONS)


def perform_in(status, book, decision, people):
    """Perform every act on a CMOC of this status."""
    theory = book.theory
    cmoc, other = CMOCFactory(theory=theory, number=1, status=status), CMOCFactory(theory=theory, number=2)
    quote, others_quote = (
        EvidenceFactory(cmoc=entry, quote__study=theory.study, quote__key=f"q{entry.number}").quote
        for entry in (cmoc, other)
    )
    into = [Successor("One", "They hope.", ()), Successor("Two", "", ())]
    acts = {
        "merge": lambda: merge(cmocs=[cmoc, other], into=into[0], decision=decision),
        "split": lambda: split(cmoc=cmoc, into=into, decision=decision),
        "retire": lambda: retire(cmoc=cmoc, decision=decision),
        "rename": lambda: rename(cmoc=cmoc, title="Better", decision=decision),
        "from": lambda: move_evidence(source=cmoc, target=other, quotes=[quote], decision=decision),
        "to": lambda: move_evidence(source=other, target=cmoc, quotes=[others_quote], decision=decision),
    }
    names = {"merge": "Merge or split", "split": "Merge or split", "retire": "Retire", "rename": "Rename"}
    for key, act in acts.items():
        book.try_out(names.get(key, "Move evidence"), act, cmoc)
    book.try_out("Add by form or package", lambda: CMOCFactory(theory=theory, number=9, status=status))
    for wanted in STATUSES:
        if wanted != status:
            book.try_out("Change the status by form", lambda wanted=wanted: set_status(cmoc, wanted), cmoc)
    book.try_out("Put to reviewers or review", lambda: put_and_review(cmoc, people), cmoc)
    if status in IN_THE_THEORY:
        for key, wanted in product(acts, STATUSES):
            # What comes back depends on the status before a retirement; what was made is a candidate at first.
            if key == "retire" or (status == CMOCStatus.CANDIDATE and (key == "merge" or wanted == status)):
                take_back(book, acts[key], wanted, decision, again=wanted == status)


def put_and_review(cmoc, people):
    ask_for_review(cmoc=CMOC.objects.get(pk=cmoc.pk), asked=True, reason="Ready")
    return review(
        cmoc=cmoc, read=stored_wording(cmoc, people["ben"]), verdict=Verdict.AGREE, comment="", by=people["ben"]
    )


def take_back(book, act, status, decision, *, again):
    """Decide, set what was decided on and what was made of it to a status by form, and take the decision back."""
    with transaction.atomic():
        event = act()
        concerned = {cmoc for step in event.steps.all() for cmoc in (step.before, step.after) if cmoc}
        for cmoc in concerned:
            if cmoc.status != status:
                set_status(cmoc, status)
        back = book.perform("Take a decision back", lambda: undo_decision(event=event, decision=decision), *concerned)
        if again:
            book.perform("Take a decision back", lambda: undo_decision(event=back, decision=decision), *concerned)
        transaction.set_rollback(True)


def code_and_undo(book, curator):
    """Code a passage to a new CMOC, and undo that, also after the new one has got another status."""
    source = SourceFactory(study=book.theory.study, text=TEXT, sha256=checksum(TEXT))
    coding = Coding(role=EvidenceRole.SUPPORTS, cmocs=[], new_cmoc=NewCMOC(book.theory, "Somebody like me"))
    for status in STATUSES:
        with transaction.atomic():
            coded = book.perform(
                "Code a passage to a new CMOC",
                lambda: code_passage(source=source, span=(0, len(TEXT)), coding=coding, by=curator),
            )
            if status != CMOCStatus.CANDIDATE:
                set_status(CMOC.objects.get(theory=book.theory), status)
            book.perform("Undo that coding", lambda coded=coded: undo_coding(made=coded.made, by=curator))
            transaction.set_rollback(True)


EARLIER, PRESENT = "Matched", "Well matched"


def review_state(cmoc, user):
    cmoc = CMOC.objects.select_related("theory__study").get(pk=cmoc.pk)
    return review_progress(cmoc.theory, [cmoc], parts_of_theory(cmoc.theory_id, user), user)[cmoc.pk].state


def change_wording(cmoc, title, by):
    cmoc = CMOC.objects.get(pk=cmoc.pk)
    cmoc.title = title
    cmoc._history_user = by
    cmoc.save()


def ask(cmoc, by, *, asked):
    cmoc = CMOC.objects.get(pk=cmoc.pk)
    cmoc._history_user = by
    ask_for_review(cmoc=cmoc, asked=asked, reason="Ready")


def judge(cmoc, verdict, by):
    cmoc = CMOC.objects.get(pk=cmoc.pk)
    comment = "" if verdict == Verdict.AGREE else "Say which peers."
    review(cmoc=cmoc, read=stored_wording(cmoc, by), verdict=verdict, comment=comment, by=by)


def show(theory, visibility):
    theory.refresh_from_db()
    theory.visibility = visibility
    theory.save()


VERDICTS = (None, Verdict.AGREE, Verdict.DISAGREE)
# How many must agree, whether reviewers are asked, and the verdicts on the earlier and the present wording.
SCENES = [
    *product((1,), (True,), VERDICTS, VERDICTS),
    *product((1,), (False,), (None,), VERDICTS),
    (2, True, None, None),
]


@pytest.mark.slow(seconds=9, reason="performs every act in every state of a review")
def test_a_review_goes_as_the_table_says(theory, people):
    found = set()
    for visibility, scene in product(("public", "private"), SCENES):
        with transaction.atomic():
            show(theory, visibility)
            found |= review_steps(theory, people, *scene)
            transaction.set_rollback(True)

    assert found == steps_of(REVIEW_TRANSITIONS)


def review_steps(theory, people, required, asked, earlier, present):
    """Return what every act does to a CMOC whose earlier and present wordings have got these verdicts."""
    theory.study.reviews_required = required
    theory.study.save()
    ada, ben, cleo = people.values()
    cmoc = CMOCFactory.build(theory=theory, number=1, title=EARLIER)
    cmoc._history_user = ada
    cmoc.save()
    ask(cmoc, ada, asked=True)
    if earlier:
        judge(cmoc, earlier, ben)
    change_wording(cmoc, PRESENT, ada)
    if present:
        judge(cmoc, present, ben)
    if not asked:
        ask(cmoc, ada, asked=False)
    acts = {
        "Agree": lambda: judge(cmoc, Verdict.AGREE, cleo),
        "Agree with changes": lambda: judge(cmoc, Verdict.CHANGES, cleo),
        "Disagree": lambda: judge(cmoc, Verdict.DISAGREE, cleo),
        "Put to reviewers": lambda: ask(cmoc, ada, asked=True),
        "Back to work": lambda: ask(cmoc, ada, asked=False),
        "Change the wording": lambda: change_wording(cmoc, "Badly matched", ada),
        "Change the wording back": lambda: change_wording(cmoc, EARLIER, ada),
        "Make the theory public": lambda: show(theory, "public"),
        "Make the theory private": lambda: show(theory, "private"),
    }
    idle = {"Put to reviewers" if asked else "Back to work", f"Make the theory {theory.visibility}"}
    reader = UserFactory(is_superuser=True)
    before = review_state(cmoc, reader)
    return {
        (name.removesuffix(" back"), before, after)
        for name, act in acts.items()
        if name not in idle and (after := state_after(act, cmoc, reader))
    }


def state_after(act, cmoc, reader):
    """Return the state of a review after an act, which is rolled back; nothing where it is refused."""
    with transaction.atomic():
        try:
            act()
            return review_state(cmoc, reader)
        except ValidationError:
            return None
        finally:
            transaction.set_rollback(True)


def test_a_table_names_each_single_step():
    moves = Transition("Merge", (None, CMOCStatus.CANDIDATE), (CMOCStatus.CANDIDATE, CMOCStatus.RETIRED))
    stays = Transition("Rename", (CMOCStatus.REFINED,))
    assert steps_of([moves, stays]) == {
        ("Merge", None, "candidate"),
        ("Merge", None, "retired"),
        ("Merge", "candidate", "retired"),
        ("Rename", "refined", "refined"),
    }
