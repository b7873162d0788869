"""New, empty databases of the engine of this run, into which backups are restored."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import connection

from tests.databases import PREFIX, PostgreSQLDatabases, process_of_run, use

if TYPE_CHECKING:
    from pathlib import Path


class EmptyPlaces:
    """Makes databases, lets Django use them, and removes them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.made, self.before = folder, [], connection.settings_dict["NAME"]

    def new(self) -> str:
        """Return where a new place is; on SQLite there is no file yet."""
        name = f"{PREFIX}run_{process_of_run()}_{uuid.uuid4().hex[:8]}"
        if connection.vendor == "sqlite":
            return str(self.folder / f"{name}.sqlite3")
        PostgreSQLDatabases().ask(f'CREATE DATABASE "{name}"')
        self.made.append(name)
        return name

    def use_new(self) -> str:
        """Let Django use a new place."""
        place = self.new()
        use(place)
        return place

    def remove(self) -> None:
        """Go back to the database of the tests."""
        use(self.before)
        for name in self.made:
            PostgreSQLDatabases().remove(name)
