"""manage.py tidy: what a site that is looked after does once a day."""

from typing import Any

from django.core.management.base import BaseCommand

from programmes.actions.forget_again import tidy
from programmes.api.telling import tell_everything


class Command(BaseCommand):
    """Forgets old uploads, erases again what a restored database brought back, and compacts after erasures."""

    help = (
        "Once a day: throws away files that were not confirmed within a day, erases again what a restored database "
        "brought back, and rids the database's own files of what was erased."
    )

    def handle(self, *_: Any, **__: Any) -> None:
        """Do what is due, and say what was done."""
        tell_everything()  # so that what is noted of writes does not grow where nobody asks for changes
        for sentence in tidy() or ["Nothing was due."]:
            self.stdout.write(sentence)
