"""The admin, where researchers curate. Each module is named as the models' module it serves."""

from programmes.admin import (
    accounts,
    curation,
    evidence,
    lineage,
    reviews,
    second_codings,
    services,
    studies,
    theory,
    theory_notes,
)

__all__ = [
    "accounts",
    "curation",
    "evidence",
    "lineage",
    "reviews",
    "second_codings",
    "services",
    "studies",
    "theory",
    "theory_notes",
]
