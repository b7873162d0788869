"""List rows that break a rule of the record, however they came to be."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from programmes.upkeep.broken_rules import broken_rules


class Command(BaseCommand):
    """Name each row that breaks a rule, and each quote that is marked public and shown to nobody."""

    help = "List rows that break a rule of the record, and public quotes that are kept back. Nothing is changed."

    def handle(self, **_: Any) -> None:
        """Write a line for each; fail where there is one, so that a schedule notices."""
        found = list(broken_rules())
        for line in found:
            self.stdout.write(line)
        if found:
            raise CommandError(f"{len(found)} broken rule{'s' * (len(found) > 1)}")
        self.stdout.write("no rule is broken")
