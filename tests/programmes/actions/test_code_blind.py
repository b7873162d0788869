"""Blind codings that are begun and finished in the same moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from programmes.actions.code_blind import finish_blind_coding, start_blind_coding
from programmes.models import SecondCoding
from tests.factories import MembershipFactory, SourceFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def source():
    return SourceFactory(text="I hope, therefore we hope.", sha256="0" * 64)


def at_once(acts):
    """Return what each act answers when all begin together: its answer, or the sentence that refuses it."""

    def answer(act):
        try:
            return act()
        except ValidationError as error:
            return " ".join(error.messages)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(answer, acts))


def analyst(source):
    return MembershipFactory(study=source.study).user


def test_one_person_begins_twice_at_once(source):
    person = analyst(source)
    answers = at_once([lambda: start_blind_coding(source=source, by=person)] * 4)
    refused = [answer for answer in answers if isinstance(answer, str)]
    assert refused == ["You are coding this source blind already."] * 3
    assert SecondCoding.objects.count() == 1


def test_two_people_begin_and_finish_at_once(source):
    people = [analyst(source), analyst(source)]
    begun = at_once([lambda person=person: start_blind_coding(source=source, by=person) for person in people])
    assert sorted(coding.number for coding in begun) == [1, 2]
    finishing = [
        lambda coding=coding: finish_blind_coding(source=source, coding=coding.pk, by=coding.analyst)
        for coding in begun
    ]
    finished = at_once(finishing)
    assert sorted(coding.number for coding in finished) == [1, 2]
    assert SecondCoding.objects.filter(finished_date=None).count() == 0


def test_one_coding_is_finished_twice_at_once(source):
    person = analyst(source)
    coding = start_blind_coding(source=source, by=person)
    answers = at_once([lambda: finish_blind_coding(source=source, coding=coding.pk, by=person)] * 3)
    refused = [answer for answer in answers if isinstance(answer, str)]
    assert refused == ["This blind coding is finished: nothing in it can be changed."] * 2
    assert coding.history.count() == 2
