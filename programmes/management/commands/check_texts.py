"""List stored texts that could not be saved as they are."""

from typing import Any

from django.core.management.base import BaseCommand

from programmes.management.stored_texts import faults


class Command(BaseCommand):
    """Name each text and each day of an act that was stored before a rule was made which it breaks."""

    help = "List stored texts and days that forms and packages would refuse today. Nothing is changed."

    def handle(self, **_: Any) -> None:
        """Write a line for each, and how many there are."""
        found = 0
        for found, fault in enumerate(faults(), 1):  # noqa: B007  it is the count at the end
            self.stdout.write(fault)
        self.stdout.write(f"{found or 'no'} fault{'' if found == 1 else 's'} found")
