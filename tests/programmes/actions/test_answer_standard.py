"""Answers to the reporting standard: what is said again is no change."""

import pytest

from programmes.actions.decisions import Decision
from programmes.actions.reporting import GivenAnswer, answer_standard
from programmes.models import ReportingAnswer
from tests.factories import TheoryFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_what_is_said_again_changes_nothing():
    theory, decision = TheoryFactory(), Decision("We looked again", UserFactory())
    given = {7: GivenAnswer("yes", "p. 4"), 8: GivenAnswer("")}
    assert answer_standard(theory=theory, given=given, decision=decision) == [7]
    row = ReportingAnswer.objects.get(theory=theory)
    again = {7: GivenAnswer("yes", "p. 4", version=row.version)}
    assert answer_standard(theory=theory, given=again, decision=decision) == []
    assert ReportingAnswer.objects.get(theory=theory).version == row.version
