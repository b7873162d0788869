"""manage.py backup: one file with everything, while people work."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from programmes.upkeep.backup import back_up
from programmes.upkeep.troubles import told_in_words


class Command(BaseCommand):
    """Write a backup, which the restore command reads."""

    help = "Back up the whole database, with the newest list of what was erased, into one private file."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the place."""
        parser.add_argument(
            "place",
            nargs="?",
            type=Path,
            metavar="FOLDER|FILE",
            help="a folder, in which the file gets a name of this moment, or a file (with an ending, such as .backup); "
            "without it the folder `backups` in LOCAL_DIR",
        )

    def handle(self, *, place: Path | None, **_: Any) -> None:
        """Make it, and say what it is and what must be kept beside it."""
        with told_in_words():
            made = back_up(place)
        manifest = made.manifest
        size = made.path.stat().st_size
        self.stdout.write(f"Wrote {made.path}: {size:,} bytes, {sum(manifest.facts.rows.values()):,} rows")
        self.stdout.write(
            f"It has the list of {manifest.erasures_on_list} erasures, for which restoring needs the newest list."
        )
        self.stdout.write(
            f"Keep elsewhere, for it is not in the backup: the key with the fingerprint {manifest.key} (ERASURE_KEY, "
            "or SECRET_KEY where there is none). Without it what was erased is not known again: nothing is restored."
        )
        if not made.list_is_kept:
            raise CommandError(
                "The backup is whole; but the list of erasures beside the database could not be written."
            )
