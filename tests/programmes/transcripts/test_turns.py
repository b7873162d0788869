"""The turns of a transcript: whose words they are, without labels, times and headings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.transcripts.turns import (
    SpokenTurn,
    Utterance,
    line_of_turn,
    plain_time,
    speakers_in,
    text_of_utterances,
    turn_of_line,
    turns_of,
    with_speakers,
)


def said(text, **asked):
    """Return speaker, time and words of each turn."""
    return [(turn.speaker, turn.time, text[turn.start : turn.end]) for turn in turns_of(text, **asked)]


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        ("I: How?\nP1: Fine.\n\nAnd.\nI: Why?", [("I", "", "How?"), ("P1", "", "Fine.\n\nAnd."), ("I", "", "Why?")]),
        ("[00:00:17] GP2: Honestly?\nYes.", [("GP2", "0:00:17", "Honestly?\nYes.")]),
        ("Smith, Ada (01:02): Hello", [("Smith, Ada", "0:01:02", "Hello")]),
        ("Speaker 1  0:03\nHello.\nSpeaker 2\t1:00:10\nThanks.",
         [("Speaker 1", "0:00:03", "Hello."), ("Speaker 2", "1:00:10", "Thanks.")]),
        ("Ada Byron [00:03]\nHello.\n00:05 Bob\nNo.\n[0:09] - Bob\nYes.",
         [("Ada Byron", "0:00:03", "Hello."), ("Bob", "0:00:05", "No."), ("Bob", "0:00:09", "Yes.")]),
        ("**I:** How?\n**P1:** Well.", [("I", "", "How?"), ("P1", "", "Well.")]),
        ("INTERVIEWER:\nHow?\nP01:\tIt was: good.", [("INTERVIEWER", "", "How?"), ("P01", "", "It was: good.")]),
        ("P1:\nP1: Yes.", [("P1", "", "Yes.")]),
        ("Nobody is named here.\nAt 10:30 we met.", []),
        ("", []),
    ],
)  # fmt: skip
def test_words_without_their_labels(text, turns):
    assert said(text) == turns


@pytest.mark.parametrize(
    "head",
    [
        "Date: 3 May\nInterviewer: Ada\nSetting: home\n",
        "Interview 7\nDate: 3 May\nInterviewer: Ada\n",
        "Date: 3 May\n\nDuration: 45 min\n\n",
        "Date: 3 May\nEthics approval: 12/3\nLocation: Leeds\n",
        "Interview: 7\nParticipant: P1\n",
        "Datum: 3. Mai\nOrt: Halle\nDauer: 45 min\n\n",
        "Gespräch 7\nDatum: 3. Mai\nOrt: Halle\n\n",
        "\n\nFecha: 3 de mayo\nLugar: León\n\n",
    ],
)
def test_headings_are_no_speakers(head):
    talk = "Interviewer: How was it?\nP1: Good.\nInterviewer: Why?\nP1: Because."
    assert said(head + talk) == said(talk)
    assert {turn.speaker for turn in turns_of(head + talk)} == {"Interviewer", "P1"}


@pytest.mark.parametrize(
    "text",
    [
        "Interviewer: How was it?\nParticipant: Good.",
        "P1: I came late.\nP2: So did I.\nP3: I did not.",
        "P1: Yes.\nNote: It was cold.\nP1: And wet.",
        "Sam: One.\n\nAlex: Two.\n\nSam: Three.",
        "A: One.\nB: Two.\n\nC: Three.\nD: Four.",
    ],
)
def test_speakers_are_no_headings(text):
    assert [label.name for label in speakers_in(text)] == [row.split(":")[0] for row in text.split("\n") if row]


def test_label_that_a_person_says_is_no_speaker_is_part_of_the_words():
    text = "P1: It was this.\nThing: cold.\nP2: Yes."
    assert said(text, no_speakers={"Thing"}) == [("P1", "", "It was this.\nThing: cold."), ("P2", "", "Yes.")]


def test_turns_know_the_page_on_which_they_begin():
    text = "Title\nI: How?\nP1: Well,\nI say.\nI: And?"
    pages = [0, text.index("I say"), text.index("And?")]
    assert [turn.page for turn in turns_of(text, pages=pages)] == [1, 1, 3]


@given(st.text(alphabet="ab:\n 1", max_size=60))
def test_turns_are_in_order_and_overlap_nowhere(text):
    places = [place for turn in turns_of(text) for place in (turn.start, turn.end)]
    assert places == sorted(places)
    assert all(turn.start < turn.end for turn in turns_of(text))


def test_utterances_of_one_speaker_are_joined():
    text, turns = text_of_utterances(
        [
            Utterance("P1", "I came", "00:00:01.000"),
            Utterance("P1", "late.", "00:00:02.000"),
            Utterance("I", "Why?", "00:01:00.000"),
            Utterance("", "(laughs)"),
            Utterance("", "(coughs)"),
            Utterance("P1", "The bus.", "00:01:05.000"),
        ]
    )
    assert text == "P1: I came late.\nI: Why?\n(laughs)\n(coughs)\nP1: The bus."
    assert [(turn.speaker, turn.time, text[turn.start : turn.end]) for turn in turns] == [
        ("P1", "0:00:01", "I came late."),
        ("I", "0:01:00", "Why?"),
        ("P1", "0:01:05", "The bus."),
    ]
    assert text_of_utterances([]) == ("", [])


def test_speakers_among_the_words_of_utterances():
    words = [
        "P1: Yes.",
        "I was: never early",
        "(Ada Byron) No.",
        "(laughs) Well.",
        "Thing: a",
        "and this: b",
        "and this: c",
        "Bo:",
    ]
    assert [
        (each.speaker, each.words)
        for each in with_speakers([*(Utterance("", each) for each in words), Utterance("Ann", "P1: I said.")])
    ] == [
        ("P1", "Yes."),
        ("", "I was: never early"),
        ("Ada Byron", "No."),
        ("", "(laughs) Well."),
        ("Thing", "a"),
        ("and this", "b"),
        ("and this", "c"),
        ("", "Bo:"),
        ("Ann", "P1: I said."),
    ]


def test_long_turns_have_paragraphs():
    text, turns = text_of_utterances([*[Utterance("P1", "word " * 39 + "end.")] * 3, Utterance("P1", "And.")])
    assert [len(line.split()) for line in text.split("\n")] == [81, 41]
    assert turns == [SpokenTurn(4, len(text), "P1")]


@given(
    st.lists(
        st.tuples(st.sampled_from(["", "P 1", "Smith, Ada (GP): x"]), st.sampled_from(["yes", "no: never", "and."])),
        max_size=9,
    )
)
def test_no_word_of_an_utterance_is_lost(voices):
    text, turns = text_of_utterances([Utterance(speaker, words) for speaker, words in voices])
    of_speakers = " ".join(words for speaker, words in voices if speaker)
    assert " ".join(text[turn.start : turn.end] for turn in turns) == of_speakers


@pytest.mark.parametrize(
    ("time", "plain"),
    [
        ("[1:02]", "0:01:02"),
        ("00:01:02.500", "0:01:02"),
        ("00:01:02 --> 00:01:05", "0:01:02"),
        ("75:10", "1:15:10"),
        ("", ""),
    ],
)
def test_times_are_told_alike(time, plain):
    assert plain_time(time) == plain


@pytest.mark.parametrize("line", ["4 15 0:00:17 - GP2", "0 4 - 12 Ann of the café", "0 4 - - -"])
def test_turn_is_kept_as_a_line(line):
    assert line_of_turn(turn_of_line(line)) == line


@pytest.mark.parametrize("row", ["{}", "Ann{}x", "0:00{}x", "Ann  0:00{}x", "Ann -{}x", "Ann\t{}0:00{}x"])
def test_many_blanks_in_a_row_are_passed_once(row):
    assert turns_of(row.format(" " * 400_000, " " * 400_000)) == []
