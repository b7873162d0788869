"""Databases of the versions before keep all that they hold, in the history too."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.programmes.migrations import interventions_as_parts, signed_notes, study_lists


def migrate_to(name):
    """Take the database to a version; return the models that it had then."""
    call_command("migrate", "programmes", name, verbosity=0)
    return MigrationExecutor(connection).loader.project_state([("programmes", name)]).apps


@pytest.fixture
def upgraded(transactional_db):
    """A database to which each version before added what it could hold."""
    try:
        interventions_as_parts.make_texts(migrate_to(interventions_as_parts.BEFORE))
        study_lists.make_terms(migrate_to(study_lists.BEFORE))
        signed_notes.make_notes(migrate_to(signed_notes.BEFORE))
        call_command("migrate", verbosity=0)
        yield
    finally:
        call_command("migrate", verbosity=0)


@pytest.mark.once
@pytest.mark.slow(seconds=50, reason="takes migrations back and does them again")
def test_nothing_is_lost_on_the_way_to_this_version(upgraded):
    interventions_as_parts.check_texts_became_parts()
    study_lists.check_terms_became_entries()
    signed_notes.check_notes_are_signed()


@pytest.mark.soak
def test_nothing_is_lost_on_the_way_here_and_back(upgraded):
    interventions_as_parts.check_texts_became_parts()
    study_lists.check_terms_became_entries()
    signed_notes.check_notes_are_signed()
    study_lists.check_entries_became_terms_again(migrate_to(study_lists.BEFORE))
    interventions_as_parts.check_parts_became_texts_again(migrate_to(interventions_as_parts.BEFORE))
