"""Fields of short texts, and how a key is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

if TYPE_CHECKING:
    from collections.abc import Iterable


class LinesField(models.JSONField):
    """A list of short texts, edited one on a line."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        """Refuse anything but a list of texts."""
        super().validate(value, model_instance)
        if not isinstance(value, list) or not all(isinstance(line, str) and line.strip() for line in value):
            raise ValidationError("Give a list of texts, one on a line.", code="lines")

    def formfield(self, **kwargs: Any) -> Any:
        """Return a text area with one entry on a line."""
        kwargs.pop("encoder", None)
        kwargs.pop("decoder", None)
        return super().formfield(**{"form_class": LinesFormField, "show_hidden_initial": False, **kwargs})


def joined_key(values: Iterable[object]) -> str:
    """Return the parts of a key as one text, as addresses and the API write it."""
    return ":".join(str(value) for value in values)


class LinesFormField(forms.CharField):
    """A text area with one entry on a line."""

    widget = forms.Textarea

    def __init__(self, *, encoder: Any = None, decoder: Any = None, **kwargs: Any) -> None:
        del encoder, decoder  # a JSON field offers them; lines need neither
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show a list as lines."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Read lines as a list, without empty ones."""
        text = super().to_python(value) or ""
        return [line.strip() for line in text.splitlines() if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare as lists."""
        return bool(self.to_python(self.prepare_value(initial)) != self.to_python(data))
