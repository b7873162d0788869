"""Packages of format 1, as they were written before anything was said of what a theory does not hold."""

import json
from pathlib import Path

import pytest

from programmes.models import CMOC, Service, Theory
from programmes.package.read import read_package
from programmes.package.report import UNCHANGED
from programmes.package.study_lists import with_study_lists
from programmes.package.write import write_package

FOLDER = Path(__file__).parent / "format_1"


@pytest.mark.parametrize("name", ["breakfast", "discharge"])
def test_package_of_format_1_loads_and_is_written_in_the_present_one(db, name):
    data = (FOLDER / f"{name}.json").read_bytes()
    assert json.loads(data)["version"] == 1

    read_package(data)

    written = write_package(Theory.objects.get(slug=name))
    assert json.loads(written)["version"] == 2
    again = read_package(written)
    assert again.changes == []
    assert again.total(UNCHANGED) > 10


def test_words_that_it_leaves_out_stay_unsaid(db):
    read_package((FOLDER / "breakfast.json").read_bytes())

    given = [row for row in json.loads((FOLDER / "breakfast.json").read_bytes())["cmocs"] if "hedge" in row]
    assert CMOC.objects.exclude(hedge="").count() == len(given) == 6
    assert set(CMOC.objects.values_list("mechanism_absence", flat=True)) == {"", "unclear"}
    assert set(Service.objects.values_list("location_reporting", flat=True)) == {"", "not-stated", "unclear"}


def test_terms_of_before_become_entries_and_what_is_none_stays():
    services = [{"sector": "unclear"}, {"number": "1"}, "x", {"sector": ""}, {"sector": "school"}]
    people = {"populations": [{"kind": "child"}, {"kind": "nobody"}]}

    assert with_study_lists({"services": services, **people}) == {
        **people,
        "kinds_of_people": [{"key": "child", "label": "Child or young person", "number": 1}],
        "sectors": [{"key": "school", "label": "School", "number": 2}],
        "services": [{"sector_reporting": "unclear"}, {"number": "1"}, "x", {}, {"sectors": [{"sector": "school"}]}],
    }
    assert with_study_lists({"services": "none"}) == {"services": "none"}
