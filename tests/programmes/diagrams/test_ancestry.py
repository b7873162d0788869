"""The picture of what became of configurations."""

from programmes.diagrams.ancestry import COLUMN, LABEL, Lane, LaneSegment, Turn, ancestry

LANES = [
    Lane(3, "CMOC 3", "", "/3/", original=True),
    Lane(5, "CMOC 5", "", "/5/", original=True),
    Lane(13, "CMOC 13", "", "/13/", original=False),
]
MERGE = Turn("Merge 1", "#1", ((3, 13), (5, 13)), frozenset({13}), frozenset({3, 5}))
RENAME = Turn("Renaming 2", "#2", (), touches=frozenset({13}))
BACK = Turn("Taking back 3", "#3", ((13, 3), (13, 5)), frozenset({3, 5}), frozenset({13}))
FIRST, SECOND, THIRD = (LABEL + COLUMN * (index + 0.5) for index in range(3))


def test_lines_run_from_where_a_configuration_begins_to_where_it_ends():
    picture = ancestry(LANES, [MERGE, RENAME, BACK])
    three, five, thirteen = (name.top + name.height / 2 for name in picture.names)
    assert picture.stretches == (
        LaneSegment(LABEL, FIRST, three),
        LaneSegment(LABEL, FIRST, five),
        LaneSegment(FIRST, THIRD, thirteen),
        LaneSegment(THIRD, picture.width, three),
        LaneSegment(THIRD, picture.width, five),
    )
    merge, rename, back = picture.columns
    assert (merge.x, merge.begins, merge.ends, merge.touches) == (FIRST, (thirteen,), (three, five), ())
    assert (rename.x, rename.begins, rename.ends, rename.touches) == (SECOND, (), (), (thirteen,))
    assert (back.begins, back.ends) == ((three, five), (thirteen,))
    assert merge.curves == (
        f"M310 {three:g} C350 {three:g} 350 {thirteen:g} 310 {thirteen:g}",
        f"M310 {five:g} C350 {five:g} 350 {thirteen:g} 310 {thirteen:g}",
    )


def test_long_names_make_their_lane_higher_and_lanes_never_overlap():
    lanes = [
        Lane(number, "CMOC:", "A very long title of a configuration " * number, "/", original=True)
        for number in (1, 2, 3)
    ]
    picture = ancestry(lanes, [])
    assert [name.top for name in picture.names[1:]] == [name.top + name.height + 10 for name in picture.names[:-1]]
    assert picture.height > picture.names[-1].top + picture.names[-1].height
