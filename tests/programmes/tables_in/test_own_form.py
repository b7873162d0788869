"""An appendix of ours is known by its mark and read by its heads; what cannot be read is told, nothing is guessed."""

from dataclasses import replace

import pytest

from programmes.tables_in.account import TableChoices
from programmes.tables_in.grid import TablesRead, table_of_rows
from programmes.tables_in.own_form import COLUMNS, PartName
from programmes.tables_in.own_rows import add_caveats, add_study_rows
from programmes.tables_in.read import read_configurations
from programmes.tables_in.theory_rows import TheoryRows

CMOCS = [
    ("CMOC no.", "Number", "Title", "If", "Because", "Then", "Who benefits", "Services stated relevant", "Status"),
    ("1a", "1", "First", "rain\nwind", "Not stated", "they stay", "Guests", "Cafe 03\nNobody", "Candidate"),
    ("2", "", "", "sun", "joy", "they go", "", "None", ""),
]


def read(*tables, columns=None):
    made = tuple(table_of_rows(rows, number) for number, rows in enumerate(tables, 1))
    return read_configurations(TablesRead(made, own=True), TableChoices(columns or {}))


def why(found):
    return [(cell.value, cell.why) for cell in found.account.not_placed]


def rows_of(found, **base):
    rows = TheoryRows("t", base)
    add_study_rows(rows, found.beside)
    rows.add(found.configurations)
    add_caveats(rows, found.beside)
    return rows


def test_heads_of_a_form_say_what_columns_hold():
    found = read(CMOCS)
    assert found.account.questions == {}
    first, second = found.configurations
    assert (first.label, first.number, first.title, first.services) == ("1a", 1, "First", ["Cafe 03", "Nobody"])
    assert first.parts == {"contexts": ["rain", "wind"], "outcomes": ["they stay"], "beneficiaries": ["Guests"]}
    assert first.absences == {"mechanisms": "not-stated"}
    assert (second.label, second.number, second.absences) == ("", 2, {"services": "none"})
    assert why(found) == [("Candidate", "is not carried: it follows from the record, or is made anew")]


def test_file_with_our_mark_and_no_table_of_ours_is_read_as_others_are():
    found = read([("Context", "Mechanism", "Outcome"), ("a", "b", "c")])
    assert found.configurations[0].parts == {"contexts": ["a"], "mechanisms": ["b"], "outcomes": ["c"]}


def test_column_that_somebody_added_is_read_by_its_head_or_asked_about():
    rows = [("CMOC no.", "Title", "Context", "Resources", "Colour"), ("1", "T", "a", "b", "red")]
    found = read(rows)
    assert found.configurations[0].label == "1"
    assert found.configurations[0].parts == {"contexts": ["a"], "resources": ["b"]}
    assert list(found.account.questions) == ["1-column-4"]
    chosen = read(rows, columns={(1, 4): "outcomes"})
    assert (chosen.account.questions, chosen.configurations[0].parts["outcomes"]) == ({}, ["red"])


def test_names_give_parts_their_own_words_and_halves():
    names = [
        ("CMOC no.", "Column", "Words", "Name", "Half"),
        ("2", "Because", "joy", "Delight", "Reasoning"),
        ("2", "If", "", "sun", ""),
        ("2", "Elsewhere", "", "sun", ""),
        ("9", "If", "", "moon", ""),
    ]
    found = read(CMOCS, names)
    assert found.configurations[1].names == {
        ("mechanisms", "joy"): PartName("joy", "Delight", "reasoning"),
        ("contexts", "sun"): PartName("sun", "sun", ""),
    }
    assert [told for told in why(found) if "CMOC" in told[1]] == [
        (value, "no CMOC is called so") for value in ("9", "If", "moon")
    ]
    rows = rows_of(found).rows
    assert rows["mechanisms"] == [{"key": "delight", "label": "Delight", "kind": "reasoning"}]
    assert rows["cmocs"][1]["mechanisms"] == [{"mechanism": "delight", "wording": "joy"}]


def test_two_cmocs_of_one_name_are_told_and_no_quote_is_given_to_either():
    quotes = [("CMOC no.", "Role", "Quote"), ("2", "Supports", "Aye.")]
    twice = [*CMOCS, ("2", "3", "", "snow", "", "", "", "", "")]
    assert [(value, text) for value, text in why(read(twice, quotes)) if "two" in text] == [
        (value, "two CMOCs are called so") for value in ("2", "Supports", "Aye.")
    ]


def test_quote_keeps_role_part_speaker_source_line_place_and_key():
    quotes = [
        ("CMOC no.", "Role", "Part", "Quote", "Speaker", "Source", "Line", "Place", "Key"),
        ("2", "Counters", "Context", "Nay.", "Cook", "talk", "12", "p. 3", "nay"),
        ("2", "Sings", "Hat", "La.", "C" * 90, "letter", "x", "", ""),
        ("2", "Supports", "", "", "", "", "", "", "gone"),
    ]
    sources = [("Source", "Kind of source", "Title"), ("talk", "Interview", "Talk"), ("other", "Dream", "")]
    found = read(CMOCS, quotes, sources)
    rows = rows_of(found)
    nay, song = rows.rows["quotes"]
    assert nay == {
        "key": "nay",
        "text": "Nay.",
        "label_as_printed": "Cook",
        "locator": "p. 3, line 12",
        "source": "talk",
    }
    assert (song["label_as_printed"], song["locator"]) == ("C" * 80, "letter")
    assert rows.notes[-1] == f"table 1: a speaker is cut to 80 letters: {'C' * 90}"
    assert rows.rows["cmocs"][1]["evidence"] == [
        {"quote": "nay", "role": "counters", "slot": "context"},
        {"quote": song["key"], "role": "illustrates"},
    ]
    assert {"Sings", "Hat", "x", "other", "Dream", "gone"} <= {value for value, _ in why(found)}
    assert rows.rows["sources"] == [{"key": "talk", "kind": "interview", "title": "Talk"}]


def test_key_that_other_words_have_is_not_given_again():
    quotes = [("CMOC no.", "Quote", "Key"), ("2", "Nay.", "nay")]
    rows = rows_of(read(CMOCS, quotes), quotes=[{"key": "nay", "text": "Other words."}])
    assert rows.rows["quotes"][0]["key"] == "nay-2"


def test_caveats_keep_what_they_are_on_and_what_they_speak_against():
    caveats = [
        ("Caveat", "CMOC no.", "Outcome", "Kind", "Text", "Place", "Speaks against"),
        ("1", "1a", "", "Scope", "Not here.", "p. 2", ""),
        ("2", "", "they go", "Condition", "If dry.", "", "1"),
        ("3", "", "", "Scope", "There already.", "", ""),
        ("", "", "", "Scope", "New.", "", "3"),
        ("5", "", "", "Mood", "Unknown.", "", ""),
        ("6", "77", "", "Scope", "Of none.", "", ""),
        ("7", "2", "", "Scope", "", "", ""),
    ]
    found = read(CMOCS, caveats)
    rows = rows_of(found, caveats=[{"number": 2, "kind": "scope", "text": "There already."}])
    assert rows.rows["caveats"] == [
        {"number": 1, "kind": "scope", "text": "Not here.", "locator": "p. 2", "cmoc": 1},
        {"number": 3, "kind": "condition", "text": "If dry.", "outcome": "they-go", "refutes": 1},
        {"number": 4, "kind": "scope", "text": "New.", "refutes": 2},
    ]
    assert {"Unknown.", "Of none."} <= {value for value, _ in why(found)}


SERVICES = [
    ("Service", "Name", "Type", "Sector", "Location", "Programme", "Said to be missing"),
    ("03", "Cafe", "Charity", "Health\nArts", "Not reported", "n/a", "Programme: Not stated"),
    ("04", "", "Club", "None", "Ely", "", ""),
    ("05", "No type", "", "", "", "", ""),
]


def test_services_keep_sectors_and_what_is_missing():
    found = read(CMOCS, SERVICES)
    rows = rows_of(found, sectors=[{"key": "arts", "label": "Arts"}])
    assert rows.rows["services"] == [
        {
            "number": "03",
            "service_type": "Charity",
            "name": "Cafe",
            "location_reporting": "not-reported",
            "programme_text": "n/a",
            "programme_text_reporting": "not-stated",
            "sectors": [{"sector": "health"}, {"sector": "arts"}],
        },
        {"number": "04", "service_type": "Club", "location": "Ely", "sector_reporting": "none"},
    ]
    assert rows.rows["sectors"] == [{"key": "health", "label": "Health"}]
    assert rows.rows["cmocs"][0]["services"] == [{"service": "03"}]
    assert rows.notes == ["table 1, row 2: no service has this number: Nobody"]


def test_service_that_is_there_stays_and_what_the_table_says_otherwise_is_told():
    rows = rows_of(read(CMOCS, SERVICES), services=[{"number": "03", "name": "Cafe", "service_type": "Shop"}])
    assert [row["number"] for row in rows.rows["services"]] == ["04"]
    assert rows.notes[:2] == [
        "service 03 stays as it is; the table says otherwise under Type: Charity",
        "service 03 stays as it is; the table says otherwise under Programme: n/a",
    ]
    twice = rows_of(read(CMOCS, [*SERVICES, SERVICES[1]]))
    assert [row["number"] for row in twice.rows["services"]] == ["03", "04"]


def test_cell_that_a_workbook_cut_is_told():
    cut = "x [… 1,000 more letters than a cell holds]"
    found = read([CMOCS[0], ("2", "", cut, *CMOCS[2][3:])])
    assert (cut, "a cell of a workbook holds no more; the Word file has all of it") in why(found)
    assert found.configurations[0].title == cut


def test_number_that_another_has_is_not_given_again():
    found = read(CMOCS)
    rows = rows_of(found, cmocs=[{"number": 2, "label": "other"}, {"number": 1, "label": "1a"}])
    assert [number for _, number, _ in rows.became] == [1, 3]
    again = rows_of(found, cmocs=[{"number": 2, "contexts": [{"context": "k", "wording": "sun"}]}])
    assert [what for _, _, what in again.became] == ["new", "changed"]


@pytest.mark.parametrize("head", COLUMNS)
def test_letters_of_a_cell_stay_as_they_are(head):
    table = table_of_rows([("CMOC no.", "Statement", head), ("1", "s", "x")])
    cells = [replace(cell, text="a  b\n\nc ") if cell.text == "x" else cell for cell in table.cells]
    found = read_configurations(TablesRead((replace(table, cells=tuple(cells)),), own=True))
    assert len(found.configurations) == 1
