import io
import os

import pytest
from django.conf import settings
from django.core.management import call_command

from tests.empty_places import EmptyPlaces


@pytest.fixture
def places(transactional_db, tmp_path):
    """Empty databases; afterwards the one of the tests is used again."""
    found = EmptyPlaces(tmp_path)
    yield found
    found.remove()


@pytest.fixture
def local_dir(tmp_path, monkeypatch):
    """A folder of the site that nobody else uses."""
    monkeypatch.setattr(settings, "LOCAL_DIR", tmp_path / "local")
    return tmp_path / "local"


@pytest.fixture
def command():
    """Runs a command, and returns the lines that it wrote."""

    def run(*words):
        said = io.StringIO()
        call_command(*map(str, words), stdout=said)
        return said.getvalue().splitlines()

    return run


@pytest.fixture
def open_umask():
    """An account that lets everybody read what it writes."""
    before = os.umask(0)
    yield
    os.umask(before)
