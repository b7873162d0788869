"""The key to the services below a picture, and the signs of its font."""

import lxml.etree
import pytest
from fontTools.ttLib import TTFont

from programmes.diagrams.graph import CMOCNode, Mark, Web
from programmes.diagrams.text import width, widths
from programmes.formats.service_key import service_key
from programmes.formats.typesetting import FONTS
from programmes.vocabulary import Valence
from tools.drawn_signs import SIGNS

LONG = "A service with a name that is far longer than any line that a key could give it, and then some more words"


def web_with(*services):
    marks = tuple(Mark(number, name=f"{name} {number}", kind="quoted") for number, name in services)
    return Web((), (CMOCNode(1, (), services=marks), CMOCNode(2, (), services=marks[:1])), ())


def told(key):
    return [(entry.number.text, entry.name.text) for entry in key.entries]


def test_no_services_need_no_key():
    key = service_key(Web((), (CMOCNode(1, ()),), ()), 8, 100, 1000, 14)
    assert (key.entries, key.bottom) == ([], 100)


def test_each_service_stands_once_by_its_number():
    key = service_key(web_with(("12", "Eating-disorder service"), ("03", "A school")), 8, 100, 1000, 14)
    assert told(key) == [("03", "A school"), ("12", "Eating-disorder service")]


@pytest.mark.parametrize("number", [1, 2, 7, 60])
def test_names_do_not_touch_and_stay_in_the_room(number):
    services = [(f"{n:02}", LONG if n % 5 == 0 else "A service") for n in range(number)]
    key = service_key(web_with(*services), 8, 100, 1000, 14)

    lines = {}
    for entry in key.entries:
        assert entry.number.x + width(entry.number.text, 14, 700) < entry.name.x
        lines.setdefault(entry.name.y, []).append(entry)
    for entries in lines.values():
        ends = [entry.name.x + width(entry.name.text, 14) for entry in entries]
        assert all(end < after.number.x for end, after in zip(ends, entries[1:], strict=False))
        assert ends[-1] <= 8 + 1000
    assert max(lines) <= key.bottom
    assert len(key.entries) == number


@pytest.mark.untraced
def test_files_of_pictures_name_the_services_whose_numbers_they_show(universe, client):
    drawn = lxml.etree.fromstring(client.get("/theories/breakfast/web.svg").content)
    space = {"svg": "http://www.w3.org/2000/svg"}
    numbers = {
        "".join(pill.itertext()).strip()
        for pill in drawn.xpath("//svg:a[contains(@class,'web-pill')]", namespaces=space)
    }
    keys = drawn.xpath("//svg:text[@class='sheet-key']", namespaces=space)
    named = {key.text: key.getnext().text for key in keys}

    assert named["04"] == "Council’s school meals team, Town hall"
    assert {number for number in numbers if number.isdecimal()} <= named.keys()


@pytest.mark.once
@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_signs_of_pictures_are_in_the_font(weight):
    letters = TTFont(FONTS / f"AtkinsonHyperlegibleNext-{weight}.ttf").getBestCmap()
    signs = {*SIGNS, *"".join(valence.sign for valence in Valence)} - {" "}
    assert [sign for sign in sorted(signs) if ord(sign) not in letters or sign not in widths(400)] == []
