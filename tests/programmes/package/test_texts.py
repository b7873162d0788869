"""Texts and days in packages: what is refused, with its place, and what is kept to the letter."""

import copy
import json

import pytest

from programmes.models import CMOC
from programmes.package.problems import PackageError
from programmes.package.read import read_package
from programmes.package.write import canonical, write_package
from tests import theories

GARDENS = json.loads(theories.package("gardens-first"))
CHARACTERS = {
    "\0": "U+0000 (NULL)",
    "\x1b": "U+001B (ESCAPE)",
    "\x7f": "U+007F (DELETE)",
    "\x9c": "U+009C (CONTROL)",
    "\udc00": "U+DC00 (HALF OF A SURROGATE PAIR)",
    "\ufdd0": "U+FDD0 (NOT A CHARACTER)",
    "\U0001ffff": "U+1FFFF (NOT A CHARACTER)",
}


def with_value(path, value):
    document = copy.deepcopy(GARDENS)
    place = document
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return json.dumps(document).encode()


def problems_with(path, value):
    with pytest.raises(PackageError) as caught:
        read_package(with_value(path, value))
    return [(problem.path, problem.message, problem.remedy) for problem in caught.value.problems]


def text_path(path):
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)[1:]


@pytest.mark.untraced
@pytest.mark.django_db
@pytest.mark.parametrize("character", CHARACTERS)
@pytest.mark.parametrize(
    "path",
    [
        ("programme", "name"),
        ("study", "aim"),
        ("cmocs", 0, "statement"),
        ("theory", "summary"),
        ("contexts", 0, "label"),
    ],
    ids=lambda path: path[-1],
)
def test_character_that_no_text_has_is_named_with_its_place(path, character):
    place = f"has {CHARACTERS[character]} in line 2, column 3"
    assert problems_with(path, f"a\r\nbc{character}") == [(text_path(path), place, "delete it there")]


@pytest.mark.django_db
@pytest.mark.parametrize("blank", ["   ", "\u00a0", "\u200b\ufeff", "\n\t"])
@pytest.mark.parametrize("path", [("programme", "name"), ("theory", "title"), ("contexts", 0, "label")], ids=text_path)
def test_needed_text_that_shows_nothing_is_refused(path, blank):
    assert problems_with(path, blank) == [(text_path(path), "shows nothing but white space", "give a text")]


@pytest.mark.django_db
def test_statement_that_shows_nothing_is_none():
    read_package(with_value(("cmocs", 0, "statement"), " \u3000"))
    assert CMOC.objects.order_by("number").first().statement == ""


@pytest.mark.django_db
def test_text_beyond_its_limit_is_refused():
    told = ("cmocs[0].statement", "has 10,000,000 letters; at most 200,000 are kept", "shorten it")
    assert problems_with(("cmocs", 0, "statement"), "x" * 10_000_000) == [told]
    keywords = ("study.keywords", "has 1,001 entries; at most 1,000 are kept", "leave some out")
    assert problems_with(("study", "keywords"), ["x"] * 1001) == [keywords]


@pytest.mark.django_db
def test_longest_statement_is_read_and_written():
    data = with_value(("cmocs", 0, "statement"), "é" * 200_000)
    read_package(data)
    assert CMOC.objects.order_by("number").first().statement == "é" * 200_000


@pytest.mark.django_db
def test_day_that_has_not_come_is_refused():
    signed = {"kind": "plain-summary", "text": "x", "signed_by": "A", "signed_date": "2199-01-01"}
    assert problems_with(("cmocs", 0, "readings"), [signed]) == [
        ("cmocs[0].readings[0].signed_date", "01 January 2199 has not come yet", "give the day on which it was done")
    ]


@pytest.mark.untraced
@pytest.mark.django_db
@pytest.mark.parametrize("end", ["\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_ends_of_lines_are_made_alike_and_nothing_else(end):
    text = f"  a\t{end}{end} • e\u0301 \u202e\u200d\u200b\ufeff {end}"
    data = with_value(("cmocs", 0, "statement"), text)
    read_package(data)
    cmoc = CMOC.objects.select_related("theory__study__programme").order_by("number").first()
    assert cmoc.statement == text.replace(end, "\n")
    assert read_package(data).changes == []
    dumped = write_package(cmoc.theory)
    assert canonical(json.loads(dumped)) == dumped
    assert read_package(dumped).changes == []
