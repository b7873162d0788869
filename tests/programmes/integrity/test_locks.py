"""Two who act at once, and each keep a rule, cannot break it together: PostgreSQL holds the rows that it rests on."""

import contextlib
import datetime as dt

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from programmes.integrity.holding import ERASED, hold_erased
from programmes.models import Participant, Quote
from tests.factories import EvidenceFactory, ParticipantFactory, QuoteFactory

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

PUBLISH = "UPDATE programmes_quote SET visibility = 'public' WHERE id = %s"
TAKE_CONSENT_AWAY = "UPDATE programmes_participant SET consent_scope = 'team-only' WHERE id = %s"
WITHDRAW = "UPDATE programmes_participant SET withdrawn_date = '2026-01-02' WHERE id = %s"


@pytest.fixture
def two():
    """Return two connections of their own, each in a transaction, that wait for a moment at most."""
    with contextlib.ExitStack() as stack:
        found = [connection.copy(), connection.copy()]
        for one in found:
            stack.callback(one.close)
            one.set_autocommit(False)
            one.cursor().execute("SET lock_timeout = '300ms'")
            one.commit()
        yield found


def checked_quote(**values):
    return QuoteFactory(visibility="private", disclosure_checked_date=dt.date(2026, 1, 2), **values)


def quote_of_two():
    quote = checked_quote(participant=None, consent="published")
    quote.also_by.set([ParticipantFactory(study=quote.study) for _ in range(2)])
    return quote, quote.also_by.last()


def quote_of_one():
    quote = checked_quote()
    return quote, quote.participant


@pytest.mark.parametrize("change", [TAKE_CONSENT_AWAY, WITHDRAW])
@pytest.mark.parametrize("make", [quote_of_one, quote_of_two])
@pytest.mark.parametrize("publish_first", [True, False])
def test_publishing_and_a_change_of_consent_cannot_both_succeed(two, make, change, publish_first):
    quote, participant = make()
    acts = [(PUBLISH, quote.pk), (change, participant.pk)]
    (first, second) = acts if publish_first else acts[::-1]
    one, other = two

    one.cursor().execute(first[0], [first[1]])
    with pytest.raises(OperationalError, match="lock timeout"):  # it waits for the one that came first
        other.cursor().execute(second[0], [second[1]])
    other.rollback()
    one.commit()
    with pytest.raises(IntegrityError, match="quote_public_within_consent"):
        other.cursor().execute(second[0], [second[1]])

    states = Quote.objects.get(pk=quote.pk).visibility, Participant.objects.get(pk=participant.pk).consent_scope
    assert states == (("public", "quotes-public") if publish_first else ("private", states[1]))


def test_publishing_waits_for_who_is_put_into_a_quote(two):
    quote, _ = quote_of_two()
    unwilling = ParticipantFactory(study=quote.study, consent_scope="unknown")
    one, other = two

    one.cursor().execute(
        "INSERT INTO programmes_quote_also_by (quote_id, participant_id) VALUES (%s, %s)", [quote.pk, unwilling.pk]
    )
    with pytest.raises(OperationalError, match="lock timeout"):
        other.cursor().execute(PUBLISH, [quote.pk])
    other.rollback()
    one.commit()
    with pytest.raises(IntegrityError, match="quote_public_within_consent_of_all"):
        other.cursor().execute(PUBLISH, [quote.pk])


def test_every_rule_holds_what_it_rests_on(two):
    evidence = EvidenceFactory()
    one, other = two

    one.cursor().execute("UPDATE programmes_evidence SET role = 'counters' WHERE id = %s", [evidence.pk])

    for table, key in (("quote", evidence.quote_id), ("cmoc", evidence.cmoc_id)):
        with pytest.raises(OperationalError, match="lock timeout"):
            other.cursor().execute(f"UPDATE programmes_{table} SET version = version WHERE id = %s", [key])  # noqa: S608
        other.rollback()


@pytest.mark.parametrize(("erases", "others_may"), [(True, [False, False]), (False, [True, False])])
def test_who_erases_is_alone_and_loads_are_beside_one_another(two, erases, others_may):
    ask = "SELECT pg_try_advisory_xact_lock_shared(%s), pg_try_advisory_xact_lock(%s)"
    with transaction.atomic():
        hold_erased(erases=erases)
        cursor = two[0].cursor()
        cursor.execute(ask, [ERASED, ERASED])
        assert list(cursor.fetchone()) == others_may
