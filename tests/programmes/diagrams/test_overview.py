"""The picture of services by sector and place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programmes.diagrams.graph import Mark
from programmes.diagrams.overview import PLACE, SECTOR, ServicePoint, overview

SECTORS = ["Health service", "School", "Charity"]


def test_services_stand_in_the_row_of_their_place_and_the_column_of_their_sector():
    points = [
        ServicePoint(Mark("01"), "Charity", "Walsall"),
        ServicePoint(Mark("02"), "Health service", "birmingham"),
        ServicePoint(Mark("03"), "Charity", "Not reported"),
    ]
    picture = overview(points, SECTORS, ["Not reported"])
    assert [" ".join(line.text for line in row.lines) for row in picture.rows] == [
        "birmingham",
        "Walsall",
        "Not reported",
    ]
    assert [[(pill.mark.text, pill.x) for pill in row.pills] for row in picture.rows] == [
        [("02", PLACE)],
        [("01", PLACE + SECTOR)],
        [("03", PLACE + SECTOR)],
    ]
    assert [" ".join(line.text for line in head) for head in picture.heads] == ["Health service", "Charity"]


@pytest.mark.untraced
@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.builds(ServicePoint, st.builds(Mark, st.text(max_size=8)), st.sampled_from(SECTORS), st.text(max_size=80)),
        max_size=30,
    )
)
def test_nothing_is_lost_or_overlaps(points):
    picture = overview(points, SECTORS, ["Not reported"])
    assert sorted(pill.mark.text for row in picture.rows for pill in row.pills) == sorted(p.mark.text for p in points)
    y = picture.rows[0].y if picture.rows else 0
    for row in picture.rows:
        assert abs(row.y - y) < 0.2
        assert all(row.y <= pill.y and pill.y + 26 <= row.y + row.height for pill in row.pills)
        y = row.y + row.height
    assert picture.height >= y - 0.2
