"""What loading a package did, or would do."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from programmes.models import CuratedModel

CREATED, UPDATED, UNCHANGED, REMOVED, KEPT = "created", "updated", "unchanged", "removed", "kept, not in the package"


@dataclass
class Report:
    """Rows of each kind that something happens to, each change in words, and what a person should know."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def note(self, kind: str, what: str, row: CuratedModel, names: list[str] | None = None) -> None:
        """Record what happens to a row."""
        self.counts.setdefault(kind, Counter())[what] += 1
        if what != UNCHANGED:
            fields = f" ({', '.join(names)})" if names else ""
            self.changes.append(f"{what}: {row._meta.verbose_name} {row}{fields}")

    def total(self, what: str) -> int:
        """Return how many rows something happens to."""
        return sum(counter[what] for counter in self.counts.values())

    def lines(self) -> list[str]:
        """Return the report as text, one line for each kind of row."""
        return [
            f"{kind}: "
            + ", ".join(
                f"{counter[what]} {what}" for what in (CREATED, UPDATED, UNCHANGED, REMOVED, KEPT) if counter[what]
            )
            for kind, counter in self.counts.items()
        ]
