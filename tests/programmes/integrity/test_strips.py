"""A long text is kept in strips as well, so that a rule about a few words of it reads these alone."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programmes import checks
from programmes.actions.forget_again import tidy
from programmes.actions.withdraw import withdraw_participant
from programmes.integrity.strips import LETTERS, STRIPS_OF_TEXTS
from programmes.models import Quote, SecondCode, Source
from programmes.transcripts.read import checksum
from programmes.upkeep.broken_rules import broken_rules
from tests.factories import (
    ParticipantFactory,
    QuoteFactory,
    SecondCodeFactory,
    SecondCodingFactory,
    SourceFactory,
    StudyFactory,
)

TABLE = "strips_programmes_source"
SOME = "aé€😀\r\n"  # letters of one to four bytes, and an end of a line
AROUND_THE_EDGES = [LETTERS * number + more for number in (0, 1, 2, 3, 7, 8) for more in (-1, 0, 1)]


def letters(number):
    return (SOME * (number // len(SOME) + 1))[:number]


def strips():
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT row_id, number, words FROM {TABLE} ORDER BY row_id, number")  # noqa: S608  our own name
        return cursor.fetchall()


def expected():
    return [
        (pk, first // LETTERS, text[first : first + LETTERS])
        for pk, text in Source.objects.order_by("pk").values_list("pk", "text")
        for first in range(0, len(text), LETTERS)
    ]


def source_with(text, **values):
    return SourceFactory(text=text, sha256=checksum(text) if text else "", **values)


def change(source, text):
    Source.objects.filter(pk=source.pk).update(text=text, sha256=checksum(text) if text else "")


@pytest.mark.django_db
def test_every_text_is_there_in_strips_whichever_way_it_came():
    sources = [source_with(letters(number)) for number in AROUND_THE_EDGES if number >= 0]
    assert (strips(), len(strips())) == (expected(), sum(-(-len(one.text) // LETTERS) for one in sources))

    change(sources[0], letters(LETTERS * 5 + 9))
    change(sources[-1], letters(7))
    change(sources[-2], "")
    assert strips() == expected()
    more = Source(study=sources[0].study, key="b", kind="interview", title="B", text=letters(9000), sha256="0")
    Source.objects.bulk_create([more])
    Source.objects.filter(pk=sources[3].pk).update(id=10**9)
    sources[4].delete()
    Source.objects.filter(pk=sources[5].pk).update(title="Another")
    assert strips() == expected()
    Source.objects.all().delete()
    assert strips() == []


@pytest.mark.django_db
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.sampled_from(SOME), max_size=40), st.integers(0, LETTERS * 9))
def test_strips_are_the_text_of_any_length(end, number):
    with transaction.atomic():
        source_with(letters(number) + end)
        assert strips() == expected()
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_emptying_every_table_leaves_no_strip():
    source_with(letters(LETTERS + 1))
    call_command("flush", interactive=False, verbosity=0)
    assert strips() == []
    source_with(letters(LETTERS * 2))
    assert (strips(), len(strips())) == (expected(), 2)


PLACES = [(0, 3), (LETTERS - 2, LETTERS), (LETTERS - 2, LETTERS + 3), (LETTERS, LETTERS + 1), (7, LETTERS * 3 + 5)]


@pytest.mark.django_db
@pytest.mark.parametrize(("start", "end"), [*PLACES, (LETTERS * 3 + 9, LETTERS * 3 + 11)])
def test_words_are_looked_for_where_they_stand(start, end):
    text = "".join(chr(0x4E00 + number % 20_000) for number in range(LETTERS * 3 + 11))
    source = source_with(text)
    quote = QuoteFactory(study=source.study, text="Elsewhere.")

    def place(**values):
        with transaction.atomic():
            Quote.objects.filter(pk=quote.pk).update(source=source, shown_text=values["text"], **values)

    place(text=text[start:end], start=start, end=end)
    moved = {"text": text[start:end], "start": start + 1, "end": end + 1}
    for wrong in (
        moved,
        {"text": text[start:end] + "x", "start": start, "end": end + 1},
        {"text": text[start:end], "start": start, "end": end + 1},
        {"text": text[start:end].replace(text[end - 1], "x"), "start": start, "end": end},
        {"text": "x", "start": 2**31 - 2, "end": 2**31 - 1},
    ):
        with pytest.raises(IntegrityError, match="quote_span_in_source"):
            place(**wrong)
    assert list(broken_rules()) == []


@pytest.mark.django_db
def test_quotes_are_asked_again_when_their_source_changes():
    source = source_with(letters(LETTERS + 20))
    start, end = LETTERS - 3, LETTERS + 4
    QuoteFactory(study=source.study, source=source, text=source.text[start:end], start=start, end=end)
    with pytest.raises(IntegrityError, match="quote_span_in_source"), transaction.atomic():
        change(source, f"x{source.text}")
    assert strips() == expected()
    change(source, f"{source.text[:-1]}x")
    change(source, source.text[: LETTERS + 4])
    with pytest.raises(IntegrityError, match="quote_span_in_source"), transaction.atomic():
        change(source, source.text[: LETTERS + 3])
    assert strips() == expected()


@pytest.mark.django_db
@pytest.mark.parametrize("length", [5, LETTERS, LETTERS + 1])
def test_second_codes_lie_within_the_text(length):
    coding = SecondCodingFactory(source=source_with(letters(length)))
    code = SecondCodeFactory(coding=coding, start=0, end=2)
    SecondCode.objects.filter(pk=code.pk).update(end=length)
    with pytest.raises(IntegrityError, match="secondcode_within_source"), transaction.atomic():
        SecondCode.objects.filter(pk=code.pk).update(end=length + 1)


@pytest.mark.django_db
def test_words_that_are_withdrawn_are_gone_from_the_strips(settings, tmp_path):
    settings.ERASURES_FILE = tmp_path / "erasures"
    study = StudyFactory()
    person = ParticipantFactory(study=study)
    source_with("It was good to meet somebody like me.", study=study, participant=person)
    other = source_with("Another talk.", study=study)
    withdraw_participant(participant=person, reason="They asked.", on=dt.date(2026, 1, 2))
    assert strips() == [(other.pk, 0, "Another talk.")]


DAMAGE = [
    f"UPDATE {TABLE} SET words = 'zq' WHERE number = 0",  # noqa: S608  our own name
    f"UPDATE {TABLE} SET number = 7 WHERE number = 1",  # noqa: S608
    f"DELETE FROM {TABLE} WHERE number = 1",  # noqa: S608
]


@pytest.mark.parametrize("damage", DAMAGE)
def test_strips_that_somebody_changed_are_told_and_made_anew(transactional_db, damage, capsys):
    source_with("Yes.")
    source = source_with(letters(LETTERS + 3))
    with connection.cursor() as cursor:
        cursor.execute(f"{damage} AND row_id = {source.pk}")
    with pytest.raises(CommandError, match="1 broken rule"):
        call_command("check_integrity")
    assert capsys.readouterr().out == (
        f"source {source.pk}: what rules read of its text is not its text; manage.py tidy makes it anew\n"
    )
    assert tidy() == ["What rules read of the texts of sources was made anew."]
    assert (strips(), tidy(), list(broken_rules())) == (expected(), [], [])


def test_database_that_had_none_gets_strips_of_every_text(transactional_db):
    for number in (0, 3, LETTERS * 3 + 1, LETTERS * 4):
        source_with(letters(number))
    STRIPS_OF_TEXTS.remove("default")
    assert STRIPS_OF_TEXTS.found(connection) == {}
    checks.install_after_migrate("default")
    assert (strips(), len(strips()), STRIPS_OF_TEXTS.found(connection)) == (expected(), 9, {TABLE: True})
    change(Source.objects.last(), letters(LETTERS * 2))
    assert strips() == expected()
