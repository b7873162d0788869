"""Load a theory package."""

from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from programmes.package.problems import PackageError
from programmes.package.read import read_package
from programmes.package.report import CREATED, REMOVED, UPDATED


class Command(BaseCommand):
    """Read a theory package into the database: all of it, or nothing."""

    help = "Load a theory package (JSON). Rows are found by their keys, so loading twice changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the file, the lead and the preview."""
        parser.add_argument("file", type=Path, help="the package")
        parser.add_argument("--lead", metavar="USERNAME", help="the account that leads the study")
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")

    def handle(self, *, file: Path, lead: str | None, dry_run: bool, **_: Any) -> None:
        """Read the file and report."""
        user = None
        if lead is not None:
            user = get_user_model()._default_manager.filter(username=lead, is_active=True).first()
            if user is None:
                raise CommandError(f"there is no active account {lead!r}; make one in the admin under Users")
        try:
            data = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}") from None
        try:
            report = read_package(data, dry_run=dry_run, reason=f"Loaded from {file.name}", lead=user)
        except PackageError as error:
            lines = [f"{file}: {error}; nothing was changed", *(f"  {problem}" for problem in error.problems)]
            raise CommandError("\n".join(lines)) from error
        for line in [*(report.changes if dry_run else ()), *report.lines(), *report.notes]:
            self.stdout.write(line)
        changed = sum(report.total(what) for what in (CREATED, UPDATED, REMOVED))
        self.stdout.write(f"{'would change' if dry_run else 'changed'} {changed} rows")
