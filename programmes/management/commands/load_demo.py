"""Load the demo theories."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from programmes.models import Theory
from programmes.package.read import CREATED, read_package
from programmes.package.structure import parse

DEMO = Path(__file__).parents[2] / "demo"


class Command(BaseCommand):
    """Load each demo theory that was never here before. One that was edited, or deleted, is left as it is."""

    help = "Load the demo theories, once; what was edited or deleted since stays so."

    def handle(self, **_: Any) -> None:
        """Load what the history of theories does not know yet."""
        for file in sorted(DEMO.glob("*.json")):
            data = file.read_bytes()
            slug = parse(data)["theory"]["slug"]
            if Theory.history.filter(slug=slug).exists():
                self.stdout.write(f"{slug}: already loaded, left as it is")
            else:
                report = read_package(data, reason=f"Loaded from the demo package {file.name}")
                self.stdout.write(f"{slug}: loaded {report.total(CREATED)} rows")
