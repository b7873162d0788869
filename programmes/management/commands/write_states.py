"""Write the page on states."""

from typing import Any

from django.core.management.base import BaseCommand

from programmes.management.states import FOLDER, state_documents


class Command(BaseCommand):
    """Write the page on states of the documentation anew, with its pictures."""

    help = "Write docs/states.md and its pictures from the tables of transitions."

    def handle(self, **_: Any) -> None:
        """Write the files."""
        for name, text in state_documents().items():
            (FOLDER / name).write_text(text, encoding="utf-8")
            self.stdout.write(f"wrote {name}")
