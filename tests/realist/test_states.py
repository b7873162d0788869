"""The page on states and its pictures are those of the tables of transitions."""

import re

from django.core.management import call_command

from programmes.actions.transitions import Transition
from programmes.management import states
from programmes.management.commands import write_states
from programmes.vocabulary import CMOCStatus, ReviewState


def test_documents_are_those_of_the_tables():
    committed = {name: (states.FOLDER / name).read_text(encoding="utf-8") for name in states.state_documents()}
    assert committed == states.state_documents()


def test_documents_are_written_as_committed(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(write_states, "FOLDER", tmp_path)

    call_command("write_states")

    names = ["states.md", "states-cmoc.svg", "states-review.svg"]
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {
        name: (states.FOLDER / name).read_text(encoding="utf-8") for name in names
    }
    assert capsys.readouterr().out == "".join(f"wrote {name}\n" for name in names)


def test_every_state_of_the_vocabulary_has_a_column():
    columns = [re.findall(r'class="column" x1="(\d+)"', states.picture(subject)) for subject in states.SUBJECTS]
    assert [len(set(found)) for found in columns] == [len(CMOCStatus) + 2, len(ReviewState)]


COLUMNS = {None: 100, CMOCStatus.CANDIDATE: 200, CMOCStatus.RETIRED: 300}


def test_an_arrowhead_points_away_from_where_it_comes_from():
    (start, end) = states.marks_of(Transition("Add", (None,), (CMOCStatus.CANDIDATE,)), COLUMNS, 50)
    back = states.marks_of(Transition("Undo", (CMOCStatus.CANDIDATE,), (None,)), COLUMNS, 50)
    assert (start, end) == (
        states.StateMark("leaves", 100),
        states.StateMark("leads", 200, "200,50 200,44 206,50 200,56"),
    )
    assert back == (states.StateMark("leads", 100, "94,50 100,44 100,50 100,56"), states.StateMark("leaves", 200))


def test_a_diamond_is_reached_from_both_sides_and_may_be_left_too():
    both = (None, CMOCStatus.CANDIDATE, CMOCStatus.RETIRED)
    marks = states.marks_of(Transition("Change", both, (CMOCStatus.CANDIDATE,)), COLUMNS, 50)
    assert marks == (
        states.StateMark("leaves", 100),
        states.StateMark("leaves", 191),
        states.StateMark("leads", 200, "194,50 200,44 206,50 200,56"),
        states.StateMark("leaves", 300),
    )


def test_an_act_that_changes_nothing_has_rings():
    marks = states.marks_of(Transition("Rename", (CMOCStatus.CANDIDATE, CMOCStatus.RETIRED)), COLUMNS, 50)
    assert marks == (states.StateMark("stays", 200), states.StateMark("stays", 300))
