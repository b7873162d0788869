"""Lines, speakers and passages of a transcript."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.transcripts.passages import PassageError, around, find_passage, lines_of, segments_of

TEXT = (
    "Interviewer: How was it?\nP 3: Well, it was good.\nAnd more.\n[00:12] Dr O'Neil: It was good. 👩🏽‍🎓\n"
    "12:30 is late"
)


def test_lines_and_speakers():
    assert [(line.number, line.start, line.speaker) for line in lines_of(TEXT)] == [
        (1, 0, "Interviewer"),
        (2, 25, "P 3"),
        (3, 49, "P 3"),
        (4, 59, "Dr O'Neil"),
        (5, TEXT.index("12:30"), "Dr O'Neil"),
    ]


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        ("Speaker 1  0:03  \nHello.\nUnknown Speaker\t1:00:10\nThank you: fine.", ["Speaker 1", "Unknown Speaker"]),
        ("Speaker 1 (00:03):\nHello.\nInterviewee (0:10):\nThanks.", ["Speaker 1", "Interviewee"]),
        ("[0:00.0 - 0:05.0] Smith, Ada: Hello\n00:00:05 Bob : No", ["Smith, Ada", "Bob"]),
        ("INTERVIEWER:\nHow?\nP01:\tIt was: good.\nSo this is what I said: no.", ["INTERVIEWER", "P01"]),
        ("**Interviewer:** How?\n**P1:** Well.", ["Interviewer", "P1"]),
        ("I:How was it\nR:Good\nhttp://example.org\nRatio: 3:1\nC:\\talk.txt\nWe met at 10:30", ["I", "R", "Ratio"]),
        ("young woman: Yes.\nI: And?\nyoung woman: No.", ["young woman", "I"]),
        ("采访者：你好吗？\n受访者：很好。", ["采访者", "受访者"]),
        (
            "ผู้สัมภาษณ์: สวัสดี\nसाक्षात्कारकर्ता: आप\nמראיין: מה\nالمشارك ٣: بخير",
            ["ผู้สัมภาษณ์", "साक्षात्कारकर्ता", "מראיין", "المشارك ٣"],
        ),
        ("P\xa03:\xa0It was.\nI said “no: never”", ["P\xa03"]),
    ],
)
def test_speakers_as_other_programs_write_them(text, speakers):
    assert list(dict.fromkeys(line.speaker for line in lines_of(text))) == speakers


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_lines_make_up_the_text(text):
    lines = lines_of(text)
    assert "\n".join(line.text for line in lines) == text
    assert all(text[line.start : line.end] == line.text for line in lines)


@pytest.mark.parametrize("passage", ["it was good.\nAnd more", "it was good. And more", "  it  was good.\r\nAnd more "])
def test_passage_is_found_whatever_its_white_space(passage):
    start, end = find_passage(TEXT, passage)
    assert TEXT[start:end] == "it was good.\nAnd more"


def test_positions_count_code_points():
    start, end = find_passage(TEXT, "👩🏽‍🎓")
    assert (TEXT[start:end], end - start) == ("👩🏽‍🎓", 4)


@pytest.mark.parametrize(
    ("passage", "message"),
    [
        (" ", "Give the words of the passage."),
        ("it was bad", "These words do not stand in the text. Copy them from it exactly."),
        ("was", "Found 3 times (lines 1, 2, 4): give a longer passage."),
    ],
)
def test_passage_that_is_not_there_once(passage, message):
    with pytest.raises(PassageError) as caught:
        find_passage(TEXT, passage)
    assert str(caught.value) == message


def test_words_around_a_passage():
    assert around("abc", 1, 2) == ("a", "c")
    prefix, suffix = around("x" * 100 + "here" + "y" * 100, 100, 104)
    assert (prefix, suffix) == ("x" * 60, "y" * 60)


@given(
    st.text(alphabet="ab \n", min_size=1, max_size=40),
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 10)), max_size=6),
)
def test_segments_make_up_their_line_and_know_their_quotes(text, places):
    spans = [(number, start, min(start + length, len(text))) for number, (start, length) in enumerate(places)]
    spans = [span for span in spans if span[1] < span[2]]
    covered = {}
    for line in lines_of(text):
        segments = segments_of(line, spans)
        assert "".join(segment.text for segment in segments) == line.text
        for segment in segments:
            for place in range(segment.start, segment.start + len(segment.text)):
                covered[place] = set(segment.quotes)
    for place, quotes in covered.items():
        assert quotes == {number for number, start, end in spans if start <= place < end}
