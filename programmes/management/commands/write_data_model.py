"""Write the data-model page."""

from typing import Any

from django.core.management.base import BaseCommand

from programmes.management.data_model import PAGE, data_model_page


class Command(BaseCommand):
    """Write the data-model page of the documentation anew from the models."""

    help = "Write docs/data-model.md from the models."

    def handle(self, **_: Any) -> None:
        """Write the file."""
        PAGE.write_text(data_model_page(), encoding="utf-8")
        self.stdout.write(f"wrote {PAGE.name}")
