"""What the screens of the desk have in common with the forms of the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.admin.widgets import AutocompleteSelect

if TYPE_CHECKING:
    from django.http import HttpRequest

    from programmes.models import CuratedModel

SAVING = "Saving"


def is_among(request: HttpRequest, question: str, row: CuratedModel) -> bool:
    """Say whether a row is among those that a named question (visible_to, editable_by) gives the person.

    The admin asks the same several times for each part of a form, so the answer is kept as long as the request.
    """
    answers: dict[tuple[str, type, int], bool] = request.__dict__.setdefault("answers_about_rows", {})
    key = (question, type(row), row.pk)
    if key not in answers:
        answers[key] = getattr(type(row).objects, question)(request.user).filter(pk=row.pk).exists()
    return answers[key]


LONGEST_ID = 18  # digits, which every database takes


def parse_id(text: str) -> int | None:
    """Return the id that an address gives, or None where it gives none that a record could have."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_ID else None


class NamedAutocomplete(AutocompleteSelect):
    """A field with suggestions that says what is to be chosen, for people who hear the page too."""

    def build_attrs(self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add the words that stand in the empty field; they are its name as well."""
        return {
            **super().build_attrs(base_attrs, extra_attrs),
            "data-placeholder": f"Choose {self.field.verbose_name}",
        }
