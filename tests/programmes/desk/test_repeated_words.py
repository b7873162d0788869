"""Memos that others read and that repeat words under a mask: found, and told at the check and before publishing."""

import pytest

from programmes.desk.publication import shortcomings_of_study
from programmes.desk.repeated_words import memos_repeating, repeats
from programmes.models import Quote
from tests.factories import MemoFactory, QuoteFactory, StudyFactory

TEXT = "I met Mr Baker at the old mill, in 2019, with Ann. Ann was kind."
MASKS = [(6, 14), (18, 30), (35, 39), (46, 49)]


@pytest.mark.parametrize(
    ("said", "is_repeated"),
    [
        ("Baker again", True),
        ("As in 2019", True),
        ("Behind the old mill it is quiet", True),
        ("An old idea at the back", False),
        ("Ann is named openly", True),  # all words of a mask
        ("Who is kind?", False),
    ],
)
def test_what_repeats_words_under_a_mask(said, is_repeated):
    assert repeats(said, TEXT, MASKS) is is_repeated


def test_names_that_stand_open_are_no_secret():
    assert repeats("Ann is named openly", "Ann Baker said so. Ann!", [(0, 9)]) is False
    assert repeats("No word", "Ann …", [(4, 5)]) is False


@pytest.mark.django_db
def test_public_memos_that_repeat_masked_words_are_named_before_publishing():
    study = StudyFactory(licence="CC0", citation="K", statements="own")
    quote = QuoteFactory(study=study, text=TEXT, participant=None, consent="not-required")
    MemoFactory(study=study, key="open", text="Baker is a trade.")
    MemoFactory(study=study, key="kept", text="Baker is a trade.", visibility="private")
    MemoFactory(study=study, key="other", text="Nothing of it.")
    MemoFactory(key="elsewhere", text="Baker is a trade.")
    assert memos_repeating(study, [(TEXT, [])]) == []
    assert not [each for each in shortcomings_of_study(study) if "memo" in each.says]
    quote.masks = ["9 14"]
    quote.save()
    assert Quote.objects.get().masks == ["9 14"]
    (told,) = [each for each in shortcomings_of_study(study) if "memo" in each.says]
    assert (told.says, [place.label for place in told.places]) == (
        "1 memo is public and repeats words that a mask covers.",
        ["open"],
    )
    MemoFactory(study=study, key="second", text="Baker.")
    (told,) = [each for each in shortcomings_of_study(study) if "memo" in each.says]
    assert told.says == "2 memos are public and repeat masked words."
