"""A participant withdraws: nothing that they said is left, anywhere."""

import datetime as dt

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.utils import timezone

from programmes.actions.code import Coding, adjust_quote, code_passage
from programmes.actions.withdraw import Erased, withdraw_participant, withdrawal_erases
from programmes.models import Evidence, Memo, Participant, Quote, SecondCode, SecondCoding, Source
from programmes.transcripts.read import checksum
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
    SpeakerFactory,
    TheoryFactory,
    UploadFactory,
    UserFactory,
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
    # A file that waits to be confirmed, and what the admin's log calls the source.
    UploadFactory(study=study, content={"text": WORD})
    LogEntry.objects.create(
        user=UserFactory(),
        content_type=ContentType.objects.get_for_model(Source),
        object_id=source.pk,
        object_repr=WORD,
        action_flag=1,
        change_message=WORD,
    )
    SpeakerFactory(source=source, label=WORD).delete()
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
            if model._meta.app_label in {"programmes", "admin"}:
                cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')  # noqa: S608  the name of a table of ours
                rows += cursor.fetchall()
    return repr(rows)


def test_nothing_is_left(participant):
    assert WORD in everything()

    withdraw_participant(participant=participant, reason="Asked by letter", on=DAY)

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
    assert withdrawal_erases(participant) == Erased(
        quotes=2, evidence=1, memos=2, sources=1, second_codings=1, turns=0, uploads=1
    )
    assert everything() == before


GROUP = """\
I: Why did you come?
P1: It was kind and warm.
P2: She zqsaid came zqsaid with me.
I: And then?
P1: We stood there.
I: Did you stay?
P1: We went on until it was late, as one does on such a day, with the others and all of their dogs, every time."""


@pytest.fixture
def group(db):
    """A focus group in which somebody speaks who will withdraw, with quotes of all kinds."""
    theory = TheoryFactory()
    study = theory.study
    who, other = (ParticipantFactory(study=study, pseudonym=name) for name in ("withdrawer", "other"))
    source = SourceFactory(study=study, kind="focus-group", text=GROUP, sha256=checksum(GROUP))
    SpeakerFactory(source=source, label="I", kind="interviewer")
    SpeakerFactory(source=source, label="P1", kind="participant", participant=other)
    SpeakerFactory(source=source, label="P2", kind="participant", participant=who)
    return who, other, source, theory


def quoted(source, theory, passage):
    start = GROUP.index(passage)
    coding = Coding(role="supports", cmocs=[CMOCFactory(theory=theory)])
    return code_passage(source=source, span=(start, start + len(passage)), coding=coding, by=UserFactory()).quote


def test_one_speaker_of_a_group_can_go(group):
    who, other, source, theory = group
    own = quoted(source, theory, "She zqsaid came")
    both = quoted(source, theory, "warm.\nP2: She zqsaid came zqsaid with me.")
    asked = quoted(source, theory, "zqsaid with me.\nI: And then?")
    beside = quoted(source, theory, "And then?")
    apart = quoted(source, theory, "stood there.")
    adjusted = quoted(source, theory, "kind and warm.\nP2: She zqsaid")
    adjust_quote(quote=adjusted, span=(GROUP.index("kind"), GROUP.index(" and warm")))
    before = Quote.objects.get(pk=apart.pk)
    far = Quote.objects.get(pk=quoted(source, theory, "every time").pk)
    gone = quoted(source, theory, "came zqsaid")
    Evidence.objects.filter(quote=gone).delete()
    gone.delete()

    erased = withdrawal_erases(who)
    assert (erased.quotes, erased.turns) == (2, 1)

    withdraw_participant(participant=who, reason="Asked by letter", on=DAY)

    assert WORD not in everything()
    source.refresh_from_db()
    assert source.text == GROUP.replace("She zqsaid came zqsaid with me.", "███ ██████ ████ ██████ ████ ███")
    assert (len(source.text), source.sha256) == (len(GROUP), checksum(source.text))
    assert not Quote.objects.filter(pk__in=[own.pk, asked.pk]).exists()
    both.refresh_from_db()
    assert (both.text, both.participant, both.pieces, both.also_by.count()) == ("warm.", other, [], 0)
    beside.refresh_from_db()
    assert beside.prefix.endswith("███\nI: ")
    assert Quote.objects.get(pk=adjusted.pk).text == "kind"
    assert Quote.objects.get(pk=apart.pk).version == before.version + 1  # the words before it
    assert Quote.objects.get(pk=far.pk).version == far.version
    for quote in Quote.objects.all():
        quote.full_clean()


def test_history_is_forgotten_by_its_own_order_and_not_by_the_clock(group):
    who, _, source, _ = group
    source.title = WORD
    source.participant = who
    source.save()
    Source.history.filter(id=source.pk).update(history_date=timezone.now() + dt.timedelta(days=2))

    withdraw_participant(participant=who, reason="Asked by letter", on=DAY)

    assert WORD not in everything()
    assert [state.text for state in source.history.all()] == [""]
