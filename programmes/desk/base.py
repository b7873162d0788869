"""What the screens of the desk share with the forms of the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.admin.widgets import AutocompleteSelect

if TYPE_CHECKING:
    from django.http import HttpRequest

    from programmes.models import CuratedModel, Study

SAVING = "Saving"
NAMED = "at_hand"  # the parameter of an address that names the study at hand, as the pickers of an open form do


def is_among(request: HttpRequest, question: str, row: CuratedModel) -> bool:
    """Say whether a row is in what `visible_to` or `editable_by` returns for this person.

    The admin asks this several times for each part of a form, so the answer is cached for the length of the request.
    """
    answers: dict[tuple[str, type, int], bool] = request.__dict__.setdefault("answers_about_rows", {})
    key = (question, type(row), row.pk)
    if key not in answers:
        answers[key] = getattr(type(row).objects, question)(request.user).filter(pk=row.pk).exists()
    return answers[key]


LONGEST_ID = 18  # digits, which every database takes


def parse_id(text: str) -> int | None:
    """Return the id given in a URL, or None where it could not be one of a record."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_ID else None


class NamedAutocomplete(AutocompleteSelect):
    """An autocomplete field with a placeholder and an accessible name, for people who listen to the page too.

    It goes on to offer records of the study with which its form was opened, whatever is opened beside it.
    """

    study: Study | None = None

    def get_url(self) -> str:
        """Return the address that is asked for what is offered."""
        asked: str = super().get_url()
        return asked if self.study is None else f"{asked}?{NAMED}={self.study.pk}"

    def build_attrs(self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None) -> dict[str, Any]:
        return {
            **super().build_attrs(base_attrs, extra_attrs),
            "data-placeholder": f"Choose {self.field.verbose_name}",
        }
