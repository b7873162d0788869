"""Load the demo theories."""

from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand

from programmes.management.commands.create_first_curator import FIRST_CURATOR
from programmes.models import Theory
from programmes.package.document import parse
from programmes.package.read import read_package
from programmes.package.report import CREATED

DEMO = Path(__file__).parents[2] / "demo"


class Command(BaseCommand):
    """Load each demo theory that was never here before. One that was edited, or deleted, is left as it is."""

    help = "Load the demo theories, once; what was edited or deleted since stays so."

    def handle(self, **_: Any) -> None:
        """Load what the history of theories does not know yet; the first curator leads it, if there is one already."""
        accounts = get_user_model()._default_manager
        lead = accounts.filter(username=FIRST_CURATOR, is_active=True).first()
        for file in sorted(DEMO.glob("*.json")):
            data = file.read_bytes()
            slug = parse(data)["theory"]["slug"]
            if Theory.history.filter(slug=slug).exists():
                self.stdout.write(f"{slug}: already loaded, left as it is")
            else:
                report = read_package(data, reason=f"Loaded from the demo package {file.name}", lead=lead)
                self.stdout.write(f"{slug}: loaded {report.total(CREATED)} rows")
                if accounts.exists():  # else the first curator is about to be made
                    self.stdout.writelines(f"{note}\n" for note in report.notes)
