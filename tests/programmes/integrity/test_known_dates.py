"""Dates to the precision that is known."""

import pytest
from django.core.exceptions import ValidationError

from programmes.integrity.known_dates import in_words, is_known_date, period_in_words
from programmes.models import Study


@pytest.mark.parametrize(
    ("known", "words"),
    [("", ""), ("2021", "2021"), ("2021-03", "March 2021"), ("2021-03-04", "4 March 2021"), ("0987", "0987")],
)
def test_in_words(known, words):
    assert in_words(known) == words


@pytest.mark.parametrize(
    "text",
    [
        *("Spring 2021", "2021-2023", "2021/22", "2021–22", "in press", "21", "20211", "2021-3", "2021-13", "2021-00"),
        *(
            "2021-02-30",
            "2021-03-1",
            "2021-03-14T00:00",
            " 2021",
            "2021\n",
            "\uff12021",
            "0000",
            "-2021",
            "2021-",
            "c. 2021",
        ),
    ],
)
def test_what_is_no_date(text):
    assert not is_known_date(text)
    with pytest.raises(ValidationError, match="such as 2021, 2021-03 or 2021-03-14"):
        Study._meta.get_field("published_date").clean(text, None)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("", "", ""),
        ("2021-03", "", "March 2021"),
        ("", "2021-05", "until May 2021"),
        ("2021", "2021", "2021"),
        ("2021", "2021-05-31", "2021 to 31 May 2021"),
    ],
)
def test_periods(start, end, words):
    assert period_in_words(start, end) == words


@pytest.mark.parametrize(
    ("start", "end", "holds"),
    [
        ("2021-03-14", "2021-03", True),
        ("2021-03-14", "2021", True),
        ("2021", "2021-03", True),
        ("2021-04", "2021-03-31", False),
        ("2022", "2021-12-31", False),
        ("2021-12", "2021-02", False),
    ],
)
def test_end_is_not_before_the_start_as_far_as_both_are_known(db, start, end, holds):
    study = Study(collection_start=start, collection_end=end)
    (rule,) = (rule for rule in Study._meta.constraints if rule.name == "study_collection_ends_after_start")
    try:
        rule.validate(Study, study)
    except ValidationError:
        assert not holds
    else:
        assert holds
