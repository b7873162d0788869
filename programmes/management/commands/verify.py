"""manage.py verify: whether everything is as it must be."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from programmes.upkeep.troubles import told_in_words
from programmes.upkeep.verify import PARTS, rows_by_table, verify


class Command(BaseCommand):
    """Ask the database everything that must be true of it, and name what is not."""

    help = (
        "Verify the database: pages, keys, rules, the index of words, the history, erasures, consent, waiting files, "
        "and who can open the files. Nothing is changed; it ends with an error where something is found."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the form of the report."""
        parser.add_argument("--json", action="store_true", help="write the report as JSON")

    def handle(self, **given: Any) -> None:
        """Write each finding; fail where there is one, so that a schedule notices."""
        with told_in_words():
            rows = rows_by_table()
            found = []
            for part, finding in verify():
                found.append((part, finding))
                if not given["json"]:
                    self.stdout.write(f"{part}: {finding}")
        if given["json"]:
            self.stdout.write(as_report(rows, found))
        if found:
            raise CommandError(f"{len(found)} finding{'s' * (len(found) > 1)}")
        if not given["json"]:
            parts = ", ".join(PARTS)
            self.stdout.write(
                f"Verified {sum(rows.values()):,} rows of {len(rows)} tables: {parts}. Nothing was found."
            )


def as_report(rows: dict[str, int], found: list[tuple[str, Any]]) -> str:
    """Return the report as JSON."""
    findings = [{"part": part, **vars(finding)} for part, finding in found]
    return json.dumps({"clean": not found, "parts": list(PARTS), "rows": rows, "findings": findings}, indent=1)
