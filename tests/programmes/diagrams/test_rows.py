"""Pictures in rows: one that fits a screen, whose paths light up, and slides that are read from the last row."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import example, given, settings

from programmes.diagrams.graph import CMO, CMOCNode, ElementNode, Head, Mark, Web
from programmes.diagrams.paths import HIGHEST, path_name, paths_in, picture_for_screen
from programmes.diagrams.slides import EDGE, HEIGHT, MOST_CLAIMS, SMALLEST, WIDTH, Against, Deck, slides_of
from programmes.diagrams.text import width, wrap_at_most
from tests.programmes.diagrams.test_layout import webs
from tools.bench_diagram import demo_web


def deck_of(web, against=()):
    return Deck(
        question="What works? " * 20,
        web=web,
        source="Somebody and others. " * 20,
        address="https://realist.example/theories/one/, 1 March 2026",
        licence="Licence: CC BY 4.0.",
        summary=lambda number: f"{number} claims",
        against=lambda outcome, cmocs: list(against),
    )


def many(number, contexts=1):
    """Return a web of so many configurations with long words, each with contexts of its own."""
    nodes = tuple(
        ElementNode(f"c{n}", "A circumstance that takes some words to tell") for n in range(number * contexts)
    )
    outcomes = (ElementNode("o", "An outcome"),)
    cmocs = tuple(
        CMOCNode(
            n + 1,
            ("A mechanism that has a longer name than one line of a slide can hold, and somewhat more than that",),
            contexts=tuple(node.key for node in nodes[n * contexts : (n + 1) * contexts]),
            outcomes=("o",),
            services=tuple(Mark(f"{m:02}", name=f"Service {m:02}") for m in range(9)),
            counters=n % 2,
        )
        for n in range(number)
    )
    return Web(nodes, cmocs, outcomes)


def test_words_are_cut_after_a_whole_word():
    assert wrap_at_most("one two three four", 60, 14, 1) == ("one …",)
    assert wrap_at_most("one two", 60, 14, 1) == ("one two",)
    assert wrap_at_most("Donaudampfschifffahrt", 60, 14, 1) == ("Donau …",)
    assert wrap_at_most("one two three four", 60, 14, None) == ("one two", "three", "four")


@pytest.mark.parametrize("web", [demo_web(), many(12), many(30)])
def test_picture_of_up_to_thirty_fits_one_screen(web):
    assert picture_for_screen(web).height <= HIGHEST


@pytest.mark.untraced
@settings(max_examples=30, deadline=None)
@given(webs())
def test_rows_do_not_overlap_and_stay_inside(web):
    picture = picture_for_screen(web)
    for column in (picture.contexts, picture.cmocs, picture.outcomes):
        for above, below in itertools.pairwise(column):
            assert above.y + above.height <= below.y + 0.2
        for box in column:
            assert 0 <= box.x <= box.x + box.width <= picture.width
            assert 0 <= box.y <= box.y + box.height <= picture.height + 0.2
            assert len(box.lines) <= 2
    for box in picture.cmocs:
        assert box.number.x + width(box.number.text, 13) <= box.x + box.width
        assert all(box.x <= tag.x and tag.x + tag.width <= box.x + box.width for tag in box.tags)


def test_each_box_lights_the_path_of_its_configurations():
    web = Web(
        (ElementNode("c1", "C one"), ElementNode("c2", "C two")),
        (
            CMOCNode(1, ("M",), contexts=("c1",), outcomes=("o1",), further=(("intervention", ("i",)),)),
            CMOCNode(2, ("N",), contexts=("c2",), outcomes=("o1", "o2")),
        ),
        (ElementNode("o1", "O one"), ElementNode("o2", "O two")),
        further=(("intervention", (ElementNode("i", "I"),)),),
        heads=(Head("intervention", "Intervention"), *CMO),
    )
    lit = {
        path.name: ([box.node.number for box in path.cmocs], sorted(box.node.key for box in path.boxes))
        for path in paths_in(picture_for_screen(web))
    }
    assert lit == {
        "path-cmoc-1": ([1], ["c1", "i", "o1"]),
        "path-cmoc-2": ([2], ["c2", "o1", "o2"]),
        "path-intervention-i": ([1], ["c1", "i", "o1"]),
        "path-context-c1": ([1], ["c1", "i", "o1"]),
        "path-context-c2": ([2], ["c2", "o1", "o2"]),
        "path-outcome-o1": ([1, 2], ["c1", "c2", "i", "o1", "o2"]),
        "path-outcome-o2": ([2], ["c2", "o1", "o2"]),
    }
    assert path_name("cmoc", 1) == "path-cmoc-1"


def test_slides_are_of_the_whole_and_of_each_outcome():
    slides = slides_of(deck_of(demo_web(), [Against("Against CMOC 2", "somebody", "No. " * 200, participants=True)]))
    assert [(slide.title, slide.cmocs) for slide in slides] == [
        ("The whole theory", tuple(range(1, 13))),
        ("What may lead to Hope", (1,)),
        ("What may lead to Service engagement", (2, 3, 4, 5)),
        ("What may lead to Confidence", (6,)),
        ("What may lead to Resilience", (7, 8)),
        ("What may lead to Wellbeing", (9, 10, 11, 12)),
    ]


def all_lines(slide):
    """Return every line of text of a slide outside its picture, with its size."""
    sizes = {"title": 50, "before": 50, "question": 28, "summary": 28, "foot": SMALLEST, "foot-head": SMALLEST}
    found = [(line, sizes[text.kind]) for text in slide.texts for line in text.lines]
    found += [(line, SMALLEST) for block in slide.against for line in (*block.head, *block.who, *block.lines)]
    return found + [(line, SMALLEST) for entry in slide.keys for line in (entry.number, entry.name)]


@settings(max_examples=15, deadline=None)
@given(webs())
@example(many(31))
@example(many(1, contexts=14))
def test_slides_hold_every_configuration_inside_their_edges(web):
    against = [Against("Against CMOC 2", "somebody who has a long name " * 9, "No. " * 200)] * 2
    slides = slides_of(deck_of(web, against))
    shown = {(number, slide.title) for slide in slides for number in slide.cmocs}
    assert {number for number, _ in shown} == {cmoc.number for cmoc in web.cmocs}
    for slide in slides:
        assert slide.style.font >= slide.style.small >= SMALLEST
        assert slide.scale == 1 or len(slide.cmocs) == 1
        bottom = slide.picture_y + slide.picture.height * slide.scale
        assert bottom <= (slide.against_y if slide.against else HEIGHT) + 1
        assert slide.picture.width <= WIDTH - 2 * EDGE + 16
        for line, size in all_lines(slide):
            assert EDGE <= line.x <= line.x + width(line.text, size) <= WIDTH - EDGE / 2
            assert size <= line.y <= HEIGHT - size / 2
        assert len(slide.cmocs) <= MOST_CLAIMS or slide.title == "The whole theory"


def test_key_names_services_and_counts_those_without_room():
    slides = slides_of(deck_of(many(2)))
    assert [(entry.number.text, entry.name.text) for entry in slides[0].keys] == [
        (f"{n:02}", "Service") for n in range(9)
    ]
    services = tuple(Mark(f"{n:02}", name=f"S {n:02}") for n in range(20))
    crowded = replace(many(1), cmocs=(replace(many(1).cmocs[0], services=services),))
    (slide,) = slides_of(deck_of(crowded))
    assert slide.keys[-1].name.text == "and 9 more"
    assert [pill.mark.text for pill in slide.picture.cmocs[0].pills][-1] == "+16"


def test_whole_theory_that_no_slide_holds_has_slides_of_its_outcomes_alone():
    web = many(12, contexts=3)
    web = replace(web, outcomes=(*web.outcomes, ElementNode("p", "Another outcome")))
    slides = slides_of(deck_of(web))
    assert {slide.title for slide in slides} == {"What may lead to An outcome"}
    assert [number for slide in slides for number in slide.cmocs] == list(range(1, 13))


def test_services_without_room_are_counted():
    marks = tuple(Mark(f"The ward in the north {n}", name=f"The ward in the north {n}") for n in range(4))
    (slide,) = slides_of(deck_of(replace(many(1), cmocs=(replace(many(1).cmocs[0], services=marks),))))
    assert [pill.mark.text for pill in slide.picture.cmocs[0].pills] == ["+4"]
