"""Load a theory package."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from programmes.package.problems import PackageError
from programmes.package.read import CREATED, REMOVED, UPDATED, read_package


class Command(BaseCommand):
    """Read a theory package into the database: all of it, or nothing."""

    help = "Load a theory package (JSON). Rows are found by their keys, so loading twice changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the file and the preview."""
        parser.add_argument("file", type=Path, help="the package")
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")

    def handle(self, *, file: Path, dry_run: bool, **_: Any) -> None:
        """Read the file and report."""
        try:
            data = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}") from None
        try:
            report = read_package(data, dry_run=dry_run, reason=f"Loaded from {file.name}")
        except PackageError as error:
            lines = [f"{file}: {error}; nothing was changed", *(f"  {problem}" for problem in error.problems)]
            raise CommandError("\n".join(lines)) from None
        for line in [*report.changes, *report.lines()] if dry_run else report.lines():
            self.stdout.write(line)
        changed = sum(report.total(what) for what in (CREATED, UPDATED, REMOVED))
        self.stdout.write(f"{'would change' if dry_run else 'changed'} {changed} rows")
