"""Krippendorff's alpha on the lines of a transcript."""

import math

import krippendorff
import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.transcripts.agreement import Agreement, Alpha, Comparison, alpha, coded_lines, compare

LINES = [(place * 10, place * 10 + 9) for place in range(10)]


def on(*numbers, code="hope"):
    """Return a passage within each of these lines, counted from 1."""
    return [(number * 10 - 8, number * 10 - 3, code) for number in numbers]


def test_published_example():
    """Krippendorff 2011, section A: Meg and Owen judge ten articles; alpha is .095."""
    meg, owen = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    first, second = (on(*(place for place, value in enumerate(values, 1) if value)) for values in (meg, owen))

    (found,) = compare(LINES, first, second).codes.values()

    assert found == Agreement(both=1, only_first=1, only_second=3, coded=5, lines=10)
    assert round(found.alpha_over_all.value, 3) == 0.095


def test_uncoded_lines_do_not_swamp_the_figure():
    first, second = on(1, 2, code="hope") + on(3, 4, code="trust"), on(1, 3, code="hope") + on(2, 4, code="trust")

    found = compare(LINES, first, second)

    each = Agreement(both=1, only_first=1, only_second=1, coded=4, lines=10)
    assert found == Comparison(
        codes={"hope": each, "trust": each},
        overall=Agreement(both=2, only_first=2, only_second=2, coded=8, lines=20),
        coded=4,
        lines=10,
    )
    assert [str(each.alpha), str(each.alpha_over_all), each.share] == ["0.12", "0.41", 1 / 3]


def test_disagreement_beyond_chance_is_below_zero():
    found = compare(LINES, on(1, 2) + on(3, code="trust"), on(3) + on(1, 2, code="trust"))
    assert str(found.overall.alpha) == "cannot be told: no coded line lacks the code"
    assert str(found.overall.alpha_over_all) == "−0.15"


@pytest.mark.parametrize(
    ("first", "second", "over_coded", "over_all", "share"),
    [
        ([], [], "no line was coded", "no line was coded", None),
        (on(1), on(1), "no coded line lacks the code", "1.00", 1.0),
        (on(1), [], "no coded line lacks the code", "0.00", 0.0),
        (on(*range(1, 11)), on(*range(1, 11)), "no coded line lacks the code", "no line lacks the code", 1.0),
        (on(*range(1, 11)), [], "no coded line lacks the code", "−0.90", 0.0),
    ],
)
def test_alpha_that_cannot_be_told_is_never_a_number(first, second, over_coded, over_all, share):
    found = compare(LINES, first, second).overall
    words = [str(found.alpha), str(found.alpha_over_all)]
    assert [entry.removeprefix("cannot be told: ") for entry in words] == [over_coded, over_all]
    assert found.share == share


def test_lines_of_passages():
    assert coded_lines(LINES, [(0, 1, "a"), (8, 10, "a"), (9, 10, "b"), (15, 41, "c"), (95, 200, "c")]) == {
        "a": {0},
        "b": set(),  # stands between two lines
        "c": {1, 2, 3, 4, 9},
    }


def test_alpha_without_a_unit():
    assert alpha(0, 0, 0) == Alpha(None, "no line was coded")


CODINGS = st.lists(
    st.tuples(st.integers(0, 99), st.integers(1, 40), st.sampled_from("abc")).map(
        lambda entry: (entry[0], entry[0] + entry[1], entry[2])
    ),
    max_size=8,
)


@given(CODINGS, CODINGS)
def test_alpha_is_that_of_every_line_listed(first, second):
    found = compare(LINES, first, second)
    marks = coded_lines(LINES, first), coded_lines(LINES, second)
    coded = sorted(set().union(*marks[0].values(), *marks[1].values()))
    for units, over_coded in ((coded, True), (range(10), False)):
        listed = [[int(unit in one[code]) for code in found.codes for unit in units] for one in marks]
        ours = found.overall.alpha if over_coded else found.overall.alpha_over_all
        if ours.value is not None:
            theirs = krippendorff.alpha(reliability_data=listed, level_of_measurement="nominal")
            assert math.isclose(ours.value, theirs, abs_tol=1e-9)


@given(CODINGS, CODINGS)
def test_order_of_the_two_does_not_matter(first, second):
    one, other = compare(LINES, first, second), compare(LINES, second, first)
    assert (one.overall.alpha, one.overall.share) == (other.overall.alpha, other.overall.share)
    assert {code: entry.alpha_over_all for code, entry in one.codes.items()} == {
        code: entry.alpha_over_all for code, entry in other.codes.items()
    }


@given(CODINGS, CODINGS)
def test_alpha_is_one_only_where_nothing_differs(first, second):
    found = compare(LINES, first, second)
    for entry in (found.overall, *found.codes.values()):
        for figure in (entry.alpha, entry.alpha_over_all):
            assert (figure.value is None) == bool(figure.why_not)
            assert figure.value is None or (figure.value <= 1 and (figure.value == 1) == (entry.one_only == 0))


@given(CODINGS)
def test_coding_agrees_with_itself(coding):
    found = compare(LINES, coding, list(reversed(coding)))
    for entry in (found.overall, *found.codes.values()):
        assert (entry.one_only, entry.share) in {(0, 1.0), (0, None)}
        assert entry.alpha.value in {1.0, None}
