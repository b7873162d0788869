"""The states of a CMOC and of its review: every act, the states it starts from, and those it leads to.

The actions do not read these tables. A test performs every act in every state and compares the outcome with the
tables; the pictures in docs/states.md are drawn from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from programmes.vocabulary import CMOCStatus, ReviewState

if TYPE_CHECKING:
    from collections.abc import Iterable

State = CMOCStatus | ReviewState | Literal[""]  # that of a CMOC of which nobody has said what became
Step = tuple[str, State | None, State | None]


@dataclass(frozen=True)
class Transition:
    """An act with the states before and after it; None stands for a CMOC that is not in the theory.

    Without `after` the act leaves the state as it is.
    """

    act: str
    before: tuple[State | None, ...]
    after: tuple[State | None, ...] = ()
    when: str = ""

    def steps(self) -> set[Step]:
        """Return every pair of a state before and a state after."""
        if not self.after:
            return {(self.act, state, state) for state in self.before}
        return {(self.act, before, after) for before in self.before for after in self.after if before != after}


def steps_of(transitions: Iterable[Transition]) -> set[Step]:
    return {step for transition in transitions for step in transition.steps()}


STATUSES: tuple[State, ...] = ("", *CMOCStatus)
IN_THE_THEORY = tuple(status for status in STATUSES if status != CMOCStatus.RETIRED)
RETIRED = (CMOCStatus.RETIRED,)
CANDIDATE = (CMOCStatus.CANDIDATE,)
ABSENT = (None,)

CMOC_TRANSITIONS = (
    Transition("Add by form or package", ABSENT, STATUSES, "no status unless the curator says one"),
    Transition("Code a passage to a new CMOC", ABSENT, CANDIDATE),
    Transition("Undo that coding", CANDIDATE, ABSENT, "while nothing has been built on it"),
    Transition("Change the status by form", STATUSES, STATUSES, "the curator's judgement, with a reason"),
    Transition("Merge or split", IN_THE_THEORY, RETIRED, "what is merged or split"),
    Transition("Merge or split", ABSENT, CANDIDATE, "what is made of it"),
    Transition("Retire", IN_THE_THEORY, RETIRED),
    Transition("Rename", IN_THE_THEORY),
    Transition("Move evidence", IN_THE_THEORY, when="from it or to it"),
    Transition("Take a decision back", STATUSES, IN_THE_THEORY, "what it retired gets the status it had"),
    Transition("Take a decision back", STATUSES, RETIRED, "what it made, or had brought back"),
    Transition("Take a decision back", STATUSES, when="if it changed no status, or that status is there already"),
    Transition("Put to reviewers or review", IN_THE_THEORY, when="reviewers judge the wording, curators the status"),
)

NOT_ASKED = (ReviewState.CANDIDATE,)
IN_REVIEW = (ReviewState.IN_REVIEW,)
DISPUTED = (ReviewState.DISPUTED,)
AGREED = (ReviewState.AGREED, ReviewState.PUBLISHED)
ASKED = (*IN_REVIEW, *AGREED, *DISPUTED)

REVIEW_TRANSITIONS = (
    Transition("Put to reviewers", NOT_ASKED, IN_REVIEW),
    Transition("Put to reviewers", NOT_ASKED, (*AGREED, *DISPUTED), "if this very wording was reviewed before"),
    Transition("Back to work", ASKED, NOT_ASKED),
    Transition("Agree", IN_REVIEW, AGREED, "if as many agree as the study asks for"),
    Transition("Agree", ASKED, when="if more are needed, or nothing is changed by one more"),
    Transition("Agree with changes", ASKED),
    Transition("Disagree", (*IN_REVIEW, *AGREED), DISPUTED, "one is enough, however many agree"),
    Transition("Disagree", DISPUTED),
    Transition("Change the wording", (*AGREED, *DISPUTED), IN_REVIEW, "earlier verdicts were on other words"),
    Transition("Change the wording", (*IN_REVIEW, *DISPUTED), AGREED, "back to one that was agreed on before"),
    Transition("Change the wording", (*IN_REVIEW, *AGREED), DISPUTED, "back to one that was disputed before"),
    Transition("Change the wording", tuple(ReviewState), when="or back to one with the same verdicts"),
    Transition("Make the theory public", (ReviewState.AGREED,), (ReviewState.PUBLISHED,)),
    Transition("Make the theory public", (*NOT_ASKED, *IN_REVIEW, *DISPUTED)),
    Transition("Make the theory private", (ReviewState.PUBLISHED,), (ReviewState.AGREED,)),
    Transition("Make the theory private", (*NOT_ASKED, *IN_REVIEW, *DISPUTED)),
)
