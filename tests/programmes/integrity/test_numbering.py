"""What the next record is called."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection, transaction

import programmes as programmes_app
from programmes.integrity.holding import hold
from programmes.integrity.numbering import CODING_UNDONE, free_key, next_key, next_number
from programmes.models import CMOC, Context, Quote
from tests.factories import CMOCFactory, ContextFactory, QuoteFactory, StudyFactory, TheoryFactory
from tests.queries import asks


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
    assert next_key(Quote, "q", digits=2, study=study) == following


def test_next_key_takes_no_letter_of_its_prefix_for_a_sign(db):
    study = StudyFactory()
    for key in ("q1.memo-3", "q1-memo-5"):
        QuoteFactory(study=study, key=key)
    assert next_key(Quote, "q1.memo-", study=study) == "q1.memo-4"


def test_what_a_deleted_record_was_called_is_not_given_again(db):
    theory = TheoryFactory()
    CMOCFactory(theory=theory, number=1)
    CMOCFactory(theory=theory, number=2).delete()
    CMOCFactory(theory=TheoryFactory(), number=7).delete()
    ContextFactory(theory=theory, key="trust").delete()
    QuoteFactory(study=theory.study, key="q04").delete()
    assert next_number(CMOC, theory=theory) == 3
    assert next_key(Quote, "q", digits=2, study=theory.study) == "q05"
    assert free_key(Context, "Trust", theory=theory) == "trust-2"


def test_what_was_only_undone_leaves_no_gap(db):
    theory = TheoryFactory()
    undone = CMOCFactory(theory=theory, number=1)
    undone.set_change_reason(CODING_UNDONE)
    undone.delete()
    assert next_number(CMOC, theory=theory) == 1


FINDS_A_LAST_ONE = re.compile(r"""Max\(\s*["'](number|position|key)["']|count\(\) \+ 1|\["last"\]|\bcount\(2\)""")


def test_no_other_module_finds_out_a_next_number():
    programmes = Path(programmes_app.__file__).parent
    modules = [path for path in programmes.rglob("*.py") if "migrations" not in path.parts]
    found = {str(path.relative_to(programmes)) for path in modules if FINDS_A_LAST_ONE.search(path.read_text("utf-8"))}
    # The others ask for the last of rows that are never numbered, and for the last key of a table that is read.
    assert found == {"integrity/numbering.py", "models/publications.py", "api/bare_rows.py"}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_who_numbers_under_the_same_record_waits_and_others_do_not():
    study, other = StudyFactory(), StudyFactory()
    second = connection.copy()
    try:
        second.set_autocommit(False)
        second.cursor().execute("SET lock_timeout = '300ms'")
        hold_it = "SELECT 1 FROM programmes_study WHERE id = %s FOR NO KEY UPDATE"
        with transaction.atomic():
            assert next_key(Quote, "q", study=study) == "q1"
            second.cursor().execute(hold_it, [other.pk])
            with pytest.raises(OperationalError, match="lock timeout"):
                second.cursor().execute(hold_it, [study.pk])
    finally:
        second.close()


def test_rows_are_held_in_one_order_and_told_as_they_stand(db):
    cmocs = [CMOCFactory(title="Before") for _ in range(2)]
    CMOC.objects.update(title="After")
    with asks("theory, cmoc"):
        held = hold(*cmocs[::-1], *(cmoc.theory for cmoc in cmocs))
    assert held.now(cmocs[0]).title == "After"
    with pytest.raises(ValidationError, match=r"CMOC 5 is not there any more: somebody else has deleted it meanwhile."):
        held.now(CMOC(pk=0, number=5))
