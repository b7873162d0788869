"""Tables in which programs and people write transcripts."""

import pytest

from programmes.transcripts.tables import lines_of_table
from programmes.transcripts.turns import turns_of


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        ([], []),
        ([["P1", "Hello"], ["I", "Yes"]], ["P1: Hello", "I: Yes"]),
        ([["Time", "Speaker", "Text"], ["00:17", "GP2", "Honestly?"]], ["[00:17] GP2: Honestly?"]),
        ([["Who:", "What was said"], ["GP2", "Honestly?"], ["", "(laughs)"]], ["GP2: Honestly?", "(laughs)"]),
        ([["No", "Speaker", "Words", "Memo"], ["1", "P1", "Well", "sad"]], ["[No] [Memo]", "[1] [sad] P1: Well"]),
        ([["Timecode", "Name", "Text"], ["[0:01]", "Ada", "Yes"], ["", "Ada", "No"]], ["[0:01] Ada: Yes", "Ada: No"]),
        ([["Speaker", "Text"], ["a cell over both"]], ["a cell over both"]),
        ([["Text", "Speaker", "Time"], ["Yes", "Ada"]], ["Ada: Yes"]),
        ([["00:17", "GP2", "Honestly?"], ["00:19", "I", "Yes."]], ["[00:17] GP2: Honestly?", "[00:19] I: Yes."]),
        ([["00:17", "GP2", "Honestly?"], ["a", "b", "c"]], ["00:17: GP2: Honestly?", "a: b: c"]),
        ([["Sam", "I left.", "00:10"]], ["[00:10] Sam: I left."]),
        ([["Sam", "(00:10)", "I left."]], ["(00:10) Sam: I left."]),
        ([["00:17", "Parent 1 (a mother of two of nine)", "So."]], ["[00:17] Parent 1 (a mother of two of nine): So."]),
        ([["00:17", "", "So."]], ["00:17: : So."]),
        ([["00:17", "a cell over two"]], ["00:17: a cell over two"]),
        ([["1", "2", "3"]], ["1: 2: 3"]),
    ],
)  # fmt: skip
def test_rows_as_lines(rows, lines):
    assert lines_of_table(rows) == lines


def test_turns_of_a_table_have_their_time_and_no_label():
    text = "\n".join(
        lines_of_table([["Date", "3 May"]]) + lines_of_table([["00:17", "GP2", "Honestly?"], ["00:19", "I", "Yes."]])
    )
    assert [(turn.time, turn.speaker, text[turn.start : turn.end]) for turn in turns_of(text)] == [
        ("0:00:17", "GP2", "Honestly?"),
        ("0:00:19", "I", "Yes."),
    ]
