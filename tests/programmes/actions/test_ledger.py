"""The list of erasures beside the database is read whichever version wrote it, and whatever happened while it did."""

import json

import pytest
from django.conf import settings
from django.db.models import NOT_PROVIDED

from programmes.actions import ledger
from programmes.actions.forget_again import forget_again
from programmes.models import Erasure, Memo
from tests.factories import ErasedRunFactory, ErasureFactory, MemoFactory

# As the first version that kept a list wrote it, with the key of the tests.
FIRST = (
    '{"identity": "5d0c8a3f-58b8-4be7-8a6d-0a7f9c0b1a11", "kind": "passage", "study_slug": "study", "keys": [], '
    '"reason": "Ein Name, für immer", "signed_by": "Ada", "signed_date": "2026-03-04", "secret": "d953f002285475b9", '
    '"shapes": [[3, 2, 3]], "left": [], "compacted": null, "runs": [[3, 2, 3, 6888989856038518747]]}'
)
ENTRY = json.loads(FIRST)


def read(*lines):
    return ledger.erasures_of_list("\n".join(lines).encode(), "list")


def refusal(*lines):
    with pytest.raises(ledger.DamagedListError) as error:
        read(*lines)
    return str(error.value)


def test_first_lines_of_all_are_carried_out(db):
    MemoFactory(text="Then we met Zq Miller in the garden shed.")
    settings.ERASURES_FILE.write_text(f"{FIRST}\n", encoding="utf-8")
    assert forget_again()[0] == "1 erasures were not known to this database."
    assert Memo.objects.get().text == "Then we met ██ ██████ in the garden shed."


def test_every_field_that_came_since_may_be_lacking():
    since = [field for field in Erasure._meta.concrete_fields if field.name not in {"id", *ledger.ALWAYS_THERE}]
    assert [field.name for field in since if field.default is NOT_PROVIDED and not field.null] == []


def test_what_is_written_now_is_read_again(db):
    run = ErasedRunFactory(erasure=ErasureFactory(reason="A\u2028name", keys=["quote q1"], earlier_slugs=["old"]))
    ledger.write_missing()
    (entry,) = ledger.erasures_on_file().values()
    assert read(*settings.ERASURES_FILE.read_text(encoding="utf-8").split("\n")) == {str(run.erasure.identity): entry}
    assert (entry["reason"], entry["runs"]) == ("A\u2028name", [[0, 8, 0, 1]])


@pytest.mark.parametrize(
    "change",
    [
        {"identity": "zq"},
        {"identity": 3},
        {"kind": None},
        {"study_slug": 3},
        {"signed_date": "yesterday"},
        {"keys": "quote q1"},
        {"keys": [3]},
        {"keys": None},
        {"earlier_slugs": [None]},
        {"left": [{"record": "memo"}]},
        {"left": ["memo"]},
        {"runs": None},
        {"runs": {}},
        {"runs": [[0, 8, 0, "1"]]},
        {"runs": [[0, 8, 0, True]]},
        {"shapes": [3]},
    ],
    ids=str,
)
def test_line_with_a_value_of_another_sort_is_refused(db, change):
    line = json.dumps({**ENTRY, **change})
    assert refusal(FIRST, line).startswith("Line 2 of list is no whole erasure")
    settings.ERASURES_FILE.write_text(line, encoding="utf-8")
    assert forget_again() == []


@pytest.mark.parametrize("name", sorted(ledger.ALWAYS_THERE))
def test_line_that_lacks_something_is_refused(name):
    lacking = {key: value for key, value in ENTRY.items() if key != name}
    assert refusal(json.dumps(lacking)).startswith("Line 1 of list is no whole erasure")


@pytest.mark.parametrize("line", ["[]", "3", "null", "zq", '"zq"', "{}", "\x00\x00"])
def test_line_that_is_something_else_is_refused(line):
    assert refusal(line).startswith("Line 1 of list is no whole erasure")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "zq"}, "the kind 'zq'"),
        ({"runs": [[0, 8, 0, 1, 2]]}, "runs of another form"),
        ({"shapes": [[0, 8]]}, "shapes of another form"),
    ],
)
def test_line_that_only_a_newer_version_understands_is_refused(db, caplog, change, said):
    line = json.dumps({**ENTRY, **change})
    assert refusal(line) == (
        f"Line 1 of list was written by a newer version of Realist: it has {said}, which this one cannot erase again. "
        "Install that version."
    )
    settings.ERASURES_FILE.write_text(line, encoding="utf-8")
    assert forget_again() == []
    assert caplog.messages == [f"Line 1 of {settings.ERASURES_FILE} cannot be read and was left out."]


def test_line_that_was_cut_off_within_a_letter_and_written_again(db):
    ErasureFactory(reason="Für immer")
    ledger.write_missing()
    whole = settings.ERASURES_FILE.read_bytes()
    settings.ERASURES_FILE.write_bytes(whole[: whole.index("ü".encode()) + 1])
    with pytest.raises(ledger.DamagedListError, match="Line 1"):
        ledger.erasures_of_list(settings.ERASURES_FILE.read_bytes(), "list")
    ledger.write_missing()
    written = settings.ERASURES_FILE.read_bytes()
    assert written.endswith(whole)
    assert written != whole
    assert ledger.erasures_of_list(written, "list") == ledger.erasures_on_file()
    assert len(ledger.erasures_on_file()) == 1


def test_line_that_was_cut_off_and_is_not_written_again_is_refused():
    another = FIRST.replace("5d0c8a3f", "6d0c8a3f")
    assert refusal(FIRST[:60], another).startswith("Line 1 of list is no whole erasure")
    assert list(read(FIRST[:60], another, FIRST)) == [json.loads(another)["identity"], ENTRY["identity"]]


def test_blank_lines_and_ends_of_lines_of_windows_are_no_damage():
    assert len(read("", FIRST + "\r", "", "")) == 1
