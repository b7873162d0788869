"""The form field of a list of short texts."""

from typing import Any

from django import forms


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
