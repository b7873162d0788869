"""Write a theory package."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from programmes.models import Theory
from programmes.package.reader import Everybody
from programmes.package.write import write_package
from programmes.search.did_you_mean import suggestion


class Command(BaseCommand):
    """Write a theory, with its study and all that belongs to them, private records too, as a theory package."""

    help = (
        "Write a theory package to standard output. It holds private records and words beneath masks: keep it where "
        "only the team reads it, or write one for others."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the theory."""
        parser.add_argument("theory", help="the short name of the theory")
        parser.add_argument(
            "--for-others",
            action="store_true",
            help="leave out transcripts, quotes that are not public, and words beneath masks",
        )

    def handle(self, *, theory: str, for_others: bool, **_: Any) -> None:
        """Write the package."""
        found = Theory.objects.select_related("study__programme").filter(slug=theory).first()
        if found is None:
            known = Theory.objects.values_list("slug", flat=True)
            raise CommandError(f"no theory {theory!r}: {suggestion(theory, known)}")
        self.stdout.write(write_package(found, Everybody() if for_others else None).decode(), ending="")
