"""What is public already has a public history from its first public state on."""

import datetime as dt
import importlib

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from programmes.models import CMOC, PublicSpan, Study, Theory
from tests.factories import CMOCFactory, ReviewFactory, TheoryFactory

migration = importlib.import_module("programmes.migrations.0032_public_spans")
NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


def day(number):
    return NOW + dt.timedelta(days=number)


class Editor:
    connection = connection


def begin_again():
    PublicSpan.objects.all().delete()
    migration.begin_public_times(apps, Editor)
    return PublicSpan.objects.order_by("pk")


def change(row, **values):
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


def test_spans_follow_from_the_history(db):
    theory = TheoryFactory(visibility="private", study__visibility="public")
    cmoc = CMOCFactory(theory=theory)
    ReviewFactory(cmoc=cmoc)
    change(cmoc, title="Draft")
    before = CMOC.history.order_by("-history_id").first().history_id
    change(theory, visibility="public")
    change(cmoc, title="Public")
    change(Study.objects.get(), visibility="private")
    change(cmoc, title="Draft again")
    ReviewFactory(cmoc=cmoc, number=9)
    kept = list(PublicSpan.objects.values_list("began_after", "ended_with", "reviews_after", "reviews_until"))

    spans = begin_again()

    assert list(spans.values_list("began_after", "ended_with", "reviews_after", "reviews_until")) == kept
    assert spans[0].began_after["programmes.cmoc"] == before
    change(Study.objects.get(), visibility="public")
    assert [span.ended_at is None for span in begin_again()] == [False, True]


@pytest.mark.parametrize(("visibility", "spans"), [("public", 1), ("private", 0)])
def test_what_has_no_history_is_public_from_now_on(db, visibility, spans):
    theory = TheoryFactory(visibility=visibility)
    Theory.history.all().delete()
    assert begin_again().count() == spans
    Theory.objects.filter(pk=theory.pk).update(visibility="private")
    assert not begin_again().exists()


def test_public_time_whose_end_the_history_does_not_know_ends_now(db):
    theory = TheoryFactory()
    Theory.objects.filter(pk=theory.pk).update(visibility="private")
    [span] = begin_again()
    assert abs(span.ended_at - timezone.now()) < dt.timedelta(minutes=1)


def test_states_stand_in_the_order_of_their_history_whatever_the_clock_said():
    states = [(day(5), "private"), (day(2), "public"), (day(3), "public")]
    assert migration.times_of(states) == [(day(5), False), (day(5), True), (day(5), True)]
