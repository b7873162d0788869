import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from programmes.integrity.text import joined_key
from programmes.models import CMOC, Programme, StaleVersionError
from tests.factories import CMOCFactory, ProgrammeFactory


def test_each_save_counts_the_version_up(db):
    cmoc = CMOCFactory()
    cmoc.title = "Other"
    cmoc.save()
    cmoc.save(update_fields=["title"])
    assert (cmoc.version, CMOC.objects.get().version) == (3, 3)


def test_nobody_overwrites_an_edit_unseen(db):
    mine = CMOCFactory(title="As it was")
    theirs = CMOC.objects.get()
    theirs.title = "Theirs"
    theirs.save()

    mine.title = "Mine"
    with pytest.raises(StaleVersionError) as error, transaction.atomic():
        mine.save()

    assert str(error.value) == f"CMOC {mine.number} was changed by somebody else since you read it"
    assert (CMOC.objects.get().title, CMOC.objects.get().version, mine.version) == ("Theirs", 2, 1)


def test_save_that_fails_keeps_the_version(db):
    cmoc = CMOCFactory()
    cmoc.number = 0
    with pytest.raises(IntegrityError), transaction.atomic():
        cmoc.save()
    cmoc.number = 7
    cmoc.save()
    assert CMOC.objects.get().version == 2


def test_history_keeps_every_state_with_its_reason(db):
    cmoc = CMOCFactory(title="First")
    cmoc.title = "Second"
    cmoc.set_change_reason("The title was cut")
    cmoc.save()
    states = cmoc.history.order_by("history_date").values_list("title", "version", "history_change_reason")
    assert list(states) == [("First", 1, None), ("Second", 2, "The title was cut")]


def test_lines_are_edited_one_on_a_line(db):
    field = Programme._meta.get_field("directions").formfield()
    assert field.prepare_value(["one", "two"]) == "one\ntwo"
    assert field.clean(" one \r\n\n \u200b\n\u2028two\n") == [" one ", "two"]
    assert field.clean("") == []
    assert not field.has_changed(["one", "two"], "one\r\ntwo\n")
    assert field.has_changed(["one"], "two")


@pytest.mark.parametrize("value", ["one", [1], [" "], {"one": 1}])
def test_lines_must_be_texts(db, value):
    programme = ProgrammeFactory()
    programme.directions = value
    with pytest.raises(ValidationError) as error:
        programme.full_clean()
    assert error.value.message_dict == {"directions": ["Give a list of texts, one on a line."]}


def test_key_of_several_parts():
    assert joined_key(["thompson-2023", 1]) == "thompson-2023:1"
