"""Parts of configurations as people name them: by their short wording."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

from programmes.actions.decisions import save_with_reason
from programmes.integrity.numbering import free_key
from programmes.search.stems import folded

if TYPE_CHECKING:
    from programmes.models import Theory
    from programmes.models.configuration import PartKind


def part_called(theory: Theory, kind: PartKind, label: str, reason: str) -> Any:
    """Return the part of a theory, or of its study, that has this label, whatever its capitals; make a new element.

    Raises ValidationError for people whom the study does not name: who they are is said with the study.
    """
    under: dict[str, Any] = {"theory": theory} if kind.is_element else {"study": theory.study}
    for row in kind.model.objects.filter(**under).order_by("pk"):
        if folded(row.label) == folded(label):
            return row
    if not kind.is_element:
        raise ValidationError(
            f"“{label}” is none of the people of this study. Add them to it first, or choose others.", code="people"
        )
    made = kind.model(label=label, key=free_key(kind.model, label, **under), **under)
    save_with_reason(made, reason)
    return made
