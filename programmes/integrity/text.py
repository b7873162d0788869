"""The fields of texts, and how a key is written.

A text is kept as it was given, to the letter: nothing is stripped. At the border, which is a form or a package, the
ends of its lines are made alike, since a browser cannot send them as they were; a text that shows nothing is taken for
none. What no text can have is refused with its place. To databases and migrations these are Django's own fields.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator
from django.db import models

from programmes.characters import BLANKS, as_kept, is_blank, refused_character, with_line_feeds
from programmes.words import WordsOfFieldMixin

if TYPE_CHECKING:
    from collections.abc import Iterable

    CharField = models.CharField[str, str]
    TextField = models.TextField[str, str]
else:
    CharField, TextField = models.CharField, models.TextField

# The longest statement of a configuration that was found in print has 116,614 letters.
STATEMENT_LETTERS = 200_000  # of a statement, a wording in it, or a quote
LONG_TEXT_LETTERS = 100_000
LINE_LETTERS = 500  # of one text of a list
MOST_LINES = 1_000  # texts of a list


def check_letters(text: str, most: int | None) -> None:
    """Raise ValidationError where a text is too long, or has a character that no text has."""
    if most is not None and len(text) > most:
        raise ValidationError(f"This has {len(text):,} letters; at most {most:,} are kept.", code="max_length")
    if found := refused_character(text):
        raise ValidationError(f"This {found.place}. Delete it there.", code="character")


def as_kept_in(entry: models.Field[Any, Any], value: Any) -> Any:
    """Return a value that comes through a door as a field keeps it."""
    return entry.as_kept(value) if isinstance(entry, TextRulesMixin | LinesField) else value


def joined_key(values: Iterable[object]) -> str:
    """Return the parts of a key as one text, as addresses and the API write it."""
    return ":".join(str(value) for value in values)


class TextFormField(forms.CharField):
    """What somebody writes: nothing is stripped, and the ends of lines are made alike. A text area tells its limit."""

    def __init__(self, *, verbatim: bool = False, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "strip": False})
        self.verbatim = verbatim
        self.widget.attrs.setdefault("dir", "auto")
        if self.max_length and isinstance(self.widget, forms.Textarea):
            self.help_text = f"{self.help_text} At most {self.max_length:,} letters.".lstrip()
        self.validators = [
            validator
            for validator in self.validators
            if not isinstance(validator, (MaxLengthValidator, ProhibitNullCharactersValidator))
        ]

    def to_python(self, value: Any) -> Any:
        """Return the text as it is kept."""
        text = super().to_python(value) or ""
        return with_line_feeds(text) if self.verbatim else as_kept(text)

    def validate(self, value: Any) -> None:
        """Refuse what is too long or has a character that no text has."""
        super().validate(value)
        check_letters(value, self.max_length)

    def widget_attrs(self, widget: Any) -> dict[str, Any]:
        """Leave the length to the check: a browser that knows it cuts off what is pasted, and says nothing."""
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare as the text would be kept: what a browser does to the ends of lines is no change."""
        return not self.disabled and bool(self.to_python(initial) != self.to_python(data))


class LineInput(forms.TextInput):
    """A field for a short text. What was printed on two lines gets a field of two: a browser would join them."""

    several_lines: type[forms.Textarea] = forms.Textarea

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        """Return the field that the text needs."""
        if value and "\n" in with_line_feeds(str(value)):
            return self.several_lines({**self.attrs, "rows": 2}).render(name, value, attrs, renderer)
        return super().render(name, value, attrs, renderer)


class TextRulesMixin(WordsOfFieldMixin):
    """What the fields of short and of long texts have in common."""

    stored_as = ""  # the field of Django's that migrations know

    def __init__(self, *args: Any, verbatim: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.verbatim = verbatim  # cut from a source, in which its letters are counted: packages bring it as it is
        self._validators = [
            validator
            for validator in self._validators  # type: ignore[has-type]  # a field of Django's has them
            if not isinstance(validator, MaxLengthValidator)
        ]

    def as_kept(self, value: str) -> str:
        """Return a text that comes through a door as it is kept."""
        return value if self.verbatim else as_kept(value)

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        """Refuse what shows nothing where a text is needed, what is too long, and characters that no text has."""
        super().validate(value, model_instance)  # type: ignore[misc]  # as above
        if not self.blank and is_blank(value):  # type: ignore[attr-defined]  # as above
            raise ValidationError("This shows nothing but white space. Give a text.", code="blank")
        check_letters(value, self.max_length)  # type: ignore[attr-defined]  # as above

    def broken_where(self, value: str, vendor: str) -> str:
        """Return the SQL that is true of a value that shows nothing where a text is needed; empty if none is."""
        if self.blank:  # type: ignore[attr-defined]  # as above
            return ""
        trim = {"sqlite": "trim", "postgresql": "btrim"}[vendor]
        return f"{trim}({value}, '{BLANKS}') = ''"

    def deconstruct(self) -> Any:
        """Return Django's own field: what this one adds is asked at the door and not of the table."""
        name, _, args, kwargs = super().deconstruct()  # type: ignore[misc]  # as above
        return name, f"django.db.models.{self.stored_as}", args, kwargs

    def formfield(self, **kwargs: Any) -> Any:
        """Return a form field that keeps every letter."""
        defaults = {"form_class": TextFormField, "verbatim": self.verbatim}
        return super().formfield(**{**defaults, **kwargs})  # type: ignore[misc]  # as above


class ShortTextField(TextRulesMixin, CharField):
    """A short text, such as a name or a title; as printed it may have more than one line."""

    stored_as = "CharField"

    def formfield(self, **kwargs: Any) -> Any:
        """Return a field of one line, unless the text has more."""
        return super().formfield(**{"widget": LineInput, **kwargs})


class LongTextField(TextRulesMixin, TextField):
    """A text of any number of lines. Its limit is in the model alone and is told wherever the text is written."""

    stored_as = "TextField"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": LONG_TEXT_LETTERS, **kwargs})

    def deconstruct(self) -> Any:
        """Leave out the limit, which no table knows."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {key: value for key, value in kwargs.items() if key != "max_length"}


class LinesField(WordsOfFieldMixin, models.JSONField):
    """A list of short texts, edited one on a line."""

    def __init__(
        self,
        *args: Any,
        line_letters: int = LINE_LETTERS,
        most_lines: int = MOST_LINES,
        line_pattern: str = "",  # that each line has, as a regular expression
        line_form: str = "",  # the same in words
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)
        self.line_letters = line_letters
        self.most_lines = most_lines
        self.line_pattern = line_pattern
        self.line_form = line_form

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Return a list of texts that know whose words they are."""
        lines = models.JSONField.from_db_value(self, value, expression, connection)
        return [self.words(line) for line in lines] if isinstance(lines, list) and self.words else lines

    def as_kept(self, value: Any) -> Any:
        """Return a list that comes through a door as it is kept."""
        return [with_line_feeds(line) for line in value]

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        """Refuse anything but a list of texts of which each shows something."""
        super().validate(value, model_instance)
        if not isinstance(value, list) or not all(isinstance(line, str) and not is_blank(line) for line in value):
            raise ValidationError("Give a list of texts, one on a line.", code="lines")
        if len(value) > self.most_lines:
            raise ValidationError(f"This has {len(value):,} lines; at most {self.most_lines:,} are kept.", "max_length")
        for line in value:
            check_letters(line, self.line_letters)
            if self.line_pattern and not re.fullmatch(self.line_pattern, line):
                raise ValidationError(f"“{line}” does not have the right form: write {self.line_form}.", "form")

    def formfield(self, **kwargs: Any) -> Any:
        """Return a text area with one entry on a line."""
        kwargs.pop("encoder", None)
        kwargs.pop("decoder", None)
        return super().formfield(**{"form_class": LinesFormField, "show_hidden_initial": False, **kwargs})


class LinesFormField(TextFormField):
    """A text area with one entry on a line."""

    widget = forms.Textarea

    def __init__(self, *, encoder: Any = None, decoder: Any = None, **kwargs: Any) -> None:
        del encoder, decoder  # a JSON field offers them; lines need neither
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show a list as lines."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Read lines as a list, without those that show nothing."""
        lines = super().to_python(self.prepare_value(value)).split("\n")
        return [line for line in lines if not is_blank(line)]

    def validate(self, value: Any) -> None:
        """Refuse a character that no text has, with its place among the lines."""
        super().validate("\n".join(value))
