"""Subtitles as programs write them: each word of a file is somebody's, or told as left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.transcripts.reading import LeftOut
from programmes.transcripts.subtitles import SubtitleError, read_cues

T1, T2, T3 = (f"00:00:0{at}.000 --> 00:00:0{at + 1}.000" for at in (1, 2, 3))


def read(kind, *lines):
    """Return the lines that are read, and those that are told, as (kind, place, words)."""
    reading = read_cues("\n".join(lines), kind, 1000)
    return reading.text.split("\n"), [(told.kind, told.place, told.words) for told in reading.left_out]


@pytest.mark.parametrize(
    ("kind", "lines", "expected"),
    [
        ("srt", ["1", T1, "Ann: First.", "", "Second after a blank.", "", "2", T2, "Ben."],
         ["Ann: First. Second after a blank.", "Ben."]),
        ("srt", [T1, "No numbers.", "", T2, "None."], ["No numbers.", "None."]),
        ("srt", ["1", T1, "How many?", "", "2", T2, "7", "", "3", T3, "Seven."], ["How many?", "7", "Seven."]),
        ("srt", ["1", T1, "", "", "2", T2, "After an empty one."], ["After an empty one."]),
        ("srt", ["1", "0:00:01,5 --> 100:00:06,000", "Odd hours."], ["Odd hours."]),
        ("srt", ["1", T1, '<font color="red">Red</font> <i>it</i> {\\an8}is &amp; <why>'], ["Red it is &amp; <why>"]),
        ("srt", ["1", T1, "One", "2", T2, "Two"], ["One 2", "Two"]),  # without a blank line it may be a word
        ("vtt", ["WEBVTT", "", T1, "<v Ann>if x < 3 <LAUGHS> &lt;pause&gt; &amp; y > 2"],
         ["Ann: if x < 3 <LAUGHS> <pause> & y > 2"]),
        ("vtt", ["WEBVTT", "", T1, "from home --> school", "and back"], ["from home --> school and back"]),
        ("vtt", ["WEBVTT", "", "00:01,000 --> 00:03,000", "Commas.", "", "00:04.000 --> 00:05.000", "Dots."],
         ["Commas.", "Dots."]),
        ("vtt", ["WEBVTT", T1, "Right under the head."], ["Right under the head."]),
        ("vtt", ["WEBVTT", "", T1, "<v.first.loud Mary Ann>Come <c.yellow>in</c><00:00:02.000> now</v>"],
         ["Mary Ann: Come in now"]),
        ("vtt", ["WEBVTT", "", T1, "<v Ann>Yes.</v> <v Ben &amp; Co>No.</v> (both laugh)"],
         ["Ann: Yes.", "Ben & Co: No.", "(both laugh)"]),
        ("vtt", ["WEBVTT", "", T1, "<v >(a pause)"], ["(a pause)"]),
        ("vtt", ["WEBVTT", "", T1, "<i don't know> <b> bold </b> <lang en>and</lang> <ruby>a<rt>b</rt></ruby>"],
         ["<i don't know> bold and ab"]),
        ("vtt", ["WEBVTT", "", "5d5f9c8e-11/12-0", T1 + " align:start position:0%", "- Did you?", "- No."],
         ["- Did you?", "- No."]),
        ("vtt", ["WEBVTT", "", T1, "One.", "", "NOTE", "", T2, "Two."], ["One.", "Two."]),
    ],
)  # fmt: skip
def test_words_are_read_as_programs_write_them(kind, lines, expected):
    said, told = read(kind, *lines)
    assert said == expected
    assert [words for _, _, words in told] == (["NOTE"] if "NOTE" in lines else [])


def test_what_nobody_says_is_told():
    said, told = read(
        "vtt",
        "WEBVTT - Title",
        "X-TIMESTAMP-MAP=LOCAL:00:00:00.000",
        "",
        "STYLE",
        "::cue { color: red }",
        "",
        "NOTE by Ada",
        "of the team",
        "",
        "the first one",
        f"{T1} align:start spoken softly",
        "Yes.",
        "",
        "NOTE that is a word",
        "",
        T2,
        "NOTE this.",
    )
    assert said == ["Yes.", "NOTE this."]
    assert told == [
        ("lines before the first cue", "line 1", "- Title"),
        ("lines before the first cue", "line 2", "X-TIMESTAMP-MAP=LOCAL:00:00:00.000"),
        ("style sheets", "line 4", "STYLE"),
        ("style sheets", "line 5", "::cue { color: red }"),
        ("notes", "line 7", "NOTE by Ada"),
        ("notes", "line 8", "of the team"),
        ("names of cues", "line 10", "the first one"),
        ("words beside a time", "line 11", "spoken softly"),
        ("notes", "line 14", "NOTE that is a word"),
    ]


def test_words_before_the_first_number_are_told():
    assert read("srt", "Made by a machine", "", "1", T1, "Yes.") == (
        ["Yes."],
        [("lines before the first cue", "line 1", "Made by a machine")],
    )


def test_file_without_a_time():
    with pytest.raises(SubtitleError, match="has no line such as"):
        read("vtt", "WEBVTT", "", "Yes.")


PLACES = st.lists(
    st.sampled_from(
        ["{}", "", T1, T2, "1", "NOTE {}", "NOTE", "STYLE", "REGION {}", "<v {}>x", "<v.loud {}>{}</v>", "<{}>",
         "<c>{}", "WEBVTT {}", "{} --> {}", f"{T3} {{}}", "- {}", "<i {}>", "&lt;{}&gt;", "</{}>", "<lang {} x>"]
    ),
    min_size=1,
    max_size=25,
)  # fmt: skip


@given(PLACES, st.sampled_from(["srt", "vtt"]))
def test_no_planted_word_is_lost(lines, kind):
    words = [f"zq{number}zq" for number in range(100)]
    waiting = iter(words)
    planted = ["".join(part if part is not None else next(waiting) for part in parted(line)) for line in lines]

    reading = read_cues("\n".join([*planted, T1, "end"]), kind, 1000)

    told = " ".join([reading.text, *(entry.words for entry in reading.left_out)])
    assert [word for word in words if word in "".join(planted) and word not in told] == []


def parted(line):
    """Yield the parts of a line, and None where a word is planted."""
    first, *others = line.split("{}")
    yield first
    for other in others:
        yield None
        yield other


def test_kind_place_and_words_are_kept_together():
    assert read_cues(f"WEBVTT\n\nNOTE x\n\n{T1}\ny", "vtt", 5).left_out == (LeftOut("notes", "line 3", "NOTE x"),)


def test_cues_of_one_speaker_are_one_turn_with_its_time_beside_it():
    reading = read_cues(
        f"WEBVTT\n\n{T1}\n<v Ann>I came\n\n{T2}\n<v Ann>late.\n\n{T3}\nBen: Why?\n\n{T3}\nBen: And how?", "vtt", 9
    )

    assert reading.text == "Ann: I came late.\nBen: Why? And how?"
    assert [(turn.speaker, turn.time, reading.text[turn.start : turn.end]) for turn in reading.spoken()] == [
        ("Ann", "0:00:01", "I came late."),
        ("Ben", "0:00:03", "Why? And how?"),
    ]
    assert [turn.speaker for turn in reading.spoken(no_speakers={"Ann"})] == ["Ben"]


def test_voices_that_say_nothing_are_told():
    said, told = read("vtt", "WEBVTT", "", T1, "<v Ann><b> </b></v><v Ben>Yes.", "", T2, r"<v Cat>{\an8}")
    assert said == ["Ben: Yes."]
    assert [(kind, words) for kind, _, words in told] == [
        ("speakers without words", "Ann"),
        ("speakers without words", "Cat"),
    ]
