"""Cells of a theory's table: what they say of a configuration, and rows that are pasted."""

import pytest
from django.core.exceptions import ValidationError

from programmes.actions.decisions import Decision
from programmes.actions.fill import MOST_ROWS, begin_row, fill_cell, part_labels, paste_rows
from programmes.models import CMOC, Context, Mechanism, Population, StaleVersionError
from tests.factories import (
    CMOCContextFactory,
    CMOCFactory,
    ContextFactory,
    PopulationFactory,
    TheoryFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cmoc():
    return CMOCFactory(theory=TheoryFactory(form="icamo"), number=1, title="Trust", statement="If, then.")


@pytest.fixture
def decision():
    return Decision("Working at the table", UserFactory())


def contexts(cmoc):
    return list(cmoc.context_links.order_by("position").values_list("context__label", "wording", "position"))


def test_texts_are_written_once(cmoc, decision):
    CMOC.objects.filter(pk=cmoc.pk).update(statement="", statement_reporting="not-stated")
    fill_cell(cmoc=cmoc, column="statement", text="When somebody trusts, she comes.", decision=decision)
    fill_cell(cmoc=cmoc, column="title", text="Borrowed trust", decision=decision)
    stored = CMOC.objects.get()
    assert (stored.title, stored.statement, stored.statement_reporting) == (
        "Borrowed trust",
        "When somebody trusts, she comes.",
        "",
    )
    assert stored.history.first().history_change_reason == "Working at the table"
    with pytest.raises(ValidationError, match="It says that already"):
        fill_cell(cmoc=stored, column="title", text="Borrowed trust", decision=decision)
    fill_cell(cmoc=stored, column="statement", text="", decision=decision)
    assert CMOC.objects.get().statement == ""


def test_parts_are_those_that_stand_or_new_ones(cmoc, decision):
    first = ContextFactory(theory=cmoc.theory, label="A GP she trusts")
    kept = CMOCContextFactory(cmoc=cmoc, context=first, wording="a GP", position=1)
    gone = CMOCContextFactory(cmoc=cmoc, context=ContextFactory(theory=cmoc.theory, label="Winter"), position=2)
    CMOC.objects.filter(pk=cmoc.pk).update(mechanism_absence="not-stated")
    fill_cell(cmoc=cmoc, column="context", text="Walks  to the door\n\na gp SHE trusts\n", decision=decision)
    assert contexts(cmoc) == [("Walks  to the door", "", 1), ("A GP she trusts", "a GP", 2)]
    assert (Context.objects.filter(pk=gone.context_id).exists(), cmoc.context_links.get(pk=kept.pk).position) == (
        True,  # of the theory, where others may have it
        2,
    )
    with pytest.raises(ValidationError, match="It says that already"):
        fill_cell(cmoc=cmoc, column="context", text="walks to the door\nA GP she trusts", decision=decision)
    fill_cell(cmoc=cmoc, column="mechanism", text="Borrows it", decision=decision)
    assert (CMOC.objects.get().mechanism_absence, Mechanism.objects.get().key) == ("", "borrows-it")
    fill_cell(cmoc=cmoc, column="context", text="A GP she trusts", decision=decision)
    assert contexts(cmoc) == [("A GP she trusts", "a GP", 1)]
    fill_cell(cmoc=cmoc, column="context", text="", decision=decision)
    assert contexts(cmoc) == []


def test_people_are_those_of_the_study(cmoc, decision):
    PopulationFactory(study=cmoc.theory.study, label="Link workers")
    fill_cell(cmoc=cmoc, column="actor", text="link workers", decision=decision)
    assert [link.population.label for link in cmoc.actor_links.all()] == ["Link workers"]
    with pytest.raises(ValidationError, match="“Bakers” is none of the people of this study"):
        fill_cell(cmoc=cmoc, column="actor", text="link workers\nBakers", decision=decision)
    assert Population.objects.count() == 1


def test_status_and_group_are_cells_too(cmoc, decision):
    fill_cell(cmoc=cmoc, column="status", text="Refined", decision=decision)
    fill_cell(cmoc=cmoc, column="group", text="Comes back", decision=decision)
    stored = CMOC.objects.get()
    assert (stored.status, stored.group.heading) == ("refined", "Comes back")
    fill_cell(cmoc=cmoc, column="group", text="", decision=decision)
    fill_cell(cmoc=cmoc, column="status", text=" ", decision=decision)
    assert (CMOC.objects.get().group, CMOC.objects.get().status) == (None, "")
    for column, text, said in (
        ("status", "retired", "“retired” is no status. Write one of: candidate, supported"),
        ("colour", "red", "There is no such column in this table."),
    ):
        with pytest.raises(ValidationError, match=said):
            fill_cell(cmoc=cmoc, column=column, text=text, decision=decision)


def test_what_somebody_changed_meanwhile_is_not_written_over(cmoc, decision):
    fill_cell(cmoc=cmoc, column="title", text="Hers", decision=decision)
    mine = Decision("Mine", decision.by, {cmoc.pk: cmoc.version})
    with pytest.raises(StaleVersionError):
        fill_cell(cmoc=cmoc, column="title", text="Mine", decision=mine)
    assert CMOC.objects.get().title == "Hers"


def test_a_row_begins_with_any_of_its_cells(cmoc, decision):
    made = begin_row(theory=cmoc.theory, column="context", text="Winter", decision=decision)
    assert (made.number, made.title, contexts(made)) == (2, "", [("Winter", "", 1)])
    made = begin_row(theory=cmoc.theory, column="title", text="Cold", decision=decision)
    assert (made.number, made.title, made.status) == (3, "Cold", "candidate")


def test_rows_are_pasted_over_those_that_stand_and_after_them(cmoc, decision):
    theory = cmoc.theory
    CMOCFactory(theory=theory, number=2, title="Time", status="retired")
    third = CMOCFactory(theory=theory, number=3, title="Time to listen")
    rows = [
        [("title", "An hour"), ("context", "An hour\nA quiet room")],
        [("title", "A walk"), ("context", "a quiet room"), ("outcome", "")],
    ]
    done = paste_rows(theory=theory, start=third, rows=rows, decision=decision)
    assert [(row.number, row.title, [label for label, *_ in contexts(row)]) for row in done] == [
        (3, "An hour", ["An hour", "A quiet room"]),
        (4, "A walk", ["A quiet room"]),
    ]
    assert Context.objects.count() == 2
    (new,) = paste_rows(theory=theory, start=None, rows=[[("title", "More"), ("context", " ")]], decision=decision)
    assert (new.number, new.title) == (5, "More")


def test_all_rows_are_pasted_or_none(cmoc, decision):
    rows = [[("title", "An hour")], [("title", "A walk"), ("status", "retired")]]
    with pytest.raises(ValidationError, match="Row 2: “retired” is no status"):
        paste_rows(theory=cmoc.theory, start=cmoc, rows=rows, decision=decision)
    assert [row.title for row in CMOC.objects.all()] == ["Trust"]
    with pytest.raises(ValidationError, match="These are 501 rows; at most 500 are pasted at once"):
        paste_rows(theory=cmoc.theory, start=None, rows=[[("title", "A")]] * (MOST_ROWS + 1), decision=decision)
    elsewhere = CMOCFactory(number=9)
    with pytest.raises(ValidationError, match="CMOC 9 does not stand in this theory any more"):
        paste_rows(theory=cmoc.theory, start=elsewhere, rows=rows[:1], decision=decision)
    fill_cell(cmoc=cmoc, column="title", text="Hers", decision=decision)
    read = Decision("Mine", decision.by, {cmoc.pk: cmoc.version})
    with pytest.raises(StaleVersionError):
        paste_rows(theory=cmoc.theory, start=cmoc, rows=rows[:1], decision=read)


def test_labels_stand_one_on_a_line():
    assert part_labels(" Trust \n\ntrust\u00a0\n Time; and room\n") == ["Trust", "Time; and room"]
    assert part_labels("\u200b\n") == []
