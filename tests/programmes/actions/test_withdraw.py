"""A participant withdraws: nothing that they said is left, anywhere."""

import datetime as dt

import pytest
from django.apps import apps
from django.db import connection

from programmes.actions.withdraw import Erased, withdraw_participant, withdrawal_erases
from programmes.models import Evidence, Memo, Participant, Quote, SecondCode, SecondCoding, Source
from tests.factories import (
    CMOCFactory,
    EditorialMarkFactory,
    EvidenceFactory,
    MemoFactory,
    ParticipantFactory,
    QuoteFactory,
    SecondCodeFactory,
    ServiceFactory,
    SourceFactory,
    TheoryFactory,
)

DAY = dt.date(2026, 3, 4)
WORD = "zqsaid"


@pytest.fixture
def participant(db):
    """Somebody whose words, and traces of whose words, stand everywhere."""
    theory = TheoryFactory()
    study = theory.study
    who = ParticipantFactory(
        study=study,
        pseudonym="withdrawer",
        role=WORD,
        consent_note=WORD,
        service_note=WORD,
        label_as_printed=WORD,
        service=ServiceFactory(study=study),
    )
    source = SourceFactory(
        study=study, participant=who, title=WORD, text=f"{WORD} yes", sha256="0", note=WORD, interviewer=WORD
    )
    cmoc = CMOCFactory(theory=theory)
    quote = QuoteFactory(study=study, participant=who, text=WORD)
    EvidenceFactory(cmoc=cmoc, quote=quote, note=WORD)
    EditorialMarkFactory(quote=quote, text=WORD)
    MemoFactory(study=study, quote=quote, text=WORD)
    MemoFactory(study=study, source=source, text=WORD)
    # Said by the participant, though only the source says so.
    QuoteFactory(study=study, participant=None, source=source, text=WORD, start=0, end=len(WORD), consent="published")
    SecondCodeFactory(coding__source=source, cmoc=cmoc)
    # Deleted long ago: only the history has it.
    SecondCodeFactory(coding__source=source, cmoc=cmoc).coding.delete()
    earlier = QuoteFactory(study=study, participant=who, text=WORD)
    EvidenceFactory(cmoc=cmoc, quote=earlier, note=WORD)
    earlier.delete()
    # First taken to be theirs, then found to be another's.
    corrected = QuoteFactory(study=study, participant=who, key="theirs", text="Somebody else's words")
    corrected.participant = ParticipantFactory(study=study)
    corrected.save()
    return who


def everything():
    """Return all that the database holds, as one text."""
    rows = []
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if model._meta.app_label == "programmes":
                cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')  # noqa: S608  the name of a table of ours
                rows += cursor.fetchall()
    return repr(rows)


def test_nothing_is_left(participant):
    assert WORD in everything()

    erased = withdraw_participant(participant=participant, reason="Asked by letter", on=DAY)

    assert erased == Erased(quotes=2, evidence=1, memos=2, sources=1, second_codings=1)
    assert WORD not in everything()


def test_who_withdrew_and_when_stays(participant):
    withdraw_participant(participant=participant, reason="Asked by letter", on=DAY)

    kept = Participant.objects.get(pk=participant.pk)
    assert (kept.pseudonym, kept.withdrawn_date, kept.consent_scope) == ("withdrawer", DAY, "unknown")
    assert kept.service is None
    assert list(kept.history.values_list("history_change_reason", flat=True)) == ["Asked by letter"]
    assert list(Source.objects.values_list("title", "text", "sha256")) == [("Withdrawn", "", "")]
    assert not Evidence.objects.exists()
    assert not Memo.objects.exists()


def test_second_codings_of_erased_words_go_with_their_history(participant):
    other = SecondCodeFactory()

    withdraw_participant(participant=participant, reason="Asked by letter", on=DAY)

    kept = [(model.objects.count(), model.history.count()) for model in (SecondCoding, SecondCode)]
    assert kept == [(1, 1), (1, 1)]
    assert SecondCode.objects.get() == other


def test_words_of_others_stay(participant):
    withdraw_participant(participant=participant, reason="Asked by letter", on=DAY)
    (quote,) = Quote.objects.all()
    assert (quote.key, quote.history.count()) == ("theirs", 2)


def test_preview_changes_nothing(participant):
    before = everything()
    assert withdrawal_erases(participant) == Erased(quotes=2, evidence=1, memos=2, sources=1, second_codings=1)
    assert everything() == before
