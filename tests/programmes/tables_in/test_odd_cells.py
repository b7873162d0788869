"""Cells that are not where one would look for them: empty heads, signs at the edge, words beside quotes."""

import io
import zipfile
from types import SimpleNamespace

import pytest

from programmes.desk import shown_tables
from programmes.tables_in.columns import slots_between_signs
from programmes.tables_in.filling import CellFiller
from programmes.tables_in.grid import letter_for_letter, table_of_rows
from programmes.tables_in.heads import OWN_KEYWORD
from programmes.tables_in.own_form import OwnFormReader, OwnRow
from programmes.tables_in.own_rows import service_row
from programmes.tables_in.sentences import SentenceReading, SentenceSpan, spans_of_arrows
from programmes.tables_in.sheets import title_of_ours
from programmes.tables_in.streams import OUTSIDE, StreamReader

WITH_REST = "Beside. “I was so very glad of it, and I said so,” (Nurse 4)"


class Account:
    """Keeps what becomes of cells."""

    def __init__(self):
        self.placed, self.left, self.asked = [], [], []
        self.choices = SimpleNamespace(columns={}, spans={})

    def place(self, _table, cell, slot):
        self.placed.append((cell.text, slot))

    def leave(self, _table, cell, why, words=""):
        self.left.append((why, words))

    def ask(self, kind, _table, cell, *_):
        self.asked.append((kind, cell.text))


def reader(table, **given):
    return SimpleNamespace(account=Account(), table=table, **given)


def test_signs_at_the_edge_leave_no_column_before_them():
    slots = ["", "", "", ""]
    slots_between_signs(table_of_rows([["+", "because", "=", "so"]]), [""] * 4, slots)
    assert slots == ["", "mechanisms", "", "outcomes"]


def test_words_beside_quotes_in_a_row_of_their_own_are_told():
    table = table_of_rows([[WITH_REST]])
    filler, one = reader(table), SimpleNamespace(quotes=[])
    CellFiller.quotes_between(filler, one, table.owners[0, 0])
    assert len(one.quotes) == 1
    assert {why for why, _ in filler.account.left} == {"stands beside the quotes"}


def test_words_beside_quotes_under_a_head_are_told_and_what_no_head_names_is_left():
    table = table_of_rows([[f"Quotes: {WITH_REST}"], ["Funding: The Trust"]])
    stream = reader(table, slot="", found=[SimpleNamespace(quotes=[])], begins_other=lambda cell: False)
    assert StreamReader.read_other(stream, table.owners[0, 0])
    assert len(stream.found[0].quotes) == 1
    stream.slot = OUTSIDE
    assert StreamReader.read_other(stream, table.owners[1, 0])
    assert {why for why, _ in stream.account.left} == {
        "stands beside the quotes",
        "its head names no part of a configuration",
    }


def test_text_of_ours_is_kept_letter_for_letter():
    assert [letter_for_letter(text) for text in ("a  b\n", "a\n\n", "a")] == ["a  b", "a\n", "a"]


def test_empty_heads_and_cells_of_our_form_are_nothing():
    table = table_of_rows([["CMOC", ""], ["", ""], ["1", ""]])
    own = reader(table)
    own.chosen = lambda *given: OwnFormReader.chosen(own, *given)
    layout = OwnFormReader.layout(own, table, "cmocs")
    assert own.account.placed == [("CMOC", "head")]
    assert [row.row for row in OwnFormReader.rows(own, table, layout)] == [2]
    OwnFormReader.take(own, OwnRow(table, 2, {"CMOC": table.owners[2, 0]}), "CMOC", "Status")
    assert own.account.placed[1:] == [("1", "CMOC")]


def test_service_of_our_form_without_a_sector():
    assert service_row(SimpleNamespace(base={}, rows={}), {"Service": "01", "Type": "Charity"}) == {
        "number": "01",
        "service_type": "Charity",
    }


def test_arrows_with_nothing_between_them_are_no_sentence():
    assert spans_of_arrows("hunger → → rest", 0) == ([], "")


@pytest.mark.parametrize(
    ("properties", "title"),
    [
        (f"<dc:title>A &amp; B</dc:title>{OWN_KEYWORD}", "A & B"),
        (OWN_KEYWORD, ""),
        ("<dc:title>Theirs</dc:title>", None),
        (None, None),
    ],
)
def test_workbook_of_ours_is_known_by_its_properties(properties, title):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("a", "b")
        if properties is not None:
            packed.writestr("docProps/core.xml", properties)
    assert title_of_ours(file.getvalue()) == title


def test_span_within_another_is_not_shown_twice(monkeypatch):
    table = table_of_rows([["nurses who listen calm them"]])
    spans = (SentenceSpan("mechanism", 0, 17), SentenceSpan("actor", 0, 6))
    monkeypatch.setattr(shown_tables, "read_sentence", lambda text: SentenceReading(text, spans))
    pieces = shown_tables.shown_pieces(1, table.owners[0, 0], Account())
    assert [(piece.words, piece.slot) for piece in pieces] == [("nurses who listen", "mechanism"), (" calm them", "")]
