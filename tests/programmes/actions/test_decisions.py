"""Whole configurations are merged, split, retired, renamed; quotes move; each of it is recorded and can be undone."""

import pytest
from django.core.exceptions import ValidationError

from programmes.actions.decisions import Decision
from programmes.actions.merge import merge
from programmes.actions.move import move_evidence
from programmes.actions.rename import rename
from programmes.actions.retire import retire
from programmes.actions.split import split
from programmes.actions.successors import Successor, rows_to_copy
from programmes.actions.undo import undo_decision
from programmes.models import CMOC, Caveat, CMOCLink, Evidence, LineageEvent, LineageStep, StaleVersionError
from tests.factories import (
    CaveatFactory,
    CMOCContextFactory,
    CMOCFactory,
    CMOCLinkFactory,
    CMOCOutcomeFactory,
    ContextFactory,
    EvidenceFactory,
    OutcomeFactory,
    QuoteFactory,
    SubstantiveTheoryFactory,
    SubstantiveTheoryLinkFactory,
    TheoryFactory,
    UserFactory,
)


@pytest.fixture
def theory(db):
    return TheoryFactory()


@pytest.fixture
def decision(db):
    return Decision("They say the same.", UserFactory(first_name="Ada", last_name="Curator"))


def cmoc_with(theory, number, *quotes, **values):
    """Return a configuration with a context, an outcome, a caveat, a substantive theory, and these quotes by role."""
    cmoc = CMOCFactory(theory=theory, number=number, title=f"Title {number}", status="supported", **values)
    CMOCContextFactory(cmoc=cmoc, context=shared(ContextFactory, theory, "matched"), wording=f"matched {number}")
    CMOCOutcomeFactory(cmoc=cmoc, outcome=OutcomeFactory(theory=theory, key=f"outcome-{number}"))
    CaveatFactory(theory=theory, number=number, cmoc=cmoc, text=f"Not where {number}.")
    SubstantiveTheoryLinkFactory(substantive_theory=shared(SubstantiveTheoryFactory, theory, "norms"), cmoc=cmoc)
    for position, (quote, role) in enumerate(quotes, 1):
        EvidenceFactory(cmoc=cmoc, quote=quote, role=role, position=position)
    return cmoc


def shared(factory, theory, key):
    model = factory._meta.model
    return model.objects.filter(theory=theory, key=key).first() or factory(theory=theory, key=key)


def quotes_of(cmoc):
    return [(entry.quote.key, entry.role) for entry in Evidence.objects.filter(cmoc=cmoc).select_related("quote")]


def content(cmoc):
    """Return what a configuration says and has, as far as decisions are about it."""
    cmoc.refresh_from_db()
    return {
        "status": cmoc.status,
        "title": cmoc.title,
        "contexts": [(link.context.key, link.wording) for link in cmoc.context_links.all()],
        "outcomes": [link.outcome.key for link in cmoc.outcome_links.all()],
        "quotes": quotes_of(cmoc),
        "caveats": [caveat.text for caveat in cmoc.caveats.all()],
        "theories": [link.substantive_theory.key for link in cmoc.substantive_theory_links.all()],
    }


def steps_of(event):
    return [(step.before.number, step.after and step.after.number, step.status_before) for step in event.steps.all()]


@pytest.fixture
def pair(theory):
    """Two configurations that share a context and a quote, which does something else to each."""
    study = theory.study
    first, both, last = (QuoteFactory(study=study, key=key) for key in ("q01", "q02", "q03"))
    one = cmoc_with(theory, 3, (first, "supports"), (both, "supports"))
    two = cmoc_with(theory, 5, (both, "counters"), (last, "refines"))
    other = cmoc_with(theory, 6)
    CMOCLinkFactory(theory=theory, number=1, kind="reinforces", source_cmoc=one, target_cmoc=other, target_text="")
    CMOCLinkFactory(theory=theory, number=2, kind="reinforces", source_cmoc=two, target_cmoc=other, target_text="")
    CMOCLinkFactory(theory=theory, number=3, kind="reinforces", source_cmoc=one, target_cmoc=two, target_text="")
    return one, two


def merged(pair, decision, first=()):
    takes = (*first, *(row for cmoc in pair for row in rows_to_copy(cmoc)))
    return merge(cmocs=list(pair), into=Successor("Both", "Both are one.", takes), decision=decision)


def test_merge_makes_one_of_both_and_leaves_both_as_they_stood(pair, decision):
    before = [content(cmoc) for cmoc in pair]

    event = merged(pair, decision, first=pair[1].evidence.filter(quote__key="q02"))

    new = CMOC.objects.get(number=7)
    assert content(new) == {
        "status": "candidate",
        "title": "Both",
        "contexts": [("matched", "matched 3")],
        "outcomes": ["outcome-3", "outcome-5"],
        "quotes": [("q02", "counters"), ("q01", "supports"), ("q03", "refines")],
        "caveats": ["Not where 3.", "Not where 5."],
        "theories": ["norms"],
    }
    assert [content(cmoc) for cmoc in pair] == [{**entry, "status": "retired"} for entry in before]
    assert (event.kind, event.number, event.reason, event.signed_by) == (
        "merge",
        1,
        "They say the same.",
        "Ada Curator",
    )
    assert steps_of(event) == [(3, 7, "supported"), (5, 7, "supported")]
    assert sorted(Caveat.objects.values_list("number", flat=True)) == [3, 5, 6, 7, 8]
    assert new.history.latest().history_change_reason == "They say the same."


def test_merge_copies_the_links_to_others_once(pair, decision):
    merged(pair, decision)
    links = CMOCLink.objects.order_by("number").values_list("number", "source_cmoc__number", "target_cmoc__number")
    assert list(links) == [(1, 3, 6), (2, 5, 6), (3, 3, 5), (4, 7, 6)]


def test_merge_copies_the_links_that_lead_to_it(theory, decision):
    one, two, other = (cmoc_with(theory, number) for number in (1, 2, 3))
    CMOCLinkFactory(theory=theory, number=1, kind="opposes", source_cmoc=other, target_cmoc=two, target_text="")
    merged((one, two), decision)
    assert list(CMOCLink.objects.values_list("source_cmoc__number", "target_cmoc__number")) == [(3, 2), (3, 4)]


def test_merge_is_taken_back_and_that_too(pair, decision):
    before = [content(cmoc) for cmoc in pair]
    event = merged(pair, decision)
    after = [content(cmoc) for cmoc in (*pair, CMOC.objects.get(number=7))]

    back = undo_decision(event=event, decision=decision)

    assert [content(cmoc) for cmoc in pair] == before
    assert CMOC.objects.get(number=7).status == "retired"
    assert (back.kind, back.reverses, steps_of(back)) == (
        "reverse",
        event,
        [(7, 3, "candidate"), (7, 5, "candidate")],
    )
    again = undo_decision(event=back, decision=decision)
    assert [content(cmoc) for cmoc in (*pair, CMOC.objects.get(number=7))] == after
    assert steps_of(again) == [(3, 7, "supported"), (5, 7, "supported")]


def test_split_gives_each_what_is_assigned_to_it(theory, decision):
    first, second = (QuoteFactory(study=theory.study, key=key) for key in ("q01", "q02"))
    cmoc = cmoc_with(theory, 1, (first, "supports"), (second, "counters"))
    rows = rows_to_copy(cmoc)
    quotes = [row for row in rows if isinstance(row, Evidence)]
    rest = [row for row in rows if not isinstance(row, Evidence)]

    event = split(
        cmoc=cmoc,
        into=[Successor("A", "", (*rest, quotes[0])), Successor("B", "It does.", (quotes[1],))],
        decision=decision,
    )

    one, two = CMOC.objects.get(number=2), CMOC.objects.get(number=3)
    assert content(one) == {
        "status": "candidate",
        "title": "A",
        "contexts": [("matched", "matched 1")],
        "outcomes": ["outcome-1"],
        "quotes": [("q01", "supports")],
        "caveats": ["Not where 1."],
        "theories": ["norms"],
    }
    assert (quotes_of(two), two.statement_reporting, one.statement_reporting) == ([("q02", "counters")], "", "")
    assert steps_of(event) == [(1, 2, "supported"), (1, 3, "supported")]
    undo_decision(event=event, decision=decision)
    assert list(CMOC.objects.order_by("number").values_list("number", "status")) == [
        (1, "supported"),
        (2, "retired"),
        (3, "retired"),
    ]


def test_retire_and_take_back_twice(theory, decision):
    cmoc = cmoc_with(theory, 1)
    event = retire(cmoc=cmoc, decision=decision)
    assert (content(cmoc)["status"], steps_of(event)) == ("retired", [(1, None, "supported")])

    back = undo_decision(event=event, decision=decision)
    assert (content(cmoc)["status"], steps_of(back)) == ("supported", [(1, 1, "retired")])

    again = undo_decision(event=back, decision=decision)
    assert (content(cmoc)["status"], steps_of(again)) == ("retired", [(1, 1, "supported")])


def test_rename_and_take_back_twice(theory, decision):
    cmoc = cmoc_with(theory, 1)
    event = rename(cmoc=cmoc, title="Better", decision=decision)
    assert (event.title_before, event.title_after, content(cmoc)["title"]) == ("Title 1", "Better", "Better")

    back = undo_decision(event=event, decision=decision)
    assert (back.title_before, back.title_after, content(cmoc)["title"]) == ("Better", "Title 1", "Title 1")

    undo_decision(event=back, decision=decision)
    assert content(cmoc)["title"] == "Better"


def test_rename_is_not_taken_back_over_a_later_title(theory, decision):
    cmoc = cmoc_with(theory, 1)
    event = rename(cmoc=cmoc, title="Better", decision=decision)
    cmoc.refresh_from_db()
    cmoc.title = "Best"
    cmoc.save()
    with pytest.raises(ValidationError) as error:
        undo_decision(event=event, decision=decision)
    assert error.value.messages == ["CMOC 1 has another title by now: “Best”."]
    assert LineageEvent.objects.count() == 1


def test_move_evidence_and_take_back_twice(theory, decision):
    first, second = (QuoteFactory(study=theory.study, key=key) for key in ("q01", "q02"))
    one = cmoc_with(theory, 1, (first, "supports"), (second, "counters"))
    two = cmoc_with(theory, 2)

    event = move_evidence(source=one, target=two, quotes=[second], decision=decision)
    moved = ([("q01", "supports")], [("q02", "counters")])
    assert (quotes_of(one), quotes_of(two)) == moved
    assert [move.quote.key for move in event.moves.all()] == ["q02"]

    back = undo_decision(event=event, decision=decision)
    assert (quotes_of(one), quotes_of(two)) == ([("q01", "supports"), ("q02", "counters")], [])

    undo_decision(event=back, decision=decision)
    assert (quotes_of(one), quotes_of(two)) == moved


def test_decisions_on_what_does_not_stand_are_refused(pair, decision):
    one, two = pair
    elsewhere = CMOCFactory()
    quote = one.evidence.get(quote__key="q02").quote
    retired = CMOCFactory(theory=one.theory, number=9, status="retired")
    for act, message in (
        (lambda: merged((one, one), decision), "Choose two CMOCs or more to merge."),
        (lambda: merged((one, retired), decision), "CMOC 9 is retired already."),
        (lambda: merged((one, elsewhere), decision), "They belong to different theories."),
        (lambda: split(cmoc=one, into=[], decision=decision), "Split a CMOC into two or more."),
        (lambda: retire(cmoc=retired, decision=decision), "CMOC 9 is retired already."),
        (lambda: rename(cmoc=one, title="Title 3", decision=decision), "That is its title already."),
        (
            lambda: move_evidence(source=one, target=one, quotes=[quote], decision=decision),
            "Choose another CMOC to move the quotes to.",
        ),
        (lambda: move_evidence(source=one, target=two, quotes=[], decision=decision), "Choose the quotes to move."),
        (
            lambda: move_evidence(source=one, target=two, quotes=[quote], decision=decision),
            "Quote q02 bears on CMOC 5 already.",
        ),
        (
            lambda: move_evidence(
                source=one, target=two, quotes=[QuoteFactory(study=one.theory.study, key="q9")], decision=decision
            ),
            "Quote q9 does not bear on CMOC 3.",
        ),
    ):
        with pytest.raises(ValidationError) as error:
            act()
        assert error.value.messages == [message]
    assert not LineageEvent.objects.exists()
    assert not LineageStep.objects.exists()


def test_what_was_changed_since_it_was_read_is_refused(pair, decision):
    one, _ = pair
    read = {one.pk: one.version}
    one.title = "Changed"
    one.save()
    with pytest.raises(StaleVersionError, match="CMOC 3 was changed by somebody else since you opened this page"):
        retire(cmoc=one, decision=Decision(decision.reason, decision.by, read))
    assert not LineageEvent.objects.exists()


def test_a_decision_that_others_rest_on_is_not_taken_back(pair, decision):
    event = merged(pair, decision)
    new = CMOC.objects.get(number=7)
    later = rename(cmoc=new, title="One", decision=decision)

    with pytest.raises(ValidationError) as error:
        undo_decision(event=event, decision=decision)
    assert error.value.messages == ["Renaming 2 came after it on the same CMOCs; take that back first."]

    undo_decision(event=later, decision=decision)
    undo_decision(event=event, decision=decision)
    with pytest.raises(ValidationError) as error:
        undo_decision(event=event, decision=decision)
    assert error.value.messages == ["Merge 1 was taken back already."]
    assert [entry.number for entry in LineageEvent.objects.all()] == [1, 2, 3, 4]
