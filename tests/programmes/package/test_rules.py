"""The rules of the models in the words of the package: none is forgotten, and Python, schema and database agree."""

import datetime as dt
import itertools
import re

import pytest
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from jsonschema import Draft202012Validator

from programmes.integrity.invariants import LOOKUPS, ORDERED, Invariant, beyond_python, comparisons, holds
from programmes.models import Author, Quote
from programmes.package.conditions import WORKED_OUT, conditions_of, fields_in, schema_of
from programmes.package.problems import Problem
from programmes.package.rules import REMEDIES, field_problems, in_a_sentence, rule_of
from programmes.package.write import row_document
from tests.theories.minimal import lists_of_package

SECTIONS_OF = {section.model: section for _, section, _, _ in lists_of_package()}
RULES = [
    (model, rule)
    for model in SECTIONS_OF
    for rule in [*model._meta.constraints, *model.invariants]
    if isinstance(rule, models.BaseConstraint | Invariant)
]
CHECKS = [(model, rule) for model, rule in RULES if isinstance(rule, models.CheckConstraint)]
RAW = re.compile(r"constraint|violat|already exists|“|__|Q\(")


def named(entry):
    return entry[1].name


@pytest.mark.parametrize("entry", RULES, ids=named)
def test_every_rule_names_fields_of_its_row_and_a_remedy(entry):
    model, rule = entry
    found = rule_of(model, rule)
    columns = {entry.name for entry in model._meta.concrete_fields}
    several = isinstance(rule, models.CheckConstraint) and len(fields_in(rule.condition)) > 1

    assert found.fields
    assert set(found.fields) <= columns
    assert RAW.search(f"{found.message} {found.remedy}") is None
    assert len(found.message) > 5
    assert len(found.remedy) > 5
    assert rule.name in REMEDIES or not several


def test_no_remedy_is_for_a_rule_that_is_gone():
    assert set(REMEDIES) - {rule.name for _, rule in RULES} == set()


def candidates(row, name):
    """Return values to try in a field of a row of the universe."""
    entry = row._meta.get_field(name)
    if entry.is_relation:
        return [getattr(row, name), entry.related_model._base_manager.first(), *([None] if entry.null else [])]
    if isinstance(entry, models.DateField):
        return [dt.date(2024, 1, 2), dt.date(2024, 1, 1), *([None] if entry.null else [])]
    if isinstance(entry, models.IntegerField):
        return [0, 1, 2, *([None] if entry.null else [])]
    if isinstance(entry, models.JSONField):
        return [getattr(row, name), [], ["0 1", "2 3"]]
    return list(dict.fromkeys([getattr(row, name), "", *([value for value, _ in entry.flatchoices] or ["x"])]))


@pytest.mark.untraced
@pytest.mark.parametrize("entry", CHECKS, ids=named)
def test_python_and_schema_say_of_a_row_what_the_database_says(universe, entry):
    model, rule = entry
    row = model._base_manager.order_by("pk").first()
    names = sorted(fields_in(rule.condition) - {"id"})
    [schema] = [
        found
        for found in conditions_of(SECTIONS_OF[model])
        if found["description"] == str(rule.get_violation_error_message()) and all(name in str(found) for name in names)
    ] or [{}]
    said_in_schema = not any(hasattr(expected, "resolve_expression") for _, expected in comparisons(rule.condition))
    several = len(names) > 1 and rule.name not in WORKED_OUT

    for values in itertools.islice(itertools.product(*(candidates(row, name) for name in names)), 150):
        for name, value in zip(names, values, strict=True):
            setattr(row, name, value)
        try:
            rule.validate(model, row)
            allowed = True
        except ValidationError:
            allowed = False
        if not beyond_python(rule.condition, {*LOOKUPS, *ORDERED}):
            assert (values, holds(rule.condition, row)) == (values, allowed)
        by_schema = Draft202012Validator(schema).is_valid(row_document(SECTIONS_OF[model], row))
        assert by_schema or not allowed, values
        if several and said_in_schema:
            assert (values, by_schema) == (values, allowed)


def test_condition_that_is_partly_a_choice_is_said_whole():
    entries = {entry.name: entry for entry in SECTIONS_OF[Quote].fields}
    either = Q(consent="published") | Q(participant__isnull=False)

    assert schema_of(Q(visibility="public") & either & ~Q(visibility="private"), entries, negated=False) == {
        "properties": {"visibility": {"const": "public"}},
        "required": ["visibility"],
        "allOf": [
            {
                "anyOf": [
                    {"properties": {"consent": {"const": "published"}}, "required": ["consent"]},
                    {"required": ["participant"]},
                ]
            },
            {"properties": {"visibility": {"not": {"const": "private"}}}, "required": ["visibility"]},
        ],
    }


def test_what_a_field_refuses_is_told_with_its_value(db):
    author = Author(family="x" * 101, position=1)

    problems = list(field_problems(author, {"family": "x"}, ("study", "authors", 0)))

    message = "this has 101 letters; at most 100 are kept"
    assert problems == [Problem("study.authors[0].family", '"x"', message, "correct it")]
    assert next(field_problems(author, {}, ("study", "authors", 0))).value == ""


@pytest.mark.parametrize(
    ("message", "expected"), [("The words.", "the words"), ("CMOC 1 is gone.", "CMOC 1 is gone"), ("", "")]
)
def test_sentence_goes_on_after_a_colon(message, expected):
    assert in_a_sentence(message) == expected


def test_rule_that_several_rows_break_because_of_one_names_the_relation():
    by_name = {rule.name: rule_of(model, rule) for model, rule in RULES}

    assert by_name["quote_public_within_consent"].relation == "participant"
    assert by_name["quote_span_in_source"].relation == ""
