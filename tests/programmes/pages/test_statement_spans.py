"""Parts of a configuration that are marked where they stand in its printed statement."""

import pytest

from programmes.models.configuration import Part
from programmes.models.slots import FilledSlot
from programmes.pages.statement_spans import StatementPiece, statement_pieces

CONTEXT, OUTCOME = "context", "outcome"


def marked(statement, **wordings):
    slots = [
        FilledSlot(name, name.title(), [Part("key", "Label", wording) for wording in found], "")
        for name, found in wordings.items()
    ]
    pieces = statement_pieces(statement, slots)
    assert "".join(piece.text for piece in pieces) == statement
    return [(piece.text, piece.slot) for piece in pieces if piece.slot]


@pytest.mark.parametrize(
    ("statement", "wordings", "found"),
    [
        (
            "Where they meet, hope grows.",
            {CONTEXT: ["they meet"], OUTCOME: ["hope grows"]},
            ["they meet", "hope grows"],
        ),
        ("Hope, and hope again", {OUTCOME: ["hope"]}, ["hope"]),
        ("hope, and hope again", {OUTCOME: ["hope"]}, []),
        ("hope, and hope (O1) again", {OUTCOME: ["hope"]}, ["hope"]),
        ("hope (O1), and hope (O2)", {OUTCOME: ["hope"]}, []),
        ("hopeful", {OUTCOME: ["hope"]}, []),
        ("more hope and trust", {CONTEXT: ["hope and trust"], OUTCOME: ["hope"]}, ["hope and trust"]),
        ("nothing", {OUTCOME: ["", "hope"]}, []),
        # Words that are joined to the one before, of scripts that write them so.
        (
            "إذا كانت العاملة من الحارة وزارت البيت، وثقت المرأة بها وذهبت إلى العيادة.",
            {CONTEXT: ["العاملة من الحارة", "زارت البيت"], OUTCOME: ["ذهبت إلى العيادة"]},
            ["العاملة من الحارة", "زارت البيت", "ذهبت إلى العيادة"],
        ),
        ("فبالثقة تأتي", {CONTEXT: ["ثقة"], OUTCOME: ["تأتي"]}, ["ثقة", "تأتي"]),
        ("مدرسته", {OUTCOME: ["درس"]}, []),
        ("وثقت", {OUTCOME: ["قت"]}, []),
        ("كشהבית", {OUTCOME: ["בית"]}, []),
        ("כשהאמון גדל", {CONTEXT: ["האמון"], OUTCOME: ["גדל"]}, ["האמון", "גדל"]),
        ("信頼があると続ける。", {CONTEXT: ["信頼がある"], OUTCOME: ["続ける"]}, ["信頼がある", "続ける"]),
        ("信頼A続", {OUTCOME: ["A続"]}, []),
        ("เมื่อไว้ใจก็กลับมา", {CONTEXT: ["ไว้ใจ"], OUTCOME: ["กลับมา"]}, ["ไว้ใจ", "กลับมา"]),
        ("신뢰가 있으면 계속한다", {CONTEXT: ["신뢰"], OUTCOME: ["계속"]}, ["신뢰", "계속"]),
        ("불신뢰", {OUTCOME: ["신뢰"]}, []),
        ("unhopeful", {OUTCOME: ["hope"]}, []),
        ("un cafe\u0301", {OUTCOME: ["cafe"]}, []),
        ("where_hope", {OUTCOME: ["hope"]}, ["hope"]),
    ],
)
def test_part_is_marked_where_its_place_is_certain(statement, wordings, found):
    assert [text for text, _ in marked(statement, **wordings)] == found


def test_piece_names_the_slot_that_it_fills():
    assert statement_pieces("hope", [FilledSlot(OUTCOME, "Then", [Part("hope", "Hope", "hope")], "")]) == [
        StatementPiece("hope", OUTCOME, "Then")
    ]
