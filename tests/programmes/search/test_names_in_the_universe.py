"""Searching theories of every form: the same answers on both databases, by the names that stand on their pages."""

import json
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils.html import strip_tags

from programmes.models import Quote
from programmes.search.find import search

# Questions as readers put them, each with what it finds by kind, best first; see test_find.py.
ANSWERS = json.loads((Path(__file__).parent / "universe_answers.json").read_text())


def answer(question):
    results = search(question, AnonymousUser())
    kinds = {kind.name: [hit.href for hit in kind.hits][:3] for kind in results.kinds}
    how = {name: value for name in ("meant", "some", "without", "apart") if (value := getattr(results, name))}
    return {"found": results.found, "kinds": kinds, **how}


def first_hit(question, kind):
    kinds = {group.name: group for group in search(question, AnonymousUser()).kinds}
    return strip_tags(kinds[kind].hits[0].title) if kind in kinds else None


@pytest.mark.untraced
@pytest.mark.parametrize("question", ANSWERS)
def test_what_readers_ask_of_theories_of_every_form(universe, question):
    assert json.loads(json.dumps(answer(question))) == ANSWERS[question]


def test_labels_lead_to_their_cmoc_and_documents_to_their_quotes(universe):
    assert first_hit("CMOC 1a", "CMOCs").endswith("CMOC 1a")
    assert first_hit("1a", "CMOCs").endswith("CMOC 1a")
    document = (
        Quote.objects.filter(source__kind="document")
        .exclude(source__reference=None)
        .select_related("study", "source__reference")[0]
    )
    title = first_hit(f"quote {document.key}", "Quotes")
    assert title.startswith(document.source.reference.name_in_credit)


@pytest.mark.parametrize("question", ["%", "_", "*", "z" * 300, "朝食", "😀", "CMOC 99", "service 99", "#999", "x"])
def test_what_finds_nothing_has_a_way_on(universe, client, question):
    page = client.get("/search/", {"q": question}).content.decode()
    assert "Other ways in" in page
    assert "/theories/breakfast/" in page


def test_words_of_a_phrase_are_looked_for_one_by_one(universe, client):
    page = client.get("/search/", {"q": '"belly rumbling"'}).content.decode()
    assert "Nothing has these words side by side. These have all of them." in page
    assert "Other ways in" not in page
