"""Words are known again whatever their white space, case, punctuation and ends of lines."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.transcripts.runs import (
    RunShape,
    common_places,
    keyed_hash,
    masked,
    places_of_run,
    run_hashes,
    run_words,
    runs_in,
    spoken_words,
    whole_words,
)
from programmes.transcripts.sequences import passage_runs

KEY = b"k" * 32
SAID = "I didn’t want to go at all, but Mrs. Grüßner talked me into it"


@pytest.mark.parametrize(
    "written",
    [
        SAID.upper(),
        SAID.replace("’", "'"),
        SAID.replace(" ", "\r\n  "),
        SAID.replace(",", " –"),
        SAID.replace("ü", "u\u0308"),
        SAID.replace("want", "wa\u00adnt"),
        SAID.replace("talked", "\u200btal\u200bked\ufeff"),
        SAID.replace(" ", "\u00a0"),
        "> " + SAID.replace(" go", "\n> go"),
    ],
)
def test_same_words_are_known_however_they_are_written(written):
    def folded(text):
        return [word.folded for word in run_words(text)]

    assert folded(written) == folded(SAID)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        (" — …", []),
        ("don't", ["don", "t"]),
        ("07700 900123", ["07700", "900123"]),
        ("我很高兴", ["我", "很", "高", "兴"]),
        ("ไปไหน", ["ไ", "ป", "ไ", "ห", "น"]),
        ("sam-miller_3", ["sam", "miller", "3"]),
        ("Ⅳ ﬁne", ["iv", "fine"]),
    ],
)
def test_words(text, words):
    assert [word.folded for word in run_words(text)] == words
    assert all(text[word.start : word.end] for word in run_words(text))


WORDS = st.lists(st.sampled_from(["we", "went", "to", "the", "sea", "Ünder", "é", "我"]), max_size=40)


@given(WORDS, st.integers(1, 9), st.randoms())
def test_every_run_of_a_text_is_found_in_any_text_that_has_it(words, length, chance):
    text = " ".join(words)
    runs = {run for _, run in runs_in(run_words(text), length)}
    assert len(runs) <= max(0, len(run_words(text)) - length + 1)
    written = chance.choice(["\n", "\t ", "; "]).join(words).upper()
    for run in runs:
        assert places_of_run(f"Before {written} after", run) != []
    covered = common_places(written, runs, length)
    assert covered == ([] if len(run_words(text)) < length else covered[:1])
    if runs:
        assert (covered[0][0], covered[0][1]) == (0, len(written))


def test_a_hash_depends_on_key_and_on_where_words_end():
    assert keyed_hash(KEY, ("to", "day")) != keyed_hash(KEY, ("today",))
    assert keyed_hash(KEY, ("to", "day")) != keyed_hash(b"l" * 32, ("to", "day"))
    assert -(2**63) <= keyed_hash(KEY, ("\ud800",)) < 2**63


def test_a_passage_is_known_with_words_around_it():
    text = "Then I had a long talk with Sam Miller from the centre."
    start = text.index("Sam")
    end = start + len("Sam Miller")
    assert passage_runs(text, start, end) == [
        (RunShape(0, 2, 3), ("sam", "miller", "from", "the", "centre")),
        (RunShape(3, 2, 0), ("long", "talk", "with", "sam", "miller")),
    ]
    assert passage_runs("As Sam Miller said", 3, 13) == [
        (RunShape(0, 2, 1), ("sam", "miller", "said")),
        (RunShape(1, 2, 0), ("as", "sam", "miller")),
        (RunShape(1, 2, 1), ("as", "sam", "miller", "said")),
    ]
    assert passage_runs("Sam Miller", 0, 10) == [(RunShape(0, 2, 0), ("sam", "miller"))]
    assert passage_runs("Sam Miller came", 0, 10) == [(RunShape(0, 2, 1), ("sam", "miller", "came"))]
    assert passage_runs("so – what", 3, 4) == [(RunShape(1, 0, 1), ("so", "what"))]
    assert passage_runs("–", 0, 1) == []
    assert passage_runs("😀", 0, 1) == [(RunShape(0, 1, 0), ("😀",))]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("मीरा ने कहा", ["मीरा", "ने", "कहा"]),
        ("مُحَمَّد قال", ["مُحَمَّد", "قال"]),
        ("か\u3099く", ["が", "く"]),
        ("So 👩🏽\u200d⚕\ufe0f, ❤\ufe0f!", ["so", "👩🏽", "⚕", "❤"]),
        ("\u202bab\u200fc\u202c", ["abc"]),
        ("██ a█b", ["a", "b"]),
    ],
)
def test_a_word_is_whole_in_every_script(text, words):
    assert [word.folded for word in run_words(text)] == [unicodedata.normalize("NFKC", word) for word in words]


@given(st.text(max_size=60), st.integers(1, 9))
def test_hashes_of_all_runs_are_those_of_each(text, length):
    words = run_words(text)
    assert run_hashes(KEY, words, length) == [keyed_hash(KEY, run) for _, run in runs_in(words, length)]


def test_signs_are_no_words_of_what_is_said():
    assert [word.folded for word in spoken_words("12 So 😀 he → said")] == ["so", "he", "said"]


def test_a_span_is_widened_to_whole_words():
    text = "with Sam Miller’s dog"
    assert text[slice(*whole_words(text, 6, 11))] == "Sam Miller"
    assert whole_words(text, 5, 8) == (5, 8)
    assert whole_words(text, 4, 8) == (4, 8)


@given(st.text(max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_a_mark_keeps_every_place(text, start, end):
    start, end = sorted((min(start, len(text)), min(end, len(text))))
    covered = masked(text, start, end)
    assert (len(covered), covered[:start], covered[end:]) == (len(text), text[:start], text[end:])
    assert [letter.isspace() for letter in covered] == [letter.isspace() for letter in text]
    assert set(covered[start:end]) <= {"█", *filter(str.isspace, text)}


def test_what_is_common_is_found_in_a_long_text():
    words = [f"{'abcdefgh'[number % 8]}{number * number % 50}" for number in range(5_000)]
    runs = {run for _, run in runs_in(run_words("so he said the quick brown fox jumps over it"), 4)}
    text = " ".join([*words[:3_000], "The quick, brown FOX\njumps", *words[3_000:]])
    ((start, end),) = common_places(text, runs, 4)
    assert text[start:end] == "The quick, brown FOX\njumps"
