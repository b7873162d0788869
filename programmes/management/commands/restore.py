"""manage.py restore: a backup into an empty place."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from programmes.upkeep.newest_list import Answer
from programmes.upkeep.restore import finish_restoring, restore
from programmes.upkeep.troubles import told_in_words


class Command(BaseCommand):
    """Restore a backup, and erase again what was erased after it, before anybody can read the site."""

    help = (
        "Restore a backup into an empty database. It needs the newest list of erasures, or the word of a lead that "
        "there is none newer than the backup; until what it tells of is erased again, the site answers 503."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the backup, and how it is known that no erasure is missing."""
        parser.add_argument("file", nargs="?", type=Path, help="the backup")
        parser.add_argument("--erasures", type=Path, metavar="FILE", help="the newest list of erasures")
        parser.add_argument("--no-newer-erasures", action="store_true", help="there was no erasure after the backup")
        parser.add_argument(
            "--signed-by", metavar="USERNAME", default="", help="the lead who gives their word for that"
        )
        parser.add_argument("--finish", action="store_true", help="go on with a restore that was interrupted")
        parser.add_argument("--check", action="store_true", help="only look whether the backup is whole")

    def handle(self, *, file: Path | None, finish: bool, check: bool, **given: Any) -> None:
        """Restore, or go on, and say what was done."""
        answer = Answer(given["erasures"], given["no_newer_erasures"], given["signed_by"])
        if (file is None) != finish or (check and finish):
            raise CommandError("Name the backup: manage.py restore FILE. To go on with one: manage.py restore --finish")
        with told_in_words():
            for sentence in steps(file, answer, only_check=check):
                self.stdout.write(sentence)


def steps(file: Path | None, answer: Answer, *, only_check: bool) -> Any:
    """Return the steps of what was asked for."""
    return finish_restoring(answer) if file is None else restore(file, answer, only_check=only_check)
