"""What in a transcript may lead back to a person, and its replacement."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.transcripts.pseudonyms import identifiers_in, proposals, pseudonymise

TEXT = """Interviewer: Thank you for coming, Sam. When did you start?
Sarah Jones: I started on 12 March 2021 at Elm Grove School in Walsall. Loneliness was bad then.
Interviewer: Who helped?
Sarah Jones: My worker, Dr. O'Neil, and Sam's friend José. Sam was great. You can ask sam@example.org,
or ring 07700 900123. I was 14 years old. Nobody at CAMHS knew, not even on 03/04/2020. Perhaps in 2019?
Yeah. Mateusz said so. The University of Leeds did the survey. I live at WS1 2AB. My handle is @sammy_x.
"""


def found(text):
    return {entry.words: (str(entry.kind), entry.likely, len(entry.positions)) for entry in identifiers_in(text)}


def test_what_is_found():
    assert found(TEXT) == {
        "Sam": ("name", True, 3),
        "Sarah Jones": ("name", True, 2),
        "Dr. O'Neil": ("name", True, 1),
        "José": ("name", True, 1),
        "Mateusz": ("name", False, 1),
        "Loneliness": ("name", False, 1),
        "Elm Grove School": ("place", True, 1),
        "Walsall": ("place", True, 1),
        "University of Leeds": ("place", True, 1),
        "CAMHS": ("place", False, 1),
        "WS1 2AB": ("place", True, 1),
        "12 March 2021": ("date", True, 1),
        "03/04/2020": ("date", True, 1),
        "2019": ("date", False, 1),
        "sam@example.org": ("address", True, 1),
        "@sammy_x": ("address", True, 1),
        "07700 900123": ("number", True, 1),
        "14 years old": ("number", False, 1),
    }


@pytest.mark.parametrize(("number", "likely"), [("12345", False), ("123456", True), ("12 34 56", True)])
def test_number_of_six_digits_is_likely_one_of_a_person(number, likely):
    assert found(f"P: it was {number}, I think.") == {number: ("number", likely, 1)}


def test_likely_ones_come_first_and_show_where_they_stand():
    findings = identifiers_in(TEXT)
    assert [entry.likely for entry in findings] == sorted((entry.likely for entry in findings), reverse=True)
    sam = next(entry for entry in findings if entry.words == "Sam")
    assert sam.positions == [match.start() for match in re.finditer(r"\bSam\b", TEXT)]
    assert sam.examples(TEXT)[0] == ("Interviewer: Thank you for coming, ", ". When did you start?\nSarah Jones: I sta")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I: How was it?\nP: I think I'm fine. It was OK on Monday.\nInterviewer: Thank you.",
        "Well — Really? “Honestly, yes.” (Laughs)\nParticipant 3: Mm.",
        "مرحبا كيف حالك 你好 👩🏽‍🎓",
    ],
)
def test_nothing_is_found_where_nobody_is_named(text):
    assert found(text) == {}


def test_replacement_is_consistent_and_parts_of_a_name_share_its_label():
    text = "P: Ask Sarah Jones. I met Sarah, then Mrs Jones, and Ben."
    labels = proposals(identifiers_in(text), {})
    assert labels["Sarah Jones"] == labels["Sarah"]
    done = pseudonymise(text, labels)
    assert done.text == "P: Ask [name 1]. I met [name 1], then [name 2], and [name 3]."
    assert [done.text[start:end] for start, end in done.spans] == ["[name 1]", "[name 1]", "[name 2]", "[name 3]"]
    assert done.times == {"Sarah Jones": 1, "Sarah": 1, "Mrs Jones": 1, "Ben": 1}
    assert done.remaining == []


def test_words_that_name_nobody_are_left_off_a_name():
    assert found("P: we went with Sam I think. Well Sam knew.") == {"Sam": ("name", True, 2)}


def test_key_of_earlier_transcripts_is_followed_and_numbers_go_on():
    labels = proposals(identifiers_in("P: I met Sam and Ben in Leeds."), {"Sam": "[name 7]", "Bo": "Alex"})
    assert labels == {"Sam": "[name 7]", "Ben": "[name 8]", "Leeds": "[place 1]"}


def test_whole_words_are_replaced_longest_first_in_one_pass():
    done = pseudonymise("Sam Hill met Sam, Samantha and SAM's dog. A.", {"Sam": "A", "Sam Hill": "Sam", "A": "B"})
    assert done.text == "Sam met A, Samantha and SAM's dog. B."
    assert done.remaining == [(1, "Samantha"), (1, "SAM")]
    assert done.parts[0] == ("Sam", True)


def test_text_of_a_whole_interview_is_read_in_one_go():
    text = TEXT * 200
    findings = identifiers_in(text)
    assert {entry.words: len(entry.positions) for entry in findings}["Sarah Jones"] == 400


LETTERS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200)
WORDS = st.text(alphabet="abcAB É'1", min_size=1, max_size=6).map(str.strip).filter(bool)


@given(LETTERS)
def test_findings_stand_where_they_say(text):
    for entry in identifiers_in(text):
        assert entry.words
        assert entry.positions == sorted(set(entry.positions))
        assert all(text[place : place + len(entry.words)] == entry.words for place in entry.positions)


@given(LETTERS)
def test_nothing_is_changed_where_nothing_is_replaced(text):
    done = pseudonymise(text, {})
    assert (done.text, done.spans, done.remaining) == (text, [], [])
    assert "".join(words for words, _ in done.parts) == text


# What begins and ends with a letter or digit: beside one of them a mark is no word, and is one once that is replaced.
NAMES = WORDS.filter(lambda words: words[0].isalnum() and words[-1].isalnum())


@given(st.lists(WORDS, max_size=12).map(" ".join), st.dictionaries(NAMES, st.just("[x]"), max_size=3))
def test_no_replaced_word_stands_whole_any_more(text, replacements):
    done = pseudonymise(text, replacements)
    assert sum(done.times.values()) == len(done.spans)
    for words in replacements:
        assert not re.search(rf"(?<!\w){re.escape(words)}(?!\w)", done.text)
    assert "".join(words for words, _ in done.parts) == done.text
