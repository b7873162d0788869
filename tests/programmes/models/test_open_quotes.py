"""A quote shows while visibility, disclosure check and consent all hold, and on no page or answer a moment longer."""

import datetime as dt
from contextlib import contextmanager

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from programmes.integrity.invariants import install_triggers, remove_triggers
from programmes.models import EditorialMark, Evidence, LineageMove, Memo, Participant, Quote
from realist.api import INNER_LISTS, RESOURCES
from tests.factories import (
    CMOCFactory,
    EditorialMarkFactory,
    EvidenceFactory,
    LineageMoveFactory,
    MembershipFactory,
    MemoFactory,
    ParticipantFactory,
)

DAY = dt.date(2026, 1, 2)
WORD = "zqspoken"


@pytest.fixture
def evidence(db):
    """A public quote that bears on a configuration, with all that hangs on it."""
    cmoc = CMOCFactory()
    found = EvidenceFactory(cmoc=cmoc, quote__text=f"{WORD} of hope", quote__study=cmoc.theory.study, note=f"{WORD}.")
    EditorialMarkFactory(quote=found.quote, text=f"[{WORD}]")
    MemoFactory(study=found.quote.study, quote=found.quote, text=f"On {WORD}")
    LineageMoveFactory(event__theory=cmoc.theory, quote=found.quote)
    return found


@contextmanager
def rules_off():
    """Let the database take what it would refuse, as when somebody writes into it by hand; it is as before after."""
    remove_triggers()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = 1")
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for rule in ("quote_public_is_checked", "quote_public_has_consent", "quote_consent_of_a_participant"):
                cursor.execute(f"ALTER TABLE programmes_quote DROP CONSTRAINT {rule}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            back = {"sqlite": "PRAGMA ignore_check_constraints = 0", "postgresql": "SET CONSTRAINTS ALL IMMEDIATE"}
            cursor.execute(back[connection.vendor])
        install_triggers()


def with_others(quote, **values):
    """Let a quote be of two people, of whom one is as these values say."""
    quote.also_by.set([ParticipantFactory(study=quote.study) for _ in range(2)])
    Quote.objects.filter(pk=quote.pk).update(participant=None, consent="published")
    Participant.objects.filter(pk=quote.also_by.last().pk).update(**values)


def of_quote(**values):
    return lambda quote: Quote.objects.filter(pk=quote.pk).update(**values)


def of_participant(**values):
    return lambda quote: Participant.objects.filter(pk=quote.participant_id).update(**values)


def of_one_of_two(**values):
    return lambda quote: with_others(quote, **values)


FORBIDDEN = {
    "private": of_quote(visibility="private"),
    "checked on no day": of_quote(disclosure_checked_date=None),
    "checked by nobody": of_quote(disclosure_checked_by=""),
    "no ground of consent": of_quote(consent="unknown"),
    "consent of nobody": of_quote(participant=None, consent="participant"),
    "consent to the team alone": of_participant(consent_scope="team-only"),
    "consent not known": of_participant(consent_scope="unknown"),
    "withdrawn": of_participant(withdrawn_date=DAY),
    "one of two to the team alone": of_one_of_two(consent_scope="team-only"),
    "one of two withdrawn": of_one_of_two(withdrawn_date=DAY),
}


def addresses(evidence):
    """Return where a visitor could find the quote."""
    quote, cmoc = evidence.quote, evidence.cmoc
    theory, study = cmoc.theory, quote.study
    pages = [quote.get_absolute_url(), cmoc.get_absolute_url(), theory.get_absolute_url(), study.get_absolute_url()]
    pages += [reverse(name, args=[theory.slug]) for name in ("evidence", "matrix", "lineage", "earlier")]
    pages += [reverse("memos", args=[study.slug]), f"{reverse('search')}?q=hope", reverse("home")]
    lists = [reverse(f"api-{name}-list") for name in (*RESOURCES, *INNER_LISTS)]
    forms = [f"{one}?format={form}" for one in lists for form in ("csv", "jsonl")]
    return [*pages, *lists, *forms, f"{reverse('api-quotes-list')}?q=hope"]


def seen_by(client, evidence):
    """Return where the word is read."""
    found = []
    for address in addresses(evidence):
        response = client.get(address)
        body = b"".join(response) if response.streaming else response.content
        found += [address] if WORD in body.decode() else []
    return found


def rows_of(user):
    return {model.__name__ for model in MODELS if model.objects.visible_to(user).exists()}


MODELS = (Quote, Evidence, EditorialMark, LineageMove, Memo)


def test_quote_shows_while_all_of_it_holds(evidence):
    assert len(seen_by(Client(), evidence)) > 8
    assert rows_of(AnonymousUser()) == {model.__name__ for model in MODELS}

    evidence.quote.also_by.set([ParticipantFactory(study=evidence.quote.study) for _ in range(2)])
    Quote.objects.update(participant=None, consent="published")  # of two, who both agreed
    assert rows_of(AnonymousUser()) == {model.__name__ for model in MODELS}
    call_command("check_integrity")


@pytest.mark.untraced
@pytest.mark.parametrize("state", FORBIDDEN)
def test_quote_is_gone_where_one_of_it_does_not_hold(evidence, state, capsys):
    reader = MembershipFactory(study=evidence.quote.study, role="reader").user
    reviewer = MembershipFactory(study=evidence.quote.study, role="reviewer").user
    with rules_off():
        FORBIDDEN[state](evidence.quote)

        assert seen_by(Client(), evidence) == []
        assert rows_of(AnonymousUser()) == set()
        assert rows_of(reader) == set()
        assert rows_of(reviewer) == {model.__name__ for model in MODELS}
        if state == "private":
            call_command("check_integrity")
            said = "no rule is broken\n"
        else:
            with pytest.raises(CommandError, match="broken rule"):
                call_command("check_integrity")
            quote = evidence.quote
            said = f"quote {quote.study.slug}:{quote.key} ({quote.pk}): public, but kept back"
        assert said in capsys.readouterr().out
        Quote.objects.update(visibility="private")  # before the rules are back
        Quote.objects.filter(consent="participant", participant=None).update(consent="published")
        Participant.objects.update(consent_scope="unknown")


def test_form_tells_that_a_public_quote_rests_on_the_consent_of_each_of_several(evidence):
    evidence.quote.also_by.set([ParticipantFactory(study=evidence.quote.study) for _ in range(2)])
    evidence.quote.full_clean()
    one, other = evidence.quote.also_by.all()
    one.role = "Nurse"
    one.full_clean()
    other.consent_scope = "team-only"
    with pytest.raises(ValidationError, match="public quote"):
        other.full_clean()
