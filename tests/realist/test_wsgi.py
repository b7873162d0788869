"""How long somebody who is served waits for what others have locked."""

import copy

import pytest
from django.db import OperationalError, connection, transaction
from django.db.utils import load_backend

from programmes.models import Study
from programmes.trouble import LOCKED, trouble_of
from realist.wsgi import wait_at_most
from tests.factories import StudyFactory


@pytest.fixture
def served(transactional_db):
    """A connection as the server has it, beside that of the test."""
    database = copy.deepcopy(connection.settings_dict)
    database["OPTIONS"].pop("pool", None)
    wait_at_most(1, database)
    connected = load_backend(database["ENGINE"]).DatabaseWrapper(database, "served")
    yield connected
    connected.close()


def test_whoever_is_served_waits_a_while_and_is_told_that_it_is_locked(served):
    study = StudyFactory()
    with transaction.atomic():
        list(Study.objects.select_for_update().values_list("pk"))
        with served.cursor() as cursor, pytest.raises(OperationalError) as locked:
            cursor.execute("UPDATE programmes_study SET title = title WHERE id = %s", [study.pk])
    assert trouble_of(locked.value, writes=True) == LOCKED
