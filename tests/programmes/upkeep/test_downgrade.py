"""Going back to an older version loses nothing unasked."""

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from programmes import checks
from programmes.integrity.invariants import installed_triggers
from programmes.models import LineageEvent, Service
from programmes.upkeep import downgrade
from tests.factories import ErasureFactory, LineageEventFactory, QuoteFactory, RestorationFactory, ServiceFactory

BEFORE = "0027_said_of_what_it_is"


@pytest.fixture
def careful(transactional_db, monkeypatch):
    """A site on which nothing is lost unasked."""
    monkeypatch.setattr(settings, "LOSE_DATA", False)


def back_to(name, app="programmes"):
    with pytest.raises(CommandError) as error:
        call_command("migrate", app, name, verbosity=0)
    return str(error.value)


def sentence(*lost):
    return (
        f"The older version has no place for {', '.join(lost)}: they would be lost, or kept only as far as it can. "
        "Nothing was changed. Make a backup (manage.py backup); to lose them, run this again with LOSE_DATA=true."
    )


@pytest.mark.soak
def test_what_the_older_version_has_no_place_for_is_counted(careful, monkeypatch):
    ServiceFactory(name="zq")
    ServiceFactory(name="zq2")
    ErasureFactory()
    RestorationFactory()
    triggers = installed_triggers()

    assert back_to(BEFORE) == sentence(*LOST)
    assert back_to("0031_erasures") == sentence("1 restorations")
    assert installed_triggers() == triggers  # nothing was taken away before it was asked
    assert checks.derived_objects_as_declared(["default"]) == []

    monkeypatch.setattr(settings, "LOSE_DATA", True)
    call_command("migrate", "programmes", BEFORE, verbosity=0)
    assert "programmes_erasure" not in connection.introspection.table_names()
    monkeypatch.setattr(settings, "LOSE_DATA", False)
    call_command("migrate", verbosity=0)  # forwards nothing is asked
    assert Service.objects.count() == 2
    call_command("migrate", "programmes", "0031_erasures", verbosity=0)  # nothing is in what goes
    call_command("migrate", verbosity=0)


LOST = (
    "2 values of name of services",
    "1 erasures",
    "1 restorations",
    "2 values of name of earlier states of service rows",
)


@pytest.mark.once
def test_lineage_is_not_dropped_unasked(careful, monkeypatch):
    monkeypatch.setattr(downgrade, "MOST_NAMED", 6)
    QuoteFactory()
    LineageEventFactory()
    said = back_to("zero")
    assert said.startswith(
        "The older version has no place for 2 programmes, 2 studies, 1 theories, 1 participants, 1 quotes, 1 decisions "
        "about CMOCs and "
    )
    assert said.partition(": ")[0].endswith(" more kinds of record")
    assert LineageEvent.objects.count() == 1
