"""What the schema of the package allows can be loaded."""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from programmes.models import Memo, Source, Theory
from programmes.models.holdings import HELD
from programmes.package.problems import PackageError
from programmes.package.read import read_package
from programmes.package.schema import package_schema
from programmes.package.write import canonical, theory_document
from programmes.transcripts.read import checksum
from programmes.transcripts.turns import TURN_LINE
from tests.theories.minimal import lists_of_package, minimal_package

LISTS = {place: entry for place, *entry in lists_of_package()}


@pytest.mark.untraced
@pytest.mark.django_db
def test_least_row_of_every_list_is_loaded_and_written_again():
    document = minimal_package()

    Draft202012Validator(package_schema()).validate(document)
    read_package(canonical(document))

    written = theory_document(Theory.objects.select_related("study__programme").get())
    assert set(written) == set(document)
    read_package(canonical(written))
    assert theory_document(Theory.objects.select_related("study__programme").get()) == written


@pytest.mark.django_db
def test_what_follows_from_the_package_may_be_left_out():
    document = minimal_package()
    document["sources"][0]["text"] = "Yes."
    document["memos"][0]["cmoc"] = 1

    read_package(canonical(document))

    assert Source.objects.get().sha256 == checksum("Yes.")
    assert Memo.objects.get().theory.slug == "x"


@pytest.mark.django_db
def test_checksum_may_be_written_in_capitals():
    document = minimal_package()
    document["sources"][0] |= {"text": "Yes.", "sha256": checksum("Yes.").upper()}

    read_package(canonical(document))

    assert Source.objects.get().sha256 == checksum("Yes.")


# Fields whose values must fit other values or rows, which no schema can say.
COMPARED = {
    *("sha256", "predecessor", "resource", "refutes", "reverses", "start", "end", "collection_end", "closed_date"),
    *("source_cmoc", "target_outcome", "pieces", "masks"),
    *(kind.absence for kind in HELD),
}
LINES = {f"^{TURN_LINE}$": "0 1 - - x", "^[1-9][0-9]*$": "1"}
FORMATTED = {
    "date": st.dates(max_value=dt.date(2025, 1, 1)).map(str),  # an act is not in the future
    "known-date": st.sampled_from(["", "2021", "2021-03", "2021-03-14"]),
    "uri": st.sampled_from(["", "https://example.org/page", "ftp://example.org"]),
}


def values_of(field):
    """Return a strategy of what the schema of a field that is no relation allows."""
    if "enum" in field:
        return st.sampled_from(field["enum"])
    if "format" in field:
        return FORMATTED[field["format"]]
    return {
        "integer": st.integers(field.get("minimum"), field.get("maximum")),
        "boolean": st.booleans(),
        "array": st.lists(
            st.just(LINES[field["items"]["pattern"]])
            if "pattern" in field.get("items", {})
            else st.text("aé؟🙂", min_size=1, max_size=3),
            max_size=2,
        ),
        "string": st.just("x") if "pattern" in field else st.text("aé؟🙂\n \"'<", max_size=6).map("x".__add__),
    }[field["type"]]


@st.composite
def rows(draw, section, shape, least):
    """Draw a row that the schema allows: the least one with further fields."""
    relations = {entry.name for entry in section.fields if entry.is_relation}
    optional = [name for name, field in shape["properties"].items() if field.get("items", field)["type"] != "object"]
    names = [name for name in optional if name not in least and name not in relations | COMPARED]
    chosen = draw(st.lists(st.sampled_from(names), unique=True)) if names else []
    row = least | {name: draw(values_of(shape["properties"][name])) for name in chosen}
    return row if Draft202012Validator({"allOf": shape.get("allOf", [])}).is_valid(row) else least


@st.composite
def packages(draw):
    """Draw a package with one row in every list."""
    document = minimal_package()
    for section, shape, above in LISTS.values():
        home = document[above[0].name] if above else document
        home = home[0] if isinstance(home, list) else home
        least = home[section.name] if section.single else home[section.name][0]
        row = draw(rows(section, shape, least))
        home[section.name] = row if section.single else [row]
    return document


def assert_is_loaded(document):
    Draft202012Validator(package_schema()).validate(document)
    problems = []
    with transaction.atomic():
        try:
            read_package(canonical(document))
        except PackageError as error:
            problems = [str(problem) for problem in error.problems]
        transaction.set_rollback(True)
    assert problems == []


# A smaller example would say no more than the problem does.
WITHOUT_SHRINKING = {
    "deadline": None,
    "phases": [Phase.explicit, Phase.reuse, Phase.generate],
    "suppress_health_check": list(HealthCheck),
}


@pytest.mark.django_db
@pytest.mark.untraced
@settings(max_examples=15, **WITHOUT_SHRINKING)
@given(packages())
def test_what_the_schema_allows_is_loaded(document):
    assert_is_loaded(document)


@pytest.mark.django_db
@pytest.mark.soak
@settings(max_examples=1000, **WITHOUT_SHRINKING)
@given(packages())
def test_much_that_the_schema_allows_is_loaded(document):
    assert_is_loaded(document)
