"""Quotes counted by CMOC and by a property of those who spoke."""

from programmes.models import CMOC
from programmes.pages.crosstab import Crosstab, CrosstabCell, crosstab_table

FIRST, SECOND = CMOC(pk=7, number=1, title="Hope"), CMOC(pk=9, number=2, title="Trust")
PIECES = [(7, 1, "supports", "b"), (7, 2, "counters", "b"), (9, 2, "refines", "b"), (9, 3, "supports", "a")]


def counted(pieces):
    crosstab = Crosstab()
    for piece in pieces:
        crosstab.count(*piece)
    return crosstab


def test_cells_and_totals():
    crosstab = counted(PIECES)
    assert crosstab.values == ["a", "b"]
    assert crosstab.row(7, ["a", "b", "c"]) == [CrosstabCell("a"), CrosstabCell("b", 2, 1), CrosstabCell("c")]
    assert crosstab.row(9, ["b", "a"]) == [CrosstabCell("b", 1), CrosstabCell("a", 1)]
    assert crosstab.totals(["a", "b", "c"]) == [1, 2, 0]  # quote 2 bears on both CMOCs, and is one quote
    assert crosstab.quotes == 3


def test_what_is_not_stated_comes_last():
    crosstab = counted([(7, 1, "supports", None), (7, 2, "supports", ""), (7, 3, "supports", "a")])
    assert (crosstab.values, crosstab.totals(["a", ""])) == (["a", ""], [1, 2])


def test_nothing_to_count():
    crosstab = counted([])
    assert (crosstab.values, crosstab.quotes, crosstab.row(7, [])) == ([], 0, [])


def test_table_of_a_file():
    crosstab = counted(PIECES)
    rows = [(cmoc, crosstab.row(cmoc.pk, ["a", "b"])) for cmoc in (FIRST, SECOND)]
    assert crosstab_table(["A", "B"], rows) == [
        ["cmoc", "label", "title", "A", "A: counters", "B", "B: counters"],
        [1, "", "Hope", 0, 0, 2, 1],
        [2, "", "Trust", 1, 0, 1, 0],
    ]
