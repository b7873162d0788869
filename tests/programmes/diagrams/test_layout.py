"""The web of CMOCs: few crossings, nothing overlapping, the same picture every time."""

import hashlib
import itertools
import os
import re
import subprocess
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from programmes.diagrams.boxes import FONT, GAP
from programmes.diagrams.graph import CMOCNode, ElementNode, Mark, Web
from programmes.diagrams.layout import arrange, panels, pictures_of, tops_without_overlap
from programmes.diagrams.order import Columns, crossings
from programmes.diagrams.text import METRICS, width, wrap
from tools.bench_diagram import ROOT, demo_web, generated_web
from tools.fonts import FONTS, WEIGHTS, font_file, metrics


@st.composite
def webs(draw):
    contexts = tuple(ElementNode(f"c{n}", draw(st.text(max_size=60))) for n in range(draw(st.integers(0, 6))))
    outcomes = tuple(
        ElementNode(
            f"o{n}",
            draw(st.text(max_size=60)),
            links=tuple(Mark(f"→ CMOC {m}", kind="ripple") for m in range(draw(st.integers(0, 3)))),
        )
        for n in range(draw(st.integers(0, 6)))
    )

    def some(nodes):
        return draw(st.lists(st.sampled_from([node.key for node in nodes]), unique=True)) if nodes else []

    cmocs = tuple(
        CMOCNode(
            number,
            labels=tuple(draw(st.lists(st.text(max_size=80), max_size=2))),
            contexts=tuple(some(contexts)),
            outcomes=tuple(some(outcomes)),
            services=tuple(Mark(f"{n:02}") for n in range(draw(st.integers(0, 12)))),
            beneficiaries=draw(st.sampled_from([(), ("Young person",)])),
            counters=draw(st.integers(0, 2)),
            caveats=draw(st.integers(0, 2)),
        )
        for number in range(1, 1 + draw(st.integers(0, 12)))
    )
    return Web(contexts, cmocs, outcomes)


def crossings_one_by_one(lines):
    return sum((one[0] - other[0]) * (one[1] - other[1]) < 0 for one, other in itertools.combinations(lines, 2))


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30))
def test_crossings_as_counted_one_by_one(lines):
    assert crossings(lines, 10) == crossings_one_by_one(lines)


@pytest.mark.untraced
@settings(max_examples=40, deadline=None)
@given(webs())
def test_boxes_do_not_overlap_and_stay_inside(web):
    picture = arrange(web)

    for column in (picture.contexts, picture.cmocs, picture.outcomes):
        for above, below in itertools.pairwise(column):
            assert above.y + above.height <= below.y + 0.2
        for box in column:
            assert box.x >= 0
            assert box.y >= 0
            assert box.x + box.width <= picture.width
            assert box.y + box.height <= picture.height + 0.2
            assert all(line.y <= box.y + box.height for line in box.lines)
    for box in picture.cmocs:
        assert all(pill.x + pill.width <= box.x + box.width for pill in box.pills)
        assert len(box.edges) == len(box.node.contexts) + len(box.node.outcomes)
    assert {box.node.key for box in picture.contexts} == {node.key for node in web.contexts}
    assert {box.node.number for box in picture.cmocs} == {node.number for node in web.cmocs}
    assert {box.node.key for box in picture.outcomes} == {node.key for node in web.outcomes}


def ends(edge):
    """Return where a line begins, and where the head of its arrow ends."""
    return [tuple(map(float, re.match(r"M(\S+) ([-\d.]+)", path).groups())) for path in (edge.path, edge.head)]


def web_of_one_cmoc(slot, number):
    """Return a web with more lines to the box of its configuration than stand on its edge at their usual distance."""
    nodes = tuple(ElementNode(f"n{n}", "Alone") for n in range(number))
    cmoc = CMOCNode(1, ("Trust",), **{slot: tuple(node.key for node in nodes)})
    return Web(**{"contexts": (), "outcomes": (), "cmocs": (cmoc,), slot: nodes})


@pytest.mark.untraced
@settings(max_examples=40, deadline=None)
@given(webs())
@example(web_of_one_cmoc("contexts", 12))
@example(web_of_one_cmoc("outcomes", 12))
def test_lines_end_on_the_edges_of_their_boxes(web):
    picture = arrange(web)

    corner = 4  # at which the edge of a configuration's box begins to be straight
    for cmoc in picture.cmocs:
        joined = [(box, cmoc) for box in picture.contexts if box.node.key in cmoc.node.contexts]
        joined += [(cmoc, box) for box in picture.outcomes if box.node.key in cmoc.node.outcomes]
        for (left, right), edge in zip(joined, cmoc.edges, strict=True):
            (start, leaves), (end, arrives) = ends(edge)
            assert (start, end) == (left.x + left.width, right.x - 1)
            assert left.y + corner <= leaves <= left.y + left.height - corner
            assert right.y + corner <= arrives <= right.y + right.height - corner


@pytest.mark.untraced
@settings(max_examples=30, deadline=None)
@given(webs())
def test_orders_are_no_worse_than_the_given_ones(web):
    assert arrange(web).crossings <= Columns(web).count_crossings()


@given(st.lists(st.tuples(st.floats(0, 1000), st.floats(1, 100)), max_size=20))
def test_tops_keep_the_order_and_the_gap(boxes):
    wanted = [middle for middle, _ in boxes]
    heights = [height for _, height in boxes]
    tops = tops_without_overlap(wanted, heights)
    for (above, height), below in zip(itertools.pairwise(tops), heights, strict=False):
        assert above + below + GAP <= height + 1e-6


def test_tops_leave_boxes_with_room_where_they_want_to_be():
    assert tops_without_overlap([100, 300], [20, 40]) == [90, 280]


def test_demo_has_no_crossing():
    assert arrange(demo_web()).crossings == 0


def test_generated_graph_of_the_scale_test():
    assert arrange(generated_web()).crossings == 661
    assert [picture.crossings for picture in panels(generated_web())] == [0] * 15


def test_large_web_has_a_panel_for_each_outcome():
    pictures = pictures_of(generated_web())
    assert [picture.title for picture in pictures] == [node.label for node in generated_web().outcomes]


def test_small_web_is_one_picture():
    assert [picture.title for picture in pictures_of(demo_web())] == [""]


def test_cmoc_without_outcome_has_a_panel():
    web = Web((), (CMOCNode(1, ("Trust",), missing=("outcome: not stated",)),), (ElementNode("hope", "Hope"),))
    (picture,) = panels(web)
    assert (picture.title, picture.outcomes, [line.text for line in picture.cmocs[0].notes]) == (
        "No outcome named",
        (),
        ["outcome: not stated"],
    )


def test_element_without_cmoc_is_drawn():
    picture = arrange(Web((ElementNode("c", "Alone"),), (), ()))
    assert [box.lines[0].text for box in picture.contexts] == ["Alone"]


@pytest.mark.parametrize("slot", ["contexts", "outcomes"])
def test_unknown_element_is_refused(slot):
    with pytest.raises(ValueError, match="CMOC 3 names 'hop'") as error:
        Web((), (CMOCNode(3, (), **{slot: ("hop",)}),), ())
    assert str(error.value) == f"CMOC 3 names 'hop', which is not among the {slot}"


@pytest.mark.untraced
def test_same_picture_in_every_process():
    script = (
        "import hashlib; from tools.bench_diagram import *;"
        "print(hashlib.sha256(repr([arrange(demo_web()), arrange(generated_web())]).encode()).hexdigest())"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    here = hashlib.sha256(repr([arrange(demo_web()), arrange(generated_web())]).encode()).hexdigest()
    assert seen == {here}


def test_label_is_broken_between_words():
    assert wrap("Child is matched with a similar peer", 170, FONT) == ("Child is matched with a", "similar peer")


def test_long_word_is_broken_inside():
    lines = wrap("Donaudampfschifffahrtsgesellschaft", 100, FONT)
    assert "".join(lines) == "Donaudampfschifffahrtsgesellschaft"
    assert len(lines) == 3
    assert all(width(line, FONT) <= 100 for line in lines)


def test_unknown_letter_counts_as_wide():
    assert width("漢", 14) == 14


@pytest.mark.untraced
def test_metrics_are_those_of_the_font():
    assert METRICS.read_text(encoding="utf-8") == metrics()


@pytest.mark.untraced
@pytest.mark.parametrize(("weight", "name"), WEIGHTS.items())
def test_fonts_are_those_of_the_site(weight, name):
    assert (FONTS / f"AtkinsonHyperlegibleNext-{name}.ttf").read_bytes() == font_file(weight)
