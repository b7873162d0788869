"""Write the JSON Schema of the theory package."""

from typing import Any

from django.core.management.base import BaseCommand

from programmes.package.schema import SCHEMA_FILE, package_schema
from programmes.package.write import canonical


class Command(BaseCommand):
    """Write the published schema anew from the models."""

    help = "Write the JSON Schema of the theory package from the models."

    def handle(self, **_: Any) -> None:
        """Write the file."""
        SCHEMA_FILE.write_bytes(canonical(package_schema()))
        self.stdout.write(f"wrote {SCHEMA_FILE.name}")
