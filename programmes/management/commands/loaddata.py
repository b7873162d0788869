"""Loading rows as Django wrote them with `dumpdata`: past every form, but not past what was erased."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import loaddata
from django.db import DEFAULT_DB_ALIAS

from programmes.actions.forget_again import came_back, forget_again

MOST_NAMED = 10  # records


class Command(loaddata.Command):
    """Loads rows as Django does; where they have what was erased for good, nothing is loaded."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and carry out again what the file beside the database knows to be erased."""
        super().handle(*args, **options)
        for sentence in forget_again() if self.using == DEFAULT_DB_ALIAS else ():
            self.stdout.write(sentence)

    def loaddata(self, fixture_labels: Any) -> None:
        """Load in the transaction that is open, and take all of it back where it brings erased words."""
        if self.using != DEFAULT_DB_ALIAS:
            super().loaddata(fixture_labels)
            return
        before = set(came_back())
        super().loaddata(fixture_labels)
        if found := [sentence for sentence in dict.fromkeys(came_back()) if sentence not in before]:
            more = f"\nand {len(found) - MOST_NAMED:,} more" if len(found) > MOST_NAMED else ""
            named = "\n".join(found[:MOST_NAMED])
            raise CommandError(
                f"Nothing was loaded: the file has what was erased for good.\n{named}{more}\n"
                "Take these records out of the file, and load it again."
            )
