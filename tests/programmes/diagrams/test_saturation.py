"""The saturation curve."""

from hypothesis import given
from hypothesis import strategies as st

from programmes.diagrams.saturation import Interview, SaturationBar, saturation


def test_bars_and_line_say_the_same():
    first, second, third = Interview("One", 3), Interview("Two", 1), Interview("Three", 0)
    plot = saturation([first, second, third])
    assert plot.bars == (
        SaturationBar(first, 38, 44.0, 90.0, 3),
        SaturationBar(second, 64, 104.0, 30.0, 4),
        SaturationBar(third, 90, 134.0, 0.0, 4),
    )
    assert plot.line == "M34 134 V44 H60 V14 H86 V14 H112"
    assert plot.aria_label == "CMOCs so far: 4. Coded sources: 3. The last new CMOC came with source 2"
    assert [(tick.text, tick.x, tick.y) for tick in plot.ticks] == [
        ("0", 26, 138.0),
        ("4", 26, 18.0),
        ("1", 47.0, 152.0),
    ]


@given(st.lists(st.integers(min_value=0, max_value=50), min_size=1, max_size=40))
def test_nothing_leaves_the_plot(numbers):
    plot = saturation([Interview(str(index), number) for index, number in enumerate(numbers)])
    assert all(0 <= bar.y <= bar.y + bar.height <= plot.ground for bar in plot.bars)
    assert [bar.total for bar in plot.bars] == [sum(numbers[: index + 1]) for index in range(len(numbers))]
    assert plot.bars[-1].x + 18 <= plot.width
