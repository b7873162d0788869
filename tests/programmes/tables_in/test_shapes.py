"""Tables as articles print them, one of each shape, with all that is read from them."""

import json
from pathlib import Path

import pytest

from programmes.tables_in.files import read_tables
from programmes.tables_in.read import read_configurations

SHAPES = json.loads(Path(__file__).with_name("shapes.json").read_text())


@pytest.mark.parametrize("shape", SHAPES, ids=[shape["name"] for shape in SHAPES])
def test_shape_is_read_as_printed(shape):
    read = read_configurations(read_tables(f"table{shape['ending']}", shape["text"].encode()))
    assert [told(one) for one in read.configurations] == shape["configurations"]
    assert sorted(read.account.questions) == shape["questions"]
    assert [cell.value for cell in read.account.not_placed] == shape["not_placed"]


def told(one):
    """Return what a configuration says, without what it does not."""
    named = {"label": one.label, "title": one.title, "group": one.group, "statement": one.statement}
    quotes = [[quote.text, quote.speaker] for _, quote in one.quotes]
    return {name: words for name, words in {**named, **one.parts, "quotes": quotes}.items() if words}
