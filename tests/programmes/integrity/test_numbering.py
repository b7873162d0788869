"""What the next record is called."""

import pytest

from programmes.integrity.numbering import next_key
from programmes.models import Quote
from tests.factories import QuoteFactory, StudyFactory


@pytest.mark.parametrize(
    ("keys", "following"),
    [
        ([], "q01"),
        (["q01", "q02"], "q03"),
        (["q09", "q1"], "q10"),
        (["q99"], "q100"),
        (["q07", "q12b", "quote-90", "p90", "q"], "q08"),
    ],
)
def test_next_key(db, keys, following):
    study = StudyFactory()
    QuoteFactory(key="q70")  # of another study
    for key in keys:
        QuoteFactory(study=study, key=key)
    assert next_key(Quote.objects.filter(study=study), "q", digits=2) == following


def test_next_key_takes_no_letter_of_its_prefix_for_a_sign(db):
    study = StudyFactory()
    for key in ("q1.memo-3", "q1-memo-5"):
        QuoteFactory(study=study, key=key)
    assert next_key(Quote.objects.filter(study=study), "q1.memo-") == "q1.memo-4"
