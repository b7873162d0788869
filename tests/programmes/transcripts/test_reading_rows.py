"""The rows in which a transcript is read, and how much of it is coded."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.transcripts import reading_rows
from programmes.transcripts.reading_rows import (
    LONGEST_ROW,
    Coverage,
    ReadRows,
    merged_spans,
    numbered_rows,
    rows_beside,
    runs_of,
)
from programmes.transcripts.turns import TextKey, turns_beside, turns_found, turns_of

TEXT = "A talk\n\nI: How was it?\nP: Good.\nReally good.\nI: And then?\nP: Then I came back."


def told(text, rows):
    return [(row.number, row.speaker, text[row.start : row.end], row.goes_on) for row in rows]


def test_rows_are_turns_and_the_lines_that_nobody_speaks():
    assert told(TEXT, rows_beside(TEXT, (), ()).rows) == [
        (1, "", "A talk", False),
        (2, "I", "How was it?", False),
        (3, "P", "Good.\nReally good.", False),
        (4, "I", "And then?", False),
        (5, "P", "Then I came back.", False),
    ]


def test_rows_of_a_text_without_speakers_are_its_lines():
    text = "  One.\n\n \nTwo, and more. \n"
    assert told(text, rows_beside(text, (), ()).rows) == [(1, "", "One.", False), (2, "", "Two, and more.", False)]
    assert rows_beside("", (), ()).rows == []
    assert (rows_beside("", (), ()).window(1), rows_beside("", (), ()).until(5)) == ([], ())


def test_labels_of_nobody_are_words():
    text = "I: How?\nNote: a thing.\nP: So.\nI: Oh?\nP: Yes."
    assert [row.speaker for row in rows_beside(text, (), {"Note"}).rows] == ["I", "P", "I", "P"]


def test_a_long_turn_goes_on_in_rows_of_its_own():
    said = "This is said once more. " * 200
    text = f"I: Why?\nP: {said}\nI: Oh?\nP: {'a' * (LONGEST_ROW + 5)}"
    rows = rows_beside(text, (), ()).rows
    assert [(row.speaker, row.goes_on) for row in rows] == [
        ("I", False),
        ("P", False),
        ("P", True),
        ("P", True),
        ("I", False),
        ("P", False),
        ("P", True),
    ]
    assert all(row.end - row.start <= LONGEST_ROW for row in rows)
    assert text[rows[1].start : rows[1].end].endswith("once more.")


words = st.text(alphabet="ab \n:IP.", max_size=60)


@given(st.lists(st.tuples(st.sampled_from(["I", "P", "GP 2"]), words), max_size=8), words, st.integers(5, 40))
def test_rows_hold_every_word_that_is_said_once_and_in_order(turns, head, longest):
    text = head + "\n" + "\n".join(f"{who}: {said}" for who, said in turns)
    spoken = turns_of(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading_rows, "LONGEST_ROW", longest)
        rows = list(numbered_rows(text, spoken))
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert all(row.start < row.end <= len(text) for row in rows)
    assert all(one.end <= other.start for one, other in pairwise(rows))
    for turn in spoken:
        inside = [row for row in rows if row.start < turn.end and row.end > turn.start]
        assert "".join("".join(text[row.start : row.end].split()) for row in inside) == "".join(
            text[turn.start : turn.end].split()
        )


@given(st.integers(1, 200), st.integers(0, 250), st.integers(0, 20))
def test_windows_go_through_a_transcript_without_leaving_out_a_row(number, wanted, before):
    text = "\n".join(f"{'P' if at % 2 else 'I'}: Words {at}." for at in range(number))
    rows = rows_beside(text, (), ())
    shown = [row.number for row in rows.window(wanted, before=before)]
    assert shown == list(range(shown[0], shown[-1] + 1))
    assert min(max(1, wanted), number) in shown or wanted > number or before >= len(shown)
    seen, at = [], 1
    while at <= number:
        window = rows.window(at)
        seen += [row.number for row in window]
        at = window[-1].number + 1
    assert seen == list(range(1, number + 1))
    back, at = [], number + 1
    while at > 1:
        window = rows.until(at)
        back = [row.number for row in window] + back
        at = window[0].number
    assert back == seen


def test_a_window_has_no_more_letters_than_a_screen_takes():
    text = "\n".join(f"{'P' if at % 2 else 'I'}: {'Word ' * 300}." for at in range(40))
    assert len(rows_beside(text, (), ()).window(1)) == 15


def test_rows_are_found_by_their_place():
    rows = rows_beside(TEXT, (), ())
    place = TEXT.index("Really")
    assert (rows.number_at(place), rows.number_at(0), rows.number_at(len(TEXT))) == (3, 1, 5)
    assert [row.number for row in rows.of(place, TEXT.index("came"))] == [3, 4, 5]
    assert [row.number for row in rows.of(TEXT.index("How"), TEXT.index("How") + 3)] == [2]


def place_of(words, text=TEXT):
    return text.index(words), text.index(words) + len(words)


def test_coverage_counts_what_those_say_who_were_asked():
    rows = rows_beside(TEXT, (), ())
    assert Coverage(rows, {"I"}, []).share == 0
    assert Coverage(rows, {"I"}, [place_of("How was it?")]).share == 0
    whole = [place_of("Good.\nReally good."), place_of("Then I came back.")]
    assert Coverage(rows, {"I"}, whole).share == 100
    assert Coverage(rows, {"I"}, [place_of("Good.\nReally good.")]).share == 51
    assert Coverage(rows, {"I"}, [place_of("G")]).share == 3
    assert Coverage(rows, {"I"}, [(whole[0][0], whole[0][1] - 1), whole[1]]).share == 97
    assert Coverage(rows, {"I", "P"}, [(0, len(TEXT))]).share == 100  # where nobody was asked, all counts


def test_coverage_is_never_rounded_to_nothing_or_to_all():
    text = "P: " + "a" * 999 + "b"
    rows = rows_beside(text, (), ())
    assert (Coverage(rows, (), [(3, 4)]).share, Coverage(rows, (), [(3, 1002)]).share) == (1, 99)


def test_the_next_uncoded_row_is_one_of_somebody_who_was_asked():
    rows = rows_beside(TEXT, (), ())
    nothing = Coverage(rows, {"I"}, [])
    assert [nothing.next_uncoded(number) for number in (0, 2, 3, 4, 5, 99)] == [3, 3, 5, 5, 3, 3]
    some = Coverage(rows, {"I"}, [place_of("Really")])
    assert [some.next_uncoded(number) for number in (0, 3, 5)] == [5, 5, 5]
    assert Coverage(rows, {"I"}, [(0, len(TEXT))]).next_uncoded(0) is None


def test_the_strip_shows_where_coded_words_are():
    rows = ReadRows(list(numbered_rows("a" * 100, [])))
    assert Coverage(rows, (), [(0, 10), (50, 51), (95, 100)]).strip(10) == [(0, 1), (5, 1), (9, 1)]
    assert Coverage(rows, (), []).strip(10) == []
    assert Coverage(ReadRows([]), (), []).strip(10) == []


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 9)), max_size=12))
def test_merged_spans_cover_the_same(spans):
    given_spans = [(start, start + length) for start, length in spans]
    merged = merged_spans(given_spans)
    covered = {place for start, end in given_spans for place in range(start, end)}
    assert {place for start, end in merged for place in range(start, end)} == covered
    assert all(one[1] < other[0] for one, other in pairwise(merged))


@given(st.sets(st.integers(0, 60)))
def test_runs_are_the_same_numbers(numbers):
    runs = runs_of(sorted(numbers))
    assert [number for first, many in runs for number in range(first, first + many)] == sorted(numbers)


def test_turns_are_found_once_for_a_text_and_anew_for_another():
    turns_found.cache_clear()
    text = "I: One?\nP: Two."
    first = turns_beside(text, [], set())
    assert turns_beside(text, [], set()) == first
    assert (turns_found.cache_info().hits, turns_found.cache_info().misses) == (1, 1)
    assert [turn.speaker for turn in first] == ["I", "P"]
    assert [turn.speaker for turn in turns_beside(text, [], {"I"})] == ["P"]
    assert [turn.speaker for turn in turns_beside(text, ["3 7 - - GP"], set())] == ["GP"]
    assert turns_beside("I: One?\nP: Three.", [], set())[1].end == 17
    assert TextKey(text, [], set()) != text
    key = TextKey(text, [], set())
    assert (key.taken(), key.taken()) == ((text, [], set()), ("", (), ()))  # what is kept has no words
