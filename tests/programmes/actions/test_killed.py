"""An act that is killed before any of its writes, or before it is committed, has not happened at all."""

import datetime as dt
import json
import multiprocessing
import os
import signal

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connection, transaction

from programmes.actions.code import Coding, NewCMOC, adjust_quote, code_passage
from programmes.actions.decisions import Decision
from programmes.actions.merge import merge
from programmes.actions.move import move_evidence
from programmes.actions.rename import rename
from programmes.actions.retire import retire
from programmes.actions.review import ask_for_review, review, stored_wording
from programmes.actions.split import split
from programmes.actions.successors import Successor, rows_to_copy
from programmes.actions.undo import undo_decision
from programmes.actions.withdraw import withdraw_participant
from programmes.models import CMOC, LineageEvent, Participant, Quote, Source, Theory
from programmes.package.read import read_package
from programmes.package.write import canonical, write_package
from programmes.transcripts.read import checksum
from programmes.vocabulary import EvidenceRole, Verdict
from tests.factories import (
    CaveatFactory,
    CMOCContextFactory,
    CMOCFactory,
    EvidenceFactory,
    MembershipFactory,
    ParticipantFactory,
    QuoteFactory,
    SourceFactory,
    TheoryFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = "I: How was it?\nP: It was good to meet somebody like me."
SPAN = (TEXT.index("good"), len(TEXT) - 1)
COMPLETED, KILLED = 0, -signal.SIGKILL
SECONDS = 60  # more than any act takes


@pytest.fixture
def curator(transactional_db):
    """A curator of a study with two configurations, a coded transcript, and a decision that can be taken back."""
    theory = TheoryFactory()
    study = theory.study
    user = UserFactory(username="ada")
    MembershipFactory(study=study, user=user, role="curator")
    speaker = ParticipantFactory(study=study, pseudonym="p1")
    source = SourceFactory(study=study, key="i1", text=TEXT, sha256=checksum(TEXT), participant=speaker)
    cmocs = [CMOCFactory(theory=theory, number=number, title=f"T{number}") for number in (1, 2, 3)]
    for cmoc in cmocs:
        CMOCContextFactory(cmoc=cmoc)
    CaveatFactory(theory=theory, number=1, cmoc=cmocs[0])
    quote = QuoteFactory(
        study=study,
        key="q01",
        text=TEXT[SPAN[0] : SPAN[1]],
        source=source,
        start=SPAN[0],
        end=SPAN[1],
        participant=speaker,
    )
    EvidenceFactory(cmoc=cmocs[0], quote=quote)
    rename(cmoc=cmocs[2], title="Renamed", decision=Decision("Clearer.", user))
    ask_for_review(cmoc=CMOC.objects.get(number=2), asked=True, reason="Ready")
    return user


def cmoc(number):
    return CMOC.objects.select_related("theory__study").get(number=number)


def successor(title, *cmocs):
    return Successor(title, "", tuple(row for entry in cmocs for row in rows_to_copy(entry)))


def code(user):
    coding = Coding(
        role=EvidenceRole.SUPPORTS,
        cmocs=[cmoc(1)],
        new_cmoc=NewCMOC(cmoc(1).theory, "A candidate", "Alike"),
        slot="context",
        memo="Why.",
    )
    code_passage(source=Source.objects.get(), span=(18, 24), coding=coding, by=user)


def reviewed(user):
    review(cmoc=cmoc(2), read=stored_wording(cmoc(2), user), verdict=Verdict.AGREE, comment="", by=user)


def changed_package():
    """Return the study as a package in which somebody changed, added and left out something."""
    document = json.loads(write_package(Theory.objects.get()))
    document["study"]["title"] = "From the package"
    document["cmocs"][0].pop("evidence")
    document["quotes"][0]["label_as_printed"] = "[#1]"
    document["quotes"].append({"key": "q90", "text": "Somebody like me.", "locator": "p. 4"})
    return canonical(document)


ACTS = {
    "merge": lambda user: merge(
        cmocs=[cmoc(1), cmoc(2)], into=successor("Both", cmoc(1), cmoc(2)), decision=Decision("Why.", user)
    ),
    "split": lambda user: split(
        cmoc=cmoc(1), into=[successor("A", cmoc(1)), successor("B", cmoc(1))], decision=Decision("Why.", user)
    ),
    "move": lambda user: move_evidence(
        source=cmoc(1), target=cmoc(2), quotes=[Quote.objects.get()], decision=Decision("Why.", user)
    ),
    "retire": lambda user: retire(cmoc=cmoc(1), decision=Decision("Why.", user)),
    "reverse": lambda user: undo_decision(event=LineageEvent.objects.get(), decision=Decision("Why.", user)),
    "review": reviewed,
    "code": code,
    "adjust": lambda _: adjust_quote(quote=Quote.objects.select_related("source").get(), span=(SPAN[0], SPAN[1] - 3)),
    "load": lambda _: read_package(changed_package()),
    "withdraw": lambda _: withdraw_participant(
        participant=Participant.objects.get(), reason="They asked.", on=dt.date(2026, 1, 2)
    ),
}


def content():
    """Return every row of every table of the project, without the times of the history."""
    return {
        model._meta.label: [
            {name: value for name, value in row.items() if name != "history_date"}
            for row in model._base_manager.order_by("pk").values()
        ]
        for model in apps.get_app_config("programmes").get_models()
    }


def counted():
    """Return how many rows every table has and which is the newest: every write of a row adds one to its history."""
    tables = [model._meta.db_table for model in apps.get_app_config("programmes").get_models()]
    keys = {model._meta.db_table: model._meta.pk.column for model in apps.get_app_config("programmes").get_models()}
    parts = [f"SELECT '{name}', count(*), CAST(max({keys[name]}) AS text) FROM {name}" for name in tables]  # noqa: S608  our own names
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return cursor.fetchall()


WRITES = ("INSERT", "UPDATE", "DELETE")


def act_until_killed(name, database, username, writes):
    """Do an act in this process, and be killed before its write of that number or its commit."""
    connection.settings_dict["NAME"] = database
    user = get_user_model().objects.get(username=username)
    left = [writes]

    def step():
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def counting(execute, sql, *arguments):
        if sql.startswith(WRITES):
            step()
        return execute(sql, *arguments)

    commit = connection._commit

    def committing():
        if left[0] < writes:  # else nothing was written, and what was read for a while is let go
            step()
        commit()

    connection._commit = committing
    with connection.execute_wrapper(counting):
        ACTS[name](user)
    connection.close()


@pytest.fixture(scope="module")
def processes():
    """Make processes that know nothing of this one: neither its connections nor the browser's event loop."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.with_django", __name__])
    return processes


def ended(processes, *arguments):
    """Do an act in a process of its own; return how that ended."""
    process = processes.Process(target=act_until_killed, args=arguments)
    process.start()
    process.join(SECONDS)
    if process.is_alive():
        process.kill()
        pytest.fail(f"{arguments} did not end within {SECONDS} s")
    return process.exitcode


def number_of_writes(name, user):
    """Return how often an act writes, by doing it and taking it back."""
    written = []

    def counting(execute, sql, *arguments):
        written.extend([sql] * sql.startswith(WRITES))
        return execute(sql, *arguments)

    with transaction.atomic(), connection.execute_wrapper(counting):
        ACTS[name](user)
        transaction.set_rollback(True)
    return len(written)


@pytest.mark.slow(seconds=8, reason="kills each act in the course of its writes, each time in a process of its own")
@pytest.mark.parametrize(
    "before_each", [pytest.param(False, id="some"), pytest.param(True, id="each", marks=pytest.mark.soak)]
)
@pytest.mark.parametrize("name", ACTS)
def test_killed_between_any_two_writes_nothing_happened(curator, processes, name, before_each):
    before, numbers = content(), counted()
    commit = number_of_writes(name, curator)
    assert (commit > 1, content()) == (True, before)
    act = (processes, name, connection.settings_dict["NAME"], curator.username)
    for writes in range(commit + 1) if before_each else (commit // 2 + 1, commit):
        assert ended(*act, writes) == KILLED, f"{name} was not killed before write {writes}"
        assert counted() == numbers, f"{name} was killed before write {writes}"
    assert content() == before
    # What a withdrawal writes after its commit is that the database was compacted.
    assert ended(*act, commit + 1) == (KILLED if name == "withdraw" else COMPLETED)
    assert content() != before
