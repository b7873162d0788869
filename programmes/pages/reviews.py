"""The review of configurations: who gave which verdict on the present wording, and what has changed since."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from programmes.actions.review import authors_of
from programmes.models import CMOC, Review
from programmes.models.configuration import Parts, kept_lines, parts_of_theory, wording_of
from programmes.pages.public_past import public_past
from programmes.pages.word_diff import DiffPiece, changed_lines
from programmes.vocabulary import CMOCStatus, ReviewState, Verdict, Visibility

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from programmes.integrity.access import Person
    from programmes.models import Theory


@dataclass(frozen=True)
class ReviewRow:
    """A review, whether it is of the present wording, and whether the reader may know which wording it is of."""

    review: Review
    current: bool
    known: bool = True


@dataclass(frozen=True)
class ReviewProgress:
    """How far the review of a configuration has come."""

    state: ReviewState
    reviews: list[ReviewRow]
    required: int
    wording: list[str]

    @property
    def current(self) -> list[Review]:
        """Return the reviews of the present wording."""
        return [row.review for row in self.reviews if row.current]

    @property
    def earlier(self) -> list[Review]:
        """Return the reviews of earlier wordings, latest first."""
        return [row.review for row in reversed(self.reviews) if not row.current]

    @property
    def agreeing(self) -> int:
        """Return how many reviewers accept the present wording as it is."""
        return sum(review.verdict == Verdict.AGREE for review in self.current)

    @property
    def changes(self) -> list[list[DiffPiece]]:
        """Return, word by word, what has changed since the latest review of an earlier wording, if that is known."""
        latest = next((row for row in reversed(self.reviews) if not row.current), None)
        if latest is None or not latest.known:
            return []
        before = kept_lines(latest.review.wording)
        return changed_lines(before, self.wording, order=[*self.wording, *before])


def review_progress(
    theory: Theory, cmocs: list[CMOC], parts: dict[int, Parts], user: Person
) -> dict[int, ReviewProgress]:
    """Return the progress of each configuration of a theory, which must come with its study loaded."""
    wordings = {cmoc.pk: wording_of(cmoc, parts.get(cmoc.pk, Parts())) for cmoc in cmocs}
    by_cmoc: dict[int, list[Review]] = defaultdict(list)
    for review in Review.objects.visible_to(user).filter(cmoc__in=wordings).order_by("cmoc", "number"):
        by_cmoc[review.cmoc_id].append(review)
    required = theory.study.reviews_required
    past = public_past(theory, user) if by_cmoc else None
    public = Visibility.PUBLIC == theory.visibility == theory.study.visibility
    found = {}
    for cmoc in cmocs:
        wording = wordings[cmoc.pk]
        rows = [
            ReviewRow(review, kept_lines(review.wording) == wording, past is None or past.has_review(review.pk))
            for review in by_cmoc[cmoc.pk]
        ]
        verdicts = [Verdict(row.review.verdict) for row in rows if row.current]
        state = review_state(verdicts, asked=cmoc.review_asked_date is not None, required=required, public=public)
        found[cmoc.pk] = ReviewProgress(state, rows, required, wording)
    return found


def review_state(verdicts: list[Verdict], *, asked: bool, required: int, public: bool) -> ReviewState:
    """Return the state of a review, from the verdicts on the present wording.

    One disagreement disputes it, however many agree: verdicts are not a vote.
    """
    if not asked:
        return ReviewState.CANDIDATE
    if Verdict.DISAGREE in verdicts:
        return ReviewState.DISPUTED
    if verdicts.count(Verdict.AGREE) < required:
        return ReviewState.IN_REVIEW
    return ReviewState.PUBLISHED if public else ReviewState.AGREED


def awaiting_review_by(user: User, study: int | None = None) -> list[CMOC]:
    """Return the configurations of a study, or of all, that await this person's verdict, the first asked first."""
    reviewable = CMOC.objects.reviewable_by(user)
    asked = list(
        (reviewable if study is None else reviewable.of_study(study))
        .filter(review_asked_date__isnull=False)
        .exclude(status=CMOCStatus.RETIRED)
        .select_related("theory__study")
        .order_by("review_asked_date", "theory", "number")
    )
    parts: dict[int, Parts] = {}
    for theory in {cmoc.theory_id for cmoc in asked}:
        parts |= parts_of_theory(theory, user)
    authors = authors_of(asked)
    given = defaultdict(list)
    for cmoc, wording in Review.objects.filter(reviewer=user, cmoc__in=asked).values_list("cmoc", "wording"):
        given[cmoc].append(kept_lines(wording))
    return [
        cmoc
        for cmoc in asked
        if user.pk not in authors[cmoc.pk] and wording_of(cmoc, parts.get(cmoc.pk, Parts())) not in given[cmoc.pk]
    ]
