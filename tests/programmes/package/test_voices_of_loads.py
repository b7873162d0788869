"""Whose words are in quotes over several turns is worked out before others must wait for a load."""

import copy
import itertools
import json
import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programmes.models import Participant, Quote, Source, Speaker, Study, Theory
from programmes.models.spoken import SourceVoices, keep_voices, quote_spans
from programmes.package.problems import PackageError
from programmes.package.read import read_package
from programmes.package.write import canonical, write_package
from programmes.transcripts.turns import SpokenTurn, pieces_of
from tests.programmes.package.test_loads_beside_work import empty, meanwhile, waited_for

__all__ = ["meanwhile"]  # the fixture
CONSENT = {"consent_scope": "quotes-public"}


def dialogue(number, **values):
    """Return a package in which two people say something, so many times, and each quote holds words of both."""
    text, quotes = "", []
    for one in range(number):
        first, second = f"It rained on day {one}.", f"Then hope came back, on day {one + 1}."
        start = len(text) + 3
        then = start + len(first) + 4
        quotes.append(
            {
                "key": f"q{one}",
                "text": f"{first}\n{second}",
                "source": "g1",
                "start": start,
                "end": then + len(second),
                "pieces": [f"{start} {start + len(first)}", f"{then} {then + len(second)}"],
                **values,
            }
        )
        text += f"A: {first}\nB: {second}\n"
    return {
        "format": "realist-theory-package",
        "version": 2,
        "programme": {"slug": "beside", "name": "Beside"},
        "study": {"slug": "beside", "title": "Beside", "kind": "evaluation", "statements": "own"},
        "participants": [{"pseudonym": name, **CONSENT} for name in ("ann", "bea", "cleo")],
        "sources": [
            {
                "key": "g1",
                "kind": "focus-group",
                "title": "G",
                "text": text,
                "speakers": [
                    {"label": "A", "kind": "participant", "participant": "ann"},
                    {"label": "B", "kind": "participant", "participant": "bea"},
                ],
            }
        ],
        "quotes": quotes,
        "theory": {"slug": "beside", "title": "Beside"},
    }


def with_second(document, participant):
    changed = copy.deepcopy(document)
    changed["sources"][0]["speakers"][1]["participant"] = participant
    return changed


def load(document, **values):
    return read_package(canonical(document), **values)


def voices():
    return {
        quote.key: sorted(quote.also_by.values_list("pseudonym", flat=True)) for quote in Quote.objects.order_by("key")
    }


def as_worked_out_one_by_one():
    """Return what it is when each quote is asked, as after an act of somebody."""
    for quote in Quote.objects.exclude(source=None).exclude(pieces=[]):
        kept = SourceVoices.of_source(quote.source)
        keep_voices(quote, kept, [piece for span in quote_spans(quote) for piece in kept.pieces(*span)])
    return voices()


@pytest.mark.django_db(transaction=True)
def test_for_as_many_quotes_of_several_others_wait_for_as_many_statements_and_for_no_transcript():
    counts = []
    for number in (3, 30):
        document = dialogue(number)
        kinds = {
            "new": waited_for(document),
            "another speaker": waited_for(with_second(document, "cleo")),
            "changed": waited_for(with_second(dialogue(number, label_as_printed="[#]"), "cleo")),
        }
        assert set(map(tuple, voices().values())) == {("ann", "cleo")}
        assert len(voices()) == number
        of_texts = [sql for sqls in kinds.values() for sql in sqls if sql.startswith("SELECT") and '"text"' in sql]
        counts.append(({name: len(said) for name, said in kinds.items()}, of_texts))
        empty()
    assert counts[0] == counts[1]
    assert counts[0][1] == []


@pytest.mark.django_db
def test_voices_follow_speakers_that_change_come_and_go_and_quotes_that_are_not_in_the_file():
    document = dialogue(2)
    load(document)
    assert voices() == {"q0": ["ann", "bea"], "q1": ["ann", "bea"]}
    fewer = {**with_second(document, "cleo"), "quotes": document["quotes"][:1]}
    load(fewer)
    assert voices() == as_worked_out_one_by_one() == {"q0": ["ann", "cleo"], "q1": ["ann", "cleo"]}
    nobody_said = copy.deepcopy(document)
    nobody_said["sources"][0].pop("speakers")
    nobody_said["quotes"] = []
    load(nobody_said)
    assert voices() == as_worked_out_one_by_one() == {"q0": [], "q1": []}
    asking = copy.deepcopy(document)
    asking["sources"][0]["speakers"][0] = {"label": "A", "kind": "interviewer"}
    asking["sources"][0]["participant"] = "cleo"
    asking["sources"][0]["speakers"][1] = {"label": "B", "kind": "unknown"}
    load(asking)
    assert voices() == as_worked_out_one_by_one()
    load(document)
    assert voices() == as_worked_out_one_by_one() == {"q0": ["ann", "bea"], "q1": ["ann", "bea"]}


@pytest.mark.django_db
def test_quote_that_is_of_one_turn_by_now_has_no_others():
    document = dialogue(2)
    load(document)
    first = document["quotes"][0]
    alone = {"key": "q0", "text": first["text"].split("\n")[0], "source": "g1", "participant": "ann"}
    start, end = map(int, first["pieces"][0].split())
    load({**document, "quotes": [{**alone, "start": start, "end": end}]})
    assert voices() == {"q0": [], "q1": ["ann", "bea"]}


@pytest.mark.django_db
def test_preview_and_load_refuse_public_quotes_without_leave_and_name_each():
    document = dialogue(3, visibility="public", consent="published")
    for quote in document["quotes"]:
        quote.update({"disclosure_checked_by": "Ada", "disclosure_checked_date": "2026-01-02"})
    document["participants"][1].pop("consent_scope")
    for dry_run in (True, False):
        with pytest.raises(PackageError) as caught:
            load(document, dry_run=dry_run)
        assert [str(problem) for problem in caught.value.problems] == [
            f"quotes: q{number} is public, and somebody in it did not agree to that; "
            "leave its visibility out, or record the consent of each participant whose words are in it"
            for number in range(3)
        ]
    assert Study.objects.count() == 0


def saved_speaker(participant):
    def save():
        speaker = Speaker.objects.get(label="B")
        speaker.participant = Participant.objects.get(pseudonym=participant)
        speaker.save()

    return save


def new_speaker():
    Speaker.objects.filter(label="B").delete()
    Speaker.objects.create(
        source=Source.objects.get(),
        label="B",
        kind="participant",
        participant=Participant.objects.get(pseudonym="cleo"),
    )


def whose_source():
    source = Source.objects.get()
    source.participant = Participant.objects.get(pseudonym="cleo")
    source.save()


@pytest.mark.parametrize("act", [saved_speaker("cleo"), new_speaker, whose_source])
def test_who_speaks_and_was_changed_meanwhile_is_worked_out_anew(meanwhile, act):
    document = dialogue(2)
    load(document)
    changed = dialogue(3, label_as_printed="[#]")
    changed["sources"][0]["text"] = document["sources"][0]["text"]
    changed["quotes"] = changed["quotes"][:2]
    left = meanwhile(act)
    load(changed)
    assert (left, voices()) == ([], as_worked_out_one_by_one())
    assert set(Quote.objects.values_list("label_as_printed", flat=True)) == {"[#]"}


def test_quote_of_several_that_came_meanwhile_follows_the_speakers_of_the_file(meanwhile):
    document = dialogue(2)
    load({**document, "quotes": document["quotes"][:1]})
    left = meanwhile(lambda: load(document))
    load({**with_second(document, "cleo"), "quotes": document["quotes"][:1]})
    assert (left, voices()) == ([], {"q0": ["ann", "cleo"], "q1": ["ann", "cleo"]})


@pytest.mark.django_db(transaction=True)
def test_loaded_again_nothing_is_written():
    load(dialogue(2))
    assert waited_for(dialogue(2)) == []
    assert load(json.loads(write_package(Theory.objects.get()))).changes == []


def test_pieces_among_many_turns_are_those_among_all():
    generator = random.Random(17)  # noqa: S311  a test
    for _ in range(200):
        places = [sorted(generator.sample(range(60), 2)) for _ in range(generator.randrange(8))]
        turns = [SpokenTurn(start, end, generator.choice("AB")) for start, end in places]
        source = Source(text="".join(generator.choice("ab \n") for _ in range(60)))
        kept = SourceVoices(source, turns, [])
        for start, end in itertools.combinations(range(0, 60, 7), 2):
            assert kept.pieces(start, end) == pieces_of(source.text, turns, start, end)


@pytest.mark.django_db(transaction=True)
def test_work_does_not_grow_with_quotes_and_turns():
    load(dialogue(2))
    with CaptureQueriesContext(connection) as captured:
        load(dialogue(2), dry_run=True)
    few = len(captured)
    empty()
    load(dialogue(40))
    with CaptureQueriesContext(connection) as captured:
        load(dialogue(40), dry_run=True)
    assert len(captured) == few
