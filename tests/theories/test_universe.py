import io
import json
import re

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import TextChoices

from programmes import vocabulary as programmes_vocabulary
from programmes.models import CMOC, CuratedModel, Memo, Quote
from surveys import vocabulary as surveys_vocabulary
from tests.theories import FOLDER, NAMES, load, package
from tests.theories.drawing import universe_map

STUDY = {"format", "version", "programme", "study", "theory"}
CONFIGURATIONS = {"contexts", "mechanisms", "outcomes", "cmocs"}
NOTES = {"caveats", "cmoc_links", "substantive_theories", "memos"}
EVIDENCE = {"sources", "quotes", "references"}
CASES = {"sectors", "services", "populations"}
LISTS = {"kinds_of_people"}
FORMS = {
    "breakfast": STUDY
    | CONFIGURATIONS
    | NOTES
    | EVIDENCE
    | CASES
    | LISTS
    | {"places", "delivery_modes", "participants", "groups", "lineage", "surveys", "reporting_answers"},
    "discharge": STUDY
    | CONFIGURATIONS
    | CASES
    | LISTS
    | {"groups", "interventions", "lineage", "surveys", "reporting_answers"},
    "audit-review": STUDY | CONFIGURATIONS | NOTES | EVIDENCE | {"interventions"},
    "gardens-first": STUDY | {"contexts", "outcomes", "strategies", "cmocs"},
    "gardens": STUDY | CONFIGURATIONS,
    "night-shift": STUDY | CONFIGURATIONS | NOTES | CASES | {"references", "participants", "quotes"},
}
# Follows from other fields, so that no field holds it.
DERIVED = {"ErasureKind", "Holding", "MemoAbout", "ReviewState", "UploadKind"}
VOCABULARIES = [
    term
    for module in (programmes_vocabulary, surveys_vocabulary)
    for term in vars(module).values()
    if isinstance(term, type) and issubclass(term, TextChoices) and term is not TextChoices
]


def written(name):
    found = io.StringIO()
    call_command("dump_package", name, stdout=found)
    return found.getvalue().encode()


def lists_of(row, path=""):
    """Yield the place of every list of rows in a package, as a path of names."""
    for name, value in row.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            yield f"{path}{name}"
            for below in value:
                yield from lists_of(below, f"{path}{name}.")
        elif isinstance(value, dict):
            yield from lists_of(value, f"{path}{name}.")


def lists_of_schema(shape, path=""):
    """Yield the same of the schema."""
    for name, below in shape.get("properties", {}).items():
        items = below.get("items", {}) if below.get("type") == "array" else {}
        if items.get("type") == "object":
            yield f"{path}{name}"
            yield from lists_of_schema(items, f"{path}{name}.")
        elif below.get("type") == "object":
            yield from lists_of_schema(below, f"{path}{name}.")


@pytest.mark.parametrize("name", NAMES)
def test_theory_is_written_as_it_was_read(universe, name):
    assert written(name) == package(name)


@pytest.mark.parametrize("name", NAMES)
def test_theory_is_of_its_form(name):
    assert set(json.loads(package(name))) == FORMS[name]


@pytest.mark.untraced
def test_review_can_be_large(load_theory):
    load_theory("audit-review", cmocs=40)

    assert CMOC.objects.filter(theory__slug="audit-review").count() == 40
    assert written("audit-review") == package("audit-review", cmocs=40)


def test_loading_again_changes_nothing(universe):
    before = [row.version for row in CMOC.objects.order_by("pk")]

    load()

    assert [row.version for row in CMOC.objects.order_by("pk")] == before


def test_map_is_true(universe):
    drawn = re.search(r"```text\n(.*)```", (FOLDER / "README.md").read_text(encoding="utf-8"), re.DOTALL)

    assert drawn[1] == universe_map()


def test_every_list_of_the_package_has_rows(client):
    schema = client.get("/packages/schema/2/").json()
    used = {place for name in NAMES for place in lists_of(json.loads(package(name)))}

    assert used == set(lists_of_schema(schema))


@pytest.mark.untraced
@pytest.mark.parametrize("vocabulary", VOCABULARIES, ids=lambda vocabulary: vocabulary.__name__)
def test_every_term_occurs(accounts, vocabulary):
    fields = [
        (model, field)
        for model in apps.get_models()
        if issubclass(model, CuratedModel)
        for field in model._meta.concrete_fields
        if field.choices and [tuple(choice) for choice in field.choices] == vocabulary.choices
    ]
    found = {value for model, field in fields for value in model._base_manager.values_list(field.name, flat=True)}

    assert bool(fields) == (vocabulary.__name__ not in DERIVED)
    assert set(vocabulary.values) - found == (set(vocabulary.values) if vocabulary.__name__ in DERIVED else set())


def test_every_kind_of_record_has_a_memo(universe):
    assert {memo.about for memo in Memo.objects.all()} == set(programmes_vocabulary.MemoAbout)


def test_quotes_have_letters_of_every_kind(universe):
    words = "".join(Quote.objects.values_list("text", flat=True))

    wanted = {"apostrophe": "'", "printed apostrophe": "’", "right to left": "أ", "emoji": "🙂", "accent": "ï"}
    assert {name for name, letter in wanted.items() if letter not in words} == set()
