"""A load and an erasure at once: the words that are erased do not come in, or the one who erases is told of them."""

import datetime as dt
import threading

import pytest
from django.db import OperationalError, connection, transaction

from programmes.actions.erase import Signed, erase_passage
from programmes.actions.withdraw import withdraw_participant
from programmes.models import Study
from programmes.package.problems import PackageError
from programmes.package.read import Load
from programmes.transcripts.read import checksum
from tests.factories import ParticipantFactory, SourceFactory, StudyFactory
from tests.programmes.package.test_loads_beside_work import SECONDS, beside, load, of_study, package_of


def of_another_study(person):
    """Return a new study with words of somebody who took part in another one."""
    document = of_study("other", package_of(3))
    document["sources"][0]["text"] += f"{person}\n"
    return document


WORDS = (
    "P: That winter nobody came to the allotment but the two of us, and we dug over the whole of the north bed, row by "
    "row, with the old spades, and talked about our mothers until it was dark and the keys were cold.\n"
)


def erasing_acts():
    """Return each act that erases, on a study of its own whose words others bring in too."""
    study = StudyFactory()
    text = WORDS * 2
    person = ParticipantFactory(study=study)
    source = SourceFactory(study=study, text=text, sha256=checksum(text), participant=person)
    signed = Signed("They asked.", dt.date(2026, 1, 2))
    return {
        "withdrawal": lambda: withdraw_participant(participant=person, reason="They asked.", on=dt.date(2026, 1, 2)),
        "passage": lambda: erase_passage(source=source, span=(3, len(WORDS) - 1), everywhere=True, signed=signed),
    }


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["withdrawal", "passage"])
@pytest.mark.parametrize("alone", [False, True])
def test_who_erases_waits_for_a_load_that_was_checked_and_finds_what_it_wrote(name, alone, monkeypatch):
    erase = erasing_acts()[name]
    waited = []

    def erase_meanwhile(*_, **__):
        waited.append("asked")
        with pytest.raises(OperationalError, match=r"locked|lock timeout"):
            erase()

    def write_and_erase(loading, plan, writer, **values):
        beside(erase_meanwhile)  # after all was asked that is asked inside the lock
        written(loading, plan, writer, **values)

    written = Load.write
    monkeypatch.setattr(Load, "write", write_and_erase)
    if alone:
        monkeypatch.setattr(Load, "was_written", lambda *_: False)
    load(of_another_study(WORDS))
    erasure = erase()
    assert (waited, [entry["record"] for entry in erasure.left]) == (["asked"], ["source other:i1"])


@pytest.mark.django_db(transaction=True)
def test_load_waits_for_who_erases_and_does_not_bring_it_back(monkeypatch):
    erase = erasing_acts()["withdrawal"]
    checked = Load.checked
    threads = []
    erases, told = threading.Event(), threading.Event()

    def erase_slowly():
        try:
            with transaction.atomic():
                erase()
                erases.set()
                told.wait(SECONDS)
        finally:
            erases.set()
            connection.close()

    def checked_and_then(loading):
        plan = checked(loading)
        if not threads:
            threads.append(threading.Thread(target=erase_slowly))
            threads[0].start()
            erases.wait(SECONDS)
            threading.Timer(0.2, told.set).start()  # the load waits by then; were it not to wait, it would be done
        return plan

    monkeypatch.setattr(Load, "checked", checked_and_then)
    with pytest.raises(PackageError) as caught:
        load(of_another_study(WORDS))
    threads[0].join(SECONDS)
    assert [problem.path for problem in caught.value.problems] == ["sources[0].text"]
    assert set(Study.objects.values_list("slug", flat=True)).isdisjoint({"other"})
