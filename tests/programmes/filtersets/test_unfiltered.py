"""What lists are filtered by: every relation and term of a listed record, or a reason why not."""

import pytest
from django.db import models
from django.test import Client

from programmes.models import Memo
from realist.api import RESOURCES
from tests import factories as make


def to_filter(model):
    """Return the names of the relations, terms and yes-or-no fields of a model."""
    return {
        entry.name
        for entry in model._meta.concrete_fields
        if entry.is_relation or entry.choices or isinstance(entry, models.BooleanField)
    }


def filtered(filterset):
    """Return the fields that the filters of a filter set choose by; a filter that follows a relation filters it."""
    named = [(name, entry.field_name) for name, entry in filterset.base_filters.items()]
    return {name for name, _ in named} | {str(path).partition("__")[0] for _, path in named}


@pytest.mark.parametrize("name", RESOURCES)
def test_every_relation_and_term_is_filtered_or_exempted(name):
    filterset = RESOURCES[name].filterset_class
    unfiltered = getattr(filterset, "unfiltered", {})
    missing = to_filter(RESOURCES[name].model) - filtered(filterset)

    assert missing == set(unfiltered), f"add a filter to {filterset.__name__}, or say why not in its `unfiltered`"
    assert all(unfiltered.values())


def found(address):
    """Return how many rows a list has under a filter."""
    response = Client().get(f"/api/v1/{address}")
    assert response.status_code == 200, response.content
    return [row["id"].rpartition(":")[2] for row in response.json()["results"]]


@pytest.mark.untraced
@pytest.mark.once
@pytest.mark.parametrize(
    ("factory", "resource", "field", "match", "other"),
    [
        (make.ContextFactory, "contexts", "level", "meso", "macro"),
        (make.MechanismFactory, "mechanisms", "level", "meso", "macro"),
        (make.OutcomeFactory, "outcomes", "level", "meso", "macro"),
        (make.OutcomeFactory, "outcomes", "distance", "proximal", "distal"),
        (make.OutcomeFactory, "outcomes", "valence", "negative", "mixed"),
        (make.OutcomeFactory, "outcomes", "intention", "unintended", "intended"),
        (make.CMOCFactory, "cmocs", "services_reporting", "none", "unclear"),
        (make.CMOCFactory, "cmocs", "people_reporting", "none", "unclear"),
        (make.CMOCFactory, "cmocs", "context_absence", "none", "unclear"),
        (make.CMOCFactory, "cmocs", "mechanism_absence", "none", "unclear"),
        (make.CMOCFactory, "cmocs", "outcome_absence", "none", "unclear"),
        (make.SurveyFactory, "surveys", "dates_reporting", "none", "unclear"),
    ],
)
def test_term_filter(db, factory, resource, field, match, other):
    wanted, _ = factory(**{field: match}), factory(**{field: other})
    assert found(f"{resource}/?{field}={match}") == [str(getattr(wanted, wanted.key_fields[-1]))]


def test_reporting_of_texts(db):
    silent = {"location": "", "location_reporting": "none", "programme_text": "", "programme_text_reporting": "unclear"}
    service, _ = make.ServiceFactory(**silent), make.ServiceFactory()
    cmoc, _ = make.CMOCFactory(statement="", statement_reporting="none"), make.CMOCFactory()
    assert [
        found("services/?location_reporting=none"),
        found("services/?programme_text_reporting=unclear"),
        found("services/?location_reporting=unclear"),
        found("cmocs/?statement_reporting=none"),
    ] == [[service.number], [service.number], [], [str(cmoc.number)]]


def test_absence_is_told_of_empty_slots_alone(db):
    filled = make.CMOCFactory(context_absence="none")
    make.CMOCContextFactory(cmoc=filled)
    empty = make.CMOCFactory(context_absence="none")
    assert found("cmocs/?context_absence=none") == [str(empty.number)]


def test_relations_of_theories_and_mechanisms(db):
    refined = make.TheoryFactory()
    refining = make.TheoryFactory(predecessor=refined)
    resource = make.MechanismFactory(theory=refined, kind="resource")
    reasoning = make.MechanismFactory(theory=refined, kind="reasoning", resource=resource)
    assert [
        found(f"theories/?predecessor={refined.slug}"),
        found(f"theories/?predecessor={refining.slug}"),
        found(f"mechanisms/?paired_resource={resource.key}"),
        found(f"mechanisms/?paired_resource={reasoning.key}"),
    ] == [[refining.slug], [], [reasoning.key], []]


def test_relations_of_caveats_and_decisions(db):
    caveat = make.CaveatFactory()
    against = make.CaveatFactory(theory=caveat.theory, refutes=caveat)
    decision = make.LineageStepFactory().event
    undone = make.LineageEventFactory(theory=decision.theory, kind="reverse", reverses=decision)
    assert [
        found(f"caveats/?refutes={caveat.number}"),
        found(f"caveats/?refutes={against.number}"),
        found(f"lineage/?reverses={decision.number}"),
        found(f"lineage/?reverses={undone.number}"),
    ] == [[str(against.number)], [], [str(undone.number)], []]


def test_links_of_an_outcome(db):
    start, end, neither = make.OutcomeFactory.create_batch(3, theory=(theory := make.TheoryFactory()))
    ends = {"source_cmoc": None, "source_outcome": start, "target_outcome": end, "target_text": ""}
    link, _ = make.CMOCLinkFactory(theory=theory, **ends), make.CMOCLinkFactory(theory=theory)
    numbers = [found(f"cmoc-links/?outcome={outcome.key}") for outcome in (start, end, neither)]
    assert numbers == [[str(link.number)], [str(link.number)], []]


def test_theories_that_inform_every_cmoc(db):
    of_all, of_some = make.SubstantiveTheoryFactory(informs_all=True), make.SubstantiveTheoryFactory()
    assert found("substantive-theories/?informs_all=true") == [of_all.key]
    assert found("substantive-theories/?informs_all=false") == [of_some.key]


def test_who_may_read_quotes_and_memos(db, client):
    member = make.MembershipFactory(role="reviewer")
    client.force_login(member.user)
    for factory, resource in ((make.QuoteFactory, "quotes"), (make.MemoFactory, "memos")):
        rows = {term: factory(study=member.study, visibility=term) for term in ("private", "public")}
        for term, row in rows.items():
            answer = client.get(f"/api/v1/{resource}/?visibility={term}").json()["results"]
            assert [one["key"] for one in answer] == [row.key]


MEMO_TARGETS = {
    "context": make.ContextFactory,
    "mechanism": make.MechanismFactory,
    "outcome": make.OutcomeFactory,
    "substantive_theory": make.SubstantiveTheoryFactory,
    "quote": make.QuoteFactory,
    "service": make.ServiceFactory,
    "reference": make.ReferenceFactory,
    "source": make.SourceFactory,
}


@pytest.mark.parametrize("name", MEMO_TARGETS)
def test_memos_on_a_record(db, client, name):
    member = make.MembershipFactory(role="reviewer")
    client.force_login(member.user)
    theory = make.TheoryFactory(study=member.study)
    of_theory = name in {"context", "mechanism", "outcome", "substantive_theory"}
    scope = {"theory": theory} if of_theory else {"study": member.study}
    target, other = (MEMO_TARGETS[name](**scope) for _ in range(2))
    memo = make.MemoFactory(study=member.study, **{name: target}, **(scope if of_theory else {}))

    answers = [
        client.get(f"/api/v1/memos/?{name}={getattr(row, row.key_fields[-1])}").json()["results"]
        for row in (target, other)
    ]

    assert [[row["key"] for row in answer] for answer in answers] == [[memo.key], []]
    assert Memo.objects.count() == 1
